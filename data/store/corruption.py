"""A damaged issue store: told from passing trouble, and put aside so that a sync can fill a new one."""

from __future__ import annotations

import errno
import sqlite3
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from data.platform.files import quarantine

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


def put_aside(path: Path) -> Path:
    """Move a database with its journals to `<path>.broken-<UTC time>`, and return where it is. Raises OSError."""
    try:
        aside = quarantine(path)
    except FileNotFoundError:  # only its journals are left
        aside = path.with_name(f"{path.name}.broken-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
    for end in _BESIDE:
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).replace(aside.with_name(aside.name + end))
    whole = sorted(each for each in path.parent.glob(f"{path.name}.broken-*") if not each.name.endswith(_BESIDE))
    for old in whole[:-KEPT]:
        for end in ("", *_BESIDE):
            with suppress(OSError):
                old.with_name(old.name + end).unlink()
    return aside
