"""Sends one request to Jira and returns its answer: retries reads, waits as long as Jira asks, never follows a redirect
to another site.
"""

from __future__ import annotations

import logging
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, RequestException

from data.jira import deadlines, http_errors
from data.jira.connection import Connection
from data.jira.deadlines import Attempt, DeadlineAdapter
from data.jira.endpoints import Request
from data.jira.errors import (
    BadAnswer,
    Cancelled,
    HostBusy,
    JiraError,
    ProxyRefused,
    RateLimited,
    Redirected,
    ServerTrouble,
    TooLarge,
    Unreachable,
)
from data.jira.host_limiter import LONGEST_SLOT_WAIT, HostLimiter, Lease, limiter_of, tell_nobody
from data.jira.protocol import ODD

TRIES = 4
LONGEST_WAIT = 30.0  # seconds of backoff
PATIENCE = 60.0  # a longer Retry-After is reported instead of waited for
MOST_BYTES = 128 * 1024 * 1024  # of one decoded answer
PAGE_DEADLINE = 180.0  # seconds for one answer, however slowly it drips
LEASE_GRACE = 5.0  # seconds after the deadline in which a slot is given back by itself
MOST_REDIRECTS = 3
CERTIFICATE = 495  # the status of an error about certificates, as some servers number it
_WANTS_CERTIFICATE = re.compile(r"CERTIFICATE_REQUIRED|certificate required|HANDSHAKE_FAILURE", re.IGNORECASE)
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")
log = logging.getLogger(__name__)
T = TypeVar("T")


def never() -> bool:
    """Nobody cancels."""
    return False


@dataclass(frozen=True)
class Answer:
    """A successful answer; headers in any case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass
class RetryPolicy:
    """How long and how often the sender tries."""

    timeout: tuple[float, float] = (5, 30)
    tries: int = TRIES
    longest: float = PATIENCE
    deadline: float = PAGE_DEADLINE
    most_bytes: int = MOST_BYTES
    slot_wait: float = LONGEST_SLOT_WAIT  # seconds until a slot for a request is free


class Sender:
    """One connection pool to one site; safe to use from several threads. `tell` is told what is waited for."""

    def __init__(
        self,
        connection: Connection,
        *,
        patience: RetryPolicy | None = None,
        cancelled: Callable[[], bool] = never,
        pause: Callable[[float], None] | None = None,
        gate: HostLimiter | None = None,
    ) -> None:
        self.connection = connection
        self.patience = patience or RetryPolicy()
        self.cancelled = cancelled
        self.requests = 0
        self.tell: Callable[[str], None] = tell_nobody
        self._pause = pause or self._sleep
        self._lock = threading.Lock()
        self.gate = gate or limiter_of(_origin(connection.url))
        self._born = self.gate.openings
        self._session = _session(connection)

    def send(self, request: Request, *, query: bool = False) -> Answer:
        """The answer, after as many tries as are sane. Raises JiraError; `query`: the request holds JQL."""
        return self._send(request, query, time.monotonic() + self.patience.deadline)

    def _send(self, request: Request, query: bool, end: float) -> Answer:
        probe = self.gate.admit(self._born, self.cancelled)
        try:
            answer = self._tried(request, query, end)
        except (ServerTrouble, Unreachable) as error:
            self.gate.failed(error, probe=probe)
            raise
        except (Cancelled, RateLimited, HostBusy):
            if probe:
                self.gate.gave_up()
            raise
        except JiraError:
            self.gate.worked()
            raise
        except BaseException:
            if probe:
                self.gate.gave_up()
            raise
        self.gate.worked()
        return answer

    def _tried(self, request: Request, query: bool, end: float) -> Answer:
        problem: JiraError = Unreachable("Jira did not answer in time.")
        for attempt in range(self.patience.tries):
            left = max(0.0, end - time.monotonic())
            lease = self.gate.turn(
                min(self.patience.longest, left),
                self.cancelled,
                self._pause,
                longest_slot_wait=min(self.patience.slot_wait, left),
                lease=left + LEASE_GRACE,
                tell=self.tell,
            )
            try:
                return self._once(request, query, end, lease)
            except (RateLimited, ServerTrouble, Unreachable, BadAnswer) as error:
                if isinstance(error, TooLarge) or not _may_help(error):
                    raise
                problem = error
            finally:
                lease.give_back()
            last = attempt + 1 == self.patience.tries or time.monotonic() > end
            self._hold(problem, attempt, last)
            if last:
                break
        raise problem

    def read(self, request: Request, reader: Callable[[Answer], T], *, query: bool = False) -> T:
        """`reader(answer)`; an answer that cannot be read is asked for again. Raises JiraError, whatever the answer
        is.
        """
        end = time.monotonic() + self.patience.deadline
        for attempt in range(self.patience.tries):
            answer = self._send(request, query, end)
            try:
                return reader(answer)
            except BadAnswer as error:
                problem = error
            except ODD as error:
                log.warning("an answer to %s could not be read: %s", request.path, type(error).__name__)
                problem = BadAnswer()
            if attempt + 1 == self.patience.tries or time.monotonic() > end:
                raise problem
            self._pause(_backoff(attempt))
        raise BadAnswer

    def close(self) -> None:
        self._session.close()

    # ---- waiting

    def _hold(self, problem: JiraError, attempt: int, last: bool) -> None:
        """Decides how long no thread may ask; too long for waiting raises the problem itself."""
        if isinstance(problem, RateLimited):
            wait = _backoff(attempt)
            if problem.retry_after is not None:
                # A little more than told: the two clocks differ, and several programs must not come back at once.
                wait = problem.retry_after + random.uniform(0.05, 0.3)  # noqa: S311 - jitter
            self.gate.hold(wait, problem.reason, problem.text)
            if problem.retry_after is not None and problem.retry_after > self.patience.longest:
                raise problem
        elif not last:
            self._pause(_backoff(attempt))

    def _sleep(self, seconds: float) -> None:
        """Sleeps, and wakes within a fifth of a second when cancelled."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.cancelled():
                raise Cancelled
            time.sleep(min(0.2, left))

    # ---- one request

    def _once(self, request: Request, query: bool, end: float, lease: Lease) -> Answer:
        with self._lock:
            self.requests += 1
        problem: JiraError | None = None
        with deadlines.attempt(end, self.cancelled, lease.give_back) as attempt:
            try:
                with self._open(
                    request, self.connection.url + request.path, max(0.1, end - time.monotonic())
                ) as response:
                    body = self._body(response, attempt)
            except RequestException as error:
                problem = _trouble(error, self.connection)
            except JiraError as error:
                problem = error
            except Exception as error:  # noqa: BLE001 - no server can make the client raise anything but a JiraError
                log.warning("an answer of %s could not be read: %s", _host(self.connection), type(error).__name__)
                problem = BadAnswer()
        # An answer that was ended from outside may look whole: its headers or its body just stop.
        if attempt.stopped == "cancelled":
            raise Cancelled
        if attempt.stopped == "late":
            raise Unreachable("Jira sends its answer too slowly.")
        if problem is not None:
            raise problem  # without its cause, which may hold headers with the token
        if response.headers.get("X-RateLimit-NearLimit", "").strip().lower() == "true":
            self.gate.near_limit()
        now = http_errors.server_time(response.headers) or datetime.now(UTC)
        asked = http_errors.SentRequest(request.method, request.path, self.connection.url)
        refused = http_errors.refusal(response.status_code, response.headers, body, now=now, query=query, request=asked)
        if refused is not None:
            raise refused
        return Answer(response.headers, body)

    def _open(self, request: Request, url: str, left: float) -> requests.Response:
        connect, read = self.patience.timeout
        for _ in range(MOST_REDIRECTS):
            response = self._session.request(
                request.method,
                url,
                params=request.params or None,
                json=request.body,
                timeout=(min(connect, left), min(read, left)),
                allow_redirects=False,
                stream=True,
            )
            target = _redirect(url, response)
            if target is None or request.method != "GET":
                return response
            response.close()
            url, request = target, Request(request.method, request.path)
            with self._lock:
                self.requests += 1
        return response

    def _body(self, response: requests.Response, attempt: Attempt) -> bytes:
        parts, size = [], 0
        for part in response.iter_content(256 * 1024):
            size += len(part)
            parts.append(part)
            if size > self.patience.most_bytes:
                raise TooLarge
            if attempt.stopped:
                break
        return b"".join(parts)


class _Session(requests.Session):
    def get_redirect_target(self, _response: requests.Response) -> str | None:
        """None: the sender follows redirects itself, and the library would stumble over odd addresses."""
        return None


def _session(connection: Connection) -> requests.Session:
    session = _Session()
    session.trust_env = False  # no proxies and no .netrc from the surroundings
    session.headers.update(
        {
            "Accept": "application/json",
            "User-Agent": "throughline",
            "X-Atlassian-Token": "no-check",
            "X-Force-Accept-Language": "true",
            "Accept-Language": "en",
        }
    )
    if connection.authorization:
        session.headers["Authorization"] = connection.authorization
    # Each request proves who it is; a session cookie could make us somebody else.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = DeadlineAdapter(pool_connections=2, pool_maxsize=8, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    connection.network.apply(session, connection.url)
    return session


def _backoff(attempt: int) -> float:
    return min(LONGEST_WAIT, float(0.5 * 2**attempt)) * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret


def _may_help(error: JiraError) -> bool:
    """Whether the same request may succeed later."""
    return error.status is None or error.status in http_errors.RETRIED


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _redirect(url: str, response: requests.Response) -> str | None:
    """Where an answer sends us, if that is the same site; None for any other answer."""
    if not response.is_redirect:
        return None
    try:
        target = urljoin(url, response.headers.get("Location", ""))
        return target if _origin(target) == _origin(url) else None
    except ValueError:
        return None


def _host(connection: Connection) -> str:
    return urlsplit(connection.url).netloc


def _tls_trouble(error: RequestException, host: str) -> JiraError:
    """Not worth another try: nothing changes until somebody changes a certificate."""
    if _WANTS_CERTIFICATE.search(str(error)):
        return Unreachable(
            f"{host} ended the TLS handshake; most often that means that it wants to see a client certificate.",
            hint="Set JIRA_CLIENT_CERT (and JIRA_CLIENT_KEY) to the certificate that your administrator gave you.",
            status=CERTIFICATE,
        )
    return Unreachable(
        f"The certificate of {host} is not trusted.",
        hint="Ask your administrator for the certificate authority and set JIRA_CA_BUNDLE, or check the address.",
        status=CERTIFICATE,
    )


def _proxy_trouble(error: RequestException, proxy: str) -> ProxyRefused:
    """What the proxy said, or that it cannot be reached."""
    text = str(error)
    if " 407 " in text:
        return ProxyRefused(
            f"The proxy {proxy} asks for a user name and password, or refuses the ones it got.",
            hint="Put them into JIRA_PROXY: http://name:password@proxy.example.org:3128.",
        )
    if refused := _TUNNEL.search(text):
        return ProxyRefused(f"The proxy {proxy} did not connect us to Jira (HTTP {refused[1]}).")
    return ProxyRefused(f"The proxy {proxy} could not be reached.")


def _trouble(error: RequestException, connection: Connection) -> JiraError:
    host = _host(connection)
    if isinstance(error, ChunkedEncodingError | ContentDecodingError):
        return BadAnswer("Jira’s answer broke off before its end.")
    if isinstance(error, requests.exceptions.InvalidURL):
        return Redirected()
    if isinstance(error, requests.exceptions.ProxyError):
        return _proxy_trouble(error, connection.network.proxy_shown())
    if isinstance(error, requests.exceptions.SSLError):
        return _tls_trouble(error, host)
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Unreachable(f"{host} does not answer.", hint=_no_way(connection))
    if isinstance(error, requests.exceptions.Timeout):
        return Unreachable(f"{host} took too long to answer.")
    return Unreachable(f"{host} could not be reached.", hint=_no_way(connection))


def _no_way(connection: Connection) -> str:
    """What to do where nobody answers; proxies are used only if told."""
    if connection.network.proxy:
        return Unreachable.advice
    return (
        "Check the address and the network (VPN), then try again. If a proxy is on the way to Jira, name it in "
        "JIRA_PROXY."
    )
