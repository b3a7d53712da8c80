"""Cycle time: flow time under the name that other tools give it."""

from __future__ import annotations

from data.facts.completions import flow_time_rows
from data.facts.named_spans import counted_words, timed_words
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.metrics.catalogue import metric
from data.metrics.flow.flow_time import flow_time
from data.metrics.in_sql import quantile
from data.metrics.spread import spread
from data.values.details import Details
from data.values.intervals import Percentile

SHARE = 50


@metric(
    family="lead_time",
    order=4,
    title="Flow time (cycle time)",
    unit="days",
    shows="days",
    lower_is_better=True,
    rows=flow_time_rows,
    as_of_rows=flow_time_rows,
    estimate=lambda rows, _asked: Percentile(rows["days"], SHARE),
    nothing="No items with a known start were completed between these dates.",
    measures="days",
    fields=("work_started_date", "work_completed_date"),
    switches=flow_time.switches,
    aggregation="median",
    tags=("flow time", "started to done", "p50"),
    parameters={"percentile": SHARE},
    depends=("flow_time",),
    same_as="flow_time",
    sql=quantile("days", SHARE),
)
def cycle_time(rows: Rows, query: MetricQuery) -> float | None:
    """How long an item takes from the start of work to done (median).

    median(completed − started) of the items completed in the period

    The same number as flow time, under the name that Kanban tools give it: from the first entry into an in-progress
    status to the completion. Source: Kanban Guide, "cycle time".

    >>> cycle_time(example(days=[1.0, 2.0, 6.0]), example_question())
    2.0
    """
    return query.quantile(rows["days"], SHARE)


@cycle_time.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    notes = timed_words(query.facts)
    notes += ["Day precision: plain dates are involved."] if rows["day_precision"].any() else []
    return {
        **spread(rows["days"], query),
        "count_words": counted_words(query.facts, rows.used),
        "notes": notes,
        "steps": [
            f"{len(rows)} issues were finished in the period; {rows.used} have a known start.",
            "Half of them took less: the median. It is the same number as flow time.",
        ],
    }
