"""What whoever runs the server relies on: readiness, logs with request names, an end without loss."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from cli.serving import InFlight
from data.platform.logs import HIDDEN, REQUEST, SECRETS, JsonLines, PlainLines
from data.services import readiness
from data.services.services import open_services
from tests.dashboard import CHECKOUT, environment
from tests.fake_services import FakeServices


@pytest.fixture
def real(use):
    return use(open_services(os.environ))


def test_ready(client, real):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["stores"] == {"folder": "ok", "issues": "ok", "settings": "ok", "cache": "ok"}
    assert answer.json["jira"] == "unknown"
    assert answer.json["last_sync"] is None
    assert str(real.sites.home.path) not in answer.text


def test_a_jira_that_is_down_only_degrades(client, real):
    real.sites.sample = None  # nothing to sync from
    real.sync.start(real.snapshot())
    assert real.sync.wait(20).state == "failed"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["jira"]) == (200, "degraded")


def test_a_full_disk_or_a_broken_folder_is_not_ready(client, real, monkeypatch):
    monkeypatch.setattr(readiness, "LEAST_FREE", 10**18)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["disk"]["state"]) == (503, "full")
    monkeypatch.undo()

    def refuse(**_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(readiness.tempfile, "TemporaryFile", refuse)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["stores"]["folder"]) == (503, "unusable")


def test_not_ready_when_the_services_cannot_tell(client, use):
    def ready(_snapshot):
        raise RuntimeError("inner words")

    use(FakeServices()).readiness.ready = ready
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False})
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("given", ["abc-123", "0af7651916cd43dd8448eb211c80319c", "a.b_c"])
def test_a_sane_request_name_is_kept(client, given):
    assert client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "x", "a b c d", "<script>", "x" * 65, '"};{"', "-rf-"])
def test_any_other_is_replaced(client, given):
    made = client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert made != given
    assert len(made) == 16


def test_refusals_have_a_name_too(client):
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert answer.headers["X-Request-Id"]


def test_what_a_person_is_told_is_in_the_log(client, use):
    def csv_all(_view):
        raise RuntimeError("inner words")

    use(FakeServices()).numbers.csv_all = csv_all
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(json.loads(JsonLines().format(record)))
    logging.getLogger("callbacks").addHandler(handler)
    try:
        answer = client.get("/export/numbers.csv")
    finally:
        logging.getLogger("callbacks").removeHandler(handler)
    name = answer.headers["X-Request-Id"]
    assert answer.status_code == 500
    assert f"Request {name}." in answer.text
    assert "inner words" not in answer.text
    found = [line for line in lines if line["request"] == name]
    assert "RuntimeError: inner words" in found[0]["error"]


def test_lines_hold_no_secret_and_no_second_line(monkeypatch):
    SECRETS.hide("s3cret-t0ken-of-logs")
    record = logging.LogRecord(
        "x", logging.WARNING, "f", 1, "said s3cret-t0ken-of-logs\n2026 ERROR forged %s", ("\x1b[2J",), None
    )
    record.facts = {"path": "/s3cret-t0ken-of-logs", "message": "not mine"}
    token = REQUEST.set("abcd")
    try:
        plain, line = PlainLines().format(record), JsonLines().format(record)
    finally:
        REQUEST.reset(token)
    assert "\n" not in plain + line
    assert "\x1b" not in plain + line
    assert "s3cret" not in plain + line
    found = json.loads(line)
    assert (found["level"], found["request"], found["path"]) == ("warning", "abcd", f"/{HIDDEN}")
    assert found["message"].startswith("said [hidden]\n")


def test_a_traceback_cannot_begin_a_line_either():
    try:
        raise ValueError("sent\n2026-01-01 ERROR forged\r\x1b[2J\u2028more")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
    first, *rest = PlainLines().format(record).split("\n")
    assert first.endswith("failed")
    assert any("forged" in line for line in rest)
    assert [line for line in rest if not line.startswith("    ") or set(line) & {"\r", "\x1b", "\u2028"}] == []


def test_a_connection_that_says_nothing_is_closed(tmp_path, monkeypatch):
    code = "import cli.serving as s, sys; s.IDLE = 0.3; sys.exit(__import__('cli').main(['serve', '--port', '0']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment(tmp_path, {}), cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            address = next(word for word in running.stdout.readline().split() if word.startswith("http://"))
            host, _, port = address.removeprefix("http://").partition(":")
            with socket.create_connection((host, int(port)), timeout=30) as slow:
                slow.sendall(b"POST /_dash-update-component HTTP/1.1\r\nHost: 127.0.0.1\r\n")
                assert slow.recv(100) == b""
            assert requests.get(f"{address}/healthz", timeout=30).status_code == 200
        finally:
            running.terminate()


def test_waits_until_the_last_byte_is_sent():
    running = InFlight(lambda *_: iter([b"a", b"b"]))
    assert running.wait(0)
    answer = running({}, None)
    assert not running.wait(0.01)
    assert list(answer) == [b"a", b"b"]
    answer.close()
    assert running.wait(0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_answers_cancels_and_ends_with_zero(tmp_path: Path, number: int):
    """Stopped in the middle of its first sync: it ends by itself, well, and says nothing of a traceback."""
    words = [sys.executable, str(CHECKOUT / "app.py"), "serve", "--port", "0"]
    more = {"THROUGHLINE_LOG": "json", "THROUGHLINE_LOG_LEVEL": "debug", "PYTHONFAULTHANDLER": "1"}
    log = tmp_path / "log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            words, env=environment(tmp_path, more), cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as running,
    ):
        try:
            address = next(word for word in running.stdout.readline().split() if word.startswith("http://"))
            codes = []
            asked = threading.Thread(
                target=lambda: codes.append(requests.get(f"{address}/_dash-layout", timeout=30).status_code)
            )
            asked.start()
            deadline = time.monotonic() + 30
            while (
                "_dash-layout" not in log.read_text() and "sync" not in log.read_text() and time.monotonic() < deadline
            ):
                time.sleep(0.02)
            running.send_signal(number)
            assert running.wait(30) == 0, log.read_text()[-4000:]
            asked.join(30)
            assert codes == [200]
        finally:
            if running.poll() is None:
                running.kill()
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert "Traceback" not in log.read_text()
    assert [line for line in lines if line.get("path") == "/_dash-layout" and line["status"] == 200 and line["request"]]


LEAVES = """
import atexit, threading, time
import app

class Kept:
    def __del__(self):
        print("taken apart", flush=True)

kept = Kept()
atexit.register(lambda: print("tidied", flush=True))
threading.Thread(target=lambda: (time.sleep(0.1), print("others ended", flush=True))).start()
if {daemon}:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
app.leave(3)
"""


@pytest.mark.parametrize(
    ("daemon", "words"), [(True, ["others ended", "tidied"]), (False, ["others ended", "tidied", "taken apart"])]
)
def test_the_interpreter_is_not_taken_apart_around_a_thread_at_work(tmp_path: Path, daemon: bool, words: list[str]):
    """It can abort the process then, in place of its exit code."""
    ended = subprocess.run(
        [sys.executable, "-c", LEAVES.format(daemon=daemon)],
        cwd=CHECKOUT,
        env=environment(tmp_path, {}),
        stdout=subprocess.PIPE,
        text=True,
        timeout=30,
    )
    assert (ended.returncode, ended.stdout.split("\n")[:-1]) == (3, words)
