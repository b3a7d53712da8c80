"""Every state of the page, each with a picture in test-results when SCREENSHOTS is set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.values.status import SyncState
from tests.fake_services import FakeServices

pytestmark = pytest.mark.browser
FOLDER = Path(__file__).parents[2] / "test-results"


def picture(page: Page, name: str) -> None:
    if os.environ.get("SCREENSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        page.screenshot(path=FOLDER / f"{name}.png")


def test_first_visit(page: Page, site, use):
    use(FakeServices("first"))
    page.goto(site)
    expect(page.get_by_text("Sample data.")).to_be_visible()
    expect(page.get_by_role("button", name="Connect your Jira")).to_be_visible()
    expect(page.get_by_text("Reading the sample site for the first time.")).to_be_visible()
    expect(page.get_by_text("Reading issues · 420 of 800")).to_be_visible()
    expect(page.locator(".card-loading:visible")).to_have_count(10)
    picture(page, "first-visit")


def test_sync_shows_counts_and_new_numbers_come_without_reload(page: Page, site, fake):
    page.goto(site)
    expect(page.locator("article.card-metric:visible")).to_have_count(10)
    before = sum(call[0] == "answer" for call in fake.calls)
    page.get_by_role("button", name="Sync now").click()
    expect(
        page.get_by_text("Reading issues · 0 of 800").or_(page.get_by_text("Reading issues · 400 of 800"))
    ).to_be_visible()
    picture(page, "syncing")
    expect(page.locator("#sync-bar")).to_be_hidden()
    expect(page.locator("#header-freshness")).to_contain_text("ago")
    for _ in range(50):
        if sum(call[0] == "answer" for call in fake.calls) > before:
            break
        page.wait_for_timeout(100)
    assert sum(call[0] == "answer" for call in fake.calls) > before


def test_sync_can_be_cancelled(page: Page, site, use):
    fake = use(FakeServices("syncing"))
    page.goto(site)
    page.get_by_role("button", name="Cancel", exact=True).first.click()
    expect(page.locator("#sync-bar")).to_be_hidden()
    assert ("cancel_sync",) in fake.calls
    assert fake.sync_state == SyncState("cancelled")


def test_first_sync_that_failed_says_why_and_what_to_do(page: Page, site, use):
    fake = use(FakeServices("refused"))
    page.goto(site)
    expect(page.get_by_text("Jira refused the e-mail address or token.")).to_be_visible()
    picture(page, "refused")
    page.get_by_role("button", name="Sync again").click()
    expect(page.locator("#sync-bar")).to_be_visible()
    assert ("start_sync", False) in fake.calls


def test_old_numbers_are_dimmed_then_replaced(page: Page, site, use):
    import threading

    fake = use(FakeServices("stale"))
    go_on = threading.Event()
    answer = fake.numbers.answer

    def slowly(*asked, stale_ok=False):
        if not stale_ok:
            go_on.wait(20)
        return answer(*asked, stale_ok=stale_ok)

    fake.numbers.answer = slowly
    page.goto(site)
    expect(page.get_by_text("calculating again")).to_be_visible()
    number = page.locator('article[data-metric="lead_time_for_changes"] .num')
    expect(number).to_have_text("9.9")
    picture(page, "stale")
    go_on.set()
    expect(number).to_have_text("2.4")
    expect(page.get_by_text("calculating again")).to_be_hidden()


def test_missing_mapping_no_data_and_error(page: Page, site, use):
    use(FakeServices("mixed"))
    page.goto(f"{site}/?tab=dora")
    expect(page.get_by_text("Deployment successful")).to_be_visible()
    expect(page.get_by_role("button", name="Configure mappings")).to_be_visible()
    expect(page.get_by_text("No deployment in this period.")).to_be_visible()
    expect(page.get_by_text("4f2a9c1e")).to_be_visible()
    expect(page.get_by_text("Low confidence: fewer than 5 used")).to_be_visible()
    expect(page.get_by_text("Sample data.")).to_be_hidden()
    picture(page, "mixed")


def test_empty_period_goes_where_data_is(page: Page, site, fake):
    page.goto(f"{site}/?from=2020-01-01&to=2020-01-31")
    expect(page.get_by_text("The data covers 3 Feb – 16 Nov 2026.").first).to_be_visible()
    picture(page, "empty")
    page.get_by_role("link", name="Show 18 Oct – 16 Nov 2026").first.click()
    expect(page.locator('article[data-metric="lead_time_for_changes"] .num')).to_have_text("2.4")


def test_failure_has_words_and_a_request_id(page: Page, site, use):
    use(FakeServices("failing"))
    page.goto(f"{site}/?tab=dora")
    cards = page.locator("#cards-dora")
    expect(cards.get_by_text("That did not work.")).to_be_visible()
    expect(cards.locator(".notice-request code")).to_be_visible()
    picture(page, "failing")


def test_failure_later_keeps_the_numbers(page: Page, site, fake):
    page.goto(site)
    number = page.locator('article[data-metric="lead_time_for_changes"] .num')
    expect(number).to_have_text("2.4")
    fake.scenario = "failing"
    page.goto(site + "/#")  # same page: nothing is asked again
    page.get_by_role("button", name="Last 30 days").click()
    page.get_by_role("button", name="Last 7 days").click()
    expect(page.locator("#page-notices")).to_contain_text("That did not work.")
    expect(number).to_have_text("2.4")
    fake.scenario = "full"
    page.get_by_role("button", name="Last 7 days").click()
    page.get_by_role("button", name="Last 90 days").click()
    expect(page.locator("#page-notices")).to_be_hidden()


def test_problems_are_shown(page: Page, site, use):
    use(FakeServices("broken"))
    page.goto(site)
    expect(page.get_by_text("app_settings.json could not be read.")).to_be_visible()
    picture(page, "broken")
