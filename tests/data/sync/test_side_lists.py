"""Lists beside the issues: where Jira refuses one, the sync works, says what is missing and why, and numbers say it
too.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.scopes import NEEDS, USER, WORK
from data.jira.sender import RetryPolicy
from data.services.services import open_services
from data.store.issue_store import IssueStore
from data.sync.run import sync
from data.tables import tidy as tables
from data.values.filters import only
from tests.data.jira.fake import FakeJira, FakeSite, Reply
from tests.sample_services import environment

API, AGILE = "/rest/api/3", "/rest/agile/1.0"
SPRINT = {
    "id": "customfield_9",
    "name": "Sprint",
    "custom": True,
    "schema": {"type": "array", "items": "json", "custom": "com.pyxis.greenhopper.jira:gh-sprint"},
}
SCOPE = Reply(401, {"code": 401, "message": "Unauthorized; scope does not match"})
FIREWALL = Reply(403, b"<html><title>Request rejected</title></html>", {"Content-Type": "text/html"})
REFUSALS = {
    "403": (Reply(403, {"errorMessages": ["You do not have permission."]}), "You do not have permission"),
    "404": (Reply(404, {"errorMessages": ["No such thing."]}), "No such thing"),
    "scope": (SCOPE, "lacks a scope"),
    "firewall": (FIREWALL, "blocked the request"),
    "XSRF": (Reply(403, b"XSRF check failed", {"Content-Type": "text/plain"}), "XSRF check"),
    "405": (Reply(405, {}), "not allowed there"),
}


@pytest.fixture
def site():
    with FakeSite(30) as site:
        site.fields.append(SPRINT)
        for issue in site.issues.values():
            issue["fields"]["comment"] = {"comments": [], "total": 1}
            said = {"comments": [{"id": issue["id"], "created": "2025-01-16T10:00:00.000+0100"}], "total": 1}
            site.routes[f"{API}/issue/{issue['id']}/comment"] = said
        site.routes[f"{AGILE}/board"] = {"values": [{"id": 4, "name": "Board", "type": "scrum"}], "isLast": True}
        sprint = {"id": 8, "name": "Sprint 8", "state": "active", "originBoardId": 4}
        site.routes[f"{AGILE}/board/4/sprint"] = {"values": [sprint], "isLast": True}
        yield site


def run(site: FakeJira, store: IssueStore, **more):
    connection = Connection(site.url, "me@example.org", "canary-51c2")
    with Jira(connection, patience=RetryPolicy(tries=2), pause=lambda _: None) as jira:
        return sync(connection, store, jql="project = A", jira=jira, **more)


def refuse(site: FakeSite, what: str, reply: Reply) -> None:
    paths = {
        "types": [f"{API}/issuetype"],
        "versions": [f"{API}/project/A/versions", f"{API}/project/A/version"],
        "boards": [f"{AGILE}/board"],
        "sprints": [f"{AGILE}/board/4/sprint"],
        "comments": [f"{API}/issue/{number}/comment" for number in site.issues],
    }
    site.routes |= dict.fromkeys(paths[what], reply)


def test_with_all_lists_there_is_nothing_to_warn_of(site, store):
    result = run(site, store)
    assert (result.complete, result.warnings, result.unread) == (True, [], [])


@pytest.mark.parametrize("why", REFUSALS)
@pytest.mark.parametrize("what", ["types", "versions", "boards", "sprints", "comments"])
def test_a_refused_list_is_one_warning_that_names_request_and_reason(site, store, what, why):
    reply, words = REFUSALS[why]
    refuse(site, what, reply)
    result = run(site, store)
    assert result.error is None
    assert (result.complete, result.issues) == (True, 30)
    [warning] = result.warnings
    assert words in warning
    assert re.search(r"(GET|POST) /rest/", warning)
    assert ("administrator for the permission" in warning) == (why == "403")
    [missing] = result.unread
    assert missing["what"] == what
    with store.reading() as connection:
        [held] = tables.read(connection, 1, {}).unread
    assert (held.what, list(held.names)) == (what, missing["names"])


def test_the_next_good_sync_forgets_and_a_failed_one_remembers(site, store):
    refuse(site, "versions", REFUSALS["403"][0])
    run(site, store)
    site.routes[f"{API}/myself"], myself = Reply(401), site.routes[f"{API}/myself"]
    failed = run(site, store)
    assert failed.error["code"] == "not_authorized"
    assert [each["what"] for each in failed.unread] == ["versions"]
    site.routes |= {f"{API}/myself": myself, f"{API}/project/A/versions": []}
    assert run(site, store).unread == []
    with store.reading() as connection:
        assert tables.read(connection, 1, {}).unread == ()


@pytest.mark.parametrize("path", ["field", "status", "search/jql", "myself"])
def test_what_numbers_need_ends_the_sync_and_names_request_and_scope(site, store, path):
    site.routes[f"{API}/{path}"] = SCOPE
    error = run(site, store).error
    assert error["code"] == "scope_missing"
    assert f"{API}/{path}" in error["message"]
    assert ("read:jira-user" if path == "myself" else "read:jira-work") in error["message"] + error["hint"]
    assert "e-mail address or token" not in error["message"]


def test_a_refused_bulk_request_for_histories_is_replaced_by_single_ones(site, store):
    site.routes[f"{API}/changelog/bulkfetch"] = FIREWALL
    for number, found in site.histories.items():
        site.routes[f"{API}/issue/{number}/changelog"] = {"values": found, "total": 1, "isLast": True}
    result = run(site, store)
    assert (result.complete, result.incomplete_histories) == (True, 0)


def test_a_refused_token_at_the_gateway_is_not_told_to_use_the_gateway(site, store):
    from data.jira.http_errors import SentRequest, refusal

    hints = [
        refusal(401, {}, b"", now=None, request=SentRequest("GET", f"{API}/myself", address)).hint
        for address in ("https://api.atlassian.com/ex/jira/1-2", "https://example.atlassian.net")
    ]
    assert "needs the address" not in hints[0] and "cloud id" in hints[0]
    assert "needs the address" in hints[1]


# -- what people see


@pytest.mark.parametrize("case", ["scoped_version", "versions_403"])
def test_the_card_says_that_the_versions_could_not_be_read(site, tmp_path, case):
    """The case files describe a server of that behaviour; see their README."""
    refuse(site, "versions", SCOPE if case == "scoped_version" else REFUSALS["403"][0])
    gateway = "/ex/jira/1-2"
    site.routes |= {gateway + path: reply for path, reply in site.routes.items()}
    env = environment(
        tmp_path,
        JIRA_URL=site.url + gateway,
        JIRA_EMAIL="me@example.org",
        JIRA_TOKEN="canary-51c2",
        JIRA_JQL="project = A",
    )
    services = open_services(env)
    result = services.sync.run(services.snapshot())
    assert result.error is None and result.complete
    values = {each.metric_name: each for each in services.numbers.values(services.view("30d"))}
    for name in ("deployment_frequency", "change_failure_rate", "deployment_rework_rate", "lead_time_for_changes"):
        said = values[name].error_message
        assert "The versions of A could not be read" in said, name
        assert ("read:project-version:jira" if case == "scoped_version" else "permission") in said
        assert "no version in Jira has a release date" not in said
    assert "could not be read" not in (values["flow_velocity"].error_message or "")
    assert "The versions of project A could not be read" in result.warnings[0]


def test_the_case_files_are_what_the_tests_serve(shared: Path):
    served = json.loads((shared / "cases/scoped_version.json").read_text())["server"]
    assert "401" in served and json.dumps(SCOPE.body, separators=(",", ":")) in served
    assert "403" in json.loads((shared / "cases/versions_403.json").read_text())["server"]


def test_a_number_made_of_some_versions_says_which_are_missing(site, store):
    from data.facts.dataset import Dataset
    from data.metrics.measure import measure_family
    from data.settings.model import Definitions, Workflow
    from data.values.periods import Period, parse_day

    site.issues[1001]["fields"]["project"] = {"id": "6", "key": "B", "name": "Beta"}
    site.routes[f"{API}/project/B/versions"] = REFUSALS["403"][0]
    run(site, store)
    with store.reading() as connection:
        found = tables.read(connection, 1, {})
    period = Period(parse_day("2025-01-15"), parse_day("2025-02-10"), "UTC")

    def notes(*projects: str) -> str:
        facts = Dataset(found, Definitions(), Workflow(), found.as_of, only(project=projects))
        return " ".join(measure_family("dora", facts, period)[0].details["notes"])

    assert "The versions of B could not be read" in notes()
    assert "could not be read" not in notes("A")
    assert "The versions of B could not be read" in notes("A", "B")


def test_the_sprints_page_and_sprint_numbers_say_which_list_is_missing(site, tmp_path):
    refuse(site, "boards", SCOPE)
    env = environment(tmp_path, JIRA_URL=site.url, JIRA_TOKEN="canary-51c2", JIRA_JQL="project = A")
    services = open_services(env)
    services.sync.run(services.snapshot())
    [value] = services.numbers.one("spillover_ratio", services.view("30d"))
    assert "The boards of A could not be read" in str(value.error_message) + str(value.details["notes"])
    problem = services.sprints.page(services.view()).problem
    assert problem is not None and "read:board-scope:jira-software" in str(problem)


# -- the scopes themselves


def test_scopes_are_those_of_jiras_own_description(shared: Path):
    paths = json.loads((shared / "openapi/jira-cloud-merged.mock.json").read_text())["paths"]
    for need in NEEDS:
        found = paths[need.path][need.method.lower()]
        listed = {each["state"]: each["scopes"] for each in found.get("x-atlassian-oauth2-scopes", ())}
        if listed:
            assert [need.classic] == listed["Current"], need.path
            assert set(need.granular) == set(listed["Beta"]), need.path
        elif "scopes" in found["description"]:
            assert set(need.granular) == set(re.findall(r"read:[\w.-]+:[\w-]+", found["description"]))
    assert {need.classic for need in NEEDS} == {WORK, USER, ""}


def test_nothing_but_reading_is_ever_asked_for():
    assert all(scope.startswith("read:") for need in NEEDS for scope in (*need.granular, need.classic) if scope)
