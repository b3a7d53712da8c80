"""Saves what can be read of a damaged record store: records cannot be fetched again from anywhere."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table

from data.platform.files import locked, temporary_beside
from data.store.corruption import is_damage, put_aside

KEPT = 10  # damaged stores that are kept: the only place of what could not be read
_BESIDE = ("-wal", "-shm", "-journal")
_STEP = 1_024  # rows that are read at once; halved down to one row around damage
_SMALLEST_ROW = 24  # bytes; no row of ours is smaller, so a file cannot hold more rows than its size says

Row = tuple[object, ...]


@dataclass(frozen=True)
class Rescued:
    """What became of a damaged store."""

    aside: Path  # where the damaged file is kept
    rows: int  # records that could be read and are in the new store
    complete: bool  # whether the end of every table was reached without a gap


def is_sound(path: Path) -> bool:
    """Whether SQLite finds the structure of the file whole; reads it all, about 10 ms for each MB. Writes nothing.

    True also where it cannot be asked, because the disk fails or it is locked: opening it says so.
    """
    if not path.exists() or path.stat().st_size == 0:  # a store that is just being made
        return True
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error as error:
        return not is_damage(error)
    except UnicodeDecodeError:  # what SQLite says of the damage contains bytes that are no text
        return False


def replace(path: Path, tables: Sequence[Table], create: Callable[[Path], None]) -> Rescued | None:
    """Put a damaged store aside and a new one with what can be read of `tables` in its place.

    `create` makes an empty store at a path. None when another program has done it meanwhile. Raises OSError,
    sqlite3.Error; then the damaged store is where it was, and a copy of it may be beside it.
    """
    with locked(path):
        if is_sound(path) and _has(path, tables):
            return None
        fresh = temporary_beside(path)
        try:
            _remove(fresh)
            create(fresh)
            rows, complete = _copy(path, fresh, tables)
            return Rescued(_exchange(path, fresh), rows, complete)
        finally:
            _remove(fresh)


def _has(path: Path, tables: Sequence[Table]) -> bool:
    """Whether all tables are there."""
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return not is_damage(error)
    return found.issuperset(each.name for each in tables)


def _exchange(path: Path, fresh: Path) -> Path:
    """The damaged file goes aside as a copy first, so that at every instant there is a store at `path`."""
    aside = put_aside(path, keep=KEPT, copy=True)
    for end in _BESIDE:  # a log of the old file must not be applied to the new one
        path.with_name(path.name + end).unlink(missing_ok=True)
    fresh.chmod(0o600)
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return aside


def _copy(damaged: Path, fresh: Path, tables: Sequence[Table]) -> tuple[int, bool]:
    """Copies rows table by table; returns how many, and whether nothing was left out.

    A copy is read, never the file itself: SQLite tidies up when it closes a database.
    """
    rows, complete = 0, True
    most = damaged.stat().st_size // _SMALLEST_ROW
    with _copied(damaged) as copy, closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(fresh)) as target:
        for pragma in ("journal_mode=DELETE", "synchronous=EXTRA"):
            target.execute(f"PRAGMA {pragma}")
        for table in tables:
            names = [each.name for each in table.columns]
            insert = f"INSERT OR IGNORE INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - our own names
            reader = _Reader(source, table.name, names, most)
            for some in reader.rows():
                fitting = [row for row in some if _fits(row, table)]
                made = target.executemany(insert, fitting).rowcount if fitting else 0
                rows += made
                complete = complete and made == len(some)
            complete = complete and reader.complete
        target.execute("INSERT OR REPLACE INTO jtbd_meta (name, value) VALUES ('revision', ?)", (_revision(source),))
        target.commit()
    return rows, complete


def _fits(row: Row, table: Table) -> bool:
    """Whether every value is of its column's type: bytes that changed can make a text of a number."""
    for value, column in zip(row, table.columns, strict=True):
        wanted = column.type.python_type
        if value is None:
            if not column.nullable:
                return False
        elif wanted is float:
            if not isinstance(value, int | float):
                return False
        elif not isinstance(value, int if wanted is bool else wanted):
            return False
    return True


def _revision(source: sqlite3.Connection) -> str:
    """A revision that no reader has seen yet."""
    with suppress(sqlite3.Error, ValueError, TypeError):
        return str(int(source.execute("SELECT value FROM jtbd_meta WHERE name = 'revision'").fetchone()[0]) + 1)
    return str(int(time.time()))


class _copied:
    """A private copy of a database with its log, removed in the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copy = temporary_beside(path)

    def __enter__(self) -> Path:
        _remove(self._copy)
        for end in ("", "-wal", "-journal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(
                    self._path.with_name(self._path.name + end), self._copy.with_name(self._copy.name + end)
                )
        return self._copy

    def __exit__(self, *_: object) -> None:
        _remove(self._copy)


class _Reader:
    """Reads a table by its row numbers, in steps that get smaller around damage."""

    def __init__(self, source: sqlite3.Connection, table: str, columns: Sequence[str], most: int) -> None:
        self._source, self._table, self._most = source, table, most
        chosen = ", ".join(f'"{each}"' for each in columns)
        self._query = f"SELECT {chosen} FROM {table} NOT INDEXED WHERE id >= ? AND id < ? ORDER BY id"  # noqa: S608 - our own names
        self.complete = True

    def rows(self) -> Iterator[list[Row]]:
        """All rows that can be read, some at a time."""
        if not self._exists():
            self.complete = False
            return
        at, step, last = 0, _STEP, self._last()
        while at <= last:
            try:
                found = self._source.execute(self._query, (at, at + step)).fetchall()
            except (sqlite3.Error, UnicodeDecodeError):
                self.complete = False
                if step > 1:
                    step = max(step // 16, 1)
                else:
                    at += 1
                continue
            yield found
            at += step
            step = min(step * 2, _STEP)

    def _exists(self) -> bool:
        with suppress(sqlite3.Error, UnicodeDecodeError):
            query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
            return bool(self._source.execute(query, (self._table,)).fetchone()[0])
        return False

    def _last(self) -> int:
        """The largest row number; where it cannot be read, the largest that a file of this size can have."""
        with suppress(sqlite3.Error, UnicodeDecodeError):
            return int(self._source.execute(f"SELECT max(id) FROM {self._table} NOT INDEXED").fetchone()[0] or 0)  # noqa: S608
        self.complete = False
        return self._most


def _remove(path: Path) -> None:
    for end in ("", *_BESIDE):
        path.with_name(path.name + end).unlink(missing_ok=True)
