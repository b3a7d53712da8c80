"""The complete catalogue of charts: importing this module imports every one."""

from __future__ import annotations

import data.charts
from data.charts.catalogue import CHARTS, ISSUE_CHARTS, JOB_CHARTS, Chart, ChartQuery, discover, places

discover(data.charts)

__all__ = ["CHARTS", "ISSUE_CHARTS", "JOB_CHARTS", "Chart", "ChartQuery", "places"]
