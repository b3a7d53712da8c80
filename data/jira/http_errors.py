"""What an answer that is no success means: which error, and whether another try may help."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from data.jira.errors import (
    BadQuery,
    CaptchaRequired,
    Forbidden,
    Gone,
    JiraError,
    NotAuthorized,
    NotFound,
    NotJira,
    RateLimited,
    Redirected,
    ServerTrouble,
)
from data.platform.logs import SECRETS

LONGEST_SAID = 300  # characters of Jira's own words in an error
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_TYPES: dict[int, type[JiraError]] = {401: NotAuthorized, 403: Forbidden, 404: NotFound, 405: NotFound, 410: Gone}


def refusal(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime, query: bool = False) -> JiraError | None:  # fmt: skip
    """The error that this answer stands for, None for a success. `query`: the question held JQL."""
    said = messages(body, headers)
    if 200 <= status < 300:
        if headers.get("X-Seraph-LoginReason", "").upper() == "AUTHENTICATED_FAILED":
            return NotAuthorized(status=status)  # a public site took us for nobody and shows what everybody may see
        return NotJira(status=status) if looks_like_html(headers, body) else None
    if 300 <= status < 400:
        return Redirected(status=status)
    if "CAPTCHA" in headers.get("X-Authentication-Denied-Reason", "").upper():
        return CaptchaRequired(status=status)
    if status == 429 or (status == 503 and wait_seconds(headers, now) is not None):
        return RateLimited(wait_seconds(headers, now), reason=headers.get("RateLimit-Reason", ""), status=status)
    if status == 400 and query:
        return BadQuery(_with("Jira does not accept the query", said), status=status)
    if status == 403 and headers.get("X-Seraph-LoginReason", "").upper() in ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED"):  # fmt: skip
        return NotAuthorized(status=status)
    if kind := _TYPES.get(status):
        return kind(_with(kind.default.rstrip("."), said), status=status)
    if status in RETRIED or status >= 500:
        return ServerTrouble(_with(f"Jira has an internal problem (HTTP {status})", said), status=status)
    return JiraError(_with(f"Jira answered HTTP {status}", said), status=status)


def looks_like_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether this is a web page: a login page, a proxy's notice, another site."""
    if "html" in headers.get("Content-Type", "").lower():
        return True
    return body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def messages(body: bytes, headers: Mapping[str, str]) -> str:
    """What Jira said about it, without secrets, short and in one line; empty when it is no JSON."""
    if looks_like_html(headers, body):
        return ""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    parts: list[str] = []
    if isinstance(found, dict):
        said = found.get("errorMessages")
        parts += [str(each) for each in said] if isinstance(said, list) else []
        errors = found.get("errors")
        parts += [f"{name}: {text}" for name, text in errors.items()] if isinstance(errors, dict) else []
        if not parts:
            parts = [str(found[name]) for name in ("message", "error", "errorMessage") if found.get(name)]
    return SECRETS.shorten(re.sub(r"\s+", " ", SECRETS.clean("; ".join(parts))).strip(), LONGEST_SAID)


def wait_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long Jira asks us to wait: Retry-After (seconds or date), else X-RateLimit-Reset; None when unreadable.

    >>> wait_seconds({"Retry-After": "1.5"}, datetime(2025, 1, 1, tzinfo=UTC))
    1.5
    """
    said = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", said):
        return float(said)
    if (moment := _http_date(said)) is not None:
        return max(0.0, (moment - now).total_seconds())
    if (moment := _iso_date(headers.get("X-RateLimit-Reset", "").strip())) is not None:
        return max(0.0, (moment - now).total_seconds())
    return None


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """The server's clock as its answer tells it: dates to wait for are meant by that clock, not by ours."""
    return _http_date(headers.get("Date", ""))


def _http_date(text: str) -> datetime | None:
    if not re.search(r"[A-Za-z]{3}", text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _iso_date(text: str) -> datetime | None:
    if re.fullmatch(r"\d{9,11}", text):
        return datetime.fromtimestamp(int(text), UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _with(text: str, said: str) -> str:
    return f"{text}: {said.rstrip('.')}." if said else f"{text}."
