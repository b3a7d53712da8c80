"""A server that keeps a client busy for ever: one byte now and then, in any part of its answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from itertools import chain, repeat

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# What is sent at once, and what follows byte by byte without an end.
PLACES: dict[str, tuple[bytes, bytes]] = {
    "status line": (b"", b"HTTP/1.1 200 OK" + b"K" * 60_000),
    "header": (OK, b"X-Long: " + b"x" * 60_000),
    "many headers": (OK, b"A: b\r\n" * 10_000),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 3_000),
    "body": (OK + b"Content-Length: 90000\r\n\r\n", b"[" + b" " * 89_998 + b"]"),
    "body without length": (OK + b"Connection: close\r\n\r\n", b"[" + b" " * 90_000),
    "chunk size": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 60_000),
    "chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\nFFFFF\r\n", b"[" + b" " * 90_000),
    "trailer": (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n", b"X-Trailer: yes\r\n" * 9_000),
    "nothing": (b"", b""),
    "packed body": (
        OK + b"Content-Encoding: gzip\r\nContent-Length: 90000\r\n\r\n",
        b"\x1f\x8b\x08\x00" + b"\x00" * 90_000,
    ),
}


class Dripping:
    """A context. `place`: a name of PLACES. `pause`: seconds between bytes. `gone`: connections that the client
    ended.
    """

    def __init__(self, place: str, pause: float = 0.02) -> None:
        self.drip(place, pause)
        self.came = threading.Semaphore(0)
        self.connections = self.gone = 0
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def drip(self, place: str, pause: float) -> None:
        """From the next connection on."""
        self.at_once, self.slowly = PLACES[place]
        self.pause = pause

    def __enter__(self) -> Dripping:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._listening.close()

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _bytes(self) -> Iterator[bytes]:
        at_once, slowly = self.at_once, self.slowly
        yield at_once
        yield from (bytes([byte]) for byte in slowly)
        yield from chain(repeat(b""))

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
        with connection:
            try:
                connection.recv(65_536)
                self.came.release()
                for some in self._bytes():
                    if some:
                        connection.sendall(some)
                    if self._ending.wait(self.pause) or self._is_gone(connection):
                        break
            except OSError:
                pass
        with self._lock:
            self.gone += 1

    @staticmethod
    def _is_gone(connection: socket.socket) -> bool:
        connection.setblocking(False)
        try:
            return connection.recv(65_536) == b""
        except BlockingIOError:
            return False
        finally:
            connection.setblocking(True)
