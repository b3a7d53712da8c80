"""Work in progress by status and by person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, by_code, left_out, nothing
from data.charts.statuses import names, workflow_order
from data.facts.load import at_snapshot, load_rows
from data.facts.rows import Rows
from data.metrics.registry import ISSUE_METRICS
from data.values.arrays import Codes
from data.values.charts import Series
from data.values.names import name_key, told_apart
from data.values.typography import listed

SWITCHES = ISSUE_METRICS["flow_load"].switches
NOBODY = "nobody"
MOST_PEOPLE = 30
NAMED_TIES = 3  # as many of equal length are named, more are counted


@chart(family="flow", order=10, title="Load by status", switches=("percentile", *SWITCHES), beside=("statuses_by",))
def load_by_status(query: ChartQuery) -> Drawing:
    """Each bar is how many items are in that status at the end of the period, or now.

    A status that holds much more than the one after it is a queue. The same items as the metric "Flow load".
    """
    rows = at_snapshot(query.facts.once(load_rows), query)
    order = workflow_order(query.facts)
    codes = np.concatenate((order, np.setdiff1d(rows.columns["status"][rows.reason == 0], order)))
    ids = [str(each) for each in query.facts.tables.statuses["status_id"].to_numpy(dtype=object)[codes]]
    place = np.full(len(query.facts.tables.statuses) + 1, -1)
    place[codes] = np.arange(len(codes))
    return _lying(query, rows, place[rows.columns["status"]], names(query.facts, codes), ids, "Status", keep_empty=True)


@chart(family="flow", order=11, title="Load by person", switches=("percentile", *SWITCHES))
def load_by_person(query: ChartQuery) -> Drawing:
    """Each bar is how many items in progress are assigned to that person, at the end of the period or now.

    Much work at once makes each item slow. Who an item is assigned to is known as of the last sync only. The same items
    as the metric "Flow load".
    """
    rows = at_snapshot(query.facts.once(load_rows), query)
    people = query.facts.tables.issues["assignee"].cat
    code = people.codes.to_numpy().astype(np.int64)[rows.issue]
    named = [str(each) for each in people.categories]
    titles = [*(told_apart(each, (NOBODY,), "a person") for each in named), NOBODY]
    code = np.where(code < 0, len(titles) - 1, code)
    counts = np.bincount(code[rows.reason == 0], minlength=len(titles))
    order = np.array(sorted(range(len(titles)), key=lambda n: (-counts[n], name_key(titles[n]), n)), dtype=np.int64)
    place = np.empty(len(titles), dtype=np.int64)
    place[order] = np.arange(len(titles))
    ranked = [titles[n] for n in order.tolist()]
    return _lying(query, rows, place[code], ranked, ranked, "Person", keep_empty=False)


def _lying(
    query: ChartQuery,
    rows: Rows,
    code: Codes,
    titles: Sequence[str],
    tokens: Sequence[str],
    what: str,
    *,
    keep_empty: bool,
) -> Drawing:
    """A lying bar for each title; `code`: which one each row belongs to."""
    code = np.where(rows.reason == 0, code, -1)
    named = dict(zip(tokens, titles, strict=True))
    picks = by_code(rows, code, tokens).showing(values="age", unit="days", label=lambda token: named[token])
    if not rows.used:
        return nothing(
            "Nothing is in progress at the end of this period.",
            todo="Choose other days, or clear a filter.",
            drilldown=picks,
        )
    counts = np.bincount(code[code >= 0], minlength=len(titles)).tolist()
    age = rows.columns["age"]
    seen = [n for n in range(len(titles)) if counts[n] or keep_empty]
    drawn = seen[:MOST_PEOPLE]
    top = max(seen, key=lambda n: counts[n])

    def row(n: int) -> tuple[Any, ...]:
        ages = age[code == n]
        return titles[n], counts[n], query.quantile(ages, 50), float(ages.max()) if len(ages) else None

    hidden = (
        f"The {len(drawn)} with the most items are drawn; the table has all {len(seen)}."
        if len(seen) > len(drawn)
        else ""
    )
    return Drawing(
        _reading(rows.used, counts[top], [titles[n] for n in seen if counts[n] == counts[top]], what),
        (
            Series(
                "",
                "lying",
                [counts[n] for n in drawn],
                [titles[n] for n in drawn],
                text=[f"{titles[n]}: {counts[n]:,} item{'s' * (counts[n] != 1)}" for n in drawn],
                picks=[tokens[n] if counts[n] else "" for n in drawn],
            ),
        ),
        x_title="Items",
        y_title=what,
        x_kind="category",
        columns=(what, "Items", "Median age, days", "Oldest, days"),
        table=lambda: (row(n) for n in seen),
        table_picks=lambda: [tokens[n] if counts[n] else "" for n in seen],
        row_count=len(seen),
        drilldown=picks,
        notes=left_out(rows),
        thinned=hidden,
    )


def _reading(used: int, most: int, top: Sequence[str], what: str) -> str:
    """`top`: the titles that hold `most` items, more than one where they are equal."""
    items = f"{used:,} item{'s are' if used != 1 else ' is'} in progress"
    if what == "Person" and most == 1:
        return f"{items}; nobody has more than one."
    if len(top) > NAMED_TIES:
        return f"{items}; {len(top)} hold the most, {most:,} each."
    if len(top) > 1:
        return f"{items}; {listed(top)} hold the most, {most:,} each."
    return f"{items}; {top[0]} {'has' if what == 'Person' else 'holds'} the most, {most:,}."
