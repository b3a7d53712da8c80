"""The complete catalogue: importing this module imports every metric."""

from __future__ import annotations

import data.metrics.dora
import data.metrics.flow
from data.metrics.catalogue import CATALOG, Metric, discover

for _family in (data.metrics.dora, data.metrics.flow):
    discover(_family)

__all__ = ["CATALOG", "Metric"]
