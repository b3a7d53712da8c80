"""How our SQLite files keep readers and a writer apart: the write-ahead log."""

from __future__ import annotations

import random
import sqlite3
import time


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
