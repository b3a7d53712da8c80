"""Velocity in story points."""

from __future__ import annotations

from data.facts.arrivals import point_rows
from data.facts.dataset import Dataset
from data.facts.query import MetricQuery, Missing
from data.facts.rows import Rows
from data.facts.switches import COMPLETED, ISSUES
from data.metrics.catalogue import metric
from data.metrics.in_sql import total
from data.values.details import Details


def no_points(facts: Dataset) -> Missing | None:
    """What to map when items have no estimate."""
    if facts.field("story_points") is not None:
        return None
    return Missing("Map the Jira field that holds story points.", ("story_points",))


@metric(
    family="throughput",
    order=3,
    title="Story points completed",
    unit="points",
    shows="points",
    lower_is_better=False,
    rows=point_rows,
    as_of_rows=point_rows,
    missing=no_points,
    nothing="No items with story points were completed between these dates.",
    measures="points",
    fields=("story_points", "work_completed_date"),
    switches=(*COMPLETED, *ISSUES),
    aggregation="sum",
    tags=("velocity", "story points", "estimate", "scrum"),
    sql=total("points"),
)
def velocity(rows: Rows, _asked: MetricQuery) -> float | None:
    """How many story points were completed.

    sum of the story points of the items completed in the period

    The items are those of flow velocity; those without an estimate are left out and counted. Points are the estimate of
    now. Compare a team only with itself. Source: Scrum practice, "velocity".

    >>> velocity(example(points=[3.0, 5.0, 0.5]), example_question())
    8.5
    """
    return float(rows["points"].sum()) if rows.used else None


@velocity.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    total = float(rows["points"].sum())
    return {
        "points_on": rows.used,
        "median_points": query.quantile(rows["points"], 50),
        "count_words": f"{total:g} points on {rows.used} item{'s' * (rows.used != 1)}",
        "notes": [],
        "steps": [
            f"{len(rows)} issues were finished in the period; {rows.used} of them count and have story points.",
            f"Together they have {total:g} points.",
        ],
    }
