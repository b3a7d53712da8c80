"""Which charts stand on which tab, in the order they are read."""

from __future__ import annotations

FLOW = (
    "cycle_time_scatter",
    "ageing_work",
    "throughput",
    "process_behaviour",
    "cumulative_flow",
    "net_flow",
    "time_in_status",
    "blocked_time",
    "flow_distribution_over_time",
    "load_by_status",
    "load_by_person",
    "cycle_time_histogram",
    "lead_time_histogram",
)
DORA = ("dora_score", "lead_time_stages", "deployments_timeline")
SPRINTS = ("velocity_range", "sprint_commitment", "sprint_spillover")
FORECAST = ("forecast_outcomes", "forecast_history")
