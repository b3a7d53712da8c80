"""Tidy tables: what was fetched from Jira, as columns that metrics can read, without JSON and text dates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from data.store import schema
from data.tables import edits, field_sources, links, mapped_fields, parents, site_names, sprint_tables, status_changes
from data.tables.flags import flag_fields, read_flags
from data.tables.frames import NEVER, columns_of, spelled_once
from data.tables.frames import frame as _frame
from data.tables.gone_statuses import no_gone
from data.tables.mapped_fields import microseconds, plain_date
from data.values.arrays import Column, Mask, Positions
from data.values.periods import known_zone
from data.values.unread import Unread, of_result

__all__ = ["DAY", "Tables", "microseconds", "read"]
DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True)
class Tables:
    """One revision of one scope. Issues are numbered by their position in `issues`; instants are int64 µs UTC.

    statuses: status_id, name, category (new | indeterminate | done); the position is the status code.
    issues: issue_id, key, project, type, resolution, priority, assignee (categoricals), status (code now),
        hierarchy (0 standard, below 0 sub-task, above 0 epic and up), created, updated, resolved (NEVER: none),
        history_complete, comments_complete (False also where Jira shows no comments), parent (issue_id, of a parent
        or of an epic; 0: none; may be absent).
    changes: status changes; issue, at, source, target (codes), ordered by issue, instant, history id.
    edits: changes of project, type, hierarchy and resolution; issue, at, attribute (place in edits.ATTRIBUTES), source,
        target (codes of that column of `issues`, -1: none; of the hierarchy the level itself), ordered as `changes`.
    flags: issue, start, end (FOREVER: still flagged).
    labels, components: issue, name.
    versions: version_id, project, name, released, release_date (date or None).
    fix_versions: issue, version (position in versions).
    links: issue, phrase (one spelling of each), other (position, -1: not in this data).
    comments: issue, at, author (account id, missing: unknown), ordered by issue and instant.
    boards: board_id, name, kind (scrum | kanban | simple), project ("": none).
    sprints: sprint_id, board_id (-1: none named), board (position in boards, -1: not readable), name, state (future |
        active | closed), started, ends (as planned), completed (NEVER: none).
    sprint_moves: issue, at, sprint (position, -1: from here on unreadable), joined (False: left), ordered by issue
        and time.
    sprint_members: issue, sprint: what the field says now, which keeps the sprints that closed with the issue in them.
    estimates: changes of the mapped story points: issue, at, source, target (NaN: empty), ordered by issue and time.
    sources: which Jira field gave how many issues their value, where a mapping names several (see field_sources).
    fields: our field name → one value an issue (dates: µs; numbers: float; words: tuple of words or None).
    date_only: our field name → True where Jira gave plain dates.
    gone_statuses: statuses that histories name and Jira no longer lists: status (code), reason (why it is taken for
        what it is, a Reason), entries (changes that lead to it), resolving (those that set a resolution
        with which work ended), like (code of
        the status of the same name, whose roles it has; -1: none).
    unreadable: our field name → by issue whether it has a value that cannot be read; only fields that have such values.
    names: every name that resolutions and link types were seen with: kind (resolution | link), named (id; of a link
        type id and side, "10003:inward"), name, current (its name now), place (among the categories of resolutions in
        `issues`, or of phrases in `links`; -1: no issue has it).
    flag_known: whether the field is known with which people flag what is blocked.
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
    gone_statuses: pd.DataFrame = field(default_factory=no_gone)
    unreadable: Mapping[str, Mask] = field(default_factory=dict)
    flag_known: bool = True
    unread: tuple[Unread, ...] = ()
    comments: pd.DataFrame = field(default_factory=lambda: _no_comments())
    boards: pd.DataFrame = field(default_factory=sprint_tables.no_boards)
    sprints: pd.DataFrame = field(default_factory=sprint_tables.no_sprints)
    sprint_moves: pd.DataFrame = field(default_factory=sprint_tables.no_moves)
    sprint_members: pd.DataFrame = field(default_factory=sprint_tables.no_members)
    estimates: pd.DataFrame = field(default_factory=sprint_tables.no_estimates)
    edits: pd.DataFrame = field(default_factory=edits.no_edits)
    sources: pd.DataFrame = field(default_factory=field_sources.no_sources)
    names: pd.DataFrame = field(default_factory=site_names.no_names)

    def __len__(self) -> int:
        return len(self.issues)


def read(connection: Connection, scope: int, mapping: Mapping[str, str]) -> Tables:
    """Read one scope into tables. `mapping`: our field name → Jira field id.

    Raises LookupError for an unknown scope.
    """
    head = connection.execute(select(schema.scope).where(schema.scope.c.scope == scope)).mappings().first()
    if head is None:
        raise LookupError(f"no scope {scope} in the issue store")
    statuses = status_changes.read_statuses(connection, scope)
    names = site_names.read(connection, scope)
    resolutions = site_names.of_kind(names, site_names.RESOLUTION)
    issues, lists = _issues(connection, scope, statuses, resolutions)
    issues = parents.with_epics(connection, scope, issues)
    number = {issue_id: n for n, issue_id in enumerate(issues["issue_id"].tolist())}
    changes, statuses, gone = status_changes.read_changes(connection, scope, statuses, issues)
    edited, issues = edits.read(connection, scope, number, issues, edits.types_of(connection, scope), resolutions)
    linked = links.read(connection, scope, number, site_names.of_kind(names, site_names.LINK))
    versions = _versions(connection, scope)
    flags = flag_fields(connection, scope, mapping)
    flagged = read_flags(connection, scope, number, flags)
    zone = known_zone(head["zone"])
    mapped = mapped_fields.read(connection, scope, mapping, number, zone)
    return Tables(
        revision=f"{scope}.{head['revision']}",
        zone=zone,
        as_of=head["synced_at"],
        statuses=statuses,
        issues=issues,
        changes=changes,
        edits=edited,
        sources=field_sources.read(connection, scope, mapping, number),
        flags=flagged,
        labels=_names(lists["labels"]),
        components=_names(lists["components"]),
        versions=versions,
        fix_versions=_fix_versions(lists["fix_versions"], versions),
        links=linked,
        names=site_names.placed(
            names,
            {
                site_names.RESOLUTION: issues["resolution"].cat.categories,
                site_names.LINK: linked["phrase"].cat.categories,
            },
        ),
        fields=mapped.values,
        date_only=mapped.date_only,
        unreadable=mapped.unreadable,
        flag_known=bool(flags) or len(flagged) > 0,
        gone_statuses=gone,
        unread=of_result(head["last_result"]),
        comments=_comments(connection, scope, issues["issue_id"].to_numpy()),
        **sprint_tables.read(connection, scope, mapping.get("story_points"), number, issues["created"].to_numpy()),
    )


def _issues(
    connection: Connection, scope: int, statuses: pd.DataFrame, resolutions: site_names.SiteNames
) -> tuple[pd.DataFrame, dict[str, list[Any]]]:
    table, kinds = schema.issue, edits.types_of(connection, scope)
    wanted = [
        "issue_id",
        "key",
        "project_key",
        "type_id",
        "status_id",
        "resolution",
        "priority",
        "assignee",
        "created",
        "updated",
        "resolved",
        "history_complete",
        "comments_complete",
        "labels",
        "components",
        "fix_versions",
        "parent_id",
        "resolution_id",
    ]
    query = select(*(table.c[name] for name in wanted)).where(table.c.scope == scope).order_by(table.c.issue_id)
    got = dict(zip(wanted, columns_of(connection, query, len(wanted)), strict=True))
    codes = {status_id: n for n, status_id in enumerate(statuses["status_id"])}
    frame = pd.DataFrame(
        {
            "issue_id": np.array(got["issue_id"], dtype=np.int64),
            "key": pd.Series(got["key"], dtype=object),
            "project": pd.Categorical(got["project_key"]),
            "type": spelled_once([kinds.get(each, (each, 0))[0] for each in got["type_id"]]),
            "resolution": spelled_once(map(resolutions.title, got["resolution_id"], got["resolution"])),
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
            "release_date": pd.Series([plain_date(row["release_date"]) for row in rows], dtype=object),
        }
    )


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


def _comments(connection: Connection, scope: int, known: Positions) -> pd.DataFrame:
    """Who commented when; `known`: the ids of the issues by position."""
    table = schema.comment
    query = (
        select(table.c.issue_id, table.c.created, table.c.author_id)
        .where(table.c.scope == scope)
        .order_by(table.c.issue_id, table.c.created, table.c.comment_id)
    )
    ids, at, author = columns_of(connection, query, 3)
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
