"""The result of a chart: series and lines to draw, the same as a table, and the rows behind each point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from data.facts.columns import Subject
from data.facts.dataset import Dataset
from data.facts.rows import Rows, Subjects
from data.values.arrays import Codes, Column, Positions
from data.values.charts import Line, Region, Series
from data.values.problem import Problem

NO_ROWS = Rows(np.zeros(0, np.int64), Subjects.all(Subject.ISSUE, []), np.zeros(0, np.int16), ("",), {})


class NoSuchPoint(LookupError):
    """A link asks for a point that the chart does not have (any more); the service tells people so."""


@dataclass(frozen=True)
class Drilldown:
    """Which rows a point stands for. `find(token)` gives places in `rows`; "" is the whole chart.

    `values`: the column of `rows` that the table shows of each row, in `unit`; `outcome`: what each row is, in words.
    """

    rows: Rows
    find: Callable[[str], Positions]
    label: Callable[[str], str] = str
    values: str = ""
    unit: str = ""
    outcome_title: str = ""
    outcome: Callable[[Rows], Sequence[str]] | None = None

    def rows_of(self, token: str) -> Rows:
        """The rows of a point. Raises NoSuchPoint."""
        return self.rows if not token else self.rows.take(np.sort(self.find(token)))

    def showing(self, **changes: Any) -> Drilldown:
        """The same drilldown with another label, unit, …"""
        return replace(self, **changes)


NO_DRILLDOWN = Drilldown(NO_ROWS, lambda token: _unknown(token))


def _unknown(token: str) -> Positions:
    raise NoSuchPoint(token)


def by_code(rows: Rows, code: Codes, tokens: Sequence[str]) -> Drilldown:
    """Points that stand for groups: row n belongs to the group `tokens[code[n]]`, to none below 0."""
    places = {token: n for n, token in enumerate(tokens)}

    def find(token: str) -> Positions:
        return np.flatnonzero(code == places[token]) if token in places else _unknown(token)

    return Drilldown(rows, find)


def by_key(facts: Dataset, rows: Rows) -> Drilldown:
    """Points that stand for one issue each, by its key."""

    def find(token: str) -> Positions:
        keys = facts.tables.issues["key"].to_numpy(dtype=object)[rows.issue]
        found = np.flatnonzero((keys == token) & (rows.issue >= 0))
        return found if len(found) else _unknown(token)

    return Drilldown(rows, find)


@dataclass(frozen=True)
class Drawing:
    """One chart for one question. `titled`: series whose points are issues, with the positions of those; the service
    adds their titles. `table` gives rows one after the other, so that a long table costs only what is read of it.
    """

    reading: str
    series: tuple[Series, ...] = ()
    lines: tuple[Line, ...] = ()
    x_title: str = ""
    y_title: str = ""
    x_kind: str = "number"
    unit: str = ""
    x_ticks: tuple[tuple[float, str], ...] = ()
    x_range: tuple[Any, Any] | None = None
    y_range: tuple[float, float] | None = None
    regions: tuple[Region, ...] = ()
    columns: tuple[str, ...] = ()
    table: Callable[[], Iterable[tuple[Any, ...]]] = tuple
    table_picks: Callable[[], Sequence[str]] = tuple
    row_count: int = 0
    drilldown: Drilldown = NO_DRILLDOWN
    titled: dict[int, Positions] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    thinned: str = ""
    problem: Problem | None = None
    title: str = ""  # where it depends on the question; else the chart's own
    switches: tuple[str, ...] = ()  # definitions that it obeys, where they do


def nothing(what: str, why: str = "", todo: str = "", *, drilldown: Drilldown = NO_DRILLDOWN) -> Drawing:
    """No chart, and the reason."""
    return Drawing("", drilldown=drilldown, problem=Problem(what, why, todo, "info"))


def issues_of(rows: Rows) -> int:
    """How many issues (or versions) the used rows are about; one issue may have several rows."""
    used = rows.reason == 0
    kind, place = rows.subjects.kind[used].astype(np.int64), rows.subjects.id[used]
    return len(np.unique(kind << 32 | place))


def left_out(rows: Rows) -> tuple[str, ...]:
    """What a chart does not show, in words.

    >>> from data.facts.rows import example
    >>> left_out(example(days=[1, 2], reason=[0, 1], reasons=("", "no history")))
    ('1 left out: no history 1.',)
    """
    found = rows.exclusions()
    if not found:
        return ()
    return (f"{sum(found.values()):,} left out: {', '.join(f'{why} {n:,}' for why, n in found.items())}.",)


def fixed(values: Column, digits: int = 3) -> list[float]:
    """Numbers for a picture: rounded to so many decimals; the table and the CSV have them exactly."""
    out: list[float] = np.round(values.astype(float), digits).tolist()
    return out
