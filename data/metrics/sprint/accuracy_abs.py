"""Distance from the plan."""

from __future__ import annotations

import numpy as np

from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.sprint_issues import NOTHING_COMMITTED, explained, unit_of
from data.metrics.sprint.family import sprint_metric
from data.values.arrays import Numbers
from data.values.details import Details


@sprint_metric(
    order=3,
    title="Distance from the plan",
    unit="ratio",
    shows="ratio_percent",
    lower_is_better=True,
    nothing=NOTHING_COMMITTED,
    aggregation="ratio",
    tags=("accuracy", "predictability", "say/do", "plan"),
    not_sql="Its rows are added up sprint by sprint before they are compared.",
)
def accuracy_abs(rows: Rows, _asked: MetricQuery) -> float | None:
    """How far what was completed lies from what was committed, in either direction.

    Σ |completed − committed| of each sprint ÷ Σ committed, of the sprints closed in the period

    Completed is everything in the sprint and done just before its close, added work included; 0 is exactly as planned.
    Source: common practice in sprint reporting, "commitment accuracy".

    >>> accuracy_abs(example(sprint=[0, 0, 1], planned=[3.0, 5.0, 2.0], done=[3.0, 0.0, 4.0]), example_question())
    0.7
    """
    planned = float(rows["planned"].sum())
    return float(np.abs(_differences(rows)).sum()) / planned if planned else None


def _differences(rows: Rows) -> Numbers:
    """Completed − committed, a value a sprint."""
    if not rows.used:
        return np.zeros(0)
    return np.bincount(rows["sprint"], weights=rows["done"] - rows["planned"]).astype(np.float64)


@accuracy_abs.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    planned, unit = float(rows["planned"].sum()), unit_of(query)
    done, away = float(rows["done"].sum()), float(np.abs(_differences(rows)).sum())
    return explained(
        rows,
        query,
        f"{planned:g} {unit} were committed, {done:g} completed; sprint by sprint {away:g} apart.",
        f"{away:g} ÷ {planned:g} = {away / planned:.4g}.",
    )
