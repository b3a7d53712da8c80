"""The audit log: who did what, when, from where, and how it ended. It never holds a secret."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from data.platform.logs import SECRETS
from data.settings.connection import Home
from data.store.access_store import FILE, AccessStore
from data.store.audit_store import AuditRow, AuditStore
from data.values.callers import Caller
from data.values.errors import AppError
from data.values.instants import instant
from data.values.metric_value import iso
from data.values.people import AuditLine

log = logging.getLogger(__name__)
DONE, REFUSED = "done", "refused"
PAGE, API, TERMINAL, DOOR = "page", "api", "terminal", "sign-in"
_LONGEST = {"actor": 255, "via": 16, "action": 64, "subject": 255, "result": 64, "address": 64}


class AuditService:
    """The audit log of one state folder. Safe in several threads."""

    def __init__(self, store: AccessStore, clock: Callable[[], datetime], is_read_only: bool = False) -> None:
        self._store = AuditStore(store)
        self._clock = clock
        self._is_read_only = is_read_only

    def note(
        self, who: Caller | str, via: str, action: str, subject: str = "", result: str = DONE, address: str = ""
    ) -> None:
        """Add a line. What was done stays done where the line cannot be written; the log of the process has it then."""
        actor = who if isinstance(who, str) else named(who)
        said = {"actor": actor, "via": via, "action": action, "subject": subject, "result": result, "address": address}
        line = {name: _clean(text)[: _LONGEST[name]] for name, text in said.items()}
        if self._is_read_only:
            log.info("audit: %s", line)
            return
        try:
            self._store.add(at=round(self._clock().timestamp() * 1e6), **line)
        except AppError as error:
            log.error("the audit log could not be written: %s; the line is %s", error, line)

    def lines(self, most: int = 100, *, below: int | None = None, actor: str = "", action: str = "") -> list[AuditLine]:
        """The newest lines first. `below`: those before the line of this id. Raises AccessStoreError."""
        of = {name: value for name, value in (("actor", actor), ("action", action)) if value}
        return [_told(row) for row in self._store.lines(most, below=below, **of)]

    def remove_old(self, before: int) -> int:
        """Remove the lines from before an instant (µs); how many. Raises AccessStoreError."""
        return self._store.remove_old(before)


def open_audit(env: Mapping[str, str]) -> AuditService:
    """The audit log of the state folder that the environment names. Raises HomeError."""
    home = Home.of(env)
    return AuditService(AccessStore(home.path / FILE), lambda: datetime.now(UTC), home.is_read_only)


def named(caller: Caller) -> str:
    """A caller as the log names it: a token is not taken for a person of the same name.

    >>> from data.values.callers import HERE, Role, user
    >>> named(user("ada", Role.ADMIN)), named(HERE)
    ('ada', 'this machine')
    """
    return f"token {caller.name} ({caller.key.removeprefix('token:')})" if caller.kind == "token" else caller.name


def _clean(text: str) -> str:
    """On one line, without a secret that this process has met."""
    return "".join(each if each.isprintable() else " " for each in SECRETS.clean(text))


def _told(row: AuditRow) -> AuditLine:
    return AuditLine(row.id, iso(instant(row.at)), row.actor, row.via, row.action, row.subject, row.result, row.address)
