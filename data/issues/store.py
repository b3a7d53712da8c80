"""The issue store: what was fetched from Jira, in SQLite (or PostgreSQL), one revision after the other."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import (
    Connection,
    Engine,
    Table,
    create_engine,
    delete,
    event,
    exists,
    insert,
    inspect,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool, QueuePool

from data.issues import schema
from data.issues.damage import is_damage, stranger
from data.issues.parse import COLUMNS
from data.jira.errors import JiraError, SyncBusy
from data.periods import known_zone

log = logging.getLogger(__name__)

TENANT = "local"
_WHOLE = ("revision", "synced_at", "cursor", "full_at", "census_at")
_LAST = 253_370_764_800_000_000  # 9999, µs
_BUSY_MS = 60_000  # a large sync is put in its place in some seconds
_SOME = 500  # ids in one query


class StoreError(JiraError):
    code = "store"
    default = "The issue store cannot be used."
    advice = "Check that its folder can be written to and the disk is not full."


class BrokenStore(StoreError):
    code = "broken_store"
    default = "The issue store is broken."
    advice = "It is put aside when it is opened next; a sync fills a new one."


class NewerStore(StoreError):
    code = "newer_store"
    default = "The issue store was written by a newer version of this program."
    advice = "Update the program, or move the store file away: a sync fills a new one."


@dataclass(frozen=True)
class ScopeRow:
    """What is known of one (site, query). Instants in microseconds since 1970 UTC."""

    scope: int
    site_url: str
    jql: str
    flavour: str
    site_title: str | None
    base_url: str | None
    zone: str
    revision: int
    synced_at: int | None
    cursor: int | None
    full_at: int | None
    census_at: int | None
    fetched_fields: frozenset[str]
    last_result: dict[str, Any] | None
    issues: int

    def lacks(self, mapped: Collection[str]) -> set[str]:
        """The mapped fields whose values are not held yet: the next sync fills them in."""
        return set(mapped) - COLUMNS - self.fetched_fields


class IssueStore:
    """Opens (and creates) the store at a path or a database URL. Raises StoreError, NewerStore, BrokenStore.

    Readers get a snapshot: `with store.reading() as connection` sees one revision, also while a sync writes.
    """

    def __init__(self, url_or_path: str | os.PathLike) -> None:
        place = os.fspath(url_or_path)
        self.path = None if "://" in place else Path(place)
        self.engine = _open_file(self.path) if self.path else _open_server(place)
        try:
            self._prepare()
        except (DatabaseError, OSError, ValueError) as error:
            self.engine.dispose()
            raise _failure("opened", error) from error
        except StoreError:
            self.engine.dispose()
            raise

    def _prepare(self) -> None:
        with self.engine.begin() as connection:
            found = schema.SCHEMA_VERSION
            if inspect(connection).has_table("meta"):
                query = select(schema.meta.c.value).where(schema.meta.c.name == "schema_version")
                found = int(connection.scalar(query) or 0)
                if found == schema.SCHEMA_VERSION:
                    return
            if found > schema.SCHEMA_VERSION:
                raise NewerStore
            schema.metadata.drop_all(connection)
            schema.metadata.create_all(connection)
            connection.execute(insert(schema.meta).values(name="schema_version", value=str(schema.SCHEMA_VERSION)))

    def close(self) -> None:
        """Gives the database back."""
        self.engine.dispose()

    # ---- scopes

    def scope_for(self, site_url: str, jql: str) -> ScopeRow | None:
        """What is held of a site and query; None before the first sync was started."""
        table = schema.scope
        query = select(table).where(table.c.tenant == TENANT, table.c.site_url == site_url, table.c.jql == jql)
        with self.reading() as connection:
            return self._scope_row(connection, connection.execute(query).mappings().first())

    def scope_row(self, scope: int) -> ScopeRow | None:
        """The same by number."""
        with self.reading() as connection:
            query = select(schema.scope).where(schema.scope.c.scope == scope)
            return self._scope_row(connection, connection.execute(query).mappings().first())

    def _scope_row(self, connection: Connection, row: Mapping[str, Any] | None) -> ScopeRow | None:
        if row is None:
            return None
        issue = schema.issue
        if any(not isinstance(row[name], int | None) or not 0 <= (row[name] or 0) < _LAST for name in _WHOLE):
            raise BrokenStore("The issue store is broken: it does not say when its data was read.")
        query = select(text("count(*)")).select_from(issue).where(issue.c.scope == row["scope"])
        plain = (
            "scope",
            "site_url",
            "jql",
            "flavour",
            "site_title",
            "base_url",
            "revision",
            "synced_at",
            "cursor",
            "full_at",
            "census_at",
        )
        return ScopeRow(
            **{name: row[name] for name in plain},
            zone=known_zone(row["zone"]),
            fetched_fields=frozenset(_json(row["fetched_fields"] or "[]", list)),
            last_result=_json(row["last_result"], dict) if row["last_result"] else None,
            issues=int(connection.scalar(query) or 0),
        )

    def open_scope(self, site_url: str, jql: str) -> int:
        """The number of the scope, made if it is new."""
        found = self.scope_for(site_url, jql)
        if found:
            return found.scope
        with self._transaction() as connection:
            row = {"tenant": TENANT, "site_url": site_url, "jql": jql}
            made = _dialect_insert(connection)(schema.scope).values(**row).on_conflict_do_nothing()
            connection.execute(made)
        found = self.scope_for(site_url, jql)
        if found is None:
            raise StoreError
        return found.scope

    def note_result(self, scope: int, result: Mapping[str, Any]) -> None:
        """Keeps how the last sync ended, also when it changed nothing."""
        with self._transaction() as connection:
            table = schema.scope
            connection.execute(update(table).where(table.c.scope == scope).values(last_result=json.dumps(result)))

    def forget(self, scope: int) -> None:
        """Removes all that is held of a scope."""
        with self._transaction() as connection:
            for table in schema.metadata.sorted_tables:
                if "scope" in table.c:
                    connection.execute(delete(table).where(table.c.scope == scope))

    # ---- reading

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot for as long as the context is open.

        Raises BrokenStore when the file turns out to be damaged, StoreError when it, or what is in it, cannot be read.
        """
        try:
            with self.engine.connect() as connection:
                yield connection
        except DatabaseError as error:
            raise _failure("read", error) from error
        except (ValueError, TypeError, KeyError, ArithmeticError, AttributeError, IndexError, RecursionError) as error:
            log.exception("what the issue store holds cannot be read")
            raise StoreError(
                f"What the issue store holds cannot be read ({type(error).__name__}).",
                hint="Run a full sync: it writes everything anew. The log has the details.",
            ) from error

    def summaries(self, scope: int, issue_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Key and summary of some issues."""
        table = schema.issue
        found: dict[int, tuple[str, str]] = {}
        with self.reading() as connection:
            for some in _parts([int(each) for each in issue_ids]):
                query = select(table.c.issue_id, table.c.key, table.c.summary).where(
                    table.c.scope == scope, table.c.issue_id.in_(some)
                )
                found |= {row.issue_id: (row.key, row.summary) for row in connection.execute(query)}
        return found

    # ---- writing

    @contextmanager
    def lock(self, scope: int) -> Iterator[None]:
        """Only one sync of a scope at a time, in all processes. Raises SyncBusy."""
        if self.path is None:
            with self.engine.connect() as connection:
                if not connection.scalar(text("select pg_try_advisory_lock(:n)"), {"n": 7_140_000 + scope}):
                    raise SyncBusy
                yield
            return
        lock = FileLock(f"{self.path}.{scope}.lock", thread_local=False, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise SyncBusy from error
        except OSError as error:
            raise StoreError(f"The folder of the issue store cannot be written to: {reason(error)}.") from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def writing(self, scope: int, *, beside: Path | None = None) -> Iterator[Writer]:
        """One transaction: all that is written in it becomes visible at its end, or nothing. Raises StoreError.

        `beside`: an SQLite file whose tables a store in a file can read as "beside".
        """
        with self._transaction(beside if self.path is not None else None) as connection:
            yield Writer(connection, scope)

    @contextmanager
    def _transaction(self, beside: Path | None = None) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                if beside is not None:
                    connection.connection.dbapi_connection.execute("ATTACH DATABASE ? AS beside", (str(beside),))
                connection = connection.execution_options(throughline_writes=True)
                with connection.begin():
                    yield connection
        except DatabaseError as error:
            if "locked" in reason(error):
                raise SyncBusy("Another sync writes to the issue store.") from error
            raise _failure("written", error) from error


class Writer:
    """Writes rows of one scope inside one transaction; rows are tuples in the order of the table's columns."""

    def __init__(self, connection: Connection, scope: int) -> None:
        self.connection = connection
        self.scope = scope

    def add(self, table: Table, rows: Iterable[tuple]) -> None:
        """Inserts rows or replaces those with the same key; `rows` without the scope column."""
        parameters = [(self.scope, *row) for row in rows]
        if parameters:
            _upsert(self.connection, table, parameters)

    def clear(self, *tables: Table) -> None:
        """Removes all rows of the scope."""
        for table in tables:
            self.connection.execute(delete(table).where(table.c.scope == self.scope))

    def clear_versions(self, *, but_of: Sequence[str] = ()) -> None:
        """Removes the versions, but for some projects."""
        table = schema.version
        where = (table.c.scope == self.scope, table.c.project_key.not_in(list(but_of)))
        self.connection.execute(delete(table).where(*where))

    def drop_issues(self, issue_ids: Iterable[int], *tables: Table, field_ids: Sequence[str] | None = None) -> None:
        """Removes the rows of some issues; of field values only those of `field_ids` when given."""
        for some in _parts(list(issue_ids)):
            for table in tables:
                query = delete(table).where(table.c.scope == self.scope, table.c.issue_id.in_(some))
                if field_ids is not None and table is schema.field_value:
                    query = query.where(table.c.field_id.in_(list(field_ids)))
                self.connection.execute(query)

    def is_beside(self, path: Path) -> bool:
        """Whether this transaction can read that file as "beside"."""
        if self.connection.dialect.name != "sqlite":
            return False
        rows = self.connection.exec_driver_sql("PRAGMA database_list").all()
        return any(name == "beside" and Path(file).name == path.name for _, name, file in rows)

    def bury(self, issue_ids: Iterable[int], at: int) -> None:
        """Remembers issues that are removed; before their rows go."""
        issue, grave = schema.issue, schema.tombstone
        for some in _parts(sorted(issue_ids)):
            self.connection.execute(delete(grave).where(grave.c.scope == self.scope, grave.c.issue_id.in_(some)))
            names = ["scope", "issue_id", "key", "removed_at"]
            rows = select(issue.c.scope, issue.c.issue_id, issue.c.key, literal(at)).where(
                issue.c.scope == self.scope, issue.c.issue_id.in_(some)
            )
            self.connection.execute(insert(grave).from_select(names, rows))

    def unbury(self, before: int) -> None:
        """Forgets that issues were removed which are there again, or were removed before that instant (µs)."""
        issue, grave = schema.issue, schema.tombstone
        back = select(issue.c.issue_id).where(issue.c.scope == self.scope)
        done = or_(grave.c.issue_id.in_(back), grave.c.removed_at < before)
        self.connection.execute(delete(grave).where(grave.c.scope == self.scope, done))

    def unfinished(self, most: int) -> list[int]:
        """Some issues whose history or list of comments is not complete."""
        table = schema.issue
        cut = or_(table.c.history_complete.is_(False), table.c.comments_complete.is_(False))
        query = select(table.c.issue_id).where(table.c.scope == self.scope, cut)
        return list(self.connection.scalars(query.order_by(table.c.issue_id).limit(most)))

    def cut_comments(self) -> list[int]:
        """The issues whose list of comments is not complete."""
        table = schema.issue
        query = select(table.c.issue_id).where(table.c.scope == self.scope, table.c.comments_complete.is_(False))
        return list(self.connection.scalars(query))

    def commented(self, issue_ids: Iterable[int]) -> None:
        """Marks issues whose comments are all there."""
        table = schema.issue
        for some in _parts(list(issue_ids)):
            where = (table.c.scope == self.scope, table.c.issue_id.in_(some))
            self.connection.execute(update(table).where(*where).values(comments_complete=True))

    def updated(self) -> dict[int, int]:
        """Issue id → `updated` of all issues held."""
        table = schema.issue
        query = select(table.c.issue_id, table.c.updated).where(table.c.scope == self.scope)
        return {row[0]: row[1] for row in self.connection.execute(query)}

    def keys(self) -> dict[int, str]:
        """Issue id → key of all issues held."""
        table = schema.issue
        query = select(table.c.issue_id, table.c.key).where(table.c.scope == self.scope)
        return {row[0]: row[1] for row in self.connection.execute(query)}

    def linked_to(self, issue_ids: Iterable[int]) -> set[int]:
        """The issues that have a link to one of these."""
        table = schema.link
        found: set[int] = set()
        for some in _parts(sorted(issue_ids)):
            query = select(table.c.issue_id).where(table.c.scope == self.scope, table.c.other_id.in_(some))
            found.update(self.connection.scalars(query))
        return found

    def relink(self) -> None:
        """Links name the issues that are held by the keys that these have now."""
        link, issue = schema.link, schema.issue
        other = (issue.c.scope == link.c.scope, issue.c.issue_id == link.c.other_id)
        key = select(issue.c.key).where(*other).scalar_subquery()
        stale = exists().where(*other, issue.c.key != link.c.other_key)
        self.connection.execute(update(link).where(link.c.scope == self.scope, stale).values(other_key=key))

    def projects(self) -> list[str]:
        """The projects that occur in issues."""
        table = schema.issue
        query = select(table.c.project_key).where(table.c.scope == self.scope).distinct()
        return sorted(self.connection.scalars(query))

    def incomplete(self, issue_ids: Iterable[int]) -> None:
        """Marks issues whose history could not be read whole."""
        table = schema.issue
        for some in _parts(list(issue_ids)):
            where = (table.c.scope == self.scope, table.c.issue_id.in_(some))
            self.connection.execute(update(table).where(*where).values(history_complete=False))

    def finish(self, **values: Any) -> int:
        """Ends the sync well: sets the scope's values and raises its revision, which is returned."""
        table = schema.scope
        row = update(table).where(table.c.scope == self.scope)
        self.connection.execute(row.values(revision=table.c.revision + 1, **values))
        return int(self.connection.scalar(select(table.c.revision).where(table.c.scope == self.scope)) or 0)


# ---- databases


def _open_file(path: Path) -> Engine:
    if strange := stranger(path):
        raise BrokenStore(f"The issue store is broken: {strange.name} is not a file.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # before SQLite makes it readable for others
    except OSError as error:
        raise StoreError(f"The issue store cannot be opened: {reason(error)}.") from error
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False}, poolclass=NullPool
    )

    @event.listens_for(engine, "connect")
    def _tune(connection, _record) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, so that readers too get a snapshot
        # Committed is on the disk (EXTRA). No mmap: a disk that fails to give a mapped page ends the process.
        for pragma in ("journal_mode=WAL", "synchronous=EXTRA", "cache_size=-65536", "temp_store=MEMORY", "mmap_size=0",
            "journal_size_limit=67108864"):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its place at once: a reader that starts to write later could not.
        writes = connection.get_execution_options().get("throughline_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _open_server(url: str) -> Engine:
    return create_engine(url, poolclass=QueuePool, pool_pre_ping=True, isolation_level="REPEATABLE READ")


def _dialect_insert(connection: Connection):
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert

        return pg_insert
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert


def _upsert(connection: Connection, table: Table, rows: list[tuple]) -> None:
    """Insert or replace by primary key. The driver's executemany on SQLite: 5 times as fast as going through Core."""
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key.columns]
    rest = [name for name in names if name not in keys]
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        rule = ", ".join(f'"{name}" = excluded."{name}"' for name in rest)
        columns = ", ".join(f'"{name}"' for name in names)
        sql = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks}) ON CONFLICT ({", ".join(keys)}) DO {f"UPDATE SET {rule}" if rest else "NOTHING"}'  # noqa: S608 - names from our schema
        connection.exec_driver_sql(sql, rows)
        return
    statement = _dialect_insert(connection)(table)
    if not rest:
        connection.execute(statement.on_conflict_do_nothing(), [dict(zip(names, row, strict=True)) for row in rows])
        return
    statement = statement.on_conflict_do_update(index_elements=keys, set_={name: statement.excluded[name] for name in rest})  # fmt: skip
    connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def _parts(items: list) -> Iterator[list]:
    for start in range(0, len(items), _SOME):
        yield items[start : start + _SOME]


def _json(text: str, kind: type) -> Any:
    """What our own JSON in the scope says. Raises BrokenStore: a sync could not get past it."""
    try:
        found = json.loads(text)
        if isinstance(found, kind):
            return found
    except (ValueError, TypeError, RecursionError):
        pass
    raise BrokenStore("The issue store is broken: what it says of the last sync cannot be read.")


def _failure(done: str, error: BaseException) -> StoreError:
    """What a database error means: a damaged file, or one that cannot be used for now."""
    if is_damage(error):
        return BrokenStore(f"The issue store is broken: {reason(error)}.")
    return StoreError(f"The issue store cannot be {done}: {reason(error)}.")


def reason(error: BaseException) -> str:
    """The database's or system's own words, without SQL and values."""
    original = getattr(error, "orig", None) or error
    return (getattr(original, "strerror", None) or str(original)).splitlines()[0][:200]
