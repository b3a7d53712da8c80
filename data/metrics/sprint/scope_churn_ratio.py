"""Scope churn ratio."""

from __future__ import annotations

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.sprint_issues import NOTHING_COMMITTED, explained, unit_of
from data.metrics.in_sql import Total, quotient
from data.metrics.sprint.family import sprint_metric
from data.values.details import Details


@sprint_metric(
    order=2,
    title="Scope change",
    unit="ratio",
    shows="ratio_percent",
    lower_is_better=True,
    nothing=NOTHING_COMMITTED,
    aggregation="ratio",
    tags=("scope creep", "added", "removed", "churn"),
    sql=quotient(Total(("added", "removed")), Total(("planned",))),
)
def scope_churn_ratio(rows: Rows, _asked: MetricQuery) -> float | None:
    """How much the scope of sprints changed after they had started.

    (added + removed) ÷ committed, of the sprints closed in the period

    Net for each issue: what came in and went out again is neither. Estimates are those at the change. What Jira moves
    on at the close was not removed. Source: common practice in sprint reporting, "scope churn".

    >>> scope = example(sprint=[0, 0, 0], planned=[8.0, 2.0, 0.0], added=[0.0, 0.0, 3.0], removed=[0.0, 2.0, 0.0])
    >>> scope_churn_ratio(scope, example_question())
    0.5
    """
    planned = float(rows["planned"].sum())
    return float(rows["added"].sum() + rows["removed"].sum()) / planned if planned else None


@scope_churn_ratio.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    planned, unit = float(rows["planned"].sum()), unit_of(query)
    added, removed = float(rows["added"].sum()), float(rows["removed"].sum())
    return explained(
        rows,
        query,
        f"{planned:g} {unit} were committed; {added:g} were added and {removed:g} removed after the start.",
        f"({added:g} + {removed:g}) ÷ {planned:g} = {(added + removed) / planned:.4g}.",
    )
