"""Connecting a Jira in the browser: what can be wrong, and the way to the first own numbers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from data.services.services import Services, open_services
from data.values.status import ConnectionReport
from sample.generator import generate
from sample.server import BAD_TOKEN, SampleServer
from tests.fake_services import FakeServices
from tests.sample_services import environment

pytestmark = pytest.mark.browser
TOKEN = "canary-token-4711"


@pytest.fixture(scope="module")
def jira() -> Iterator[SampleServer]:
    with SampleServer(generate(120, seed=5)) as server:
        yield server


@pytest.fixture(scope="module")
def web_page() -> Iterator[str]:
    """A site that is no Jira: it answers everything with a page."""

    class Html(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<!doctype html><title>Log in</title>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Html)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def mine(tmp_path: Path, use: Callable[[Any], Any]) -> Services:
    """A real services without any Jira, behind the page."""
    env = environment(tmp_path)
    return use(open_services(env, sample=None))


def form(page: Page, site: str) -> Page:
    page.goto(site)
    opened(page)
    return page


def opened(page: Page) -> None:
    """The form as a person finds it: open, and filled with the values in force."""
    page.locator("#header-connect").click()
    expect(page.get_by_label("Site address")).to_be_focused()
    page.wait_for_load_state("networkidle")


def fill(page: Page, url: str, token: str = TOKEN, jql: str = "") -> None:
    page.get_by_label("Site address").fill(url)
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Token").fill(token)
    page.get_by_label("Query").fill(jql)


def test_what_is_wrong_is_said_with_what_to_do(
    page: Page, site: str, mine: Services, jira: SampleServer, web_page: str
):
    form(page, site)
    report = page.locator("#connection-report")
    for url, token, jql, said in (
        ("http://127.0.0.1:9", TOKEN, "", "could not be reached"),
        ("http://jira.example", TOKEN, "", "not encrypted"),
        (web_page, TOKEN, "", "web page instead of Jira"),
        (jira.url, BAD_TOKEN, "", "refused"),
        (jira.url, TOKEN, "nonsense = = 1", "does not accept the query"),
    ):
        fill(page, url, token, jql)
        page.get_by_role("button", name="Test connection").click()
        expect(report).to_contain_text(said)
        expect(report.locator(".notice-danger")).to_have_count(1)
    assert mine.snapshot().settings.jira.url == ""


def test_from_the_form_to_the_first_own_numbers(page: Page, site: str, mine: Services, jira: SampleServer):
    form(page, site)
    fill(page, jira.url)
    page.get_by_role("button", name="Test connection").click()
    report = page.locator("#connection-report")
    expect(report).to_contain_text("The connection works")
    expect(report).to_contain_text("Jira Cloud")
    expect(report).to_contain_text("Europe/Berlin")
    page.get_by_label("Query").press("Enter")
    expect(page.locator(".connection-modal")).to_have_count(0)
    expect(page.locator("#header-site")).to_contain_text(jira.site.title)
    expect(page.locator("article.card-metric .num").first).to_be_visible()
    assert mine.status.of(mine.snapshot()).issue_count > 0
    assert TOKEN not in page.content()
    form(page, site)
    expect(page.get_by_label("Site address")).to_have_value(jira.url)
    expect(page.get_by_label("Token")).to_have_value("")
    expect(page.get_by_label("Token")).to_have_attribute("placeholder", "stored – leave empty to keep")
    page.get_by_role("button", name="Test connection").click()
    expect(report).to_contain_text("The connection works")
    assert TOKEN not in page.content()
    assert TOKEN not in (mine.sites.home.settings_path).read_text()


def test_escape_closes_and_asks_when_something_is_typed(page: Page, site: str, fake: FakeServices):
    form(page, site)
    page.keyboard.press("Escape")
    expect(page.locator(".connection-modal")).to_have_count(0)
    expect(page.locator("#header-connect")).to_be_focused()
    opened(page)
    page.get_by_label("E-mail").fill("someone@example.org")
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_contain_text("Discard your changes?")
    expect(page.get_by_role("button", name="Keep editing")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    expect(page.get_by_label("E-mail")).to_have_value("someone@example.org")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".connection-modal")).to_have_count(0)
    page.locator("#header-connect").click()
    expect(page.get_by_label("E-mail")).to_have_value("")


def test_the_form_can_be_left_while_jira_is_asked(page: Page, site: str, fake: FakeServices):
    answer = threading.Event()
    fake.connection.test = lambda *_, **__: answer.wait(30) and ConnectionReport(True)  # type: ignore[method-assign]
    form(page, site)
    fill(page, "https://slow.example")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_role("button", name="Test connection")).to_be_disabled()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".connection-modal")).to_have_count(0)
    answer.set()


def test_values_from_the_environment_cannot_be_edited(page: Page, site: str, fake: FakeServices):
    fake.connection.environment = ("url", "token")
    page.goto(site)
    page.locator("#header-connect").click()
    expect(page.get_by_label("Site address")).to_be_disabled()
    expect(page.get_by_label("Token")).to_be_disabled()
    expect(page.get_by_label("E-mail")).to_be_enabled()
    expect(page.locator("#connection-note")).to_contain_text("JIRA_URL, JIRA_TOKEN")


def test_the_form_fits_a_phone(page: Page, site: str, fake: FakeServices):
    page.set_viewport_size({"width": 400, "height": 800})
    form(page, site)
    for each in (page.get_by_label("Query"), page.get_by_role("button", name="Save and sync")):
        box = each.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 400
