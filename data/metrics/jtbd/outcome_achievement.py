"""Outcome achievement."""

from __future__ import annotations

from collections import Counter

from data.metrics.catalogue import job_metric
from data.metrics.display import digits
from data.metrics.jobs import JobNumber, JobRows, counted, percents
from data.values.details import Details
from data.values.intervals import Proportion
from data.values.shares import wilson


@job_metric(
    order=2,
    title="Outcome achievement",
    unit="percent",
    shows="percent",
    lower_is_better=False,
    aggregation="share",
    tags=("targets", "customer outcomes", "met"),
    nothing="No outcome was measured between these dates.",
    records="outcome",
    has_sparkline=False,
    version="2.0",
)
def outcome_achievement(jobs: JobRows) -> JobNumber:
    """In how many of the measurements of outcomes the target was met.

    100 × measurements that met their target ÷ measurements

    Met is a value of at most the target where less is better, of at least the target where more is better. Each record
    is a measurement; an outcome that Jira measures is one for the whole period. The interval is that of Wilson at 95 %;
    with fewer than 30 measurements the number says so. How far each outcome came stands in its detail; such ratios are
    not averaged, because a single one may be of any size.
    Left out and counted by reason: measurements without a target, and of outcomes without a direction.
    Source: jobs to be done, outcome-driven innovation (A. Ulwick).

    >>> outcome_achievement(Example(outcomes=[example_outcome(9, 10), example_outcome(0, 2)])).value
    75.0
    """
    rows = [row for row in jobs.outcomes if row.met.n]
    share = wilson(sum(row.met.count for row in rows), sum(row.met.n for row in rows))
    value = None if share.value is None else 100 * share.value
    details: Details = {"interval": percents(share), "interval_method": Proportion.method, "enough": share.enough}
    details["counted"] = [share.count, share.n]
    unmeasured = sum(row.actual is None and not row.unjudged for row in jobs.outcomes)
    if rows:
        details["steps"] = [
            f"The target was met in {share.count:,} of {share.n:,} measurements: {digits(value or 0)} %.",
            f"They are of {len(rows)} of {len(jobs.outcomes)} outcomes; {unmeasured} were not measured.",
        ]
        details["bars"] = [[row.title, 100 * (row.met.value or 0)] for row in rows]
    left_out: Counter[str] = Counter()
    for row in jobs.outcomes:
        if row.unjudged:
            left_out.update({next(iter(counted([row.met_reason]))): row.unjudged})
    return JobNumber(value, share.n, dict(left_out.most_common()), details, Proportion(share.count, share.n))
