"""A damaged record store: what can be read of it is in a new one, and the damaged one is kept."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest

from data.store import record_rescue as rescue
from data.store import record_schema as schema
from data.store.record_problems import RecordsError
from data.store.record_store import RecordStore
from data.values.problem import Problem
from data.values.records import JobCompletion, OutcomeAchieved
from tests.some import some

DAY = 86_400_000_000
JOBS = [
    JobCompletion(
        f"job-{n % 20}",
        f"persona {n}",
        "cart",
        "completed",
        n * DAY,
        n * DAY + 5,
        0.5,
        context=f'{{"note": "{"x" * 50}"}}',
    )
    for n in range(800)
]
OUTCOMES = [OutcomeAchieved(f"o{n}", "time", 5.0, 4.0, 80.0, "cart", None, "achieved", n * DAY) for n in range(200)]
PAGE = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a store with 1,000 records."""
    path = tmp_path_factory.mktemp("whole") / "jobs.db"
    store = RecordStore(path)
    assert store.add([*JOBS, *OUTCOMES]) == 1000
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


@pytest.fixture
def damaged(tmp_path, whole):
    """Makes a file of the store with some pages overwritten; gives its path."""

    def make(*pages: int, fill: bytes = b"\xff"):
        content = bytearray(whole)
        for page in pages:
            content[page * PAGE : (page + 1) * PAGE] = (fill * PAGE)[:PAGE]
        path = tmp_path / "jobs.db"
        path.write_bytes(bytes(content))
        return path

    return make


def leaf_pages(whole):
    """Pages that hold rows of a table and nothing else."""
    return [
        n
        for n in range(1, len(whole) // PAGE)
        if whole[n * PAGE] == 0x0D and b'"note"' in whole[n * PAGE : (n + 1) * PAGE]
    ]


def kept(store):
    rows = store.all()
    return {each.event_id: each for part in rows for each in part}


@pytest.fixture(scope="module")
def originals(tmp_path_factory, whole):
    path = tmp_path_factory.mktemp("originals") / "jobs.db"
    path.write_bytes(whole)
    store = RecordStore(path)
    found = kept(store)
    store.close()
    return found


def test_of_one_damaged_page_only_its_rows_are_missing(damaged, whole, originals):
    for page in some(leaf_pages(whole)[::7]):
        path = damaged(page)
        before = path.read_bytes()
        store = RecordStore(path)
        rows = kept(store)
        assert 900 < len(rows) < 1000
        assert rows.items() <= originals.items()
        assert store.problem is not None
        assert store.problem.what == "The store of job records was damaged."
        assert (
            f"{len(rows)} rows could be read and are kept; what stood in the damaged part is missing."
            in store.problem.why
        )
        assert store.revision() > "1"
        assert store.add([JobCompletion("new", "ann", "cart", "completed", 5, 6, 1.0)]) == 1
        store.close()
        aside = sorted(path.parent.glob("jobs.db.broken-*"))
        assert aside[-1].read_bytes() == before
        assert aside[-1].stat().st_mode & 0o777 == path.stat().st_mode & 0o777 == 0o600
        assert not list(path.parent.glob(".*.tmp*"))


def test_it_is_said_to_whoever_opens_the_store_later_and_nothing_is_done_again(damaged, whole):
    path = damaged(leaf_pages(whole)[3])
    first = RecordStore(path)
    first.close()
    again = RecordStore(path)
    assert again.problem == first.problem
    assert len(list(path.parent.glob("jobs.db.broken-*"))) == 1
    again.set_note("rescued", "garbage")
    again.close()
    assert RecordStore(path).problem is None


def test_damage_that_comes_while_the_store_is_open_is_treated_at_the_next_use(damaged, whole):
    path = damaged()
    store = RecordStore(path)
    assert len(store.query_jobs()) == 800
    store.close()
    with path.open("r+b") as file:
        file.seek(leaf_pages(whole)[3] * PAGE)
        file.write(b"\xff" * PAGE)
    with pytest.raises(RecordsError, match="Try again: what can be read is then put into a new store"):
        store.query_jobs()
    assert 700 < len(store.query_jobs()) < 800
    assert isinstance(store.problem, Problem)


def _survives(path, originals):
    """The store opens, holds nothing that was not in it, and takes records again."""
    store = RecordStore(path)
    assert kept(store).items() <= originals.items()
    assert store.add([JobCompletion("new", "ann", "cart", "completed", 5, 6, 1.0)]) == 1
    store.close()
    for each in path.parent.iterdir():
        each.unlink()


@pytest.mark.parametrize("fill", [b"\xff", b"\0", b"\r\0\0"])
def test_the_first_page_and_some_others_may_be_damaged(damaged, whole, originals, fill):
    for page in (0, 1, 2, len(whole) // PAGE // 2, len(whole) // PAGE - 1):
        _survives(damaged(page, fill=fill), originals)


@pytest.mark.torture
@pytest.mark.parametrize("fill", [b"\xff", b"\0", b"\r\0\0"])
def test_every_single_page_may_be_damaged(damaged, whole, originals, fill):
    for page in range(len(whole) // PAGE):
        _survives(damaged(page, fill=fill), originals)


def test_bytes_that_changed_anywhere_lose_no_more_than_they_must(damaged, originals):
    rng = random.Random(7)  # noqa: S311 - repeatable
    for _ in range(5):
        path = damaged()
        content = bytearray(path.read_bytes())
        for _ in range(30):
            content[rng.randrange(2 * PAGE, len(content))] = rng.randrange(256)
        path.write_bytes(bytes(content))
        store = RecordStore(path)
        assert len(kept(store)) >= 0
        store.counts()
        store.close()
        for each in path.parent.iterdir():
            each.unlink()


def test_a_log_beside_the_damaged_file_is_read_and_kept_too(damaged, whole, tmp_path):
    path = damaged()
    store = RecordStore(path)
    assert store.add([JobCompletion("late", "ann", "cart", "completed", 5, 6, 1.0)]) == 1
    log = path.with_name("jobs.db-wal").read_bytes()  # the connection is open: it is not put away yet
    store.close()
    content = bytearray(whole)
    page = leaf_pages(whole)[3]
    content[page * PAGE : (page + 1) * PAGE] = b"\xff" * PAGE
    path.write_bytes(bytes(content))
    path.with_name("jobs.db-wal").write_bytes(log)
    store = RecordStore(path)
    assert [each.job_id for each in store.query_jobs()].count("late") == 1
    assert next(iter(tmp_path.glob("jobs.db.broken-*Z-wal"))).read_bytes() == log


def test_a_rescue_that_breaks_off_at_any_step_is_done_again(damaged, whole, monkeypatch):
    page = leaf_pages(whole)[3]
    for step in ("put_aside", "_copy", "_exchange"):
        path = damaged(page)

        def fails(*_, **__):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(rescue, step, fails)
        with pytest.raises(RecordsError, match="No space left on device"):
            RecordStore(path)
        monkeypatch.undo()
        assert not list(path.parent.glob(".*.tmp*"))
        store = RecordStore(path)
        assert 900 < len(kept(store)) < 1000
        store.close()
        for each in path.parent.iterdir():
            each.unlink()


def test_two_programs_that_find_the_damage_replace_it_once(damaged, whole):
    path = damaged(leaf_pages(whole)[3])
    store = RecordStore(path)
    assert rescue.replace(path, [schema.job_completions], lambda _: pytest.fail("it was made again")) is None
    store.close()


def test_values_of_another_type_are_not_taken_over(damaged):
    path = damaged()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE job_completions SET started_at = 'soon', duration_seconds = x'00ff' WHERE id = 7")
        connection.execute("DROP TABLE user_satisfaction")
        connection.commit()
    found = rescue.replace(
        path, [schema.job_completions, schema.user_satisfaction], lambda fresh: RecordStore(fresh).close()
    )
    assert found is not None
    assert (found.rows, found.complete) == (799, False)


@pytest.mark.parametrize("version", ["none", "", "1.5", "0x1", "١", "0", "-1", "1" * 5000])
def test_a_version_that_is_no_number_is_told_and_nothing_is_changed(damaged, version):
    path = damaged()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE jtbd_meta SET value = ? WHERE name = 'schema_version'", (version,))
        connection.commit()
    with pytest.raises(RecordsError, match="which is no number, so nothing was changed"):
        RecordStore(path)
    assert not list(path.parent.glob("*.broken-*"))
