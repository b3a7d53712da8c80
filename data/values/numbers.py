"""Numbers with what they are made of: cards, details, the issues behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data.values.metric_value import MetricValue
from data.values.problem import Problem
from data.values.switches import Switch


@dataclass(frozen=True)
class Answer:
    """The metrics of one family for one period."""

    values: tuple[MetricValue, ...]
    state: str  # fresh | expired | stale | calculated
    calculated_at: str
    covered: tuple[str, str] | None = None  # first and last local day with data
    suggestion: tuple[str, str] | None = None  # a period that has data, when this one has none


@dataclass(frozen=True)
class Detail:
    """What one number is made of."""

    value: MetricValue
    title: str
    definition: str
    switches: tuple[Switch, ...]  # the definitions that it obeys, as they are in force
    steps: tuple[str, ...]  # how it was calculated, with the real figures
    exclusions: tuple[tuple[str, int], ...]
    histogram: dict[str, Any] | None = None  # edges, counts, unit, marks [(label, x)]
    bars: tuple[tuple[str, float], ...] | None = None
    outcome_title: str = ""  # heading of IssueRow.outcome; empty where rows have none


@dataclass(frozen=True)
class IssueRow:
    """One issue (or version) behind a number."""

    key: str
    url: str
    summary: str
    type: str
    project: str
    status: str
    value: float | None
    value_unit: str
    start: str | None
    end: str | None
    used: bool
    reason: str
    outcome: str = ""  # what the row adds to the number, in words: failed, Feature, 5 points, …


@dataclass(frozen=True)
class IssuePage:
    rows: tuple[IssueRow, ...]
    total: int


@dataclass(frozen=True)
class Part:
    """One step of time or one group of a metric. `shown`: the value in words."""

    name: str
    value: float | None
    shown: str
    used: int
    left_out: int
    share: float | None = None  # of all used, in percent; None where groups overlap
    why: str = ""  # why there is no value
    first: str = ""  # local days, of steps
    last: str = ""
    so_far: bool = False  # the step is not over yet
    rest: bool = False  # not a group: those without one, or the smallest together


@dataclass(frozen=True)
class Breakdown:
    """A metric taken apart by time or by group. `parts` in the order in which they are shown; `total` is the whole."""

    metric: str
    title: str
    unit: str
    by: str  # day | week | month | project | type | assignee | component | label | sprint
    by_title: str
    parts: tuple[Part, ...]
    total: Part | None
    notes: tuple[str, ...] = ()
    several: bool = False  # an issue may be in more than one part
    problem: Problem | None = None


@dataclass(frozen=True)
class Entry:
    """What the catalogue says of a metric, without calculating anything."""

    name: str
    title: str
    category: str
    family: str
    description: str  # one sentence
    formula: str
    text: str  # all of the help
    unit: str
    aggregation: str
    tags: tuple[str, ...]
    version: str
    better: str  # lower | higher | neither
    parameters: tuple[tuple[str, str], ...]  # fixed numbers of the formula: name, value
    definitions: tuple[tuple[str, str], ...]  # definitions that it obeys: name, title
    fields: tuple[tuple[str, str], ...]  # our fields that it can use: name, title
    depends: tuple[tuple[str, float | None], ...] = ()  # metrics that it is made of or equal to, with weights
    same_as: str = ""  # the metric whose number it is under another name; people are shown that one alone
    by_issues: bool = True  # it has steps of time, groups and issues; a number of jobs has not
