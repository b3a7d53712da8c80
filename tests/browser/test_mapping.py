"""Mapping fields in the browser: by mouse, by keyboard, on a phone, with another editor, with a real Jira behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from data.services.services import Services, open_services
from sample.generator import generate
from sample.server import SampleServer
from tests.fake_services import FakeServices
from tests.sample_services import environment

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def jira() -> Iterator[SampleServer]:
    with SampleServer(generate(200, seed=5)) as server:
        yield server


@pytest.fixture
def mine(tmp_path: Path, use: Callable[[Any], Any], jira: SampleServer) -> Services:
    """A real services, synced once, with nothing mapped."""
    env = environment(tmp_path, JIRA_URL=jira.url, JIRA_EMAIL="ada@example.org", JIRA_TOKEN="any")
    services = use(open_services(env, sample=None))
    assert services.sync.run(services.snapshot()).complete
    return services


def modal(page: Page) -> Locator:
    return page.locator(".mapping-modal")


def opened(page: Page, site: str) -> Page:
    page.goto(site)
    page.locator("#header-settings").click()
    expect(page.locator("#mapping-frame")).to_have_class(re.compile("is-editing"))
    expect(page.locator(".mapping-pane .pane-title")).to_be_visible()
    # With the list comes a banner, if any, which moves the rest.
    expect(page.locator(".mapping-list .list-item").first).to_be_visible()
    return page


def item(page: Page, name: str) -> Locator:
    return page.locator(".list-item", has_text=name).first


def section(page: Page, name: str) -> None:
    page.locator(".section-tab", has_text=name).click()


def status(page: Page) -> Locator:
    return page.locator("#mapping-status")


def accept_and_save(page: Page) -> None:
    page.get_by_role("button", name="Accept all").click()
    page.get_by_role("button", name="Save 7 changes").click()


def test_a_field_is_mapped_and_the_card_changes(page: Page, site: str, mine: Services):
    page.goto(site + "/?period=90d")
    card = page.locator('article[data-metric="change_failure_rate"]')
    expect(card).to_contain_text("Configure mappings")
    card.get_by_role("button", name="Configure mappings").click()
    expect(page.locator(".pane-title")).to_have_text("Deployment date")
    page.locator(".offer").first.click()
    expect(page.locator("#mapping-preview")).to_contain_text("Not read from Jira yet")
    item(page, "Deployment successful").click()
    expect(page.locator(".pane-title")).to_have_text("Deployment successful")
    page.locator(".offer").first.click()
    page.get_by_role("button", name="Save 2 changes").click()
    expect(status(page)).to_contain_text("Saved")
    expect(modal(page)).to_have_count(0)
    expect(card.locator(".num")).to_contain_text(re.compile(r"\d"))
    assert set(mine.snapshot().settings.mapping) == {"deployment_successful", "deployment_date"}


class Trips:
    """Requests of callbacks since it was made: each is one more in a row than those whose answers it has waited for."""

    def __init__(self, page: Page) -> None:
        self.of: dict[str, int] = {}  # output → how many in a row
        self._asked: dict[Request, int] = {}
        self._answered = 0
        page.on("request", self._ask)
        page.on("requestfinished", lambda request: self._answer(request))

    def _ask(self, request: Request) -> None:
        if "/_dash-update-component" in request.url:
            self._asked[request] = self._answered + 1
            self.of.setdefault(json.loads(request.post_data or "{}")["output"], self._answered + 1)

    def _answer(self, request: Request) -> None:
        self._answered = max(self._answered, self._asked.get(request, 0))


def test_from_the_save_to_the_new_card_there_are_two_requests_in_a_row(page: Page, site: str, mine: Services):
    page.goto(site + "/?period=90d&tab=dora")
    card = page.locator('[data-pane="dora"] article[data-metric="change_failure_rate"]')
    card.get_by_role("button", name="Configure mappings").click()
    expect(page.locator(".pane-title")).to_have_text("Deployment date")
    page.locator(".offer").first.click()
    expect(page.locator("#mapping-preview")).to_contain_text("Not read from Jira yet")
    item(page, "Deployment successful").click()
    expect(page.locator(".pane-title")).to_have_text("Deployment successful")
    page.locator(".offer").first.click()
    save = page.get_by_role("button", name="Save 2 changes")
    expect(save).to_be_enabled()
    page.wait_for_load_state("networkidle")
    trips = Trips(page)
    save.click()
    expect(card).not_to_contain_text("Configure mappings")
    expect(status(page)).to_contain_text("Saved")
    assert min(n for output, n in trips.of.items() if "mapping-result.data" in output) == 1
    assert min(n for output, n in trips.of.items() if "cards-dora.children" in output) == 2, trips.of


def test_a_definition_shows_its_effect_before_it_is_saved(page: Page, site: str, mine: Services):
    page.goto(site + "/?period=90d&tab=flow")
    page.locator("#header-settings").click()
    section(page, "Work item types")
    story = page.get_by_role("group", name="Story", exact=False).first
    story.get_by_text("Risk", exact=True).click()
    expect(page.locator("#mapping-preview")).to_contain_text("Flow distribution")
    assert mine.snapshot().settings.definitions.flow_types == {}


def test_all_suggestions_with_one_click_then_it_closes_by_itself(page: Page, site: str, fake: FakeServices):
    opened(page, site)
    expect(page.get_by_role("button", name="Save changes")).to_be_disabled()
    accept_and_save(page)
    expect(status(page)).to_have_text("Saved. The numbers are being recalculated.")
    expect(modal(page)).to_have_count(0)
    assert len(fake.snapshot().settings.mapping) == 7


def test_a_type_that_does_not_fit_is_said_while_choosing_and_not_saved(page: Page, site: str, fake: FakeServices):
    opened(page, site)
    box = page.get_by_role("button", name="Any other field")
    for _ in range(10):  # what is still being drawn takes the focus away
        page.wait_for_load_state("networkidle")
        page.locator(".offer").last.focus()
        page.keyboard.press("Tab")
        page.wait_for_timeout(300)
        if box.evaluate("each => each === document.activeElement"):
            break
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".dash-dropdown-search")).to_be_focused()
    page.keyboard.type("team")
    expect(page.locator(".dash-dropdown-option")).to_have_count(1)  # the list follows what is typed
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Any other field")).to_be_focused()
    expect(page.locator(".pane-verdict")).to_contain_text("does not fit deployment date")
    page.get_by_role("button", name="Save 1 change").click()
    expect(status(page)).to_contain_text("Not saved")
    expect(page.locator("#mapping-frame")).to_have_class(re.compile("is-error"))
    assert fake.snapshot().settings.mapping == {}
    page.locator(".offer").first.click()
    expect(status(page)).to_have_text("1 change not saved yet.")


def test_the_whole_way_by_keyboard(page: Page, site: str, fake: FakeServices):
    page.goto(site)
    page.locator("#header-settings").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mapping-pane .pane-title")).to_be_visible()
    item(page, "Deployment date").focus()
    page.keyboard.press("ArrowDown")
    expect(item(page, "Target environment")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".pane-title")).to_have_text("Target environment")
    expect(item(page, "Target environment")).to_be_focused()
    page.locator(".offer").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".offer").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".offer").first).to_be_focused()
    page.get_by_role("button", name="Save 1 change").focus()
    page.keyboard.press("Enter")
    expect(modal(page)).to_have_count(0)
    expect(page.locator("#header-settings")).to_be_focused()
    assert fake.snapshot().settings.mapping == {"target_environment": "customfield_10102"}


def test_leaving_with_changes_asks(page: Page, site: str, fake: FakeServices):
    opened(page, site)
    page.keyboard.press("Escape")
    expect(modal(page)).to_have_count(0)
    opened(page, site)
    page.locator(".offer").first.click()
    expect(status(page)).to_have_text("1 change not saved yet.")
    page.keyboard.press("Escape")
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("Discard 1 change?")
    expect(page.get_by_role("button", name="Keep editing")).to_be_focused()
    page.get_by_role("button", name="Keep editing").click()
    expect(question).to_be_hidden()
    expect(page.locator(".offer").first).to_have_attribute("aria-pressed", "true")
    page.wait_for_load_state("networkidle")  # the form is drawn again after a choice
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("button", name="Discard").click()
    expect(modal(page)).to_have_count(0)
    opened(page, site)
    expect(page.locator(".offer").first).to_have_attribute("aria-pressed", "false")
    assert fake.snapshot().settings.mapping == {}


class Held:
    """Answers to choices that stay on their way until the test lets them go."""

    def __init__(self, page: Page) -> None:
        self.routes, self.is_over = list[Route](), False
        page.route(re.compile("_dash-update-component"), self._judge)

    def _judge(self, route: Route) -> None:
        if not self.is_over and "mapping-draft.data" in (route.request.post_data_json or {}).get("output", ""):
            self.routes.append(route)
        else:
            route.continue_()

    def arrives(self) -> None:
        """From now on nothing is held."""
        self.is_over = True
        for each in self.routes:
            each.continue_()


def by_backdrop(page: Page) -> None:
    page.mouse.click(5, 5)


WAYS: dict[str, Callable[[Page], None]] = {
    "Escape": lambda page: page.keyboard.press("Escape"),
    "X": lambda page: page.get_by_role("button", name="Close", exact=True).click(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("earlier", [0, 1], ids=["the first choice", "another choice"])
def test_leaving_waits_for_a_choice_that_is_on_its_way(
    page: Page, site: str, fake: FakeServices, way: str, earlier: int
) -> None:
    opened(page, site)
    if earlier:
        page.locator(".offer").first.click()
        expect(status(page)).to_have_text("1 change not saved yet.")
        item(page, "Target environment").click()
        expect(page.locator(".pane-title")).to_have_text("Target environment")
        page.wait_for_load_state("networkidle")
    held = Held(page)
    page.locator(".offer[aria-pressed=false]").first.click()
    WAYS[way](page)
    page.wait_for_timeout(300)
    assert len(held.routes) == 1
    expect(modal(page)).to_be_visible()
    held.arrives()
    expect(page.get_by_role("alertdialog")).to_contain_text(f"Discard {earlier + 1} change")
    page.get_by_role("button", name="Keep editing").click()
    expect(status(page)).to_contain_text("not saved yet.")
    assert fake.snapshot().settings.mapping == {}


def test_a_click_beside_the_form_closes_nothing(page: Page, site: str, fake: FakeServices) -> None:
    opened(page, site)
    held = Held(page)
    page.locator(".offer").first.click()
    by_backdrop(page)
    held.arrives()
    expect(status(page)).to_have_text("1 change not saved yet.")
    expect(page.get_by_role("alertdialog")).to_be_hidden()


def test_what_is_typed_and_not_sent_yet_is_asked_about_too(page: Page, site: str, fake: FakeServices) -> None:
    opened(page, site)
    section(page, "Definitions")
    item(page, "Incidents").click()
    page.locator(".setting-number").first.fill("24")
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_contain_text("Discard 1 change?")


def test_a_save_takes_the_choice_that_is_on_its_way(page: Page, site: str, fake: FakeServices) -> None:
    opened(page, site)
    page.locator(".offer").first.click()
    expect(status(page)).to_have_text("1 change not saved yet.")
    item(page, "Target environment").click()
    expect(page.locator(".pane-title")).to_have_text("Target environment")
    page.wait_for_load_state("networkidle")
    held = Held(page)
    page.locator(".offer[aria-pressed=false]").first.click()
    page.locator("#mapping-save").click()
    page.wait_for_timeout(300)
    assert len(held.routes) == 1
    assert fake.snapshot().settings.mapping == {}
    held.arrives()
    expect(status(page)).to_contain_text("Saved")
    assert set(fake.snapshot().settings.mapping) == {"deployment_date", "target_environment"}


def someone_else_saves(fake: FakeServices, jira_field: str) -> None:
    revision = fake.snapshot().settings_revision
    mapping = {"dora_flow_config": {"field_mappings": {"dora": {"deployment_date": jira_field}}}}
    fake.settings_store.save(mapping, revision=revision)


@pytest.mark.parametrize(
    ("button", "kept"), [("Use theirs", "customfield_10103"), ("Keep mine and save", "customfield_10100")]
)
def test_of_two_editors_nobody_loses_silently(page: Page, site: str, fake: FakeServices, button: str, kept: str):
    opened(page, site)
    page.locator(".offer").first.click()
    expect(status(page)).to_have_text("1 change not saved yet.")
    someone_else_saves(fake, "customfield_10103")
    page.get_by_role("button", name="Save 1 change").click()
    conflict = page.locator("#mapping-conflict")
    expect(conflict).to_contain_text("Deployment date (customfield_10100)")
    expect(conflict).to_contain_text("First commit (customfield_10103)")
    assert fake.snapshot().settings.mapping["deployment_date"] == "customfield_10103"
    page.get_by_role("button", name=button).click()
    if button == "Use theirs":
        expect(conflict).to_be_hidden()
        expect(status(page)).to_have_text("No changes.")
        expect(page.locator(".pane-verdict")).to_contain_text("Mapped to First commit")
    else:
        expect(modal(page)).to_have_count(0)
    assert fake.snapshot().settings.mapping["deployment_date"] == kept


def test_workflow_and_words_are_edited_and_saved(page: Page, site: str, fake: FakeServices):
    opened(page, site)
    section(page, "Workflow")
    page.get_by_role("group", name="In Progress: active or waiting").get_by_text("Active").click()
    section(page, "Definitions")
    item(page, "Incidents and failures").click()
    box = page.get_by_role("combobox", name="Types that are incidents")
    box.fill("Sev1")
    box.press("Enter")
    expect(page.get_by_role("button", name="Remove Sev1")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.get_by_role("button", name="Remove Outage from Types that are incidents").click()
    page.get_by_role("button", name="Save 2 changes").click()
    expect(modal(page)).to_have_count(0)
    settings = fake.snapshot().settings
    assert settings.workflow.active == ["3"]
    assert settings.definitions.incident_types == ["Incident", "[System] Incident", "Sev1"]


def test_a_refused_value_is_said_where_it_is(page: Page, site: str, fake: FakeServices):
    opened(page, site)
    section(page, "Definitions")
    box = page.get_by_label("Days off", exact=True)
    box.fill("2026-13-45")
    box.press("Enter")
    page.get_by_role("button", name="Save 1 change").click()
    expect(status(page)).to_contain_text("Days off")
    expect(page.locator(".setting.is-invalid")).to_contain_text("was not saved")
    expect(page.get_by_role("button", name="Remove 2026-13-45")).to_be_visible()


def test_without_jira_there_is_a_reason_a_retry_and_the_rest(page: Page, site: str, fake: FakeServices):
    fake.field_mapping.jira_down = "until retried"
    page.goto(site)
    page.locator("#header-settings").click()
    expect(page.locator(".mapping-pane")).to_contain_text("could not be reached")
    section(page, "Workflow")
    expect(page.locator(".mapping-pane")).to_contain_text("In Review")
    section(page, "Fields")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".offer").first).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()


def test_read_only_settings_can_be_looked_at(page: Page, site: str, use: Callable[[Any], Any]):
    use(FakeServices("broken"))
    opened(page, site)
    page.locator(".offer").first.click()
    expect(status(page)).to_contain_text("Read-only")
    expect(page.get_by_role("button", name="Save 1 change")).to_be_disabled()


def test_on_a_phone_list_and_choice_take_turns(page: Page, site: str, fake: FakeServices):
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(site)
    page.locator("#header-settings").click()
    expect(item(page, "Deployment date")).to_be_visible()
    expect(page.locator(".mapping-pane")).to_be_hidden()
    item(page, "Deployment date").click()
    expect(page.locator(".pane-title")).to_be_focused()
    expect(item(page, "Deployment date")).to_be_hidden()
    page.locator(".offer").first.click()
    page.get_by_role("button", name="All fields").click()
    expect(item(page, "Deployment date")).to_be_visible()
    for each in page.get_by_role("button", name="Save 1 change"), page.locator(".list-item").first:
        box = each.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 400
