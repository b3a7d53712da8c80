"""What kinds of work are completed, over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from data.charts.bars import in_parts, places
from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, left_out, nothing
from data.charts.moments import buckets
from data.facts.flow_items import FLOW_ITEMS, suggested
from data.metrics.measure import rows_for
from data.metrics.registry import ISSUE_METRICS
from data.metrics.shares import shares
from data.values.charts import Series

_SUGGESTED = ("The kinds are suggested by the names of the types.",)


@chart(
    family="flow", order=9, title="Flow distribution over time", switches=ISSUE_METRICS["flow_distribution"].switches
)
def flow_distribution_over_time(query: ChartQuery) -> Drawing:
    """Each bar is how many items of each kind were completed on that day, or in that week.

    A share that grows takes the place of another: more defects or risks leave less room for features. The same items
    and kinds as the metric "Flow distribution".
    """
    rows, over = rows_for(ISSUE_METRICS["flow_distribution"], query), buckets(query)
    code, kind = places(rows, over), rows.columns["kind"]
    picks = in_parts(rows, over, code, kind, FLOW_ITEMS)
    if not rows.used:
        return nothing(
            "No items of a known kind were completed between these dates.",
            todo="Choose other days, or say in the definitions which types are which kind of work.",
            drilldown=picks,
        )
    counts = np.zeros((len(over), len(FLOW_ITEMS)), dtype=np.int64)
    there = code >= 0
    np.add.at(counts, (code[there], kind[there]), 1)
    total, wholes = counts.sum(axis=0), counts.sum(axis=1).tolist()
    percent = shares(total.tolist())
    titles = [each.replace("_", " ").capitalize() for each in FLOW_ITEMS]

    def table() -> Iterator[tuple[Any, ...]]:
        for first, last, numbers in zip(over.days, over.last, counts.tolist(), strict=True):
            yield (first.isoformat(), last.isoformat(), *numbers, sum(numbers))

    made = tuple(
        Series(
            titles[n],
            "stacked",
            over.tokens,
            counts[:, n].tolist(),
            text=[
                f"{words}: {count:,} {titles[n].lower()} of {whole:,}"
                for words, count, whole in zip(over.labels, counts[:, n].tolist(), wholes, strict=True)
            ],
            picks=[
                f"{day}|{FLOW_ITEMS[n]}" if count else ""
                for day, count in zip(over.tokens, counts[:, n].tolist(), strict=True)
            ],
            role=f"share-{n}",
        )
        for n in range(len(FLOW_ITEMS))
    )
    told = ", ".join(f"{each:g} % {title.lower()}" for each, title in zip(percent, titles, strict=True))
    return Drawing(
        f"Of {int(total.sum()):,} items: {told}.",
        made,
        x_title=f"{over.unit.capitalize()}s, by their first day" if over.unit == "week" else "Days",
        y_title="Items",
        x_kind="time",
        columns=("From", "To", *titles, "All"),
        table=table,
        row_count=len(over),
        drilldown=picks,
        notes=(*(_SUGGESTED if suggested(query.facts) else ()), *left_out(rows)),
    )
