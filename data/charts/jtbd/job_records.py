"""The list of records and issues, which the tab opens like the points of a chart."""

from __future__ import annotations

from data.charts.catalogue import JobChartQuery, job_chart
from data.charts.drawing import Drawing, nothing


@job_chart(order=6, title="Records and issues", on_tab=False)
def job_records(_asked: JobChartQuery) -> Drawing:
    """What was recorded, and the issues that say which job they serve."""
    return nothing("This is a list, not a chart.", todo="Open it from the tab Jobs.")
