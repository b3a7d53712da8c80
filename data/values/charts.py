"""A chart as series, lines and the points that were chosen in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from data.values.problem import Problem


@dataclass(frozen=True)
class Series:
    """One thing drawn in a chart. `kind`: points | sized | line | steps | bars | stacked | lying | area | bands |
    spans | across (a line over a part of the chart, as `Line` is over all of it).

    `text`: what a pointer on a point reads beside its numbers. `picks`: the token under which the issues of each point
    are asked for, "" where there are none. `spans` are drawn from one x to the next, None parts them.
    """

    name: str
    kind: str
    x: Sequence[Any]
    y: Sequence[Any]
    text: Sequence[str] | None = None
    picks: Sequence[str] | None = None
    # main | muted | mean | limit | failure | recovery
    # | elite … low | share-0 … share-3 | band-0 … : the page chooses colours
    role: str = "main"
    width: Sequence[float] | None = None  # of bars over a numeric axis
    size: Sequence[float] | None = None  # of points of kind "sized": diameter in px
    labels: Sequence[str] | None = None  # written beside such points, "" for none


@dataclass(frozen=True)
class Region:
    """A part of the plane of a chart that has a name: its corners, and where the name stands."""

    name: str
    corners: tuple[tuple[float, float], ...]
    at: tuple[float, float]
    side: str = "inside"  # inside | beside (right of the plane) | corner (top left)
    role: str = "muted"


@dataclass(frozen=True)
class Line:
    """A line across the whole chart: a percentile, a limit, a mean."""

    axis: str  # x | y
    at: float | str
    label: str
    role: str = "muted"


@dataclass(frozen=True)
class ChartPlace:
    """A chart on its tab before it is drawn. `wide`: it needs a row of its own."""

    name: str
    wide: bool = False


@dataclass(frozen=True)
class ChartAnswer:
    """A chart as plain values: what is drawn, the same as a table, and how to read it."""

    name: str
    title: str
    reading: str  # one sentence: what it shows now
    help: str = ""  # how to read it, and what it is made of
    x_title: str = ""
    y_title: str = ""
    x_kind: str = "number"  # time | number | log | category
    unit: str = ""  # of y, after a number
    series: tuple[Series, ...] = ()
    lines: tuple[Line, ...] = ()
    x_ticks: tuple[tuple[float, str], ...] = ()  # names of places on a numeric axis
    x_range: tuple[Any, Any] | None = None
    y_range: tuple[float, float] | None = None
    regions: tuple[Region, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    row_picks: tuple[str, ...] = ()  # as many as rows, or none at all
    row_count: int = 0  # of the whole table; `rows` may be its beginning
    issues: int = 0  # how many rows the chart is made of
    notes: tuple[str, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()  # title, value in force in words
    problem: Problem | None = None  # why there is nothing to draw, and what to do
    thinned: str = ""  # "" or how many points are drawn of how many
    obeys: tuple[str, ...] = ()  # names of the definitions that it obeys
    beside: tuple[str, ...] = ()  # those of them that are switched beside the chart


@dataclass(frozen=True)
class Picked:
    """The issues behind a point of a chart, or behind the whole chart: what its panel says above the table."""

    chart: str
    title: str  # of the chart
    label: str  # of the point; empty for the whole chart
    total: int
    used: int
    exclusions: tuple[tuple[str, int], ...]
    unit: str  # of the value of each row
    outcome_title: str
    help: str
    definitions: tuple[tuple[str, str], ...]
    issues: int = 0  # that the used rows are about; one issue may have several rows
    obeys: tuple[str, ...] = ()  # names of the definitions that the chart obeys
