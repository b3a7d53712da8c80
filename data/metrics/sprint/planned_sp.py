"""Committed points."""

from __future__ import annotations

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.sprint_issues import NOTHING, no_points, points_explained
from data.metrics.in_sql import total
from data.metrics.sprint.family import sprint_metric
from data.values.details import Details


@sprint_metric(
    order=4,
    title="Points committed in sprints",
    unit="points",
    shows="points",
    lower_is_better=None,
    missing=no_points,
    nothing=NOTHING,
    aggregation="sum",
    tags=("commitment", "plan", "story points"),
    sql=total("planned", or_zero=True),
)
def planned_sp(rows: Rows, _asked: MetricQuery) -> float | None:
    """How many story points were committed in the sprints that closed.

    Σ story points at the start of the issues in each sprint then and not done before, of the sprints closed in the
    period

    An issue without an estimate adds 0. Without story points there is no number here; the Sprints tab counts issues
    then.
    Source: common practice in sprint reporting, "commitment".

    >>> planned_sp(example(sprint=[0, 1], planned=[3.0, 5.0]), example_question())
    8.0
    """
    return float(rows["planned"].sum()) if len(rows) else None


@planned_sp.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    return points_explained(rows, query, "planned", "committed")
