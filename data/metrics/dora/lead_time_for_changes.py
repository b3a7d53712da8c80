"""Lead time for changes."""

from __future__ import annotations

from data.facts.changes import change_rows, first_deployed
from data.facts.dataset import Dataset
from data.facts.deployments import undated_words
from data.facts.query import MetricQuery, Missing
from data.facts.reported import from_reports
from data.facts.rows import Rows
from data.facts.switches import AGES, DELIVERIES, STATUSES
from data.facts.unread import missing_lists, sentences
from data.metrics.catalogue import metric
from data.metrics.dora.delivery_notes import none_reported, source_notes
from data.metrics.in_sql import quantile
from data.metrics.spread import spread
from data.metrics.tiers import score, tier_of
from data.values.details import Details
from data.values.intervals import Percentile


def no_deployed_changes(facts: Dataset) -> Missing | None:
    """What to map when no issue of this site is known to be deployed."""
    from data.tables.frames import NEVER

    if missing := none_reported(facts, "deployment"):
        return missing
    if from_reports(facts) and len(facts.deliveries.deployments):
        return None
    if facts.field("deployed_to_production_date") is not None or (facts.once(first_deployed)[0] != NEVER).any():
        return None
    if lacking := sentences(missing_lists(facts, "versions")):
        return Missing(
            f"No change is known to be in production: no date of deployment is mapped. {' '.join(lacking)}",
            ("deployed_to_production_date",),
        )
    if said := undated_words(facts):
        return Missing(
            f"No change is known to be in production: {said} Or map the date at which changes are deployed.",
            ("deployed_to_production_date",),
        )
    return Missing(
        "No change is known to be in production. Map the date at which changes are deployed, or set fix versions "
        "on issues "
        "and release them in Jira.",
        ("deployed_to_production_date",),
    )


def exact_hours(rows: Rows, query: MetricQuery) -> float:
    """The median as exact calendar time, in hours: what tiers and scores compare, however days are counted on the
    card.
    """
    return 24 * (query.quantile(rows["exact_days"], 50) or 0.0)


@metric(
    family="dora",
    order=2,
    aggregation="median",
    tags=(
        "commit",
        "production",
        "delivery",
    ),
    title="Lead time for changes",
    unit="days",
    shows="days",
    lower_is_better=True,
    rows=change_rows,
    missing=no_deployed_changes,
    estimate=lambda rows, _query: Percentile(rows["days"]),
    tier_value=lambda _value, rows, query: exact_hours(rows, query),
    tier_estimate=lambda rows, _query: Percentile(24 * rows["exact_days"]),
    tier=lambda hours, rows, query: tier_of(
        "lead_time_for_changes",
        hours,
        query.facts.definitions.tier_year,
        day_precision=bool(rows["day_precision"].any()),
    ),
    nothing="No changes were first deployed between these dates.",
    measures="days",
    fields=("code_commit_date", "deployed_to_production_date", "deployment_date"),
    switches=(
        *AGES,
        *DELIVERIES,
        "percentile",
        "deployment_source",
        "deployment_types",
        "production_environments",
        *STATUSES,
        "backward_moves",
        "completion",
        "tier_year",
        "zone",
    ),
    sql=quantile("days", 50),
)
def lead_time_for_changes(rows: Rows, query: MetricQuery) -> float | None:
    """How long a change takes from commit to production (median).

    median(deployed − code commit) over the changes first deployed in the period

    A change is an issue, without sub-tasks and deployment tickets. Deployed is the mapped date, else the earliest
    release among its released fix versions, else the earliest production deployment linked to it. Without a mapped
    commit date the start of work stands for it, and the card says proxy. Source: DORA, "change lead time".

    >>> lead_time_for_changes(example(days=[1.0, 2.0, 6.0]), example_question())
    2.0
    """
    return query.quantile(rows["days"], 50)


@lead_time_for_changes.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    of_issues = bool((rows.issue[rows.reason == 0] >= 0).any())
    proxy = of_issues and query.facts.field("code_commit_date") is None
    begin = "start of work" if proxy else "code commit"
    notes = ["Proxy: from start of work, because no commit date is mapped."] if proxy else []
    if rows["day_precision"].any():
        notes.append("Day precision: plain dates are involved.")
    notes = [*source_notes(query.facts, rows), *notes]
    return {
        **spread(rows["days"], query),
        "score_2025": score("lead_time_for_changes", exact_hours(rows, query)),
        "proxy": proxy,
        "day_precision": bool(rows["day_precision"].any()),
        "count_words": f"median of {rows.used} change{'s' * (rows.used != 1)}",
        "notes": notes,
        "steps": [
            f"{len(rows)} changes deployed in the period, or completed in it without a known deployment.",
            f"{rows.used} have both ends: {begin} and deployment.",
            (
                f"Half of them took less than {query.quantile(rows['days'], 50) or 0:.4g} days: the median is the "
                "lead time."
            ),
        ],
    }
