"""A disk that is full, broken or read-only: after the n-th failing system call, for each n, nothing is torn."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

from data.store import schema
from data.store.issue_store import IssueStore, StoreError
from tests.torture import writers
from tests.torture.conftest import ROOT


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    """The shared library that makes calls fail, compiled here."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs Linux and a C compiler to make system calls fail")
    made = tmp_path_factory.mktemp("library") / "failing_calls.so"
    source = ROOT / "tests" / "torture" / "failing_calls.c"
    done = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl"], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"the C compiler could not make the library: {done.stderr.splitlines()[-1]}")
    return made


@pytest.mark.parametrize("everything", ["", pytest.param("all", marks=pytest.mark.torture)], ids=["some", "all"])
def test_no_failing_call_tears_anything(library, tmp_path, everything):
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture.failing_calls", library, tmp_path, everything],
        cwd=ROOT,
        env={**os.environ, "LD_PRELOAD": str(library)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for what, report in json.loads(done.stdout).items():
        print(f"{what}: {report['runs']} runs, {report['failed']}")
        assert report["wrong"] == [], what
        assert len(report["failed"]) >= 4, what


def test_a_full_database_keeps_the_old_revision(tmp_path):
    store = IssueStore(tmp_path / "issues.db")
    scope = store.open_scope(writers.SITE, writers.JQL)
    with store.writing(scope) as writer:
        writer.add(schema.issue, [writers.issue_row(n, 1) for n in range(1, 50)])
        writer.finish(synced_at=1)
    store.close()
    with sqlite3.connect(store.path) as connection:
        pages = connection.execute("pragma page_count").fetchone()[0]
    connection.close()
    for room in (0, 7, 40):
        with pytest.raises(StoreError, match="full"), store.writing(scope) as writer:
            writer.connection.exec_driver_sql(f"pragma max_page_count={pages + room}")
            writer.add(schema.issue, [writers.issue_row(n, 2) for n in range(1, 5_000)])
            writer.finish(synced_at=2)
        head = store.scope_row(scope)
        assert (head.revision, head.issues) == (1, 49)
    store.close()
