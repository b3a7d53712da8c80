"""Blocked hours."""

from __future__ import annotations

from data.facts.dataset import Dataset
from data.facts.query import MetricQuery, Missing
from data.facts.rows import Rows
from data.facts.stuck import blocked_rows, blocked_within
from data.facts.switches import BLOCKED, ISSUES, STATUSES
from data.metrics.catalogue import metric
from data.values.details import Details


def no_hurdles(facts: Dataset) -> Missing | None:
    """What to choose when nothing ever says that an item is blocked."""
    flagged = facts.definitions.blocked_flag and len(facts.tables.flags)
    if flagged or facts.roles.blocked.any() or not len(facts.tables):
        return None
    if facts.definitions.blocked_flag and not facts.tables.flag_known:
        return Missing(
            "Nothing says when an item is blocked: the field with which people flag items is not known here, and "
            "no status "
            "means blocked. Map the flag, or choose blocked statuses in the definitions.",
            ("flagged",),
            ("blocked_statuses",),
        )
    return Missing(
        "Nothing says when an item is blocked: none was ever flagged in Jira, and no status means blocked. "
        "Flag what is blocked, or choose blocked statuses in the definitions.",
        settings=("blocked_statuses",),
    )


@metric(
    family="capacity",
    order=1,
    title="Blocked hours",
    unit="hours",
    shows="hours_sum",
    lower_is_better=True,
    rows=blocked_rows,
    select=blocked_within,
    missing=no_hurdles,
    nothing="Nothing is known about these dates.",
    measures="hours",
    fields=("flagged",),
    switches=(*BLOCKED, *STATUSES, *ISSUES),
    aggregation="sum",
    tags=("impediment", "flag", "waiting"),
    not_sql="Its spans are cut at the edges of the period and joined for each issue.",
)
def blocked_hours(rows: Rows, query: MetricQuery) -> float | None:
    """How many hours items were blocked while they were in progress.

    sum over the items of the time that they were flagged or in a blocked status, in progress, in the period

    Hours of the clock, nights and weekends included; what is blocked in two ways counts once. Time still going on
    counts up to now. Source: Flow Framework and Kanban practice, "blocked time".

    >>> blocked_hours(example(hours=[1.5, 24.0]), example_question())
    25.5
    """
    if not len(rows) and not query.covered:
        return None
    return float(rows["hours"].sum())


@blocked_hours.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    hours = rows["hours"]
    still = int((rows["end"] >= query.snapshot).sum())
    return {
        "median": query.quantile(hours, 50),
        "still_blocked": still,
        "count_words": f"{rows.used} item{'s' * (rows.used != 1)} blocked",
        "notes": [f"{still} still blocked at the end."] if still else [],
        "steps": [
            f"{rows.used} items were blocked at some time in the period, {len(rows) - rows.used} left out.",
            f"Together for {float(hours.sum()):,.4g} hours.",
        ],
    }
