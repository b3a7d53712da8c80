"""Using the page: tabs, periods, filters, links, theme, keyboard, phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from data.values.filters import Filters, only

pytestmark = pytest.mark.browser


def card(page: Page, name: str):
    return page.locator(f'article[data-metric="{name}"]')


def opened(page: Page, site: str, query: str = "") -> Page:
    page.goto(site + "/" + query)
    expect(page.locator("article.card-metric:visible")).to_have_count(5 if "tab=" in query else 10)
    return page


def test_first_view_is_light(page: Page, site, fake):
    """At most 30 requests, 2.5 MB and 8 callbacks; no chart or table library."""
    seen = []
    page.on("requestfinished", lambda request: seen.append(request))
    opened(page, site)
    page.wait_for_load_state("networkidle")
    addresses = [each.url for each in seen]
    assert len(addresses) <= 30
    assert sum("_dash-update-component" in url for url in addresses) <= 8
    assert sum(each.sizes()["responseBodySize"] for each in seen) < 2_500_000
    assert not [url for url in addresses if "plotly" in url or "ag_grid" in url or "async-" in url]


def test_what_draws_charts_is_read_while_nobody_waits(page: Page, site, fake):
    opened(page, site)
    for _ in range(200):
        page.wait_for_timeout(100)
        if page.evaluate("Boolean(window.Plotly)"):
            return
    pytest.fail("nothing was read ahead")


_NOTHING_NEW = """() => {
    window.words = 0; window.idle = 0;
    const store = window.dash_stores[0];
    let last = store.getState().layoutHashes;
    store.subscribe(() => {
        const now = store.getState().layoutHashes, names = Object.keys(now);
        window.words += 1;
        const same = names.length === Object.keys(last).length && names.every(each => now[each] === last[each]);
        if (now !== last && same) window.idle += 1;
        last = now;
    });
}"""


def test_components_that_appear_do_not_wake_all_the_others(page: Page, site, fake):
    """Dash says to its store of each that it shall be forgotten; where nothing is known of it, nobody is asked."""
    opened(page, site)
    page.wait_for_load_state("networkidle")
    page.evaluate(_NOTHING_NEW)
    page.locator("#header-settings").click()
    expect(page.locator(".offer").first).to_be_visible()
    assert page.evaluate("window.words") > 10
    assert page.evaluate("window.idle") == 0


def test_tabs_calculate_when_opened(page: Page, site, fake):
    opened(page, site, "?tab=dora")
    assert {call[1] for call in fake.calls if call[0] == "answer"} == {"dora"}
    page.get_by_role("link", name="Flow", exact=True).click()
    expect(card(page, "flow_time")).to_be_visible()
    expect(card(page, "lead_time_for_changes")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?tab=flow$"))
    page.go_back()
    expect(card(page, "lead_time_for_changes")).to_be_visible()
    assert sum(call[0] == "answer" for call in fake.calls) == 2


def test_period_is_picked_by_keyboard_and_kept_in_the_url(page: Page, site, fake):
    opened(page, site)
    page.get_by_role("button", name="Last 30 days").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#period-label")).to_have_text("Last 90 days")
    expect(page.locator("#period-dates")).to_have_text("19 Aug – 16 Nov 2026")
    expect(page).to_have_url(re.compile("period=90d"))
    page.reload()
    expect(page.locator("#period-label")).to_have_text("Last 90 days")


def test_any_dates(page: Page, site, fake):
    opened(page, site)
    page.get_by_role("button", name="Last 30 days").click()
    page.locator("#period-from").fill("2026-09-01")
    page.get_by_label("To", exact=True).fill("2026-09-30")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#period-dates")).to_have_text("1 Sep – 30 Sep 2026")
    expect(page.locator("#period-compared")).to_have_text("vs 2 Aug – 31 Aug")
    expect(page).to_have_url(re.compile("from=2026-09-01&to=2026-09-30"))


def test_reversed_period_says_so_and_keeps_the_numbers(page: Page, site, fake):
    opened(page, site)
    asked = sum(call[0] == "answer" for call in fake.calls)
    address = page.url
    page.get_by_role("button", name="Last 30 days").click()
    page.locator("#period-from").fill("2026-10-01")
    page.get_by_label("To", exact=True).fill("2026-09-01")
    expect(page.get_by_role("button", name="Show", exact=True)).to_be_disabled()
    expect(page.locator(".dates-said")).to_have_text("The last day lies before the first.")
    page.get_by_label("To", exact=True).press("Enter")
    assert page.url == address
    page.evaluate("""() => {
        history.pushState({}, '', '?from=2026-10-01&to=2026-09-01');
        window.dispatchEvent(new CustomEvent('_dashprivate_pushstate'));
    }""")  # a link that somebody wrote
    expect(page.locator("#period-problem")).to_contain_text("Swap the two dates")
    expect(page.locator("#period-dates")).to_have_text("18 Oct – 16 Nov 2026")
    expect(card(page, "lead_time_for_changes").locator(".num")).to_have_text("2.4")
    assert sum(call[0] == "answer" for call in fake.calls) == asked
    page.go_back()
    expect(page.locator("#period-problem")).to_be_hidden()


def test_filter_by_label(page: Page, site, fake):
    opened(page, site)
    page.get_by_role("button", name="Add filter").click()
    page.locator('[data-filter-open="label"]').click()
    page.get_by_placeholder("Find a value").fill("odd")
    expect(page.locator("[data-filter-value]:visible")).to_have_count(1)
    page.get_by_role("checkbox", name="<b>odd & label</b>").click()
    expect(card(page, "lead_time_for_changes").locator(".num")).to_have_text("1.1")
    expect(page.locator(".filter-chip")).to_contain_text("Label is <b>odd & label</b>")
    assert asked_last(fake) == only(label=("<b>odd & label</b>",))
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Add filter")).to_be_focused()
    page.get_by_role("button", name="Add filter").click()
    page.get_by_role("button", name="Clear all").click()
    expect(card(page, "lead_time_for_changes").locator(".num")).to_have_text("2.4")
    expect(page).to_have_url(re.compile(r"/$"))


def test_drill_down_and_back(page: Page, site, fake):
    opened(page, site)
    card(page, "lead_time_for_changes").click()
    panel = page.get_by_role("dialog", name="What this number is made of")
    expect(panel.get_by_role("heading", name="Lead time for changes")).to_be_visible()
    expect(panel.locator(".js-plotly-plot .bars path").first).to_be_visible()
    expect(panel.get_by_role("link", name="SHOP-1", exact=True)).to_have_attribute("href", re.compile("issue=SHOP-1$"))
    jira = panel.get_by_role("link", name="Open SHOP-1 in Jira")
    expect(jira).to_have_attribute("rel", "noopener noreferrer")
    expect(jira).to_have_attribute("target", "_blank")
    expect(panel.get_by_text("<img src=x onerror=alert(1)> breaks the basket")).to_be_visible()
    assert page.locator("img[src='x']").count() == 0
    expect(page).to_have_url(re.compile("metric=lead_time_for_changes"))
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(card(page, "lead_time_for_changes").locator("a")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/$"))


def test_detail_has_its_own_address(page: Page, site, fake):
    page.goto(f"{site}/?metric=flow_distribution&tab=flow")
    panel = page.get_by_role("dialog", name="What this number is made of")
    expect(panel.get_by_role("heading", name="Flow distribution")).to_be_visible()
    panel.get_by_text("Show as a table").click()
    expect(panel.get_by_role("cell", name="Technical debt")).to_be_visible()
    panel.get_by_role("button", name="Close").click()
    expect(card(page, "flow_distribution")).to_be_visible()


def test_reasons_and_search_narrow_the_table(page: Page, site, fake):
    page.goto(f"{site}/?metric=lead_time_for_changes")
    count = page.locator(".table-count")
    expect(count).to_have_text("120 rows")
    page.get_by_text("Left out: no commit date 2").click()
    expect(count).to_have_text("4 rows")
    page.get_by_text("All 44").click()
    expect(count).to_have_text("120 rows")
    page.get_by_placeholder("Find by key or summary").fill("part 11")
    expect(count).to_have_text("11 rows")
    page.get_by_role("columnheader", name="Days").click()
    expect(page.locator('.ag-center-cols-container [row-index="0"] [col-id="value"]')).to_have_text("1.00")


def test_downloads(page: Page, site, fake):
    opened(page, site, "?period=90d")
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as caught:
        page.get_by_role("link", name="All numbers as CSV").click()
    assert caught.value.suggested_filename == "throughline_2026-08-19_2026-11-16.csv"
    assert "lead_time_for_changes,2.41" in caught.value.path().read_text("utf-8")
    page.goto(f"{site}/?metric=flow_time&tab=flow")
    with page.expect_download() as caught:
        page.get_by_role("link", name="Its issues as CSV").click()
    assert "SHOP-120" in caught.value.path().read_text("utf-8")


def test_theme_is_kept(page: Page, site, fake):
    opened(page, site)
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.get_by_role("button", name="Theme: automatic").click()
    page.get_by_role("button", name="Theme: light").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="dark")
    page.get_by_role("button", name="Theme: dark").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_copy_link(page: Page, site, fake):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, site, "?period=7d&tab=flow")
    for choice, link in (
        ("Rolling", f"{site}/?tab=flow&period=7d"),
        ("These dates", f"{site}/?tab=flow&from=2026-11-10&to=2026-11-16"),
    ):
        page.get_by_role("button", name="Copy link").click()
        page.get_by_role("button", name=choice).click()
        expect(page.locator(".copy-words")).to_have_attribute("data-state", "Copied")
        assert page.evaluate("navigator.clipboard.readText()") == link
    opened(page, site, "?from=2026-10-01&to=2026-10-31&tab=flow")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Rolling")).to_be_hidden()


def test_full_screen_leaves_the_numbers_and_their_age(page: Page, site, fake):
    opened(page, site, "?tab=flow")
    page.get_by_role("button", name="Full screen").click()
    expect(page).to_have_url(re.compile("wall=1"))
    for away in ("#header-tabs", ".filters-end", "#header-settings"):
        expect(page.locator(away)).to_be_hidden()
    for there in ("#header-freshness", "#period-dates", "article.card-metric"):
        expect(page.locator(there).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("wall"))
    expect(page.locator("#header-tabs")).to_be_visible()


def test_phone(page: Page, site, fake):
    page.set_viewport_size({"width": 400, "height": 800})
    opened(page, site)
    page.get_by_role("button", name="Add filter").click()
    page.locator('[data-filter-open="project"]').click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    card(page, "lead_time_for_changes").click()
    panel = page.locator(".detail")
    expect(panel).to_be_visible()
    assert round(panel.bounding_box()["width"]) == 400


@pytest.mark.parametrize("tab", ["overview", "dora", "flow"])
def test_on_a_phone_the_first_number_is_near_the_top(page: Page, site, fake, tab):
    """Banner and rare buttons are folded into one row, and open with one press."""
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(f"{site}/?tab={tab}")
    first = page.locator(".pane:not([hidden]) :is(.num, .point-sentence)").first
    assert first.bounding_box()["y"] <= 150
    expect(page.locator("#header-freshness")).to_be_visible()
    more = page.get_by_role("button", name="More", exact=True)
    copy = page.locator("[data-copy-link]")
    expect(copy).to_be_hidden()
    more.click()
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(copy).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.locator(".filters-period, .filters-lists, .btn-fold").first.bounding_box()["height"] <= 40


def test_a_day_is_picked_from_a_calendar_and_written_in_words(page: Page, site, fake):
    opened(page, site, "?from=2026-10-01&to=2026-10-31")
    page.get_by_role("button", name=re.compile("Chosen dates")).click()
    words = page.locator(".period-menu .day-words")
    for n, text in enumerate(("1 Oct 2026", "31 Oct 2026")):
        expect(words.nth(n)).to_have_attribute("data-words", text)
    page.locator("#period-to").fill("2026-09-01")
    expect(page.get_by_role("button", name="Show")).to_be_disabled()
    page.locator("#period-to").fill("2026-10-05")
    expect(page.get_by_role("button", name="Show")).to_be_enabled()


def asked_last(fake) -> Filters:
    return [call[4] for call in fake.calls if call[0] == "answer"][-1]


def test_filters_by_keyboard(page: Page, site, fake):
    opened(page, site)
    page.get_by_role("button", name="Add filter").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_placeholder("Find a field")).to_be_focused()
    page.keyboard.type("assig")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_placeholder("Find a value")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".filter-chip")).to_contain_text("Assignee is Ann Lee, Bob Ray")
    page.get_by_role("button", name="is not", exact=True).click()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"filter=assignee%3Anot_in%3AAnn\+Lee&filter=assignee%3Anot_in%3ABob\+Ray"))
    expect(page.locator(".filter-chip")).to_contain_text("Assignee is not Ann Lee, Bob Ray")
    page.get_by_role("button", name="Remove the filter Assignee is not").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".filter-chip")).to_have_count(0)
    expect(page.get_by_role("button", name="Add filter")).to_be_focused()
    page.go_back()
    expect(page.locator(".filter-chip")).to_have_count(1)


def test_backspace_leads_back_to_the_fields(page: Page, site, fake):
    opened(page, site, "?type=Bug&filter=type:not_in:Story")
    expect(page.locator(".filter-chip")).to_have_count(2)
    page.locator(".chip-open").first.click()
    expect(page.get_by_role("checkbox", name="Bug, 240 issues")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Backspace")
    expect(page.locator('[data-filter-open="type"]')).to_be_focused()
    expect(page.get_by_placeholder("Find a field")).to_be_visible()


@pytest.mark.parametrize("width", [400, 760, 1024, 1440])
def test_filters_do_not_move_the_page_down(page: Page, site, fake, width):
    """However many filters are chosen, the numbers stay where they were."""
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, site)
    before = page.locator("#page-main").bounding_box()
    many = "&".join(f"filter=label:not_in:team-{n:02}" for n in range(9))
    opened(page, site, f"?project=SHOP&type=Bug&component=Web&filter=assignee:in:Ann+Lee&{many}")
    expect(page.locator(".filter-chip")).to_have_count(5)
    assert page.locator("#page-main").bounding_box()["y"] == before["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [400, 760, 1024, 1440, 2560])
def test_nothing_sticks_out(page: Page, site, fake, width):
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, site)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keyboard_reaches_everything(page: Page, site, fake):
    opened(page, site)
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''"))
    words = "\n".join(stops)
    for name in (
        "Skip to the numbers",
        "Flow",
        "Sync now",
        "Theme",
        "Connect your Jira",
        "Last 30 days",
        "Add filter",
        "Download",
        "Copy link",
        "Lead time for changes",
    ):
        assert name in words
