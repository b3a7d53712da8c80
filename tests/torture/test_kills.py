"""kill -9 at any moment: nothing is unreadable afterwards, and nothing that was acknowledged is lost."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import text

from data.cache.metric_cache import MetricCache
from data.settings.store import SettingsStore
from data.store.issue_store import IssueStore
from data.store.record_store import RecordStore
from data.teams.store import TeamStore
from sample.generator import generate
from sample.server import SampleServer
from tests.torture import writers


def times(short: int, long: int):
    return pytest.mark.parametrize("kills", [short, pytest.param(long, marks=pytest.mark.torture)])


def rubbish(folder) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.name.endswith(".tmp") or ".broken-" in each.name)


@times(10, 1_000)
def test_settings_survive(zygote, rng, tmp_path, kills):
    path = tmp_path / "app_settings.json"
    for _ in range(kills):
        before = SettingsStore(path).load()
        last = zygote.killed(rng, 4, 0.02, "settings", path)
        loaded = SettingsStore(path).load()
        assert loaded.problem is None
        counted = getattr(loaded.settings, "counter", 0)
        acknowledged = max(last, getattr(before.settings, "counter", 0))
        assert counted in (acknowledged, acknowledged + 1)
        assert loaded.revision == counted
    store = SettingsStore(path)
    store.save({"counter": 0}, revision=store.load().revision)
    assert rubbish(tmp_path) == []


@times(10, 1_000)
def test_cached_numbers_survive(zygote, rng, tmp_path, kills):
    path = tmp_path / "metrics_cache.json"
    for _ in range(kills):
        last = zygote.killed(rng, 6, 0.02, "cache", path)
        kept = MetricCache(path)
        if last:
            found = kept.get(writers.key(last))
            assert found is not None
            assert found.values[0].value == last
        assert kept.stats()["problem"] is None
        assert rubbish(tmp_path) == [] or all(each.endswith(".tmp") for each in rubbish(tmp_path))
        MetricCache(path).drop()
    assert rubbish(tmp_path) == []


def held(path) -> tuple[int, int]:
    """Revision and number of issues, after SQLite has found nothing wrong."""
    store = IssueStore(path)
    try:
        with store.reading() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        head = store.scope_for(writers.SITE, writers.JQL)
        return (head.revision, head.issues) if head else (0, 0)
    finally:
        store.close()


@times(10, 1_000)
def test_the_issue_store_survives(zygote, rng, tmp_path, kills):
    path = tmp_path / "issues.db"
    acknowledged = 0
    for _ in range(kills):
        acknowledged = max(acknowledged, zygote.killed(rng, 5, 0.03, "issues", path))
        revision, count = held(path)
        assert revision in (acknowledged, acknowledged + 1)
        assert count == (writers.ISSUES if revision else 0)
        with sqlite3.connect(path) as connection:
            assert {at for (at,) in connection.execute("select updated from issue")} <= {revision}
            assert {at for (at,) in connection.execute("select at from change")} <= {revision}
        connection.close()
        acknowledged = revision
    assert acknowledged > 0


@times(10, 1_000)
def test_saved_views_survive(zygote, rng, tmp_path, kills):
    path = tmp_path / "teams.json"
    acknowledged = 0
    for _ in range(kills):
        acknowledged = max(acknowledged, zygote.killed(rng, 4, 0.02, "views", path))
        found, problem = TeamStore(path).load()
        assert problem is None
        counted = int(found.views[0].filters.names("label")[0]) if found.views else 0
        assert counted in (acknowledged, acknowledged + 1)
        acknowledged = counted
    assert acknowledged > 0
    store = TeamStore(path)
    store.delete("Counter")
    assert rubbish(tmp_path) == []


@times(10, 1_000)
def test_records_survive(zygote, rng, tmp_path, kills):
    path = tmp_path / "jobs.db"
    acknowledged = 0
    for _ in range(kills):
        acknowledged = max(acknowledged, zygote.killed(rng, 4, 0.02, "records", path))
        store = RecordStore(path)
        assert store.problem is None
        told = [each.started_at for each in store.query_jobs()]
        store.close()
        batches = len(told) // writers.BATCH
        assert sorted(told) == sorted(n for n in range(1, batches + 1) for _ in range(writers.BATCH)), "half a batch"
        assert batches in (acknowledged, acknowledged + 1)
        acknowledged = batches
    assert acknowledged > 0


@times(5, 100)
def test_a_sync_survives(zygote, rng, tmp_path, kills):
    path = tmp_path / "issues.db"
    acknowledged, whole = 0, None
    with SampleServer(generate(60, seed=3)) as server:
        for _ in range(kills):
            acknowledged = max(acknowledged, zygote.killed(rng, 1, 0.4, "synced", path, server.url))
            revision, count = held(path)
            assert revision in (acknowledged, acknowledged + 1)
            whole = whole or count
            assert count == (whole if revision else 0)
            acknowledged = revision
    assert whole
