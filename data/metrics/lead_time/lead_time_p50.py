"""Lead time, median of the time from creation to completion."""

from __future__ import annotations

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.switches import AGES, COMPLETED, ISSUES
from data.metrics.in_sql import quantile
from data.metrics.lead_time.family import explained, lead_time_metric
from data.values.details import Details
from data.values.intervals import Percentile

SHARE = 50


@lead_time_metric(
    order=1,
    title="Lead time (median)",
    estimate=lambda rows, _asked: Percentile(rows["days"], SHARE),
    switches=(*AGES, "percentile", *COMPLETED, *ISSUES),
    aggregation="median",
    tags=("customer lead time", "created to done", "p50"),
    parameters={"percentile": SHARE},
    sql=quantile("days", SHARE),
)
def lead_time_p50(rows: Rows, query: MetricQuery) -> float | None:
    """How long an item takes from creation to done (median).

    median(completed − created) of the items completed in the period

    An item's time runs from its creation to its last crossing into done, waiting in the backlog included.
    For lead time from commit to production see lead time for changes. Source: Kanban Guide, "lead time" of the whole
    system.

    >>> lead_time_p50(example(days=[1.0, 2.0, 6.0]), example_question())
    2.0
    """
    return query.quantile(rows["days"], SHARE)


@lead_time_p50.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    return explained(rows, query, "Half of them took less: the median.")
