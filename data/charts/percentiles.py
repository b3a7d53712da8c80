"""Percentile lines, and the completed items with their days that several charts look at."""

from __future__ import annotations

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.metrics.measure import rows_for
from data.metrics.registry import ISSUE_METRICS
from data.values.arrays import Numbers
from data.values.charts import Line

SHARES = (50, 70, 85, 95)
CYCLE_SWITCHES = ISSUE_METRICS["flow_time"].switches


def cycle_rows(query: MetricQuery) -> Rows:
    """The rows of the metric "Flow time": completed in the period, those left out included. Column days."""
    return rows_for(ISSUE_METRICS["flow_time"], query)


def percentile_lines(query: MetricQuery, values: Numbers, axis: str, unit: str = "d") -> tuple[Line, ...]:
    """50, 70, 85 and 95 %, by the method in force."""
    found = ((share, query.quantile(values, share)) for share in SHARES)
    return tuple(
        Line(axis, at, f"{share} % {at:,.1f} {unit}".strip(), "main" if share == 85 else "muted")
        for share, at in found
        if at is not None
    )
