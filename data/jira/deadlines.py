"""Ends a request when its time is up or it is cancelled: a thread shuts the socket down, whatever is being read from
it.

Time limits of sockets begin anew with every byte: a server that sends one now and then is never too slow for them.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

CHECK_EVERY = 0.1  # seconds
Reason = Literal["late", "cancelled"]


class Attempt:
    """One try of one request. `stopped` says why it was ended from outside; None otherwise.

    `end`: monotonic seconds. `on_stop` is called when the attempt is ended, also where its thread cannot be woken
    (a name server that does not answer).
    """

    def __init__(self, end: float, cancelled: Callable[[], bool], on_stop: Callable[[], None]) -> None:
        self.end, self._cancelled, self._on_stop = end, cancelled, on_stop
        self.stopped: Reason | None = None
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None  # a second handle: TLS takes the first one away

    def hold(self, descriptor: int) -> None:
        """Watches the connection with this file descriptor."""
        handle = socket.fromfd(descriptor, socket.AF_INET, socket.SOCK_STREAM)
        with self._lock:
            earlier, self._handle = self._handle, handle
            if self.stopped:
                _shut_down(handle)
        if earlier is not None:
            earlier.close()

    def check(self, now: float) -> None:
        """Ends the attempt if it is due."""
        if self._is_cancelled():
            self.stop("cancelled")
        elif now >= self.end:
            self.stop("late")

    def _is_cancelled(self) -> bool:
        try:
            return self._cancelled()
        except Exception:  # noqa: BLE001 - whoever asked cannot say whether it still wants the answer
            return True

    def stop(self, reason: Reason) -> None:
        """Shuts the socket down; the thread that reads from it comes to the end of the data."""
        with self._lock:
            if self.stopped:
                return
            self.stopped = reason
            if self._handle is not None:
                _shut_down(self._handle)
        self._on_stop()

    def close(self) -> None:
        """Gives the second handle back."""
        with self._lock:
            handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()


def _shut_down(handle: socket.socket) -> None:
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)


class _Watcher:
    """Checks all attempts of this process ten times a second while there are any, in a thread of its own."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._attempts: set[Attempt] = set()
        self._thread: threading.Thread | None = None

    def add(self, attempt: Attempt) -> None:
        with self._changed:
            self._attempts.add(attempt)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="jira-deadlines", daemon=True)
                self._thread.start()
            self._changed.notify()

    def remove(self, attempt: Attempt) -> None:
        with self._changed:
            self._attempts.discard(attempt)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._attempts:
                    self._changed.wait()
                attempts = list(self._attempts)
            now = time.monotonic()
            for attempt in attempts:
                attempt.check(now)
            time.sleep(CHECK_EVERY)


_watcher = _Watcher()
_here = threading.local()


def _begin_anew() -> None:
    """A forked process has neither the thread nor the attempts of its parent."""
    global _watcher
    _watcher = _Watcher()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


@contextmanager
def attempt(end: float, cancelled: Callable[[], bool], on_stop: Callable[[], None] = lambda: None) -> Iterator[Attempt]:
    """Connections that this thread uses inside are shut down at `end` (monotonic seconds) or when cancelled."""
    made = Attempt(end, cancelled, on_stop)
    _here.attempt = made
    _watcher.add(made)
    try:
        yield made
    finally:
        _here.attempt = None
        _watcher.remove(made)
        made.close()


def _hold(connection: socket.socket | None) -> None:
    current: Attempt | None = getattr(_here, "attempt", None)
    if current is not None and connection is not None and (descriptor := connection.fileno()) >= 0:
        current.hold(descriptor)


class _WatchedHTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        _hold(made)
        return made

    def request(self, *args: Any, **more: Any) -> None:
        _hold(self.sock)  # of an earlier request, kept open
        super().request(*args, **more)


class _WatchedHTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        _hold(made)
        return made

    def request(self, *args: Any, **more: Any) -> None:
        _hold(self.sock)
        super().request(*args, **more)


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHTTPS


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class DeadlineAdapter(HTTPAdapter):
    """Connections, direct or through an HTTP proxy, that an `attempt` can end."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **more: Any) -> PoolManager:
        manager: PoolManager = super().proxy_manager_for(proxy, **more)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager
