"""Reopened items."""

from __future__ import annotations

from data.facts.query import MetricQuery
from data.facts.reopenings import once_each, reopening_rows
from data.facts.rows import Rows
from data.facts.switches import FINISHED, ISSUES
from data.metrics.catalogue import metric
from data.metrics.in_sql import COUNT
from data.values.details import Details
from data.values.intervals import Rate


@metric(
    family="quality",
    order=1,
    title="Reopened items",
    unit="items",
    shows="items",
    lower_is_better=True,
    rows=reopening_rows,
    estimate=lambda rows, _asked: Rate(rows.used),
    select=once_each,
    outcome_title="Reopened",
    outcome=lambda rows: ["once" if each == 1 else f"{each} times" for each in rows.columns["times"]],
    nothing="Nothing is known about these dates.",
    switches=(*FINISHED, *ISSUES),
    aggregation="distinct",
    tags=("rework", "returned", "backward moves"),
    sql=COUNT,
)
def reopened_count(rows: Rows, query: MetricQuery) -> float | None:
    """How many items came back after they were done.

    number of items that were moved from a done status to one that is not done, in the period

    An item that came back several times counts once; the list says how often. From the status history, whatever the
    resolution was. Source: common practice in quality reporting, "reopened issues".

    >>> reopened_count(example(times=[1, 3]), example_question())
    2.0
    """
    return query.count(rows)


@reopened_count.explains
def _explain(rows: Rows, _asked: MetricQuery) -> Details:
    times = int(rows["times"].sum())
    return {
        "reopenings": times,
        "count_words": f"{rows.used} item{'s' * (rows.used != 1)}",
        "notes": [],
        "steps": [f"{times} moves out of a done status in the period, of {rows.used} different items."],
    }
