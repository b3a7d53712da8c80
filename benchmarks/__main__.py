"""`make bench`: measures everything, prints a table as it goes and writes bench.json. Misses are said, never fail."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.rows import Report

AREAS = {
    "page": "benchmarks.page",
    "view": "benchmarks.view",
    "serving": "benchmarks.serving",
    "tabs": "benchmarks.tabs",
    "sync": "benchmarks.syncing",
    "numbers": "benchmarks.numbers",
    "charts": "benchmarks.charts",
    "overview": "benchmarks.overview",
    "jobs": "benchmarks.jtbd",
    "exports": "benchmarks.exports",
    "telemetry": "benchmarks.telemetry",
}


def main() -> int:
    """Run the areas asked for, all by default."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("areas", nargs="*", choices=[*AREAS, []], help="only these areas")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where the rows go")
    chosen = parser.parse_args()
    report = Report()
    report.head()
    for area in chosen.areas or AREAS:
        try:
            import_module(AREAS[area]).run(report)
        except Exception as error:  # noqa: BLE001 - one area that fails leaves the others measured
            report.skip(area, f"{type(error).__name__}: {error}")
    report.write(chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
