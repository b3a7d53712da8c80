"""Flow efficiency."""

from __future__ import annotations

from data.facts.dataset import Dataset
from data.facts.efficiency import efficiency_rows, from_hours
from data.facts.query import MetricQuery, Missing
from data.facts.rows import Rows
from data.facts.switches import BLOCKED, ISSUES, STATUSES
from data.metrics.catalogue import metric
from data.metrics.in_sql import Total, quotient
from data.tables.tidy import DAY
from data.values.details import Details
from data.values.intervals import Ratio


def no_active_time(facts: Dataset) -> Missing | None:
    """What to choose when nothing says in which statuses somebody works."""
    if facts.workflow.active or facts.field("active_work_hours") is not None:
        return None
    return Missing(
        "Choose in which statuses somebody works on an item (active), or map the hours worked.",
        ("active_work_hours",),
        ("workflow.active",),
    )


@metric(
    family="flow",
    order=3,
    aggregation="ratio",
    tags=(
        "waiting",
        "active time",
    ),
    title="Flow efficiency",
    unit="percent",
    shows="percent",
    lower_is_better=False,
    rows=efficiency_rows,
    as_of_rows=efficiency_rows,
    estimate=lambda rows, _asked: Ratio(rows["active"], rows["total"], scale=100.0, most=100.0),
    missing=no_active_time,
    outcome_title="Active",
    outcome=lambda rows: [
        f"{each:.0f} % of {total / DAY:,.1f} days"
        for each, total in zip(rows.columns["share"], rows.columns["total"], strict=True)
    ],
    nothing="No items with a known flow time were completed between these dates.",
    measures="share",
    fields=("active_work_hours", "work_started_date", "work_completed_date"),
    switches=(
        "workflow.active",
        *STATUSES,
        "backward_moves",
        "completion",
        "completed_as_of",
        "subtract_reopened",
        *BLOCKED,
        "not_completed_resolutions",
        *ISSUES,
    ),
    sql=quotient(Total(("active",)), Total(("total",)), 100),
)
def flow_efficiency(rows: Rows, _asked: MetricQuery) -> float | None:
    """How much of the flow time somebody worked on the item.

    Σ active time ÷ Σ flow time of the items completed in the period

    Active time is the time in active statuses between start and completion, minus the time blocked. Exact calendar
    time on both sides. Source: Flow Framework, "flow efficiency".

    >>> flow_efficiency(example(active=[2, 1], total=[4, 6]), example_question())
    30.0
    """
    total = int(rows["total"].sum())
    return 100 * float(rows["active"].sum() / total) if total else None


@flow_efficiency.explains
def _explain(rows: Rows, query: MetricQuery) -> Details:
    total, active, blocked = (float(rows[name].sum()) / DAY for name in ("total", "active", "blocked"))
    share = rows["share"][rows["total"] > 0]
    hours = from_hours(query.facts)
    return {
        "median": query.quantile(share, 50),
        "active_days": active,
        "flow_days": total,
        "blocked_hours": blocked * 24,
        "count_words": f"{rows.used} item{'s' * (rows.used != 1)}",
        "notes": ["Logged hours over calendar hours."] if hours else [],
        "steps": [
            f"{rows.used} items took {total:,.1f} days in all.",
            f"{active:,.1f} days of them were active"
            + ("." if hours else f", after taking out {blocked * 24:,.1f} blocked hours."),
            f"{active:,.1f} ÷ {total:,.1f} = {100 * active / total if total else 0:.4g} %.",
        ],
    }
