"""The connection form: what it shows, what it says, and that the token never comes back (issue: connection form)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dash import no_update

from callbacks import connection as form
from data.values.problem import Problem
from tests.callbacks.acting import acting, words
from tests.fake_field_mapping import GOOD_TOKEN, SITE
from tests.fake_services import FakeServices
from ui import ids

C = ids.Connection


def press(services: FakeServices, component: str, *values: str, prop: str = "n_clicks") -> tuple:
    """What is shown, and the result of a save or None."""
    with acting(services, component, prop) as aside:
        shown = form.test_or_save(1, 1, 1, 1, 1, 1, {"n": 1}, *values, None)
    return shown, aside.get(C.RESULT, {}).get("data")


def test_a_test_names_site_kind_account_and_zone() -> None:
    shown, result = press(FakeServices(), C.TEST, SITE, "ada@acme.example", GOOD_TOKEN, "")
    for each in ("Acme Jira", "Jira Cloud", "Ada Lovelace", "Europe/Berlin"):
        assert each in words(shown)
    assert result is None


def test_without_email_it_is_data_center() -> None:
    shown, _ = press(FakeServices(), C.TEST, SITE, "", GOOD_TOKEN, "")
    assert "Jira Data Center" in words(shown)


@pytest.mark.parametrize(
    ("url", "token", "jql", "said"),
    [
        ("", GOOD_TOKEN, "", "The site address is missing."),
        (SITE, "", "", "The token is missing."),
        ("http://jira.example", GOOD_TOKEN, "", "not encrypted"),
        ("not an address", GOOD_TOKEN, "", "is not an address"),
        ("https://user:pass@acme.example", GOOD_TOKEN, "", "user name or password"),
        ("https://other.example", GOOD_TOKEN, "", "could not be reached"),
        (SITE, "wrong", "", "refused the e-mail address or token"),
        (SITE, GOOD_TOKEN, "bogus = 1", "does not accept the query"),
    ],
)
@pytest.mark.parametrize("button", [C.TEST, C.SAVE])
def test_what_is_wrong_is_said_and_nothing_is_saved(button: str, url: str, token: str, jql: str, said: str) -> None:
    services = FakeServices()
    shown, result = press(services, button, url, "ada@acme.example", token, jql)
    assert said in words(shown)
    assert "notice-danger" in words(shown)
    assert result is None
    assert services.snapshot().settings.jira.url == ""


def test_a_save_keeps_the_connection_and_tells_the_page() -> None:
    services = FakeServices()
    _, result = press(services, C.SAVE, f" {SITE}/ ", "ada@acme.example", GOOD_TOKEN, "project = SHOP")
    assert result["ok"]
    assert (services.snapshot().settings.jira.url, services.snapshot().settings.jira.jql) == (SITE, "project = SHOP")
    assert form.tell_connected(result, 3) == 4
    with acting(services, C.RESULT, "data", result):
        is_open, session, _ = form.open_or_close(1, 1, 1, 1, 1, result, SITE, "", GOOD_TOKEN, "", {"n": 1})
    assert is_open is False
    assert session["open"] is False


def test_a_save_of_a_form_that_was_left_does_not_close_the_one_opened_since() -> None:
    services = FakeServices()
    _, result = press(services, C.SAVE, SITE, "ada@acme.example", GOOD_TOKEN, "")
    with acting(services, C.RESULT, "data", result):
        is_open, session, _ = form.open_or_close(1, 1, 1, 1, 1, result, SITE, "", "", "", {"n": 3, "open": True})
    assert (is_open, session) == (no_update, no_update)
    assert form.tell_connected(result, 3) == 4


@pytest.mark.parametrize("box", [C.URL, C.EMAIL, C.TOKEN, C.JQL])
def test_enter_in_any_box_saves(box: str) -> None:
    _, result = press(FakeServices(), box, SITE, "ada@acme.example", GOOD_TOKEN, "", prop="n_submit")
    assert result["ok"]


def test_the_stored_token_never_comes_back() -> None:
    services = FakeServices()
    services.connection.stored_token = "canary-4711"
    with acting(services, C.SESSION, "data"):
        filled = form.fill_form({"n": 1, "open": True})
    shown, _ = press(services, C.TEST, SITE, "ada@acme.example", "", "")
    assert "canary-4711" not in words(list(filled)) + words(shown)
    assert filled[2] == ""
    assert "stored" in filled[8]


def test_an_empty_token_box_keeps_the_stored_token() -> None:
    services = FakeServices()
    press(services, C.SAVE, SITE, "ada@acme.example", GOOD_TOKEN, "")
    _, result = press(services, C.SAVE, SITE, "grace@acme.example", "", "")
    assert result["ok"]
    assert (services.connection.stored_token, services.snapshot().settings.jira.email) == (
        GOOD_TOKEN,
        "grace@acme.example",
    )


def test_a_stored_token_is_not_sent_to_another_address() -> None:
    services = FakeServices()
    press(services, C.SAVE, SITE, "ada@acme.example", GOOD_TOKEN, "")
    asked: list[str] = []
    services.connection.test = lambda url, *_rest, **_more: asked.append(url)  # type: ignore[method-assign]
    shown, _ = press(services, C.TEST, "https://evil.example", "ada@acme.example", "", "")
    assert asked == []
    assert SITE in words(shown)


def test_values_from_the_environment_are_shown_and_fixed() -> None:
    services = FakeServices()
    services.connection.environment = ("url", "token")
    with acting(services, C.SESSION, "data"):
        filled = form.fill_form({"n": 1, "open": True})
    assert filled[0] == SITE
    assert filled[4:8] == (True, False, True, False)
    assert "JIRA_URL, JIRA_TOKEN" in words(filled[9])
    assert "environment" in filled[8]


def test_settings_that_cannot_be_written_are_said_at_once() -> None:
    services = FakeServices()
    start = services.connection.form(services.snapshot())
    services.connection.form = lambda _: replace(start, problem=Problem("Nothing can be saved."))  # type: ignore[method-assign]
    with acting(services, C.SESSION, "data"):
        assert "Nothing can be saved." in words(form.fill_form({"n": 1})[9])


def leave(services: FakeServices, *values: str) -> tuple:
    with acting(services, C.CANCEL):
        return form.open_or_close(1, 1, 1, 1, 1, None, *values, {"n": 1, "open": True})


def test_leaving_without_changes_closes_and_with_changes_asks() -> None:
    services = FakeServices()
    assert leave(services, "", "", "", "")[0] is False
    for values in ((SITE, "", "", ""), ("", "", "x", "")):
        is_open, _, hidden = leave(services, *values)
        assert is_open is no_update
        assert hidden is False


def test_a_button_that_merely_appeared_opens_nothing() -> None:
    with acting(FakeServices(), ids.Banner.CONNECT, value=None):
        is_open, _, _ = form.open_or_close(None, None, None, None, None, None, "", "", "", "", None)
    assert is_open is no_update


def test_what_the_browser_gets_is_small() -> None:
    services = FakeServices()
    with acting(services, C.SESSION, "data"):
        assert len(words(form.fill_form({"n": 1}))) < 10_000
