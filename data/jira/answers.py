"""The parts of Jira's answers that we read, as typed structs; loose where sites differ."""

from __future__ import annotations

from typing import Any

import msgspec


class Item(
    msgspec.Struct,
    rename={
        "source": "from",
        "source_name": "fromString",
        "target": "to",
        "target_name": "toString",
        "field_id": "fieldId",
    },
):
    """One changed field of a history entry."""

    field: Any = None
    field_id: Any = None
    source: Any = None
    source_name: Any = None
    target: Any = None
    target_name: Any = None


class History(msgspec.Struct):
    """One history entry: what one person changed at one instant."""

    items: list[Item]
    id: Any = None
    created: Any = None


class Changelog(msgspec.Struct):
    """The inline changelog of an issue; cut where `total` says more than `histories` holds."""

    histories: list[History] = []
    total: int | None = None


class Issue(msgspec.Struct):
    """One issue as found by a search."""

    id: Any
    key: str = ""  # left out when only ids are asked for
    fields: dict[str, Any] = {}
    changelog: Changelog | None = None


class Page(msgspec.Struct):
    """One page of a search. `next_token` is None at the end; `total` and `start` only from Data Center.

    `odd`: what to call the issues that cannot be read.
    """

    issues: list[Issue]
    next_token: str | None = None
    total: int | None = None
    odd: list[str] = []
    start: int | None = None


class ListPage(msgspec.Struct):
    """A page of a list: its rows (objects, if all is well), how many came, and whether it says that it is the last."""

    rows: list[Any]
    row_count: int
    last: bool | None = None
    total: int | None = None


class IssueHistories(msgspec.Struct):
    """All or some histories of one issue, by issue id."""

    issue_id: int
    histories: list[History]


class ChangePage(msgspec.Struct):
    """One page of bulk-fetched changelogs; an issue may go on in the next page. `odd`: ids of unreadable histories."""

    issues: list[IssueHistories]
    next_token: str | None = None
    odd: list[int] = []


class Comment(msgspec.Struct, frozen=True):
    """One comment, without its text; `created` in microseconds since 1970 UTC, `author` an account id or key."""

    id: int
    created: int
    author: str | None


class CommentPage(msgspec.Struct):
    """Some comments of an issue. `total`: how many there are, if Jira said so; `comment_count`: how many it sent."""

    comments: list[Comment]
    total: int | None
    comment_count: int


class ServerInfo(msgspec.Struct, frozen=True):
    """What the site is: `flavour` 'cloud' or 'dc'; `at` is its clock in microseconds since 1970 UTC, if it said so."""

    flavour: str
    title: str
    base_url: str
    version: str
    at: int | None = None


class Account(msgspec.Struct, frozen=True):
    """Whose token it is, and the time zone in which Jira reads dates for it."""

    zone: str
    name: str


class JiraField(msgspec.Struct, frozen=True):
    """One field of the site. `kind`: datetime date number text select multiselect checkbox user other."""

    id: str
    name: str
    custom: bool
    kind: str
    schema: dict[str, Any]


class Status(msgspec.Struct, frozen=True):
    """One status; category new | indeterminate | done."""

    id: str
    name: str
    category: str


class IssueType(msgspec.Struct, frozen=True):
    """One issue type; `hierarchy` is None where Jira does not say (Data Center)."""

    id: str
    name: str
    subtask: bool
    hierarchy: int | None


class Project(msgspec.Struct, frozen=True):
    """One project."""

    id: int
    key: str
    name: str


class Version(msgspec.Struct, frozen=True):
    """One version of a project; dates are plain local dates, YYYY-MM-DD."""

    id: int
    project: str
    name: str
    released: bool
    archived: bool
    release_date: str | None
    start_date: str | None


class Board(msgspec.Struct, frozen=True):
    """One board. `kind`: scrum, kanban or simple (team-managed)."""

    id: int
    name: str
    kind: str
    project: str | None


class Sprint(msgspec.Struct, frozen=True):
    """One sprint; instants in microseconds since 1970 UTC. `state`: future, active or closed."""

    id: int
    board: int | None
    name: str
    state: str
    started: int | None
    ends: int | None
    completed: int | None
