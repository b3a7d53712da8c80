"""The tab "Data quality" in the browser, and a page that is left open."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.fake_services import FakeServices

pytestmark = pytest.mark.browser
HIDE = (
    "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); "
    "document.dispatchEvent(new Event('visibilitychange')); }"
)


def asked(fake: FakeServices, what: str) -> int:
    return sum(call[0] == what for call in fake.calls)


def eventually(page: Page, true) -> bool:
    for _ in range(100):
        if true():
            return True
        page.wait_for_timeout(100)
    return False


def opened(page: Page, site: str, query: str = "") -> None:
    page.goto(f"{site}/{query}")
    expect(page.locator("article.card-metric:visible")).to_have_count(10)


def test_the_badge_leads_to_the_findings_and_back(page: Page, site, use):
    use(FakeServices("doubtful"))
    opened(page, site, "?period=90d")
    badge = page.get_by_role("link", name="Data quality: 3 findings")
    badge.press("Enter")
    expect(page).to_have_url(re.compile(r"\?tab=quality&period=90d$"))
    findings = page.locator(".findings:not(.findings-short) > .finding")
    expect(findings).to_have_count(4)
    expect(findings.first).to_contain_text("A <b>mapped</b> field is empty: Deployment date")
    expect(findings.first).to_contain_text("812 issues")
    expect(page.locator("#filter-row")).to_be_hidden()
    expect(page.locator("article.card-metric:visible")).to_have_count(0)
    expect(page.get_by_role("link", name="Data quality", exact=True)).to_have_attribute("aria-current", "page")
    page.get_by_text("Messages (2)").click()
    expect(page.get_by_text("The versions of project PAY could not be read.")).to_be_visible()
    page.get_by_role("link", name="Flow", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?tab=flow&period=90d$"))
    expect(page.locator("article.card-metric:visible")).to_have_count(5)
    page.go_back()
    expect(findings).to_have_count(4)


def test_its_own_address_asks_for_no_numbers(page: Page, site, fake):
    seen = []
    page.on("requestfinished", lambda request: seen.append(request.url))
    page.goto(f"{site}/?tab=quality")
    expect(
        page.get_by_text("No gaps found in the data that was read. What each number leaves out is on its card.")
    ).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".badge-quality")).to_have_count(0)
    assert asked(fake, "answer") == 0
    assert len(seen) <= 30
    assert not [url for url in seen if "plotly" in url or "ag_grid" in url]


def test_it_follows_a_sync_that_ends(page: Page, site, use):
    fake = use(FakeServices("full"))
    page.goto(f"{site}/?tab=quality")
    expect(
        page.get_by_text("No gaps found in the data that was read. What each number leaves out is on its card.")
    ).to_be_visible()
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator("#sync-bar")).to_be_visible()
    fake.status.quality = FakeServices("doubtful").status.quality
    expect(page.locator(".findings:not(.findings-short) > .finding")).to_have_count(4)
    expect(page.get_by_role("link", name="Data quality: 3 findings")).to_be_visible()


def test_a_sync_that_fails_is_shown_though_the_numbers_stay(page: Page, site, fake):
    page.goto(f"{site}/?tab=quality")
    expect(page.get_by_text("Complete: what had changed was read.")).to_be_visible()
    before = fake.status.quality(fake.snapshot())
    failed = {**before.sync, "complete": False, "finished_at": "2026-11-16T12:29:00.000Z"}
    failed["error"] = {"code": "unreachable", "message": "Jira did not answer.", "hint": "Try again later."}
    fake.status.quality = lambda _snapshot: type(before)(failed, ())
    page.evaluate("dash_clientside.set_props('sync-watch', { n_intervals: 1 })")
    expect(page.get_by_text("It did not work: the data is as it was before.")).to_be_visible()


@pytest.mark.parametrize("width", [400, 760, 800, 1024, 2560])
def test_nothing_sticks_out(page: Page, site, use, width):
    use(FakeServices("doubtful"))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/?tab=quality")
    expect(page.locator(".findings:not(.findings-short) > .finding")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tab = page.get_by_role("link", name="Data quality", exact=True).bounding_box()
    badge = page.locator(".badge-quality").bounding_box()
    assert tab["x"] + tab["width"] <= badge["x"] or tab["y"] >= badge["y"] + badge["height"]


def test_a_page_left_open_asks_for_news_every_five_minutes(page: Page, site, fake):
    page.clock.install()
    opened(page, site)
    before = asked(fake, "ensure_fresh")
    page.clock.fast_forward("04:30")
    page.wait_for_timeout(300)
    assert asked(fake, "ensure_fresh") == before
    page.clock.fast_forward("00:40")
    assert eventually(page, lambda: asked(fake, "ensure_fresh") == before + 1)


def test_a_page_that_nobody_sees_asks_when_somebody_comes_back(page: Page, site, fake):
    page.clock.install()
    opened(page, site)
    before = asked(fake, "ensure_fresh")
    page.evaluate(HIDE, True)
    page.clock.fast_forward("20:00")
    page.wait_for_timeout(500)
    assert asked(fake, "ensure_fresh") == before
    page.evaluate(HIDE, False)
    assert eventually(page, lambda: asked(fake, "ensure_fresh") == before + 1)


def test_old_data_on_an_open_page_is_renewed(page: Page, site, fake):
    fake.sync.ensure_fresh = lambda snapshot: bool(fake.sync.start(snapshot))
    opened(page, site)
    expect(page.locator("#sync-bar")).to_be_hidden()  # the sync that opening the page starts
    before = asked(fake, "start_sync")
    page.evaluate("dash_clientside.set_props('sync-watch', { n_intervals: 1 })")
    expect(page.locator("#sync-bar")).to_be_visible()
    expect(page.locator("#sync-bar")).to_be_hidden()
    assert asked(fake, "start_sync") == before + 1
