"""The store opens safely, writes whole transactions, and says what is wrong."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading

import pytest
from sqlalchemy import func, select

from data.jira.errors import SyncBusy
from data.store import schema
from data.store.issue_store import IssueStore, NewerStore, StoreError
from tests.dashboard import CHECKOUT
from tests.some import some

ISSUE = ("A", "1", "2", "", None, None, None, None, None, 0, 0, None, None, "[]", "[]", "[]", True, True, None)


def an_issue(number):
    return (number, f"A-{number}", *ISSUE)


@pytest.fixture
def store(tmp_path):
    store = IssueStore(tmp_path / "deep" / "issues.sqlite")
    yield store
    store.close()


@pytest.fixture
def scope(store):
    return store.open_scope("https://example.org", "project = A")


def count(store):
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(schema.issue))


def test_only_the_owner_can_read_the_file(store, scope):
    with store.writing(scope) as writer:
        writer.add(schema.issue, [an_issue(1)])
    for each in some(store.path.parent.iterdir()):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600, each.name


def test_it_is_the_same_after_opening_again(store, scope):
    with store.writing(scope) as writer:
        writer.add(schema.issue, [an_issue(1)])
        assert writer.finish(zone="Europe/Berlin", fetched_fields='["x"]') == 1
    again = IssueStore(store.path)
    head = again.scope_for("https://example.org", "project = A")
    assert (head.zone, head.revision, head.issues, head.fetched_fields) == ("Europe/Berlin", 1, 1, frozenset("x"))
    assert again.open_scope("https://example.org", "project = A") == scope
    again.close()


def test_a_newer_store_is_left_alone(store, scope):
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE name = 'schema_version'")
    connection.close()
    with pytest.raises(NewerStore) as caught:
        IssueStore(store.path)
    assert "Update the program" in caught.value.hint
    assert store.scope_row(scope) is not None


def test_an_older_store_is_emptied_and_usable(store, scope):
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE meta SET value = '1' WHERE name = 'schema_version'")
        connection.execute("ALTER TABLE scope DROP COLUMN full_at")
    connection.close()
    again = IssueStore(store.path)
    assert again.scope_for("https://example.org", "project = A") is None
    again.open_scope("https://example.org", "project = A")
    again.close()


@pytest.mark.parametrize(
    "content", [b"this is no database, but long enough to be one" * 40, b"SQLite format 3\0broken" * 99]
)
def test_a_broken_file_is_an_error_in_words(tmp_path, content):
    path = tmp_path / "issues.sqlite"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        IssueStore(path)
    assert "issue store" in caught.value.message
    assert path.read_bytes()[:20] == content[:20], "nothing is deleted"


def test_nothing_of_a_failed_transaction_is_seen(store, scope):
    with pytest.raises(RuntimeError), store.writing(scope) as writer:
        writer.add(schema.issue, [an_issue(1)])
        raise RuntimeError
    assert count(store) == 0


def test_a_reader_sees_one_revision_while_another_is_written(store, scope):
    with store.writing(scope) as writer:
        writer.add(schema.issue, [an_issue(1)])
    query = select(func.count()).select_from(schema.issue)
    with store.engine.connect() as reader:
        assert reader.scalar(query) == 1
        with store.writing(scope) as writer:
            writer.add(schema.issue, [an_issue(2), an_issue(3)])
            writer.drop_issues([1], schema.issue)
        assert reader.scalar(query) == 1, "the snapshot of this reader"
    assert count(store) == 2


def test_the_same_key_is_replaced(store, scope):
    with store.writing(scope) as writer:
        writer.add(schema.issue, [an_issue(1), an_issue(1), (1, "B-1", *ISSUE)])
    assert store.summaries(scope, [1, 2]) == {1: ("B-1", "")}


def test_summaries_of_many_issues(store, scope):
    with store.writing(scope) as writer:
        writer.add(schema.issue, [an_issue(n) for n in range(3000)])
    assert len(store.summaries(scope, range(5000))) == 3000


def test_another_writer_is_told_to_wait(store, scope, monkeypatch):
    monkeypatch.setattr("data.store.issue_store._BUSY_MS", 50)
    impatient = IssueStore(store.path)
    with store.writing(scope), pytest.raises(SyncBusy), impatient.writing(scope):
        pass
    impatient.close()


def test_the_lock_holds_between_threads_and_is_given_back(store, scope):
    caught = []

    def other():
        try:
            with store.lock(scope):
                pass
        except SyncBusy as error:
            caught.append(error)

    with store.lock(scope):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(caught) == 1
    with store.lock(scope), store.lock(scope + 1):
        pass


def test_forgetting_a_scope_leaves_the_others(store, scope):
    other = store.open_scope("https://example.org", "project = B")
    for each in (scope, other):
        with store.writing(each) as writer:
            writer.add(schema.issue, [an_issue(1)])
    store.forget(scope)
    assert count(store) == 1
    assert store.scope_for("https://example.org", "project = A") is None
    assert store.scope_row(other).issues == 1


def test_all_tables_can_be_made_for_postgresql():
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    for table in some(schema.metadata.sorted_tables, 5):
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


OPENERS = """
import os, sys, time
from pathlib import Path
from data.store.issue_store import IssueStore
from data.store.record_store import RecordStore

folder = Path(sys.argv[1])
for turn in range(10):
    children, start = [], time.time() + 0.1
    for n in range(6):
        child = os.fork()
        if not child:
            time.sleep(max(0.0, start - time.time()))
            IssueStore(folder / f"issues-{turn}.db").scope_for("https://jira.example.org", "")
            RecordStore(folder / f"records-{turn}.db").note("cleaned")
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
"""


def test_processes_that_open_a_new_store_in_the_same_moment_all_can(tmp_path):
    ran = subprocess.run([sys.executable, "-c", OPENERS, str(tmp_path)], cwd=CHECKOUT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-2000:]
