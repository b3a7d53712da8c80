"""Which charts stand on which tab, in the order they are read."""

from __future__ import annotations

FLOW = (
    "cycle_time_scatter",
    "ageing_work",
    "cumulative_flow",
    "throughput",
    "process_behaviour",
    "net_flow",
    "time_in_status",
    "blocked_time",
    "load_by_status",
    "load_by_person",
    "cycle_time_histogram",
    "lead_time_histogram",
    "flow_distribution_over_time",
)
DORA = ("dora_score", "deployments_timeline", "lead_time_stages")
FORECAST = ("forecast_outcomes", "forecast_history")
