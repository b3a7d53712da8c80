"""How many items are completed a day or week."""

from __future__ import annotations

from data.charts.bars import counts, in_buckets, pickable, places
from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, left_out, nothing
from data.charts.moments import buckets
from data.metrics.measure import rows_for
from data.metrics.registry import ISSUE_METRICS
from data.values.charts import Line, Series


@chart(
    family="flow", order=3, title="Items completed", switches=("percentile", *ISSUE_METRICS["flow_velocity"].switches)
)
def throughput(query: ChartQuery) -> Drawing:
    """Each bar is how many items were completed on that day, or in that week where the period is longer than 45 days.

    The line is the median of the days or weeks that are whole and over; days without a completion count as 0. The same
    items as the metric "Flow velocity".
    """
    rows, over = rows_for(ISSUE_METRICS["flow_velocity"], query), buckets(query)
    code = places(rows, over)
    picks = in_buckets(rows, over, code)
    if not rows.used:
        return nothing(
            "No items were completed between these dates.",
            todo="Choose other days, or clear a filter.",
            drilldown=picks,
        )
    found = counts(code, len(over))
    whole = found[over.whole]
    median = query.quantile(whole, 50)
    cut = "" if over.whole.all() else f" The median leaves out {over.unit}s that are incomplete."
    reading = f"{rows.used:,} items were completed"
    reading += f", {median:,.1f} in a typical {over.unit}." if median is not None else "."
    return Drawing(
        reading,
        (
            Series(
                "",
                "bars",
                over.tokens,
                found.tolist(),
                text=[
                    f"{words}: {n:,} item{'s' * (n != 1)}" for words, n in zip(over.labels, found.tolist(), strict=True)
                ],
                picks=pickable(over.tokens, found),
            ),
        ),
        (Line("y", median, f"median {median:,.1f}", "main"),) if median is not None else (),
        x_title=f"{over.unit.capitalize()}s, by their first day" if over.unit == "week" else "Days",
        y_title=f"Items a {over.unit}",
        x_kind="time",
        columns=("From", "To", "Items", "Whole"),
        table=lambda: (
            (first.isoformat(), last.isoformat(), n, "yes" if full else "no")
            for first, last, n, full in zip(over.days, over.last, found.tolist(), over.whole.tolist(), strict=True)
        ),
        table_picks=lambda: pickable(over.tokens, found),
        row_count=len(over),
        drilldown=picks,
        notes=(*left_out(rows), *((cut.strip(),) if cut else ())),
    )
