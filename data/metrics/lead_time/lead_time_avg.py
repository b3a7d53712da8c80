"""Lead time, mean of the time from creation to completion."""

from __future__ import annotations

import numpy as np

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.switches import AGES, COMPLETED, ISSUES
from data.metrics.in_sql import InSql, Mean
from data.metrics.lead_time.family import explained, lead_time_metric
from data.values.details import Details
from data.values.intervals import Ratio


@lead_time_metric(
    order=3,
    title="Lead time (mean)",
    estimate=lambda rows, _asked: Ratio.mean(rows["days"]),
    switches=(*AGES, *COMPLETED, *ISSUES),
    aggregation="mean",
    tags=("customer lead time", "created to done", "average"),
    sql=InSql(Mean("days")),
)
def lead_time_avg(rows: Rows, _asked: MetricQuery) -> float | None:
    """How long an item takes from creation to done on average (mean).

    sum(completed − created) ÷ number of items completed in the period

    An item's time runs from its creation to its last crossing into done, waiting in the backlog included.
    A few very old items raise the mean; the median says what is usual. Source: Little's law, which holds for means
    only.

    >>> lead_time_avg(example(days=[1.0, 2.0, 6.0]), example_question())
    3.0
    """
    return float(np.mean(rows["days"])) if rows.used else None


@lead_time_avg.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    return explained(rows, query, "All their days together ÷ the number of items: the mean.")
