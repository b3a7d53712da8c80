"""Exports: whole files with count and checksum, or none; in each format, by a link that expires."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.background.problems import TaskFailed
from data.exports import spool
from data.exports.spool import Export, Follow, Table, write
from data.services.exports import BadExport, NoFile
from data.services.services import Services
from data.values.background import BackgroundTask, TaskState
from data.values.csv_style import NoSuchStyle
from data.values.exports import CONTENTS
from tests.sample_services import synced_services


class Clock:
    ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Services]:
    made = synced_services(tmp_path_factory.mktemp("exports"), clock=clock)
    made.background.worker._wait = 0.01  # between tries
    yield made
    made.background.stop(5)


def exported(services: Services, content: str, kind: str, style: str | None = None) -> BackgroundTask:
    task = services.exports.submit(services.view("90d"), content, kind, by="test", csv=style, ring=False)
    return services.background.finish_here(task.id)


def content_of(services: Services, task: BackgroundTask) -> bytes:
    assert task.state is TaskState.COMPLETED, task.problem
    found, path = services.exports.opened(task.id)
    content = path.read_bytes()
    assert len(content) == found.size
    assert hashlib.sha256(content).hexdigest() == found.sha256
    return content


def rows_in(kind: str, content: bytes) -> int:
    """How many rows the file has, by reading it."""
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            return sum(
                len(list(csv.reader(io.StringIO(archive.read(name).decode())))) - 1
                for name in archive.namelist()
                if name.endswith(".csv")
            )
    if kind == "csv":
        return len(list(csv.reader(io.StringIO(content.decode())))) - 1
    if kind == "jsonl":
        return len([json.loads(line) for line in content.splitlines()])
    if kind == "json":
        told = json.loads(content)
        assert told["count"] == sum(each["count"] for each in told["tables"])
        return sum(len(each["rows"]) for each in told["tables"])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    return sum(text.count("<row ") - 1 for text in sheets[:-1])  # the last one says what it is


@pytest.mark.parametrize(("content", "kind"), [(c, k) for c, (_, _, ks) in CONTENTS.items() for k in ks if k != "pdf"])
def test_each_content_is_written_in_each_of_its_formats(services, content, kind):
    task = exported(services, content, kind)
    file = services.exports.file(task)
    assert rows_in(file.kind, content_of(services, task)) == file.rows > 0


def test_the_same_numbers_are_in_every_format(services):
    told = json.loads(content_of(services, exported(services, "metrics", "json")))["tables"][0]["rows"]
    rows = list(csv.DictReader(io.StringIO(content_of(services, exported(services, "metrics", "csv")).decode())))
    assert [each["metric_name"] for each in rows] == [each["metric_name"] for each in told]
    assert [float(each["value"]) if each["value"] else None for each in rows] == [each["value"] for each in told]
    view = services.view("90d")
    assert {each["metric_name"] for each in told} == {each.name for each in services.catalogue.search()}
    flow_time = next(each for each in told if each["metric_name"] == "flow_time")
    assert flow_time["value"] == services.catalogue.value("flow_time", view).value


def test_all_issues_of_the_filters_are_exported(services):
    rows = [json.loads(line) for line in content_of(services, exported(services, "issues", "jsonl")).splitlines()]
    assert len({each["key"] for each in rows}) == services.status.of(services.snapshot()).issue_count
    assert all(each["summary"] for each in rows)


def test_a_report_as_pdf_has_pages(services):
    pytest.importorskip("typst")
    content = content_of(services, exported(services, "report", "pdf"))
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")


def test_words_from_jira_are_no_markup_in_a_pdf(tmp_path, services):
    pytest.importorskip("typst")
    from dataclasses import replace

    from data.exports.pdf.document import write_report

    report = replace(services.overview.report(services.view("90d")), site='#panic("no") $x$ <a> [*] @b // \\ "')
    assert write_report(tmp_path / "report.pdf", report, []) > 0
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_what_there_is_not_is_refused_with_the_choices(services):
    for content, kind, words in (("nothing", "csv", "metrics"), ("report", "csv", "xlsx"), ("issues", "pdf", "jsonl")):
        with pytest.raises(BadExport, match=words):
            services.exports.submit(services.view(), content, kind, by="test")


def test_a_link_works_until_it_expires(services, clock):
    task = exported(services, "sprints", "csv")
    query = dict(part.split("=") for part in services.exports.link(task).split("&"))
    assert services.exports.fetched(task.id, query["until"], query["key"])[0].task == task.id
    for until, key in ((query["until"], "0" * 64), (str(int(query["until"]) + 1), query["key"]), ("x", query["key"])):
        with pytest.raises(NoFile):
            services.exports.fetched(task.id, until, key)
    other = exported(services, "sprints", "json")
    with pytest.raises(NoFile):
        services.exports.fetched(other.id, query["until"], query["key"])
    clock.ahead = timedelta(hours=25)
    try:
        with pytest.raises(NoFile):
            services.exports.fetched(task.id, query["until"], query["key"])
    finally:
        clock.ahead = timedelta(0)


def test_a_file_that_has_expired_is_removed(services, clock):
    task = exported(services, "sprints", "xlsx")
    clock.ahead = timedelta(days=8)
    try:
        assert services.exports.remove_old(services.snapshot()) >= 1
        assert services.exports.file(services.background.one(task.id)) is None
    finally:
        clock.ahead = timedelta(0)


def left(services: Services) -> list[str]:
    folder = services.sites.home.path / "exports"
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl", "xlsx"])
def test_a_disk_that_is_full_in_the_middle_leaves_no_file_and_says_so(services, monkeypatch, kind):
    before = left(services)

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    if kind == "xlsx":
        monkeypatch.setattr(spool.os, "fsync", full)
    else:
        monkeypatch.setattr(spool._Hashed, "write", full)
    task = services.exports.submit(services.view("7d"), "issues", kind, by="test", ring=False)
    task = services.background.finish_here(task.id)
    assert task.state is TaskState.FAILED
    assert task.tries == 3
    assert "The disk is full." in str(task.problem)
    assert [name for name in left(services) if name not in before and name != "link.key"] == []


def test_what_would_be_more_than_the_quota_is_not_written(services, monkeypatch):
    before = left(services)
    monkeypatch.setattr(type(services.exports), "_room", lambda *_: 100)
    task = exported(services, "issues", "json")
    assert (task.state, task.code) == (TaskState.FAILED, "quota")
    assert "export_quota_mb" in task.problem.todo
    assert [name for name in left(services) if name not in before and name != "link.key"] == []


def test_a_cancelled_export_leaves_no_file(services, tmp_path):
    def rows() -> Iterator[tuple[int]]:
        for n in range(5_000):
            yield (n,)

    def stop(_done: int) -> None:
        raise TaskFailed(spool_problem())

    def spool_problem() -> Any:
        from data.values.problem import Problem

        return Problem("It was cancelled.")

    export = Export([Table("Numbers", ("n",), rows())], {}, ZoneInfo("UTC"), datetime.now(UTC))
    for kind in ("csv", "json", "jsonl", "zip", "xlsx"):
        with pytest.raises(TaskFailed):
            write(tmp_path / f"file.{kind}", kind, export, Follow(rows=stop))
        assert list(tmp_path.iterdir()) == []


def test_the_same_export_is_the_same_task_while_it_is_live(services):
    first = services.exports.submit(services.view("30d"), "metrics", "csv", by="ann", ring=False)
    again = services.exports.submit(services.view("30d"), "metrics", "csv", by="bob", ring=False)
    other = services.exports.submit(services.view("7d"), "metrics", "csv", by="ann", ring=False)
    assert first.id == again.id != other.id
    for each in (first, other):
        services.background.cancel(each.id)


def test_cells_of_all_kinds_are_valid_json(tmp_path):
    row = (float("nan"), float("inf"), None, datetime(2026, 1, 1, tzinfo=UTC), "\ud800", ("a", "b"), True, 2**60)
    export = Export([Table("Odd", tuple("abcdefgh"), [row])], {}, ZoneInfo("UTC"), datetime.now(UTC))
    write(tmp_path / "odd.json", "json", export, Follow())
    found = json.loads((tmp_path / "odd.json").read_bytes())["tables"][0]["rows"][0]
    assert found == {
        "a": None, "b": None, "c": None, "d": "2026-01-01T00:00:00+00:00", "e": "?", "f": ["a", "b"], "g": True,
        "h": 2**60,
    }  # a table: kept in its rows  # fmt: skip


def test_an_export_in_the_background_is_followed_to_its_end(services):
    task = services.exports.submit(services.view("30d"), "charts", "xlsx", by="test")
    until = time.monotonic() + 60
    while services.background.one(task.id).state.is_live:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert services.exports.file(services.background.one(task.id)).kind == "xlsx"
    assert Path(services.exports.opened(task.id)[1]).is_file()


# ---- styles of CSV


@pytest.mark.parametrize(("content", "sheet"), [("metrics", None), ("charts", "a chart")])
def test_background_csv_is_written_in_the_style_that_was_asked_for(
    services: Services, content: str, sheet: str | None
) -> None:
    def tables(style: str | None) -> list[tuple[str, str]]:
        raw = content_of(services, exported(services, content, "csv", style))
        if sheet is None:
            return [("metrics", raw.decode())]
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return [(name, archive.read(name).decode()) for name in archive.namelist() if name.endswith(".csv")]

    plain, excel, comma = (tables(style) for style in (None, "excel", "excel-semicolon"))
    assert len(plain) == len(excel) == len(comma) >= 1
    decimals = instants = 0
    for (_, text), (_, english), (_, german) in zip(plain, excel, comma, strict=True):
        assert not text.startswith("\ufeff") and english.startswith("\ufeff") and german.startswith("\ufeff")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        others = list(csv.reader(io.StringIO(german[1:], newline=""), delimiter=";"))
        assert [len(row) for row in rows] == [len(row) for row in others]
        for one, two in zip(chain(*rows), chain(*others), strict=True):
            if one == two:
                continue
            if one[10:11] == "T":
                assert two == f"{one[:10]} {one[11:19]}"
                instants += 1
            else:
                assert two.replace(",", ".") == one and "," in two
                decimals += 1
    assert decimals, "no decimal number was compared"


def test_a_style_makes_another_file_and_says_so(services: Services) -> None:
    view = services.view("90d")
    plain = services.exports.submit(view, "issues", "csv", by="test", ring=False)
    same = services.exports.submit(view, "issues", "csv", by="test", csv="plain", ring=False)
    other = services.exports.submit(view, "issues", "csv", by="test", csv="Excel", ring=False)
    assert plain.id == same.id != other.id
    for each in (plain, other):
        services.background.cancel(each.id)


@pytest.mark.parametrize("kind", ["json", "jsonl", "xlsx"])
def test_a_style_of_csv_is_refused_with_another_format(services: Services, kind: str) -> None:
    with pytest.raises(BadExport, match="A style of CSV says nothing about"):
        services.exports.submit(services.view("90d"), "metrics", kind, by="test", csv="excel", ring=False)


def test_a_style_that_there_is_not_is_refused(services: Services) -> None:
    with pytest.raises(NoSuchStyle, match="Choose one of: plain, excel, excel-semicolon"):
        services.exports.submit(services.view("90d"), "metrics", "csv", by="test", csv="lotus", ring=False)
