"""What an answer that is no success means: which error, and whether another try may help."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from data.jira.errors import (
    BadAnswer,
    BadPageToken,
    BadQuery,
    Blocked,
    CaptchaRequired,
    CrossSite,
    Forbidden,
    Gone,
    JiraError,
    MethodNotAllowed,
    NotAuthorized,
    NotFound,
    NotJira,
    ProxyRefused,
    RateLimited,
    Redirected,
    ScopeMissing,
    ServerTrouble,
)
from data.jira.scopes import need_of
from data.platform.logs import SECRETS

LONGEST_SAID = 300  # characters of Jira's own words in an error
MOST_SAID = 1024 * 1024  # bytes of an error that are looked through for them
LONGEST_TOLD = 1e9  # seconds; nobody means more
WHOLE = frozenset({200, 203})  # statuses of an answer that is all there
_PAGE_TOKEN = re.compile(r"page\s*token", re.IGNORECASE)
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_TYPES: dict[int, type[JiraError]] = {
    401: NotAuthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    407: ProxyRefused,
    410: Gone,
}
_OF_JIRA = ("X-AREQUESTID", "X-AUSERNAME", "X-ASESSIONID", "X-ANODEID", "ATL-TRACEID")  # headers that Jira itself sets
_GATEWAY = "api.atlassian.com"
_SCOPE = re.compile(r"\bscopes?\b", re.IGNORECASE)
_XSRF = re.compile(rb"\bXSRF\b", re.IGNORECASE)


@dataclass(frozen=True)
class SentRequest:
    """The request that was answered: its method, its path below the address of the site, and that address."""

    method: str = ""
    path: str = ""
    site: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}".strip()


def refusal(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime,
    query: bool = False,
    request: SentRequest = SentRequest(),
) -> JiraError | None:
    """The error that this answer stands for, None for a success. `query`: the question held JQL."""
    if 200 <= status < 300:
        return _odd_success(status, headers, body)
    if 300 <= status < 400:
        return Redirected(status=status)
    said = messages(body, headers)
    login = headers.get("X-Seraph-LoginReason", "").upper()
    if "CAPTCHA" in headers.get("X-Authentication-Denied-Reason", "").upper():
        return CaptchaRequired(status=status)
    if status == 429 or (status == 503 and wait_seconds(headers, now) is not None):
        reason = headers.get("RateLimit-Reason", "")
        return RateLimited(wait_seconds(headers, now), reason=reason, text=said, status=status)
    if status == 400 and _PAGE_TOKEN.search(said):
        return BadPageToken(_with(BadPageToken.default.rstrip("."), said), status=status)
    if status == 400 and query:
        return BadQuery(_with("Jira does not accept the query", said), status=status)
    if status == 403 and login in ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED"):
        return NotAuthorized(_with(NotAuthorized.default.rstrip("."), said), status=status)
    if status in (401, 403) and _SCOPE.search(said):
        return _scope_missing(status, said, request)
    if kind := _kind(status, headers, body):
        return kind(_with(_about(kind, request), said), hint=_hint(kind, request), status=status)
    if status in RETRIED or status >= 500:
        return ServerTrouble(_with(f"Jira has an internal problem (HTTP {status})", said), status=status)
    return JiraError(_with(f"Jira answered HTTP {status}", said), status=status)


def _odd_success(status: int, headers: Mapping[str, str], body: bytes) -> JiraError | None:
    """What is wrong with an answer that claims to be good; None for nothing."""
    if headers.get("X-Seraph-LoginReason", "").upper() == "AUTHENTICATED_FAILED":
        return NotAuthorized(status=status)  # a public site took us for nobody and shows what everybody may see
    if looks_like_html(headers, body):
        if "json" in headers.get("Content-Type", "").lower():  # no login page: something in between has failed
            return BadAnswer(
                "Jira’s answer is a web page, although it says that it is JSON.",
                hint="Try again; if it keeps failing, check the address, and whether a proxy answers in place of Jira.",
            )
        return NotJira(status=status)
    if status not in WHOLE:
        return BadAnswer(f"Jira did not send its whole answer (HTTP {status}).")
    return None


def _kind(status: int, headers: Mapping[str, str], body: bytes) -> type[JiraError] | None:
    """Which error the status stands for. Of 403 there are several: permissions, XSRF protection, a firewall."""
    if status != 403:
        return _TYPES.get(status)
    if _XSRF.search(body[:4000]):
        return CrossSite
    names = {name.upper() for name in headers}
    return Blocked if looks_like_html(headers, body) and not names.intersection(_OF_JIRA) else Forbidden


def _about(kind: type[JiraError], request: SentRequest) -> str:
    """What happened, and to which request."""
    return kind.default.rstrip(".") + (f" ({request})" if request.path else "")


def _hint(kind: type[JiraError], request: SentRequest) -> str:
    """What to do; "" for what always holds. Whoever uses the gateway's address already need not be told of it."""
    if kind is NotAuthorized and _GATEWAY in request.site:
        return (
            "Make a new API token with scopes and enter it with the e-mail address of the same account; check "
            "the cloud id "
            f"in {request.site}. A token without scopes needs the site’s own address."
        )
    return ""


def _scope_missing(status: int, text: str, asked: SentRequest) -> ScopeMissing:
    """Names the request and the scopes that it needs."""
    need = need_of(asked.method, asked.path)
    request = f" for {asked}" if asked.path else ""
    needs = f", which needs {need.scopes}" if need else ""
    hint = (
        f"Make a new API token with the scope {need.scopes}, and enter it. docs/connecting.md lists all."
        if need
        else ""
    )
    return ScopeMissing(_with(f"The token lacks a scope{request}{needs}", text), hint=hint, status=status)


def looks_like_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether this is a web page: a login page, a proxy's notice, another site."""
    if "html" in headers.get("Content-Type", "").lower():
        return True
    return body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def messages(body: bytes, headers: Mapping[str, str]) -> str:
    """What Jira said about it, without secrets, short and in one line; empty when it is no JSON."""
    if looks_like_html(headers, body) or len(body) > MOST_SAID:
        return ""
    try:
        return SECRETS.shorten(re.sub(r"\s+", " ", SECRETS.clean(_words(body))).strip(), LONGEST_SAID)
    except (ValueError, RecursionError):  # no JSON, or nothing that anybody could read
        return ""


def _words(body: bytes) -> str:
    found = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    parts: list[str] = []
    if isinstance(found, dict):
        said = found.get("errorMessages")
        parts += [str(each) for each in said] if isinstance(said, list) else []
        errors = found.get("errors")
        parts += [f"{name}: {text}" for name, text in errors.items()] if isinstance(errors, dict) else []
        if not parts:
            parts = [str(found[name]) for name in ("message", "error", "errorMessage") if found.get(name)]
    return "; ".join(parts)


def wait_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long Jira asks us to wait: Retry-After (seconds or date), else X-RateLimit-Reset; None when unreadable.

    >>> wait_seconds({"Retry-After": "1.5"}, datetime(2025, 1, 1, tzinfo=UTC))
    1.5
    """
    said = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", said):
        return min(float(said[:20]), LONGEST_TOLD)
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
