"""What keeps people out: axe on every tab, panel and modal in both themes, and the way with the keyboard alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from data.workspace import Workspace, open_workspace
from sample.source import SampleSite
from ui.url import TABS

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
THEMES = ("light", "dark")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    home = tmp_path_factory.mktemp("everybody")
    env = {"THROUGHLINE_HOME": str(home / "home"), "THROUGHLINE_SETTINGS": str(home / "app_settings.json")}
    workspace = open_workspace(env, sample=SampleSite(issues=300))
    workspace.sync_now(lambda _progress: None)
    return workspace


@pytest.fixture
def everybody(made: Workspace, use: Callable[[Any], Any]) -> Workspace:
    return use(made)


def settled(page: Page, address: str, theme: str) -> None:
    """The page with everything drawn that is drawn when it comes into view."""
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.goto(address)
    expect(page.locator(".pane:not([hidden]) .card-metric .sk")).to_have_count(0, timeout=60_000)
    for _ in range(30):
        before = page.evaluate("() => { window.scrollBy(0, 700); return [scrollY, document.body.scrollHeight] }")
        page.wait_for_timeout(150)
        if page.evaluate("() => scrollY + innerHeight >= document.body.scrollHeight - 2") and before[0]:
            break
    page.wait_for_load_state("networkidle")
    page.evaluate("() => window.scrollTo(0, 0)")


def grave(page: Page) -> list[str]:
    """Each finding that matters, with where it is."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']} ({each['impact']}): {each['help']} at {json.dumps(node['target'])}: {node['html'][:160]}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"][:3]
    ]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tab", TABS)
def test_axe_finds_nothing_grave_on_a_tab(page: Page, site: str, everybody: Workspace, tab: str, theme: str):
    settled(page, f"{site}/?tab={tab}&period=90d", theme)
    assert not grave(page)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("query", ["tab=dora&metric=lead_time_for_changes", "tab=flow&chart=cycle_time_scatter"])
def test_axe_finds_nothing_grave_in_a_panel(page: Page, site: str, everybody: Workspace, query: str, theme: str):
    settled(page, f"{site}/?{query}&period=90d", theme)
    expect(page.locator("#detail-panel")).to_be_visible()
    page.wait_for_timeout(1_000)
    assert not grave(page)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("button", ["#header-settings", "#banner-connect"])
def test_axe_finds_nothing_grave_in_a_modal(page: Page, site: str, everybody: Workspace, button: str, theme: str):
    settled(page, f"{site}/?tab=dora", theme)
    page.locator(button).click()
    expect(page.locator(".modal.show")).to_be_visible()
    page.wait_for_timeout(1_000)
    assert not grave(page)


def test_axe_would_find_something(page: Page, site: str, everybody: Workspace, tmp_path: Path):
    """The check can fail: a button without a name is found."""
    settled(page, f"{site}/?tab=quality", "light")
    page.evaluate("() => document.body.append(document.createElement('button'))")
    assert any("button-name" in each for each in grave(page))


def test_keyboard_alone_reaches_a_number_and_its_issues(page: Page, site: str, everybody: Workspace):
    page.goto(f"{site}/?tab=flow&period=90d")
    expect(page.locator("article.card-success:visible").first).to_be_visible(timeout=60_000)
    reached: list[dict[str, Any]] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement, card = e.closest('article[data-metric]');"
            " const ring = (each) => { const s = getComputedStyle(each); return s.outlineStyle !== 'none' || s.boxShadow !== 'none' };"
            " return {words: (e.innerText || e.getAttribute('aria-label') || '').trim().slice(0, 60),"
            " card: card ? card.dataset.metric : '', seen: ring(e) || Boolean(card && ring(card))} }"
        )
        reached.append(here)
        if here["card"] == "flow_time":
            break
    assert reached[-1]["card"] == "flow_time", [each["words"] for each in reached]
    assert "Overview" in " ".join(each["words"] for each in reached), "the tabs are on the way"
    assert all(each["seen"] for each in reached), [each["words"] for each in reached if not each["seen"]]
    page.keyboard.press("Enter")
    expect(page.locator("#detail-panel").get_by_role("heading", name="Flow time").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#detail-panel:visible")).to_have_count(0)
