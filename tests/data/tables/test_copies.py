"""Tables read from their copy are the tables that were kept; a copy that is broken or of something else is made
anew.
"""

from __future__ import annotations

import multiprocessing
import os
import random
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.facts.examples import empty_tables
from data.facts.past import tables_before
from data.jira.connection import Connection
from data.metrics.measure import measure_family
from data.platform import files
from data.services.services import open_services
from data.store.issue_store import IssueStore
from data.sync.run import sync
from data.tables import columns, tidy
from data.tables.copies import KEPT, CopyOf, TableCopies
from data.tables.frames import frame
from data.tables.gone_statuses import no_gone
from data.tables.tidy import Tables, microseconds
from data.values.periods import Period
from data.values.unread import Unread
from sample.source import SampleSite
from sample.tables import tidy as generated
from tests.sample_services import environment

REAL = Path(__file__).parents[3].parent / "shared" / "jira_data"


GONE = frame(
    [(1, "resolves", 9, 8, -1), (2, "same_name", 1, 0, 0)],
    status=np.int16,
    reason=object,
    entries=np.int64,
    resolving=np.int64,
    like=np.int16,
)


def same(one: Tables, other: Tables) -> None:
    """Raises AssertionError unless all is equal: values, order, types, missing values."""
    for name in columns.FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)
    assert list(one.fields) == list(other.fields)
    for name, values in one.fields.items():
        assert values.dtype == other.fields[name].dtype, name
        np.testing.assert_array_equal(values, other.fields[name], err_msg=name)
    plain = {each.name for each in fields(Tables)} - {*columns.FRAMES, "fields", "date_only"}
    assert plain >= {"revision", "zone", "as_of", "unread"}
    for name in plain:
        assert (getattr(one, name), type(getattr(one, name))) == (getattr(other, name), type(getattr(other, name)))
    assert dict(one.date_only) == dict(other.date_only)


def copy_of(tables: Tables, **more: object) -> CopyOf:
    scope, _, revision = tables.revision.partition(".")
    known = CopyOf(
        "https://jira.example", "", int(scope), int(revision), tables.as_of, {"team": "customfield_1"}, tables.unread
    )
    return replace(known, **more)


def never() -> Tables:
    raise AssertionError("the store was asked")


@pytest.fixture
def copies(tmp_path: Path) -> TableCopies:
    return TableCopies(tmp_path / "tables")


def made(issues: int, seed: int = 1) -> Tables:
    unread = (Unread("versions", ("A", "B"), "Refused.", "Ask."),)
    tables = generated(issues, seed) if issues else empty_tables()
    return replace(tables, revision="1.1", as_of=5, unread=unread, gone_statuses=GONE if issues else no_gone())


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.mark.parametrize("issues", [0, 1, 2, 300])
def test_a_copy_gives_the_tables_that_were_kept(copies: TableCopies, issues: int) -> None:
    tables = made(issues)
    wanted = copy_of(tables)
    same(copies.tables(wanted, lambda: tables), tables)
    found = copies.tables(wanted, never)
    same(found, tables)
    if issues:
        assert not found.issues["created"].to_numpy().flags.owndata, "it is mapped, not copied"


def test_words_dates_and_missing_values_come_back(copies: TableCopies) -> None:
    """Texts that look alike, tuples of one length, values that only some rows have."""
    words = np.empty(3, dtype=object)
    words[:] = [("a", "b"), None, ("a", "b")]
    texts = np.array(["", None, "Zürich\x00\n\U0001f600"], dtype=object)
    versions = pd.DataFrame(
        {
            "version_id": np.array([1, 2, 3], dtype=np.int64),
            "project": pd.Series(["P", "P", "Q"], dtype=object),
            "name": pd.Series(["1", "2", "1"], dtype=object),
            "released": np.array([True, False, True]),
            "release_date": pd.Series([date(2026, 3, 1), None, date(2026, 3, 1)], dtype=object),
        }
    )
    fields = {
        "persona": words,
        "team": texts,
        "story_points": np.array([np.nan, -0.0, 3.5]),
        "empty": np.full(3, None, dtype=object),
    }
    tables = replace(made(3), versions=versions, fields=fields, date_only={"deployment_date": True})
    copies.keep(copy_of(tables), tables)
    found = copies.tables(copy_of(tables), never)
    same(found, tables)
    assert np.signbit(found.fields["story_points"][1])


def test_a_column_that_cannot_be_kept_leaves_nothing_and_the_tables_as_they_are(copies: TableCopies) -> None:
    tables = replace(made(2), fields={"odd": np.array([{1}, {2}], dtype=object)})
    assert copies.tables(copy_of(tables), lambda: tables) is tables
    assert names(copies.folder) == []


@pytest.mark.parametrize(
    "other",
    [
        {"jql": "x"},
        {"site_url": "x"},
        {"scope": 2},
        {"revision": 2},
        {"synced_at": 6},
        {"mapping": {"team": "other"}},
        {"unread": ()},
    ],
    ids=str,
)
def test_a_copy_of_something_else_is_not_read(copies: TableCopies, other: dict[str, object]) -> None:
    tables = made(20)
    copies.keep(copy_of(tables), tables)
    assert copies.read(copy_of(tables, **other)) is None
    (copies.folder / copy_of(tables).name).rename(copies.folder / copy_of(tables, **other).name)
    assert copies.read(copy_of(tables, **other)) is None, "a folder of that name, with something else in it"
    assert names(copies.folder) == []


def test_a_copy_by_other_code_is_not_read(copies: TableCopies, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = made(20)
    copies.keep(copy_of(tables), tables)
    monkeypatch.setattr("data.tables.copies._code", lambda: "another version")
    assert copies.read(copy_of(tables)) is None


def _shorter(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _last_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _other_type(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content.replace(b"'<i8'", b"'<u8'").replace(b"'<i4'", b"'<f4'").replace(b"'|b1'", b"'|i1'"))


def _gone(path: Path) -> None:
    path.unlink()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("harm", [_shorter, _empty, _last_bit, _gone, _folder, _pipe, _other_type, _longer])
def test_whatever_happens_to_a_file_the_tables_are_right(copies: TableCopies, harm: Callable[[Path], None]) -> None:
    tables = made(20)
    wanted = copy_of(tables)
    copies.keep(wanted, tables)
    place = copies.folder / wanted.name
    asked = []
    for name in names(place):
        before = (place / name).read_bytes()
        harm(place / name)
        changed = not (place / name).is_file() or (place / name).read_bytes() != before

        def read(name: str = name) -> Tables:
            asked.append(name)
            return tables

        same(copies.tables(wanted, read), tables)
        assert (asked[-1:] == [name]) == changed, name
        same(copies.tables(wanted, never), tables)
    assert asked, "nothing was harmed"


@pytest.mark.parametrize("count", [150, pytest.param(5_000, marks=pytest.mark.torture)])
def test_no_random_change_of_a_copy_changes_a_table(copies: TableCopies, count: int) -> None:
    chance = random.Random(4)  # noqa: S311 - not a secret
    tables = made(40)
    wanted = copy_of(tables)
    copies.keep(wanted, tables)
    place = copies.folder / wanted.name
    for _ in range(count):
        path = place / chance.choice(names(place))
        content = bytearray(path.read_bytes())
        for _ in range(chance.choice([1, 1, 4])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
        same(copies.tables(wanted, lambda: tables), tables)


def test_a_new_revision_takes_the_place_of_the_old_one(copies: TableCopies) -> None:
    tables = made(5)
    copies.keep(copy_of(tables), tables)
    other = replace(tables, revision="2.1")
    copies.keep(copy_of(other), other)
    held = copies.read(copy_of(tables))
    newer = replace(tables, revision="1.2")
    copies.keep(copy_of(newer), newer)
    assert names(copies.folder) == sorted([copy_of(newer).name, copy_of(other).name])
    assert held is not None
    same(held, tables)  # who has it still has it


def test_only_the_newest_copies_of_many_mappings_stay(copies: TableCopies) -> None:
    tables = made(5)
    wanted = [copy_of(tables, mapping={"team": f"customfield_{n}"}) for n in range(KEPT + 2)]
    for n, each in enumerate(wanted):
        copies.keep(each, tables)
        os.utime(copies.folder / each.name, (n, n))
    assert names(copies.folder) == sorted(each.name for each in wanted[-KEPT:])


def test_what_a_killed_writer_left_is_removed(copies: TableCopies) -> None:
    left = copies.folder / f".1.1.{'0' * 16}.4194999-{'a' * 12}.tmp"
    left.mkdir(parents=True)
    (left / "half.npy").write_bytes(b"half")
    copies.keep(copy_of(made(1)), made(1))
    assert names(copies.folder) == [copy_of(made(1)).name]


@pytest.mark.parametrize("code", [28, 5, 30], ids=["full", "broken", "read-only"])
def test_a_disk_that_takes_nothing_costs_only_time(
    copies: TableCopies, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    def fails(path: Path) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(files, "_flush", fails)
    tables = made(5)
    assert copies.tables(copy_of(tables), lambda: tables) is tables
    assert names(copies.folder) == []
    assert os.strerror(code) in caplog.text


def test_tables_of_a_later_revision_are_not_kept_as_those_of_an_earlier(copies: TableCopies) -> None:
    """A sync may end between the look at the store's head and the reading of its rows."""
    later = replace(made(5), revision="1.2", as_of=9)
    assert copies.tables(copy_of(made(5)), lambda: later) is later
    assert copies.read(copy_of(made(5))) is None


def _keeps(folder: Path, start: object) -> None:
    tables = made(200)
    start.wait()  # type: ignore[attr-defined]  # a multiprocessing barrier, which has no public class
    for _ in range(20):
        found = TableCopies(folder).tables(copy_of(tables), lambda: tables)
        same(found, tables)
        files.remove_folder(folder / copy_of(tables).name)


def test_processes_that_write_read_and_remove_at_once_have_the_right_tables(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    start = context.Barrier(3)
    workers = [context.Process(target=_keeps, args=(tmp_path / "tables", start)) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(60)
    assert [each.exitcode for each in workers] == [0, 0, 0]
    assert [name for name in names(tmp_path / "tables") if name.endswith(".tmp")] == []


# ---- from the store


def test_a_sync_keeps_the_tables_and_another_process_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = environment(tmp_path)

    def clock() -> datetime:
        return datetime(2026, 11, 2, 12, tzinfo=UTC)

    one = open_services(env, sample=SampleSite(issues=60), clock=clock)
    assert one.sync.run(one.snapshot()).error is None
    [kept] = names(one.sites.data(one.snapshot()).folder / "tables")
    head = one.snapshot().synced
    assert head is not None
    assert kept.startswith(f"{head.scope}.{head.revision}.")
    mapping = one.snapshot().settings.mapping
    with one.sites.data(one.snapshot()).store.reading() as connection:
        from_rows = tidy.read(connection, head.scope, mapping)
    monkeypatch.setattr(tidy, "read", lambda *_: never())
    other = open_services(env, sample=SampleSite(issues=60), clock=clock)
    from_files = other.sites.data(other.snapshot()).tables(other.snapshot())
    same(from_files, tables_before(from_rows, microseconds(clock()) + 1))
    assert len(from_files) > 40
    period = Period.last_days(30, date(2026, 11, 1), from_rows.zone)
    facts = other.sites.data(other.snapshot()).dataset(other.view())
    rows = replace(facts, tables=from_rows)
    for family in ("dora", "flow"):
        assert list(measure_family(family, facts, period)) == list(measure_family(family, rows, period))


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real issues are not there: {REAL.name}")
def test_real_issues_are_the_same_from_their_copy(tmp_path: Path, copies: TableCopies) -> None:
    from sample.replay import load
    from sample.server import SampleServer

    store = IssueStore(tmp_path / "issues.db")
    with SampleServer(load([REAL / "aea" / "aea_2024-12_2025-12.jsonl.gz"]), flavour="dc") as server:
        mapped = {"story_points": "customfield_10002", "team": "components", "deployment_date": "resolutiondate"}
        done = sync(
            Connection(server.url, "me@example.org", "secret"),
            store,
            jql="created >= 2000-01-01",
            mapped_fields=set(mapped.values()),
        )
    assert done.error is None
    with store.reading() as connection:
        tables = tidy.read(connection, 1, mapped)
    store.close()
    assert len(tables) == 649
    assert copies.keep(copy_of(tables, mapping=mapped), tables)
    same(copies.tables(copy_of(tables, mapping=mapped), never), tables)
