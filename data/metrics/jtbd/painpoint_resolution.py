"""Painpoint resolution."""

from __future__ import annotations

from data.metrics.catalogue import job_metric
from data.metrics.display import digits
from data.metrics.jobs import JobNumber, JobRows, percents
from data.values.details import Details
from data.values.intervals import Proportion
from data.values.shares import wilson


@job_metric(
    order=4,
    title="Painpoint resolution",
    unit="percent",
    shows="percent",
    lower_is_better=False,
    aggregation="share",
    records="painpoint",
    tags=("pain points", "severity"),
    nothing="No painpoint was reported between these dates.",
)
def painpoint_resolution(jobs: JobRows) -> JobNumber:
    """The share of painpoint reports that were resolved: records after which it hurts less, and issues that name a
    painpoint and are done.

    100 × (records that improved + issues done) ÷ (records + issues)

    Left out and counted: records whose severity before was 0. The interval is that of Wilson at 95 %; with fewer than
    30
    reports the number says so.

    >>> painpoint_resolution(Example(painpoints=[example_painpoint(3, 4), example_painpoint(1, 4)])).value
    50.0
    """
    rows = jobs.painpoints
    eased = sum(row.improved for row in rows)
    records = sum(row.improved + row.worse + row.unchanged for row in rows)
    done, issues = sum(row.issues_done for row in rows), sum(row.issues for row in rows)
    share = wilson(eased + done, records + issues)
    before = sum((row.before or 0) * row.n for row in rows if row.before is not None)
    after = sum((row.after or 0) * row.n for row in rows if row.before is not None)
    details: Details = {"interval": percents(share), "interval_method": Proportion.method, "enough": share.enough}
    details["counted"] = [share.count, share.n]
    details["effectiveness"] = 100 * (before - after) / before if before else None
    details["worse"] = sum(row.worse for row in rows)
    details["steps"] = steps = []
    if share.n:
        steps.append(
            f"{eased} of {records} records say that it hurts less; "
            f"{done} of {issues} issues that name a painpoint are done."
        )
    if details["effectiveness"] is not None:
        word = "fell" if details["effectiveness"] >= 0 else "rose"
        steps.append(f"Severity {word} by {digits(abs(details['effectiveness']))} % on average.")
    details["bars"] = [[row.title, row.effectiveness] for row in rows if row.effectiveness is not None]
    left_out = sum(row.n for row in rows) - records
    exclusions = {"severity before was 0": left_out} if left_out else {}
    value = None if share.value is None else 100 * share.value
    return JobNumber(value, share.n, exclusions, details, Proportion(share.count, share.n))
