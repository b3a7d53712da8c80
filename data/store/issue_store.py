"""The issue store: what was fetched from Jira, in SQLite, one revision after the other. PostgreSQL would do; no setting
chooses it yet.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    create_engine,
    delete,
    event,
    select,
    text,
    update,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, QueuePool

from data.jira.errors import JiraError, SyncBusy
from data.platform.logs import SECRETS
from data.store import migrate, schema
from data.store.commits import CommitWatch, Mark
from data.store.corruption import is_damage, stranger
from data.store.journal import is_only_readable, make_private, open_read_only, state_of, write_ahead
from data.store.writer import Writer, dialect_insert, parts
from data.values.periods import known_zone

log = logging.getLogger(__name__)

TENANT = "local"
_WHOLE = ("revision", "synced_at", "cursor", "full_at", "census_at")
_LAST = 253_370_764_800_000_000  # 9999, µs
_BUSY_MS = 60_000  # a large sync is put in its place in some seconds


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
    advice = "Nothing was changed. Update the program, or move the store file away: a sync fills a new one."


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
        return set(mapped) - schema.OWN_COLUMN - self.fetched_fields


class IssueStore:
    """Opens (creates, migrates) the store at a path or a database URL. Raises StoreError, NewerStore, BrokenStore.

    Readers get a snapshot: `with store.reading() as connection` sees one revision, also while a sync writes.
    """

    def __init__(self, url_or_path: str | os.PathLike[str]) -> None:
        place = os.fspath(url_or_path)
        self.path = None if "://" in place else Path(place)
        self.is_read_only = self.path is not None and is_only_readable(self.path)
        self.engine = _open_file(self.path) if self.path else _open_server(place)
        self.emptied: int | None = None  # the version of the schema that it had, if it was too old to be kept
        self._watch = CommitWatch(self.path) if self.path else None
        self._scopes: dict[tuple[str, str], tuple[Mark, ScopeRow | None]] = {}
        try:
            self._prepare()
        except (DatabaseError, OSError, ValueError) as error:
            self.engine.dispose()
            raise _failure("opened", error) from error
        except StoreError:
            self.engine.dispose()
            raise

    def _prepare(self) -> None:
        try:
            done = migrate.bring_up(self.engine, self.path, migrate.ISSUES, may_write=not self.is_read_only)
        except migrate.MayNotWrite as error:
            raise StoreError(
                "The issue store is of an earlier version, and this user may not write to it.",
                hint="Run any command once as the user who owns the state folder.",
            ) from error
        except migrate.NewerSchema as error:
            raise NewerStore from error
        except migrate.MigrationFailed as error:
            raise StoreError(
                "The issue store was written by an earlier version of this program and could not be brought to "
                "this one: "
                f"{reason(error.__cause__ or error)}.",
                hint="Nothing in it was changed. Make room on the disk and try again; or use the earlier version, or "
                "move the store file away: a sync fills a new one.",
            ) from error
        self.emptied = done.version_before if done.emptied else None

    def close(self) -> None:
        """Gives the database back."""
        if self._watch:
            self._watch.close()
        self.engine.dispose()

    # ---- scopes

    def scope_for(self, site_url: str, jql: str) -> ScopeRow | None:
        """What is held of a site and query; None before the first sync was started.

        It is read again only after something was written to the store, by whatever process.
        """
        mark = self._watch.mark() if self._watch else None  # before the reading: what is written meanwhile ends it
        known = self._scopes.get((site_url, jql))
        if known is not None and known[0] == mark:
            return known[1]
        found = self._read_scope(site_url, jql)
        if mark is not None:
            self._scopes[site_url, jql] = (mark, found)
        return found

    def _read_scope(self, site_url: str, jql: str) -> ScopeRow | None:
        table = schema.scope
        query = select(table).where(table.c.tenant == TENANT, table.c.site_url == site_url, table.c.jql == jql)
        with self.reading() as connection:
            return self._scope_row(connection, connection.execute(query).mappings().first())

    def scope_row(self, scope: int) -> ScopeRow | None:
        """The same by number."""
        with self.reading() as connection:
            query = select(schema.scope).where(schema.scope.c.scope == scope)
            return self._scope_row(connection, connection.execute(query).mappings().first())

    def _scope_row(self, connection: Connection, row: RowMapping | None) -> ScopeRow | None:
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
            made = dialect_insert(connection)(schema.scope).values(**row).on_conflict_do_nothing()
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
        before = state_of(self.path) if self.path and self.is_read_only else None
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
        if before is not None and self.path and state_of(self.path) != before:
            raise StoreError("The issue store was written to while it was read.", hint="Try again.")

    def summaries(self, scope: int, issue_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Key and summary of some issues."""
        table = schema.issue
        found: dict[int, tuple[str, str]] = {}
        with self.reading() as connection:
            for some in parts([int(each) for each in issue_ids]):
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
                    connection.connection.cursor().execute("ATTACH DATABASE ? AS beside", (str(beside),))
                connection = connection.execution_options(throughline_writes=True)
                with connection.begin():
                    yield connection
        except DatabaseError as error:
            if "locked" in reason(error):
                raise SyncBusy("Another sync writes to the issue store.") from error
            raise _failure("written", error) from error


# ---- databases


def _open_file(path: Path) -> Engine:
    if strange := stranger(path):
        raise BrokenStore(f"The issue store is broken: {strange.name} is not a file.")
    if is_only_readable(path):
        return _open_to_read(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_private(path)  # before SQLite makes it readable for others
    except OSError as error:
        raise StoreError(f"The issue store cannot be opened: {reason(error)}.") from error
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False}, poolclass=NullPool
    )

    @event.listens_for(engine, "connect")
    def _tune(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, so that readers too get a snapshot
        write_ahead(connection, _BUSY_MS / 1000)
        # Committed is on the disk (EXTRA). No mmap: a disk that fails to give a mapped page ends the process.
        for pragma in (
            "synchronous=EXTRA",
            "cache_size=-65536",
            "temp_store=MEMORY",
            "mmap_size=0",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its place at once: a reader that starts to write later could not.
        writes = connection.get_execution_options().get("throughline_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _open_to_read(path: Path) -> Engine:
    """For a user who may not write: readers get a snapshot, a writer an error."""
    engine = create_engine("sqlite://", creator=lambda: open_read_only(path, _BUSY_MS / 1000), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _tune(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("cache_size=-65536", "temp_store=MEMORY", "mmap_size=0", "query_only=1"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _open_server(url: str) -> Engine:
    return create_engine(url, poolclass=QueuePool, pool_pre_ping=True, isolation_level="REPEATABLE READ")


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
    text = SECRETS.clean(getattr(original, "strerror", None) or str(original) or type(original).__name__)
    return SECRETS.shorten(text.splitlines()[0], 200)
