"""Mean and percentiles that stand beside a median."""

from __future__ import annotations

import numpy as np

from data.facts.query import MetricQuery
from data.values.arrays import Numbers
from data.values.details import Details


def spread(values: Numbers, query: MetricQuery) -> Details:
    """mean, p50, p75, p85, p90, p95, in the unit of the values; None without values."""
    mean = float(np.mean(values)) if len(values) else None
    return {
        "mean": mean,
        "p50": query.quantile(values, 50),
        "p75": query.quantile(values, 75),
        "p85": query.quantile(values, 85),
        "p90": query.quantile(values, 90),
        "p95": query.quantile(values, 95),
    }
