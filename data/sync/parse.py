"""Jira's JSON as rows of the issue store: instants as microseconds, links as read from the issue, only what metrics
use.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from data.jira import comments, entities, sprints
from data.jira.answers import CommentPage, History, Issue, IssueType, JiraField, Project, Sprint, Status
from data.jira.fields import is_epic_link
from data.jira.instants import instant, instant_of_field
from data.jira.nesting import is_deep
from data.platform.logs import SECRETS
from data.settings.fields import FIELDS, UNTRANSLATED, is_flag
from data.store.schema import OWN_COLUMN
from data.store.writer import Row
from data.values.json_types import JsonObject
from data.values.names import name_key

# What every sync asks for, besides the mapped fields.
STANDARD = (
    "summary", "project", "issuetype", "status", "resolution", "resolutiondate", "created", "updated", "duedate",
    "assignee", "priority", "labels", "components", "fixVersions", "issuelinks", "parent", "comment",
)  # a table: kept in its rows  # fmt: skip
# Histories are kept of these; by id, or by name where Jira gives no id.
_KEPT_IDS = ("status", "resolution", "assignee", "fixVersions", "issuetype", "project", "labels")
_KEPT_NAMES = {
    "status": "status", "resolution": "resolution", "assignee": "assignee", "labels": "labels", "project": "project",
    "key": "key", "issuetype": "issuetype", "issue type": "issuetype", "fixversions": "fixVersions",
    "fix version": "fixVersions", "fix version/s": "fixVersions", "sprint": "sprint", "flagged": "flagged",
    "impediment": "impediment",
}  # a table: kept in its rows  # fmt: skip


@dataclass(frozen=True)
class WantedFields:
    """Which fields a sync fetches, and of which it keeps the history."""

    values: frozenset[str]  # field ids whose value goes to field_value
    history: frozenset[str]  # field ids whose changes are kept
    names: Mapping[str, str]  # folded names and the ids they stand for, where Jira gives no id
    sprints: frozenset[str] = frozenset()  # field ids whose value says in which sprints an issue is

    @property
    def value_fields(self) -> frozenset[str]:
        """The fields, besides the standard ones, whose values are kept."""
        return self.values | self.sprints

    @property
    def search(self) -> list[str]:
        """The fields to ask a search for."""
        return [*STANDARD, *sorted(self.value_fields - set(STANDARD))]


def wanted_fields(fields: Iterable[JiraField], mapped: Collection[str]) -> WantedFields:
    """From the site's fields and the mapped ids: mapped values, flags, Data Center's Epic Link; history of sprint,
    flags and mapped numbers.
    """
    flags, epics, sprints, history, names = set(), set(), set(), set(_KEPT_IDS), dict(_KEPT_NAMES)
    for each in fields:
        name, custom = name_key(each.name), str(each.schema.get("custom", ""))
        if is_epic_link(each.name, custom, custom=each.custom):
            epics.add(each.id)
        plain = str(each.schema.get(UNTRANSLATED) or "")
        if is_flag(name, plain):
            flags.add(each.id)
        elif "gh-sprint" in custom or ("sprint" in (name, name_key(plain)) and each.custom):
            sprints.add(each.id)
        elif not _with_history(each, mapped):
            continue
        history.add(each.id)
        names |= {name: each.id} | ({name_key(plain): each.id} if plain else {})
    return WantedFields((frozenset(mapped) | flags | epics) - OWN_COLUMN, frozenset(history), names, frozenset(sprints))


def _with_history(field: JiraField, mapped: Collection[str]) -> bool:
    """Whether changes of a mapped field are kept: of estimates, and of choices, of which one may be the flag."""
    return field.id in mapped and (field.kind == "number" or field.kind in FIELDS["flagged"].kinds)


@dataclass
class Rows:
    """Rows for the store's tables, without the scope; tuples in the order of the columns."""

    issue: list[Row] = field(default_factory=list)
    change: list[Row] = field(default_factory=list)
    field_value: list[Row] = field(default_factory=list)
    link: list[Row] = field(default_factory=list)
    sprint_issue: list[Row] = field(default_factory=list)
    comment: list[Row] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # of one issue: names of fields that cannot be read

    def extend(self, other: Rows) -> None:
        """Adds the rows of another."""
        self.issue += other.issue
        self.change += other.change
        self.field_value += other.field_value
        self.link += other.link
        self.sprint_issue += other.sprint_issue
        self.comment += other.comment


class Unreadable(ValueError):
    """An issue (or part of it) has a shape we do not know; the message names the issue where it is known."""


def issue_rows(issue: Issue, wants: WantedFields, seen: Seen, *, history_complete: bool = True) -> Rows:
    """The rows of one issue, without its changes. Raises Unreadable."""
    number, fields = entities.whole(issue.id), issue.fields
    created = instant_of_field(fields.get("created"))
    if number is None:
        raise Unreadable(f"{issue.key}: its id {SECRETS.shorten(str(issue.id), 40)!r} is no number that can be kept")
    if created is None:
        raise Unreadable(f"{issue.key}: it has no creation date that can be read")
    if not issue.key:
        raise Unreadable(f"Issue {number}: it has no key")
    status = seen.status(fields.get("status"))
    kind = seen.issue_type(fields.get("issuetype"))
    project = seen.project(fields.get("project"), issue.key)
    assignee = fields.get("assignee")
    assignee = assignee if isinstance(assignee, dict) else {}
    parent = fields.get("parent")
    shown = comments.of_field(fields.get(comments.FIELD))
    found = Rows()
    found.issue.append(
        (
            number,
            issue.key,
            project,
            kind,
            status,
            _text(fields.get("summary")) or "",
            _name(fields.get("resolution")),
            _name(fields.get("priority")),
            _text(assignee.get("accountId") or assignee.get("key") or assignee.get("name")),
            _text(assignee.get("displayName") or assignee.get("name")),
            entities.whole(parent.get("id")) if isinstance(parent, dict) else None,
            created,
            instant_of_field(fields.get("updated")) or created,
            instant_of_field(fields.get("resolutiondate")),
            fields["duedate"][:10] if isinstance(fields.get("duedate"), str) else None,
            _json([_text(each) for each in _list(fields.get("labels"))]),
            _json([_name(each) for each in _list(fields.get("components")) if _name(each)]),
            _json([n for each in _list(fields.get("fixVersions")) if (n := _id(each)) is not None]),
            history_complete,
            None if shown is None else comments.is_whole(shown),
            seen.resolution(fields.get("resolution")),
        )
    )
    found.field_value = value_rows(number, fields, wants.values)
    found.sprint_issue = sprint_rows(number, fields, wants.sprints, seen)
    for place, each in enumerate(_list(fields.get("issuelinks"))):
        if row := _link(each, place, seen):
            found.link.append((number, *row))
    if shown is not None:
        found.comment = comment_rows(number, shown)
    found.unread = _unread(fields, shown)
    return found


def _unread(fields: Mapping[str, Any], shown: CommentPage | None) -> list[str]:
    """The names of the standard fields that lack what Jira says of every issue, or have a shape we do not know."""
    found = [name for name, fits in _ALWAYS.items() if not fits(fields.get(name))]
    found += [name for name in _OBJECTS if type(fields.get(name)) not in (dict, type(None))]
    for name, fits in _LISTS.items():
        value = fields.get(name)
        if value and not (type(value) is list and fits(value)):
            found.append(name)
    found += [name for name in _NAMED if (value := fields.get(name)) is not None and _name(value) is None]
    found += [name for name in _INSTANTS if (value := fields.get(name)) is not None and instant_of_field(value) is None]
    if not isinstance(fields.get("duedate"), str | None):
        found.append("duedate")
    if shown is None and fields.get(comments.FIELD) is not None:
        found.append(comments.FIELD)
    return found


# What Jira says of every issue.
_ALWAYS: dict[str, Callable[[Any], object]] = {
    "status": lambda value: type(value) is dict and entities.plain_id(value.get("id")),
    "issuetype": lambda value: type(value) is dict and entities.plain_id(value.get("id")),
    "project": lambda value: type(value) is dict and entities.plain_text(value.get("key")),
    "updated": instant_of_field,
}
_OBJECTS = ("assignee", "parent")
_NAMED = ("resolution", "priority")
_INSTANTS = ("resolutiondate",)
_LISTS: dict[str, Callable[[list[Any]], bool]] = {
    "labels": lambda rows: all(isinstance(row, str) for row in rows),
    "components": lambda rows: all(map(_name, rows)),
    "fixVersions": lambda rows: None not in map(_id, rows),
    "issuelinks": lambda rows: all(isinstance(row, dict) for row in rows),
}


def comment_rows(number: int, shown: CommentPage) -> list[Row]:
    """(issue id, comment id, created, author id)."""
    return [(number, each.id, each.created, each.author) for each in shown.comments]


def value_rows(number: int, fields: dict[str, Any], ids: Iterable[str]) -> list[Row]:
    """(issue id, field id, JSON) of the fields that are set. Raises Unreadable."""
    rows = []
    for each in ids:
        value = fields.get(each)
        if value is not None and value != [] and value != "":
            text = _json(value)
            if is_deep(text):
                raise Unreadable(f"its field {each} is nested too deeply")
            rows.append((number, each, text))
    return rows


def sprint_rows(number: int, fields: dict[str, Any], ids: Iterable[str], seen: Seen) -> list[Row]:
    """(sprint id, issue id) of the sprints that the issue is or was in."""
    found = {}
    for name in ids:
        value = fields.get(name)
        for each in value if isinstance(value, list) else [value]:
            if each is not None and (sprint := sprints.of_field(each)) is not None:
                seen.sprints[sprint.id] = sprint
                found[sprint.id] = (sprint.id, number)
    return list(found.values())


def change_rows(number: int, histories: Iterable[History], wants: WantedFields) -> list[Row]:
    """The kept changes of one issue. Raises Unreadable when an instant of a kept change cannot be read."""
    rows = []
    for place, history in enumerate(histories):
        at: int | None = None
        history_id = 0
        places: dict[str, int] = {}  # some answers show only some items: an item's place must not depend on them
        for item in history.items:
            name = item.field_id
            if not isinstance(name, str) or not name:
                if not isinstance(item.field, str):
                    raise Unreadable("a history entry does not say what changed")
                name = wants.names.get(name_key(item.field), "")
                if not name:
                    continue
            elif name not in wants.history:
                continue
            if at is None:
                at = instant(history.created)
                if at is None:
                    raise Unreadable("a history entry has no date that can be read")
                own = entities.whole(history.id)
                history_id = own if own is not None else -1 - place
            rows.append(
                (
                    number,
                    history_id,
                    places.setdefault(name, 0),
                    name,
                    at,
                    _plain(item.source),
                    _plain(item.source_name),
                    _plain(item.target),
                    _plain(item.target_name),
                )
            )
            places[name] += 1
    return rows


def _plain(value: Any) -> str | None:
    """The old or new value of a change. Raises Unreadable for what is neither text nor number."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    raise Unreadable("a history entry has a value that cannot be read")


class Seen:
    """Statuses, types, projects and names that occur in issues, collected on the way."""

    def __init__(self) -> None:
        self.statuses: dict[str, Status] = {}
        self.types: dict[str, IssueType] = {}
        self.projects: dict[str, Project] = {}
        self.sprints: dict[int, Sprint] = {}
        self.names: dict[tuple[str, str], tuple[str, str]] = {}  # kind, id → name here, name before it was translated

    def resolution(self, value: Any) -> str | None:
        """The id of a resolution, whose names are noted; None where Jira gives none."""
        if not isinstance(value, dict) or not isinstance(number := value.get("id"), str | int) or not number:
            return None
        plain = value.get(UNTRANSLATED)
        self._name("resolution", str(number), value.get("name"), plain)
        return str(number)

    def link_type(self, kind: JsonObject) -> str | None:
        """The id of a link type, whose phrases are noted; None where Jira gives none."""
        number = kind.get("id")
        if not isinstance(number, str | int) or not number:
            return None
        for side in ("inward", "outward"):
            self._name("link", f"{number}:{side}", kind.get(side))
        return str(number)

    def _name(self, kind: str, named: str, name: object, plain: object = None) -> None:
        if isinstance(name, str) and name.strip():
            self.names[kind, named] = name.strip(), plain.strip() if isinstance(plain, str) else ""

    def status(self, value: Any) -> str:
        found = (entities.plain_id(value.get("id")) if isinstance(value, dict) else None) or ""
        if found and found not in self.statuses and (read := entities.status(value)):
            self.statuses[found] = read
        return found

    def issue_type(self, value: Any) -> str:
        found = (entities.plain_id(value.get("id")) if isinstance(value, dict) else None) or ""
        if found and found not in self.types and (read := entities.issue_type(value)):
            self.types[found] = read
        return found

    def project(self, value: Any, key: str) -> str:
        """The project's key; taken from the issue's where Jira left it out."""
        given = entities.plain_text(value.get("key")) if isinstance(value, dict) else None
        found = given or key.rpartition("-")[0]
        if found not in self.projects:
            read = entities.project(value) if isinstance(value, dict) else None
            self.projects[found] = read or Project(0, found, found)
        return found


def _link(value: Any, place: int, seen: Seen) -> tuple[int, str, str, int | None, str, str | None, str] | None:
    """link id, phrase as read from this issue, type, other's id and key, id of the type, side; None for what is no
    link.
    """
    if not isinstance(value, dict):
        return None
    named = value.get("type")
    kind: JsonObject = named if isinstance(named, dict) else {}
    # Jira puts the other end under the name of its role: with inwardIssue this issue "is caused by" that one.
    side = "inward" if isinstance(value.get("inwardIssue"), dict) else "outward"
    other = value.get(f"{side}Issue")
    if not isinstance(other, dict) or not other.get("key"):
        return None
    number = entities.whole(value.get("id"))
    name = _text(kind.get("name")) or ""
    phrase = _text(kind.get(side)) or name
    return (
        number if number is not None else -1 - place,
        phrase,
        name,
        entities.whole(other.get("id")),
        str(other["key"]),
        seen.link_type(kind),
        side,
    )


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) else _json(value)


def _name(value: Any) -> str | None:
    """Its name before Jira translated it for this account, where Jira gives it; so names stay the same for all
    readers.
    """
    if isinstance(value, dict):
        return _text(value.get(UNTRANSLATED) or value.get("name") or value.get("value"))
    return value if isinstance(value, str) else None


def _id(value: Any) -> int | None:
    return entities.whole(value.get("id")) if isinstance(value, dict) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode() if value != [] else "[]"
