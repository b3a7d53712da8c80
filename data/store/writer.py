"""Writes what was fetched into the issue store: the rows of one scope, inside one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Table, delete, exists, insert, literal, or_, select, update

from data.store import schema

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

Row = tuple[Any, ...]  # values in the order of the columns of a table
KnownName = tuple[str, str, str, bool]  # kind, id, name, whether it is the name now
T = TypeVar("T")
_SOME = 500  # ids in one query


class Writer:
    """Writes rows of one scope inside one transaction; rows are tuples in the order of the table's columns."""

    def __init__(self, connection: Connection, scope: int) -> None:
        self.connection = connection
        self.scope = scope

    def add(self, table: Table, rows: Iterable[Row]) -> None:
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
        for some in parts(list(issue_ids)):
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

    def add_tombstones(self, issue_ids: Iterable[int], at: int) -> None:
        """Remembers issues that are removed; before their rows go."""
        issue, tombstone = schema.issue, schema.tombstone
        for some in parts(sorted(issue_ids)):
            self.connection.execute(
                delete(tombstone).where(tombstone.c.scope == self.scope, tombstone.c.issue_id.in_(some))
            )
            names = ["scope", "issue_id", "key", "removed_at"]
            rows = select(issue.c.scope, issue.c.issue_id, issue.c.key, literal(at)).where(
                issue.c.scope == self.scope, issue.c.issue_id.in_(some)
            )
            self.connection.execute(insert(tombstone).from_select(names, rows))

    def remove_tombstones(self, before: int) -> None:
        """Forgets that issues were removed which are there again, or were removed before that instant (µs)."""
        issue, tombstone = schema.issue, schema.tombstone
        back = select(issue.c.issue_id).where(issue.c.scope == self.scope)
        done = or_(tombstone.c.issue_id.in_(back), tombstone.c.removed_at < before)
        self.connection.execute(delete(tombstone).where(tombstone.c.scope == self.scope, done))

    def add_names(self, names: Iterable[KnownName]) -> None:
        """Keeps names of resolutions and link types beside the earlier ones. Where one is the name now, no other is."""
        table = schema.known_name
        rows = list(names)
        held = {
            (row.kind, row.named, row.name): row.current
            for row in self.connection.execute(select(table).where(table.c.scope == self.scope))
        }
        for kind, named in dict.fromkeys((kind, named) for kind, named, _, current in rows if current):
            where = (table.c.scope == self.scope, table.c.kind == kind, table.c.named == named, table.c.current)
            self.connection.execute(update(table).where(*where).values(current=False))
        new = {(kind, named, name): current for kind, named, name, current in rows if (kind, named, name) not in held}
        now = {(kind, named, name): True for kind, named, name, current in rows if current}
        self.add(table, [(*key, current) for key, current in (new | now).items()])

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

    def silent(self) -> set[int]:
        """The issues that say nothing of their comments."""
        table = schema.issue
        query = select(table.c.issue_id).where(table.c.scope == self.scope, table.c.comments_complete.is_(None))
        return set(self.connection.scalars(query))

    def shows_comments(self) -> bool:
        """Whether some issue says something of its comments."""
        table = schema.issue
        query = select(table.c.issue_id).where(table.c.scope == self.scope, table.c.comments_complete.is_not(None))
        return self.connection.scalar(query.limit(1)) is not None

    def commented(self, issue_ids: Iterable[int]) -> None:
        """Marks issues whose comments are all there."""
        table = schema.issue
        for some in parts(list(issue_ids)):
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
        for some in parts(sorted(issue_ids)):
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
        for some in parts(list(issue_ids)):
            where = (table.c.scope == self.scope, table.c.issue_id.in_(some))
            self.connection.execute(update(table).where(*where).values(history_complete=False))

    def finish(self, **values: Any) -> int:
        """Ends the sync well: sets the scope's values and raises its revision, which is returned."""
        table = schema.scope
        row = update(table).where(table.c.scope == self.scope)
        self.connection.execute(row.values(revision=table.c.revision + 1, **values))
        return int(self.connection.scalar(select(table.c.revision).where(table.c.scope == self.scope)) or 0)


def dialect_insert(connection: Connection) -> Callable[[Table], PostgresInsert | SqliteInsert]:
    """The INSERT of this database that can say what to do where a row is there."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert

        return pg_insert
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert


def _upsert(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Insert or replace by primary key. The driver's executemany on SQLite: 5 times as fast as going through Core."""
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key.columns]
    rest = [name for name in names if name not in keys]
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        values = ", ".join(f'"{name}" = excluded."{name}"' for name in rest)
        action = f"UPDATE SET {values}" if rest else "NOTHING"
        target = f"({', '.join(keys)}) DO {action}"
        columns = ", ".join(f'"{name}"' for name in names)
        # The names are those of our schema, never what somebody wrote.
        sql = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks}) ON CONFLICT {target}'  # noqa: S608
        connection.exec_driver_sql(sql, rows)
        return
    statement = dialect_insert(connection)(table)
    if not rest:
        connection.execute(statement.on_conflict_do_nothing(), [dict(zip(names, row, strict=True)) for row in rows])
        return
    statement = statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in rest}
    )
    connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def parts(items: list[T]) -> Iterator[list[T]]:
    """Ids in portions that fit into one query."""
    for start in range(0, len(items), _SOME):
        yield items[start : start + _SOME]
