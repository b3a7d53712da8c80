"""Flow distribution."""

from __future__ import annotations

import numpy as np

from data.facts.flow_items import FLOW_ITEMS, distribution_rows, suggested
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.switches import COMPLETED, ISSUES
from data.metrics.catalogue import metric
from data.metrics.shares import shares
from data.values.details import Details


@metric(
    family="flow",
    order=5,
    aggregation="share",
    tags=(
        "features",
        "defects",
        "risk",
        "technical debt",
    ),
    title="Flow distribution",
    unit="percent",
    shows="share",
    lower_is_better=None,
    rows=distribution_rows,
    as_of_rows=distribution_rows,
    outcome_title="Kind",
    outcome=lambda rows: [FLOW_ITEMS[each].replace("_", " ") for each in rows.columns["kind"]],
    nothing="No items of a known kind were completed between these dates.",
    fields=("flow_item_type",),
    switches=("flow_types", *COMPLETED, *ISSUES),
    not_sql="Its shares are rounded so that they sum to 100: the largest remainder decides.",
)
def flow_distribution(rows: Rows, _asked: MetricQuery) -> float | None:
    """What the completed items were: features, defects, risks or technical debt.

    items of each kind ÷ items completed in the period; the value is the share of features

    Shares have one decimal and sum to exactly 100 (largest remainder). Types that are not mapped are left out and
    listed.
    Source: Flow Framework, "flow distribution".

    >>> flow_distribution(example(kind=[0, 0, 1]), example_question())
    66.7
    """
    counts = np.bincount(rows["kind"], minlength=len(FLOW_ITEMS))
    return shares(counts)[0] if counts.sum() else None


@flow_distribution.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    counts = np.bincount(rows["kind"], minlength=len(FLOW_ITEMS))
    guess = suggested(query.facts)
    return {
        "distribution": dict(zip(FLOW_ITEMS, shares(counts), strict=True)) if counts.sum() else None,
        "counts": dict(zip(FLOW_ITEMS, counts.tolist(), strict=True)),
        "value_is": "Feature",
        "suggested": guess,
        "count_words": f"{rows.used} item{'s' * (rows.used != 1)}",
        "notes": ["Suggested: the kinds come from names of issue types; choose your own in the mapping."]
        if guess
        else [],
        "steps": [
            f"{rows.used} items of a known kind: "
            + ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in zip(FLOW_ITEMS, counts, strict=True))
            + "."
        ],
    }
