"""Mean and percentiles that stand beside a median."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.facts.query import MetricQuery


def spread(values: NDArray, asked: MetricQuery) -> dict[str, Any]:
    """mean, p50, p75, p85, p90, p95, in the unit of the values; None without values."""
    mean = float(np.mean(values)) if len(values) else None
    return {"mean": mean, **{f"p{share}": asked.quantile(values, share) for share in (50, 75, 85, 90, 95)}}
