"""Outcome achievement."""

from __future__ import annotations

from data.metrics.catalogue import job_metric
from data.metrics.jobs import JobNumber, JobRows, counted
from data.values.details import Details
from data.values.shares import middle


@job_metric(
    order=2,
    title="Outcome achievement",
    unit="percent",
    shows="percent",
    lower_is_better=False,
    aggregation="median",
    tags=("targets", "customer outcomes"),
    nothing="No outcome was measured between these dates.",
    has_sparkline=False,
)
def outcome_achievement(jobs: JobRows) -> JobNumber:
    """The median over the outcomes of how far each came towards its target, in percent and not capped at 100.

    median(actual ÷ target where more is better, target ÷ actual where less is better)

    Left out and counted by reason: outcomes without a target, without a direction, or without a measurement in the
    period.
    Source: jobs to be done, outcome-driven innovation (A. Ulwick).

    >>> outcome_achievement(Example(outcomes=[example_outcome(80.0), example_outcome(120.0), example_outcome()])).value
    100.0
    """
    rows = [row for row in jobs.outcomes if row.achievement is not None]
    reached = sum((row.achievement or 0) >= 100 for row in rows)
    details: Details = {"reached": reached, "enough": True}
    if rows:
        details["steps"] = [f"The median of {len(rows)} outcomes; {reached} reached their target."]
        details["bars"] = [[row.title, row.achievement] for row in rows]
    left_out = counted(row.reason.rstrip(".") for row in jobs.outcomes if row.achievement is None)
    return JobNumber(middle(row.achievement for row in rows), len(rows), left_out, details)
