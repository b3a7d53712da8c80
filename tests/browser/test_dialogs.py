"""Every dialog goes when it is closed, whatever moves inside it meanwhile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fake_services import FakeServices

pytestmark = pytest.mark.browser

# A transition ends in every part of the dialog, again and again: the worst that a pointer over buttons can do.
RESTLESS = """() => setInterval(() => document.querySelectorAll('.modal *').forEach((each) =>
    each.dispatchEvent(new Event('transitionend', {bubbles: true}))), 1)"""
DIALOGS = {  # what it is: the address and the button that opens it
    "Map your fields": ("", "#header-settings"),
    "Connect your Jira": ("", "#header-connect"),
    "Save this view": ("?tab=catalogue", "#teams-keep"),
    "Save these definitions": ("?set=percentile:nearest_rank", "#definitions-save"),
    "Background tasks": ("", "#background-open"),
    "New job": ("?tab=jobs", "[data-track=register]"),
}


def test_there_is_one_kind_of_dialog():
    """All are made by `ui.components.dialog`, which the tests below are about."""
    made = [path.name for path in Path("ui").rglob("*.py") if "dbc.Modal(" in path.read_text()]
    assert made == ["dialog.py"]
    calls = sum(len(re.findall(r"(?<!def )\bdialog\(", path.read_text())) for path in Path("ui").rglob("*.py"))
    assert calls == len(DIALOGS)


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_closes_while_something_moves_inside_it(page: Page, site: str, fake: FakeServices, name: str):
    query, button = DIALOGS[name]
    page.goto(f"{site}/{query}")
    page.locator(button).first.click()
    expect(page.locator(".modal.show")).to_be_visible()
    page.evaluate(RESTLESS)
    page.keyboard.press("Escape")
    expect(page.locator(".modal, .modal-backdrop")).to_have_count(0)
