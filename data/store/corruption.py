"""A damaged issue store: distinguished from temporary errors, and moved aside so that a sync can fill a new one."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

KEPT = 2  # these files can be large
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_MISMATCH}
_CUT = 522  # SQLITE_IOERR_SHORT_READ: the file ends in the middle
_WORDS = (
    "no such table",
    "no such column",
    "has no column",
    "malformed",
    "could not decode",
    "unsupported file format",
)
_BESIDE = ("-wal", "-shm", "-journal")


def is_damage(error: BaseException) -> bool:
    """Whether the file itself is wrong, so that trying again cannot help; a full disk or a busy file is not damage.

    >>> is_damage(sqlite3.DatabaseError("database disk image is malformed"))
    True
    >>> is_damage(sqlite3.OperationalError("database is locked"))
    False
    """
    original = getattr(error, "orig", None) or error
    if isinstance(original, ValueError):  # a number of ours that is none
        return True
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None and (code & 0xFF in _DAMAGE or code == _CUT):
        return True
    return isinstance(original, sqlite3.Error) and any(word in str(original).lower() for word in _WORDS)


def is_corrupt(error: BaseException) -> bool:
    """Whether SQLite itself says that the file is broken; words about tables and columns do not count.

    >>> is_corrupt(sqlite3.OperationalError("no such column: x"))
    False
    """
    code = getattr(getattr(error, "orig", None) or error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or code == _CUT)


def stranger(path: Path) -> Path | None:
    """Which of the database and its journals is a folder, a pipe or a device; opening one could wait for ever."""
    for end in ("", *_BESIDE):
        each = path.with_name(path.name + end)
        try:
            if not stat.S_ISREG(each.stat().st_mode):
                return each
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno == errno.ELOOP:
                return each
    return None


def put_aside(path: Path, *, keep: int = KEPT, copy: bool = False) -> Path:
    """Move a database with its journals to `<path>.broken-<UTC time>`, and return where it is. Raises OSError.

    `keep`: how many such files stay, the oldest go. `copy`: the database stays where it is, too.
    """
    aside = path.with_name(f"{path.name}.broken-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
    for end in ("", *_BESIDE):  # perhaps only its journals are left
        with suppress(FileNotFoundError):
            _put(path.with_name(path.name + end), aside.with_name(aside.name + end), copy=copy)
    whole = sorted(each for each in path.parent.glob(f"{path.name}.broken-*") if not each.name.endswith(_BESIDE))
    for old in whole[:-keep]:
        for end in ("", *_BESIDE):
            with suppress(OSError):
                old.with_name(old.name + end).unlink()
    return aside


def _put(source: Path, target: Path, *, copy: bool) -> None:
    if not copy:
        source.replace(target)
        return
    if source.name.endswith("-shm") or not source.stat().st_size:
        return  # the index of the log is made anew by whoever opens it
    with source.open("rb") as old, target.open("xb") as new:
        target.chmod(0o600)
        shutil.copyfileobj(old, new)
        new.flush()
        os.fsync(new.fileno())
