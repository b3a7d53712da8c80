"""The production server as docs/operations say to start it: it refuses, serves and stops like our own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from data.platform.access import hashed
from sample.generator import generate
from sample.server import SampleServer
from tests.dashboard import CHECKOUT, environment

PASSWORD = "a-password-of-tests"
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `gunicorn app:server` on a free port; what is still running at the end is stopped."""
    running: list[subprocess.Popen[str]] = []

    def started(**variables: str) -> subprocess.Popen[str]:
        words = [
            "-m",
            "gunicorn",
            "app:server",
            "--bind",
            "127.0.0.1:0",
            "--workers",
            "1",
            "--threads",
            "4",
            "--graceful-timeout",
            "10",
            "--worker-tmp-dir",
            str(tmp_path),
            "--no-control-socket",
        ]
        with (tmp_path / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, *words],
                env=environment(tmp_path, variables),
                cwd=CHECKOUT,
                stdout=subprocess.DEVNULL,
                stderr=log,
                text=True,
            )
        running.append(process)
        return running[-1]

    yield started
    for each in running:
        if each.poll() is None:
            each.kill()
        each.wait()


def address(log: Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for word in log.read_text().split():
            if word.startswith("http://127.0.0.1:"):
                return word
        time.sleep(0.05)
    raise AssertionError(log.read_text())


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"THROUGHLINE_HOSTS": "metrics.example.org"}, "THROUGHLINE_HOSTS makes this dashboard public"),
        (
            {
                "THROUGHLINE_HOSTS": "metrics.example.org",
                "THROUGHLINE_PASSWORD_HASH": "ada:{hash}",
                "THROUGHLINE_SECRET": "a" * 40,
            },
            "THROUGHLINE_SECRET can be guessed",
        ),
        ({"THROUGHLINE_PASSWORD_HASH": "ada:plain-words"}, "needs name:scrypt"),
    ],
    ids=["no authentication", "a secret that is none", "half configured"],
)
def test_it_does_not_start_where_strangers_could_come_in(start, tmp_path, variables, words):
    filled = {name: value.format(hash=hashed(PASSWORD)) for name, value in variables.items()}
    running = start(**filled)
    assert running.wait(60) != 0
    log = (tmp_path / "log").read_text()
    assert words in log
    assert "Traceback" not in log


def test_it_serves_those_who_may_and_stops_in_the_middle_of_a_sync(start, tmp_path):
    with SampleServer(generate(200, seed=5), latency_ms=500) as jira:
        running = start(
            THROUGHLINE_HOSTS="metrics.example.org",
            THROUGHLINE_PASSWORD_HASH=f"ada:{hashed(PASSWORD)}",
            JIRA_URL=jira.url,
            JIRA_EMAIL="ada@example.org",
            JIRA_TOKEN="any-token",
        )
        site = address(tmp_path / "log")
        host = {"Host": "metrics.example.org"}
        assert requests.get(f"{site}/healthz", headers=host, timeout=60).status_code == 200
        assert requests.get(f"{site}/_dash-layout", headers=host, timeout=60).status_code == 401
        mine = ("ada", PASSWORD)
        assert requests.get(f"{site}/_dash-layout", headers=host, auth=mine, timeout=60).status_code == 200
        deadline = time.monotonic() + 60
        while jira.requests < 4 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert jira.requests >= 4
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log
    assert PASSWORD not in log
    assert list((tmp_path / "home").rglob("*.tmp*")) == []
