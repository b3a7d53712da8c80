"""Who may do what: every address, callback, route and command is in the table, and the table is what decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from api.application import Programs
from callbacks.permissions import _trigger, name_of
from callbacks.session_cookie import PLAIN
from cli.program import app as program
from cli.program import commands_of
from data.platform.access import Access
from data.values.callers import Role, Scope
from data.values.people import SignIn
from data.values.permissions import CALLBACKS, COMMANDS, PAGES, UNKNOWN
from tests.fake_services import FakeServices


@pytest.fixture
def services(use: Callable[[Any], Any]) -> FakeServices:
    """Somebody of each role, behind the app of the run, which is the one that has the callbacks."""
    found = FakeServices()
    found.people.use(Access())
    for role in Role:
        found.people.add(role, role, SignIn.PROXY)
    use(found)
    return found


@pytest.fixture
def as_role(app: Dash, services: FakeServices) -> Callable[[str], FlaskClient]:
    """A browser in which somebody of a role is signed in."""

    def signed_in(role: str) -> FlaskClient:
        client = app.server.test_client()
        client.set_cookie(PLAIN, services.sessions.begin(role, SignIn.PROXY, "127.0.0.1"))
        return client

    return signed_in


def callbacks(app: Dash) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(name in the table, output, what Dash knows) of every callback that the server answers."""
    for output, each in app.callback_map.items():
        if name := name_of(each):
            yield name, output, each


def triggers(callback: dict[str, Any]) -> list[str]:
    return [_trigger(f"{each['id']}.{each['property']}") for each in callback["inputs"]]


def test_every_callback_is_in_the_table_and_nothing_else(app: Dash) -> None:
    assert {name for name, _, _ in callbacks(app)} == set(CALLBACKS)


def test_every_trigger_in_the_table_is_one_of_the_callback(app: Dash) -> None:
    for name, _, each in callbacks(app):
        assert set(CALLBACKS[name].by) <= set(triggers(each)), name


def test_every_address_of_the_page_is_in_the_table_and_nothing_else(app: Dash) -> None:
    endpoints = {rule.endpoint for rule in app.server.url_map.iter_rules()}
    assert {each for each in endpoints if not each.startswith("programs ")} == set(PAGES)


def test_every_command_is_in_the_table_and_nothing_else() -> None:
    assert set(commands_of(program)) == set(COMMANDS)


ASKS = {"/api/v1/query"}  # a question that may be too long for an address; it changes nothing


def test_what_changes_something_in_the_api_needs_more_than_reading() -> None:
    server = Programs().application
    for rule in server.url_map.iter_rules():
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            scope = getattr(server.view_functions[rule.endpoint], "scope")  # noqa: B009 - a mark on the function
            assert (scope is not Scope.READ) != (rule.rule in ASKS), rule.rule


def test_what_is_in_no_row_is_for_admins() -> None:
    assert UNKNOWN.scope is Scope.ADMIN


@pytest.mark.parametrize("role", Role)
def test_a_callback_is_answered_for_those_only_who_may_do_what_it_does(
    as_role: Callable[[str], FlaskClient], app: Dash, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The callback itself is not run: what it answers is none of this test's business."""
    monkeypatch.setattr("callbacks.bodies.Bodies.fit", lambda *_: True)
    ran: list[str] = []
    monkeypatch.setitem(app.server.view_functions, "/_dash-update-component", lambda: ran.append("") or "{}")
    client = as_role(role)
    for name, output, each in callbacks(app):
        for given in each["inputs"]:
            changed = f"{given['id']}.{given['property']}"
            body = {"output": output, "changedPropIds": [changed], "inputs": [], "state": []}
            answer = client.post("/_dash-update-component", json=body)
            allowed = CALLBACKS[name].action(_trigger(changed)).scope in role.scopes
            assert answer.status_code == (200 if allowed else 403), (name, changed)
            assert allowed or "Ask an admin" in answer.text
    assert ran


def test_of_several_triggers_the_one_that_needs_most_decides(
    as_role: Callable[[str], FlaskClient], app: Dash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callbacks.bodies.Bodies.fit", lambda *_: True)
    [output] = [output for name, output, _ in callbacks(app) if name == "sync.follow_sync"]
    body = {"output": output, "changedPropIds": ["sync-clock.n_intervals", "header-sync.n_clicks"]}
    assert as_role("viewer").post("/_dash-update-component", json=body).status_code == 403
