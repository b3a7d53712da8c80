"""From tidy tables, their copy, and the issue store to all ten metrics: 5,000, 50,000 and 500,000 issues."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.filling import FIELD_IDS, fill
from benchmarks.rows import Report, Row, median
from data.facts.dataset import Dataset
from data.metrics.measure import measure_family
from data.platform.files import remove_folder
from data.settings.model import Definitions, Workflow
from data.store.issue_store import IssueStore
from data.tables import tidy as tidy_tables
from data.tables.copies import CopyOf, TableCopies
from data.tables.tidy import Tables
from data.values.periods import Period
from sample.tables import UNTIL, tidy

SEED, TRANSITIONS = 7, 8
ACTIVE = ("In Progress", "Testing")
FROM_TABLES = {5_000: 0.1, 50_000: 0.6}  # seconds
FROM_STORE = {5_000: 1.0, 50_000: 8.0}
COPY_TIMES = 2.0  # the way from the copy may cost that many times a plain read of the rows
LARGEST, LARGEST_GB = 500_000, 6.0


def run(report: Report) -> None:
    """Rows for the three sizes; the largest in a process of its own, so that its memory can be told apart."""
    for size in FROM_TABLES:
        made = tidy(size, SEED, TRANSITIONS)
        _from_tables(report, size, made)
        _from_store(report, size, made)
    _largest(report)


def facts(tables: Tables) -> Dataset:
    """A fresh question about the tables, nothing worked out yet."""
    statuses = tables.statuses
    active = statuses.loc[statuses["name"].isin(ACTIVE), "status_id"].tolist()
    mapping = {name: FIELD_IDS[name] for name in tables.fields}
    return Dataset(
        tables, Definitions(rework_labels=["hotfix"]), Workflow(active=active), int(tables.as_of or 0), mapping=mapping
    )


def all_ten(tables: Tables) -> list[Any]:
    """Every metric of the last 30 days with comparison and sparkline, from a fresh question."""
    asked, period = facts(tables), Period.last_days(30, UNTIL, tables.zone)
    values = [*measure_family("dora", asked, period), *measure_family("flow", asked, period)]
    broken = [value.metric_name for value in values if not value.ok]
    if len(values) != 10 or broken:
        raise RuntimeError(f"expected ten numbers; without one: {broken}")
    return values


def sort_floor(tables: Tables) -> float:
    """Seconds that NumPy needs to put the status changes in order, which every history kernel must."""
    random = np.random.default_rng(SEED)
    order = random.permutation(len(tables.changes))
    issue, at = tables.changes["issue"].to_numpy()[order], tables.changes["at"].to_numpy()[order]
    return median(lambda: np.lexsort((at, issue)))


def _from_tables(report: Report, size: int, tables: Tables) -> None:
    floor = sort_floor(tables)
    took = median(lambda: all_ten(tables))
    name = f"ten metrics from tidy tables, {size:,} issues"
    report.add(Row("metrics", name, took, "s", floor, "numpy lexsort of the changes", FROM_TABLES[size], 5))


def _from_store(report: Report, size: int, tables: Tables) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "issues.db"
        store = IssueStore(path)
        scope = fill(store, tables, "https://example.atlassian.net", "updated >= -365d")
        mapping = {name: FIELD_IDS[name] for name in tables.fields}

        def read() -> Tables:
            with store.engine.connect() as connection:
                return tidy_tables.read(connection, scope, mapping)

        floor = median(lambda: _plain_read(path), 3 if size > 5_000 else 5)
        took = median(read, 3 if size > 5_000 else 5)
        note = "plain sqlite3 fetching the same rows"
        report.add(Row("store", f"tidy tables from the store, {size:,} issues", took, "s", floor, note))
        took = median(lambda: all_ten(read()), 3 if size > 5_000 else 5)
        name = f"ten metrics from the store, {size:,} issues"
        report.add(Row("store", name, took, "s", floor, note, FROM_STORE[size], 3 if size > 5_000 else 5))
        _from_copy(report, size, Path(folder) / "tables", read(), floor, mapping)
        store.close()


def _from_copy(report: Report, size: int, folder: Path, tables: Tables, floor: float, mapping: dict[str, str]) -> None:
    """The same tables from their memory-mapped copy, as a process that has just started reads them."""
    note, times = "plain sqlite3 fetching the rows", 3 if size > 5_000 else 5
    scope, revision = map(int, tables.revision.split("."))
    wanted = CopyOf("https://example.atlassian.net", "", scope, revision, tables.as_of, mapping)
    copies = TableCopies(folder)

    def copied() -> Tables:
        found = copies.read(wanted)
        if found is None:
            raise RuntimeError("the tables were not kept")
        return found

    took = median(lambda: copies.keep(wanted, tables), times, lambda: remove_folder(folder / wanted.name))
    report.add(Row("store", f"tidy tables written as a copy, {size:,} issues", took, "s", floor, note, runs=times))
    took = median(copied, times)
    report.add(Row("store", f"tidy tables from their copy, {size:,} issues", took, "s", floor, note, runs=times))
    took = median(lambda: all_ten(copied()), times)
    name = f"ten metrics from the copy of the tables, {size:,} issues"
    report.add(Row("store", name, took, "s", floor, note, COPY_TIMES * floor, times))


def _plain_read(path: Path) -> int:
    """Every row of the tables that hold issues, values and changes, as Python tuples."""
    with sqlite3.connect(path) as connection:
        count = sum(
            len(connection.execute(query).fetchall())
            for query in (
                "SELECT * FROM issue ORDER BY issue_id",
                "SELECT issue_id, at, from_id, to_id, from_name, to_name FROM change",
                "SELECT issue_id, field_id, value FROM field_value",
                "SELECT * FROM link",
            )
        )
    connection.close()
    return count


def _largest(report: Report) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.numbers", str(LARGEST)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        report.skip("metrics", f"{LARGEST:,} issues failed: {done.stderr.strip().splitlines()[-1:]}")
        return
    found = json.loads(done.stdout)
    name = f"ten metrics from tidy tables, {LARGEST:,} issues"
    report.add(Row("metrics", name, found["seconds"], "s", found["floor"], "numpy lexsort of the changes", runs=3))
    name = f"peak memory, {LARGEST:,} issues"
    report.add(Row("metrics", name, found["peak_gb"], "GB", found["tables_gb"], "bytes of the tables", LARGEST_GB))


def _measure_largest(size: int) -> dict[str, float]:
    start = time.perf_counter()
    made = tidy(size, SEED, TRANSITIONS)
    generated = time.perf_counter() - start
    frames = (made.issues, made.changes, made.flags, made.labels, made.components, made.versions, made.links)
    held = sum(int(frame.memory_usage(deep=True).sum()) for frame in frames)
    held += sum(values.nbytes for values in made.fields.values())
    took = median(lambda: all_ten(made), 3)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {
        "seconds": took,
        "floor": sort_floor(made),
        "generated": generated,
        "peak_gb": peak / 1e9,
        "tables_gb": held / 1e9,
    }


if __name__ == "__main__":
    print(json.dumps(_measure_largest(int(sys.argv[1]))))
