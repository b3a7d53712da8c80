"""Which charts stand on which tab, in the order they are read."""

from __future__ import annotations

FLOW = (
    "cycle_time_scatter",
    "cycle_time_histogram",
    "lead_time_histogram",
    "throughput",
    "process_behaviour",
    "net_flow",
)
DORA: tuple[str, ...] = ()
