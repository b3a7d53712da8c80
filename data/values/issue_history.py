"""The history of one issue as plain values: what stands behind its place in every number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stay:
    """A span of time, in a status or in something else. Instants ISO 8601; `end` None: it still lasts."""

    name: str
    kind: str  # not started | in progress | active | waiting | blocked | done | discarded | sprint
    start: str
    end: str | None
    days: float


@dataclass(frozen=True)
class Event:
    """Something that happened to the issue at an instant (ISO 8601), such as a deployment."""

    name: str
    at: str


@dataclass(frozen=True)
class Counted:
    """What one number of the period does with the issue: its part in it, or why it is left out."""

    metric: str
    title: str
    used: bool
    reason: str  # why it is left out; empty where it is used
    value: float | None  # in `unit`; None where each issue counts as one
    unit: str


@dataclass(frozen=True)
class IssueHistory:
    """One issue. Days are of 24 hours, whatever the definition of durations."""

    key: str
    summary: str
    type: str
    status: str
    assignee: str
    url: str  # in Jira; empty for the sample site
    created: str
    until: str  # the instant up to which the history is drawn
    stays: tuple[Stay, ...]  # in statuses, in order of time
    blocked: tuple[Stay, ...]
    sprints: tuple[Stay, ...]
    deployments: tuple[Event, ...]
    counted: tuple[Counted, ...]  # in the headline numbers of the period
    complete: bool  # whether Jira gave the whole history
