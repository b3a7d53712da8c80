"""What the lead time metrics have in common: how they are declared, and what they say beside their value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from data.facts.arrivals import lead_rows
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.metrics.catalogue import Formula, IssueMetric, metric
from data.metrics.flow.flow_velocity import origins
from data.metrics.spread import spread
from data.values.details import Details


def lead_time_metric(**definition: Any) -> Callable[[Formula], IssueMetric]:
    """A metric of the time from creation to completion, in days, of the items completed in the period."""
    return metric(
        family="lead_time",
        unit="days",
        shows="days",
        lower_is_better=True,
        rows=lead_rows,
        as_of_rows=lead_rows,
        nothing="No items were completed between these dates.",
        measures="days",
        fields=("work_completed_date",),
        **definition,
    )


def explained(rows: Rows, query: MetricQuery, last_step: str) -> Details:
    """Mean and percentiles, where the completions come from, and the steps; `last_step` ends them."""
    notes = origins(rows, query)
    if rows["day_precision"].any():
        notes.append("Day precision: plain dates are involved.")
    longest = float(np.max(rows["days"])) if rows.used else 0.0
    return {
        **spread(rows["days"], query),
        "count_words": f"{rows.used} item{'s' * (rows.used != 1)}",
        "notes": notes,
        "steps": [
            f"{len(rows)} issues were finished in the period; {rows.used} count.",
            f"Each is measured from its creation to its completion; the longest took {longest:,.4g} days.",
            last_step,
        ],
    }
