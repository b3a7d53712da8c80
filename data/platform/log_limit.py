"""Limits the log, so that endless or failing requests cannot fill the disk."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

MOST_RECORDS = 30  # of one kind: one place in the code, and one type of error
MOST_TRACEBACKS = 5  # of them; the others are one line each
SPAN = 60.0  # seconds
MOST_KINDS = 1_000
LONGEST_MESSAGE = 4_000  # characters
LONGEST_TRACEBACK = 16_000
_CUT = " … (cut)"


@dataclass
class _Kind:
    begun: float
    passed: int = 0
    left_out: int = 0


class LogLimit(logging.Filter):
    """Put it on a handler, after secrets were taken out: of warnings and errors of one kind at most MOST_RECORDS pass
    in SPAN seconds, MOST_TRACEBACKS with their traceback. The first one after that says how many were left out. Long
    ones are cut.

    Records below WARNING always pass: a level that shows them is chosen by whoever looks for something.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: dict[tuple[str, int, str], _Kind] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        _cut(record)
        if record.levelno < logging.WARNING:
            return True
        error = (record.exc_text or "").rstrip().rpartition("\n")[2].partition(":")[0]
        with self._lock:
            kind = self._kind(record.pathname, record.lineno, error)
            if kind.passed >= MOST_RECORDS:
                kind.left_out += 1
                return False
            kind.passed += 1
            passed, left_out, kind.left_out = kind.passed, kind.left_out, 0
        if left_out:
            record.msg = f"{record.getMessage()} ({left_out} more like this were not logged before)"
            record.args = None
        if record.exc_text and passed > MOST_TRACEBACKS:
            record.msg, record.args = f"{record.getMessage()} ({error}; its traceback is above)", None
            record.exc_text = record.exc_info = None
        return True

    def _kind(self, path: str, line: int, error: str) -> _Kind:
        """How many records of a kind passed in this span, and how many were left out since one said so."""
        now = self._clock()
        key = (path, line, error)
        if key not in self._kinds and len(self._kinds) >= MOST_KINDS:
            self._kinds.clear()
        kind = self._kinds.setdefault(key, _Kind(now))
        if now - kind.begun >= SPAN:
            kind.begun, kind.passed = now, 0
        return kind


def _cut(record: logging.LogRecord) -> None:
    message = record.getMessage()
    if len(message) > LONGEST_MESSAGE:
        record.msg, record.args = message[:LONGEST_MESSAGE] + _CUT, None
    if record.exc_info and not record.exc_text:
        record.exc_text = logging.Formatter().formatException(record.exc_info)
    if record.exc_text and len(record.exc_text) > LONGEST_TRACEBACK:
        half = LONGEST_TRACEBACK // 2
        record.exc_text = f"{record.exc_text[:half]}\n{_CUT}\n{record.exc_text[-half:]}"
