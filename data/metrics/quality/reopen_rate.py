"""Reopen rate."""

from __future__ import annotations

import numpy as np

from data.facts.query import MetricQuery
from data.facts.reopenings import finished_rows, once_each
from data.facts.rows import Rows
from data.facts.switches import FINISHED, ISSUES
from data.metrics.beside_velocity import beside_velocity
from data.metrics.catalogue import metric
from data.metrics.in_sql import RowCount, quotient
from data.tables.frames import NEVER
from data.values.details import Details
from data.values.intervals import Proportion


@metric(
    family="quality",
    order=4,
    title="Reopen rate",
    unit="percent",
    shows="percent",
    lower_is_better=True,
    rows=finished_rows,
    estimate=lambda rows, _asked: Proportion(int(np.count_nonzero(rows["reopened"] != NEVER)), rows.used),
    select=once_each,
    outcome_title="Since then",
    outcome=lambda rows: np.where(rows.columns["reopened"] != NEVER, "reopened", "still done"),
    nothing="No items were finished between these dates.",
    switches=(*FINISHED, *ISSUES),
    aggregation="share",
    tags=("rework", "returned", "first time right"),
    sql=quotient(RowCount(dated="reopened"), RowCount(), 100),
)
def reopen_rate(rows: Rows, _asked: MetricQuery) -> float | None:
    """How many of the finished items came back.

    items finished in the period that were moved out of done again ÷ items finished in the period

    An item counts once, at its first entry into done in the period; it came back if it left done at any time until
    now, so the newest have had less time to. Source: common practice in quality reporting, "reopen rate".

    >>> reopen_rate(example(reopened=[NEVER, 7, NEVER, NEVER]), example_question())
    25.0
    """
    return 100 * int(np.count_nonzero(rows["reopened"] != NEVER)) / rows.used if rows.used else None


@reopen_rate.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    back = int(np.count_nonzero(rows["reopened"] != NEVER))
    return {
        "reopened": back,
        "count_words": f"{back} of {rows.used} item{'s' * (rows.used != 1)}",
        "notes": beside_velocity(rows, query),
        "steps": [
            f"{rows.used} items entered a done status in the period.",
            f"{back} of them left it again since then: {back} ÷ {rows.used} = {100 * back / max(rows.used, 1):.4g} %.",
        ],
    }
