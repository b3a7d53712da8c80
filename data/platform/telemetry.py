"""Spans and log events over OTLP, when OTEL_EXPORTER_OTLP_ENDPOINT is set; without it nothing is noted or sent.

What is stored is stored first, here: a collector that is down costs nothing and loses no record. Attributes are names,
counts and durations from a fixed list; never a token, never text of an issue.

Noting is a few plain values in a queue. A server sends them in the background; a command leaves them, when it ends, to
a process of its own, so that nobody waits for OpenTelemetry to be imported or for a collector to answer.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.util import find_spec
from pathlib import Path
from random import SystemRandom
from typing import Any

from data.platform.telemetry_records import Noted, allowed

log = logging.getLogger(__name__)
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
WAIT = "THROUGHLINE_TELEMETRY_WAIT"
MOST = 50_000  # noted and not sent yet: more are dropped, the program goes on
PAUSE = 5.0  # seconds between two batches of a server
LEAVE_SECONDS = 1.5  # how long the end of a server waits for what is still to be sent
_CHECKOUT = Path(__file__).resolve().parents[2]
_NEVER_PASSED_ON = ("JIRA_TOKEN", "JIRA_PROXY", "THROUGHLINE_SECRET", "THROUGHLINE_PASSWORD_HASH")
_HERE: ContextVar[tuple[int, int] | None] = ContextVar("span", default=None)  # trace and span that are open
_random = SystemRandom()


Send = Callable[[Sequence[Noted]], object]


class Telemetry:
    """Notes and sends. `open_sender` imports what sending needs and gives the function that sends."""

    def __init__(self, open_sender: Callable[[], Send] | None = None, *, pause: float = PAUSE) -> None:
        self._open_sender = open_sender or _otlp
        self._pause = pause
        self._waiting: deque[Noted] = deque()
        self._stays = False
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._waiting.clear()
        self._guard = threading.Lock()
        self._wake = threading.Event()
        self._leaving = False
        self._sending: threading.Thread | None = None

    # ---- noting

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        told: dict[str, Any] = {}
        outer = _HERE.get()
        trace, parent = outer or (_random.getrandbits(128) or 1, 0)
        own = _random.getrandbits(64) or 1
        _HERE.set((trace, own))
        start, begun = time.time_ns(), time.perf_counter_ns()
        failed = False
        try:
            yield told
        except BaseException as error:
            failed = True
            told["error.type"] = type(error).__name__  # an exception's message may hold anything
            raise
        finally:
            _HERE.set(outer)
            end = start + time.perf_counter_ns() - begun
            told = allowed({**attributes, **told})
            failed = failed or bool(told.get("exit_code")) or told.get("http.status_code", 0) >= 500
            self._note(Noted(name, trace, own, parent, start, end, failed, told))

    def event(self, name: str, attributes: Mapping[str, Any]) -> None:
        trace, span = _HERE.get() or (0, 0)
        self._note(Noted(name, trace, span, 0, time.time_ns(), 0, False, allowed(attributes)))

    def _note(self, noted: Noted) -> None:
        if len(self._waiting) < MOST:
            self._waiting.append(noted)
        if self._stays and self._sending is None:
            self._start()

    # ---- sending

    def keep_sending(self) -> None:
        """From now on send every few seconds, in a thread; for processes that stay.

        It begins with the first thing noted, so that a server may fork its workers before: a fork in the middle of an
        import leaves that import locked.
        """
        self._stays = True

    def _start(self) -> None:
        with self._guard:
            if self._sending is None:
                self._sending = threading.Thread(target=self._send_on, name="telemetry", daemon=True)
                self._sending.start()

    def _send_on(self) -> None:
        try:
            send = self._open_sender()
            while not self._leaving:
                self._wake.wait(self._pause)
                self._send(send)
            self._send(send)  # what was noted meanwhile
        except Exception:
            log.debug("telemetry is not sent any more", exc_info=True)

    def _send(self, send: Send) -> None:
        found = self._take()
        if found:
            try:
                send(found)
            except Exception:
                log.debug("telemetry could not be sent", exc_info=True)

    def _take(self) -> list[Noted]:
        found = []
        while self._waiting:
            found.append(self._waiting.popleft())
        return found

    def leave(self) -> None:
        """Send what waits before the process ends: by the thread that sends anyway, else by a process of its own."""
        self._stays = False
        if self._sending is not None:
            self._leaving = True
            self._wake.set()
            self._sending.join(LEAVE_SECONDS)
            self._sending, self._leaving = None, False
            self._wake.clear()
            return
        found = self._take()
        if not found or not (self._must_wait() and self._send_now(found)):
            _hand_over(found)

    def _must_wait(self) -> bool:
        """Of a container nothing stays behind its first process."""
        return os.getpid() == 1 or os.environ.get(WAIT, "").strip() == "1"

    def _send_now(self, found: list[Noted]) -> bool:
        sending = threading.Thread(target=lambda: self._open_sender()(found), name="telemetry", daemon=True)
        try:
            sending.start()
        except RuntimeError:  # too late in the life of the interpreter
            return False
        sending.join(2 * LEAVE_SECONDS)
        return True


def _otlp() -> Send:
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # a collector that is down is not our user's trouble
    from data.platform.otlp import Sender

    return Sender().send


def _hand_over(found: Sequence[Noted]) -> None:
    """Leave it to `python -m data.platform.otlp`; a file that has no name is how that gets it."""
    if not found:
        return
    env = {name: value for name, value in os.environ.items() if name not in _NEVER_PASSED_ON}
    env["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_CHECKOUT), env.get("PYTHONPATH", ""))))
    try:
        with tempfile.TemporaryFile() as file:
            file.write(json.dumps(found).encode())
            file.seek(0)
            child = subprocess.Popen(
                [sys.executable, "-m", "data.platform.otlp"],
                stdin=file,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=env,
                cwd=_CHECKOUT,
                start_new_session=True,
            )
        child.returncode = 0  # nobody waits for it
    except (OSError, ValueError, RuntimeError):  # of the last: too late in the life of the interpreter
        log.debug("telemetry could not be handed over", exc_info=True)


_lock = threading.Lock()
_found: tuple[Telemetry | None] | None = None


def _telemetry() -> Telemetry | None:
    global _found
    if _found is None:
        with _lock:
            if _found is None:
                _found = (_opened(),)
    return _found[0]


def _opened() -> Telemetry | None:
    endpoint = os.environ.get(ENDPOINT, "").strip()
    if not endpoint or os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    if not endpoint.lower().startswith(("http://", "https://")):
        log.warning("%s does not begin with http:// or https://, so no telemetry is sent", ENDPOINT)
        return None
    if not _installed():
        log.warning("%s is set, but OpenTelemetry is not installed: see requirements-extras.txt", ENDPOINT)
        return None
    found = Telemetry(pause=_pause())
    atexit.register(found.leave)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=found._start_afresh)
    return found


def _pause() -> float:
    try:
        return min(max(float(os.environ.get("OTEL_BSP_SCHEDULE_DELAY", "")) / 1000, 0.1), 3600.0)
    except ValueError:
        return PAUSE


def _installed() -> bool:
    try:
        return bool(find_spec("opentelemetry.sdk") and find_spec("opentelemetry.exporter.otlp.proto.http"))
    except ImportError:
        return False


@contextmanager
def span(name: str, **attributes: Any) -> Iterator[dict[str, Any]]:
    """A span around what is done in the context; what is put into the dict it gives becomes attributes at its end.

    >>> with span("sync", mode="full") as told:
    ...     told["issues"] = 5
    """
    found = _telemetry()
    if found is None:
        yield {}
        return
    with found.span(name, attributes) as told:
        yield told


def event(name: str, attributes: Mapping[str, Any]) -> None:
    """A named log event, within the span that is open, if any."""
    if found := _telemetry():
        found.event(name, attributes)


def listening() -> bool:
    """Whether anything is sent."""
    return _telemetry() is not None


def keep_sending() -> None:
    """This process stays: send in the background."""
    if found := _telemetry():
        found.keep_sending()


def leave() -> None:
    """This process is about to end: see to it that what waits is sent."""
    if found := _telemetry():
        found.leave()
