"""The store of what other systems report: one file of the state folder.

What is written is on the disk when the call returns. Reports of one deployment or incident may come in any order and
more than once: each is kept once, and what they say together is made of all of them.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from data.platform.logs import SECRETS
from data.store import migrate
from data.store.record_engine import file_engine
from data.store.reported_schema import count, report, revision, subject
from data.values.errors import AppError
from data.values.problem import Problem
from data.values.reported import Report, ReportResult, folded, report_of

log = logging.getLogger(__name__)
TENANT = "local"


class ReportedStoreError(AppError):
    """The store of reports cannot be used; the message says why and what to do."""

    code = "reported_store"


@dataclass(frozen=True)
class SourceCount:
    """How many reports of a source had a result, and when the last one came (µs)."""

    source: str
    result: str
    count: int
    last_at: int


class ReportedStore:
    """Opens the file when it is first needed, and makes it when something is to be written. Safe in several threads
    and processes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def revision(self, site: str) -> int:
        """Grows with each report that changes something; 0 where nothing has been reported. Raises
        ReportedStoreError.
        """
        if not os.path.lexists(self.path):
            return 0
        with self._begun() as connection:
            return _revision(connection, site)

    def read(self, site: str) -> tuple[int, list[Report]]:
        """The revision, and each deployment and incident as its reports say it together. Raises ReportedStoreError."""
        if not os.path.lexists(self.path):
            return 0, []
        of_site = (subject.c.tenant == TENANT) & (subject.c.site == site)
        order = (subject.c.kind, subject.c.at, subject.c.source, subject.c.id)
        with self._begun() as connection:
            rows = connection.execute(select(subject.c.content).where(of_site).order_by(*order)).scalars()
            return _revision(connection, site), [report_of(json.loads(each)) for each in rows]

    def add(self, site: str, reports: Iterable[Report], now: int) -> list[ReportResult]:
        """Keep reports, all or none, and tell what each changed. `now` in µs. Raises ReportedStoreError."""
        with self._begun(writes=True) as connection:
            results = [_added(connection, site, each, now) for each in reports]
            if {ReportResult.CREATED, ReportResult.UPDATED}.intersection(results):
                _raise_revision(connection, site)
            return results

    def ignored(self, site: str, source: str, now: int) -> None:
        """Count an event that says nothing of deployments or incidents. Raises ReportedStoreError."""
        with self._begun(writes=True) as connection:
            _count(connection, site, source, ReportResult.IGNORED, now)

    def counts(self, site: str) -> list[SourceCount]:
        """What each source sent. Raises ReportedStoreError."""
        if not os.path.lexists(self.path):
            return []
        columns = (count.c.source, count.c.result, count.c.count, count.c.last_at)
        query = select(*columns).filter_by(tenant=TENANT, site=site).order_by(count.c.source, count.c.result)
        with self._begun() as connection:
            return [SourceCount(*row) for row in connection.execute(query)]

    @contextmanager
    def _begun(self, writes: bool = False) -> Iterator[Connection]:
        try:
            engine = self._opened()
            with engine.connect().execution_options(throughline_writes=writes) as connection, connection.begin():
                yield connection
        except (SQLAlchemyError, sqlite3.Error, OSError, ValueError, KeyError, TypeError, *_UNMIGRATED) as error:
            log.error("the store of reports cannot be used", exc_info=error)
            raise ReportedStoreError(_problem(error)) from error

    def _opened(self) -> Engine:
        with self._lock:
            if self._engine is None:
                engine = file_engine(self.path)
                migrate.bring_up(engine, self.path, migrate.REPORTED)
                self._engine = engine
            return self._engine


def _added(connection: Connection, site: str, new: Report, now: int) -> ReportResult:
    """Keep one report and make anew what all reports of its subject say together."""
    about = {"tenant": TENANT, "site": site, "kind": new.kind.value, "source": new.source, "id": new.id}
    columns = (report.c.digest, report.c.content, report.c.received_at)
    kept = [*connection.execute(select(*columns).filter_by(**about))]
    if new.digest in {digest for digest, *_ in kept}:
        result = ReportResult.REPEATED
    else:
        connection.execute(
            insert(report).values(**about, digest=new.digest, at=new.at, content=new.to_json(), received_at=now)
        )
        before = [report_of(json.loads(content), received_at) for _, content, received_at in kept]
        result = _fold(connection, about, before, replace(new, received_at=now))
    _count(connection, site, new.source, result, now)
    return result


def _fold(connection: Connection, about: dict[str, str], before: list[Report], new: Report) -> ReportResult:
    together = folded([*before, new])
    values = {"at": together.at, "state": together.state.value, "content": together.to_json()}
    if not before:
        connection.execute(insert(subject).values(**about, **values))
        return ReportResult.CREATED
    if together == folded(before):
        return ReportResult.OLDER
    connection.execute(update(subject).filter_by(**about).values(**values))
    return ReportResult.UPDATED


def _count(connection: Connection, site: str, source: str, result: ReportResult, now: int) -> None:
    key = {"tenant": TENANT, "site": site, "source": source, "result": result.value}
    if not connection.execute(update(count).filter_by(**key).values(count=count.c.count + 1, last_at=now)).rowcount:
        connection.execute(insert(count).values(**key, count=1, last_at=now))


def _revision(connection: Connection, site: str) -> int:
    return connection.scalar(select(revision.c.revision).filter_by(tenant=TENANT, site=site)) or 0


def _raise_revision(connection: Connection, site: str) -> None:
    found = _revision(connection, site)
    connection.execute(delete(revision).filter_by(tenant=TENANT, site=site))
    connection.execute(insert(revision).values(tenant=TENANT, site=site, revision=found + 1))


_UNMIGRATED = (migrate.NewerSchema, migrate.UnknownVersion, migrate.MayNotWrite, migrate.MigrationFailed)


def _problem(error: BaseException) -> Problem:
    original = getattr(error, "orig", None) or error
    why = SECRETS.shorten((getattr(original, "strerror", None) or str(original) or "Unknown").splitlines()[0], 200)
    if isinstance(error, migrate.NewerSchema):
        return Problem("The reports were written by a newer version of this program.", "", "Update the program.")
    return Problem(
        "The store of reported deployments and incidents cannot be used.",
        f"{why[:1].upper()}{why[1:]}.",
        "Check that the state folder can be written to and the disk is not full. A damaged reported.db can be moved "
        "away; then send the reports again.",
        "danger",
    )
