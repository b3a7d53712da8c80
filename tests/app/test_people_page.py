"""The page "People and access", and what the audit log says of all that changes something."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dash import Dash
from flask import g
from flask.testing import FlaskClient

from api.application import Programs
from callbacks.background import NotYours, _check_whose
from callbacks.permissions import _trigger, name_of
from callbacks.session_cookie import PLAIN
from cli import main
from data.platform.access import Access
from data.services.audit import open_audit
from data.services.people import BadPerson
from data.values.callers import Role, Scope, user
from data.values.people import SignIn
from data.values.permissions import CALLBACKS, COMMANDS
from tests.fake_services import FakeServices
from ui import ids

PASSWORD = "correct horse battery"
OURS = {"Origin": "http://localhost"}


@pytest.fixture
def services(use: Callable[[Any], Any]) -> FakeServices:
    found = FakeServices()
    found.people.use(Access())
    for role in Role:
        found.people.add(role, role, password=PASSWORD)
    use(found)
    return found


@pytest.fixture
def as_role(app: Dash, services: FakeServices) -> Callable[[str], FlaskClient]:
    def signed_in(role: str) -> FlaskClient:
        client = app.server.test_client()
        client.set_cookie(PLAIN, services.sessions.begin(role, SignIn.PASSWORD, "127.0.0.1"))
        return client

    return signed_in


def send(client: FlaskClient, do: str, name: str = "", **more: Any) -> Any:
    return client.post("/people", data={"do": do, "name": name, **more}, headers=OURS)


def test_an_admin_sees_people_tokens_and_the_audit_log_and_nobody_else_does(as_role: Any) -> None:
    assert all(f'id="{each}"' in as_role("admin").get("/people").text for each in ("people", "tokens", "audit"))
    for role in ("viewer", "editor"):
        page = as_role(role).get("/people")
        assert page.status_code == 200
        assert not any(f'id="{each}"' in page.text for each in ("people", "tokens", "audit"))
        assert "Sign out" in page.text


@pytest.mark.parametrize(
    "do", ["add", "role", "password", "disable", "enable", "sign-out", "remove", "token", "revoke"]
)
@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_only_admins_change_people_and_tokens(as_role: Any, services: FakeServices, role: str, do: str) -> None:
    before = services.people.list()
    assert send(as_role(role), do, "viewer", role="admin", password=PASSWORD * 2).status_code == 403
    assert [(each.name, each.role, each.disabled) for each in services.people.list()] == [
        (each.name, each.role, each.disabled) for each in before
    ]
    [line] = [each for each in services.audit.lines() if each.action == "people changed"]
    assert (line.actor, line.result) == (role, "refused")


def test_an_admin_adds_changes_and_removes_people(as_role: Any, services: FakeServices) -> None:
    admin = as_role("admin")
    assert send(admin, "add", "dora", role="viewer", sign_in="password", password=PASSWORD).status_code == 303
    assert send(admin, "role", "dora", role="editor").status_code == 303
    assert services.people.role_of("dora") == Role.EDITOR
    assert send(admin, "disable", "dora").status_code == 303
    assert services.people.role_of("dora") is None
    assert send(admin, "remove", "dora").status_code == 303
    done = [each.subject for each in services.audit.lines() if each.action == "people changed"]
    assert done == ["remove dora", "disable dora", "role dora", "add dora"]


def test_the_last_admin_cannot_be_taken_away(as_role: Any, services: FakeServices) -> None:
    admin = as_role("admin")
    for do in ("role", "disable", "remove"):
        refused = send(admin, do, "admin", role="viewer")
        assert (refused.status_code, "Nobody would be left" in refused.text) == (400, True)
    assert [each.result for each in services.audit.lines() if each.action == "people changed"] == ["failed: people"] * 3


def test_names_that_cannot_be_told_apart_are_refused(services: FakeServices) -> None:
    for name in ("Admin", "ADMIN", "ａｄｍｉｎ", "admin"):
        with pytest.raises(BadPerson, match="told apart"):
            services.people.add(name, Role.ADMIN, password=PASSWORD)


def test_what_people_are_called_cannot_write_into_the_page(as_role: Any, services: FakeServices) -> None:
    services.people.add("<img src=x>", Role.VIEWER, password=PASSWORD)
    page = as_role("admin").get("/people?said=<b>&done=add&name=<script>").text
    assert "<img" not in page
    assert "<script>" not in page


def test_a_new_token_is_shown_once_and_may_no_more_than_whoever_made_it(as_role: Any, services: FakeServices) -> None:
    services.people.add("second", Role.ADMIN, password=PASSWORD)
    page = send(as_role("second"), "token", "report", scope=["read", "admin"], days="30")
    [text] = re.findall(r"tl_[0-9a-f]{12}_[\w-]{43}", page.text)
    assert text not in as_role("admin").get("/people").text
    found = services.tokens.caller(text)
    assert not isinstance(found, str)
    assert found.scopes == {Scope.READ, Scope.ADMIN}
    services.people.set_role("second", Role.VIEWER)
    found = services.tokens.caller(text)
    assert not isinstance(found, str)
    assert found.scopes == {Scope.READ}
    services.people.disable("second")
    assert "Whoever made this token" in str(services.tokens.caller(text))
    services.people.remove("second")
    assert "revoked" in str(services.tokens.caller(text)) or "Whoever" in str(services.tokens.caller(text))
    assert text not in str(services.audit.lines())


def test_people_change_their_own_password_if_they_know_it(as_role: Any, services: FakeServices) -> None:
    viewer, other, new = as_role("viewer"), as_role("viewer"), "another long password"
    changed = viewer.post("/people/password", data={"old": PASSWORD, "new": new}, headers=OURS)
    assert changed.status_code == 303
    assert viewer.get("/people").status_code == 200  # this browser stays signed in, every other one does not
    assert other.get("/people").status_code == 401
    refused = viewer.post("/people/password", data={"old": PASSWORD, "new": new * 2}, headers=OURS)
    assert (refused.status_code, "The password now is another" in refused.text) == (400, True)
    noted = [each for each in services.audit.lines() if each.action == "own password changed"]
    assert [each.result for each in noted] == ["refused", "done"]
    assert PASSWORD not in str(services.audit.lines())
    assert new not in str(services.audit.lines())


def test_forms_of_other_sites_are_refused(as_role: Any) -> None:
    admin = as_role("admin")
    for headers in ({"Origin": "http://other.example"}, {}, {"Sec-Fetch-Site": "cross-site"}):
        form = {"do": "remove", "name": "viewer"}
        assert admin.post("/people", data=form, headers=headers).status_code == 403


def test_viewers_are_shown_nothing_that_would_be_refused(as_role: Any) -> None:
    viewer, editor = (as_role(role).get(f"/people/{role}.css").text for role in ("viewer", "editor"))
    for hidden in ("#header-sync", "#mapping-save", "#teams-confirm", "#jobs-save", "#definitions-confirm"):
        assert hidden in viewer
        assert hidden not in editor
    assert "#connection-save" in viewer
    assert "#connection-save" in editor
    assert as_role("admin").get("/people/admin.css").text == ""
    assert "viewer.css" in as_role("viewer").get("/_dash-layout").text
    assert ".css" not in re.sub(r"dash_ag_grid\S+", "", as_role("admin").get("/_dash-layout").text)


def test_each_sees_a_page_of_their_own(as_role: Any) -> None:
    viewer, admin = as_role("viewer"), as_role("admin")
    for _ in range(2):
        assert "Account of viewer" in viewer.get("/_dash-layout").text
        assert "Account of admin" in admin.get("/_dash-layout").text


def test_every_callback_that_changes_something_is_noted(
    as_role: Any, app: Dash, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callbacks.bodies.Bodies.fit", lambda *_: True)
    monkeypatch.setitem(app.server.view_functions, "/_dash-update-component", lambda: "{}")
    admin, wanted = as_role("admin"), []
    for output, each in app.callback_map.items():
        name = name_of(each)
        for trigger, action in CALLBACKS[name].by.items() if name else ():
            if action.noted:
                changed = next(f"{i['id']}.n_clicks" for i in each["inputs"] if _trigger(f"{i['id']}.x") == trigger)
                admin.post("/_dash-update-component", json={"output": output, "changedPropIds": [changed]})
                wanted.append(action.noted)
    assert len(wanted) > 10
    noted = [each for each in services.audit.lines() if each.via == "page"]
    assert [each.action for each in reversed(noted)] == wanted
    assert {(each.actor, each.result, each.address) for each in noted} == {("admin", "done", "127.0.0.1")}


def test_every_route_of_the_api_that_changes_something_is_noted(as_role: Any, services: FakeServices) -> None:
    admin, server, wanted = as_role("admin"), Programs().application, 0
    for rule in server.url_map.iter_rules():
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            admin.open(re.sub(r"<\w+>", "x", rule.rule), method=method, json={}, headers=OURS)
            wanted += 1
    assert wanted >= 5
    assert len([each for each in services.audit.lines() if each.via == "api"]) == wanted


def test_every_command_that_changes_something_is_noted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THROUGHLINE_HOME", str(tmp_path))
    monkeypatch.setattr("cli.program.guarded", lambda _run: 0)
    for command in COMMANDS:
        assert main([*command.split(), "x"]) == 0
    lines = open_audit({"THROUGHLINE_HOME": str(tmp_path)}).lines()
    assert [each.action for each in reversed(lines)] == [each.noted for each in COMMANDS.values() if each.noted]
    assert {each.via for each in lines} == {"terminal"}


def test_help_and_mistakes_are_not_noted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THROUGHLINE_HOME", str(tmp_path))
    main(["people", "add", "--help"])
    main(["people", "add", "ada", "--role", "king"])
    assert open_audit({"THROUGHLINE_HOME": str(tmp_path)}).lines() == []


def test_old_lines_go_and_failed_sign_ins_cannot_push_the_others_out(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.store.audit_store.MOST_REFUSED", 3)
    services.audit.note("ada", "page", "view saved")
    for n in range(8):
        services.audit.note(f"guess {n}", "sign-in", "sign-in refused")
    assert services.audit.remove_old(0) == 5
    assert [each.actor for each in services.audit.lines()] == ["guess 7", "guess 6", "guess 5", "ada"]
    assert services.audit.remove_old(round(services.now.timestamp() * 1e6) + 1) == 4
    assert services.audit.lines() == []


def test_viewers_cancel_what_they_asked_for_and_editors_what_anybody_did(
    app: Dash, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = SimpleNamespace(created_by="viewer")
    monkeypatch.setitem(vars(services), "background", SimpleNamespace(one=lambda _number: task))
    for name, role, may in (("viewer", Role.VIEWER, True), ("bob", Role.VIEWER, False), ("bob", Role.EDITOR, True)):
        with app.server.test_request_context("/"):
            g.caller = user(name, role)
            clicked = {"area": ids.TASK_CANCEL, "index": "x"}
            with nullcontext() if may else pytest.raises(NotYours, match="Somebody else asked for this"):
                _check_whose(clicked)
