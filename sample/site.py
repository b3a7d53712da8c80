"""A Jira site as plain data: what the generator makes, the replay reads and the server serves."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

import msgspec

DONE, PROGRESS, NEW = "done", "indeterminate", "new"
CATEGORIES = {
    NEW: {"id": 2, "key": NEW, "colorName": "blue-gray", "name": "To Do"},
    PROGRESS: {"id": 4, "key": PROGRESS, "colorName": "yellow", "name": "In Progress"},
    DONE: {"id": 3, "key": DONE, "colorName": "green", "name": "Done"},
}
_NOBODY = array("q")


class SampleError(Exception):
    """The sample site cannot be made or served; the message says why and what to do."""


class Issue:
    """One issue. `fields` holds only what is set; each history is kept as the JSON it is served as, oldest first."""

    __slots__ = ("comments", "fields", "histories", "id", "key", "touched")

    def __init__(self, number: int, key: str, fields: dict[str, Any]) -> None:
        self.id = number
        self.key = key
        self.fields = fields
        self.histories: list[bytes] = []
        self.touched: list[tuple[str, ...]] = []  # for each history the field ids in it
        self.comments = _NOBODY  # generated ones: instant in seconds and person by turns; files have them in `fields`

    def add_history(self, history: dict[str, Any]) -> None:
        """Append one history entry; entries come oldest first."""
        self.histories.append(msgspec.json.encode(history))
        self.touched.append(_field_ids(history.get("items", ())))

    def changes(self) -> Iterator[dict[str, Any]]:
        """The history entries as Jira-shaped dicts, oldest first."""
        return (msgspec.json.decode(raw) for raw in self.histories)

    def to_dict(self) -> dict[str, Any]:
        """The whole issue in Jira's shape, with a complete changelog, newest first as Cloud gives it."""
        histories = list(self.changes())[::-1]
        changelog = {"startAt": 0, "maxResults": len(histories), "total": len(histories), "histories": histories}
        return {"id": str(self.id), "key": self.key, "fields": dict(self.fields), "changelog": changelog}


_SEEN_IDS: dict[tuple[str, ...], tuple[str, ...]] = {}


def _field_ids(items: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """One shared tuple for each combination of ids, so that millions of histories stay small."""
    ids = tuple(str(item.get("fieldId") or item.get("field") or "") for item in items)
    return _SEEN_IDS.setdefault(ids, ids)


@dataclass
class Site:
    """All that a Jira site knows. `now` is the instant it stands at; None means the time of the question."""

    title: str
    zone: str
    now: datetime | None
    issues: list[Issue]
    fields: list[dict[str, Any]]
    statuses: list[dict[str, Any]]
    projects: list[dict[str, Any]]  # each with `versions`, `components` and `issueTypes`
    sprints: list[dict[str, Any]] = field(default_factory=list)
    boards: list[dict[str, Any]] = field(default_factory=list)
    link_types: list[dict[str, Any]] = field(default_factory=list)
    issue_types: list[dict[str, Any]] = field(default_factory=list)
    priorities: list[dict[str, Any]] = field(default_factory=list)
    resolutions: list[dict[str, Any]] = field(default_factory=list)
    generated: bool = False

    def clock(self) -> datetime:
        """The instant the site stands at, aware UTC."""
        return self.now or datetime.now(UTC)

    @cached_property
    def by_id(self) -> dict[int, Issue]:
        """Issue id → issue."""
        return {issue.id: issue for issue in self.issues}

    @cached_property
    def by_key(self) -> dict[str, Issue]:
        """Issue key → issue."""
        return {issue.key: issue for issue in self.issues}

    @cached_property
    def field_ids(self) -> dict[str, dict[str, Any]]:
        """Field id → field."""
        return {each["id"]: each for each in self.fields}

    def custom(self, plugin_key: str) -> str | None:
        """Id of the field whose schema names this plugin type ("gh-sprint"), or None."""
        for each in self.fields:
            if str((each.get("schema") or {}).get("custom", "")).endswith(plugin_key):
                return str(each["id"])
        return None


def last_instant(day: date, zone: Any) -> datetime:
    """The last second of the local date, as UTC."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=zone).astimezone(UTC)
