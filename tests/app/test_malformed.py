"""Requests that no page of ours sends, on every address and every callback: refused or answered, never a 500, never a
traceback in the log, and a log that does not grow with them."""

from __future__ import annotations

import io
import json
import logging
import random
import socket
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from data.platform.log_limit import LogLimit
from data.platform.logs import PlainLines
from data.services.services import open_services
from sample.source import SampleSite
from tests import seeding
from tests.app.malformed_requests import call, route
from tests.dashboard import dashboard
from tests.sample_services import environment
from ui import ids

LONGEST = 60.0  # seconds; only what hangs takes longer, on a busy machine too


class Log(logging.Handler):
    """Counts what is logged while an attack runs, and what of it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.tracebacks: list[str] = []
        self.records = 0
        self.stream = io.StringIO()
        self._writes = logging.StreamHandler(self.stream)
        self._writes.setFormatter(PlainLines())
        self._writes.addFilter(LogLimit())

    def emit(self, record: logging.LogRecord) -> None:
        self.records += record.levelno >= logging.INFO
        if record.exc_info or record.exc_text:
            self.tracebacks.append(record.exc_text or logging.Formatter().formatException(record.exc_info))
        self._writes.handle(record)

    def __enter__(self) -> Log:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)


MOST_LOGGED = (
    100_000  # characters, however many requests there are: what a few places of the code may write in a minute
)


def attack(client: Any, app: Any, count: int, seed: int) -> Counter[int]:
    """`count` requests, half of them to callbacks; raises at the first that is not refused or answered properly.
    Returns how often each status was answered."""
    rng = random.Random(seed)  # noqa: S311 - repeatable
    rules = sorted(app.server.url_map.iter_rules(), key=str)
    callbacks = [each for each in client.get("/_dash-dependencies").json if not each.get("clientside_function")]
    assert len(rules) > 8
    assert len(callbacks) > 8
    client.raise_server_errors = False
    codes: Counter[int] = Counter()
    with Log() as log:
        for n in range(count):
            if n % 2:
                method, address, more = route(rng, rules)
            else:
                method, address = "POST", "/_dash-update-component"
                more = {
                    "data": json.dumps(call(rng, callbacks[(n // 2) % len(callbacks)])),
                    "content_type": "application/json",
                }
            begun = time.monotonic()
            answer = client.open(address, method=method, **more)
            said = f"seed {seed}, request {n}: {method} {address[:300]!r} {str(more)[:3000]} → {answer.status_code}"
            codes[answer.status_code] += 1
            assert answer.status_code < 500, said
            body = answer.get_data()
            assert b"Traceback" not in body, said
            assert b"Something went wrong inside the program" not in body, f"{said}\n{log.tracebacks[-1:]}"
            assert not log.tracebacks, f"{said}\n{log.tracebacks[0]}"
            assert time.monotonic() - begun < LONGEST, said
            answer.close()
    assert len(log.stream.getvalue()) < MOST_LOGGED, log.stream.getvalue()[-3000:]
    return codes


@pytest.fixture
def real(use, tmp_path):
    """The real services with the data of the sample site, in place of hand-made answers."""
    env = environment(tmp_path)
    services = use(open_services(env, sample=SampleSite(issues=100)))
    assert services.sync.run(services.snapshot()).error is None
    yield services
    services.sync.cancel()
    services.sync.wait(60)


def test_a_thousand(client, app, real):
    codes = attack(client, app, 1_000, 1)
    assert codes[200] > 100
    assert codes[400] > 100


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(2, 22))
def test_twenty_thousand(client, app, real, seed):
    attack(client, app, 1_000, seeding.base() + seed)


def addresses(app):
    """Every address of the server, its blank parts filled with what is there."""
    filled = {
        "<kind>": "csv",
        "<table>": "outcomes",
        "<digest>": "x",
        "<string:package_name>": "dash",
        "<path:fingerprinted_path>": "x.js",
    }
    for rule in sorted(app.server.url_map.iter_rules(), key=str):
        path = rule.rule
        for blank, word in filled.items():
            path = path.replace(blank, word)
        if "<" not in path:
            yield path


def test_every_address_refuses_a_foreign_host_in_the_same_way(client, app, real):
    with Log() as log:
        for path in addresses(app):
            answer = client.get(path, headers={"Host": "evil.example"})
            assert answer.status_code == 400, path
            assert "This address is not served here." in answer.text, path
    assert log.records == 0


def test_no_blueprint_has_an_error_handler_of_its_own(app):
    named = {name: found for name, found in app.server.error_handler_spec.items() if name is not None}
    assert not [name for name, by_code in named.items() if any(by_code.values())]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("9999-12-31", "9999-12-31"),
        ("0001-01-01", "0001-01-01"),
        ("0001-01-01", "9999-12-31"),
        ("9999-01-01", "9999-12-31"),
        ("2200-01-01", "2200-01-02"),
        ("1969-12-31", "1969-12-31"),
    ],
)
def test_dates_at_the_ends_of_the_calendar_are_told_on_every_address(client, app, real, first, last):
    dated = f"from={first}&to={last}&metric=flow_time&chart=flow_time&by=9999-12-31&items=5"
    refused = set()
    with Log() as log:
        for path in addresses(app):
            answer = client.get(f"{path}?{dated}", headers={"Accept": "*/*"})
            assert answer.status_code < 500, (path, answer.text[:200])
            if answer.status_code == 400:
                assert "Use a date from 1970-01-01 to 2199-12-31." in answer.text, (path, answer.text[:200])
                refused.add(path)
            answer.close()
    assert {
        "/report.html",
        "/export/numbers.csv",
        "/export/metric.csv",
        "/export/issues.csv",
        "/export/chart.csv",
    } <= refused
    assert not log.tracebacks


@pytest.mark.parametrize(("first", "last"), [("1970-01-01", "1970-12-31"), ("2199-01-01", "2199-12-31")])
def test_the_first_and_the_last_days_that_may_be_asked_for_work_everywhere(client, app, real, first, last):
    with Log() as log:
        for path in addresses(app):
            answer = client.get(f"{path}?from={first}&to={last}&metric=flow_time&chart=flow_time")
            assert answer.status_code < 500, (path, answer.text[:200])
            answer.close()
    assert not log.tracebacks


def test_words_of_the_address_cannot_be_too_odd(client):
    for odd in ("%ff", "%00", "%ed%a0%80", "a" * 8000, "?", "%", "..%2f..%2fetc/passwd"):
        assert client.get(f"/{odd}").status_code < 500
    assert ids.Page.LOCATION in client.get("/_dash-layout").text


def test_what_is_no_http_fills_no_log(tmp_path):
    """Lines that are no requests, and the same with a body: answered by the server itself, before the application."""
    with dashboard(tmp_path) as site:
        port = int(site.rpartition(":")[2])
        for n in range(300):
            with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
                connection.sendall(
                    (b"\x16\x03\x01\xff", b"GET / HTTP/9.9", b"x" * 200, b"GET  HTTP/1.1")[n % 4] + b"\r\n\r\n"
                )
                connection.settimeout(60)
                with suppress(OSError):
                    connection.recv(65536)
        log = (tmp_path / "server.log").read_text("utf-8")
    assert len(log) < MOST_LOGGED
    assert log.count("\n") < 100
    assert "Traceback" not in log
