"""Escaped defects."""

from __future__ import annotations

from data.facts.dataset import Dataset
from data.facts.defects import EVIDENCE, escaped_rows, sources
from data.facts.query import MetricQuery, Missing
from data.facts.rows import Rows
from data.facts.switches import INCIDENTS, ISSUES
from data.metrics.catalogue import metric
from data.metrics.in_sql import COUNT
from data.values.details import Details
from data.values.intervals import Rate


def no_evidence(facts: Dataset) -> Missing | None:
    """What to map or choose when nothing says where a defect was found."""
    if facts.once(sources) or not len(facts.tables):
        return None
    return Missing(
        "Nothing says which defects were found in production. Map the production impact or the environment of a "
        "defect, "
        "or choose a label that marks them.",
        ("production_impact", "target_environment"),
        ("escaped_labels",),
    )


@metric(
    family="quality",
    order=3,
    title="Escaped defects",
    unit="items",
    shows="items",
    lower_is_better=True,
    rows=escaped_rows,
    estimate=lambda rows, _asked: Rate(rows.used),
    missing=no_evidence,
    outcome_title="Because of",
    outcome=lambda rows: [EVIDENCE[each] if each >= 0 else "" for each in rows.columns["evidence"]],
    nothing="Nothing is known about these dates.",
    fields=("production_impact", "target_environment", "flow_item_type"),
    switches=(
        "escaped_labels",
        *INCIDENTS,
        "production_environments",
        "impact_words",
        "no_impact_words",
        "flow_types",
        *ISSUES,
    ),
    aggregation="count",
    tags=("defects", "production", "customer", "incidents"),
    sql=COUNT,
)
def escaped_defects(rows: Rows, query: MetricQuery) -> float | None:
    """How many defects were found in production, not before.

    count of items created in the period that are incidents, or defects with a sign that production had them

    A sign is one of the chosen labels, an environment that is production, or a production impact
    that hurt users. A defect whose impact is a word in no list is left out and counted. Deployment tickets do not
    count. Source: common practice in testing, "defect escape".

    >>> escaped_defects(example(evidence=[0, 2]), example_question())
    2.0
    """
    return query.count(rows)


@escaped_defects.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    found = rows["evidence"].tolist()
    counts = {word: found.count(n) for n, word in enumerate(EVIDENCE) if n in found}
    said = ", ".join(f"{word} {count}" for word, count in counts.items())
    return {
        "per_evidence": counts,
        "count_words": f"{rows.used} defect{'s' * (rows.used != 1)}",
        "notes": [],
        "steps": [
            f"What counts here: {'; '.join(query.facts.once(sources))}.",
            f"{rows.used} in the period" + (f": {said}." if said else "."),
        ],
    }
