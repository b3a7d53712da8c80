"""How long items took from their creation, as a histogram."""

from __future__ import annotations

import numpy as np

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing
from data.charts.histogram import histogram
from data.facts.days import backwards, spans
from data.facts.rows import Rows, Sieve
from data.facts.switches import AGES, COMPLETED
from data.metrics.measure import rows_for
from data.metrics.registry import ISSUE_METRICS
from data.values.exclusion import Exclusion


def lead_rows(query: ChartQuery) -> Rows:
    """Items completed in the period at their completion. Columns: days from creation, started (the creation),
    completed.
    """
    facts = query.facts
    rows = rows_for(ISSUE_METRICS["flow_velocity"], query)
    created = facts.tables.issues["created"].to_numpy()[rows.issue]
    plain = rows.columns["by_end_field"] & facts.date_only("work_completed_date")
    rule = facts.definitions
    days = spans(created, rows.at, plain, definition=rule.durations, zone=facts.zone, working=rule.working_time)
    sieve = Sieve.of(rows)
    sieve.drop(backwards(created, rows.at, plain, facts.zone), Exclusion.COMPLETED_BEFORE_CREATED)
    columns = {**rows.columns, "started": created, "completed": rows.at, "days": np.nan_to_num(days)}
    return Rows(rows.at, rows.subjects, sieve.reason, tuple(sieve.reasons), columns)


@chart(
    family="flow",
    order=13,
    title="Lead times",
    switches=(*AGES, *COMPLETED, "all_levels", "deployment_types", "percentile", "zone"),
)
def lead_time_histogram(query: ChartQuery) -> Drawing:
    """Each bar is how many items took so many days from the day they were written down to done.

    Lead time is what the person who asked waits: the time before the work began is part of it. Where it is much longer
    than the flow time, items lie in the backlog. The same items as the metric "Flow velocity".
    """
    return histogram(
        query,
        lead_rows(query),
        "Of {n} items, half were done within {half} days of being created and 85 % within {high}.",
        "No items were completed between these dates.",
    )
