"""Created."""

from __future__ import annotations

from data.facts.arrivals import created_rows
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.switches import ISSUES
from data.metrics.catalogue import metric
from data.metrics.in_sql import COUNT
from data.values.details import Details
from data.values.intervals import Rate


@metric(
    family="throughput",
    order=1,
    title="Created",
    unit="items",
    shows="items",
    rows=created_rows,
    estimate=lambda rows, _asked: Rate(rows.used),
    nothing="Nothing is known about these dates.",
    switches=ISSUES,
    aggregation="count",
    tags=("inflow", "arrivals", "demand"),
    sql=COUNT,
)
def created(rows: Rows, query: MetricQuery) -> float | None:
    """How many items came in.

    count of items created in the period

    Every new item counts, whatever became of it. Sub-tasks and epics are left out. Source: queueing theory, "arrival
    rate".

    >>> created(example(at=[1, 2, 3]), example_question())
    3.0
    """
    return query.count(rows)


@created.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    return {
        "count_words": f"{rows.used} item{'s' * (rows.used != 1)}",
        "notes": [],
        "steps": [
            f"{len(rows)} issues were created in the period.",
            f"{len(rows) - rows.used} left out, {rows.used} counted: {rows.used / query.period.days:.3g} a day.",
        ],
    }
