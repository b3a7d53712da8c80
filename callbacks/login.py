"""Nobody unknown gets past here: basic authentication, or the name that a trusted proxy sends."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from flask import Flask, Response, abort, g, request

from data.access import Access, Passwords, is_loopback

log = logging.getLogger(__name__)

OPEN = ("/healthz", "/readyz")
_FIRST_DELAY, _LONGEST_DELAY = 0.25, 2.0  # seconds after a wrong password
_DELAYED_AT_ONCE = 2  # threads that may wait; the others are told to come back
_ADDRESSES = 1000


def require_login(server: Flask, access: Access, *, wait: Callable[[float], None] = time.sleep) -> None:
    """Every address but the health endpoints asks who is there, if anything is configured to ask with."""
    server.extensions["login"] = access
    if not access.configured:

        @server.before_request
        def this_machine_only() -> None:
            # a Host can be made up, where a request comes from cannot; behind a socket file there is no address
            if request.remote_addr and not is_loopback(request.remote_addr) and request.path not in OPEN:
                abort(403, "This dashboard has no authentication configured, so it serves its own machine only.")

        return
    passwords, brake = Passwords(access.users), Brake(wait)

    @server.before_request
    def known_people_only() -> Response | None:
        g.user = None
        if access.header and access.header in request.headers:
            if not access.is_proxy(request.remote_addr):
                log.warning("%s from %s, which is not the trusted proxy", access.header, request.remote_addr)
                abort(403, "Only the trusted proxy may say who you are.")
            g.user = request.headers[access.header].strip() or None
        if g.user is None and access.users and request.authorization is not None:
            g.user = _by_password(passwords, brake)
        if g.user is not None or request.path in OPEN:
            return None
        return _who_is_there(access)


def _by_password(passwords: Passwords, brake: Brake) -> str | None:
    given = request.authorization
    name, password = (given.username or "", given.password or "") if given and given.type == "basic" else ("", "")
    if passwords.remembered(name, password):
        return name
    address = request.remote_addr or ""
    if not brake.free():
        abort(429, "Too many wrong passwords. Wait a few seconds.")
    try:
        if passwords.right(name, password):
            brake.forgive(address)
            return name
        log.warning("login failed for %.60r from %s", name, address)
        brake.slow(address)
    finally:
        brake.done()
    return None


def _who_is_there(access: Access) -> Response:
    if not access.users:
        return Response("Sign in through the proxy of this address.\n", 403, mimetype="text/plain")
    ask = {"WWW-Authenticate": 'Basic realm="Throughline", charset="UTF-8"'}
    return Response("A name and a password are needed.\n", 401, headers=ask, mimetype="text/plain")


class Brake:
    """Wrong passwords from one address take longer and longer; few threads wait for it."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        self._wait = wait
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, int] = OrderedDict()
        self._waiting = threading.BoundedSemaphore(_DELAYED_AT_ONCE)

    def free(self) -> bool:
        return self._waiting.acquire(blocking=False)

    def done(self) -> None:
        self._waiting.release()

    def forgive(self, address: str) -> None:
        with self._lock:
            self._failures.pop(address, None)

    def slow(self, address: str) -> None:
        with self._lock:
            n = self._failures[address] = self._failures.pop(address, 0) + 1
            while len(self._failures) > _ADDRESSES:
                self._failures.popitem(last=False)
        self._wait(min(_FIRST_DELAY * 2 ** min(n - 1, 8), _LONGEST_DELAY))
