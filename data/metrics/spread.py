"""Mean and percentiles that stand beside a median."""

from __future__ import annotations

import numpy as np

from data.facts.query import MetricQuery
from data.values.arrays import Numbers
from data.values.details import Details


def spread(values: Numbers, asked: MetricQuery) -> Details:
    """mean, p50, p75, p85, p90, p95, in the unit of the values; None without values."""
    mean = float(np.mean(values)) if len(values) else None
    return {
        "mean": mean,
        "p50": asked.quantile(values, 50),
        "p75": asked.quantile(values, 75),
        "p85": asked.quantile(values, 85),
        "p90": asked.quantile(values, 90),
        "p95": asked.quantile(values, 95),
    }
