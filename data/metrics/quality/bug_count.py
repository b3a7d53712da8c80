"""Bugs found."""

from __future__ import annotations

from data.facts.dataset import Dataset
from data.facts.defects import defect_rows, defects
from data.facts.flow_items import suggested
from data.facts.query import MetricQuery, Missing
from data.facts.rows import Rows
from data.facts.switches import ISSUES
from data.metrics.catalogue import metric
from data.metrics.in_sql import COUNT
from data.values.details import Details
from data.values.intervals import Rate


def no_defects(facts: Dataset) -> Missing | None:
    """What to choose when nothing here is a defect."""
    if facts.field("flow_item_type") is not None or facts.once(defects).any() or not len(facts.tables):
        return None
    return Missing(
        "No issue type in the data counts as a defect. Choose which types do, under Work item types.",
        settings=("flow_types",),
    )


@metric(
    family="quality",
    order=2,
    title="Bugs found",
    unit="items",
    shows="items",
    lower_is_better=True,
    rows=defect_rows,
    estimate=lambda rows, _asked: Rate(rows.used),
    missing=no_defects,
    nothing="Nothing is known about these dates.",
    fields=("flow_item_type",),
    switches=("flow_types", *ISSUES),
    aggregation="count",
    tags=("defects", "bugs", "inflow"),
    sql=COUNT,
)
def bug_count(rows: Rows, query: MetricQuery) -> float | None:
    """How many bugs were reported.

    count of items of kind Defect created in the period

    The kind is that of flow distribution: the mapped flow item type, else the issue type by your choice or its name.
    Fixed or not, each counts when it was reported. Source: common practice in quality reporting, "defect inflow".

    >>> bug_count(example(at=[1, 2]), example_question())
    2.0
    """
    return query.count(rows)


@bug_count.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    types = query.facts.tables.issues["type"].cat
    codes = sorted(set(types.codes.to_numpy()[rows.issue[rows.reason == 0]].tolist()))
    named = ", ".join(str(types.categories[code]) for code in codes if code >= 0)
    guess = suggested(query.facts)
    return {
        "suggested": guess,
        "count_words": f"{rows.used} bug{'s' * (rows.used != 1)}",
        "notes": ["Suggested: which types are bugs comes from their names; choose your own in the mapping."]
        if guess
        else [],
        "steps": [
            f"{len(rows)} defects were created in the period; {len(rows) - rows.used} left out.",
            f"Their types: {named}." if named else "None is counted.",
        ],
    }
