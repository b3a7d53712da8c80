"""How our SQLite files keep readers and a writer apart: the write-ahead log."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from contextlib import suppress
from pathlib import Path


def make_private(path: Path) -> None:
    """Make an empty database file that only its owner can read; one that is there stays as it is.

    Such a file is not even opened: closing it would take away the locks that SQLite has on it in this process, and
    another process could then put its journal away. Raises OSError when it cannot be made, or not be read and written.
    """
    if not os.access(path, os.R_OK | os.W_OK):
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            return
        os.close(os.open(path, os.O_RDWR))


def is_only_readable(path: Path) -> bool:
    """Whether the file is there, and this user may not write to it or beside it (where its log would be)."""
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK))


def open_read_only(path: Path, seconds: float) -> sqlite3.Connection:
    """A connection that writes nothing, not even beside the file. Raises sqlite3.Error.

    Without a log the file is read as one that does not change: whoever reads compares `state_of` before and after. With
    a log its index must be there too: somebody who may write is using the file.
    """
    log = path.with_name(f"{path.name}-wal")
    fixed = "" if log.exists() and log.stat().st_size else "&immutable=1"
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro{fixed}", uri=True, timeout=seconds, check_same_thread=False
    )


def state_of(path: Path) -> tuple[tuple[int, int, int] | None, ...]:
    """Changes whenever the file or its log is written: identity, size and time of both."""
    found: list[tuple[int, int, int] | None] = []
    for each in (path, path.with_name(f"{path.name}-wal")):
        try:
            facts = each.stat()
        except OSError:
            found.append(None)
        else:
            found.append((facts.st_ino, facts.st_size, facts.st_mtime_ns))
    return tuple(found)


def write_ahead(connection: sqlite3.Connection, seconds: float) -> None:
    """Turn on the write-ahead log (WAL); nothing is done to a file that has it already.

    SQLite's own timeout does not hold here: where two processes open a new file in the same moment, the second one is
    told at once that the database is locked. So we wait, for up to `seconds`. Raises sqlite3.OperationalError then.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if time.monotonic() > deadline:
                raise
        time.sleep(random.uniform(0.002, 0.02))  # noqa: S311 - not a secret
