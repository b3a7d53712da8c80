"""Saved views and their comparison."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.values.filters import Filters
from data.values.metric_value import MetricValue
from data.values.problem import Problem


@dataclass(frozen=True)
class TeamView:
    """A saved view: which days, which issues, measured how. `revision`: of the change that made it."""

    name: str
    period: str | None = "30d"  # a preset, or None when `first` and `last` (YYYY-MM-DD) are given
    first: str | None = None
    last: str | None = None
    filters: Filters = field(default_factory=Filters)
    tab: str = ""
    changed_at: str = ""
    revision: int = 0
    problem: Problem | None = None  # why it cannot be measured any more


@dataclass(frozen=True)
class TeamList:
    """Every saved view of a site, and what is wrong with their file."""

    views: tuple[TeamView, ...]
    revision: int
    problem: Problem | None = None


@dataclass(frozen=True)
class Imported:
    """What became of the views of a file."""

    added: tuple[str, ...]  # under these names
    duplicates: int  # were there already
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """A definition that views put side by side do not share."""

    title: str
    words: tuple[str, ...]  # of each view


@dataclass(frozen=True)
class Compared:
    """One number of one view, and how many issues it is made of."""

    value: MetricValue
    used: int


@dataclass(frozen=True)
class ComparedRow:
    """One metric of several views. With differences its numbers are not measured alike."""

    metric: str
    title: str
    cells: tuple[Compared, ...]
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Views side by side; `days`: first and last day of each."""

    views: tuple[TeamView, ...]
    days: tuple[tuple[str, str], ...]
    rows: tuple[ComparedRow, ...]
