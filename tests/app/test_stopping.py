"""Told to stop in the middle of a sync, page and terminal end soon and well, and nothing half-written is left."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from data.store.issue_store import IssueStore
from sample.generator import generate
from sample.server import SampleServer
from tests.dashboard import CHECKOUT, environment
from tests.forked import forked

SLOW = 300  # milliseconds each answer takes: a sync of three hundred issues needs many times that


@pytest.fixture
def jira() -> Iterator[SampleServer]:
    with SampleServer(generate(300, seed=5, until=datetime.now(UTC).date())) as server:
        yield server


@pytest.fixture
def account(jira: SampleServer) -> dict[str, str]:
    return {"JIRA_URL": jira.url, "JIRA_EMAIL": "ada@example.org", "JIRA_TOKEN": "any-token"}


def held(folder: Path) -> tuple[int, int]:
    """Revision and issues of the store, after SQLite found nothing wrong and no writer left anything behind."""
    assert list(folder.rglob("*.tmp*")) == []
    assert list(folder.rglob("*.broken-*")) == []
    [path] = folder.rglob("issues.db")
    store = IssueStore(path)
    try:
        with store.reading() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
            found = connection.execute(text("select revision, synced_at from scope")).all()
            count = connection.scalar(text("select count(*) from issue"))
            [revision] = [row.revision for row in found if row.synced_at] or [0]
    finally:
        store.close()
    return revision, count


def stopped(running: subprocess.Popen[str], jira: SampleServer, begun: int, number: int) -> int:
    """Its exit code, after a signal in the middle of a sync; no request is made after it has ended."""
    deadline = time.monotonic() + 60
    while jira.requests < begun + 5 and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert jira.requests >= begun + 5, "the sync did not begin"
    running.send_signal(number)
    code = running.wait(60)
    asked = jira.requests
    time.sleep(2.5 * SLOW / 1000)  # what was on its way when the process ended is still answered
    assert jira.requests <= asked + 8
    return code


def started(folder: Path, account: dict[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHECKOUT / "app.py"), *words],
        env=environment(folder, account),
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])


@SIGNALS
def test_the_server_cancels_its_sync_and_ends_with_zero(tmp_path, jira, account, number):
    jira.latency = SLOW / 1000
    with started(tmp_path, account, "serve", "--port", "0") as running:
        try:
            address = next(word for word in running.stdout.readline().split() if word.startswith("http://"))
            assert requests.get(f"{address}/_dash-layout", timeout=30).status_code == 200  # opening it starts a sync
            assert stopped(running, jira, 0, number) == 0
            assert "Traceback" not in running.stderr.read()
        finally:
            running.kill()
    assert held(tmp_path) == (0, 0)
    jira.latency = 0
    assert forked(tmp_path, "sync", **account).returncode == 0
    revision, count = held(tmp_path)
    assert (revision, count > 200) == (1, True)


@SIGNALS
def test_a_full_sync_in_the_terminal_keeps_what_was_there(tmp_path, jira, account, number):
    assert forked(tmp_path, "sync", **account).returncode == 0
    revision, whole = held(tmp_path)
    assert (revision, whole > 200) == (1, True)
    jira.latency = SLOW / 1000
    with started(tmp_path, account, "sync", "--full") as running:
        try:
            assert stopped(running, jira, jira.requests, number) == 128 + number
            said = running.stderr.read()
        finally:
            running.kill()
    assert said.splitlines()[-1].endswith("The data from before is unchanged.")
    assert "Traceback" not in said
    assert held(tmp_path) == (1, whole)
    jira.latency = 0
    assert forked(tmp_path, "sync", "--full", **account).returncode == 0
    assert held(tmp_path) == (2, whole)


def test_who_asks_twice_does_not_wait(tmp_path, jira, account):
    jira.latency = 20
    with started(tmp_path, account, "sync") as running:
        try:
            deadline = time.monotonic() + 60
            while running.stderr.readline() == "" and time.monotonic() < deadline:
                time.sleep(0.01)
            running.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            running.send_signal(signal.SIGTERM)
            assert running.wait(15) in (-signal.SIGTERM, 143)
        finally:
            running.kill()
