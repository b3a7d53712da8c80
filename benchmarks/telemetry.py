"""What telemetry costs: the same work with it and without, in turns, with a collector that answers and one that is
dead.
"""

from __future__ import annotations

import itertools
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from benchmarks import view
from benchmarks.jtbd import bytecode
from benchmarks.rows import Report, Row
from data.platform import telemetry
from data.store.record_store import RecordStore
from data.values.records import JobCompletion

CHECKOUT = Path(__file__).resolve().parents[1]
MOST = 5.0  # percent
DEAD = "http://127.0.0.1:9"
WRITES, REQUESTS, COMMANDS = 400, 400, 21
PAUSE = 0.7  # seconds between two commands, for what the first left behind


class Took(NamedTuple):
    """Seconds that passed, and those of the processor."""

    clock: float
    cpu: float


def run(report: Report) -> None:
    """Rows in percent: how much longer it takes than without telemetry, the median of pairs."""
    with _collector() as alive, tempfile.TemporaryDirectory() as folder:
        for name, url in (("answers", alive), ("is dead", DEAD)):
            _add(report, f"a record stored, collector {name}", _stored(Path(folder), url), WRITES)
            _add(report, f"cards from the cache, collector {name}", _answered(url), REQUESTS)
            _add(report, f"jtbd track-job, collector {name}", _commanded(Path(folder), url), COMMANDS, by_cpu=True)


def _add(report: Report, name: str, took: list[tuple[Took, Took]], runs: int, *, by_cpu: bool = False) -> None:
    """A command is judged by the processor time of its process: on a busy machine the clock tells how busy it is."""
    clock = 100 * (statistics.median(told.clock / plain.clock for plain, told in took) - 1)
    cpu = 100 * (statistics.median(told.cpu / plain.cpu for plain, told in took if plain.cpu) - 1)
    plain, told = (Took(*map(statistics.median, zip(*each, strict=True))) for each in zip(*took, strict=True))
    spent = f"{plain.clock * 1000:.2f} → {told.clock * 1000:.2f} ms"
    note = (
        f"(of the processor; by the clock {clock:+.1f} %, {spent})"
        if by_cpu
        else f"({spent}; of the processor {cpu:+.1f} %)"
    )
    report.add(Row("telemetry", name, cpu if by_cpu else clock, "%", None, "", MOST, runs, note))


def _in_turns(work: Callable[[bool], Any], times: int, pause: float = 0.0) -> list[tuple[Took, Took]]:
    """Pairs, without and with, one right after the other: what else the machine does is the same for both.

    Of the processor: this process, what sends included, and those it waited for.
    """
    took = []
    for n in range(times):
        pair = {}
        for on in (False, True) if n % 2 else (True, False):
            start, cpu = time.perf_counter(), _cpu()
            work(on)
            pair[on] = Took(time.perf_counter() - start, _cpu() - cpu)
            time.sleep(pause)
        took.append((pair[False], pair[True]))
    return took


def _cpu() -> float:
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + others.ru_utime + others.ru_stime


@contextmanager
def _switch(url: str) -> Iterator[Callable[[bool], None]]:
    """Turns telemetry of this process on and off; it sends in the background as in a server."""
    with patch.dict(os.environ, {telemetry.ENDPOINT: url}):
        found = telemetry.Telemetry(pause=1.0)
        found.keep_sending()
        found.event("first", {})
        while found._waiting:  # until what sends is imported
            time.sleep(0.1)
        before = telemetry._found

        def switch(on: bool) -> None:
            telemetry._found = (found,) if on else (None,)

        try:
            yield switch
        finally:
            telemetry._found = before
            found.leave()


def _stored(folder: Path, url: str) -> list[tuple[Took, Took]]:
    store, numbers = RecordStore(folder / "jobs.db"), itertools.count(time.time_ns() // 1000)
    with _switch(url) as switch:

        def work(on: bool) -> None:
            switch(on)
            store.add([JobCompletion("buy", "ann", "cart", "completed", next(numbers))])

        work(True)
        found = _in_turns(work, WRITES)
    store.close()
    return found


def _answered(url: str) -> list[tuple[Took, Took]]:
    """What the server does for the callback that fills the cards of 5,000 issues, from the cache, without Dash."""
    from flask import Flask, request

    from callbacks.requests import name_requests

    with view.filled() as services, _switch(url) as switch:
        question = services.view("30d")
        server = Flask("benchmark")
        name_requests(server)
        server.add_url_rule(
            view.CALLBACKS,
            "callback",
            lambda: {
                "for": request.get_json()["output"],
                "values": [each.to_dict() for each in services.numbers.answer("dora", question).values],
            },
            methods=["POST"],
        )
        client = server.test_client()

        def work(on: bool) -> None:
            switch(on)
            client.post(view.CALLBACKS, json={"output": "cards-dora.children", "inputs": []})

        work(True)
        return _in_turns(work, REQUESTS)


def _commanded(folder: Path, url: str) -> list[tuple[Took, Took]]:
    env = {**os.environ, "THROUGHLINE_HOME": str(folder), "THROUGHLINE_SETTINGS": str(folder / "s.json")}
    env |= {"THROUGHLINE_JTBD": str(folder), **bytecode(folder)}
    words = [sys.executable, "app.py", "jtbd", "track-job", "buy", "-p", "ann", "-f", "cart"]

    def work(on: bool) -> None:
        told = {telemetry.ENDPOINT: url} if on else {}
        subprocess.run(words, cwd=CHECKOUT, env={**env, **told}, check=True, capture_output=True)

    work(True)
    time.sleep(10 * PAUSE)  # what sends is compiled, too
    return _in_turns(work, COMMANDS, PAUSE)


@contextmanager
def _collector() -> Iterator[str]:
    """In a process of its own, as collectors are."""
    words = [sys.executable, "-m", "benchmarks.telemetry"]
    with subprocess.Popen(words, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield (running.stdout.readline() if running.stdout else "").strip()
        finally:
            running.terminate()


def _collect() -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    _collect()
