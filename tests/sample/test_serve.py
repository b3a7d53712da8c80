"""`python app.py sample` as a process: one line when ready, clear refusals, an end on request."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import requests

from sample.generator import generate
from sample.serve import make_site, serve_forever
from sample.server import SampleServer
from sample.site import SampleError

ROOT = Path(__file__).parents[2]
START = "from sample.serve import serve_forever; serve_forever(port=0, issues=60, until='2026-10-30')"


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_url_when_ready_and_ends_when_told(name: signal.Signals) -> None:
    process = subprocess.Popen([sys.executable, "-c", START], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        answer = requests.get(f"{url}/rest/api/3/myself", headers={"Authorization": "Bearer any"}, timeout=20)
        assert answer.status_code == 200
        process.send_signal(name)
        rest, _ = process.communicate(timeout=20)
        assert (process.returncode, rest) == (0, "")
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"issues": 10}, "between 50 and 500000"),
        ({"port": 70_000}, "--port"),
        ({"latency_ms": -1}, "--latency"),
        ({"flavour": "server"}, "cloud or dc"),
        ({"until": "tomorrow"}, "YYYY-MM-DD"),
        ({"fields": Path("fields.json")}, "--fields goes with --data"),
        ({"data": [Path("absent.jsonl")]}, "absent.jsonl does not exist"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments: dict, words: str) -> None:
    with pytest.raises(SampleError, match=words):
        serve_forever(**arguments)


def test_a_port_that_is_taken_is_named() -> None:
    with (
        SampleServer(generate(50, 1, date(2026, 10, 30))) as server,
        pytest.raises(SampleError, match=str(server.port)),
    ):
        serve_forever(port=server.port, issues=50)


def test_without_data_a_site_is_generated() -> None:
    assert len(make_site(issues=70, seed=3, until=date(2026, 10, 30)).issues) == 70
