"""Every chart from tidy tables: time on the server and size of the answer, for 5,000 and 50,000 issues."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from plotly.utils import PlotlyJSONEncoder

from benchmarks.numbers import SEED, facts, sort_floor
from benchmarks.rows import Report, Row, median
from data.charts.registry import CHARTS
from data.facts.dataset import Dataset
from data.metrics import CATALOG, ISSUE_METRICS
from data.metrics.measure import measure_family
from data.services.charts import MOST_ROWS, ChartsService
from data.services.jtbd import JobsService
from data.services.site_data import SiteData
from data.services.sites import Sites
from data.services.view import Snapshot, View
from data.settings.connection import Site
from data.settings.model import Settings
from data.settings.store import Loaded
from data.tables.tidy import Tables
from data.values.filters import Filters
from data.values.periods import Period
from sample.tables import UNTIL, tidy
from ui.components.chart import chart_body
from ui.url import parse

SECONDS = {5_000: 0.1, 50_000: 0.5}
KILOBYTES = 100.0
DAYS = 366  # the longest period, which has the most points
FAMILIES = ("flow", "dora", "forecast", "sprints", "catalogue")
_TITLE = "As a customer I want to keep what is in my basket, so that I can go on {n}"


class _Data(SiteData):
    """Facts not used before, so that nothing is worked out yet; it knows a title of every issue, as a synced site
    would.
    """

    def __init__(self, tables: Tables) -> None:
        self._made = tables

    def dataset(self, _view: View) -> Dataset:
        return facts(self._made)

    def summaries(self, _snapshot: Snapshot, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
        return {each: (f"KEY-{each}", _TITLE.format(n=each)) for each in ids}


class _Sites(Sites):
    """The one site."""

    def __init__(self, tables: Tables) -> None:
        self._only = _Data(tables)

    def data(self, _snapshot: Snapshot) -> SiteData:
        return self._only


def _service(tables: Tables) -> ChartsService:
    sites = _Sites(tables)
    return ChartsService(sites, JobsService(sites))


def _question(period: Period) -> View:
    site, loaded = Site("", "", "", False, False), Loaded(Settings(), 0)
    snapshot = Snapshot(site, "sample", "", True, loaded, loaded, None, datetime.now(UTC))
    return View(snapshot, loaded.settings, Filters(), period)


def run(report: Report) -> None:
    """For each size the slowest chart, all charts together on shared facts, and the largest answer on the wire."""
    period = Period(UNTIL - timedelta(days=DAYS - 1), UNTIL, "Europe/Berlin")
    for size, budget in SECONDS.items():
        made = tidy(size, SEED)
        floor = sort_floor(made)
        _catalogue(report, made, size, floor, budget)
        charts = _service(made)
        names = [name for name, each in CHARTS.items() if each.family in FAMILIES]
        took, wire = {}, {}
        for name in names:
            took[name] = median(lambda charts=charts, name=name: _answer(charts, name, period), 3)
            wire[name] = len(gzip.compress(_answer(charts, name, period), 5)) / 1000
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


def _catalogue(report: Report, tables: Tables, size: int, floor: float, budget: float) -> None:
    """Every number of the catalogue together, and the slowest chart of any metric."""
    month = Period(UNTIL - timedelta(days=29), UNTIL, "Europe/Berlin")
    quarter = Period(UNTIL - timedelta(days=89), UNTIL, "Europe/Berlin")

    def every() -> None:
        asked = facts(tables)
        for family in {each.family for each in CATALOG.values()}:
            measure_family(family, asked, month)

    report.add(
        Row(
            "charts",
            f"all {len(CATALOG)} numbers of the catalogue, {size:,} issues",
            median(every, 3),
            "s",
            floor,
            "numpy lexsort of the changes",
            5 * budget,
            3,
            "30 days with comparison and sparkline; asked for by category",
        )
    )
    charts, took = _service(tables), {}
    for name in ISSUE_METRICS:
        for chart, own in (("metric_over_time", ("over", "week")), ("metric_by_group", ("by", "assignee"))):
            options = (("measure", name), own)
            took[f"{name}, {' '.join(own)}"] = median(
                lambda chart=chart, options=options: _answer(charts, chart, quarter, options), 3
            )
    slow = max(took, key=took.__getitem__)
    report.add(
        Row(
            "charts",
            f"the slowest metric taken apart, {size:,} issues: {slow}",
            took[slow],
            "s",
            floor,
            "numpy lexsort of the changes",
            budget,
            3,
            f"of {len(took)}, 90 days, nothing worked out before",
        )
    )


def _answer(charts: ChartsService, name: str, period: Period, options: tuple[tuple[str, str], ...] = ()) -> bytes:
    """What the callback sends."""
    body = chart_body(charts.answer(name, _question(period), options), parse("?tab=flow"))
    return json.dumps(body, cls=PlotlyJSONEncoder).encode()
