"""The tab "Jobs" in the browser: open, narrow by persona, open an outcome, note a measurement down, see it; nothing
that people wrote is read as markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from data.services.services import Services
from tests.sample_services import synced_services

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='broken'\"><b>bold</b>"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("jobs"))


@pytest.fixture
def shop(made: Services, use: Callable[[Any], Any]) -> Services:
    return use(made)


def opened(page: Page, site: str, query: str = "") -> None:
    page.goto(f"{site}/?tab=jobs{query}")
    expect(page.locator(".jobs-story")).to_be_visible()


def outcome(page: Page, title: str):
    return page.locator(".jobs-outcomes tbody tr", has_text=title)


def field(page: Page, label: str):
    return page.get_by_role("dialog").get_by_label(re.compile(f"^{re.escape(label)}"))


def test_open_narrow_look_track_and_see(page: Page, site: str, shop: Services):
    opened(page, site)
    expect(page.get_by_text("These are the example jobs of the sample site")).to_be_visible()
    expect(page.locator("#jobs-cards .card-metric")).to_have_count(4)
    expect(page.locator('[data-chart="opportunity_landscape"] .js-plotly-plot')).to_be_visible()

    page.get_by_role("button", name="Persona").click()
    page.get_by_role("link", name="First-time buyer").click()
    expect(page).to_have_url(re.compile("persona=first-time-buyer"))
    expect(page.get_by_role("button", name="Persona: First-time buyer")).to_be_visible()

    outcome(page, "Costs that appear late").get_by_role("link").first.click()
    panel = page.locator(".detail-page")
    expect(panel.get_by_text(re.compile("^Opportunity = importance"))).to_be_visible()
    before = panel.get_by_role("heading", name=re.compile("^Measurements: ")).inner_text()

    panel.get_by_role("button", name="Track").click()
    expect(field(page, "Outcome")).to_have_value("out-late-costs")
    expect(field(page, "Persona")).to_have_value("First-time buyer")
    save = page.locator("#jobs-save")
    save.click()
    expect(page.get_by_role("dialog").get_by_text("Fill this in.")).to_be_visible()
    field(page, "Measured").fill("1.25")
    field(page, "Note").fill(HOSTILE)
    save.dblclick()
    expect(page.locator("#jobs-modal")).to_have_count(0)

    more = int(re.sub(r"\D", "", before)) + 1
    expect(panel.get_by_role("heading", name=f"Measurements: {more}")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Noted down: “Costs that appear late”, measured 1.25.")).to_be_visible()
    outcome(page, "Costs that appear late").get_by_role("link").first.click()
    expect(panel.get_by_role("heading", name=f"Measurements: {more}")).to_be_visible()
    expect(panel.get_by_text("1.25 %")).to_be_visible()
    expect(panel.get_by_text(HOSTILE)).to_be_visible()
    assert page.title() == "Throughline" and page.locator(".detail-page img[src=x]").count() == 0


def test_a_point_of_the_landscape_opens_its_outcome(page: Page, site: str, shop: Services):
    opened(page, site, "&period=90d")
    plot = page.locator('[data-chart="opportunity_landscape"] .js-plotly-plot')
    expect(plot).to_be_visible()
    # the outcome at the very lower right stands alone, so a click where it is drawn is a click on it
    plot.evaluate(
        """node => { const at = node.data.map((trace, n) => [n, trace.customdata.indexOf('outcome:out-late-costs')])
           .find(([, place]) => place >= 0);
           node.emit('plotly_click', { points: [{ customdata: node.data[at[0]].customdata[at[1]] }] }); }"""
    )
    expect(page).to_have_url(re.compile("chart=opportunity_landscape&pick=outcome%3Aout-late-costs"))
    expect(page.locator(".detail-page .detail-title")).to_have_text("Costs that appear late")
    expect(page.locator(".detail-page .ag-row").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".detail-page")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("pick="))


def test_a_number_opens_and_its_records_turn(page: Page, site: str, shop: Services):
    opened(page, site, "&period=90d")
    page.locator('#jobs-cards [data-metric="job_completion_rate"] .card-open').click()
    panel = page.locator(".detail-page")
    expect(panel.locator(".detail-title")).to_have_text("Job completion")
    first = panel.locator(".record-table tbody tr").first
    newest = first.inner_text()
    panel.get_by_role("button", name="Older").click()
    expect(panel.get_by_text(re.compile("^11 to 20 of "))).to_be_visible()
    assert first.inner_text() != newest
    panel.get_by_role("button", name="Newer").click()
    expect(panel.get_by_text(re.compile("^1 to 10 of "))).to_be_visible()
    expect(panel.get_by_role("button", name="Newer")).to_be_disabled()


def test_the_bound_metric_opens_with_the_issues_it_is_bound_to(page: Page, site: str, shop: Services):
    opened(page, site)
    outcome(page, "Wishes delivered soon").get_by_role("link", name=re.compile("flow time")).click()
    expect(page).to_have_url(re.compile("label=.*metric=flow_time"))
    expect(page.locator(".detail-page .detail-title")).to_have_text("Flow time")


def test_files_are_imported_by_the_page(page: Page, site: str, shop: Services, tmp_path: Path):
    good = tmp_path / "answers.json"
    good.write_text(
        '{"satisfaction": [{"outcome_id": "out-late-costs", "persona": "First-time buyer", "satisfaction_level": "3",'
        ' "recorded_at": "2026-11-20T09:00:00Z"}]}'
    )
    opened(page, site)
    for path, said in (
        (good, "1 record imported from answers.json."),
        (tmp_path / "wrong.csv", "wrong.csv was not imported."),
    ):
        if not path.exists():
            path.write_text("kind,outcome_id\nnonsense,x\n")
        page.get_by_role("button", name="Track", exact=True).click()
        with page.expect_file_chooser() as chosen:
            page.get_by_role("button", name="Import a file").click()
        chosen.value.set_files(path)
        if path == good:  # nothing is stored before the scale of its answer is known
            scales = page.get_by_role("dialog", name="On which scale are the answers?")
            expect(scales).to_contain_text("1 answer of 3 names no scale.")
            scales.get_by_role("combobox").select_option("1 to 5")
            scales.get_by_role("button", name="Import").click()
            expect(page.get_by_text("Read: 1 answer on the scale 1-5.")).to_be_visible()
        expect(page.get_by_text(said)).to_be_visible()


def test_the_register_of_the_sample_site_says_why_it_stays(page: Page, site: str, shop: Services):
    opened(page, site)
    page.get_by_role("button", name="New job").click()
    expect(page.get_by_text("The register of the sample site is an example and stays as it is.")).to_be_visible()
    expect(page.locator("#jobs-save")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="New job of the register")).to_have_count(0)


def test_hostile_titles_are_text(page: Page, site: str, fake):
    from tests.fake_jobs import HOSTILE as title

    opened(page, site)
    expect(page.locator(".jobs-outcomes").get_by_role("link", name=title)).to_be_visible()
    expect(page.locator(".register-entry").get_by_text(title)).to_be_visible()
    expect(page.get_by_text("Not enough answers: 7 of 30.")).to_be_visible()
    assert page.locator('[data-pane="jobs"] img:not([src^="data:"])').count() == 0


@pytest.mark.parametrize("size", [(1440, 900), (400, 800)])
def test_nothing_is_wider_than_the_window(page: Page, site: str, shop: Services, size: tuple[int, int]):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page, site)
    wide = page.evaluate(
        """() => Array.from(document.querySelectorAll('[data-pane="jobs"] *'))
           .filter((node) => !node.closest('.jobs-scroll, .js-plotly-plot, .menu-panel'))
           .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
           .map((node) => node.className)"""
    )
    assert not wide
