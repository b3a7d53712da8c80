""" "Save this view" in the browser: the button's words are about the name that is in the box now."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from data.services.services import Services
from data.values.teams import TeamView
from tests.sample_services import synced_services

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("teams"), 60)


def test_the_button_asks_to_replace_only_while_that_name_is_in_the_box(page: Page, site, use, synced):
    use(synced).teams.save(TeamView("Checkout", "90d"), synced.snapshot())
    page.goto(f"{site}/?tab=catalogue&period=7d")
    page.get_by_role("button", name="Save this view").click()
    name, button, asked = page.locator("#teams-name"), page.locator("#teams-confirm"), page.locator("#teams-report")
    expect(button).to_have_text("Save")
    name.fill("Checkout")
    button.click()
    expect(button).to_have_text("Replace it")
    expect(asked).to_contain_text("Checkout")
    name.press_sequentially(" two")
    expect(button).to_have_text("Save")
    expect(asked).to_be_hidden()
    name.fill("Checkout")
    expect(button).to_have_text("Replace it")
    expect(asked).to_be_visible()
    name.fill("Checkout two")
    button.click()
    expect(page.locator(".modal.show")).to_have_count(0)
    assert [(each.name, each.period) for each in synced.teams.list(synced.snapshot()).views] == [
        ("Checkout", "90d"),
        ("Checkout two", "7d"),
    ]
