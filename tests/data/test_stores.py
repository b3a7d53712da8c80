"""What is on the disk is private and durable, and a broken issue store gives way to an empty one."""

from __future__ import annotations

import stat
import threading

import pytest

from data.services.services import open_services
from data.settings.connection import Home
from data.store import schema
from data.store.issue_store import IssueStore
from sample.source import SampleSite
from tests.sample_services import synced_services


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def services(tmp_path):
    return synced_services(tmp_path, 60)


def test_commits_are_on_the_disk_when_they_return(tmp_path):
    with IssueStore(tmp_path / "issues.db").reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "mmap_size")
        }
    assert found == {"journal_mode": "wal", "synchronous": 3, "mmap_size": 0}


def test_files_are_for_the_owner_only_also_while_a_sync_writes(services):
    services.numbers.answer("dora", services.view("30d"))
    services.sites.home.tokens.set("https://a.example", "some-token")
    store = services.sites.data(services.snapshot()).store
    scope = services.sites.data(services.snapshot()).head().scope
    with store.lock(scope), store.writing(scope) as writer:
        writer.clear(schema.link)
        found = {
            path.relative_to(services.sites.home.path).as_posix(): path for path in services.sites.home.path.rglob("*")
        }
        assert {"sample/issues.db-wal", "sample/issues.db-shm", "token.json"} <= found.keys()
        assert {name: oct(mode(path)) for name, path in found.items() if path.is_file() and mode(path) & 0o077} == {}
        folders = [services.sites.home.path, *(path for path in found.values() if path.is_dir())]
    assert {mode(each) for each in folders} == {0o700}


def test_what_killed_writers_left_is_cleared_away_at_the_start(tmp_path):
    home = Home(tmp_path / "home", tmp_path / "s.json").ensure()
    left = [
        folder / f".metrics_cache.json.4194999-{'a' * 12}.tmp"
        for folder in (home.path, home.sample, home.site("https://a"))
    ]
    for each in left:
        each.write_bytes(b"half")
    home.ensure()
    assert not any(each.exists() for each in left)


def test_a_broken_store_is_put_aside_said_and_filled_by_a_sync(services):
    path = services.sites.data(services.snapshot()).store.path
    content = b"no database" * 1000
    services.sites.data(services.snapshot()).store.close()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(content)
    status = services.status.of(services.snapshot())
    assert (status.synced_at, status.issue_count) == (None, 0)
    [problem] = [each for each in status.problems if "issue store" in each.what]
    [aside] = path.parent.glob("issues.db.broken-*")
    assert (aside.read_bytes(), aside.name in problem.why, "sync" in problem.todo) == (content, True, True)
    assert services.sync.run(services.snapshot()).error is None
    assert services.status.of(services.snapshot()).issue_count > 40
    assert not [each for each in services.status.of(services.snapshot()).problems if "issue store" in each.what]


def test_of_two_who_find_it_broken_one_puts_it_aside(services):
    path = services.sites.data(services.snapshot()).store.path
    services.sites.data(services.snapshot()).store.close()
    path.write_bytes(b"no database" * 1000)
    others = [
        open_services(services.sites.env, sample=SampleSite(issues=60)) for _ in range(4)
    ]  # as four programs would
    threads = [threading.Thread(target=each.status.of, args=(each.snapshot(),)) for each in others]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(list(path.parent.glob("issues.db.broken-*"))) == 1
