"""Completed points."""

from __future__ import annotations

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.sprint_issues import NOTHING, no_points, points_explained
from data.metrics.in_sql import total
from data.metrics.sprint.family import sprint_metric
from data.values.details import Details


@sprint_metric(
    order=5,
    title="Points completed in sprints",
    unit="points",
    shows="points",
    lower_is_better=False,
    missing=no_points,
    nothing=NOTHING,
    aggregation="sum",
    tags=("velocity", "delivered", "story points"),
    sql=total("done", or_zero=True),
)
def completed_sp(rows: Rows, _asked: MetricQuery) -> float | None:
    """How many story points were completed in the sprints that closed.

    Σ story points at the close of the issues that became done while in their sprint, of the sprints closed in the
    period

    They are still in it and done just before its close. Added work is included. What became done before or outside of
    the sprint is left out, and so is what was discarded: by its status, or with a resolution such as Won't Do. An issue
    without an estimate adds 0. A definition counts all that is done at the close instead.
    Source: common practice in sprint reporting, "velocity".

    >>> completed_sp(example(sprint=[0, 1], done=[3.0, 5.0]), example_question())
    8.0
    """
    return float(rows["done"].sum()) if len(rows) else None


@completed_sp.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    return points_explained(rows, query, "done", "completed")
