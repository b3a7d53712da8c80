"""Deployments and incidents as systems beside Jira report them: each report says in which state one of them was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from data.values.json_types import JsonObject
from data.values.names import name_key


class ReportKind(StrEnum):
    """What a report is about."""

    DEPLOYMENT = "deployment"
    INCIDENT = "incident"


class ReportState(StrEnum):
    """The states of deployments and of incidents. Of two reports of one instant the later state in this list counts."""

    RUNNING = "running"  # the deployment has not ended
    NOT_DEPLOYED = "not_deployed"  # it ended without reaching its environment
    DEPLOYED = "deployed"
    OPEN = "open"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"  # it was no incident


_RANK = {state: n for n, state in enumerate(ReportState)}
OUTCOMES = ("worked", "failed")  # what became of a deployment, as far as its source says


_SHARED = ("source", "id", "state", "project", "environment", "url", "issues", "updated_at")
COLUMNS = {
    ReportKind.DEPLOYMENT: (
        *_SHARED, "deployed_at", "started_at", "version", "commit", "committed_at", "outcome", "changes",
    ),
    ReportKind.INCIDENT: (*_SHARED, "started_at", "resolved_at", "caused_by_source", "caused_by_id"),
}  # a table: kept in its rows  # fmt: skip
REQUIRED = {
    ReportKind.DEPLOYMENT: ("source", "id", "environment", "deployed_at"),
    ReportKind.INCIDENT: ("source", "id", "started_at"),
}


class ReportResult(StrEnum):
    """What a report changed."""

    CREATED = "created"  # the first report of this deployment or incident
    UPDATED = "updated"
    REPEATED = "repeated"  # the same report was there already
    OLDER = "older"  # a newer state is known, and this one adds nothing to it
    IGNORED = "ignored"  # it is about nothing that is counted here


@dataclass(frozen=True)
class ReportedChange:
    """One change that a deployment brought. Instants in µs since 1970 UTC."""

    commit: str = ""
    committed_at: int | None = None
    issue: str = ""


@dataclass(frozen=True)
class Report:
    """One report. `source` and `id` name what it is about; `at`: when it came into this state. Instants in µs since
    1970 UTC; empty texts and None are not said.

    `began_at`: when an incident began. `ended_at`: when a deployment was done or an incident resolved, where that is
    not `at`. `caused_by`: the deployment (source, id) that led to an incident.
    """

    kind: ReportKind
    source: str
    id: str
    state: ReportState
    at: int
    project: str = ""
    environment: str = ""
    version: str = ""
    commit: str = ""
    outcome: str = ""
    began_at: int | None = None
    ended_at: int | None = None
    committed_at: int | None = None
    url: str = ""
    issues: tuple[str, ...] = ()
    changes: tuple[ReportedChange, ...] = ()
    caused_by: tuple[str, str] | None = None
    received_at: int = 0  # decides between reports of one instant and state; no part of what is said

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Which of several reports is the newest."""
        return self.at, _RANK[self.state], self.received_at, self.digest

    @property
    def digest(self) -> str:
        """Equal for equal reports."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:32]

    def to_json(self) -> str:
        """Everything that is said, without what is not."""
        said = {name: value for name, value in asdict(self).items() if value not in (None, "", ())}
        del said["received_at"]
        return json.dumps(said, ensure_ascii=False, sort_keys=True)


def report_of(stored: JsonObject, received_at: int = 0) -> Report:
    """A report from its JSON."""
    said: dict[str, Any] = {**stored, "received_at": received_at}
    said["kind"], said["state"] = ReportKind(said["kind"]), ReportState(said["state"])
    said["issues"] = tuple(said.get("issues", ()))
    said["changes"] = tuple(ReportedChange(**each) for each in said.get("changes", ()))
    if caused_by := said.get("caused_by"):
        said["caused_by"] = (str(caused_by[0]), str(caused_by[1]))
    return Report(**said)


_DESCRIBE = ("project", "environment", "version", "commit", "outcome", "committed_at", "url", "issues", "changes",
             "caused_by")  # a table: kept in its rows  # fmt: skip


def folded(reports: list[Report]) -> Report:
    """All reports of one deployment or incident as one, whatever the order in which they came.

    The newest decides about the state. What it leaves open (a version, a commit) is taken from the newest report that
    says it. An end that nobody names is when the present state began; the beginning of an incident is the earliest one
    that is named.

    >>> first = Report(ReportKind.DEPLOYMENT, "ci", "7", ReportState.RUNNING, 10, version="1.2")
    >>> then = Report(ReportKind.DEPLOYMENT, "ci", "7", ReportState.DEPLOYED, 20)
    >>> both = folded([then, first])
    >>> both.state.value, both.version, both.ended_at
    ('deployed', '1.2', 20)
    """
    ordered = sorted(reports, key=lambda each: each.order)
    newest = ordered[-1]
    since = newest.at
    for each in reversed(ordered):
        if each.state != newest.state:
            break
        since = each.at
    said: dict[str, Any] = {}
    for name in _DESCRIBE:
        said[name] = next(
            (value for each in reversed(ordered) if (value := getattr(each, name))), getattr(newest, name)
        )
    begun = [each.began_at for each in ordered if each.began_at is not None]
    ended: int | None = newest.ended_at if newest.ended_at is not None else since
    if newest.state in (ReportState.RUNNING, ReportState.OPEN):
        ended = None
    return Report(
        newest.kind, newest.source, newest.id, newest.state, newest.at,
        began_at=min(begun, default=None), ended_at=ended, **said,
    )  # a table: kept in its rows  # fmt: skip


def project_names(texts: Iterable[str]) -> dict[str, str]:
    """What other systems call projects, folded → the project in Jira. Raises ValueError for a text that says none.

    >>> project_names(["acme/Shop -> SHOP"])
    {'acme/shop': 'SHOP'}
    """
    found = {}
    for each in texts:
        theirs, arrow, ours = each.partition("->")
        if not (arrow and theirs.strip() and ours.strip()):
            raise ValueError(f"“{each}” names no two projects. Write it like: acme/shop -> SHOP")
        found[name_key(theirs)] = ours.strip()
    return found
