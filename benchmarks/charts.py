"""Every chart from tidy tables: time on the server and size of the answer, for 5,000 and 50,000 issues."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

from plotly.utils import PlotlyJSONEncoder

from benchmarks.numbers import SEED, facts, sort_floor
from benchmarks.rows import Report, Row, median
from data.charts.registry import CHARTS
from data.metrics import CATALOG
from data.metrics.measure import measure_family
from data.services.charts import MOST_ROWS, Charts
from data.tables.tidy import Tables
from data.values.periods import Period
from sample.tables import UNTIL, tidy
from ui.components.chart import chart_body
from ui.url import parse

SECONDS = {5_000: 0.1, 50_000: 0.5}
KILOBYTES = 100.0
DAYS = 366  # the longest period, which has the most points
FAMILIES = ("flow", "dora", "forecast", "sprints", "catalogue")
_TITLE = "As a customer I want to keep what is in my basket, so that I can go on {n}"


class _Place:
    """A store that knows a title of every issue, as a synced site would."""

    def __init__(self) -> None:
        self.store = self

    def synced(self) -> Any:
        return self

    scope = 1

    def summaries(self, _scope: int, ids: list[int]) -> dict[int, tuple[str, str]]:
        return {each: (f"KEY-{each}", _TITLE.format(n=each)) for each in ids}


class _Workspace:
    """What charts need of a workspace: facts not used before, so that nothing is worked out yet."""

    def __init__(self, tables: Tables) -> None:
        self.place = _Place()
        self._tables = tables

    def facts(self, _filters: object) -> Any:
        return facts(self._tables)


def run(report: Report) -> None:
    """For each size the slowest chart, all charts together on shared facts, and the largest answer on the wire."""
    period = Period(UNTIL - timedelta(days=DAYS - 1), UNTIL, "Europe/Berlin")
    for size, budget in SECONDS.items():
        made = tidy(size, SEED)
        floor = sort_floor(made)
        _catalogue(report, made, size, floor, budget)
        desk = Charts(_Workspace(made))
        names = [name for name, each in CHARTS.items() if each.family in FAMILIES]
        took, wire = {}, {}
        for name in names:
            took[name] = median(lambda desk=desk, name=name: _answer(desk, name, period), 3)
            wire[name] = len(gzip.compress(_answer(desk, name, period), 5)) / 1000
        slow, large = max(took, key=took.__getitem__), max(wire, key=wire.__getitem__)
        typical = sorted(took.values())[len(took) // 2]
        note = f"of {len(names)} charts, {DAYS} days, nothing worked out before"
        report.add(
            Row(
                "charts",
                f"the slowest, {size:,} issues: {slow}",
                took[slow],
                "s",
                floor,
                "numpy lexsort of the changes",
                budget,
                3,
                note,
            )
        )
        report.add(
            Row(
                "charts",
                f"the middle one, {size:,} issues",
                typical,
                "s",
                floor,
                "numpy lexsort of the changes",
                budget,
                3,
            )
        )
        report.add(
            Row(
                "charts",
                f"the largest, {size:,} issues: {large}",
                wire[large],
                "kB",
                None,
                "",
                KILOBYTES,
                1,
                f"compressed; {MOST_ROWS} rows of its table",
            )
        )


def _catalogue(report: Report, made: Tables, size: int, floor: float, budget: float) -> None:
    """Every number of the catalogue together, and the slowest chart of any metric."""
    month = Period(UNTIL - timedelta(days=29), UNTIL, "Europe/Berlin")
    quarter = Period(UNTIL - timedelta(days=89), UNTIL, "Europe/Berlin")

    def every() -> None:
        asked = facts(made)
        for family in {each.family for each in CATALOG.values()}:
            measure_family(family, asked, month)

    report.add(
        Row(
            "charts", f"all {len(CATALOG)} numbers of the catalogue, {size:,} issues", median(every, 3), "s", floor,
            "numpy lexsort of the changes", 5 * budget, 3, "30 days with comparison and sparkline; asked for by category",
        )
    )  # fmt: skip
    desk, took = Charts(_Workspace(made)), {}
    for name in CATALOG:
        for chart, own in (("metric_over_time", ("over", "week")), ("metric_by_group", ("by", "assignee"))):
            options = (("measure", name), own)
            took[f"{name}, {' '.join(own)}"] = median(
                lambda chart=chart, options=options: _answer(desk, chart, quarter, options), 3
            )
    slow = max(took, key=took.__getitem__)
    report.add(
        Row(
            "charts", f"the slowest metric taken apart, {size:,} issues: {slow}", took[slow], "s", floor,
            "numpy lexsort of the changes", budget, 3, f"of {len(took)}, 90 days, nothing worked out before",
        )
    )  # fmt: skip


def _answer(desk: Charts, name: str, period: Period, options: tuple[tuple[str, str], ...] = ()) -> bytes:
    """What the callback sends."""
    body = chart_body(desk.answer(name, period, options=options), parse("?tab=flow"))
    return json.dumps(body, cls=PlotlyJSONEncoder).encode()
