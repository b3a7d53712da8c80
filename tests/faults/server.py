"""Serves a test site over HTTP on 127.0.0.1, breaks as scripted, and remembers each request with its time."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.faults.pages import Limits, Pages, Refused, SeenRequest, labels
from tests.faults.site import Site

TOKEN = "good-token"


@dataclass
class Reply:
    """An answer, and how it travels."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0  # seconds before the first byte
    cut: int | None = None  # only so many bytes of the body, then the end
    reset: bool = False  # the end is a reset; with cut 0 nothing at all is sent
    drip: float = 0  # seconds between bytes
    wait: float | None = None  # how long the answer asks everybody to wait

    def json(self):
        """The body, decoded; None where another fault broke it."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


Change = Callable[[SeenRequest, Reply], Reply]


@dataclass
class Fault:
    """`change` alters the answers to requests labelled `on`: per client, `times` of them after the first `after`."""

    change: Change
    on: str
    after: int = 0
    times: int | None = 1
    who: str = ""  # only this client
    seen: Counter = field(default_factory=Counter)

    def applies(self, asked: SeenRequest) -> bool:
        if self.on not in asked.labels or (self.who and asked.who != self.who):
            return False
        self.seen[asked.who] += 1
        at = self.seen[asked.who] - self.after
        return at > 0 and (self.times is None or at <= self.times)


class FaultyJira:
    """A context; `asked` is what came, in order of arrival."""

    def __init__(self, site: Site, flavour: str = "cloud", **limits) -> None:
        self.site, self.limits = site, Limits(**limits)
        self.pages = Pages(site, flavour, self.limits)
        self.asked: list[SeenRequest] = []
        self.faults: list[Fault] = []
        self.errors: list[str] = []
        self.most = 1500  # requests: more is an endless loop, and is ended
        self.ending = threading.Event()
        self._hooks: list[tuple[str, int, Callable[[], None]]] = []
        self._came: Counter = Counter()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> FaultyJira:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()

    # ---- scripts

    def fault(self, change: Change, on: str = "any", *, after: int = 0, times: int | None = 1, who: str = "") -> None:
        """Breaks answers, see Fault."""
        self.faults.append(Fault(change, on, after, times, who))

    def at(self, on: str, count: int, work: Callable[[], None]) -> None:
        """Does `work` just before the count-th request of that kind (from 1, of all clients) is answered."""
        with self._lock:
            self._hooks.append((on, self._came[on] + count, work))

    def heal(self) -> None:
        """No more faults and no more surprises."""
        with self._lock:
            self.faults.clear()
            self._hooks.clear()

    def count(self, on: str = "any", who: str = "") -> int:
        """How many requests of a kind came."""
        return sum(on in each.labels and (not who or each.who == who) for each in self.asked)

    def too_early(self, grace: float = 0.3) -> list[str]:
        """Requests that came although an answer had asked to wait; those under way already do not count."""
        return [
            f"{each.path} came {each.at - told.done:.2f} s after an answer that asked for {told.wait:g} s"
            for told in self.asked
            if told.wait
            for each in self.asked
            if told.done + grace < each.at < told.done + told.wait - 0.01
        ]

    # ---- answers

    def receive(self, asked: SeenRequest) -> Reply:
        """The answer with all faults that apply."""
        asked.labels = labels(asked)
        with self._lock:
            self.asked.append(asked)
            due = []
            for label in asked.labels:
                self._came[label] += 1
                due += [each for each in self._hooks if each[0] == label and each[1] == self._came[label]]
            self._hooks = [each for each in self._hooks if each not in due]
            faults = [each for each in self.faults if each.applies(asked)]
            endless = len(self.asked) > self.most
        if endless:
            return Reply(410, {"Content-Type": "application/json"}, b'{"errorMessages":["too many requests: endless"]}')
        for _, _, work in due:
            with self.site.lock:
                work()
        reply = self._plain(asked)
        for each in faults:
            reply = each.change(asked, reply)
        return reply

    def _plain(self, asked: SeenRequest) -> Reply:
        headers = {"Content-Type": "application/json;charset=UTF-8"}
        if asked.who == "?":
            if not self.limits.public:
                return Reply(
                    401, headers, b'{"errorMessages":["Client must be authenticated to access this resource."]}'
                )
            headers["X-Seraph-LoginReason"] = "AUTHENTICATED_FAILED"
        try:
            return Reply(200, headers, json.dumps(self.pages.answer(asked)).encode())
        except Refused as error:
            return Reply(error.status, headers, json.dumps({"errorMessages": error.said, "errors": {}}).encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address) -> None:
        """Clients may go away; tests look at what they get, not here."""


def _who(authorization: str) -> str:
    """The client's e-mail address, or its bearer token's last word; "?" with a bad token."""
    kind, _, value = authorization.partition(" ")
    if kind == "Bearer" and value.startswith(TOKEN):
        return value
    if kind == "Basic":
        email, _, token = base64.b64decode(value).decode().partition(":")
        return email if token == TOKEN else "?"
    return "?"


class _Handler(BaseHTTPRequestHandler):
    """Hands every request to the test Jira and sends what it replies, delayed, cut or reset as the reply says."""

    jira: ClassVar[FaultyJira]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        at = time.monotonic()
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if len(raw) < int(self.headers.get("Content-Length") or 0):
            self.close_connection = True  # the client died
            return
        asked = SeenRequest(
            at,
            self.command,
            parts.path,
            dict(parse_qsl(parts.query)),
            json.loads(raw) if raw else None,
            _who(self.headers.get("Authorization", "")),
            dict(self.headers),
        )
        try:
            reply = self.jira.receive(asked)
        except Exception as error:  # noqa: BLE001 - a mistake in the test Jira is told to the test
            self.jira.errors.append(f"{asked.path}: {error!r}")
            reply = Reply(599, {}, b"{}")
        try:
            self._send(reply)
        except OSError:
            self.close_connection = True
        asked.status, asked.wait, asked.done = reply.status, reply.wait, time.monotonic()

    def _send(self, reply: Reply) -> None:
        if reply.delay:
            self.jira.ending.wait(reply.delay)
        if reply.reset and reply.cut == 0:
            self._reset()
            return
        self.send_response_only(reply.status)
        if "Date" not in reply.headers:
            self.send_header("Date", format_datetime(datetime.now(UTC), usegmt=True))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if "Transfer-Encoding" not in reply.headers:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        body = reply.body if reply.cut is None else reply.body[: reply.cut]
        if reply.drip:
            self._drip(body, reply.drip)
        else:
            self.wfile.write(body)
        if reply.cut is not None:
            self.close_connection = True
            if reply.reset:
                self._reset()

    def _drip(self, body: bytes, pause: float) -> None:
        drops = int(3 / pause)  # a client that waits for the end shall not keep the tests waiting
        for place in range(min(drops, len(body))):
            if self.jira.ending.wait(pause):
                break
            self.wfile.write(body[place : place + 1])
        self.wfile.write(body[drops:])
        self.close_connection = True

    def _reset(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    do_GET = do_POST = _serve

    def log_message(self, *_: object) -> None:
        pass


def _handler(jira: FaultyJira) -> type[BaseHTTPRequestHandler]:
    """A handler class for one test Jira: the server makes an object of it for each connection."""
    return type("Handler", (_Handler,), {"jira": jira})
