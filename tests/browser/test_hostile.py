"""Whatever people write in Jira is text here: in every tab, menu, panel, modal and file. No page breaks its own
policy.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from playwright.sync_api import Error, Page, expect

import sample.server as serving
from data.services.services import Services, open_services
from data.teams.content import SEPARATOR
from data.values.filters import only
from data.values.teams import TeamView
from sample.generator import generate
from sample.server import SampleServer
from sample.site import Site
from tests.fake_services import FakeServices
from tests.sample_services import environment
from tests.workbook import sheets

pytestmark = pytest.mark.browser

LONG = 10_000
HALF = "HALF-A-CHARACTER"  # sent as the JSON escape of half a character, which no text of Python's can be
HOSTILE = (
    "<img src=x onerror=window.ran=1>",
    '"><script>window.ran=1</script>',
    "<b>MARKED</b><br><i>up</i><a href='javascript:window.ran=1'>x</a>&lt;b&gt;&amp;",
    "\u202eright to left\u202c \u200f \u05d0\u05d1",
    f"{HALF} \x00 NUL \x1b[2J \u2028 \ufffe",
    "W" * LONG,
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "</script><svg onload=window.ran=1>",
    "javascript:window.ran=1 {{7*7}} ${7*7} #{7*7} %{x} %(x)s {0}",
    "long words " * (LONG // 11),
    "\uff1dcmd\uff5c \uff0b1",
    "__proto__",
    "<r><t>x</t></r>",
    "a\r\n=1+1\n\t+1",
)
SHORT = tuple(each[:50] for each in (HOSTILE[0], HOSTILE[2], HOSTILE[6], HOSTILE[8]))  # as names of saved views
_WATCH = """
window.ran = 0; window.violations = [];
document.addEventListener('securitypolicyviolation', e =>
    window.violations.push(e.violatedDirective + ' ' + e.blockedURI));
"""
# Text that was meant as text reads "<b>MARKED" wherever it is shown; where the mark-up was obeyed, the tag is gone.
_OBEYED = """() => {
    const shown = [...document.querySelectorAll('body *')].filter(each => !/^(SCRIPT|STYLE)$/.test(each.tagName))
        .flatMap(each => [...each.childNodes]).filter(each => each.nodeType === 3 && each.data.includes('MARKED'));
    return shown.map(each => (each.parentElement.closest('svg text') || each.parentElement).textContent)
        .filter(text => !/<b>MARKED/.test(text));
}"""
_WIDE = """() => {
    const room = document.documentElement.clientWidth;
    const width = document.documentElement.scrollWidth;
    const found = width > room + 1 ? ['the page is ' + width] : [];
    const boxes = '.detail.is-open, .detail-body, .modal.show .modal-dialog, .menu-panel, .card-metric, .block';
    for (const each of document.querySelectorAll(boxes)) {
        const box = each.getBoundingClientRect();
        if (box.width && box.height && box.left < room && (box.right > room + 1 || box.left < -1))
            found.push(each.className + ' reaches from ' + box.left + ' to ' + box.right + ' of ' + room);
    }
    return found;
}"""

_LOOK = f"""() => {{
    const sources = (what) => [...document.querySelectorAll(what)].map(each => each.outerHTML.slice(0, 200));
    return {{
        ran: window.ran, violations: window.violations, links: sources('svg a'),
        odd: sources("img[src='x'], svg[onload], a[href^='javascript:' i], [onerror], [onload]:not(body)"),
        obeyed: ({_OBEYED})(), wide: ({_WIDE})(),
    }};
}}"""


def hostile(site: Site) -> Site:
    """A copy of the site with hostile names wherever people can write; what sites share stays as it is."""
    site = deepcopy(site)
    count = 0

    def word(most: int = LONG) -> str:
        nonlocal count
        count += 1
        return f"{HOSTILE[count % len(HOSTILE)][:most]} {count % 7}"

    sprints = {each["id"]: word() for each in site.sprints}
    for each in [*site.fields]:
        if each.get("custom"):
            each["name"] = word()
    names: dict[str, str] = {}
    for each in [*site.statuses, *site.issue_types, *site.priorities, *site.resolutions]:
        each["name"] = names.setdefault(each["name"], word())
    for project in site.projects:
        for each in [project, *project.get("versions", ()), *project.get("components", ())]:
            each["name"] = names.setdefault(each["name"], word())
    for each in site.boards:
        each["name"] = word()
    for each in site.sprints:
        each["name"] = sprints[each["id"]]
    for issue in site.issues:
        issue.fields["summary"] = word()
        if issue.id % 3 == 0:
            issue.fields["labels"] = [
                HOSTILE[issue.id % len(HOSTILE)].replace(" ", "_"),
                "MARKED".join(("<b>", "</b>")),
            ]
        for name, value in issue.fields.items():
            issue.fields[name] = renamed(value, names, sprints, word)
        issue.histories = [msgspec.json.encode(_history(msgspec.json.decode(raw), names)) for raw in issue.histories]
    site.title = HOSTILE[0] + "W" * LONG
    return site


def renamed(value: Any, names: dict[str, str], sprints: dict[int, str], word: Callable[[], str]) -> Any:
    """What an issue says of other things: their names as the site has them now, and hostile words for people and
    options.
    """
    if isinstance(value, list):
        return [renamed(each, names, sprints, word) for each in value]
    if not isinstance(value, dict):
        return value
    said = {name: renamed(each, names, sprints, word) for name, each in value.items() if name != "key"}
    if "displayName" in value:
        said["displayName"] = word()
    if "value" in value:
        said["value"] = word()
    if isinstance(value.get("name"), str):
        said["name"] = sprints.get(value.get("id"), names.get(value["name"], value["name"]))
    return value | said


def _history(entry: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    for item in entry.get("items", ()):
        for side in ("fromString", "toString"):
            if item.get(side) in names:
                item[side] = names[item[side]]
    return entry


@pytest.fixture(scope="module")
def jira() -> Iterator[SampleServer]:
    as_sent = serving.to_json
    serving.to_json = lambda value: as_sent(value).replace(HALF.encode(), rb"\ud800")
    with SampleServer(hostile(generate(150, seed=11))) as server:
        yield server
    serving.to_json = as_sent


@pytest.fixture(scope="module")
def synced(jira: SampleServer, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """A services full of it; every test of this file looks at the same one."""
    folder = tmp_path_factory.mktemp("hostile")
    env = environment(folder, JIRA_URL=jira.url, JIRA_EMAIL="ada@example.org", JIRA_TOKEN="any-token")
    services = open_services(env, sample=None)
    result = services.sync.run(services.snapshot())
    assert (result.error, result.complete) == (None, True)
    for n, name in enumerate(SHORT):
        services.teams.save(
            TeamView(f"{name} {n}", "90d", filters=only(label=(name,) if n > 1 else ())), services.snapshot()
        )
    return services


@pytest.fixture
def mine(use: Callable[[Any], Any], synced: Services) -> Services:
    return use(synced)


@pytest.fixture
def watched(page: Page) -> Iterator[Page]:
    """A page on which nothing may run that is not ours, and which may not break its policy."""
    said: list[str] = []
    page.on("console", lambda each: said.append(each.text) if "Content Security Policy" in each.text else None)
    page.on("dialog", lambda each: said.append(f"dialog: {each.message}"))
    page.add_init_script(_WATCH)
    yield page
    looked_at(page, "at the end")
    assert said == []


def looked_at(page: Page, where: str) -> None:
    """Nothing that is shown was taken for a program or for mark-up, and it fits the window."""
    assert page.evaluate(_LOOK) == {"ran": 0, "violations": [], "odd": [], "links": [], "obeyed": [], "wide": []}, where


def settled(page: Page) -> None:
    """Until nothing is asked any more and no place holder is left; what is loaded when it is looked at is looked at."""
    page.wait_for_load_state("networkidle")
    places = page.locator("main .sk:visible")
    for _ in range(60):
        if not places.count():
            break
        with suppress(Error):  # it may be filled in this very moment
            places.first.scroll_into_view_if_needed(timeout=1_000)
        page.wait_for_timeout(250)
    expect(places).to_have_count(0)


def tabs_of(page: Page) -> list[str]:
    return page.locator("#header-tabs a").evaluate_all("all => all.map(each => each.dataset.tab)")


def open_menus(page: Page, where: str) -> None:
    buttons = page.locator("[data-menu]:visible")
    for n in range(buttons.count()):
        name = buttons.nth(n).get_attribute("data-menu")
        buttons.nth(n).click()
        looked_at(page, f"{where}, menu {name}")
        page.keyboard.press("Escape")


def open_parts(page: Page, where: str, inside: str = "main") -> None:
    """Tables behind charts, and what charts say under the pointer."""
    folded = page.locator(f"{inside} details:not([open]) > summary:visible")
    for _ in range(min(folded.count(), 12)):
        folded.first.click()
    charts = page.locator(f"{inside} .js-plotly-plot:visible")
    for n in range(min(charts.count(), 8)):
        charts.nth(n).hover()
        page.wait_for_timeout(60)
        looked_at(page, f"{where}, chart {n}")
    looked_at(page, f"{where}, opened")


def walk_tabs(page: Page, site: str) -> None:
    """Each tab that the page has, with its menus, charts and tables."""
    page.goto(site)
    settled(page)
    tabs = tabs_of(page)
    assert {"dora", "flow", "quality"} <= set(tabs)
    for tab in tabs:
        page.locator(f'#header-tabs a[data-tab="{tab}"]').click()
        settled(page)
        looked_at(page, f"tab {tab}")
        open_menus(page, f"tab {tab}")
        open_parts(page, f"tab {tab}")


def walk_details(page: Page, site: str, metrics: tuple[str, ...]) -> None:
    """The panels behind cards, with chart, table of issues and links."""
    for metric in metrics:
        page.goto(f"{site}/?period=90d&metric={metric}")
        expect(page.locator(".detail .detail-title")).to_be_visible()
        page.wait_for_load_state("networkidle")
        looked_at(page, f"detail {metric}")
        open_parts(page, f"detail {metric}", ".detail")


def walk_modals(page: Page, site: str) -> None:
    """Field mapping with all its sections, and the connection."""
    page.goto(site)
    settled(page)
    page.locator("#header-settings").click()
    expect(page.locator("#mapping-frame")).to_have_class(re.compile("is-editing"))
    for n in range(page.locator("#mapping-sections button").count()):
        page.locator("#mapping-sections button").nth(n).click()
        page.wait_for_load_state("networkidle")
        looked_at(page, f"mapping, section {n}")
        for m in range(min(page.locator(".list-item:visible").count(), 4)):
            page.locator(".list-item:visible").nth(m).click()
            page.wait_for_load_state("networkidle")
            looked_at(page, f"mapping, section {n}, item {m}")
    page.keyboard.press("Escape")
    page.goto(site)
    page.locator("#header-connect").click()
    expect(page.locator("#connection-url")).to_be_visible()
    looked_at(page, "connection")
    page.keyboard.press("Escape")


def test_the_page_keeps_its_own_policy(watched: Page, site: str, use: Callable[[Any], Any]):
    use(FakeServices())
    walk_details(watched, site, ("flow_time", "flow_distribution"))
    walk_modals(watched, site)
    watched.goto(site)
    for kind in ("CSV", "XLSX"):
        watched.get_by_role("button", name="Download").click()
        with watched.expect_download():
            watched.get_by_role("link", name=f"All numbers as {kind}").click()
        watched.keyboard.press("Escape")


# The phone shows the same texts; `make torture` looks there too.
SIZES = pytest.mark.parametrize(
    "size",
    [pytest.param((1440, 900), id="desktop"), pytest.param((400, 800), id="phone", marks=pytest.mark.torture)],
)


@SIZES
def test_hostile_names_are_text_in_every_tab(watched: Page, site: str, mine: Services, size: tuple[int, int]):
    watched.set_viewport_size({"width": size[0], "height": size[1]})
    walk_tabs(watched, site)
    side_by_side = SEPARATOR.join(f"{name} {n}" for n, name in enumerate(SHORT))
    watched.goto(f"{site}/?tab=teams&team={quote(side_by_side, safe='')}")
    settled(watched)
    expect(watched.locator("#teams-body, main").last).to_contain_text(SHORT[1])
    looked_at(watched, "saved views side by side")
    assert "<img src=x" in watched.locator("#header-site").inner_text()


@SIZES
def test_hostile_names_are_text_in_details_and_modals(watched: Page, site: str, mine: Services, size: tuple[int, int]):
    watched.set_viewport_size({"width": size[0], "height": size[1]})
    walk_details(
        watched,
        site,
        ("flow_velocity", "flow_load", "flow_distribution", "lead_time_for_changes", "deployment_frequency"),
    )
    assert watched.locator(".ag-center-cols-container").inner_text().strip()
    walk_modals(watched, site)


def test_hostile_views_are_answered_in_words(watched: Page, site: str, mine: Services):
    for n, odd in enumerate(HOSTILE):
        said = quote(odd[:1500].replace(HALF, ""), safe="")
        watched.goto(
            f"{site}/?project={said}&label={said}&metric={said}&set={said}:{said}&tab={'flow' if n % 2 else said}"
        )
        settled(watched)
        looked_at(watched, f"a link with {odd[:40]!r}")
    watched.goto(f"{site}/?from={quote(HOSTILE[0])}&to={quote(HOSTILE[1])}")
    expect(watched.locator("#period-problem")).to_be_visible()


def test_a_tab_that_there_is_not_is_told(watched: Page, site: str, use: Callable[[Any], Any]):
    use(FakeServices())
    watched.goto(f"{site}/?tab=unknown")
    settled(watched)
    expect(watched.get_by_text("There is no such tab.")).to_be_visible()
    watched.locator('#header-tabs a[data-tab="flow"]').click()
    expect(watched.get_by_text("There is no such tab.")).to_be_hidden()
    watched.goto(f"{site}/?tab=quality")
    expect(watched.get_by_text("There is no such tab.")).to_be_hidden()


def assert_text_only(cells: list[str]) -> None:
    assert any("HYPERLINK" in cell for cell in cells)
    for cell in cells:
        for line in re.split(r"[\r\n]+", cell):
            assert not line.strip() or line.strip()[0] not in "=+-@\t\uff1d\uff0b\uff0d\uff20", cell[:100]


def test_no_formula_in_the_files(client: Any, use: Callable[[Any], Any], mine: Services):
    use(mine)
    for name in ("issues.csv?metric=flow_velocity&period=90d", "numbers.csv?period=90d", "metric.csv?metric=flow_load"):
        answer = client.get(f"/export/{name}")
        rows = list(csv.reader(io.StringIO(answer.text, newline="")))
        cells = [cell for row in rows for cell in row if cell and not re.fullmatch(r"-?[\d.]+", cell)]
        assert_text_only(cells if name.startswith("issues") else [*cells, "HYPERLINK"])


def test_no_formula_in_the_workbooks(client: Any, use: Callable[[Any], Any], mine: Services):
    use(mine)
    pages = sheets(client.get("/export/issues.xlsx?metric=flow_velocity&period=90d").data)
    names, *rows = pages["Issues"]
    assert len(rows) > 10
    said = [row[names.index("summary")] for row in rows]
    assert {type(each) for each in said} == {str}
    assert any(each.startswith("=HYPERLINK") for each in said)
    assert pages["About"][1][1].startswith("<img src=x")
    sheets(client.get("/export/numbers.xlsx?period=90d").data)
