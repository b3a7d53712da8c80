"""Flow time of each completed item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from data.charts.catalogue import ChartQuery, chart
from data.charts.downsample import thin
from data.charts.drawing import Drawing, by_key, fixed, left_out, nothing
from data.charts.moments import local_minutes
from data.charts.percentiles import CYCLE_SWITCHES, cycle_rows, percentile_lines
from data.facts.named_spans import timed_words
from data.facts.past import names_of
from data.metrics.measure import instants_of
from data.metrics.registry import ISSUE_METRICS
from data.values.charts import Series


@chart(family="flow", order=1, title="Flow time of each item", switches=CYCLE_SWITCHES)
def cycle_time_scatter(query: ChartQuery) -> Drawing:
    """Each point is an item: when it was completed, and how many days it took from first work to done.

    The lines say how long so many percent of the items took at most. Items far above the 85 % line are worth a look.
    The same items and days as the metric "Flow time": where a named span is timed, those of the span.
    """
    rows = cycle_rows(query)
    used = rows.take(rows.reason == 0)
    picks = by_key(query.facts, rows).showing(values="days", unit="days")
    if not len(used):
        return nothing(
            "No items with a known start were completed between these dates.",
            todo="Choose other days, or clear a filter.",
            drilldown=picks,
        )
    days = used.columns["days"]
    keys = query.facts.tables.issues["key"].to_numpy(dtype=object)[used.issue]
    shown, thinned = thin(days, keep_above=query.quantile(days, 95))
    half, high = query.quantile(days, 50), query.quantile(days, 85)

    def table() -> Iterator[tuple[Any, ...]]:
        newest = np.arange(len(used))[::-1]
        instants = instants_of(ISSUE_METRICS["flow_time"], query, used)
        types = names_of(query.facts, "type", used, instants)
        started, ended = (local_minutes(used.columns[name], query.facts.zone) for name in ("started", "completed"))
        for n in newest.tolist():
            yield keys[n], types[n], started[n], ended[n], float(days[n])

    return Drawing(
        f"Half of the {len(used):,} items took at most {half:,.1f} days, 85 % of them at most {high:,.1f}.",
        (
            Series(
                "Items",
                "points",
                local_minutes(used.at[shown], query.facts.zone),
                fixed(days[shown]),
                picks=keys[shown].tolist(),
            ),
        ),
        percentile_lines(query, days, "y"),
        x_title="Completed",
        y_title="Days",
        x_kind="time",
        unit="days",
        x_range=(query.period.first.isoformat(), f"{query.period.last.isoformat()}T23:59"),
        columns=("Key", "Type", "Started", "Completed", "Days"),
        table=table,
        table_picks=lambda: keys[::-1].tolist(),
        row_count=len(used),
        drilldown=picks,
        titled={0: used.issue[shown]},
        notes=(*timed_words(query.facts), *left_out(rows)),
        thinned=thinned,
    )
