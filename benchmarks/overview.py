"""What the overview needs beside its cards: signals of all weeks and ageing work."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from benchmarks.numbers import SEED, TRANSITIONS, UNTIL, facts, sort_floor
from benchmarks.rows import Report, Row
from data.metrics.measure import measure_family
from data.overview.ageing import too_old
from data.overview.changes import changes
from data.tables.tidy import Tables
from data.values.periods import Period
from sample.tables import tidy

SECONDS = {5_000: 0.1, 50_000: 0.5}
DAYS, RUNS = 90, 5


def run(report: Report) -> None:
    """For each size: what comes on top of the ten cards of the same view."""
    for size, budget in SECONDS.items():
        made = tidy(size, SEED, TRANSITIONS)
        took = [_spent(made) for _ in range(RUNS)]
        name, note = f"changes and ageing, {size:,} issues", f"{DAYS} days and the 26 weeks before, after the cards"
        floor = sort_floor(made)
        report.add(Row("overview", name, median(took), "s", floor, "numpy lexsort of the changes", budget, RUNS, note))


def _spent(tables: Tables) -> float:
    """Seconds for signals and ageing, once the ten numbers are calculated."""
    asked, period = facts(tables), Period.last_days(DAYS, UNTIL, tables.zone)
    for family in ("dora", "flow"):
        measure_family(family, asked, period)
    begin = perf_counter()
    changes(asked, period)
    too_old(asked, period)
    return perf_counter() - begin
