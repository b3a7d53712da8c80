"""What keeps people out: axe on every tab, panel and modal in both themes, and the way with the keyboard alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from data.services.services import Services
from tests.sample_services import synced_services
from ui.url import TABS

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
THEMES = ("light", "dark")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("everybody"))


@pytest.fixture
def everybody(made: Services, use: Callable[[Any], Any]) -> Services:
    return use(made)


def settled(page: Page, address: str) -> None:
    """The page with everything drawn that is drawn when it comes into view."""
    page.goto(address)
    expect(page.locator(".pane:not([hidden]) .card-metric .sk")).to_have_count(0, timeout=60_000)
    for _ in range(30):
        before = page.evaluate("() => { window.scrollBy(0, 700); return [scrollY, document.body.scrollHeight] }")
        page.wait_for_timeout(100)
        if page.evaluate("() => scrollY + innerHeight >= document.body.scrollHeight - 2") and before[0]:
            break
    page.wait_for_load_state("networkidle")
    page.evaluate("() => window.scrollTo(0, 0)")


# What is not yet in the colours of the theme: the ground, the words of charts, whatever still fades from the other one.
_NOT_YET = """() => {
    const probe = document.createElement('i');
    const meant = (name) => {
        probe.style.color = getComputedStyle(document.documentElement).getPropertyValue(name);
        return probe.style.color;
    };
    const drawn = [...document.querySelectorAll('.chart-figure[data-figure]')].filter(each => each.clientWidth);
    const charts = drawn.filter(each => {
        const words = each.querySelector('.xtick text');
        return words && getComputedStyle(words).fill !== meant('--tl-muted');
    });
    const ground = getComputedStyle(document.body).backgroundColor !== meant('--tl-bg');
    return charts.length + ground + document.getAnimations().filter(each => each.playState === 'running').length;
}"""


def themed(page: Page, theme: str) -> str:
    """The open page follows the system into `theme`, charts included; gives the colour of its ground."""
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    for _ in range(100):
        if not page.evaluate(_NOT_YET):
            return page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        page.wait_for_timeout(100)
    raise AssertionError(f"something that does not follow into the {theme} theme")


def grave(page: Page) -> list[str]:
    """Each finding that matters, with where it is."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']} ({each['impact']}): {each['help']} at {json.dumps(node['target'])}: {node['html'][:160]}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"][:3]
    ]


def grave_in_both_themes(page: Page) -> list[str]:
    """The page as it is now, in one theme and then in the other."""
    grounds, found = [], []
    for theme in THEMES:
        grounds.append(themed(page, theme))
        found += [f"{theme}: {each}" for each in grave(page)]
    assert len(set(grounds)) == 2, grounds
    return found


@pytest.mark.parametrize("tab", TABS)
def test_axe_finds_nothing_grave_on_a_tab(page: Page, site: str, everybody: Services, tab: str):
    settled(page, f"{site}/?tab={tab}&period=90d")
    assert not grave_in_both_themes(page)


@pytest.mark.parametrize("query", ["tab=dora&metric=lead_time_for_changes", "tab=flow&chart=cycle_time_scatter"])
def test_axe_finds_nothing_grave_in_a_panel(page: Page, site: str, everybody: Services, query: str):
    settled(page, f"{site}/?{query}&period=90d")
    expect(page.locator("#detail-panel")).to_be_visible()
    expect(page.locator("#detail-panel .sk:visible")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert not grave_in_both_themes(page)


@pytest.mark.parametrize(
    ("button", "inside"), [("#header-settings", ".mapping-pane .pane-title"), ("#banner-connect", "#connection-url")]
)
def test_axe_finds_nothing_grave_in_a_modal(page: Page, site: str, everybody: Services, button: str, inside: str):
    settled(page, f"{site}/?tab=dora")
    page.locator(button).click()
    expect(page.locator(".modal.show")).to_be_visible()
    expect(page.locator(inside)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not grave_in_both_themes(page)


def test_axe_would_find_something(page: Page, site: str, everybody: Services, tmp_path: Path):
    """The check can fail: a button without a name is found."""
    settled(page, f"{site}/?tab=quality")
    page.evaluate("() => document.body.append(document.createElement('button'))")
    assert any("button-name" in each for each in grave(page))


def test_axe_would_find_what_only_the_dark_theme_has(page: Page, site: str, everybody: Services):
    """The second look is at other colours than the first: words that are too pale on the dark ground are found."""
    settled(page, f"{site}/?tab=quality")
    page.evaluate(
        "() => { const words = document.createElement('p'); words.textContent = 'Hard to read';"
        " words.style.color = '#171c26'; document.querySelector('main').append(words) }"
    )
    found = grave_in_both_themes(page)
    assert any(each.startswith("dark: color-contrast") for each in found)
    assert not any(each.startswith("light:") for each in found)


def test_keyboard_alone_reaches_a_number_and_its_issues(page: Page, site: str, everybody: Services):
    page.goto(f"{site}/?tab=flow&period=90d")
    expect(page.locator("article.card-success:visible").first).to_be_visible(timeout=60_000)
    reached: list[dict[str, Any]] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement, card = e.closest('article[data-metric]');"
            " const ring = (each) => { const s = getComputedStyle(each); return s.outlineStyle !== 'none' || "
            "s.boxShadow !== 'none' };"
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
