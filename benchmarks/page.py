"""Opening the page in Chromium: requests, bytes, callbacks, and how long until the first card shows a number."""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.rows import TIMES, Report, Row
from tests import chromium
from tests.dashboard import command, dashboard

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

REQUESTS, CALLBACKS, MEGABYTES, SECONDS, CALLBACK_KB = 30, 8, 2.5, 1.5, 50.0
FIRST_NUMBER = ".card-metric .value"
_WATCH = """
new MutationObserver((_, watcher) => {
  if (document.querySelector('%s')) { window.firstNumber = performance.now(); watcher.disconnect(); }
}).observe(document, {childList: true, subtree: true});
"""


@dataclass(frozen=True)
class Load:
    """One opening of the page."""

    requests: int
    megabytes: float
    callbacks: int
    seconds: float
    largest_callback_kb: float


def run(report: Report) -> None:
    """Rows for an empty browser cache and for a second visit; the metrics cache is warm in both."""
    path = chromium.executable()
    if path is None:
        report.skip("page", "no Chromium here; install it or set CHROMIUM")
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        synced = command(folder, "sync")
        if synced.returncode:
            report.skip("page", synced.stderr.strip().splitlines()[-1])
            return
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        with dashboard(folder) as address:
            _open(browser.new_context(), address)  # fills the metrics cache
            floor = statistics.median(_empty(browser, address) for _ in range(TIMES))
            cold = [_open(browser.new_context(), address) for _ in range(TIMES)]
            again = [_second_visit(browser, address) for _ in range(TIMES)]
        browser.close()
    _rows(report, cold, again, floor)


def _rows(report: Report, cold: list[Load], again: list[Load], floor: float) -> None:
    worst = max(cold, key=lambda load: load.requests)
    report.add(Row("page", "requests", worst.requests, "requests", 1, "the page itself", REQUESTS, TIMES))
    megabytes = statistics.median(load.megabytes for load in cold)
    report.add(Row("page", "bytes, compressed", megabytes, "MB", None, "", MEGABYTES, TIMES))
    report.add(Row("page", "callbacks", max(load.callbacks for load in cold), "callbacks", 1, "one", CALLBACKS, TIMES))
    largest = max(load.largest_callback_kb for load in cold)
    report.add(Row("page", "largest callback", largest, "kB", None, "", CALLBACK_KB, TIMES, "as sent"))
    for name, loads in (("first visit", cold), ("second visit", again)):
        took = statistics.median(load.seconds for load in loads)
        report.add(Row("page", f"first card, {name}", took, "s", floor, "an empty page", SECONDS, TIMES))


def _second_visit(browser: Browser, address: str) -> Load:
    context = browser.new_context()
    _open(context, address, keep=True)
    return _open(context, address)


def _open(context: BrowserContext, address: str, *, keep: bool = False) -> Load:
    """Open the page in a new tab and wait until it is quiet."""
    page = context.new_page()
    page.add_init_script(_WATCH % FIRST_NUMBER)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    asked: dict[str, Any] = {}
    sizes: dict[str, float] = {}
    wire.on("Network.requestWillBeSent", lambda event: asked.setdefault(event["requestId"], event["request"]))
    wire.on("Network.loadingFinished", lambda event: sizes.setdefault(event["requestId"], event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_selector(FIRST_NUMBER)
    page.wait_for_load_state("networkidle")
    seconds = page.evaluate("window.firstNumber") / 1000
    real = {name: each for name, each in asked.items() if each["url"].startswith("http")}
    callbacks = {name: each for name, each in real.items() if "/_dash-update-component" in each["url"]}
    weights = [len(each.get("postData", "")) + sizes.get(name, 0) for name, each in callbacks.items()]
    page.close()
    if not keep:
        context.close()
    total = sum(sizes.get(name, 0) for name in real)
    return Load(len(real), total / 1e6, len(callbacks), seconds, max(weights, default=0) / 1000)


def _empty(browser: Browser, address: str) -> float:
    """Seconds to open an answer of two letters."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/healthz")
    took = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    context.close()
    return took / 1000
