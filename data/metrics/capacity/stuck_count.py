"""Stuck items."""

from __future__ import annotations

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.status_groups import status_titles
from data.facts.stuck import LEAST_STAYS, USUAL, stuck, usual
from data.facts.switches import AGES, ISSUES, STATUSES
from data.metrics.in_progress import in_progress_metric
from data.values.details import Details


@in_progress_metric(
    family="capacity",
    order=3,
    title="Stuck items",
    select=stuck,
    outcome_title="Usual there",
    outcome=lambda rows: [f"up to {each:,.1f} days" for each in rows.columns["limit"]],
    measures="in_status",
    switches=(*AGES, "stuck_days", "statuses_by", "percentile", "load", *STATUSES, *ISSUES),
    tags=("wip", "ageing", "stale", "blocked"),
    parameters={"percentile": USUAL, "least_stays": LEAST_STAYS},
    depends=("wip",),
    not_sql="What is long in a status is learned from all stays that ended before.",
)
def stuck_count(rows: Rows, query: MetricQuery) -> float | None:
    """How many items in progress have not moved for unusually long.

    items in progress at the end of the period that have been in their status longer than 85 % of the earlier stays
    there

    A number of days in the definitions replaces the 85 %. Usual is what the stays in that status were that had ended by
    then; with fewer than ten of them an item is left out. Source: Kanban practice, "ageing work in progress".

    >>> stuck_count(example(in_status=[30.0, 12.0]), example_question())
    2.0
    """
    if not rows.used and len(rows):
        known = query.facts.definitions.stuck_days is not None or usual(query)
        return 0.0 if known else None
    return query.count(rows)


@stuck_count.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    fixed = query.facts.definitions.stuck_days
    names = query.facts.once(status_titles)
    limits = {} if fixed else usual(query)
    said = "; ".join(f"{names[code]} {days:,.1f} days" for code, days in limits.items() if code >= 0)
    return {
        "usual_days": {str(names[code]): days for code, days in limits.items() if code >= 0},
        "count_words": f"{rows.used} item{'s' * (rows.used != 1)} stuck",
        "notes": [],
        "steps": [
            f"Longer than {fixed:g} days in one status is stuck, by the definitions."
            if fixed
            else f"{USUAL} % of the earlier stays were no longer than: {said or 'nothing is known yet'}.",
            f"{rows.used} items in progress have been in their status for longer than that.",
        ],
    }
