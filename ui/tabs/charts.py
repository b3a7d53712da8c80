"""Which charts stand on which tab, in the order they are read."""

from __future__ import annotations

FLOW = ("cycle_time_scatter",)
DORA: tuple[str, ...] = ()
