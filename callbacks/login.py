"""Who may see the dashboard: basic authentication, or the name that a trusted proxy sends."""

from __future__ import annotations

import logging
import math

from flask import Flask, Response, abort, current_app, g, request

from callbacks.context import services
from callbacks.login_brake import Brake, Turns
from callbacks.programs import for_programs, is_mounted
from data.platform.access import Access, Passwords, is_loopback
from data.values.callers import HERE, Caller, user

log = logging.getLogger(__name__)

OPEN = ("/healthz", "/readyz")


def require_login(server: Flask, access: Access, *, brake: Brake | None = None, turns: Turns | None = None) -> None:
    """Every address but the health endpoints asks who is there, if anything is configured to ask with.

    `brake` and `turns`: how wrong passwords are slowed and how many are hashed at once; made here where not given.
    """
    server.extensions["login"] = access
    if not access.configured:

        @server.before_request
        def this_machine_only() -> None:
            # a Host can be made up, where a request comes from cannot; behind a socket file there is no address
            if request.remote_addr and not is_loopback(request.remote_addr) and request.path not in OPEN:
                abort(403, "This dashboard has no authentication configured, so it serves its own machine only.")
            if asks_program():
                # what a proxy passes on may come from anywhere
                g.caller = by_token() or (None if _is_passed_on() or g.get("refused") else HERE)

        return
    door = Door(access, brake or Brake(), turns or Turns())

    @server.before_request
    def known_people_only() -> Response | None:
        if asks_program() and (found := by_token()) is not None:
            g.caller = found
            return None
        g.user = door.by_proxy()
        if g.user is None and access.users and request.authorization is not None and not g.get("refused"):
            g.user = door.by_password()
        if asks_program():  # the API answers those whom nobody knows, with problem details
            g.caller = user(g.user) if g.user else None
            return None
        if g.user is not None or request.path in OPEN:
            return None
        return _who_is_there(access)


def asks_program() -> bool:
    """Whether the request goes to the API."""
    return for_programs(request.path) and is_mounted(current_app)


def by_token() -> Caller | None:
    """The caller whose token came with the request to the API; None without a token, or with one that counts for
    nothing: `g.refused` says why.
    """
    given = request.authorization
    if given is None or given.type != "bearer":
        return None
    found = services().tokens.caller(given.token or "")
    if isinstance(found, Caller):
        return found
    g.refused = found
    log.warning("a token was refused from %s: %s", request.remote_addr, found)
    return None


def _is_passed_on() -> bool:
    """Whether a proxy sent the request for somebody else."""
    return any(name in request.headers for name in _FORWARDED)


_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via")


class Door:
    """Finds out who sent the request that is being answered."""

    def __init__(self, access: Access, brake: Brake, turns: Turns) -> None:
        self._access, self._brake, self._turns = access, brake, turns
        self._passwords = Passwords(access.users)

    def by_proxy(self) -> str | None:
        """The name that the trusted proxy sends. Refuses the header from everybody else with 403."""
        header = self._access.header
        if not header or header not in request.headers:
            return None
        if not self._access.is_proxy(request.remote_addr):
            log.warning("%s from %s, which is not the trusted proxy", header, request.remote_addr)
            abort(403, "Only the trusted proxy may say who you are.")
        return request.headers[header].strip() or None

    def by_password(self) -> str | None:
        """The name whose password was given; None where it is wrong.

        Too early after a wrong one for the same name from the same address: 429, without looking at the password.
        """
        given = request.authorization
        name, password = (given.username or "", given.password or "") if given and given.type == "basic" else ("", "")
        if (known := self._known(name, password)) is not None:
            return name if known else None
        address = self._access.client_of(request.remote_addr, request.headers.get("X-Forwarded-For", ""))
        self._refuse_early(address, name)
        with self._turns.turn(self._brake.failures(address)):
            # others had their turn meanwhile, perhaps with the same name and password
            if (known := self._known(name, password)) is not None:
                return name if known else None
            self._refuse_early(address, name)
            right = self._passwords.right(name, password)
            if not right:
                self._brake.failed(address, name)
        if right:
            self._brake.forgive(address, name)
            return name
        log.warning("login failed for %.60r from %s", name, address)
        return None

    def _known(self, name: str, password: str) -> bool | None:
        """Whether this login is right, if it was tried before."""
        if self._passwords.remembered(name, password):
            return True
        return False if self._passwords.was_wrong(name, password) else None

    def _refuse_early(self, address: str, name: str) -> None:
        if seconds := math.ceil(self._brake.pause(address, name)):
            words = f"Too many wrong passwords for this name. Try again in {seconds} s.\n"
            abort(Response(words, 429, headers={"Retry-After": str(seconds)}, mimetype="text/plain"))


def _who_is_there(access: Access) -> Response:
    if not access.users:
        return Response("Sign in through the proxy of this address.\n", 403, mimetype="text/plain")
    ask = {"WWW-Authenticate": 'Basic realm="Throughline", charset="UTF-8"'}
    return Response("A name and a password are needed.\n", 401, headers=ask, mimetype="text/plain")
