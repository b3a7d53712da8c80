"""Closed."""

from __future__ import annotations

import numpy as np

from data.facts.arrivals import closed_rows
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.switches import COMPLETED, ISSUES
from data.metrics.beside_velocity import beside_velocity
from data.metrics.catalogue import metric
from data.metrics.flow.flow_velocity import origins
from data.metrics.in_sql import COUNT
from data.values.details import Details
from data.values.intervals import Rate


@metric(
    family="throughput",
    order=2,
    title="Closed",
    unit="items",
    shows="items",
    lower_is_better=False,
    rows=closed_rows,
    as_of_rows=closed_rows,
    estimate=lambda rows, _asked: Rate(rows.used),
    outcome_title="Resolution",
    outcome=lambda rows: list(rows.columns["resolution"]),
    nothing="Nothing is known about these dates.",
    fields=("work_completed_date",),
    switches=(*COMPLETED, *ISSUES),
    aggregation="count",
    tags=("outflow", "done", "resolved", "throughput"),
    sql=COUNT,
)
def closed(rows: Rows, query: MetricQuery) -> float | None:
    """How many items were closed, finished or not.

    count of items closed in the period, whatever their resolution

    Closed is the last crossing into a done status, if the item is still done. Won't Do and duplicates count here,
    because they leave the backlog too; flow velocity counts only what was completed. Source: queueing theory,
    "departure rate".

    >>> closed(example(at=[1, 2]), example_question())
    2.0
    """
    return query.count(rows)


@closed.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    names, counts = np.unique(rows["resolution"].astype(str), return_counts=True)
    said = ", ".join(f"{name} {count}" for name, count in zip(names, counts, strict=True))
    return {
        "per_resolution": dict(zip(names.tolist(), counts.tolist(), strict=True)),
        "count_words": f"{rows.used} item{'s' * (rows.used != 1)}",
        "notes": [*origins(rows, query), *beside_velocity(rows, query)],
        "steps": [
            f"{len(rows)} issues were closed in the period; {len(rows) - rows.used} left out.",
            f"By resolution: {said}." if said else "None is counted.",
        ],
    }
