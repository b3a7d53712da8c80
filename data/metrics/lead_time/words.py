"""What the lead time metrics say beside their value."""

from __future__ import annotations

import numpy as np

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.metrics.flow.flow_velocity import origins
from data.metrics.spread import spread
from data.values.details import Details


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
