"""`make screenshots`: takes the pictures under docs/images/ again, from the sample site in the machine's Chromium."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests import chromium
from tests.dashboard import command, dashboard
from ui.url import TABS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).parent / "images"
DESKTOP, PHONE = (1440, 900), (400, 800)
NUMBER = ".card-metric .value"
VIEWS = {
    "Shop": ("--project", "SHOP"),
    "Payments": ("--project", "PAY"),
}  # saved before, so that there is something to compare


def drawn_in(tab: str) -> str:
    """Something that is there once a tab has its answer."""
    return f'[data-pane="{tab}"] :is(.card-metric .value, .block-title, .js-plotly-plot, table)'


@dataclass(frozen=True)
class Shot:
    """One picture: where to go, what to wait for, what to do there first."""

    name: str
    query: str = ""
    wait: str = NUMBER
    act: Callable[[Page], None] = lambda _page: None
    sizes: tuple[tuple[int, int], ...] = (DESKTOP, PHONE)
    themes: tuple[str, ...] = ("light", "dark")


def _open_connection(page: Page) -> None:
    page.locator("#banner-connect").click()
    page.wait_for_selector(".connection-modal.show")


def _open_mapping(page: Page) -> None:
    page.locator("#header-settings").click()
    page.locator(".list-item", has_text="Code commit date").click()
    page.get_by_role("heading", name="Code commit date").wait_for()
    page.get_by_role("button", name="Clear").first.click()
    page.wait_for_selector(".preview-lines")


def _look_at_all(page: Page) -> None:
    """Charts are drawn when they come near: go down once and back."""
    for _ in range(12):
        page.mouse.wheel(0, 800)
        page.wait_for_timeout(120)
    page.evaluate("window.scrollTo(0, 0)")


LIGHT = {"sizes": (DESKTOP,), "themes": ("light",)}
TABS_SHOWN = tuple(
    Shot(
        tab,
        f"?tab={tab}&period=90d" + (f"&team={'|'.join(VIEWS)}" if tab == "teams" else ""),
        drawn_in(tab),
        _look_at_all,
    )
    for tab in TABS
)
SHOTS = (
    *TABS_SHOWN,
    Shot(
        "detail", "?tab=dora&metric=lead_time_for_changes", ".detail-panel .js-plotly-plot, #detail-body svg.main-svg"
    ),
    Shot("connect", act=_open_connection, **LIGHT),
    Shot("mapping", act=_open_mapping, **LIGHT),
    Shot("empty", "?tab=dora&from=2019-01-01&to=2019-01-31", "#cards-dora .card-words", **LIGHT),
)


def main() -> int:
    """Take all pictures, or those named as arguments; exit code 1 when there is no browser."""
    path = chromium.executable()
    if path is None:
        print("No Chromium found. Install it or set CHROMIUM.", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(exist_ok=True)
    wanted = [shot for shot in SHOTS if not sys.argv[1:] or shot.name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        synced = command(Path(name), "sync")
        if synced.returncode:
            print(synced.stderr, file=sys.stderr)
            return 1
        for view, words in VIEWS.items():
            command(Path(name), "teams", "save", view, "--period", "90d", *words)
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        with dashboard(Path(name)) as address:
            for shot in wanted:
                for size in shot.sizes:
                    for theme in shot.themes:
                        print(_take(browser, address, shot, size, theme).name, flush=True)
        browser.close()
    return 0


def _take(browser: Browser, address: str, shot: Shot, size: tuple[int, int], theme: str) -> Path:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{address}/{shot.query}")
    page.wait_for_selector(shot.wait)
    shot.act(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1_000)  # fonts and the last paint
    path = IMAGES / f"{shot.name}-{theme}-{width}.png"
    page.screenshot(path=path)
    context.close()
    return path


if __name__ == "__main__":
    sys.exit(main())
