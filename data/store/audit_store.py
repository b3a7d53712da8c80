"""The audit log, in the file of the access store: lines are added, read, and removed when they are old."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from data.store.access_schema import audit
from data.store.access_store import TENANT, AccessStore
from data.values.people import SIGN_IN_REFUSED

MOST_REFUSED = 10_000  # lines about failed sign-ins, which strangers can cause as many of as they like


@dataclass(frozen=True)
class AuditRow:
    """One line. `at` in µs."""

    id: int
    at: int
    actor: str
    via: str
    action: str
    subject: str
    result: str
    address: str


_ROW = [audit.c[name] for name in AuditRow.__dataclass_fields__]


class AuditStore:
    """Every method raises AccessStoreError. What was added is on the disk when the call returns."""

    def __init__(self, store: AccessStore) -> None:
        self._store = store

    def add(self, **line: str | int) -> None:
        """Add a line."""
        with self._store.begun(writes=True) as connection:
            connection.execute(insert(audit).values(tenant=TENANT, **line))

    def lines(self, most: int, *, below: int | None = None, **of: str) -> list[AuditRow]:
        """The newest lines, at most so many. `below`: only those with a smaller id; `of`: exact values of columns."""
        if not self._store.path.exists():
            return []
        wanted = select(*_ROW).where(audit.c.tenant == TENANT).filter_by(**of).order_by(audit.c.id.desc()).limit(most)
        if below is not None:
            wanted = wanted.where(audit.c.id < below)
        with self._store.begun() as connection:
            return [AuditRow(*row) for row in connection.execute(wanted)]

    def remove_old(self, before: int) -> int:
        """Remove the lines from before an instant, and failed sign-ins beyond MOST_REFUSED; how many."""
        if not self._store.path.exists():
            return 0
        refused = (audit.c.tenant == TENANT) & (audit.c.action == SIGN_IN_REFUSED)
        with self._store.begun(writes=True) as connection:
            gone = connection.execute(delete(audit).where(audit.c.tenant == TENANT, audit.c.at < before)).rowcount
            newest = select(audit.c.id).where(refused).order_by(audit.c.id.desc()).offset(MOST_REFUSED).limit(1)
            if (last := connection.execute(newest).scalar()) is not None:
                gone += connection.execute(delete(audit).where(refused, audit.c.id <= last)).rowcount
            return gone
