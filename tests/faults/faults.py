"""What can go wrong with an answer: each function gives a change for `FaultyJira.fault`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tests.faults.pages import SeenRequest
from tests.faults.server import Change, Reply

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head><body><form>Password</form></body></html>"


def status(code: int, *said: str, wait: float | None = None, **headers: str) -> Change:
    """Another status; header names with _ for -. `wait`: what the headers ask for, as the checks shall hold it."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"errorMessages": list(said)}).encode()
    return lambda _asked, _reply: Reply(code, {"Content-Type": "application/json"} | more, body, wait=wait)


def too_many(retry_after: str | None, *, wait: float | None = None, **headers: str) -> Change:
    """429 with that Retry-After."""
    more = headers if retry_after is None else headers | {"Retry_After": retry_after}
    return status(429, "Rate limit exceeded.", wait=wait, **more)


def too_many_until(seconds: float, *, skew: float = 0, header: str = "Retry-After") -> Change:
    """429 with a date so many seconds ahead; the server's clock is `skew` seconds ahead of ours, and says so in
    Date.
    """

    def change(asked: SeenRequest, reply: Reply) -> Reply:
        here = datetime.now(UTC) + timedelta(seconds=skew)
        # Dates have whole seconds: rounded up, so that the wait is never shorter than asked for.
        until = (here + timedelta(seconds=seconds + 1)).replace(microsecond=0)
        value = format_datetime(until, usegmt=True) if header == "Retry-After" else until.isoformat()
        headers = {"Content-Type": "application/json", header: value}
        if skew:
            headers["Date"] = format_datetime(here, usegmt=True)
        return Reply(429, headers, b"{}", wait=(until - here).total_seconds() if not skew else seconds)

    return change


def reset(share: float = 0) -> Change:
    """The connection is reset, before anything or within the body."""

    def change(asked: SeenRequest, reply: Reply) -> Reply:
        reply.reset, reply.cut = True, int(len(reply.body) * share)
        return reply

    return change


def cut(share: float = 0.5) -> Change:
    """The body ends early although Content-Length says more."""

    def change(asked: SeenRequest, reply: Reply) -> Reply:
        reply.cut = int(len(reply.body) * share)
        return reply

    return change


def hang(seconds: float = 60) -> Change:
    """Nothing comes for a long time."""

    def change(asked: SeenRequest, reply: Reply) -> Reply:
        reply.delay = seconds
        return reply

    return change


def drip(pause: float = 0.1) -> Change:
    """A byte now and then: no single read takes long."""

    def change(asked: SeenRequest, reply: Reply) -> Reply:
        reply.drip = pause
        return reply

    return change


def body(data: bytes, *, code: int = 200, **headers: str) -> Change:
    """Another body."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _asked, _reply: Reply(code, {"Content-Type": "application/json"} | more, data)


def broken_json() -> Change:
    """The right length, but not JSON to its end."""
    return _on_bytes(lambda data: data[: len(data) // 2] + b"#" * (len(data) - len(data) // 2))


def login_page() -> Change:
    """An HTML page with status 200."""
    return body(LOGIN_PAGE, Content_Type="text/html;charset=UTF-8")


def nobody() -> Change:
    """200 with no issues, because the token is not good any more."""
    empty = json.dumps({"issues": [], "isLast": True, "total": 0, "startAt": 0, "maxResults": 50}).encode()
    return body(empty, X_Seraph_LoginReason="AUTHENTICATED_FAILED")


def redirect(to: str, code: int = 302) -> Change:
    """Another place."""
    return lambda _asked, _reply: Reply(code, {"Location": to}, b"")


def bomb(size: int, *, layers: int = 1) -> Change:
    """A small compressed body that becomes `size` bytes."""
    data = b'{"issues": [' + b" " * size
    for _ in range(layers):
        data = gzip.compress(data, 9)
    encoding = ", ".join(["gzip"] * layers)
    return body(data, Content_Encoding=encoding)


def huge(size: int) -> Change:
    """A very long body as it is."""
    return body(b'{"issues": [' + b" " * size + b'], "isLast": true}')


def edited(change: Callable[[SeenRequest, Any], Any]) -> Change:
    """The JSON object of a good answer, altered: `change(asked, found)` gives what is sent."""

    def alter(asked: SeenRequest, reply: Reply) -> Reply:
        found = reply.json()
        if reply.status == 200 and isinstance(found, dict):
            reply.body = json.dumps(change(asked, found)).encode()
        return reply

    return alter


def same_token() -> Change:
    """The token of the answer is the one that was sent (or a first one leads to itself)."""

    def change(asked: SeenRequest, found: Any) -> Any:
        sent = (asked.body or {}).get("nextPageToken")
        return found | {"nextPageToken": sent, "isLast": False} if sent else found

    return edited(change)


def token(value: str | None) -> Change:
    """Answers that go on do so with this token, which is from another query, expired, or invented."""

    def change(asked: SeenRequest, found: Any) -> Any:
        return found | {"nextPageToken": value} if found.get("nextPageToken") else found

    return edited(change)


def expired() -> Change:
    """The token that was sent is not valid any more."""
    return status(400, "The provided next page token is invalid or expired.")


def _on_bytes(work: Callable[[bytes], bytes]) -> Change:
    def change(asked: SeenRequest, reply: Reply) -> Reply:
        reply.body = work(reply.body)
        return reply

    return change
