"""What a sync has read so far, in a file beside the store: readers are not disturbed, and the next sync continues one
that broke off.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from data.jira.answers import IssueType, Project, Sprint, Status
from data.store import schema
from data.store.issue_store import IssueStore, StoreError, reason
from data.store.writer import KnownName, Writer
from data.sync.parse import Seen
from data.values.json_types import JsonObject

KEPT_FOR = 24 * 3600 * 1_000_000  # µs; what is older is read anew
ROWS = (schema.issue, schema.change, schema.field_value, schema.link, schema.sprint_issue, schema.comment)
STORIED, FILLED, FILL_STORIED, INCOMPLETE, PARTLY = "storied", "filled", "fill_storied", "incomplete", "partly"
_ENDS = ("", "-wal", "-shm", "-journal")
_SOME = 20_000
log = logging.getLogger(__name__)


class _Shown(msgspec.Struct):
    """Statuses and the like that issues showed."""

    statuses: dict[str, Status]
    types: dict[str, IssueType]
    projects: dict[str, Project]
    sprints: dict[int, Sprint]
    names: list[tuple[str, str, str, str]]  # kind, id, name, name before it was translated


class Staging:
    """Rows of one sync, not seen by readers. `step()` around each answer: it is kept whole, or not at all.

    `at`, `clock`: now, in µs, by Jira's clock and by ours. `started`: `at` of the first try; `resumed`: whether an
    earlier try left something.
    """

    def __init__(self, path: Path, scope: int, question: dict[str, Any], at: int, clock: int) -> None:
        self.path, self.scope = path, scope
        question = {**question, "schema": schema.SCHEMA_VERSION}  # rows of other columns cannot be used
        try:
            self._open()
            kept = self._note("question")
            first: JsonObject = json.loads(kept) if kept else {"question": None, "at": at, "clock": clock}
            since = int(first["at"])
            fits = first["question"] == question and 0 <= clock - int(first["clock"]) < KEPT_FOR
        except (DatabaseError, ValueError, KeyError, TypeError) as error:
            log.info("what an earlier sync read cannot be used: %s", reason(error))
            fits = kept = None
            self.close()
            self.remove()
            self._open()
        if kept is not None and not fits:
            self.close()
            self.remove()
            self._open()
        self.resumed = bool(fits)
        self.started: int = since if fits else at
        if not fits:
            with self.step():
                self.note("question", json.dumps({"question": question, "at": at, "clock": clock}))

    def _open(self) -> None:
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        self._engine = create_engine(
            f"sqlite:///{self.path}", connect_args={"check_same_thread": False}, poolclass=NullPool
        )

        @event.listens_for(self._engine, "connect")
        def _tune(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-16384", "mmap_size=0"):
                connection.execute(f"PRAGMA {pragma}")

        self._connection = self._engine.connect()
        schema.metadata.create_all(self._connection, tables=list(ROWS))
        for sql in (
            "CREATE TABLE IF NOT EXISTS mark (kind TEXT, issue_id INTEGER, PRIMARY KEY (kind, issue_id)) WITHOUT ROWID",
            "CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT)",
        ):
            self._connection.execute(text(sql))
        self._connection.commit()
        self.writer = Writer(self._connection, self.scope)

    @contextmanager
    def step(self) -> Iterator[Writer]:
        """All that is written in it is kept, also if the program ends right after. Raises StoreError."""
        try:
            yield self.writer
            self._connection.commit()
        except (DatabaseError, OSError) as error:
            with suppress(DatabaseError):
                self._connection.rollback()
            raise StoreError(f"What the sync reads cannot be kept: {reason(error)}.") from error

    def close(self) -> None:
        """Leaves the file for the next try."""
        with suppress(DatabaseError, AttributeError):
            self._connection.close()
        self._engine.dispose()

    def remove(self) -> None:
        """Removes the file; after `close`."""
        for end in _ENDS:
            with suppress(OSError):
                self.path.with_name(self.path.name + end).unlink()

    # ---- notes

    def note(self, name: str, value: str) -> None:
        """Keeps a text."""
        sql = "INSERT INTO note VALUES (:n, :v) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        self._connection.execute(text(sql), {"n": name, "v": value})

    def _note(self, name: str) -> str | None:
        found: str | None = self._connection.scalar(text("SELECT value FROM note WHERE name = :n"), {"n": name})
        return found

    def reached(self, newest: int) -> int:
        """The newest `updated` that the first of several tries had brought, 0 without earlier tries; µs."""
        if kept := self._note("reached"):
            return int(kept)
        if newest:
            with self.step():
                self.note("reached", str(newest))
        return newest

    def mark(self, kind: str, issue_ids: Collection[int]) -> None:
        """Keeps that something is done for these issues."""
        if issue_ids:
            rows = [(kind, each) for each in issue_ids]
            self._connection.exec_driver_sql("INSERT OR IGNORE INTO mark VALUES (?, ?)", rows)

    def unmark(self, kind: str, issue_ids: Collection[int]) -> None:
        """Takes marks back."""
        if not issue_ids:
            return
        rows = [(kind, each) for each in issue_ids]
        self._connection.exec_driver_sql("DELETE FROM mark WHERE kind = ? AND issue_id = ?", rows)

    def marked(self, kind: str) -> set[int]:
        """The issues for which it is done."""
        return set(self._connection.scalars(text("SELECT issue_id FROM mark WHERE kind = :k"), {"k": kind}))

    def keep_seen(self, seen: Seen) -> None:
        """Keeps the statuses and the like that issues showed."""
        names = [(*key, *both) for key, both in seen.names.items()]
        shown = _Shown(seen.statuses, seen.types, seen.projects, seen.sprints, names)
        self.note("seen", msgspec.json.encode(shown).decode())

    def seen(self) -> Seen:
        """What was kept of them."""
        seen = Seen()
        if kept := self._note("seen"):
            shown = msgspec.json.decode(kept, type=_Shown)
            seen.statuses, seen.types = shown.statuses, shown.types
            seen.projects, seen.sprints = shown.projects, shown.sprints
            seen.names = {(kind, named): (name, plain) for kind, named, name, plain in shown.names}
        return seen

    def keys(self, issue_ids: Collection[int]) -> dict[int, str]:
        """Keys of some issues."""
        table = schema.issue
        query = table.select().where(table.c.issue_id.in_(list(issue_ids)[:500]))
        return {row.issue_id: row.key for row in self._connection.execute(query)} if issue_ids else {}

    # ---- into the store

    def publish(self, writer: Writer, *, everything: bool, held: Collection[str], filled: Collection[str]) -> None:
        """Puts the rows in the place of those that the store holds.

        `held`: field ids whose values came with whole issues; `filled`: those that were filled in for other issues.
        """
        if everything:
            writer.clear(*ROWS)
        else:
            fresh = self.writer.updated()
            writer.drop_issues(fresh, schema.link, schema.sprint_issue, schema.comment)
            writer.drop_issues(fresh, schema.field_value, field_ids=sorted(held))
            writer.drop_issues(self.marked(FILLED), schema.field_value, field_ids=sorted(filled))
            writer.drop_issues(self.marked(STORIED), schema.change)
        attached = writer.is_beside(self.path)
        for table in ROWS:
            if attached:
                names = ", ".join(f'"{column.name}"' for column in table.columns)
                sql = f'INSERT OR REPLACE INTO main."{table.name}" ({names}) SELECT {names} FROM beside."{table.name}"'  # noqa: S608 - names from our schema
                writer.connection.exec_driver_sql(sql)
                continue
            rows = self._connection.execute(table.select())
            for some in rows.partitions(_SOME):
                writer.add(table, [tuple(row)[1:] for row in some])
        writer.incomplete(self.marked(INCOMPLETE))
        writer.add_names(self._resolutions_of_histories())

    def _resolutions_of_histories(self) -> list[KnownName]:
        """What resolutions were called when they were set or taken away."""
        table = schema.change
        found = []
        for number, name in ((table.c.from_id, table.c.from_name), (table.c.to_id, table.c.to_name)):
            query = select(number, name).where(table.c.field == "resolution", number != "", name != "").distinct()
            found += [("resolution", row[0], row[1], False) for row in self._connection.execute(query)]
        return found


@contextmanager
def staged(store: IssueStore, scope: int, question: dict[str, Any], at: int, clock: int) -> Iterator[Staging]:
    """What is read for `question`, going on where an earlier try for the same question broke off. Raises StoreError.

    The file goes when the context ends well. A database server has no folder for it: there a sync begins anew.
    """
    folder = None
    if store.path is None:
        folder = Path(tempfile.mkdtemp(prefix="throughline-"))
        path = folder / "staged"
    else:
        path = store.path.with_name(f"{store.path.name}.{scope}.staged")
    try:
        try:
            found = Staging(path, scope, question, at, clock)
        except (DatabaseError, OSError) as error:
            raise StoreError(f"What the sync reads cannot be kept: {reason(error)}.") from error
        try:
            yield found
        except BaseException:
            found.close()
            raise
        found.close()
        found.remove()
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
