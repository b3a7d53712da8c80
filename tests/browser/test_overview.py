"""The overview in the browser: what opens first, where its entries lead, the report without a network, and paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.fake_overview import HOSTILE
from tests.fake_services import FakeServices

pytestmark = pytest.mark.browser


def opened(page: Page, site: str, query: str = "") -> None:
    page.goto(f"{site}/{query}")
    expect(page.locator("article.card-metric:visible")).to_have_count(10)
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()


def test_it_is_what_opens_first_and_asks_little(page: Page, site, fake):
    seen: list[Request] = []
    page.on("requestfinished", lambda request: seen.append(request))
    opened(page, site)
    expect(page.locator('#header-tabs a[aria-current="page"]')).to_have_text("Overview")
    page.wait_for_load_state("networkidle")
    own = [each for each in seen if '"overview-' in (each.post_data or "") and "update-component" in each.url]
    assert len(own) == 3, "key points, the rest, and the next steps of a new site"
    assert len(seen) <= 30
    assert {call[1] for call in fake.calls if call[0] == "answer"} == {"dora", "flow"}


def test_a_change_opens_the_detail_and_the_focus_comes_back(page: Page, site, fake):
    opened(page, site)
    link = page.locator(".overview-open", has_text="Flow time")
    link.click()
    panel = page.get_by_role("dialog", name="What this number is made of")
    expect(panel.get_by_role("heading", name="Flow time")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/\?metric=flow_time$"))
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()


def test_a_card_opens_the_same_detail(page: Page, site, fake):
    opened(page, site)
    page.locator('article[data-metric="flow_load"]').click()
    expect(page.locator(".detail-title")).to_have_text("Flow load")


def test_doubts_open_the_mapping_and_data_quality(page: Page, site, fake):
    opened(page, site, "?period=90d")
    page.get_by_role("button", name="Configure mappings: Change failure rate cannot be measured").click()
    expect(page.locator("#mapping-frame")).to_have_class(re.compile("is-editing"))
    page.keyboard.press("Escape")
    expect(page.locator(".mapping-modal")).to_be_hidden()
    page.locator(".overview-doubts .overview-way", has_text="Data quality").click()
    expect(page).to_have_url(re.compile(r"\?tab=quality&period=90d$"))


def test_cards_of_two_tabs_do_not_disturb_each_other(page: Page, site, use):
    use(FakeServices("mixed"))
    opened(page, site)
    page.get_by_role("link", name="DORA", exact=True).click()
    expect(page.locator("article.card-metric:visible")).to_have_count(5)
    page.get_by_role("button", name="Configure mappings").locator("visible=true").click()
    expect(page.locator("#mapping-frame")).to_have_class(re.compile("is-editing"))


def test_names_from_jira_are_text(page: Page, site, fake):
    opened(page, site)
    expect(page.locator(".ageing-summary").first).to_have_text(HOSTILE)
    expect(page.get_by_role("link", name="Open SHOP-3 in Jira")).to_have_attribute(
        "href", "http://127.0.0.1:4020/browse/SHOP-3"
    )


@pytest.mark.parametrize("width", [320, 400, 768, 1024, 1440, 2560])
def test_nothing_sticks_out(page: Page, site, fake, width):
    page.set_viewport_size({"width": width, "height": 800})
    opened(page, site)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_report_opens_from_a_file_without_asking_for_anything(
    page: Page, site, fake, context: BrowserContext, tmp_path: Path
):
    opened(page, site, "?period=90d")
    with context.expect_page() as caught:
        page.get_by_role("link", name="Report").click()
    report = caught.value
    expect(report).to_have_url(re.compile(r"/report\.html\?period=90d$"))
    expect(report.get_by_role("heading", name="The numbers")).to_be_visible()

    path = tmp_path / "report.html"
    path.write_text(page.request.get(report.url).text(), "utf-8")
    asked: list[str] = []
    said: list[str] = []
    offline = context.new_page()
    offline.on("request", lambda request: asked.append(request.url))
    offline.on("console", lambda message: said.append(message.text))
    context.set_offline(True)
    offline.goto(path.as_uri())
    expect(offline.get_by_role("heading", name="Before you trust these numbers")).to_be_visible()
    expect(offline.get_by_text(HOSTILE).first).to_be_visible()
    assert asked == [path.as_uri()]
    assert said == []
    for width in (400, 1440):
        offline.set_viewport_size({"width": width, "height": 800})
        assert offline.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_there_is_nothing_to_press_and_nothing_is_cut(page: Page, site, fake):
    page.emulate_media(color_scheme="dark")
    opened(page, site)
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 without its margins
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in (".filters-lists", ".filters-end", ".bar-end", "#banner-sample", ".overview-way", ".detail-layer"):
        expect(page.locator(hidden).first).to_be_hidden()
    background, text = (
        page.evaluate(f"getComputedStyle(document.querySelector('{each}')).{what}")
        for each, what in ((".overview-changes", "backgroundColor"), (".overview-said", "color"))
    )
    assert background == "rgb(255, 255, 255)"
    assert text == "rgb(23, 28, 38)"
    tops = page.evaluate("[...document.querySelectorAll('.cards-small .card-metric')].map((each) => each.offsetTop)")
    assert tops[0] == tops[2] < tops[3]
    cut = page.evaluate(
        "[...document.querySelectorAll('[data-pane=overview] *')].filter((each) => "
        "each.getBoundingClientRect().right > 704).length"
    )
    assert cut == 0
    assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
