"""The tab "Catalogue" in the browser: searching, categories, opening a metric, going back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from data.metrics import CATALOG
from tests.fake_services import FakeServices

pytestmark = pytest.mark.browser


SHOWN = [each.name for each in CATALOG.values() if not each.same_as]  # the others are these under another name


def cards(page: Page):
    return page.locator('[data-pane="catalogue"] article.card-metric')


def opened(page: Page, site: str, query: str = "") -> None:
    page.goto(f"{site}/?tab=catalogue{query}")
    expect(page.locator(".catalogue-head, .catalogue-one")).to_be_visible()


def test_every_metric_is_there_and_numbers_follow(page: Page, site, fake):
    opened(page, site)
    expect(cards(page)).to_have_count(len(SHOWN))
    expect(page.locator('[data-pane="catalogue"] .card-loading')).to_have_count(0)
    expect(page.locator('[data-pane="catalogue"] [data-metric="flow_time"] .num')).not_to_have_text("–")


def test_typing_searches_and_the_address_keeps_it(page: Page, site, fake):
    opened(page, site)
    before = page.evaluate("history.length")
    search = page.get_by_role("searchbox", name="Search metrics")
    search.press_sequentially("lead med", delay=20)
    expect(page).to_have_url(re.compile(r"q=lead\+med"))
    found = len(fake.catalogue.search("lead med", once=True))
    assert 0 < found < len(CATALOG)
    expect(cards(page)).to_have_count(found)
    expect(page.locator('[data-pane="catalogue"] [data-metric="lead_time_p50"]')).to_be_visible()
    expect(search).to_be_focused()
    expect(search).to_have_value("lead med")
    assert page.evaluate("history.length") == before
    page.reload()
    expect(search).to_have_value("lead med")
    expect(cards(page)).to_have_count(found)
    search.press("Escape")
    expect(cards(page)).to_have_count(len(SHOWN))


def test_nothing_found_says_so_and_leads_back(page: Page, site, fake):
    opened(page, site, "&q=nonesuch")
    expect(page.get_by_text("No metric has every word of “nonesuch”.")).to_be_visible()
    page.get_by_role("link", name="Show all metrics").click()
    expect(cards(page)).to_have_count(len(SHOWN))
    expect(page.get_by_role("searchbox", name="Search metrics")).to_have_value("")


def test_a_metric_opens_by_keyboard_and_back_leads_to_the_list(page: Page, site, fake):
    opened(page, site, "&category=flow")
    page.locator('[data-pane="catalogue"] [data-metric="flow_time"] .card-open').press("Enter")
    expect(page).to_have_url(re.compile(r"category=flow&measure=flow_time"))
    expect(page.locator("#catalogue-charts")).to_be_visible()
    expect(page.locator("#catalogue-below").get_by_text("Definitions in force")).to_be_visible()
    page.get_by_role("link", name="Component", exact=True).click()
    expect(page).to_have_url(re.compile("by=component"))
    expect(page.get_by_role("link", name="Component", exact=True)).to_have_attribute("aria-current", "true")
    page.locator('[data-pane="catalogue"] [data-metric="flow_time"] .card-open').click()
    expect(page.locator('[data-detail-of="flow_time"]')).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="All metrics").click()
    expect(page.locator("#catalogue-charts")).to_be_hidden()
    expect(cards(page)).to_have_count(5)
    assert "by=" not in page.url and "measure=" not in page.url


def test_what_one_tab_asks_does_not_reach_another(page: Page, site, fake):
    opened(page, site, "&measure=flow_time&by=week")
    link = page.locator('#header-tabs a[data-tab="forecast"]')
    expect(link).to_have_attribute("href", "?tab=forecast")


def test_formula_opens_without_opening_the_metric(page: Page, site, fake):
    opened(page, site, "&category=quality")
    card = page.locator('[data-pane="catalogue"] [data-metric="reopen_rate"]')
    card.get_by_text("Formula and definitions").click()
    expect(card.locator(".facts")).to_be_visible()
    expect(page).to_have_url(re.compile(r"category=quality$"))


def test_on_a_phone_nothing_is_wider_than_the_page(page: Page, site, use):
    use(FakeServices("mixed"))
    page.set_viewport_size({"width": 400, "height": 800})
    for query in ("", "&measure=flow_time", "&q=nonesuch&category=dora"):
        page.goto(f"{site}/?tab=catalogue{query}")
        expect(page.locator("#catalogue-body > *").first).to_be_visible()
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400, query
