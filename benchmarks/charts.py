"""Every chart from tidy tables: time on the server and size of the answer, for 5,000 and 50,000 issues."""

from __future__ import annotations

import gzip
import json
import statistics
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plotly.utils import PlotlyJSONEncoder

from benchmarks.numbers import SEED, facts, sort_floor
from benchmarks.rows import Report, Row, median
from data.charts.desk import MOST_ROWS, Charts
from data.charts.registry import CHARTS
from data.issues.tables import Tables
from data.periods import Period
from sample.tables import UNTIL, tidy
from tests import chromium
from tests.dashboard import command, dashboard
from ui.components.chart import chart_body
from ui.url import parse

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SECONDS = {5_000: 0.1, 50_000: 0.5}
KILOBYTES = 100.0
DAYS = 366  # the longest period, which has the most points
FAMILIES = ("flow", "dora")
CLICKS, SETTLED, AFTER_CLICK = 6, 6_000, 1.0  # times; ms for the browser to fetch ahead; seconds
_WATCH = """
document.addEventListener('click', () => { window.clickedAt = performance.now(); }, { capture: true, once: true });
const look = () => {
  const pane = document.querySelector('[data-pane="flow"]');
  if (!window.numberAt && pane.querySelector('.card-metric .value')) window.numberAt = performance.now();
  if (!window.chartAt && pane.querySelector('.chart-figure .main-svg')) window.chartAt = performance.now();
  if (!window.chartAt) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
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
    _in_the_browser(report)


def _in_the_browser(report: Report) -> None:
    """From the click on a tab to its numbers, and to its first chart; the page was open for a moment before."""
    path = chromium.executable()
    if path is None:
        report.skip("charts", "no Chromium here; install it or set CHROMIUM")
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        synced = command(folder, "sync")
        if synced.returncode:
            report.skip("charts", synced.stderr.strip().splitlines()[-1])
            return
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        with dashboard(folder) as address:
            times = [_click(browser, address) for _ in range(CLICKS)][1:]  # the first one warms the server
        browser.close()
    for n, what in enumerate(("its numbers", "its first chart")):
        took = statistics.median(each[n] for each in times)
        report.add(Row("charts", f"Flow tab after the click: {what}", took, "s", None, "", AFTER_CLICK, len(times)))


def _click(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds from the click to the first number and to the first chart of the tab."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(address)
    page.wait_for_selector(".card-metric .value")
    page.wait_for_timeout(SETTLED)
    page.evaluate(_WATCH)
    page.locator('a[data-tab="flow"]').click()
    page.wait_for_selector('[data-pane="flow"] .chart-figure .main-svg', state="attached")
    page.wait_for_timeout(200)
    numbers, chart = page.evaluate("[window.numberAt - window.clickedAt, window.chartAt - window.clickedAt]")
    page.context.close()
    return numbers / 1000, chart / 1000


def _answer(desk: Charts, name: str, period: Period) -> bytes:
    """What the callback sends."""
    body = chart_body(desk.answer(name, period), parse("?tab=flow"))
    return json.dumps(body, cls=PlotlyJSONEncoder).encode()
