"""Connections to the record store: a file with a write-ahead log, or a database server."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, QueuePool

from data.store import migrate
from data.store.corruption import stranger
from data.store.journal import is_only_readable, make_private, open_read_only, write_ahead

_BUSY_SECONDS = 30


def plain_rows(connection: Connection, query: Any) -> list[tuple[Any, ...]]:
    """Plain tuples. On SQLite by the driver: three times as fast as rows of SQLAlchemy."""
    if connection.dialect.name != "sqlite":
        return [tuple(row) for row in connection.execute(query)]
    compiled = query.compile(dialect=connection.dialect)
    values = [compiled.params[name] for name in compiled.positiontup or ()]
    cursor = connection.connection.cursor()
    cursor.execute(str(compiled), values)
    rows: list[tuple[Any, ...]] = list(cursor.fetchall())
    return rows


def upsert(connection: Connection) -> Any:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert

        return pg_insert
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert


def file_engine(path: Path) -> Engine:
    """Connections to a file, made private if it is new. Raises OSError for what cannot be one."""
    if strange := stranger(path):
        raise OSError(errno.EINVAL, f"{strange.name} is not a file")
    if is_only_readable(path):
        return _reading_engine(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_private(path)  # before SQLite makes it readable for others
    # Connections are kept: closing the last one makes SQLite tidy up, which costs more than the write itself.
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}, poolclass=QueuePool
    )

    @event.listens_for(engine, "connect")
    def _tune(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _identity(path)
        connection.isolation_level = None
        write_ahead(connection, _BUSY_SECONDS)
        for pragma in ("synchronous=EXTRA", "mmap_size=0"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "checkout")
    def _is_the_same(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        """What is written to a file that was replaced would be lost."""
        if record.info.get("file") != _identity(path):
            raise DisconnectionError

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("throughline_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _reading_engine(path: Path) -> Engine:
    """For a user who may not write; each connection is new, so that it sees what was written meanwhile."""
    engine = create_engine("sqlite://", creator=lambda: open_read_only(path, _BUSY_SECONDS), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _tune(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA query_only=1")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _identity(path: Path) -> tuple[int, int, int] | None:
    """Which file that is; and which process, since a connection does not survive a fork."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, os.getpid()


def server_engine(url: str) -> Engine:
    return create_engine(url, poolclass=QueuePool, pool_pre_ping=True)


def make_empty(path: Path) -> None:
    """An empty store as one file. Raises OSError, sqlite3.Error."""
    engine = create_engine(f"sqlite:///{path}")
    try:
        make_private(path)
        with engine.begin() as connection:
            migrate.prepare(connection, migrate.RECORDS)
    except DatabaseError as error:
        raise (error.orig if isinstance(error.orig, sqlite3.Error) else OSError(str(error))) from error
    finally:
        engine.dispose()
