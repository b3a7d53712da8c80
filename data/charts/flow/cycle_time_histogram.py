"""How long completed items took, as a histogram."""

from __future__ import annotations

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing
from data.charts.histogram import histogram
from data.charts.percentiles import CYCLE_SWITCHES, cycle_rows


@chart(family="flow", order=12, title="Flow times", switches=CYCLE_SWITCHES)
def cycle_time_histogram(query: ChartQuery) -> Drawing:
    """Each bar is how many items took so many days from first work to done.

    A long tail to the right means that a few items take far longer than the rest; the lines say what share of the items
    was done by then. The same items and days as the metric "Flow time".
    """
    return histogram(
        query,
        cycle_rows(query),
        "Of {n} items, half were done within {half} days of their start and 85 % within {high}.",
        "No items with a known start were completed between these dates.",
    )
