"""Deployment frequency."""

from __future__ import annotations

import numpy as np

from data.facts.dataset import Dataset
from data.facts.days import calendar
from data.facts.deployment_set import uses_versions
from data.facts.deployments import deployment_rows, undated_words, with_undated
from data.facts.query import MetricQuery, Missing
from data.facts.reported import from_jira, from_reports
from data.facts.rows import Rows
from data.facts.switches import DEPLOYMENTS
from data.facts.unread import missing_lists, sentences
from data.metrics.catalogue import metric
from data.metrics.dora.delivery_notes import none_reported, source_notes
from data.metrics.in_sql import Different, InSql, PerDay
from data.metrics.tiers import tier_of_frequency
from data.values.details import Details
from data.values.intervals import Rate


def no_source(facts: Dataset) -> Missing | None:
    """What to map when this site shows no deployments at all."""
    if from_reports(facts) and len(facts.deliveries.deployments):
        return None
    if missing := none_reported(facts, "deployment"):
        return missing
    if not uses_versions(facts):
        if facts.field("deployment_date") is None:
            return Missing("Map the Jira field that holds the deployment date.", ("deployment_date",))
    elif not len(facts.tables.versions) or facts.tables.versions["release_date"].isna().all():
        if lacking := sentences(missing_lists(facts, "versions")):
            return Missing(
                f"No deployments are known: no deployment date is mapped. {' '.join(lacking)}", ("deployment_date",)
            )
        if said := undated_words(facts):
            return Missing(
                f"No deployments are known: no deployment date is mapped, and {said} Or map the deployment date.",
                ("deployment_date",),
                counts=True,
            )
        return Missing(
            "No deployments are known: no deployment date is mapped, and no version in Jira has a release date. "
            "Map the deployment date, or release versions in Jira.",
            ("deployment_date",),
        )
    return None


def deployed(rows: Rows) -> int:
    """How many deployments the used rows make: tickets of one deployment count once."""
    return int(np.count_nonzero(rows["head"]))


@metric(
    family="dora",
    order=1,
    aggregation="rate",
    tags=(
        "releases",
        "delivery",
    ),
    title="Deployment frequency",
    unit="deployments/day",
    shows="per_day",
    lower_is_better=False,
    rows=deployment_rows,
    select=with_undated,
    missing=no_source,
    estimate=lambda rows, query: Rate(deployed(rows), query.period.days),
    tier=lambda rate, _rows, query: tier_of_frequency(
        round(rate * query.period.days, 9), query.period.days, query.facts.definitions.tier_year
    ),
    nothing="No deployments between these dates.",
    fields=("deployment_date", "target_environment"),
    switches=(*DEPLOYMENTS, "tier_year", "zone"),
    sql=InSql(PerDay(Different("group")), zero_if_known=True),
)
def deployment_frequency(rows: Rows, query: MetricQuery) -> float | None:
    """How often software reaches production.

    deployments ÷ days of the period

    A deployment is an issue with a deployment date, or a released version with a release date, never both. Issues of
    the same project and environment at the same instant are one deployment. Failed deployments count; future ones do
    not.
    Source: DORA, "deployment frequency".

    >>> deployment_frequency(example(head=[True, False, True]), example_question(days=4))
    0.5
    """
    count = deployed(rows)
    if not count and not query.covered:
        return None
    return count / query.period.days


@deployment_frequency.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    count, days = deployed(rows), query.period.days
    at = rows.at[(rows.reason == 0) & rows.columns["head"]]
    local = calendar(query.facts.zone, at, np.array([query.start, query.end]))
    ordinals = local.ordinals(at)
    first = query.period.first.toordinal()
    distinct = np.unique(ordinals)
    weeks = np.bincount((distinct - first) // 7, minlength=-(-days // 7))[: days // 7]
    gaps = np.diff(np.concatenate(([first - 1], distinct, [first + days])))
    versions = uses_versions(query.facts)
    notes = [*source_notes(query.facts, rows), *(["From released versions."] if versions else [])]
    if from_jira(query.facts) and not versions and query.facts.date_only("deployment_date"):
        notes.append("The deployment date has no time of day: deployments of one project on one day count as one.")
    what = "released versions" if versions else f"{rows.used} deployment issues"
    source = "versions" if versions else "issues"
    if from_reports(query.facts):
        what, source = f"{rows.used} entries of all sources", query.facts.definitions.delivery_source
    return {
        "count": count,
        "count_words": f"{count} deployment{'s' * (count != 1)}",
        "deployment_days_per_week": float(np.median(weeks)) if len(weeks) else None,
        "longest_gap_days": int(gaps.max()) - 1 if count else days,
        "source": source,
        "notes": notes,
        "steps": [
            f"{len(rows)} candidates dated in the period, {len(rows) - rows.used} left out.",
            f"{what} make {count} deployments.",
            f"{count} deployments ÷ {days} days = {count / days:.4g} a day.",
        ],
    }
