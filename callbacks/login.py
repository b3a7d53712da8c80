"""Who sends a request: somebody with a session, a password or a token, somebody whom a trusted proxy names, or whoever
sits at this machine where nobody has to sign in.
"""

from __future__ import annotations

import logging
import math
from urllib.parse import quote

from flask import Flask, Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from callbacks.context import services
from callbacks.login_brake import Brake, Turns
from callbacks.programs import for_programs, is_mounted
from callbacks.session_cookie import sent_session
from data.platform.access import Access, Passwords, is_loopback
from data.services.audit import DOOR, REFUSED
from data.values.callers import HERE, Caller, Role, user
from data.values.people import SIGN_IN_REFUSED
from data.values.program import COMMAND

log = logging.getLogger(__name__)

OPEN = ("/healthz", "/readyz")
SIGN_IN = "/sign-in"  # the addresses below it are open to everybody, too
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via")
_PASSED_ON = (
    "A proxy passed this request on, and nobody has to sign in here, so anybody could be behind it. Open the dashboard "
    f"at its own machine, or say who may use it: {COMMAND} people add NAME --role admin"
)


class TooEarly(Exception):
    """A password was sent too soon after a wrong one. `seconds`: until the next is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many wrong passwords for this name. Try again in {seconds} s.")
        self.seconds = seconds


def require_login(
    server: Flask, access: Access, *, brake: Brake | None = None, turns: Turns | None = None, outside: bool = False
) -> None:
    """Every address but the health endpoints asks who is there, if anybody is on the list of people or anything is
    configured to ask with.

    `brake` and `turns`: how wrong passwords are slowed and how many are hashed at once; made here where not given.
    `outside`: whether other machines can reach the dashboard, so that nobody is let in without signing in.
    """
    server.extensions["login"] = access
    found = server.extensions["door"] = Door(server, access, brake or Brake(), turns or Turns())

    @server.before_request
    def known_people_only() -> AnyResponse | None:
        if access.configured or outside or services().people.exist():
            return found.asked()
        _this_machine_only()
        return None


def door() -> Door:
    """The door of this server."""
    found: Door = current_app.extensions["door"]
    return found


def _this_machine_only() -> None:
    # a Host can be made up, where a request comes from cannot; behind a socket file there is no address
    if request.path in OPEN:
        return
    if request.remote_addr and not is_loopback(request.remote_addr):
        abort(403, "This dashboard has no authentication configured, so it serves its own machine only.")
    if asks_program():
        # what a proxy passes on may come from anywhere
        g.caller = by_token() or (None if _is_passed_on() or g.get("refused") else HERE)
        return
    if _is_passed_on():
        abort(403, _PASSED_ON)
    g.caller = HERE


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


def client_address() -> str:
    """The address of the person or program that asks, as far as trusted proxies tell."""
    access: Access = current_app.extensions["login"]
    return access.client_of(request.remote_addr, request.headers.get("X-Forwarded-For", ""))


class Door:
    """Finds out who sent the request that is being answered."""

    def __init__(self, server: Flask, access: Access, brake: Brake, turns: Turns) -> None:
        self._server, self._access, self._brake, self._turns = server, access, brake, turns
        self._passwords = Passwords(lambda name: services().people.hash_of(name))

    @property
    def takes_passwords(self) -> bool:
        """Whether anybody signs in with a password here."""
        return bool(self._access.users) or services().people.exist()

    def asked(self) -> AnyResponse | None:
        """Note who is there in `g.caller`; an answer for those who may not go on."""
        is_program = asks_program()
        if is_program and (found := by_token()) is not None:
            g.caller = found
            return None
        g.caller = None if g.get("refused") else self._person()
        g.user = g.caller.name if g.caller else None
        # the API answers those whom nobody knows with problem details
        if is_program or g.caller is not None or _is_open(request.path):
            return None
        return self._who_is_there()

    def _person(self) -> Caller | None:
        """Whoever the proxy, the session or the password says. Refuses those who may not be here with 403."""
        if (name := self.by_proxy()) is not None:
            role = services().people.role_by_proxy(name)
            if role is None:
                log.warning("%.60r may not use this dashboard", name)
                abort(403, "You are not among the people of this dashboard. Ask one of its admins.")
            return user(name, role)
        if (session := services().sessions.who(sent_session())) is not None:
            g.session = session.row
            return user(session.name, session.role)
        if request.authorization is not None and self.takes_passwords and (named := self._by_header()) is not None:
            return user(*named)
        return None

    def by_proxy(self) -> str | None:
        """The name that the trusted proxy sends. Refuses the header from everybody else with 403."""
        header = self._access.header
        if not header or header not in request.headers:
            return None
        if not self._access.is_proxy(request.remote_addr):
            log.warning("%s from %s, which is not the trusted proxy", header, request.remote_addr)
            abort(403, "Only the trusted proxy may say who you are.")
        return request.headers[header].strip() or None

    def _by_header(self) -> tuple[str, Role] | None:
        """Who sends name and password with each request. Too early after a wrong one: 429."""
        given = request.authorization
        name, password = (given.username or "", given.password or "") if given and given.type == "basic" else ("", "")
        try:
            is_right = self.is_right(name, password)
        except TooEarly as early:
            abort(Response(f"{early}\n", 429, headers={"Retry-After": str(early.seconds)}, mimetype="text/plain"))
        role = services().people.role_of(name) if is_right else None
        return (name, role) if role else None

    def is_right(self, name: str, password: str) -> bool:
        """Whether that is the password of that name.

        Raises TooEarly, without looking at the password, too soon after a wrong one for the same name from the same
        address.
        """
        if (known := self._known(name, password)) is not None:
            return known
        address = client_address()
        self._refuse_early(address, name)
        with self._turns.turn(self._brake.failures(address)):
            # others had their turn meanwhile, perhaps with the same name and password
            if (known := self._known(name, password)) is not None:
                return known
            self._refuse_early(address, name)
            right = self._passwords.right(name, password)
            if not right:
                self._brake.failed(address, name)
        if right:
            self._brake.forgive(address, name)
            return True
        # somebody may have typed a password where the name belongs
        who = name if services().people.hash_of(name) is not None else "an unknown name"
        log.warning("login failed for %.60r from %s", who, address)
        services().audit.note(who, DOOR, SIGN_IN_REFUSED, "wrong password", REFUSED, address)
        return False

    def _known(self, name: str, password: str) -> bool | None:
        """Whether this login is right, if it was tried before."""
        if self._passwords.remembered(name, password):
            return True
        return False if self._passwords.was_wrong(name, password) else None

    def _refuse_early(self, address: str, name: str) -> None:
        if seconds := math.ceil(self._brake.pause(address, name)):
            raise TooEarly(seconds)

    def _who_is_there(self) -> AnyResponse:
        signs_in = self.takes_passwords or self._access.openid is not None
        if not signs_in:
            words = "Sign in through the proxy of this address." if self._access.header else "Nobody may sign in yet."
            return Response(f"{words}\n", 403, mimetype="text/plain")
        mode = request.headers.get("Sec-Fetch-Mode")
        reads_pages = "text/html" in request.headers.get("Accept", "")  # a program that takes anything names no type
        if request.method == "GET" and (mode == "navigate" or (not mode and reads_pages)):
            onward = quote(request.full_path.rstrip("?"))
            return redirect(f"{SIGN_IN}?onward={onward}" if onward != "/" else SIGN_IN, 303)
        ask = {"WWW-Authenticate": 'Basic realm="Throughline", charset="UTF-8"'} if not mode else {}
        words = "A name and a password are needed." if not mode else "You are signed out. Sign in again."
        return Response(f"{words}\n", 401, headers=ask, mimetype="text/plain")


def _is_open(path: str) -> bool:
    return path in OPEN or path == SIGN_IN or path.startswith(f"{SIGN_IN}/")
