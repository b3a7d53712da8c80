"""The main path on the real services without any Jira: first visit, period, drill-down, download."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from data.services.services import Services, open_services
from sample.source import SampleSite
from tests.cold import SERVERS, cold
from tests.sample_services import environment

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("visitor")


@pytest.fixture
def visitor(home: Path, use: Callable[[Any], Any]) -> Services:
    """Somebody who has just installed the program."""
    env = environment(home)
    return use(open_services(env, sample=SampleSite(issues=300)))


def number(page: Page, metric: str) -> Any:
    return page.locator(f'article[data-metric="{metric}"]:visible .num')


def test_numbers_come_by_themselves_and_lead_to_their_issues(page: Page, site: str, visitor: Services, home: Path):
    page.goto(site)
    expect(page.get_by_text("Sample data.")).to_be_visible()
    expect(page.locator("article.card-success:visible").first).to_be_visible(timeout=60_000)
    expect(page.locator("article.card-metric:visible")).to_have_count(10)
    expect(page.locator("#header-freshness")).to_contain_text("now")

    page.get_by_role("button", name="Last 30 days").click()
    page.get_by_role("button", name="Last 90 days").click()
    expect(page.locator("#period-label")).to_have_text("Last 90 days")
    shown = number(page, "deployment_frequency")
    answer = {each.metric_name: each for each in visitor.numbers.answer("dora", visitor.view("90d")).values}
    expect(shown).to_have_text(answer["deployment_frequency"].details["display_value"])

    page.get_by_role("link", name="Flow", exact=True).click()
    expect(page.locator("article.card-success:visible")).to_have_count(5)

    page.get_by_role("button", name="Download").click()
    with page.expect_download() as caught:
        page.get_by_role("link", name="All numbers as CSV").click()
    text = caught.value.path().read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 11
    assert any("flow_time" in row for row in rows)
    flow = {each.metric_name: each for each in visitor.numbers.answer("flow", visitor.view("90d")).values}
    assert str(flow["flow_velocity"].value).removesuffix(".0") in next(row for row in rows if "flow_velocity" in row)
    page.keyboard.press("Escape")

    page.locator('[data-pane="flow"] article[data-metric="flow_time"]').click()
    panel = page.locator(".detail")
    expect(panel.get_by_role("heading", name="Flow time")).to_be_visible()
    expect(panel.locator(".js-plotly-plot")).to_be_visible()
    used = flow["flow_time"].details["used"]
    panel.get_by_text(f"Used {used}", exact=True).click()
    expect(panel.locator(".table-count")).to_have_text(f"{used} rows" if used != 1 else "1 row")
    with page.expect_download() as caught:
        panel.get_by_role("link", name="Its issues as CSV").click()
    issues = list(csv.DictReader(io.StringIO(caught.value.path().read_text("utf-8-sig"))))
    assert len(issues) == flow["flow_time"].total_issue_count
    assert not (home / "app_settings.json").exists(), "looking around must not write settings"


def test_second_visit_shows_kept_numbers_at_once(page: Page, site: str, visitor: Services, home: Path):
    if not visitor.status.of(visitor.snapshot()).synced_at:
        visitor.sync.run(visitor.snapshot())
    visitor.numbers.answer("dora", visitor.view("30d"))
    page.goto(site)
    expect(page.locator("article.card-metric:visible")).to_have_count(10)
    expect(page.locator("#sync-bar")).to_be_hidden()
    kept = list((home / "home").rglob("metrics_cache.json"))
    assert kept
    assert json.loads(kept[0].read_text("utf-8"))["entries"]


@pytest.mark.parametrize("server", SERVERS)
def test_who_opens_the_page_the_moment_the_port_answers_sees_numbers(page: Page, tmp_path: Path, server: str):
    with cold(server, tmp_path) as site:
        page.goto(site, timeout=120_000)
        expect(page.locator("article.card-success:visible").first).to_be_visible(timeout=60_000)
        expect(page.locator("article.card-metric:visible")).to_have_count(10)
