"""What a warm request costs: processor time of one gunicorn worker, as multiples of a bare Flask route in that
worker.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks.rows import TIMES, Report, Row
from tests.dashboard import CHECKOUT, command, environment

REQUESTS = 100  # for one figure; the median of five such figures counts
BARE, CPU = "/bare", "/cpu"
CALLBACKS = "/_dash-update-component"
BUDGETS = {"/readyz": 2.0, "/export/numbers.csv": 3.0, "/": 5.0, "cards callback": 6.0, "/_dash-layout": 10.0}
_HEADERS = {"Accept-Encoding": "gzip, deflate, br, zstd", "Accept": "*/*"}  # as Chromium sends them


@dataclass(frozen=True)
class Question:
    """A request that is sent again and again."""

    name: str
    path: str
    body: str = ""

    def ask(self, to: HTTPConnection, *, plain: bool = False) -> bytes:
        """The body of the answer as it travels; `plain`: not compressed. Raises RuntimeError for any answer but 200."""
        headers = ({} if plain else _HEADERS) | ({"Content-Type": "application/json"} if self.body else {})
        to.request("POST" if self.body else "GET", self.path, self.body or None, headers)
        answer = to.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{self.path} answered {answer.status}: {content[:200]!r}")
        return content


def run(report: Report) -> None:
    """A row for each kind of request, as milliseconds of processor time."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        synced = command(folder, "sync")
        if synced.returncode:
            report.skip("serving", synced.stderr.strip().splitlines()[-1])
            return
        with _gunicorn(folder) as to:
            questions = [
                Question(path, path) for path in ("/readyz", "/export/numbers.csv?period=30d", "/", "/_dash-layout")
            ]
            questions.insert(3, Question("cards callback", CALLBACKS, _cards(to)))
            costs = measure(to, [Question("bare", BARE), *questions])
    floor = costs.pop("bare")
    for name, cost in costs.items():
        budget = BUDGETS[name.partition("?")[0]] * floor
        report.add(
            Row("serving", name, cost * 1000, "ms", floor * 1000, "a bare Flask route", budget * 1000, TIMES, "CPU")
        )


def measure(to: HTTPConnection, questions: list[Question]) -> dict[str, float]:
    """Seconds of processor time for one answer to each; the questions take turns, so that what disturbs meets all."""
    for question in questions:
        for _ in range(10):
            question.ask(to)
    found: dict[str, list[float]] = {question.name: [] for question in questions}
    for _ in range(TIMES):
        for question in questions:
            before = _used(to)
            for _ in range(REQUESTS):
                question.ask(to)
            found[question.name].append((_used(to) - before) / REQUESTS)
    return {name: statistics.median(costs) for name, costs in found.items()}


def _used(to: HTTPConnection) -> float:
    return float(Question("cpu", CPU).ask(to))


def _cards(to: HTTPConnection) -> str:
    """What the browser posts to fill the cards of the tab "DORA"."""
    from ui import ids

    cards, store = ids.Cards.DORA.value, ids.tab_view("dora")
    callbacks = json.loads(Question("callbacks", "/_dash-dependencies").ask(to, plain=True))
    output = next(each["output"] for each in callbacks if f"..{cards}.children" in each["output"])
    body: dict[str, Any] = {
        "output": output,
        "outputs": [{"id": cards, "property": "children"}, {"id": cards, "property": "data-shown"}],
        "inputs": [{"id": store, "property": "data", "value": {"query": "?tab=dora&period=30d", "revision": "1"}}],
        "changedPropIds": [f"{store}.data"],
        "state": [{"id": cards, "property": "data-shown", "value": None}],
    }
    return json.dumps(body)


@contextmanager
def _gunicorn(folder: Path) -> Iterator[HTTPConnection]:
    """A connection to one worker with one thread, kept open."""
    words = [
        sys.executable,
        "-m",
        "gunicorn",
        "benchmarks.bare:server",
        "--bind",
        "127.0.0.1:0",
        "--workers",
        "1",
        "--threads",
        "4",
        "--timeout",
        "120",
        "--keep-alive",
        "60",
        "--no-control-socket",
    ]
    log = folder / "gunicorn.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(words, env=environment(folder, {}), cwd=CHECKOUT, stdout=errors, stderr=errors) as running,
    ):
        try:
            yield HTTPConnection(*_address(log, running), timeout=120)
        finally:
            running.terminate()


def _address(log: Path, running: subprocess.Popen[bytes]) -> tuple[str, int]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None:
        for word in log.read_text().split():
            if word.startswith("http://127.0.0.1:"):
                return "127.0.0.1", int(word.rpartition(":")[2])
        time.sleep(0.05)
    raise RuntimeError(f"gunicorn did not start: {log.read_text()}")
