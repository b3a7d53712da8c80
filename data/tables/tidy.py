"""Tidy tables: what was fetched from Jira as columns that metrics can read; no JSON and no date text is left in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from data.settings.fields import DATES, FIELDS, NUMBERS
from data.store import schema
from data.tables import sprint_tables
from data.tables.frames import FOREVER, NEVER, spelled_once
from data.tables.frames import frame as _frame
from data.values.arrays import Column, Instants, Numbers, Objects, Positions
from data.values.names import name_key
from data.values.periods import first_instant, known_zone, zone_named
from data.values.unread import Unread, of_result

DAY = 86_400_000_000  # microseconds
FLAG_FIELDS = ("flagged", "impediment")
# Standard fields that may be mapped are columns of the issue table already.
_STANDARD = {
    "created": schema.issue.c.created,
    "updated": schema.issue.c.updated,
    "resolutiondate": schema.issue.c.resolved,
    "duedate": schema.issue.c.due,
    "labels": schema.issue.c.labels,
    "components": schema.issue.c.components,
    "priority": schema.issue.c.priority,
    "resolution": schema.issue.c.resolution,
}


@dataclass(frozen=True)
class Tables:
    """One revision of one scope. Issues are numbered by their position in `issues`; instants are int64 µs UTC.

    statuses: status_id, name, category (new | indeterminate | done); the position is the status code.
    issues: issue_id, key, project, type, resolution, priority, assignee (categoricals), status (code now),
        hierarchy (0 standard, below 0 sub-task, above 0 epic and up), created, updated, resolved (NEVER: none),
        history_complete, comments_complete (False also where Jira shows no comments), parent (issue_id, 0: none; may be absent).
    changes: status changes; issue, at, source, target (codes), ordered by issue, instant, history id.
    flags: issue, start, end (FOREVER: still flagged).
    labels, components: issue, name.
    versions: version_id, project, name, released, release_date (date or None).
    fix_versions: issue, version (position in versions).
    links: issue, phrase (as `name_key` folds it), other (position, -1: not in this data).
    comments: issue, at, author (account id, missing: unknown), ordered by issue and instant.
    boards: board_id, name, kind (scrum | kanban | simple), project ("": none).
    sprints: sprint_id, board_id (-1: none named), board (position in boards, -1: not readable), name, state (future |
        active | closed), started, ends (as planned), completed (NEVER: none).
    sprint_moves: issue, at, sprint (position, -1: from here on unreadable), joined (False: left), ordered by issue and time.
    sprint_members: issue, sprint: what the field says now, which keeps the sprints that closed with the issue in them.
    estimates: changes of the mapped story points: issue, at, source, target (NaN: empty), ordered by issue and time.
    fields: our field name → one value an issue (dates: µs; numbers: float; words: tuple of words or None).
    date_only: our field name → True where Jira gave plain dates.
    unknown_statuses: how many changes name a status that the site no longer has.
    unread: lists that Jira did not show to this account at the last good sync.
    """

    revision: str
    zone: str
    as_of: int | None
    statuses: pd.DataFrame
    issues: pd.DataFrame
    changes: pd.DataFrame
    flags: pd.DataFrame
    labels: pd.DataFrame
    components: pd.DataFrame
    versions: pd.DataFrame
    fix_versions: pd.DataFrame
    links: pd.DataFrame
    fields: Mapping[str, Column] = field(default_factory=dict)
    date_only: Mapping[str, bool] = field(default_factory=dict)
    unknown_statuses: int = 0
    unread: tuple[Unread, ...] = ()
    comments: pd.DataFrame = field(default_factory=lambda: _no_comments())
    boards: pd.DataFrame = field(default_factory=sprint_tables.no_boards)
    sprints: pd.DataFrame = field(default_factory=sprint_tables.no_sprints)
    sprint_moves: pd.DataFrame = field(default_factory=sprint_tables.no_moves)
    sprint_members: pd.DataFrame = field(default_factory=sprint_tables.no_members)
    estimates: pd.DataFrame = field(default_factory=sprint_tables.no_estimates)

    def __len__(self) -> int:
        return len(self.issues)


def read(connection: Connection, scope: int, mapping: Mapping[str, str]) -> Tables:
    """Read one scope into tables. `mapping`: our field name → Jira field id. Raises LookupError for an unknown scope."""
    head = connection.execute(select(schema.scope).where(schema.scope.c.scope == scope)).mappings().first()
    if head is None:
        raise LookupError(f"no scope {scope} in the issue store")
    statuses = _statuses(connection, scope)
    issues, lists = _issues(connection, scope, statuses)
    number = {issue_id: n for n, issue_id in enumerate(issues["issue_id"].tolist())}
    changes, statuses, unknown = _changes(connection, scope, statuses, issues)
    versions = _versions(connection, scope)
    zone = known_zone(head["zone"])
    fields, date_only = _fields(connection, scope, mapping, number, zone)
    return Tables(
        revision=f"{scope}.{head['revision']}",
        zone=zone,
        as_of=head["synced_at"],
        statuses=statuses,
        issues=issues,
        changes=changes,
        flags=_flags(connection, scope, number),
        labels=_names(lists["labels"]),
        components=_names(lists["components"]),
        versions=versions,
        fix_versions=_fix_versions(lists["fix_versions"], versions),
        links=_links(connection, scope, number),
        fields=fields,
        date_only=date_only,
        unknown_statuses=unknown,
        unread=of_result(head["last_result"]),
        comments=_comments(connection, scope, issues["issue_id"].to_numpy()),
        **sprint_tables.read(connection, scope, mapping.get("story_points"), number, issues["created"].to_numpy()),
    )


def _columns(connection: Connection, query: Any, width: int) -> list[list[Any]]:
    """The answer of a query, one list a column."""
    columns: list[list[Any]] = [[] for _ in range(width)]
    for part in connection.execution_options(yield_per=20_000).execute(query).partitions():
        for column, values in zip(columns, zip(*part, strict=True), strict=True):
            column.extend(values)
    return columns


def _statuses(connection: Connection, scope: int) -> pd.DataFrame:
    table = schema.status
    rows = connection.execute(
        select(table.c.status_id, table.c.name, table.c.category)
        .where(table.c.scope == scope)
        .order_by(table.c.status_id)
    ).all()
    return pd.DataFrame([tuple(row) for row in rows], columns=["status_id", "name", "category"])


def _issues(connection: Connection, scope: int, statuses: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, list[Any]]]:
    table, types = schema.issue, schema.issue_type
    kinds = {
        row.type_id: (row.name, _hierarchy(row.name, row.subtask, row.hierarchy))
        for row in connection.execute(select(types).where(types.c.scope == scope))
    }
    wanted = [
        "issue_id", "key", "project_key", "type_id", "status_id", "resolution", "priority", "assignee", "created",
        "updated", "resolved", "history_complete", "comments_complete", "labels", "components", "fix_versions",
        "parent_id",
    ]  # fmt: skip
    query = select(*(table.c[name] for name in wanted)).where(table.c.scope == scope).order_by(table.c.issue_id)
    got = dict(zip(wanted, _columns(connection, query, len(wanted)), strict=True))
    codes = {status_id: n for n, status_id in enumerate(statuses["status_id"])}
    frame = pd.DataFrame(
        {
            "issue_id": np.array(got["issue_id"], dtype=np.int64),
            "key": pd.Series(got["key"], dtype=object),
            "project": pd.Categorical(got["project_key"]),
            "type": spelled_once([kinds.get(each, (each, 0))[0] for each in got["type_id"]]),
            "resolution": spelled_once(got["resolution"]),
            "priority": pd.Categorical(got["priority"]),
            "assignee": pd.Categorical(got["assignee"]),
            "status": np.array([codes.get(each, -1) for each in got["status_id"]], dtype=np.int16),
            "hierarchy": np.array([kinds.get(each, (each, 0))[1] for each in got["type_id"]], dtype=np.int8),
            "created": np.array(got["created"], dtype=np.int64),
            "updated": np.array(got["updated"], dtype=np.int64),
            "resolved": np.array([NEVER if each is None else each for each in got["resolved"]], dtype=np.int64),
            "history_complete": np.array(got["history_complete"], dtype=bool),
            "comments_complete": np.array([each is True for each in got["comments_complete"]], dtype=bool),
            "parent": np.array([each or 0 for each in got["parent_id"]], dtype=np.int64),
        }
    )
    return frame, {name: got[name] for name in ("labels", "components", "fix_versions")}


def _hierarchy(name: str, subtask: bool, level: int | None) -> int:
    """Jira's hierarchyLevel, or what type and name say where Jira (Data Center) has none."""
    if level is not None:
        return level
    plain = name_key(name)
    return -1 if subtask or plain in ("sub-task", "subtask") else 1 if plain == "epic" else 0


def _changes(
    connection: Connection, scope: int, statuses: pd.DataFrame, issues: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    table = schema.change
    query = (
        select(table.c.issue_id, table.c.at, table.c.from_id, table.c.to_id, table.c.from_name, table.c.to_name)
        .where(table.c.scope == scope, table.c.field == "status")
        .order_by(table.c.issue_id, table.c.at, table.c.history_id, table.c.item)
    )
    ids, at, from_id, to_id, from_name, to_name = _columns(connection, query, 6)
    codes = {status_id: n for n, status_id in enumerate(statuses["status_id"])}
    named = {name_key(name): n for n, name in reversed(list(enumerate(statuses["name"])))}
    gone: list[tuple[str, str, str]] = []
    unknown = 0
    for status_id, name in {*zip(from_id, from_name, strict=True), *zip(to_id, to_name, strict=True)}:
        if status_id not in codes:
            # A status deleted since: one of the same name stands for it, else we only know that it was not the end.
            same = named.get(name_key(name or ""))
            codes[status_id] = len(statuses) + len(gone) if same is None else same
            if same is None:
                gone.append((str(status_id), name or str(status_id), "indeterminate"))
    if gone:
        lost = {each[0] for each in gone}
        unknown = sum(each in lost for each in to_id)
        statuses = pd.concat([statuses, pd.DataFrame(gone, columns=statuses.columns)], ignore_index=True)
    known = issues["issue_id"].to_numpy()
    owner = np.array(ids, dtype=np.int64)
    place = np.searchsorted(known, owner)
    here = (
        (place < len(known)) & (known[np.minimum(place, max(len(known) - 1, 0))] == owner) if len(known) else place < 0
    )
    frame = pd.DataFrame(
        {
            "issue": place.astype(np.int32),
            "at": np.array(at, dtype=np.int64),
            "source": np.array([codes[each] for each in from_id], dtype=np.int16),
            "target": np.array([codes[each] for each in to_id], dtype=np.int16),
        }
    )
    return frame if here.all() else frame[here].reset_index(drop=True), statuses, unknown


def _flags(connection: Connection, scope: int, number: Mapping[int, int]) -> pd.DataFrame:
    """Impediment intervals from the history of the flag."""
    table = schema.change
    query = (
        select(table.c.issue_id, table.c.at, table.c.to_name, table.c.to_id)
        .where(table.c.scope == scope, table.c.field.in_(_flag_names(connection, scope)))
        .order_by(table.c.issue_id, table.c.at, table.c.history_id, table.c.item)
    )
    rows: list[tuple[int, int, int]] = []
    since: tuple[int, int] | None = None
    for issue_id, at, to_name, to_id in connection.execute(query):
        issue = number.get(issue_id)
        if issue is None:
            continue
        if since and since[0] != issue:
            rows.append((*since, FOREVER))
            since = None
        raised = bool((to_name or "").strip() or (to_id or "").strip("[] "))
        if raised and since is None:
            since = (issue, at)
        elif not raised and since is not None:
            rows.append((*since, at))
            since = None
    if since:
        rows.append((*since, FOREVER))
    return _frame(rows, issue=np.int32, start=np.int64, end=np.int64)


def _flag_names(connection: Connection, scope: int) -> list[str]:
    """How the flag is called in changes: by its name, or by the id of the field of that name."""
    table = schema.field
    ids = [
        row.field_id
        for row in connection.execute(select(table.c.field_id, table.c.name).where(table.c.scope == scope))
        if name_key(row.name) in FLAG_FIELDS
    ]
    return [*FLAG_FIELDS, *ids]


def _names(texts: Iterable[str]) -> pd.DataFrame:
    """JSON lists of names, one for each issue, as rows of issue and name."""
    issue, names = [], []
    for n, text in enumerate(texts):
        if text and text != "[]":
            found = json.loads(text)
            names.extend(found)
            issue.extend([n] * len(found))
    return pd.DataFrame({"issue": np.array(issue, dtype=np.int32), "name": spelled_once(names)})


def _versions(connection: Connection, scope: int) -> pd.DataFrame:
    table = schema.version
    rows = connection.execute(select(table).where(table.c.scope == scope).order_by(table.c.version_id)).mappings().all()
    return pd.DataFrame(
        {
            "version_id": np.array([row["version_id"] for row in rows], dtype=np.int64),
            "project": pd.Series([row["project_key"] for row in rows], dtype=object),
            "name": pd.Series([row["name"] for row in rows], dtype=object),
            "released": np.array([row["released"] for row in rows], dtype=bool),
            "release_date": pd.Series([_plain_date(row["release_date"]) for row in rows], dtype=object),
        }
    )


def _plain_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _fix_versions(texts: Iterable[str], versions: pd.DataFrame) -> pd.DataFrame:
    place = {version_id: n for n, version_id in enumerate(versions["version_id"].tolist())}
    rows = [
        (n, place[int(version_id)])
        for n, text in enumerate(texts)
        if text and text != "[]"
        for version_id in json.loads(text)
        if int(version_id) in place
    ]
    return _frame(rows, issue=np.int32, version=np.int32)


def _links(connection: Connection, scope: int, number: Mapping[int, int]) -> pd.DataFrame:
    table = schema.link
    query = select(table.c.issue_id, table.c.phrase, table.c.other_id).where(table.c.scope == scope)
    rows = [
        (number[row.issue_id], name_key(row.phrase), number.get(row.other_id, -1))
        for row in connection.execute(query)
        if row.issue_id in number
    ]
    frame = _frame(rows, issue=np.int32, phrase=object, other=np.int32)
    return frame.assign(phrase=pd.Categorical(frame["phrase"]))


def _comments(connection: Connection, scope: int, known: Positions) -> pd.DataFrame:
    """Who commented when; `known`: the ids of the issues by position."""
    table = schema.comment
    query = (
        select(table.c.issue_id, table.c.created, table.c.author_id)
        .where(table.c.scope == scope)
        .order_by(table.c.issue_id, table.c.created, table.c.comment_id)
    )
    ids, at, author = _columns(connection, query, 3)
    owner = np.array(ids, dtype=np.int64)
    here = np.isin(owner, known)
    frame = pd.DataFrame(
        {
            "issue": np.searchsorted(known, owner).astype(np.int32),
            "at": np.array(at, dtype=np.int64),
            "author": pd.Categorical(author),
        }
    )
    return frame if here.all() else frame[here].reset_index(drop=True)


def _no_comments() -> pd.DataFrame:
    return _frame([], issue=np.int32, at=np.int64, author=object).astype({"author": "category"})


def _fields(
    connection: Connection, scope: int, mapping: Mapping[str, str], number: Mapping[int, int], zone: str
) -> tuple[dict[str, Column], dict[str, bool]]:
    """Values of every mapped field, aligned with the issues."""
    fields: dict[str, Column] = {}
    date_only: dict[str, bool] = {}
    for name, jira in mapping.items():
        if name not in FIELDS:
            continue
        places, values = _raw_values(connection, scope, jira, number)
        kinds = FIELDS[name].kinds
        if kinds == DATES:
            fields[name], date_only[name] = _instants(places, values, len(number), zone)
        elif kinds == NUMBERS:
            fields[name] = _numbers(places, values, len(number))
        else:
            fields[name] = _words(places, values, len(number))
    return fields, date_only


def _raw_values(
    connection: Connection, scope: int, jira: str, number: Mapping[int, int]
) -> tuple[list[int], list[Any]]:
    table, issue = schema.field_value, schema.issue
    if jira in _STANDARD:
        column = _STANDARD[jira]
        rows = connection.execute(select(issue.c.issue_id, column).where(issue.c.scope == scope, column.is_not(None)))
        as_list = jira in ("labels", "components")
        pairs = [(number[row[0]], json.loads(row[1]) if as_list else row[1]) for row in rows if row[0] in number]
    else:
        query = select(table.c.issue_id, table.c.value).where(table.c.scope == scope, table.c.field_id == jira)
        pairs = [(number[row[0]], json.loads(row[1])) for row in connection.execute(query) if row[0] in number]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _instants(places: list[int], values: list[Any], size: int, zone: str) -> tuple[Instants, bool]:
    """Date values → µs; a plain date is the first instant of that day in the zone."""
    out = np.full(size, NEVER, dtype=np.int64)
    where = zone_named(zone)
    plain = 0
    days: dict[str, int] = {}
    texts, at = [], []
    for place, value in zip(places, values, strict=True):
        if isinstance(value, int) and not isinstance(value, bool):
            out[place] = value  # a standard field, parsed already
        elif isinstance(value, str) and len(value) == 10:
            plain += 1
            if value not in days:
                day = _plain_date(value)
                days[value] = NEVER if day is None else microseconds(first_instant(day, where))
            out[place] = days[value]
        elif isinstance(value, str):
            texts.append(value)
            at.append(place)
    if texts:
        parsed = pd.to_datetime(pd.Series(texts), format="ISO8601", utc=True, errors="coerce").dt.as_unit("us")
        out[at] = parsed.to_numpy(dtype="datetime64[us]").astype(np.int64)  # NaT is the smallest int64: NEVER
    return out, plain > 0


def _numbers(places: list[int], values: list[Any], size: int) -> Numbers:
    out = np.full(size, np.nan)
    for place, value in zip(places, values, strict=True):
        try:
            out[place] = float(value["value"] if isinstance(value, dict) else value)
        except (TypeError, ValueError, KeyError):
            continue  # not a number: as good as empty
    return out


def _words(places: list[int], values: list[Any], size: int) -> Objects:
    out = np.full(size, None, dtype=object)
    for place, value in zip(places, values, strict=True):
        words = tuple(word for each in (value if isinstance(value, list) else [value]) if (word := _word(each)))
        out[place] = words or None
    return out


def _word(value: Any) -> str:
    """The text of an option, a user, a checkbox or a plain value."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("value", "name", "displayName") if value.get(key) is not None), "")
    return "" if value is None else str(value).strip()


def microseconds(instant: datetime) -> int:
    """µs since 1970 UTC of an aware instant, exact."""
    return int(instant.replace(microsecond=0).timestamp()) * 1_000_000 + instant.microsecond
