"""How long an export of 100,000 rows takes, beside Python's own CSV writer on the same rows."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from zoneinfo import ZoneInfo

from benchmarks.rows import Report, Row
from data.exports.spool import Export, Follow, Table, write

ROWS = 100_000
SECONDS = {"csv": 2.0, "json": 2.0, "jsonl": 2.0, "xlsx": None}
COLUMNS = ("key", "summary", "type", "project", "status", "resolution", "created", "resolved", "labels", "days")


def run(report: Report) -> None:
    """Each format once as a whole file with its checksum."""
    with tempfile.TemporaryDirectory() as folder:
        floor = median(_plain(Path(folder) / "plain.csv") for _ in range(3))
        for kind, budget in SECONDS.items():
            times = [_spent(Path(folder) / f"rows.{kind}", kind) for _ in range(3 if budget else 1)]
            took, cpu = median(each[0] for each in times), median(each[1] for each in times)
            note = f"{cpu:.2f} s of the processor; made durable, with SHA-256"
            name, what = f"{ROWS:,} rows as {kind.upper()}", "csv.writer on the same rows"
            report.add(Row("exports", name, took, "s", floor, what, budget, len(times), note))


def _rows() -> Iterator[tuple[object, ...]]:
    at = "2026-01-31T10:00:00.000Z"
    for n in range(ROWS):
        yield (f"KEY-{n}", f"The summary of issue {n}", "Story", "KEY", "Done", "Done", at, at, "a; b", n / 7)


def _plain(path: Path) -> float:
    begin = perf_counter()
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(_rows())
    return perf_counter() - begin


def _spent(path: Path, kind: str) -> tuple[float, float]:
    begin, cpu = perf_counter(), process_time()
    table = Table("Issues", COLUMNS, _rows(), frozenset({"created", "resolved"}), ROWS)
    write(path, kind, Export([table], {}, ZoneInfo("UTC"), datetime.now(UTC)), Follow())
    return perf_counter() - begin, process_time() - cpu
