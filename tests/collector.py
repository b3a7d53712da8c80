"""A collector for tests: takes OTLP over HTTP and decodes it with OpenTelemetry's own protobuf classes."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

LONGEST_WAIT = 60.0


class Collector:
    """What arrived. `answer` is what it does with a request: 200, another status, or a function of the path that may
    block.
    """

    def __init__(self, answer: int | Callable[[str], int] = 200) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.spans: list[Any] = []
        self.events: list[Any] = []
        self.resources: list[dict[str, Any]] = []
        self.url = ""
        self._answer = answer
        self._guard = threading.Lock()

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
        status = self._answer if isinstance(self._answer, int) else self._answer(path)
        with self._guard:
            self.requests.append((path, headers, plain))
            if path == "/v1/traces":
                told = ExportTraceServiceRequest.FromString(plain)
                for resource in told.resource_spans:
                    self.resources.append(values(resource.resource))
                    self.spans += [span for scope in resource.scope_spans for span in scope.spans]
                return status, ExportTraceServiceResponse().SerializeToString()
            logs = ExportLogsServiceRequest.FromString(plain)
            for part in logs.resource_logs:
                self.resources.append(values(part.resource))
                self.events += [record for scope in part.scope_logs for record in scope.log_records]
            return status, ExportLogsServiceResponse().SerializeToString()

    def wait_for(self, there: Callable[[Collector], bool]) -> None:
        """Until that is true. Raises TimeoutError."""
        until = time.monotonic() + LONGEST_WAIT
        while not there(self):
            if time.monotonic() > until:
                names = [each.name for each in self.spans], [each.event_name for each in self.events]
                raise TimeoutError(f"what was waited for did not arrive; there are {names}")
            time.sleep(0.05)

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]


def values(part: Any) -> dict[str, Any]:
    """Attributes of a span, a log record or a resource as plain values."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in part.attributes}


@contextmanager
def collecting(answer: int | Callable[[str], int] = 200) -> Iterator[Collector]:
    """A collector on 127.0.0.1 for as long as the context lasts."""
    found = Collector(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = found.take(self.path, {name.lower(): each for name, each in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
