"""Serves a sample site over HTTP on this machine, as Jira Cloud or Jira Data Center would."""

from __future__ import annotations

import base64
import binascii
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import msgspec

from sample.cloud import Cloud
from sample.datacenter import DataCenter
from sample.requests_seen import Refused, Request, to_json
from sample.shared_routes import Flavour
from sample.site import SampleError, Site

BAD_TOKEN = "expired-token"  # noqa: S105 - the one token that is refused
HOST = "127.0.0.1"
LARGEST_BODY = 4_000_000
_PUBLIC = re.compile(r"/rest/api/\w+/serverInfo")


class SampleServer:
    """A server in threads of this process, on 127.0.0.1 only; it ends with the process.

    >>> from datetime import date
    >>> from sample.generator import generate
    >>> with SampleServer(generate(50, until=date(2026, 1, 31))) as server:
    ...     server.url.startswith("http://127.0.0.1:")
    True
    """

    def __init__(
        self, site: Site, *, port: int = 0, flavour: Literal["cloud", "dc"] = "cloud", latency_ms: int = 0
    ) -> None:
        self.site = site
        self.port = port
        self.flavour = flavour
        self.latency = latency_ms / 1000
        self.requests = 0  # answered so far
        self._server: _Listener | None = None

    @property
    def url(self) -> str:
        """http://127.0.0.1:<port>"""
        return f"http://{HOST}:{self.port}"

    def start(self) -> str:
        """Begin to answer; gives the URL. Raises SampleError when the port is taken."""
        try:
            self._server = _Listener((HOST, self.port), _Handler)
        except (OSError, OverflowError) as error:
            raise SampleError(
                f"Cannot serve the sample site on port {self.port}: {error}. Stop what uses it or choose another "
                "--port."
            ) from error
        self.port = self._server.server_address[1]
        answers: Flavour = (Cloud if self.flavour == "cloud" else DataCenter)(self.site, self.url)
        self._server.answers = _Routes(answers)
        self._server.owner = self
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="sample site").start()
        return self.url

    def stop(self) -> None:
        """End; open connections are closed."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.close_connections()
            self._server = None

    def __enter__(self) -> SampleServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128
    answers: _Routes
    owner: SampleServer

    def __init__(self, *args: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Wake the threads that wait for a next request."""
        for each in list(self._open):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; a mistake of ours is."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Routes:
    """Finds the answer for a method and path."""

    def __init__(self, answers: Flavour) -> None:
        self.flavour = answers
        # Cloud answers under the old version too, and both under "latest".
        self._alias = re.compile(r"/rest/api/(2|latest)/" if answers.cloud else r"/rest/api/latest/")
        self._fixed: dict[tuple[str, str], Callable[..., Any]] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Callable[..., Any]]] = []
        for method, path, answer in answers.routes():
            if "{" in path:
                pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
                self._patterns.append((method, pattern, answer))
            else:
                self._fixed[method, path] = answer

    def answer(self, seen: Request) -> Any:
        """What to send. Raises Refused."""
        fixed = self._fixed.get((seen.method, seen.path))
        if fixed is not None:
            return fixed(seen)
        current = self._alias.sub(self.flavour.root + "/", seen.path)
        if current != seen.path:
            return self.answer(replace(seen, path=current))
        for method, pattern, answer in self._patterns:
            found = pattern.fullmatch(seen.path)
            if found and method == seen.method:
                return answer(seen, **found.groupdict())
        raise Refused(404, body={"message": "null for uri: " + seen.path, "status-code": 404})


def token_of(header: str) -> str | None:
    """The token in an Authorization header, Basic or Bearer; None when there is none."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip() or None
    if scheme.lower() != "basic":
        return None
    try:
        _, _, token = base64.b64decode(rest).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return token or None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "SampleJira"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Listener

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer("POST")

    def _answer(self, method: str) -> None:
        if self.server.owner.latency:
            time.sleep(self.server.owner.latency)
        try:
            status, value = 200, self._read(method, self._body() if method == "POST" else b"")
        except Refused as refused:
            status, value = refused.status, refused.body
        self.server.owner.requests += 1
        self._send(status, to_json(value))

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True  # what follows cannot be told from the next request
            raise Refused(413, f"The request body must have a Content-Length of at most {LARGEST_BODY} bytes.")
        return self.rfile.read(int(length))

    def _read(self, method: str, body: bytes) -> Any:
        parts = urlsplit(self.path)
        self._check_token(parts.path)
        values: dict[str, str] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            values[name] = f"{values[name]},{value}" if name in values else value
        decoded: Any = {}
        if method == "POST":
            try:
                decoded = msgspec.json.decode(body or b"{}")
            except msgspec.DecodeError as error:
                raise Refused(400, f"The request body is not JSON: {error}") from error
        if not isinstance(decoded, dict):
            raise Refused(400, "The request body must be a JSON object.")
        return self.server.answers.answer(Request(method, parts.path.rstrip("/"), values, decoded))

    def _check_token(self, path: str) -> None:
        token = token_of(self.headers.get("Authorization", ""))
        if token == BAD_TOKEN or (token is None and not _PUBLIC.fullmatch(path)):
            message = "Client must be authenticated to access this resource."
            raise Refused(401, message, body={"message": message, "status-code": 401})

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        if status == 401:
            self.send_header("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")
            self.send_header("WWW-Authenticate", 'OAuth realm="sample"')
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal quiet."""
