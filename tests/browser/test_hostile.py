"""No page breaks its own policy while somebody clicks through it, and no file of a hostile site holds a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from data.workspace import Workspace, open_workspace
from sample.generator import generate
from sample.server import SampleServer
from sample.site import Site
from tests.fake_workspace import FakeWorkspace

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror=window.ran=1>",
    '"><script>window.ran=1</script>',
    "javascript:window.ran=1",
    "\u202eright to left\u202c \u200f",
    "{{7*7}} ${7*7} #{7*7}",
    "long " * 400,
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "</script><svg onload=window.ran=1>",
    "<a href='javascript:window.ran=1'>x</a>",
)
_WATCH = """
window.ran = 0; window.violations = [];
document.addEventListener('securitypolicyviolation', e => window.violations.push(e.violatedDirective + ' ' + e.blockedURI));
"""


def hostile(site: Site) -> Site:
    """A copy of the site with hostile names wherever people can write; what sites share stays as it is."""
    site = deepcopy(site)
    count = 0

    def word() -> str:
        nonlocal count
        count += 1
        return HOSTILE[count % len(HOSTILE)] + f" {count % 7}"

    for issue in site.issues:
        issue.fields["summary"] = word()
        if issue.id % 3 == 0:
            issue.fields["labels"] = [HOSTILE[issue.id % len(HOSTILE)].replace(" ", "_")[:250]]
    names = {id(each): HOSTILE[n % len(HOSTILE)][:200] for n, each in enumerate([*site.statuses, *site.issue_types])}
    for each in [*site.fields]:
        if each.get("custom"):
            each["name"] = word()[:250]
    for each in [*site.statuses, *site.issue_types]:
        each["name"] = names[id(each)]
    for project in site.projects:
        for each in [project, *project.get("versions", ()), *project.get("components", ())]:
            each["name"] = word()[:250]
    for each in [*site.sprints, *site.boards]:
        each["name"] = word()[:250]
    for issue in site.issues:  # issues carry copies of what they are in
        for name in ("status", "issuetype", "project", "priority"):
            if isinstance(issue.fields.get(name), dict):
                issue.fields[name] = {**issue.fields[name], "name": HOSTILE[issue.id % 3]}
        for name in ("components", "fixVersions"):
            issue.fields[name] = [{**each, "name": word()[:250]} for each in issue.fields.get(name) or ()]
    site.title = HOSTILE[0]
    return site


@pytest.fixture(scope="module")
def jira() -> Iterator[SampleServer]:
    with SampleServer(hostile(generate(120, seed=11))) as server:
        yield server


@pytest.fixture
def mine(tmp_path: Path, use: Callable[[Any], Any], jira: SampleServer) -> Workspace:
    env = {
        "THROUGHLINE_HOME": str(tmp_path / "home"), "THROUGHLINE_SETTINGS": str(tmp_path / "settings.json"),
        "JIRA_URL": jira.url, "JIRA_EMAIL": "ada@example.org", "JIRA_TOKEN": "any",
    }  # fmt: skip
    workspace = use(open_workspace(env, sample=None))
    assert workspace.sync_now().error is None
    return workspace


@pytest.fixture
def watched(page: Page) -> Iterator[Page]:
    """A page on which nothing may run that is not ours, and which may not break its policy."""
    said: list[str] = []
    page.on("console", lambda each: said.append(each.text) if "Content Security Policy" in each.text else None)
    page.on("dialog", lambda each: said.append(f"dialog: {each.message}"))
    page.add_init_script(_WATCH)
    yield page
    assert page.evaluate("window.violations") == []
    assert page.evaluate("window.ran") == 0
    assert page.locator("img[src='x'], svg[onload], a[href^='javascript:'], [onerror]").count() == 0
    assert said == []


def walk(page: Page, site: str) -> None:
    """Every tab, menus, the details with charts and tables, both modals."""
    page.goto(site)
    expect(page.locator("article.card-metric:visible")).to_have_count(5)
    for name in ("Project", "Type", "Label", "Component"):
        button = page.locator(f'[data-menu="filter-{name.lower()}"]')
        if button.is_visible():
            button.click()
            page.keyboard.press("Escape")
    tabs = page.locator("#header-tabs a")
    for n in range(tabs.count()):
        tabs.nth(n).click()
        page.wait_for_load_state("networkidle")
    for query in ("?metric=flow_time&tab=flow&period=90d", "?metric=flow_load&tab=flow", "?metric=flow_distribution&tab=flow&period=90d", "?metric=lead_time_for_changes&period=90d"):  # fmt: skip
        page.goto(f"{site}/{query}")
        expect(page.locator(".detail .detail-title")).to_be_visible()
        page.wait_for_load_state("networkidle")
        table = page.locator(".detail details.as-table > summary")
        if table.count():
            table.first.click()
    page.goto(site)
    page.locator("#header-settings").click()
    expect(page.locator("#mapping-frame")).to_have_class(re.compile("is-editing"))
    for n in range(page.locator("#mapping-sections button").count()):
        page.locator("#mapping-sections button").nth(n).click()
        page.wait_for_load_state("networkidle")
    page.keyboard.press("Escape")
    page.goto(site)
    page.locator("#header-connect").click()
    expect(page.locator("#connection-url")).to_be_visible()
    page.keyboard.press("Escape")


def test_the_page_keeps_its_own_policy(watched: Page, site: str, use: Callable[[Any], Any]):
    use(FakeWorkspace())
    walk(watched, site)
    watched.goto(site)
    watched.get_by_role("button", name="CSV").click()
    with watched.expect_download():
        watched.get_by_role("link", name="All numbers").click()


def test_no_formula_in_the_files(client: Any, use: Callable[[Any], Any], mine: Workspace):
    use(mine)
    answer = client.get("/export/issues.csv?metric=flow_velocity&period=90d")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert len(rows) > 10
    text = [cell for row in rows for cell in row if cell and not re.fullmatch(r"-?[\d.]+", cell)]
    assert any("HYPERLINK" in cell for cell in text)
    assert [cell for cell in text if cell.lstrip()[0] in "=+-@\t\r\n"] == []
