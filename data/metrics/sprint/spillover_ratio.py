"""Spillover ratio."""

from __future__ import annotations

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.sprint_issues import NOTHING_COMMITTED, explained, unit_of
from data.metrics.in_sql import Total, quotient
from data.metrics.sprint.family import sprint_metric
from data.values.details import Details


@sprint_metric(
    order=1,
    title="Spilled over",
    unit="ratio",
    shows="ratio_percent",
    lower_is_better=True,
    nothing=NOTHING_COMMITTED,
    aggregation="ratio",
    tags=("carry-over", "unfinished", "sprint goal"),
    sql=quotient(Total(("spilled",)), Total(("planned",))),
)
def spillover_ratio(rows: Rows, _asked: MetricQuery) -> float | None:
    """How much of what was committed was not done at the close of the sprint.

    committed, still in the sprint and neither done nor discarded at its close ÷ committed, of the sprints closed in
    the period

    Committed is what was in the sprint at its start and not done before. Read just before the close, because Jira moves
    unfinished work at that moment. In story points at the start where they are mapped, else in issues.
    Source: common practice in sprint reporting, "carry-over".

    >>> spillover_ratio(example(sprint=[0, 0, 0], planned=[3.0, 5.0, 2.0], spilled=[0.0, 5.0, 0.0]), example_question())
    0.5
    """
    planned = float(rows["planned"].sum())
    return float(rows["spilled"].sum()) / planned if planned else None


@spillover_ratio.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    planned, spilled, unit = float(rows["planned"].sum()), float(rows["spilled"].sum()), unit_of(query)
    return explained(
        rows,
        query,
        f"{planned:g} {unit} were committed, {spilled:g} of them were not done at the close.",
        f"{spilled:g} ÷ {planned:g} = {spilled / planned:.4g}.",
    )
