"""One measurement with its floor and budget, and the list that prints itself as it grows."""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TIMES = 5
_LINE = "{area:<9} {name:<47} {value:>11} {floor:>11} {ratio:>8}  {budget:>11}  {verdict}"


@dataclass(frozen=True)
class Row:
    """A measured value. `floor` is in the same unit: what cannot be avoided, measured in the same run."""

    area: str
    name: str
    value: float
    unit: str  # s | ms | MB | requests | …
    floor: float | None = None
    budget: float | None = None
    runs: int = 1
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the floor."""
        return self.value / self.floor if self.floor else None

    @property
    def hit(self) -> bool | None:
        """Whether it is within its budget; None without one."""
        return None if self.budget is None else self.value <= self.budget


@dataclass
class Report:
    """Rows, printed when they come."""

    rows: list[Row] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def head(self) -> None:
        busy = os.getloadavg()[0]
        if busy > (os.cpu_count() or 1) / 2:
            print(f"This machine is busy (load {busy:.1f}): times are longer than they need be; see the ratios.\n")
        heads = {"area": "area", "name": "what", "value": "median", "floor": "floor", "ratio": "× floor"}
        print(_LINE.format(**heads, budget="budget", verdict=""), flush=True)

    def add(self, row: Row) -> None:
        self.rows.append(row)
        verdict = {True: "hit", False: "MISS", None: ""}[row.hit]
        print(
            _LINE.format(
                area=row.area,
                name=row.name,
                value=shown(row.value, row.unit),
                floor="–" if row.floor is None else shown(row.floor, row.unit),
                ratio="–" if row.ratio is None else f"{row.ratio:.1f}",
                budget="–" if row.budget is None else shown(row.budget, row.unit),
                verdict=f"{verdict} {row.note}".strip(),
            ).rstrip(),
            flush=True,
        )

    def skip(self, area: str, why: str) -> None:
        print(f"{area:<9} left out: {why}", flush=True)

    def write(self, path: Path) -> None:
        """All rows as JSON, with what machine they come from."""
        took = time.perf_counter() - self.started
        rows = [asdict(row) | {"ratio": row.ratio, "hit": row.hit} for row in self.rows]
        machine: dict[str, Any] = {
            "system": platform.system(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
        }
        machine["load"] = os.getloadavg()
        at = datetime.now(UTC).isoformat(timespec="seconds")
        path.write_text(json.dumps({"at": at, "seconds": took, "machine": machine, "rows": rows}, indent=2) + "\n")
        misses = [row.name for row in self.rows if row.hit is False]
        print(
            f"\n{len(self.rows)} rows in {took:.0f} s, written to {path.name}; {len(misses)} over budget.", flush=True
        )


def shown(value: float, unit: str) -> str:
    """
    >>> shown(0.0412, "s"), shown(1234.0, "requests"), shown(2.345, "MB")
    ('41.2 ms', '1,234', '2.35 MB')
    """
    if unit == "s":
        return f"{value * 1000:,.1f} ms" if value < 1 else f"{value:,.2f} s"
    if unit in ("requests", "callbacks"):
        return f"{value:,.0f}"
    return f"{value:,.2f} {unit}"


def median(work: Callable[[], Any], times: int = TIMES, prepare: Callable[[], Any] | None = None) -> float:
    """Median seconds of `work`; `prepare` runs before each, outside the clock."""
    took = []
    for _ in range(times):
        if prepare:
            prepare()
        gc.collect()
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return statistics.median(took)
