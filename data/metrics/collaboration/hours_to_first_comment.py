"""Time to the first comment."""

from __future__ import annotations

from data.facts.comments import first_comment_rows, no_comments, silent
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.metrics.catalogue import metric
from data.metrics.in_sql import quantile
from data.metrics.spread import spread
from data.values.details import Details
from data.values.intervals import Percentile

SHARE = 50


@metric(
    family="collaboration",
    order=3,
    title="Time to first comment (median)",
    unit="hours",
    shows="hours",
    lower_is_better=True,
    rows=first_comment_rows,
    estimate=lambda rows, _asked: Percentile(rows["hours"], SHARE),
    missing=no_comments,
    nothing="No issue got its first comment between these dates.",
    measures="hours",
    switches=("percentile", "zone"),
    aggregation="median",
    tags=("discussion", "response time", "reaction"),
    parameters={"percentile": SHARE},
    sql=quantile("hours", SHARE),
)
def hours_to_first_comment(rows: Rows, query: MetricQuery) -> float | None:
    """How long an issue waits for its first comment (median hours).

    median(first comment − created) of the issues that got their first comment in the period

    Whoever wrote it. Hours of the clock, nights and weekends included. Issues without a comment are in no period; how
    many of the new ones have none yet is said beside the number. Source: common practice in support, "first response
    time".

    >>> hours_to_first_comment(example(hours=[0.5, 3.0, 40.0]), example_question())
    3.0
    """
    return query.quantile(rows["hours"], SHARE)


@hours_to_first_comment.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    waiting = silent(query.facts, query)
    return {
        **spread(rows["hours"], query),
        "without_comment": waiting,
        "count_words": f"median of {rows.used} issue{'s' * (rows.used != 1)}",
        "notes": [f"{waiting} of the issues created in the period have no comment yet."] if waiting else [],
        "steps": [
            f"{rows.used} issues got their first comment in the period.",
            f"Half of them within {query.quantile(rows['hours'], SHARE) or 0:,.4g} hours: the median.",
        ],
    }
