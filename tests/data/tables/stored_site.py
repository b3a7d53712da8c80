"""One scope of an issue store, filled row by row."""

from __future__ import annotations

import json
from typing import Any

from data.store import schema
from data.store.issue_store import IssueStore
from data.tables.tidy import Tables, read

STATUSES = [("1", "To Do", "new"), ("2", "In Progress", "indeterminate"), ("3", "Done", "done")]
TYPES = [("10", "Story", False, 0), ("11", "Sub-task", True, -1), ("12", "Epic", False, 1)]


class Site:
    """One scope of a store, filled row by row with what matters to a test; the rest gets a plain value."""

    def __init__(self, store: IssueStore, jql: str = "", zone: str = "Europe/Berlin") -> None:
        self.store, self.number, self.count = store, store.open_scope("https://jira.example", jql), 0
        with store.engine.begin() as connection:
            connection.execute(
                schema.scope.update().where(schema.scope.c.scope == self.number).values(zone=zone, revision=7)
            )
        for status_id, name, category in STATUSES:
            self.add(schema.status, status_id=status_id, name=name, category=category)
        for type_id, name, subtask, level in TYPES:
            self.add(schema.issue_type, type_id=type_id, name=name, subtask=subtask, hierarchy=level)

    def add(self, table: Any, **values: Any) -> None:
        with self.store.engine.begin() as connection:
            connection.execute(table.insert().values(scope=self.number, **values))

    def issue(self, issue_id: int, **values: Any) -> None:
        plain = {
            "key": f"P-{issue_id}",
            "project_key": "P",
            "type_id": "10",
            "status_id": "1",
            "created": 1_000,
            "updated": 2_000,
        }
        self.add(schema.issue, issue_id=issue_id, **{**plain, **values})

    def change(
        self, issue_id: int, when: int, old: str | None, new: str | None, *, field: str = "status", **more: Any
    ) -> None:
        self.count += 1
        values = {"history_id": self.count, "item": 0, "from_name": None, "to_name": None, **more}
        self.add(schema.change, issue_id=issue_id, field=field, at=when, from_id=old, to_id=new, **values)

    def value(self, issue_id: int, field_id: str, value: Any) -> None:
        self.add(schema.field_value, issue_id=issue_id, field_id=field_id, value=json.dumps(value))

    def tables(self, **mapping: str) -> Tables:
        with self.store.reading() as connection:
            return read(connection, self.number, mapping)
