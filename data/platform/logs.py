"""Logs without secrets: whatever is logged, at whatever level, tokens are taken out first."""

from __future__ import annotations

import base64
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from html import escape
from types import TracebackType
from typing import Any
from urllib.parse import quote

from data.platform.log_limit import LogLimit

HIDDEN = "[hidden]"
_LEFT_IN_URLS = "!#$&'()*+,/:;=?@[]~"  # what HTTP libraries do not quote in a path
SHORTEST = 6  # a shorter "token" is part of ordinary words
_PATTERNS = (
    (re.compile(r"(?i)\b(authorization['\"]?\s*[:=]\s*['\"]?(?:basic|bearer)?\s*)[^\s'\",;}]+"), rf"\1{HIDDEN}"),
    # Only what no word is: "Basic authentication is deprecated" stays, which Jira says.
    (re.compile(r"\b((?i:basic|bearer)\s+)(?=[\w.~+/-]*(?:\d|[a-z][A-Z]|[A-Z]{2}))[\w.~+/-]{12,}=*"), rf"\1{HIDDEN}"),
    (re.compile(r"(://)[^/\s@'\"]*@"), rf"\1{HIDDEN}@"),
    (re.compile(r"tl_[0-9a-f]{12}_[\w-]{20,}"), HIDDEN),  # our own API tokens
    (re.compile(r"ATATT[\w=+/-]{20,}"), HIDDEN),
)
_FORMATTER = logging.Formatter()
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_UNSHOWN = {n: f"\\x{n:02x}" for n in (*range(32), 127, *range(128, 160))} | {0x2028: "\\u2028", 0x2029: "\\u2029"}

REQUEST: ContextVar[str] = ContextVar("request", default="")  # the name of the request that this thread answers


class SecretFilter(logging.Filter):
    """Put it on a handler: known tokens and Authorization values leave the records that pass, tracebacks included."""

    def __init__(self, *tokens: str) -> None:
        super().__init__()
        self._guard = threading.Lock()
        self._words: tuple[str, ...] = ()
        for token in tokens:
            self.hide(token)

    def hide(self, token: str, email: str = "") -> None:
        """Take `token` out from now on, also as it looks in a URL or with `email` in a Basic header."""
        token = token.strip()
        if len(token) < SHORTEST:
            return
        basic = base64.b64encode(f"{email}:{token}".encode("utf-8", "replace")).decode()
        with self._guard:
            quoted = {
                quote(token, safe=safe, errors="replace") for safe in ("", "/", _LEFT_IN_URLS, _LEFT_IN_URLS + "%")
            }
            alone = base64.b64encode(token.encode("utf-8", "replace")).decode()
            written = {repr(token)[1:-1], json.dumps(token)[1:-1], escape(token), escape(token, quote=False)}
            words = {*self._words, token, *quoted, *written, basic, alone}
            self._words = tuple(sorted(words, key=len, reverse=True))

    @property
    def words(self) -> tuple[str, ...]:
        """What is taken out; another tuple when one more is."""
        return self._words

    def clean(self, text: str) -> str:
        """`text` without secrets.

        >>> SecretFilter("s3cret-t0ken").clean("tried s3cret-t0ken, Authorization: Basic bWU6eA==")
        'tried [hidden], Authorization: Basic [hidden]'
        """
        for word in self._words:
            text = text.replace(word, HIDDEN)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def shorten(self, text: str, most: int) -> str:
        """At most `most` characters of `text` without secrets: cleaned first, since half a token is not recognised.

        >>> SecretFilter("s3cret-t0ken").shorten("tried s3cret-t0ken today", 14)
        'tried [hidden]'
        """
        return self.clean(text)[:most]

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the record passes, cleaned."""
        if isinstance(record.msg, str):  # before a per cent sign in a token can be taken for a placeholder
            record.msg = self.clean(record.msg)
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - arguments that do not fit the message, or have no words of their own
            message = f"{record.msg} {_plainly(record.args)}"
        record.msg, record.args = self.clean(message), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _FORMATTER.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.clean(record.exc_text)
            record.exc_info = None
        if record.stack_info:
            record.stack_info = self.clean(record.stack_info)
        self.clean_extra(record)
        return True

    def clean_extra(self, record: logging.LogRecord) -> None:
        """Take secrets out of the fields that code added with `extra=`, names included."""
        for name in [name for name in vars(record) if name not in _STANDARD]:
            value = vars(record).pop(name)
            vars(record)[self.clean(str(name))] = self.cleaned(value)

    def cleaned(self, value: Any, depth: int = 4) -> Any:
        """`value` without secrets: containers are looked into, anything that would show a secret becomes clean text.

        >>> SecretFilter("s3cret-t0ken").cleaned({"tried": ["s3cret-t0ken", 7]})
        {'tried': ['[hidden]', 7]}
        """
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, bytes | bytearray):
            words = value.decode("utf-8", "replace")
            return value if self.clean(words) == words else self.clean(words)
        if depth and isinstance(value, Mapping):
            return {self.cleaned(name, 0): self.cleaned(each, depth - 1) for name, each in value.items()}
        if depth and type(value) in (list, tuple, set, frozenset):
            return type(value)(self.cleaned(each, depth - 1) for each in value)
        words, inner = _plainly(value), _plainly(value, repr)
        return value if (self.clean(words), self.clean(inner)) == (words, inner) else self.clean(words)


def _plainly(value: object, say: Callable[[object], str] = str) -> str:
    try:
        return say(value)
    except Exception:  # noqa: BLE001 - a log line is not worth a failure
        return f"({type(value).__name__})"


SECRETS = SecretFilter()  # the tokens that this process has met


def protect() -> None:
    """From now on no log record of this process holds a known token, whoever writes it and whichever handler takes it;
    nor does the traceback of an error that nobody caught. Calling it again changes nothing.
    """
    make = logging.getLogRecordFactory()
    if not getattr(make, "protects", False):

        def cleaned(*args: Any, **more: Any) -> logging.LogRecord:
            record = make(*args, **more)
            SECRETS.filter(record)
            return record

        cleaned.protects = True  # type: ignore[attr-defined]  # a mark on the function
        logging.setLogRecordFactory(cleaned)
    _clean_what_loggers_add()
    # Each for itself: whoever has put one of them back may have left the others.
    sys.excepthook = _say_uncaught
    threading.excepthook = _say_uncaught_in_a_thread
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = lambda told: _say_uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def _clean_what_loggers_add() -> None:
    """The fields of `extra=` reach a record only after it was made, and every handler sees them."""
    make = logging.Logger.makeRecord
    if getattr(make, "protects", False):
        return

    def cleaned(self: logging.Logger, *args: Any, **more: Any) -> logging.LogRecord:
        record = make(self, *args, **more)
        SECRETS.clean_extra(record)
        return record

    cleaned.protects = True  # type: ignore[attr-defined]  # a mark on the function
    logging.Logger.makeRecord = cleaned  # type: ignore[method-assign]  # replaced on purpose


def _say_uncaught_in_a_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_type is not SystemExit:
        _say_uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def _say_uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None = None) -> None:
    """The traceback on stderr, as Python prints it, without secrets."""
    if sys.stderr is not None:
        sys.stderr.write(SECRETS.clean("".join(traceback.format_exception(kind, error, trace))))


class PlainLines(logging.Formatter):
    """Time, level, message; what a stranger sent cannot begin a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        request = f" [{REQUEST.get()}]" if REQUEST.get() else ""
        words = _said(record).translate(_UNSHOWN)
        lines = [f"    {line.translate(_UNSHOWN)}" for line in _trace(record).splitlines()]
        return "\n".join([f"{_when(record)} {record.levelname}{request} {record.name}: {words}", *lines])


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message; request, error and facts where there are any."""

    def format(self, record: logging.LogRecord) -> str:
        found: dict[str, Any] = {
            "time": _when(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
        }
        if REQUEST.get():
            found["request"] = REQUEST.get()
        for name, value in getattr(record, "facts", {}).items():
            found.setdefault(str(name), SECRETS.cleaned(value))
        if trace := _trace(record):
            found["error"] = trace
        return json.dumps(found, ensure_ascii=False, default=_plainly)


def write_logs(env: Mapping[str, str]) -> None:
    """Write what this process logs to stderr: THROUGHLINE_LOG is json or plain, THROUGHLINE_LOG_LEVEL the least level.
    Calling it again replaces what the call before set up.
    """
    root = logging.getLogger()
    for each in [each for each in root.handlers if getattr(each, "is_ours", False)]:
        root.removeHandler(each)
    handler = logging.StreamHandler()
    handler.is_ours = True  # type: ignore[attr-defined]  # a mark on the handler
    handler.setFormatter(JsonLines() if env.get("THROUGHLINE_LOG", "").strip().lower() == "json" else PlainLines())
    handler.addFilter(SECRETS)
    handler.addFilter(LogLimit())  # after the secrets are out: what is cut must be clean
    _limit_gunicorn()
    level = env.get("THROUGHLINE_LOG_LEVEL", "").strip().upper()
    root.addHandler(handler)
    root.setLevel(level if level in _LEVELS else "INFO")


def _limit_gunicorn() -> None:
    """gunicorn has handlers of its own and writes a line for each request that is not HTTP."""
    gunicorn = logging.getLogger("gunicorn.error")
    if not any(isinstance(each, LogLimit) for each in gunicorn.filters):
        gunicorn.addFilter(LogLimit())


def _when(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _said(record: logging.LogRecord) -> str:
    return SECRETS.clean(record.getMessage())


def _trace(record: logging.LogRecord) -> str:
    trace = record.exc_text or (_FORMATTER.formatException(record.exc_info) if record.exc_info else "")
    return SECRETS.clean(trace)
