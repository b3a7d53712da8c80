"""Whether anything was committed to an SQLite file since the last check, found out in microseconds and without reading
the file.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

Mark = tuple[int, ...]
_WAIT = 1.0  # seconds for a file that another process is just recovering
_TRIES = 3  # to open a file that is being replaced
_abandoned: list[sqlite3.Connection] = []  # of the parent process: closing them here could take its locks away


class CommitWatch:
    """Follows the commits to one SQLite file by all threads and processes. Safe in several threads.

    SQLite counts the commits of other connections (`PRAGMA data_version`), so the watch keeps a connection of its own,
    by which nothing is ever read or written. Who replaces or damages the file without SQLite changes what the system
    says of it: its identity, size or time.
    """

    def __init__(self, path: Path) -> None:
        """Opens nothing yet."""
        self._file = path.absolute()
        self._log = self._file.with_name(f"{path.name}-wal")
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._watched: Mark = ()  # the files of the connection, and its process
        self._opened = 0

    def mark(self) -> Mark | None:
        """Equal to an earlier mark if nothing was written in between; None when that cannot be told."""
        with self._guard:
            try:
                for _ in range(_TRIES):
                    if self._connection is None or self._watched[0] != os.getpid():
                        self._close()
                        self._open()
                    version = self._version()
                    file, log = _facts(self._file), _facts(self._log)
                    if self._watched == (os.getpid(), *file[:2], *log[:2]):
                        return (self._opened, version, *file, *log)
                    self._close()
            except (sqlite3.Error, OSError):
                pass
            self._close()
            return None

    def close(self) -> None:
        """Lets go of the file; the next mark opens it again."""
        with self._guard:
            self._close()

    def _open(self) -> None:
        before = _facts(self._file)[:2]
        if not before:
            raise FileNotFoundError(self._file)
        self._connection = sqlite3.connect(
            f"{self._file.as_uri()}?mode=rw", uri=True, timeout=_WAIT, isolation_level=None, check_same_thread=False
        )
        self._version()  # opens the file and its log
        self._opened += 1
        self._watched = (os.getpid(), *before, *_facts(self._log)[:2])  # of this process: no connection survives a fork

    def _version(self) -> int:
        assert self._connection is not None  # noqa: S101 - for the type checker
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if self._watched and self._watched[0] != os.getpid():
            _abandoned.append(connection)
            return
        with suppress(sqlite3.Error):
            connection.close()


def _facts(path: Path) -> Mark:
    """Device, number, size and time of a file; nothing where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
