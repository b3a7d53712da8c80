"""Work in progress: flow load under the name that other tools give it."""

from __future__ import annotations

import numpy as np

from data.facts.load import at_snapshot, daily, load_rows
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.metrics.flow.flow_load import flow_load
from data.metrics.in_progress import in_progress_metric
from data.metrics.in_sql import COUNT
from data.values.details import Details


@in_progress_metric(
    family="capacity",
    order=2,
    title="Flow load (work in progress)",
    select=at_snapshot,
    measures="age",
    fields=("work_started_date", "work_completed_date"),
    switches=flow_load.switches,
    tags=("wip", "flow load", "open"),
    depends=("flow_load",),
    same_as="flow_load",
    sql=COUNT,
)
def wip(rows: Rows, query: MetricQuery) -> float | None:
    """How many items are being worked on at the end of the period (now, if that is earlier).

    count of items in an in-progress status at that instant, from history

    The same number as flow load, under the name that Kanban tools give it. Over time it is read at the end of each day,
    week or month. Source: Kanban Guide, "WIP".

    >>> wip(example(age=[1.0, 20.0]), example_question())
    2.0
    """
    return query.count(rows)


@wip.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    counts = daily(query.facts.once(load_rows), query)
    age = query.quantile(rows["age"], 50)
    return {
        "daily_average": float(np.mean(counts)) if len(counts) else None,
        "age_p50": age,
        "count_words": f"{rows.used} item{'s' * (rows.used != 1)} in progress",
        "notes": [],
        "steps": [
            f"{len(rows)} issues were in progress at the end of the period; {len(rows) - rows.used} left out.",
            f"Half of them are older than {age:,.1f} days." if rows.used else "None is counted.",
        ],
    }
