"""What a killed process was doing: each writer loops for ever, and acknowledges a write when it has returned."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from data.cache.metric_cache import Key, MetricCache
from data.jira.connection import Connection
from data.settings.store import SettingsStore
from data.store import schema
from data.store.issue_store import IssueStore
from data.store.record_store import RecordStore
from data.sync.run import sync
from data.teams.store import TeamStore
from data.values.filters import only
from data.values.metric_value import MetricValue
from data.values.records import JobCompletion
from data.values.teams import TeamView

ISSUES = 60
BATCH = 3
SITE, JQL = "https://torture.example", "updated >= -365d"


def settings(path: Path) -> Iterator[int]:
    """A counter in the settings, one revision each."""
    store = SettingsStore(path)
    while True:
        loaded = store.load()
        n = (getattr(loaded.settings, "counter", None) or 0) + 1
        store.save({"counter": n, "filling": "x" * 20_000}, revision=loaded.revision)
        yield n


def cache(path: Path) -> Iterator[int]:
    """One number after the other into the cache."""
    kept = MetricCache(path)
    n = 0
    while True:
        n += 1
        kept.put(key(n), [value(n)])
        yield n


def issues(path: Path) -> Iterator[int]:
    """All issues are written anew in each revision, and say which one."""
    store = IssueStore(path)
    scope = store.open_scope(SITE, JQL)
    while True:
        held = store.scope_row(scope)
        n = (held.revision if held else 0) + 1
        with store.writing(scope) as writer:
            writer.clear(schema.issue, schema.change)
            writer.add(schema.issue, [issue_row(number, n) for number in range(1, ISSUES + 1)])
            writer.add(schema.change, [change_row(number, n) for number in range(1, ISSUES + 1)])
            writer.finish(synced_at=n)
        yield n


def synced(path: Path, url: str) -> Iterator[int]:
    """Full syncs of the sample server, one after the other."""
    store = IssueStore(path)
    while True:
        result = sync(Connection(url, "me@example.org", "good"), store, jql=JQL, full=True, known_as=SITE)
        assert result.error is None, result.error
        yield result.revision


def views(path: Path) -> Iterator[int]:
    """A saved view that is replaced again and again, and counts."""
    store = TeamStore(path)
    while True:
        held = store.load()[0].views
        n = int(held[0].filters.names("label")[0]) + 1 if held else 1
        view = TeamView("Counter", filters=only(label=(str(n), "x" * 2_000)))
        store.save(view, held[0].revision if held else None)
        yield n


def records(path: Path) -> Iterator[int]:
    """One record after the other, three in each batch."""
    store = RecordStore(path)
    n = len(store.query_jobs()) // BATCH
    while True:
        n += 1
        store.add([JobCompletion("job", f"persona {each}", "feature", "started", n) for each in range(BATCH)])
        yield n


def key(n: int) -> Key:
    return Key("dora", "2026-01-01", "2026-01-31", {"mapping": {}, "n": n}, "1")


def value(n: int) -> MetricValue:
    return MetricValue(
        "deployment_frequency",
        "dora",
        float(n),
        "/ week",
        "High",
        "yellow",
        "2026-01-31T10:00:00.000Z",
        "2026-01-01T00:00:00.000Z",
        "2026-02-01T00:00:00.000Z",
        "success",
        None,
        0,
        n,
        {"notes": ["x" * 200]},
    )


def issue_row(number: int, n: int) -> tuple:
    told = {"issue_id": number, "key": f"T-{number}", "created": 1, "updated": n, "history_complete": True}
    return _row(schema.issue, told)


def change_row(number: int, n: int) -> tuple:
    return _row(schema.change, {"issue_id": number, "history_id": number, "item": 0, "field": "status", "at": n})


def _row(table, told: dict) -> tuple:
    """A row of a table in the order of its columns; what is not told is empty."""
    blank = {"labels": "[]", "components": "[]", "fix_versions": "[]"}
    row = []
    for column in table.columns:
        if column.name == "scope":
            continue
        value = told.get(column.name, blank.get(column.name))
        row.append("" if value is None and not column.nullable else value)
    return tuple(row)


WRITERS: dict[str, Callable[..., Iterator[int]]] = {
    "settings": settings,
    "cache": cache,
    "issues": issues,
    "synced": synced,
    "views": views,
    "records": records,
}


def run(name: str, acknowledge: int, path: str, *more: str) -> None:
    """Write for ever; each number goes into the pipe `acknowledge` once its write has returned."""
    for n in WRITERS[name](Path(path), *more):
        os.write(acknowledge, b"%d\n" % n)
