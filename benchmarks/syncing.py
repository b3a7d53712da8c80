"""A full sync of 5,000 issues through the real client, against the round trips that it cannot avoid."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from benchmarks.rows import Report, Row, median
from data.issues.store import IssueStore
from data.issues.sync import SyncResult, sync
from data.jira.client import Jira
from data.jira.connection import Connection

ISSUES, SEED = 5_000, 7
LATENCIES = (0, 50)  # ms
PAGE, HISTORIES = 100, 1_000  # Jira Cloud: issues a page of search, issues a request for histories
MAPPED = {"customfield_10101", "customfield_10103", "customfield_10104"}
JQL = "created >= -3650d"


def run(report: Report) -> None:
    """Requests and seconds, with a server that answers at once and one that takes 50 ms."""
    for latency in LATENCIES:
        with _site(latency) as url:
            results: list[SyncResult] = []
            took = median(lambda url=url, results=results: results.append(_sync(url)))
            last = results[-1]
            needed = _unavoidable(url, last.fetched)
            name = f"requests for {last.fetched:,} issues"
            if latency == LATENCIES[0]:
                report.add(Row("sync", name, last.requests, "requests", needed, "pages, histories and lists"))
            floor = _bare_requests(url, needed)
            name = f"full sync of {last.fetched:,} issues, {latency} ms latency"
            note = f"{statistics.median(each.requests for each in results):.0f} requests"
            report.add(Row("sync", name, took, "s", floor, f"{needed} empty requests in a row", runs=5, note=note))


@contextmanager
def _site(latency: int) -> Iterator[str]:
    """The address of a sample site in a process of its own."""
    command = [sys.executable, "app.py", "sample", "--port", "0", "--issues", str(ISSUES), "--seed", str(SEED)]
    with subprocess.Popen([*command, "--latency", str(latency)], stdout=subprocess.PIPE, text=True) as running:
        try:
            yield (running.stdout.readline() if running.stdout else "").strip()
        finally:
            running.terminate()


def _sync(url: str) -> SyncResult:
    with tempfile.TemporaryDirectory() as folder:
        store = IssueStore(Path(folder) / "issues.db")
        result = sync(_connection(url), store, jql=JQL, mapped_fields=MAPPED, full=True)
        store.close()
    if result.error:
        raise RuntimeError(f"the sync failed: {result.error}")
    return result


def _connection(url: str) -> Connection:
    return Connection(url, "bench@example.org", "any")


def _unavoidable(url: str, issues: int) -> int:
    """Who is there (2), lists of fields, statuses and types (3), pages of issues, their histories, versions by project."""
    with Jira(_connection(url)) as jira:
        projects = len(jira.projects())
    return 2 + 3 + math.ceil(issues / PAGE) + math.ceil(issues / HISTORIES) + projects


def _bare_requests(url: str, count: int) -> float:
    """Seconds for so many requests without content, one after the other on one connection."""

    def ask() -> None:
        with requests.Session() as session:
            for _ in range(count):
                session.get(f"{url}/rest/api/3/serverInfo", timeout=10)

    return median(ask, 3)
