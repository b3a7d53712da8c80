"""The record store: what people did, in SQLite (or PostgreSQL); what is stored is on the disk, and stored once."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    Table,
    Text,
    and_,
    cast,
    create_engine,
    delete,
    event,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError, DisconnectionError, IntegrityError
from sqlalchemy.pool import QueuePool

from data.jtbd import events, schema
from data.jtbd.records import KINDS, JobCompletion, OutcomeAchieved, Record, Records, complete, kind_of
from data.jtbd.specs import Item, Specs, from_dict, gathered, linked, to_dict
from data.platform import telemetry
from data.platform.logs import SECRETS
from data.store.corruption import is_damage, put_aside, stranger
from data.store.journal import make_private, write_ahead
from data.values.problem import Problem

log = logging.getLogger(__name__)
TENANT = "local"
_BUSY_SECONDS = 30
TABLES: dict[str, Table] = {
    "job": schema.job_completions,
    "outcome": schema.outcome_achievements,
    "painpoint": schema.painpoint_resolutions,
    "time": schema.time_to_outcome,
    "satisfaction": schema.user_satisfaction,
}
_WORDS = {"context", "event_id", "feedback_text", "steps"}
_ORDER = {"started": 0, "in_progress": 1, "failed": 2, "completed": 3}


class RecordsError(Exception):
    """The record store cannot be used; the message says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


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


class RecordStore:
    """Opens (and creates, and migrates) the store at a path or a database URL. Raises RecordsError.

    A damaged file is put aside and an empty store started; `problem` says so.
    """

    def __init__(self, place: str | os.PathLike, tenant: str = TENANT) -> None:
        where = os.fspath(place)
        self.tenant = tenant
        self.path = None if "://" in where else Path(where)
        self.problem: Problem | None = None
        self.engine = _server(where) if self.path is None else _file(self.path)
        try:
            self._prepare()
        except RecordsError as error:
            self.engine.dispose()
            if self.path is None or error.problem.level != "damage":
                raise
            self.engine = self._replaced(error)

    def _prepare(self) -> None:
        with self._asked("opened"), self.engine.connect() as connection:
            current = schema.is_current(connection)
        if current:
            return
        with self.writing() as connection:
            try:
                schema.migrate(connection)
            except schema.NewerRecords as error:
                raise RecordsError(
                    Problem(
                        "The records were written by a newer version of this program.",
                        "",
                        "Update the program.",
                        "danger",
                    )
                ) from error

    def _replaced(self, error: RecordsError) -> Engine:
        assert self.path is not None  # noqa: S101 - only files are put aside
        try:
            aside = put_aside(self.path)
        except OSError as failure:
            raise RecordsError(_failed("opened", failure)) from failure
        log.warning("the record store was broken and is kept as %s", aside.name)
        engine, self.engine = _file(self.path), self.engine
        self.engine = engine
        self._prepare()
        self.problem = Problem(
            "The store of job records was broken, so an empty one was started.",
            f"{error.problem.why} The broken file is kept as {aside.name}.",
            "Put a backup in its place, or import the records again: python app.py jtbd import FILE",
            "danger",
        )
        return engine

    def close(self) -> None:
        self.engine.dispose()

    # ---- connections

    @contextmanager
    def _asked(self, done: str) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise RecordsError(_failed(done, error)) from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot. Raises RecordsError."""
        with self._asked("read"), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; when it has ended well, all of it is on the disk. Raises RecordsError."""
        with self._asked("written"), self.engine.connect() as connection:
            connection = connection.execution_options(throughline_writes=True)
            with connection.begin():
                yield connection

    # ---- writing

    def add(self, records: Iterable[Record]) -> int:
        """Store records, all or none; returns how many were new. Raises RecordError, RecordsError.

        What is known already, by event or by its key, changes nothing; but a job goes on from started to completed.
        """
        rows = [complete(each) for each in records]
        with telemetry.span("jtbd.store") as told:
            with self.writing() as connection:
                fresh = [each for each in rows if self._add(connection, each)]
                self._changed(connection, len(fresh))
            told |= {"records": len(fresh), **events.tell(fresh)}  # only what is on the disk
        return len(fresh)

    def store_job_completion(self, job: JobCompletion) -> bool:
        """One job; whether that was news."""
        return bool(self.add([job]))

    def store_outcome_achieved(self, outcome: OutcomeAchieved) -> bool:
        """One measurement of an outcome; whether that was news."""
        return bool(self.add([outcome]))

    def _add(self, connection: Connection, record: Record) -> bool:
        table = TABLES[kind_of(record)]
        values = {"tenant": self.tenant, **record._asdict()}
        # "nothing on conflict" covers both keys: the event, and who did what when
        made = connection.execute(_insert(connection)(table).values(**values).on_conflict_do_nothing())
        if made.rowcount:
            return True
        return isinstance(record, JobCompletion) and self._advance(connection, record)

    def _advance(self, connection: Connection, record: JobCompletion) -> bool:
        """A job that is known as started may be completed; told in the wrong order, the later state stays."""
        table = schema.job_completions
        key = and_(
            table.c.tenant == self.tenant,
            table.c.job_id == record.job_id,
            table.c.persona == record.persona,
            table.c.started_at == record.started_at,
        )
        earlier = [each for each, rank in _ORDER.items() if rank < _ORDER[record.status]]
        told = {name: getattr(record, name) for name in ("status", "completed_at", "duration_seconds", "event_id")}
        try:
            with connection.begin_nested():
                done = connection.execute(update(table).where(key, table.c.status.in_(earlier)).values(**told))
        except IntegrityError:
            return False  # that event is known: somebody told it twice
        return bool(done.rowcount)

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
                    connection.execute(_insert(connection)(table).on_conflict_do_nothing(), values)
            return self._changed(connection, len(rows))

    def cleanup(self, before: int) -> int:
        """Remove what happened before an instant (µs); returns how many records that were."""
        with self.writing() as connection:
            removed = 0
            for kind, table in TABLES.items():
                when = table.c[KINDS[kind][2]]
                removed += connection.execute(
                    delete(table).where(table.c.tenant == self.tenant, when < before)
                ).rowcount
            return self._changed(connection, removed)

    def _changed(self, connection: Connection, count: int) -> int:
        """A new revision, in the same transaction, if anything changed."""
        if count:
            table = schema.meta
            made = _insert(connection)(table).values(name="revision", value="1")
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

    def query_outcomes(self, where: Where | None = None) -> list[Any]:
        return self.query("outcome", where)

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
        for name, value in ((about, where.about), ("persona", where.persona), (feature, where.feature),
                            ("status", where.status), ("source", where.source)):  # fmt: skip
            if value is not None and name in table.c:
                query = query.where(table.c[name] == value)
        if where.start is not None:
            query = query.where(table.c[when] >= where.start)
        if where.end is not None:
            query = query.where(table.c[when] < where.end)
        rows = _rows(connection, query if lean else query.order_by(table.c[when], table.c.event_id))
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

    def keep_specs(self, items: Sequence[tuple[str, Item]], at: int) -> None:
        """The specs as they are now, in place of those before."""
        table = schema.rdf_metadata
        rows, seen = [], set()
        for kind, item in items:
            if (kind, item.id) not in seen:
                seen.add((kind, item.id))
                text = json.dumps(to_dict(item), ensure_ascii=False, sort_keys=True)
                rows.append(
                    {"tenant": self.tenant, "entity_type": kind, "entity_id": item.id, "metadata": text,
                     "source": item.source, "updated_at": at}
                )  # fmt: skip
        with self.writing() as connection:
            connection.execute(delete(table).where(table.c.tenant == self.tenant))
            if rows:
                connection.execute(insert(table), rows)
            self._changed(connection, 1)

    def kept_specs(self) -> Specs:
        """The specs as they were kept."""
        return gathered(linked(self.kept_items()), synced_at=self._synced_at())

    def kept_items(self) -> list[tuple[str, Item]]:
        """(kind, item) of all specs kept; rows that cannot be read are left out."""
        table = schema.rdf_metadata
        found: list[tuple[str, Item]] = []
        with self.reading() as connection:
            for row in connection.execute(select(table).where(table.c.tenant == self.tenant)).mappings():
                try:
                    found.append((row["entity_type"], from_dict(row["entity_type"], json.loads(row["metadata"]))))
                except (ValueError, TypeError, KeyError):
                    log.warning("a kept spec cannot be read: %s", row["entity_id"])
        return found

    def _synced_at(self) -> int | None:
        with self.reading() as connection:
            table = schema.rdf_metadata
            return connection.scalar(select(func.max(table.c.updated_at)).where(table.c.tenant == self.tenant))

    # ---- notes

    def note(self, name: str) -> str | None:
        """A word about the store, such as when it was last cleaned up."""
        with self.reading() as connection:
            return connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == name))

    def set_note(self, name: str, value: str) -> None:
        with self.writing() as connection:
            made = _insert(connection)(schema.meta).values(name=name, value=value)
            connection.execute(made.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def _rows(connection: Connection, query: Any) -> list[tuple]:
    """Plain tuples. On SQLite by the driver: three times as fast as rows of SQLAlchemy."""
    if connection.dialect.name != "sqlite":
        return [tuple(row) for row in connection.execute(query)]
    compiled = query.compile(dialect=connection.dialect)
    values = [compiled.params[name] for name in compiled.positiontup or ()]
    cursor = connection.connection.dbapi_connection.execute(str(compiled), values)
    return cursor.fetchall()


def _insert(connection: Connection) -> Any:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert

        return pg_insert
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert


def _file(path: Path) -> Engine:
    if strange := stranger(path):
        raise RecordsError(_failed("opened", OSError(22, f"{strange.name} is not a file")))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_private(path)  # before SQLite makes it readable for others
    except OSError as error:
        raise RecordsError(_failed("opened", error)) from error
    # Connections are kept: closing the last one makes SQLite tidy up, which costs more than the write itself.
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}, poolclass=QueuePool
    )

    @event.listens_for(engine, "connect")
    def _tune(connection, record) -> None:
        record.info["file"] = _identity(path)
        connection.isolation_level = None
        write_ahead(connection, _BUSY_SECONDS)
        for pragma in ("synchronous=EXTRA", "mmap_size=0"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "checkout")
    def _is_the_same(_connection, record, _proxy) -> None:
        """What is written to a file that was replaced would be lost."""
        if record.info.get("file") != _identity(path):
            raise DisconnectionError

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("throughline_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _identity(path: Path) -> tuple[int, int, int] | None:
    """Which file that is; and which process, since a connection does not survive a fork."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, os.getpid()


def _server(url: str) -> Engine:
    return create_engine(url, poolclass=QueuePool, pool_pre_ping=True)


def _failed(done: str, error: BaseException) -> Problem:
    original = getattr(error, "orig", None) or error
    text = SECRETS.clean(getattr(original, "strerror", None) or str(original) or type(error).__name__)
    why = SECRETS.shorten(text.splitlines()[0], 200)
    return Problem(
        f"The store of job records cannot be {done}.",
        f"{why[0].upper()}{why[1:]}.",
        "Check that its folder can be written to and the disk is not full.",
        "damage" if is_damage(error) else "danger",
    )
