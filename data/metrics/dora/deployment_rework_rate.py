"""Deployment rework rate."""

from __future__ import annotations

import numpy as np

from data.facts.dataset import Dataset
from data.facts.deployment_set import uses_versions
from data.facts.deployments import rework_rows, with_undated
from data.facts.query import MetricQuery, Missing
from data.facts.reported import from_jira, from_reports
from data.facts.rows import Rows
from data.facts.switches import DEPLOYMENTS
from data.metrics.catalogue import metric
from data.metrics.dora.delivery_notes import source_notes
from data.metrics.dora.deployment_frequency import deployed, no_source
from data.metrics.in_sql import Different, quotient
from data.values.details import Details
from data.values.intervals import Proportion


def no_rule(facts: Dataset) -> Missing | None:
    """What to choose when nothing says which deployments were rework."""
    if found := no_source(facts):
        return found
    rule = facts.definitions
    if uses_versions(facts) or from_reports(facts):
        if rule.rework_version_types or (from_jira(facts) and not uses_versions(facts) and _has_rule(facts)):
            return None
        return Missing(
            "Say in the definitions which issue types are bugs: a release that holds nothing else is rework.",
            settings=("rework_version_types",),
        )
    if _has_rule(facts):
        return None
    return Missing(
        "Say in the definitions which issue types or labels mark an unplanned fix deployment.",
        settings=("rework_types", "rework_labels"),
    )


def _has_rule(facts: Dataset) -> bool:
    """Whether types or labels of tickets say what is rework."""
    return bool(facts.definitions.rework_types or facts.definitions.rework_labels)


@metric(
    family="dora",
    order=5,
    aggregation="share",
    tags=(
        "hotfix",
        "stability",
    ),
    title="Deployment rework rate",
    unit="percent",
    shows="percent",
    lower_is_better=True,
    rows=rework_rows,
    select=with_undated,
    estimate=lambda rows, _asked: Proportion(int(np.count_nonzero(rows["head"] & rows["rework"])), deployed(rows)),
    missing=no_rule,
    outcome_title="Rework",
    outcome=lambda rows: np.where(rows.columns["rework"], "rework", "planned"),
    nothing="No deployments between these dates.",
    fields=("deployment_date", "target_environment"),
    switches=("rework_types", "rework_labels", "rework_version_types", *DEPLOYMENTS, "zone"),
    sql=quotient(Different("group", where="rework"), Different("group"), 100),
)
def deployment_rework_rate(rows: Rows, _asked: MetricQuery) -> float | None:
    """How many deployments were unplanned, to fix a bug that users saw.

    unplanned fix deployments ÷ deployments

    Which deployments are rework is a rule that you choose: issue types or labels, or releases that hold only bugs.
    Source: DORA, "deployment rework rate" (since 2024).

    >>> deployments = example(head=[True, True, True, True], rework=[False, False, False, True])
    >>> deployment_rework_rate(deployments, example_question())
    25.0
    """
    count = deployed(rows)
    return 100 * int(np.count_nonzero(rows["head"] & rows["rework"])) / count if count else None


@deployment_rework_rate.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    count = deployed(rows)
    rework = int(np.count_nonzero(rows["head"] & rows["rework"]))
    return {
        "count": count,
        "rework": rework,
        "count_words": f"{rework} of {count} deployment{'s' * (count != 1)}",
        "notes": [*source_notes(query.facts, rows), f"DORA asks about six months; this is {query.period.days} days."],
        "steps": [f"{rework} fix deployments ÷ {count} deployments = {100 * rework / count if count else 0:.4g} %."],
    }
