"""Job completion."""

from __future__ import annotations

from data.metrics.catalogue import job_metric
from data.metrics.display import digits
from data.metrics.jobs import JobNumber, JobRows, percents
from data.values.details import Details
from data.values.intervals import Proportion
from data.values.shares import wilson


@job_metric(
    order=1,
    title="Job completion",
    unit="percent",
    shows="percent",
    lower_is_better=False,
    aggregation="share",
    records="job",
    tags=("customer jobs", "success rate"),
    nothing="No job was tracked between these dates.",
)
def job_completion_rate(jobs: JobRows) -> JobNumber:
    """The share of tracked jobs that were completed; a job belongs to the period in which it was started.

    100 × completed ÷ tracked, added up over all jobs

    Tracked are the records of jobs and, where issues count as records, the issues that name a job. The interval is
    that of Wilson at 95 %; with fewer than 30 tracked the number says so.
    Source: jobs to be done, outcome-driven innovation (A. Ulwick).

    >>> job_completion_rate(Example(jobs=[example_job(3, 4), example_job(1, 4)])).value
    50.0
    """
    done, tracked = (sum(getattr(row, name) for row in jobs.jobs) for name in ("completed", "tracked"))
    share = wilson(done, tracked)
    from_jira = sum(row.from_jira for row in jobs.jobs)
    details: Details = {"interval": percents(share), "interval_method": Proportion.method, "enough": share.enough}
    details["from_jira"], details["counted"] = from_jira, [done, tracked]
    details["steps"] = (
        [f"{done} completed of {tracked} tracked = {digits(100 * (share.value or 0))} %."] if tracked else []
    )
    if from_jira:
        details["steps"].append(f"{from_jira} of them are issues that name a job, {tracked - from_jira} were recorded.")
    details["bars"] = [[row.title, 100 * row.completion.value] for row in jobs.jobs if row.completion.value is not None]
    return JobNumber(
        None if share.value is None else 100 * share.value, tracked, {}, details, Proportion(done, tracked)
    )
