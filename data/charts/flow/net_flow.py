"""Whether more work is begun than finished."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from data.charts.bars import counts, in_buckets, pickable
from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, left_out, nothing
from data.charts.moments import buckets
from data.facts.completions import completed_rows, completions
from data.facts.dataset import Dataset
from data.facts.levels import recorded
from data.facts.rows import Rows, Sieve
from data.facts.switches import ISSUES, STATUSES
from data.tables.frames import NEVER
from data.values.charts import Series
from data.values.exclusion import Exclusion


def crossings_rows(facts: Dataset) -> Rows:
    """Arrivals and departures at their instants. Columns: departs (boolean), started, completed.

    An item arrives when it is started, at the latest when it is completed; it departs when it is completed.
    """
    found, done = facts.once(completions), facts.once(completed_rows)
    ended = np.full(len(facts.tables), NEVER, dtype=np.int64)
    ended[done.issue[done.reason == 0]] = done.at[done.reason == 0]
    begun = np.where((found.started != NEVER) & (found.started <= facts.now), found.started, NEVER)
    begun = np.where((ended != NEVER) & ((begun == NEVER) | (begun > ended)), ended, begun)
    table = facts.tables.issues
    arrives = np.flatnonzero((begun != NEVER) & facts.chosen)
    sieve = recorded(facts, arrives)
    refused = np.zeros(len(table), dtype=bool)
    refused[done.issue[done.reason > 0]] = True
    sieve.drop(refused[arrives], Exclusion.NOT_COMPLETED)
    keep = sieve.reason == 0
    issue = np.concatenate((arrives, np.flatnonzero(ended != NEVER)))
    at = np.concatenate((begun[arrives], ended[ended != NEVER]))
    out = Sieve(len(issue))
    out.reasons, out.reason[: len(arrives)] = sieve.reasons, np.where(keep, 0, sieve.reason)
    departs = np.arange(len(issue)) >= len(arrives)
    return out.rows(at, issue, departs=departs, started=begun[issue], completed=ended[issue])


@chart(
    family="flow",
    order=6,
    title="Net flow",
    switches=(*STATUSES, "completion", "backward_moves", "not_completed_resolutions", *ISSUES),
    fields=("work_started_date", "work_completed_date"),
)
def net_flow(query: ChartQuery) -> Drawing:
    """Each bar is how many items were started less how many were completed on that day, or in that week.

    Above zero the work in progress grows, below zero it shrinks. An item that went straight to done arrives and departs
    at once. Items that ended without being completed (such as Won't Do) are left out on both sides.
    The net can differ from the change of the flow load: an item that is moved back to To Do leaves the load without
    being completed, and one that ends without being completed leaves it too.
    """
    rows = query.facts.once(crossings_rows).between(query.start, query.end)
    over = buckets(query)
    code = np.where(rows.reason == 0, over.place(rows.at), -1)
    picks = in_buckets(rows, over, code).showing(
        outcome_title="Event",
        outcome=lambda some: ["completed" if each else "started" for each in some.columns["departs"].tolist()],
    )
    if not rows.used:
        return nothing(
            "Nothing was started or completed between these dates.",
            todo="Choose other days, or clear a filter.",
            drilldown=picks,
        )
    leaving = rows.columns["departs"]
    begun, ended = (counts(np.where(which, code, -1), len(over)) for which in (~leaving, leaving))
    net = begun - ended
    tokens = pickable(over.tokens, begun + ended)

    def table() -> Iterator[tuple[Any, ...]]:
        columns = (over.days, over.last, begun.tolist(), ended.tolist(), net.tolist(), np.cumsum(net).tolist())
        for first, last, *numbers in zip(*columns, strict=True):
            yield (first.isoformat(), last.isoformat(), *numbers)

    text = [
        f"{words}: {a:,} started, {b:,} completed, {c:+,}"
        for words, a, b, c in zip(over.labels, begun.tolist(), ended.tolist(), net.tolist(), strict=True)
    ]
    total = int(net.sum())
    grows = f"{total:,} more than were finished" if total > 0 else f"{-total:,} more than were started"
    return Drawing(
        (
            f"{int(begun.sum()):,} items were started and {int(ended.sum()):,} completed: "
            f"{grows if total else 'as many as were started'}."
        ),
        (Series("", "bars", over.tokens, net.tolist(), text=text, picks=tokens),),
        x_title=f"{over.unit.capitalize()}s, by their first day" if over.unit == "week" else "Days",
        y_title="Started − completed",
        x_kind="time",
        columns=("From", "To", "Started", "Completed", "Net", "Net so far"),
        table=table,
        table_picks=lambda: tokens,
        row_count=len(over),
        drilldown=picks,
        notes=left_out(rows),
    )
