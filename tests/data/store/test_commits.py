"""What is kept of the store is given up with the first commit of anybody."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from data.store.commits import CommitWatch
from data.store.issue_store import IssueStore
from tests.dashboard import CHECKOUT

SITE, JQL = "https://jira.example.org", "project = A"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "some folder" / "a file?.db"
    found.parent.mkdir()
    with sqlite3.connect(found) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE thing (n INTEGER)")
    connection.close()
    return found


def write(path: Path, n: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("INSERT INTO thing VALUES (?)", (n,))
    connection.close()


def test_each_commit_changes_the_mark_and_nothing_else_does(path):
    watch = CommitWatch(path)
    seen = [watch.mark()]
    for n in range(50):
        assert watch.mark() == watch.mark() == seen[-1]
        write(path, n)
        seen.append(watch.mark())
    assert None not in seen
    assert len(set(seen)) == len(seen)
    watch.close()


def test_commits_of_a_kept_connection_and_of_other_processes_change_it(path):
    watch = CommitWatch(path)
    kept = sqlite3.connect(path, isolation_level=None)
    seen = [watch.mark()]
    for n in range(10):
        kept.execute("UPDATE thing SET n = ?", (n,))  # the same size each time
        kept.execute("INSERT INTO thing VALUES (1)")
        seen.append(watch.mark())
        if n % 3 == 0:
            kept.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            watch.mark()
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('INSERT INTO thing VALUES (7)'); c.commit()"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    seen.append(watch.mark())
    assert len(set(seen)) == len(seen)
    kept.close()
    watch.close()


def test_what_is_rolled_back_leaves_the_mark(path):
    watch = CommitWatch(path)
    before = watch.mark()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO thing VALUES (1)")
    connection.execute("ROLLBACK")
    assert watch.mark() == before
    connection.close()


def test_a_file_that_is_replaced_or_damaged_has_another_mark(path):
    watch = CommitWatch(path)
    seen = [watch.mark()]
    other = path.with_name("other.db")
    with sqlite3.connect(other) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE thing (n INTEGER)")
    connection.close()
    other.replace(path)
    seen.append(watch.mark())
    write(path, 1)
    seen.append(watch.mark())
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(b"more")
    seen.append(watch.mark())
    assert len(set(seen)) == len(seen)


def test_where_there_is_no_file_or_none_of_sqlite_nothing_is_told(tmp_path):
    assert CommitWatch(tmp_path / "none.db").mark() is None
    (tmp_path / "text.db").write_text("not a database, whatever its name says" * 100)
    assert CommitWatch(tmp_path / "text.db").mark() is None
    (tmp_path / "folder.db").mkdir()
    assert CommitWatch(tmp_path / "folder.db").mark() is None


FORKED = """
import os, sqlite3, sys
from pathlib import Path
from data.store.commits import CommitWatch

path = Path(sys.argv[1])
watch = CommitWatch(path)
before = watch.mark()
child = os.fork()
if not child:
    mine = watch.mark()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("INSERT INTO thing VALUES (1)")
    connection.close()
    os._exit(0 if mine is not None and watch.mark() not in (mine, before, None) else 1)
assert os.waitpid(child, 0)[1] == 0
after = watch.mark()
assert after not in (before, None)
connection = sqlite3.connect(path, isolation_level=None)
connection.execute("INSERT INTO thing VALUES (1)")
connection.close()
assert watch.mark() not in (after, None)
"""


def test_a_forked_process_watches_for_itself_and_leaves_its_parent_alone(path):
    ran = subprocess.run([sys.executable, "-c", FORKED, str(path)], cwd=CHECKOUT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_the_head_is_never_older_than_what_was_committed_before_one_asked(tmp_path):
    writer, readers = IssueStore(tmp_path / "issues.db"), [IssueStore(tmp_path / "issues.db") for _ in range(2)]
    scope = writer.open_scope(SITE, JQL)
    committed, done, wrong = [0], threading.Event(), []

    def read(store: IssueStore) -> None:
        while not done.is_set():
            least = committed[0]
            head = store.scope_for(SITE, JQL)
            if least and (head is None or (head.last_result or {}).get("n", 0) < least):
                wrong.append((least, head))

    threads = [threading.Thread(target=read, args=(store,)) for store in (*readers, readers[0])]
    for thread in threads:
        thread.start()
    for n in range(1, 101):
        writer.note_result(scope, {"n": n})
        committed[0] = n
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert all(store.scope_for(SITE, JQL).last_result == {"n": 100} for store in readers)


def test_the_head_is_read_once_and_again_after_a_commit(tmp_path, monkeypatch):
    store, other = IssueStore(tmp_path / "issues.db"), IssueStore(tmp_path / "issues.db")
    scope = other.open_scope(SITE, JQL)
    reads = []
    real = IssueStore._read_scope
    monkeypatch.setattr(IssueStore, "_read_scope", lambda *asked: reads.append(asked) or real(*asked))
    first = store.scope_for(SITE, JQL)
    assert store.scope_for(SITE, JQL) is first
    assert len(reads) == 1
    assert store.scope_for(SITE, "another query") is None
    other.note_result(scope, {"n": 1})
    assert store.scope_for(SITE, JQL).last_result == {"n": 1}
    assert len(reads) == 3
