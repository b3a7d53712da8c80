"""Who may use a route, and how often: checked before any route of the API is called."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request

from data.services.audit import API, DONE, REFUSED
from data.services.visit import VISIT, Origin, Visit
from data.values.callers import Scope
from data.values.errors import AppError
from data.values.problem import Problem
from data.values.program import COMMAND

READS = ("GET", "HEAD", "OPTIONS")
MINUTE = 60.0
MOST_REMEMBERED = 10_000  # callers


class NoCaller(AppError):
    """Nobody known asks."""

    code = "no_caller"
    headers = {"WWW-Authenticate": 'Bearer realm="Throughline"'}  # noqa: RUF012 - never changed


class ScopeMissing(AppError):
    """The caller is known and may not do this."""

    code = "scope"


class OtherOrigin(AppError):
    """A page of another site sent a request that would change something."""

    code = "origin"


class TooMany(AppError):
    """More requests than the limit allows."""

    code = "too_many_requests"

    def __init__(self, problem: Problem, seconds: int) -> None:
        super().__init__(problem)
        self.headers = {"Retry-After": str(seconds)}


def visit() -> Visit:
    """The request that is being answered: the services, and who asks."""
    found: Visit = request.environ[VISIT]
    return found


@dataclass
class _Bucket:
    left: float
    at: float  # on the clock of the limit


class Guard:
    """Counts the requests of each caller: a bucket of as many as a minute allows, filled evenly. Safe in several
    threads.
    """

    def __init__(self, requests_a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`requests_a_minute`: 0 sets no limit."""
        self.most = requests_a_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> tuple[int, int]:
        """Count a request. Gives how many more may come now, and in how many seconds the bucket is full again. Raises
        TooMany.
        """
        with self._lock:
            now, rate = self._clock(), self.most / MINUTE
            found = self._buckets.pop(key, None) or _Bucket(float(self.most), now)
            left = min(float(self.most), found.left + (now - found.at) * rate)
            allowed = left >= 1
            self._buckets[key] = _Bucket(left - 1 if allowed else left, now)
            while len(self._buckets) > MOST_REMEMBERED:
                self._buckets.popitem(last=False)
        if not allowed:
            seconds = math.ceil((1 - left) / rate)
            raise TooMany(
                Problem(
                    "Too many requests.",
                    f"One caller may send {self.most} a minute.",
                    f"Try again in {seconds} s, and ask less often.",
                ),
                seconds,
            )
        return int(left - 1), math.ceil((self.most - left + 1) / rate)


def attach(server: Flask, guard: Guard) -> None:
    """Put a guard before every route of an application, and its headers on every answer."""

    @server.before_request
    def known_and_allowed() -> None:
        asking = visit()
        if guard.most:
            g.told = guard.take(asking.caller.key if asking.caller else f"address:{asking.address}")
        if request.endpoint is not None and getattr(current_app.view_functions[request.endpoint], "scope", "") is None:
            return  # the route asks for a proof of its own
        if asking.caller is None:
            raise _nobody(asking)
        check_origin(asking)
        if request.endpoint is not None:
            view = current_app.view_functions[request.endpoint]
            check_scope(asking, getattr(view, "scope"))  # noqa: B009 - put there by api.frame.operation

    @server.after_request
    def note(answer: Response) -> Response:
        asking = visit()
        if asking.caller is not None and is_noted():
            operation = (request.endpoint or "").rpartition(".")[2].removesuffix("_of_version_1").replace("_", " ")
            subject = " ".join(str(each) for each in (request.view_args or {}).values())
            result = DONE if answer.status_code < 400 else f"failed: {answer.status_code}"
            result = REFUSED if answer.status_code == 403 else result
            asking.services.audit.note(asking.caller, API, operation, subject, result, asking.address)
        return answer

    @server.after_request
    def say_limit(answer: Response) -> Response:
        if guard.most:
            left, seconds = g.get("told", (0, int(answer.headers.get("Retry-After", "0"))))
            answer.headers["RateLimit-Policy"] = f'"caller";q={guard.most};w={int(MINUTE)}'
            answer.headers["RateLimit"] = f'"caller";r={left};t={seconds}'
        return answer


def is_noted() -> bool:
    """Whether the request belongs into the audit log: it changes something, or fetches a file."""
    if request.endpoint is None or request.method == "HEAD":
        return False
    return request.method not in READS or request.endpoint.rpartition(".")[2].startswith("download")


def check_scope(asking: Visit, scope: Scope) -> None:
    """Raises ScopeMissing where the caller may not do what needs this scope."""
    if asking.caller is None or scope not in asking.caller.scopes:
        raise ScopeMissing(
            Problem(
                f"This needs the scope “{scope}”.",
                "The token was made without it.",
                f"Make one with: {COMMAND} tokens new NAME --scope {scope}",
            )
        )


def check_origin(asking: Visit) -> None:
    """Raises OtherOrigin for a request that would change something, where neither a token came with it nor our own
    page sent it. At this machine, where nobody has to sign in, a program that says nothing of a page may ask too.
    """
    if request.method in READS or asking.caller is None or asking.caller.kind == "token":
        return
    if asking.origin is Origin.OURS or (asking.origin is Origin.UNSAID and asking.caller.kind == "here"):
        return
    raise OtherOrigin(
        Problem(
            "This request would change something, and neither a token nor our own page sent it.",
            "Browsers send a password that they remember with requests of any page.",
            "Send a token: Authorization: Bearer …",
        )
    )


def _nobody(asking: Visit) -> NoCaller:
    if asking.refused:
        return NoCaller(Problem(asking.refused, "", f"Make a new token with: {COMMAND} tokens new NAME"))
    return NoCaller(
        Problem(
            "Nobody known asks.",
            "This dashboard can be reached by others, so programs need a token.",
            f"Send Authorization: Bearer …; make a token with: {COMMAND} tokens new NAME",
        )
    )
