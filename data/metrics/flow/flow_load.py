"""Flow load."""

from __future__ import annotations

import numpy as np

from data.facts.load import at_snapshot, daily, load_rows
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.status_groups import status_titles
from data.facts.switches import AGES, ISSUES, STATUSES
from data.metrics.in_progress import in_progress_metric
from data.metrics.in_sql import COUNT
from data.values.details import Details


@in_progress_metric(
    family="flow",
    order=4,
    tags=(
        "wip",
        "work in progress",
        "open",
    ),
    title="Flow load",
    select=at_snapshot,
    measures="age",
    fields=("work_started_date",),
    switches=(*AGES, "load", "statuses_by", *STATUSES, "backward_moves", *ISSUES),
    sql=COUNT,
)
def flow_load(rows: Rows, query: MetricQuery) -> float | None:
    """How many items are in progress at the end of the period (now, if that is earlier).

    count of items in an in-progress status at that instant, from history

    Items in waiting statuses count; items moved back to To Do do not. Source: Flow Framework, "flow load".

    >>> flow_load(example(age=[1.0, 20.0]), example_question())
    2.0
    """
    return query.count(rows)


@flow_load.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    facts = query.facts
    age = rows["age"]
    names = np.array([*facts.once(status_titles), "unknown"], dtype=object)
    statuses, per_status = np.unique(rows["status"], return_counts=True)
    people = facts.tables.issues["assignee"].cat
    codes, per_person = np.unique(people.codes.to_numpy()[rows.issue[rows.reason == 0]], return_counts=True)
    whom = ["nobody" if code < 0 else str(people.categories[code]) for code in codes]
    counts = daily(facts.once(load_rows), query)
    middle = query.quantile(age, 50)
    return {
        "age_p50": middle,
        "age_p85": query.quantile(age, 85),
        "age_p95": query.quantile(age, 95),
        "daily_average": float(np.mean(counts)) if len(counts) else None,
        "per_status": dict(
            sorted(zip(names[statuses].tolist(), per_status.tolist(), strict=True), key=lambda each: -each[1])
        ),
        "per_person": dict(sorted(zip(whom, per_person.tolist(), strict=True), key=lambda each: -each[1])[:20]),
        "count_words": f"{rows.used} item{'s' * (rows.used != 1)} in progress",
        "notes": [],
        "steps": [
            f"{len(rows)} issues were in progress at the end of the period; {len(rows) - rows.used} left out.",
            f"Half of them are older than {middle:,.1f} days." if middle is not None else "None is counted.",
        ],
    }
