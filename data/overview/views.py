"""The plain values of the overview: sentences with their next step, and what they are made of."""

from __future__ import annotations

from dataclasses import dataclass

from data.metrics.answers import MetricValue

OLD = 85  # percent of completed items that were younger


@dataclass(frozen=True)
class Change:
    """A metric whose weekly values show a signal in the period: more than noise."""

    metric: str
    title: str
    sentence: str
    verdict: str | None  # better | worse | None: neither
    todo: str
    weeks: tuple[float | None, ...]  # weekly values, oldest first
    first_week: str  # first day of the first of them
    mean: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Ageing:
    """An item in progress that is older than nearly all completed ones were."""

    key: str
    url: str
    summary: str
    type: str
    status: str
    assignee: str
    age: float  # days since its work began
    limit: float  # days: 85 % of the completed items were younger
    within: str  # where they were: the name of the status that they left, "" for the whole way


@dataclass(frozen=True)
class Doubt:
    """Why some number cannot be trusted, or is not there. `action`: mapping | metric | quality."""

    title: str
    sentence: str
    todo: str
    level: str = "warning"  # info | warning | danger
    action: str = "metric"
    metric: str = ""


@dataclass(frozen=True)
class Overview:
    """What is to be said of a period beside its numbers.

    `steady`: titles of metrics without a signal; `untold`: those with too few weeks to say; `over`: how many items are too
    old, of `in_progress`; `since`: first and last day of the completed items that ages are compared with, `compared`: how
    many those are.
    """

    changes: tuple[Change, ...]
    steady: tuple[str, ...]
    untold: tuple[str, ...]
    weeks: int
    ageing: tuple[Ageing, ...]
    over: int
    in_progress: int
    compared: int
    since: tuple[str, str]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class Report:
    """Everything that the report of a period says."""

    site: str
    jql: str
    is_sample: bool
    period: str  # in words
    compared: str
    zone: str
    made_at: str  # ISO
    synced_at: str | None
    issues: int
    filters: tuple[tuple[str, str], ...]  # what, names
    values: tuple[MetricValue, ...]
    overview: Overview
    definitions: tuple[tuple[str, str, bool], ...]  # title, value in words, chosen for this view
    link: str = ""  # the query of the view
