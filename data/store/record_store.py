"""The record store: what people did, in SQLite; what is stored is on the disk, and stored once. PostgreSQL would do; no
setting chooses it yet.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    Text,
    cast,
    delete,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.exc import DatabaseError

from data.platform import telemetry
from data.store import migrate, record_days, record_events, record_rescue
from data.store import record_schema as schema
from data.store.corruption import is_damage, stranger
from data.store.journal import is_only_readable
from data.store.record_adding import Added, Adding
from data.store.record_days import Counted
from data.store.record_engine import file_engine, make_empty, plain_rows, server_engine, upsert
from data.store.record_problems import DAMAGED, RecordsError, failed, rescued_problem, unmigrated
from data.values.problem import Problem
from data.values.records import KINDS, JobCompletion, Record, Records, complete, kind_of
from data.values.retention import RetentionRun

log = logging.getLogger(__name__)
TENANT = "local"
_RESCUE_NOTE, _RESCUE_TOLD = "rescued", 7 * 86_400.0  # seconds for which everybody is told
TABLES = schema.RECORD_TABLES
_WORDS = {"context", "event_id", "feedback_text", "steps"}


@dataclass(frozen=True)
class Where:
    """Which records. Instants in µs, `end` exclusive; empty parts do not filter."""

    about: str | None = None  # job, outcome or painpoint id
    persona: str | None = None
    feature: str | None = None
    status: str | None = None
    source: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class SpecRow:
    """One spec as it is stored: `text` is JSON."""

    kind: str
    id: str
    text: str
    source: str


class RecordStore:
    """Opens (and creates, and migrates) the store at a path or a database URL. Raises RecordsError.

    The file is checked first. A damaged one is kept aside, and a new store is made of what can be read of it; `problem`
    says so, for a week also to whoever opens the store later. Damage that shows only later is treated at the next use.
    """

    def __init__(self, place: str | os.PathLike[str], tenant: str = TENANT) -> None:
        where = os.fspath(place)
        self.tenant = tenant
        self.path = None if "://" in where else Path(where)
        self.is_read_only = self.path is not None and is_only_readable(self.path)
        self.problem: Problem | None = None
        self._damaged = False
        self._treating = threading.RLock()
        if self.path is None:
            self.engine = server_engine(where)
            self._prepare()
            return
        sound = stranger(self.path) is not None or record_rescue.is_sound(self.path)
        self.engine = self._connected()
        if sound:
            try:
                self._prepare()
            except RecordsError as error:
                self.engine.dispose()
                if not self._damaged:
                    raise
                log.warning("the record store cannot be opened: %s", error.problem.why)
                sound = False
        if not sound:
            self._rescue()
        self.problem = self.problem or self._known_problem()

    def _connected(self) -> Engine:
        assert self.path is not None  # noqa: S101 - a server has a URL
        try:
            return file_engine(self.path)
        except OSError as error:
            raise RecordsError(failed("opened", error)) from error

    def _prepare(self) -> None:
        try:
            with self._asked("opened"):
                migrate.bring_up(self.engine, self.path, migrate.RECORDS, may_write=not self.is_read_only)
        except (migrate.NewerSchema, migrate.UnknownVersion, migrate.MayNotWrite, migrate.MigrationFailed) as error:
            raise RecordsError(unmigrated(error)) from error
        except OSError as error:
            raise RecordsError(failed("opened", error)) from error

    def _rescue(self) -> None:
        """A new store of what can be read, in the place of the damaged one. Raises RecordsError."""
        assert self.path is not None  # noqa: S101 - only files are rescued
        self.engine.dispose()
        try:
            found = record_rescue.replace(self.path, schema.KEPT_TABLES, make_empty)
        except (OSError, sqlite3.Error) as failure:
            raise RecordsError(failed("opened", failure)) from failure
        self.engine = self._connected()
        self._damaged = False
        self._prepare()
        if found is None:
            return
        log.warning("the record store was damaged and is kept as %s; %d rows were saved", found.aside.name, found.rows)
        self.problem = rescued_problem(found)
        self.set_note(_RESCUE_NOTE, json.dumps({"at": time.time(), "problem": astuple(self.problem)}))

    def _known_problem(self) -> Problem | None:
        """What was said when the store was rescued, if that was of late."""
        try:
            known = json.loads(self.note(_RESCUE_NOTE) or "null")
            if known and time.time() - known["at"] < _RESCUE_TOLD:
                return Problem(*known["problem"])
        except (ValueError, TypeError, KeyError):
            pass
        return None

    def close(self) -> None:
        self.engine.dispose()

    # ---- connections

    @contextmanager
    def _asked(self, done: str) -> Iterator[None]:
        try:
            yield
        except (DatabaseError, sqlite3.Error) as error:
            if self.path is not None and is_damage(error):
                self._damaged = True
                raise RecordsError(DAMAGED) from error
            raise RecordsError(failed(done, error)) from error

    def _treat(self) -> None:
        """What the use before found damaged is replaced. Raises RecordsError."""
        if self._damaged:
            with self._treating:
                if self._damaged:
                    self._rescue()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot. Raises RecordsError."""
        self._treat()
        with self._asked("read"), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; when it has ended well, all of it is on the disk. Raises RecordsError."""
        self._treat()
        with self._asked("written"), self.engine.connect() as connection:
            connection = connection.execution_options(throughline_writes=True)
            with connection.begin():
                yield connection

    # ---- writing

    def add(self, records: Iterable[Record]) -> int:
        """Store records, all or none; returns how many were new. Raises RecordError, RecordsError.

        What is known already, by its event, changes nothing; but a job goes on from started to completed.
        """
        return sum(each in ("new", "further") for each in self.add_each(records))

    def add_each(self, records: Iterable[Record], *, imported: bool = False) -> list[Added]:
        """The same; what became of each. `imported`: they are of one file (see Adding)."""
        rows = [complete(each) for each in records]
        with telemetry.span("jtbd.store") as told:
            with self.writing() as connection:
                adding = Adding(connection, self.tenant, imported)
                became = [adding.add(each) for each in rows]
                self._changed(connection, sum(each != "known" for each in became))
            fresh = [row for row, each in zip(rows, became, strict=True) if each in ("new", "further")]
            told |= {"records": len(fresh), **record_events.tell(fresh)}  # only what is on the disk
        return became

    def open_job(self, job_id: str, persona: str, feature: str) -> JobCompletion | None:
        """The newest record of that job that was started and not finished."""
        found = [
            each
            for each in self.query("job", Where(about=job_id, persona=persona, feature=feature))
            if each.status in ("started", "in_progress")
        ]
        return max(found, key=lambda each: each.started_at, default=None)

    def replace_source(self, source: str, records: Records) -> int:
        """Put records in the place of all that came from a source; returns how many there are now."""
        rows = [complete(each._replace(source=source)) for part in records for each in part]
        with self.writing() as connection:
            for table in TABLES.values():
                connection.execute(delete(table).where(table.c.tenant == self.tenant, table.c.source == source))
            for kind, table in TABLES.items():
                values = [{"tenant": self.tenant, **each._asdict()} for each in rows if kind_of(each) == kind]
                if values:
                    connection.execute(upsert(connection)(table).on_conflict_do_nothing(), values)
            return self._changed(connection, len(rows))

    def old(self, run: RetentionRun) -> RetentionRun:
        """What `remove_old` would remove."""
        with self.reading() as connection:
            return record_days.too_old(connection, self.tenant, run)

    def remove_old(self, run: RetentionRun, site: str = "", zone: str = "UTC") -> RetentionRun:
        """Remove what happened before `run.before`, keep its counts by day of a zone, and write the run down, all in
        one transaction; what it removed.
        """
        with self.writing() as connection:
            done = record_days.remove(connection, self.tenant, site, zone, run)
            self._changed(connection, done.total)
        log.info("retention of job records: %s", done)
        return done

    def last_retention(self, site: str = "") -> RetentionRun | None:
        """The newest run of the retention job for a site; None before the first."""
        with self.reading() as connection:
            return next(iter(record_days.runs(connection, self.tenant, site)), None)

    def uncounted_before(self, site: str = "") -> int | None:
        """Records of before this instant (µs) were removed without daily counts, by an earlier version; None: none."""
        with self.reading() as connection:
            found = record_days.runs(connection, self.tenant, site)
        return max((run.before for run in found if run.total and not run.counted), default=None)

    def counted(self, site: str = "", first: date | None = None, last: date | None = None) -> list[Counted]:
        """The daily counts of removed records from the day `first` to `last`, both included; None: no bound."""
        with self.reading() as connection:
            return record_days.counted(connection, self.tenant, site, first, last)

    def first_counted(self, site: str = "") -> dict[str, date]:
        """Kind of record → the first day that has counts of removed records."""
        with self.reading() as connection:
            return record_days.first_days(connection, self.tenant, site)

    def _changed(self, connection: Connection, count: int) -> int:
        """A new revision, in the same transaction, if anything changed."""
        if count:
            table = schema.meta
            made = upsert(connection)(table).values(name="revision", value="1")
            plus = cast(cast(table.c.value, Integer) + 1, Text)
            connection.execute(made.on_conflict_do_update(index_elements=["name"], set_={"value": plus}))
        return count

    # ---- reading

    def query(self, kind: str, where: Where | None = None) -> list[Any]:
        """Records of a kind, in the order of time."""
        with self.reading() as connection:
            return self._query(connection, kind, where or Where())

    def query_jobs(self, where: Where | None = None) -> list[JobCompletion]:
        return self.query("job", where)

    def all(self, where: Where | None = None, *, lean: bool = False) -> Records:
        """Records of all kinds in one snapshot. `about` and `status` make no sense here. `lean`: in any order, and
        without what people wrote, for who only counts.
        """
        with self.reading() as connection:
            return Records(*(self._query(connection, kind, where or Where(), lean) for kind in KINDS))

    def _query(self, connection: Connection, kind: str, where: Where, lean: bool = False) -> list[Any]:
        made, about, when = KINDS[kind]
        table = TABLES[kind]
        columns = (literal_column("NULL") if lean and name in _WORDS else table.c[name] for name in made._fields)
        query = select(*columns).where(table.c.tenant == self.tenant)
        feature = "feature_used" if kind == "job" else "feature"
        for name, value in (
            (about, where.about),
            ("persona", where.persona),
            (feature, where.feature),
            ("status", where.status),
            ("source", where.source),
        ):
            if value is not None and name in table.c:
                query = query.where(table.c[name] == value)
        if where.start is not None:
            query = query.where(table.c[when] >= where.start)
        if where.end is not None:
            query = query.where(table.c[when] < where.end)
        rows = plain_rows(connection, query if lean else query.order_by(table.c[when], table.c.event_id))
        return [made._make(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many records of each kind there are."""
        with self.reading() as connection:
            return {
                kind: int(
                    connection.scalar(select(func.count()).select_from(table).where(table.c.tenant == self.tenant)) or 0
                )
                for kind, table in TABLES.items()
            }

    def revision(self) -> str:
        """Changes whenever a record or a spec is added, changed or removed."""
        return self.note("revision") or "0"

    # ---- specs

    def keep_specs(self, rows: Iterable[SpecRow], at: int) -> None:
        """The specs as they are now, in place of those before; of two with the same kind and id the first is kept."""
        table = schema.rdf_metadata
        kept: dict[tuple[str, str], SpecRow] = {}
        for row in rows:
            kept.setdefault((row.kind, row.id), row)
        values = [
            {
                "tenant": self.tenant,
                "entity_type": row.kind,
                "entity_id": row.id,
                "metadata": row.text,
                "source": row.source,
                "updated_at": at,
            }
            for row in kept.values()
        ]
        with self.writing() as connection:
            connection.execute(delete(table).where(table.c.tenant == self.tenant))
            if values:
                connection.execute(insert(table), values)
            self._changed(connection, 1)

    def kept_specs(self) -> list[SpecRow]:
        """The specs as they were kept."""
        table = schema.rdf_metadata
        with self.reading() as connection:
            found = connection.execute(select(table).where(table.c.tenant == self.tenant)).mappings()
            return [SpecRow(row["entity_type"], row["entity_id"], row["metadata"], row["source"]) for row in found]

    def specs_kept_at(self) -> int | None:
        """When they were kept, in µs since 1970 UTC; None where there are none."""
        with self.reading() as connection:
            table = schema.rdf_metadata
            newest: int | None = connection.scalar(
                select(func.max(table.c.updated_at)).where(table.c.tenant == self.tenant)
            )
            return newest

    # ---- notes

    def note(self, name: str) -> str | None:
        """A word about the store, such as when it was last cleaned up."""
        with self.reading() as connection:
            return connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == name))

    def set_note(self, name: str, value: str) -> None:
        with self.writing() as connection:
            made = upsert(connection)(schema.meta).values(name=name, value=value)
            connection.execute(made.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
