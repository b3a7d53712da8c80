"""Work in progress that nobody is assigned to."""

from __future__ import annotations

from data.facts.load import at_snapshot, load_rows
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.stuck import unassigned
from data.facts.switches import AGES, ISSUES, STATUSES
from data.metrics.in_progress import in_progress_metric
from data.metrics.in_sql import COUNT
from data.values.details import Details


@in_progress_metric(
    family="capacity",
    order=4,
    title="Items in progress without an assignee",
    select=unassigned,
    measures="age",
    fields=("work_started_date", "work_completed_date"),
    switches=(*AGES, "load", *STATUSES, *ISSUES),
    tags=("wip", "orphans", "ownership"),
    depends=("wip",),
    sql=COUNT,
)
def wip_no_assignee(rows: Rows, query: MetricQuery) -> float | None:
    """How many items in progress nobody is assigned to.

    count of items in an in-progress status at the end of the period that have no assignee

    The status is that of the day; the assignee is that of now, because Throughline keeps no history of it.
    Source: Kanban practice, "work without an owner".

    >>> wip_no_assignee(example(age=[1.0]), example_question())
    1.0
    """
    return query.count(rows)


@wip_no_assignee.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    there = at_snapshot(query.facts.once(load_rows), query)
    past = query.end <= query.facts.now
    return {
        "in_progress": there.used,
        "count_words": f"{rows.used} of {there.used} in progress",
        "notes": ["Assignees are those of now."] if past else [],
        "steps": [
            f"{there.used} items were in progress at the end of the period; {rows.used} of them have no assignee."
        ],
    }
