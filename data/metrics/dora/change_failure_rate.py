"""Change failure rate."""

from __future__ import annotations

import numpy as np

from data.facts.dataset import Dataset
from data.facts.deployment_set import uses_versions
from data.facts.deployments import outcome_rows, outcomes, with_undated
from data.facts.query import MetricQuery, Missing
from data.facts.reported import from_reports
from data.facts.rows import Rows
from data.facts.switches import DEPLOYMENTS, INCIDENTS
from data.metrics.catalogue import metric
from data.metrics.dora.delivery_notes import source_notes
from data.metrics.dora.deployment_frequency import deployed, no_source
from data.metrics.in_sql import Different, quotient
from data.metrics.tiers import NO_TIER, tier_of
from data.values.details import Details
from data.values.exclusion import Exclusion
from data.values.intervals import Proportion


def no_evidence(facts: Dataset) -> Missing | None:
    """What to map when nothing says which deployments failed."""
    if found := no_source(facts):
        return found
    if facts.once(outcomes).sources:
        return None
    if from_reports(facts):
        return Missing(
            "Nothing says which deployments failed. Report an outcome with them or incidents with the deployment that "
            "caused them, or say within how many hours an incident is held against the deployment before it.",
            settings=("failure_window_hours",),
        )
    if uses_versions(facts):
        return Missing(
            "Nothing says which releases failed. Link incidents to the issues that caused them (“is caused by”), "
            "or map a deployment date and whether the deployment was successful.",
            ("deployment_date", "deployment_successful"),
        )
    return Missing(
        "Nothing says which deployments failed. Map whether a deployment was successful or its production impact, "
        "or link incidents to deployments (“is caused by”).",
        ("deployment_successful", "production_impact"),
    )


@metric(
    family="dora",
    order=3,
    aggregation="share",
    tags=(
        "stability",
        "failures",
        "incidents",
    ),
    title="Change failure rate",
    unit="percent",
    shows="percent",
    lower_is_better=True,
    rows=outcome_rows,
    select=with_undated,
    missing=no_evidence,
    estimate=lambda rows, _asked: Proportion(failures(rows), deployed(rows)),
    tier=lambda value, _rows, query: tier_of("change_failure_rate", value, query.facts.definitions.tier_year),
    outcome_title="Outcome",
    outcome=lambda rows: np.where(rows.columns["failed"], "failed", "worked"),
    nothing="No deployments with a known outcome between these dates.",
    fields=("deployment_successful", "production_impact", "deployment_date", "target_environment"),
    switches=(
        "incident_links",
        "failure_window_hours",
        *INCIDENTS,
        "empty_success_means",
        "success_words",
        "failure_words",
        "impact_words",
        "no_impact_words",
        *DEPLOYMENTS,
        "tier_year",
        "zone",
    ),
    sql=quotient(Different("group", where="failed"), Different("group"), 100),
)
def change_failure_rate(rows: Rows, _asked: MetricQuery) -> float | None:
    """How often a deployment hurts users.

    deployments with at least one failure ÷ deployments

    A deployment failed when "deployment successful" is a no, when it had a production impact, or when an incident is
    linked to it as its cause. An empty answer, or a word that is in no list, is unknown and leaves both sides.
    Source: DORA, "change fail rate".

    >>> deployments = example(head=[True, True, True, True], failed=[True, False, False, False])
    >>> change_failure_rate(deployments, example_question())
    25.0
    """
    count = deployed(rows)
    return 100 * failures(rows) / count if count else None


def failures(rows: Rows) -> int:
    """How many deployments failed."""
    return int(np.count_nonzero(rows["head"] & rows["failed"]))


def words_to_map(rows: Rows) -> list[str]:
    """What to do about values that are in no list of words, where there are any."""
    unknown = [n for why, n in rows.exclusions().items() if Exclusion.of(why) is Exclusion.UNKNOWN_WORD]
    if not unknown:
        return []
    many = sum(unknown)
    return [
        f"{many} {'is' if many == 1 else 'are'} left out for {len(unknown)} value{'s' * (len(unknown) != 1)} in "
        "no list of "
        "words. Say in the field mapping what they mean."
    ]


@change_failure_rate.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    count, failed = deployed(rows), failures(rows)
    sources = query.facts.once(outcomes).sources
    year = query.facts.definitions.tier_year
    notes = [*source_notes(query.facts, rows), NO_TIER.get((year, "change_failure_rate"), ""), *words_to_map(rows)]
    return {
        "count": count,
        "failed": failed,
        "sources": list(sources),
        "count_words": f"{failed} of {count} deployment{'s' * (count != 1)}",
        "notes": [each for each in notes if each],
        "steps": [
            f"{count} deployments with a known outcome; evidence: {', '.join(sources)}.",
            f"{failed} failed ÷ {count} = {100 * failed / count if count else 0:.4g} %.",
        ],
    }
