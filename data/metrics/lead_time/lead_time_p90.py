"""Lead time, 90th percentile of the time from creation to completion."""

from __future__ import annotations

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.switches import AGES, COMPLETED, ISSUES
from data.metrics.in_sql import quantile
from data.metrics.lead_time.family import explained, lead_time_metric
from data.values.details import Details
from data.values.intervals import Percentile

SHARE = 90


@lead_time_metric(
    order=2,
    title="Lead time (90th percentile)",
    estimate=lambda rows, _asked: Percentile(rows["days"], SHARE),
    switches=(*AGES, "percentile", *COMPLETED, *ISSUES),
    aggregation="percentile",
    tags=("customer lead time", "created to done", "service level", "p90"),
    parameters={"percentile": SHARE},
    sql=quantile("days", SHARE),
)
def lead_time_p90(rows: Rows, query: MetricQuery) -> float | None:
    """Within how many days of their creation nine out of ten items are done.

    90th percentile of (completed − created) of the items completed in the period

    An item's time runs from its creation to its last crossing into done, waiting in the backlog included.
    What to promise when nine promises out of ten shall hold. Source: Kanban practice, "service level expectation".

    >>> lead_time_p90(example(days=[1.0, 2.0, 6.0]), example_question())
    5.2
    """
    return query.quantile(rows["days"], SHARE)


@lead_time_p90.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    return explained(rows, query, "Nine out of ten took less: the 90th percentile.")
