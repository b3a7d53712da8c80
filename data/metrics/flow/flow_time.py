"""Flow time."""

from __future__ import annotations

import numpy as np

from data.facts.completions import flow_time_rows
from data.facts.named_spans import counted_words, timed_words
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.switches import AGES, ISSUES, STATUSES
from data.metrics.catalogue import metric
from data.metrics.in_sql import quantile
from data.metrics.spread import spread
from data.values.details import Details
from data.values.intervals import Percentile


@metric(
    family="flow",
    order=2,
    aggregation="median",
    tags=(
        "cycle time",
        "started to done",
    ),
    title="Flow time",
    unit="days",
    shows="days",
    lower_is_better=True,
    rows=flow_time_rows,
    as_of_rows=flow_time_rows,
    estimate=lambda rows, _asked: Percentile(rows["days"]),
    nothing="No items with a known start were completed between these dates.",
    measures="days",
    fields=("work_started_date", "work_completed_date", "flow_time_days"),
    switches=(
        *AGES,
        "percentile",
        *STATUSES,
        "backward_moves",
        "spans",
        "timed_span",
        "completion",
        "completed_as_of",
        "subtract_reopened",
        "not_completed_resolutions",
        *ISSUES,
    ),
    sql=quantile("days", 50),
)
def flow_time(rows: Rows, query: MetricQuery) -> float | None:
    """How long an item takes from first work to done (median).

    median(completed − started) of the items completed in the period

    Started is the first entry into an in-progress status. An earlier stay in done and the reopening lie inside. Where
    a named span is timed, the time is that from the first entry into its first statuses to the last entry into its last
    ones, of the same completed items.
    Left out and counted by reason: sub-tasks and epics (a setting), items closed with a resolution that is no
    completion, and items whose history is incomplete, says nothing, or never enters work in progress.
    Source: Flow Framework, "flow time".

    >>> flow_time(example(days=[1.0, 2.0, 6.0]), example_question())
    2.0
    """
    return query.quantile(rows["days"], 50)


@flow_time.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    timed = timed_words(query.facts)
    notes = list(timed)
    for name, column, what in (
        ("work_started_date", "by_start_field", "start"),
        ("work_completed_date", "by_end_field", "completion"),
    ):
        if query.facts.field(name) is not None and not timed:
            mapped = int(np.count_nonzero(rows[column]))
            notes.append(f"{mapped} by the mapped {what} date, {rows.used - mapped} from history.")
    if rows["day_precision"].any():
        notes.append("Day precision: plain dates are involved.")
    through = " and end of what is timed" if timed else ""
    out: Details = {
        **spread(rows["days"], query),
        "count_words": counted_words(query.facts, rows.used),
        "notes": notes,
        "steps": [
            f"{len(rows)} issues were finished in the period; {rows.used} have a known start{through}.",
            (
                f"Half of them took less than {query.quantile(rows['days'], 50) or 0:.4g} days: the median is the "
                "flow time."
            ),
        ],
    }
    checked = rows["checked"]
    if query.facts.field("flow_time_days") is not None and (~np.isnan(checked)).any():
        out["mapped_flow_time_median"] = query.quantile(checked[~np.isnan(checked)], 50)
    return out
