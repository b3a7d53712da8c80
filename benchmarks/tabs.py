"""From the click on a tab to the moment when numbers and charts in the window are all drawn, in Chromium."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.rows import Report, Row
from tests import chromium
from tests.dashboard import command, dashboard
from ui.url import DEFAULT_TAB, TABS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROUNDS, SECONDS = 5, 1.0
PATIENCE = 300  # tenths of a second
SETTLED, LOOKED = 5_000, 1_000  # ms that a person looks at the first page, and at each tab, before the next click
_WATCH = """
(tab) => {
  window.usable = null;
  const pane = document.querySelector(`[data-pane="${tab}"]`);
  document.addEventListener('click', () => {
    const clicked = performance.now();
    const waits = (each) => {
      const at = each.getBoundingClientRect();
      return at.height > 0 && at.top < innerHeight && at.bottom > 0;
    };
    const look = () => {
      const figures = Array.from(pane.querySelectorAll('.sk, [data-figure]'));
      const missing = figures.filter((each) => !each.querySelector('.main-svg'));
      if (pane.offsetHeight > 0 && pane.innerText.length > 60 && !missing.some(waits)) {
        window.usable = performance.now() - clicked;
      } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true });
}
"""


def run(report: Report) -> None:
    """One row for each tab; the sample site, numbers calculated before, a fresh browser each round."""
    path = chromium.executable()
    if path is None:
        report.skip("tabs", "no Chromium here; install it or set CHROMIUM")
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        synced = command(folder, "sync")
        if synced.returncode:
            report.skip("tabs", synced.stderr.strip().splitlines()[-1])
            return
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        with dashboard(folder) as address:
            first = _round(browser, address)
            rounds = [_round(browser, address) for _ in range(ROUNDS)]
        browser.close()
    for tab in (each for each in TABS if each != DEFAULT_TAB):
        took = statistics.median(each[tab] for each in rounds)
        note = f"{first[tab]:.2f} s when nobody had looked at it before"
        report.add(Row("tabs", TABS[tab].title, took, "s", None, "", SECONDS, ROUNDS, note))


def _round(browser: Browser, address: str) -> dict[str, float]:
    """Seconds for each tab, clicked one after the other in one page."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(f'[data-pane="{DEFAULT_TAB}"] .card-metric .value')
    page.wait_for_timeout(SETTLED)
    took = {}
    for tab in (each for each in TABS if each != DEFAULT_TAB):
        page.evaluate(_WATCH, tab)
        page.locator(f'a[data-tab="{tab}"]').click()
        for _ in range(PATIENCE):
            if (usable := page.evaluate("window.usable")) is not None:
                break
            page.wait_for_timeout(100)
        else:
            raise TimeoutError(f"the tab {TABS[tab].title} still shows placeholders")
        took[tab] = usable / 1000
        page.wait_for_timeout(LOOKED)
    context.close()
    return took
