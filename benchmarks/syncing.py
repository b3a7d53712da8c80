"""A full sync of 5,000 issues through the real client, against the round trips that it cannot avoid."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import requests
from sqlalchemy import func, select

from benchmarks.rows import Report, Row, median
from data.jira.connection import Connection
from data.store import schema
from data.store.issue_store import IssueStore
from data.sync.run import SyncResult, sync

ISSUES, SEED = 5_000, 7
LATENCIES = (0, 50)  # ms
PAGE, HISTORIES = 100, 1_000  # Jira Cloud: issues a page of search, issues a request for histories
ENTRIES = 10_000  # history entries a request
LIST = 50  # boards or sprints a page
SHOWN, COMMENTS = 20, 100  # comments within an issue; comments a page
MAPPED = {"customfield_10101", "customfield_10103", "customfield_10104"}
JQL = "created >= -3650d"
CPU_RUNS = 3
MOST = 1.5  # times the requests that cannot be avoided


def run(report: Report) -> None:
    """Requests and seconds, with a server that answers at once and one that takes 50 ms."""
    for latency in LATENCIES:
        with _site(latency) as url:
            results: list[SyncResult] = []
            needed: list[int] = []
            took = median(lambda url=url, results=results, needed=needed: _measured(url, results, needed))
            last = results[-1]
            name = f"requests for {last.fetched:,} issues"
            if latency == LATENCIES[0]:
                what = "pages, histories, comments, boards, sprints, lists"
                report.add(Row("sync", name, last.requests, "requests", needed[-1], what, budget=MOST * needed[-1]))
            floor = _bare_requests(url, needed[-1])
            name = f"full sync of {last.fetched:,} issues, {latency} ms latency"
            note = f"{statistics.median(each.requests for each in results):.0f} requests"
            report.add(Row("sync", name, took, "s", floor, f"{needed[-1]} empty requests in a row", runs=5, note=note))
            if latency == LATENCIES[0]:
                _report_cpu(report, url)
            if latency == LATENCIES[-1]:
                _report_overlap(report, url)


def _report_overlap(report: Report, url: str) -> None:
    """How many requests are under way at the same time: changelogs among themselves, and all."""
    with _watched() as watched:
        _sync(url)
    for name, spans in (("of changelogs", watched.of("bulkfetch")), ("of all kinds", watched.spans)):
        most, mean = overlap([(start, end) for _, start, end in spans])
        note = f"{len(spans)} requests"
        report.add(Row("sync", f"requests {name} under way at once, mean", mean, "requests", note=note))
        report.add(Row("sync", f"requests {name} under way at once, most", most, "requests", note=note))


def _report_cpu(report: Report, url: str) -> None:
    """What a sync costs the processor, against decoding the same bytes once."""
    costs, floors = [], []
    with _bodies() as bodies:
        for _ in range(CPU_RUNS):
            bodies.clear()
            begun = time.process_time()
            result, _ = _sync(url)
            costs.append(time.process_time() - begun)
            begun = time.process_time()
            for each in bodies:
                msgspec.json.decode(each)
            floors.append(time.process_time() - begun)
        size = sum(map(len, bodies))
    name, note = f"CPU of a full sync of {result.fetched:,} issues", f"{size / 1e6:.1f} MB of answers"
    row = Row(
        "sync",
        name,
        statistics.median(costs),
        "s",
        statistics.median(floors),
        "decoding them once",
        runs=CPU_RUNS,
        note=note,
    )
    report.add(row)


@contextmanager
def _bodies() -> Iterator[list[bytes]]:
    """The bodies of all answers that come to this process."""
    bodies: list[bytes] = []
    plain = requests.Response.iter_content

    def noted(self: requests.Response, *args: object, **more: object) -> Iterator[bytes]:
        parts = []
        for part in plain(self, *args, **more):
            parts.append(part)
            yield part
        bodies.append(b"".join(parts))

    requests.Response.iter_content = noted  # type: ignore[method-assign]
    try:
        yield bodies
    finally:
        requests.Response.iter_content = plain  # type: ignore[method-assign]


@dataclass
class Watched:
    """Requests as (path, start, end) in seconds."""

    spans: list[tuple[str, float, float]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, word: str) -> list[tuple[str, float, float]]:
        """Those whose path has the word."""
        return [each for each in self.spans if word in each[0]]


@contextmanager
def _watched() -> Iterator[Watched]:
    """Notes when each request of this process is sent and when its answer begins."""
    watched, plain = Watched(), requests.Session.request

    def request(self: requests.Session, method: str, url: str, **more: object) -> requests.Response:
        start = time.perf_counter()
        try:
            return plain(self, method, url, **more)
        finally:
            with watched.lock:
                watched.spans.append((url, start, time.perf_counter()))

    requests.Session.request = request  # type: ignore[method-assign]
    try:
        yield watched
    finally:
        requests.Session.request = plain  # type: ignore[method-assign]


def overlap(spans: list[tuple[float, float]]) -> tuple[int, float]:
    """How many spans lie over each other at most, and on average while there is any.

    >>> overlap([(0, 2), (1, 3), (5, 6)])
    (2, 1.25)
    """
    events = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    most = now = 0
    busy = total = 0.0
    before = 0.0
    for at, step in events:
        if now:
            busy, total = busy + at - before, total + now * (at - before)
        now, before = now + step, at
        most = max(most, now)
    return most, round(total / busy, 2) if busy else 0.0


@contextmanager
def _site(latency: int) -> Iterator[str]:
    """The address of a sample site in a process of its own."""
    command = [sys.executable, "app.py", "sample", "--port", "0", "--issues", str(ISSUES), "--seed", str(SEED)]
    with subprocess.Popen([*command, "--latency", str(latency)], stdout=subprocess.PIPE, text=True) as running:
        try:
            yield (running.stdout.readline() if running.stdout else "").strip()
        finally:
            running.terminate()


def _measured(url: str, results: list[SyncResult], needed: list[int]) -> None:
    result, unavoidable = _sync(url)
    results.append(result)
    needed.append(unavoidable)


def _sync(url: str) -> tuple[SyncResult, int]:
    with tempfile.TemporaryDirectory() as folder:
        store = IssueStore(Path(folder) / "issues.db")
        result = sync(_connection(url), store, jql=JQL, mapped_fields=MAPPED, full=True)
        needed = unavoidable(store)
        store.close()
    if result.error:
        raise RuntimeError(f"the sync failed: {result.error}")
    return result, needed


def _connection(url: str) -> Connection:
    return Connection(url, "bench@example.org", "any")


def unavoidable(store: IssueStore) -> int:
    """The requests without which nobody gets what the store holds: worked out from its rows, not from the client.

    Who is there (2), lists of fields, statuses and types (3), pages of issues, their histories, the rest of comments
    that a page does not show, versions and boards of each project, sprints of each board that has some.
    """
    with store.reading() as connection:

        def count(table: object, *where: object) -> int:
            return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0

        issues, projects = count(schema.issue), count(schema.project)
        entries = connection.scalar(select(func.count(func.distinct(schema.change.c.history_id)))) or 0
        long = connection.scalars(select(func.count()).select_from(schema.comment).group_by(schema.comment.c.issue_id))
        comments = sum(math.ceil((each - SHOWN) / COMMENTS) for each in long if each > SHOWN)
        boards = Counter(connection.scalars(select(schema.board.c.project_key)).all())
        scrum = connection.scalars(select(schema.board.c.board_id).where(schema.board.c.kind != "kanban")).all()
        sprints = Counter(connection.scalars(select(schema.sprint.c.board_id)).all())
    pages = math.ceil(issues / PAGE) + max(math.ceil(issues / HISTORIES), math.ceil(entries / ENTRIES))
    agile = (
        projects
        + sum(math.ceil(each / LIST) - 1 for each in boards.values())
        + sum(max(1, math.ceil(sprints[each] / LIST)) for each in scrum)
    )
    return 2 + 3 + pages + comments + projects + agile


def _bare_requests(url: str, count: int) -> float:
    """Seconds for so many requests without content, one after the other on one connection."""

    def ask() -> None:
        with requests.Session() as session:
            for _ in range(count):
                session.get(f"{url}/rest/api/3/serverInfo", timeout=10)

    return median(ask, 3)
