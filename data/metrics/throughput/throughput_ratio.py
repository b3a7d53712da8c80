"""Throughput ratio."""

from __future__ import annotations

import numpy as np

from data.facts.arrivals import both_rows
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.switches import CLOSED, ISSUES
from data.metrics.catalogue import metric
from data.metrics.in_sql import RowCount, quotient
from data.values.details import Details
from data.values.intervals import CountRatio


@metric(
    family="throughput",
    order=4,
    title="Throughput ratio",
    unit="closed/created",
    lower_is_better=False,
    rows=both_rows,
    as_of_rows=both_rows,
    estimate=lambda rows, _asked: CountRatio(
        int(np.count_nonzero(rows["closed"])), int(np.count_nonzero(~rows["closed"]))
    ),
    outcome_title="Event",
    outcome=lambda rows: np.where(rows.columns["closed"], "closed", "created"),
    nothing="No items were created between these dates, so there is nothing to divide by.",
    fields=("work_completed_date",),
    switches=(*CLOSED, *ISSUES),
    aggregation="ratio",
    tags=("net flow", "backlog", "inflow", "outflow"),
    depends=("created", "closed"),
    sql=quotient(RowCount(where="closed"), RowCount(unless="closed")),
)
def throughput_ratio(rows: Rows, _asked: MetricQuery) -> float | None:
    """How many items were closed for each one that was created.

    items closed in the period ÷ items created in the period

    Below 1 the backlog grows, above 1 it shrinks. An item that was created and closed in the period is on both sides,
    and in the list twice. Source: queueing theory, "departure rate over arrival rate".

    >>> throughput_ratio(example(closed=[True, True, True, False, False]), example_question())
    1.5
    """
    went = int(np.count_nonzero(rows["closed"]))
    came = rows.used - went
    return went / came if came else None


@throughput_ratio.explains
def _explain(rows: Rows, _asked: MetricQuery) -> Details:
    went = int(np.count_nonzero(rows["closed"]))
    came = rows.used - went
    change = came - went
    grew = f"grew by {change}" if change > 0 else f"shrank by {-change}" if change < 0 else "stayed as it was"
    return {
        "created": came,
        "closed": went,
        "count_words": f"{went} closed, {came} created",
        "notes": [f"The backlog {grew}."],
        "steps": [
            f"{came} items were created, {went} were closed.",
            f"{went} ÷ {came} = {went / came if came else 0:.4g}.",
        ],
    }
