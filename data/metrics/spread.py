"""Mean and percentiles that stand beside a median."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.facts.query import MetricQuery
from data.values.arrays import Numbers


def spread(values: Numbers, asked: MetricQuery) -> dict[str, Any]:
    """mean, p50, p75, p85, p90, p95, in the unit of the values; None without values."""
    mean = float(np.mean(values)) if len(values) else None
    return {"mean": mean, **{f"p{share}": asked.quantile(values, share) for share in (50, 75, 85, 90, 95)}}
