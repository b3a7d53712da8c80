"""Deployments and incidents through the door for programs: posted, sent by webhooks, imported, and then in numbers."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from api.application import Programs
from callbacks.app import create_app
from data.metrics.registry import ISSUE_METRICS
from data.platform.access import Access, hashed
from data.services.services import Services
from data.store.reported_schema import count, report, revision, subject
from data.values.callers import Scope
from data.values.filters import Filters
from sample.generator import generate
from sample.preset import preset
from tests import webhook_payloads as payloads
from tests.cases.site import CaseSite, synced
from tests.webhook_payloads import SECRET, sent

DAYS = ("2026-09-01", "2026-11-15")
REPORTED = Filters(definitions=(("delivery_source", "reported"),))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseSite]:
    home = tmp_path_factory.mktemp("deployments")
    made = generate(500, seed=3, until=date(2026, 11, 27))
    settings = home / "settings.json"
    settings.write_text(json.dumps(preset(made)), "utf-8")
    with synced(home, made, settings=settings) as found:
        found.services.reported._env = {f"THROUGHLINE_WEBHOOK_{each}": SECRET for each in ("GITHUB", "PAGERDUTY")}
        yield found


@pytest.fixture(scope="module")
def services(site: CaseSite) -> Services:
    return site.services


@pytest.fixture(autouse=True)
def nothing_reported(services: Services) -> None:
    """Each test begins without reports, in whatever order they run."""
    store = services.reported.store
    if store.path.exists():
        with store._begun(writes=True) as connection:
            for each in (report, subject, count):
                connection.execute(delete(each))
            connection.execute(update(revision).values(revision=revision.c.revision + 1))


@pytest.fixture(scope="module")
def client(services: Services) -> FlaskClient:
    access = Access({"ann": hashed("correct horse battery")})
    return create_app(services, access=access, hosts=(), programs=Programs(0)).server.test_client()


@pytest.fixture(scope="module")
def token(services: Services) -> dict[str, str]:
    return {"Authorization": f"Bearer {services.tokens.make('ci', [Scope.WRITE, Scope.READ])[0]}"}


def test_the_changes_of_jira_posted_as_deployments_have_the_same_lead_time(
    services: Services, client: FlaskClient, token: dict[str, str]
) -> None:
    """Every change that the lead time in Jira rests on, commit to deployment, comes in again through the API."""
    view = services.view(None, *DAYS)
    jira = services.numbers.one("lead_time_for_changes", view)[0]
    rows = [row for row in services.numbers.issue_page("lead_time_for_changes", view, count=10_000).rows if row.used]
    assert len(rows) > 20
    for n, row in enumerate(rows):
        body = {
            "source": "ci", "id": f"run-{n}", "environment": "production", "project": row.project,
            "deployed_at": row.end, "commit": f"{n:040x}", "committed_at": row.start,
        }  # a table: kept in its rows  # fmt: skip
        assert client.post("/api/v1/deployments", json=body, headers=token).status_code == 201
        assert client.post("/api/v1/deployments", json=body, headers=token).json["result"] == "repeated"
    theirs = services.numbers.one("lead_time_for_changes", services.view(None, *DAYS, REPORTED))[0]
    assert theirs.value == pytest.approx(jira.value)
    assert theirs.details["used"] == jira.details["used"] == len(rows)
    assert theirs.performance_tier == jira.performance_tier
    assert f"Source: ci ({len(rows)})." in theirs.details["notes"]
    for each in ("p75", "p90", "mean"):
        assert theirs.details[each] == pytest.approx(jira.details[each])


def test_a_webhook_needs_the_secret_and_no_token(services: Services, client: FlaskClient) -> None:
    source, body, headers = sent(payloads.github("success", "2026-10-05T14:30:00Z"))
    answer = client.post(f"/api/v1/webhooks/{source}", data=body, headers=headers)
    assert (answer.status_code, answer.json["ignored"]) == (202, False)
    assert answer.json["reports"][0]["result"] == "created"
    assert (
        client.post(f"/api/v1/webhooks/{source}", data=body, headers=headers).json["reports"][0]["result"] == "repeated"
    )
    forged = {**headers, "X-Hub-Signature-256": "sha256=" + "0" * 64}
    refused = client.post(f"/api/v1/webhooks/{source}", data=body, headers=forged)
    assert (refused.status_code, refused.json["code"]) == (401, "webhook_proof")


def test_a_source_without_a_secret_is_refused(client: FlaskClient) -> None:
    source, body, headers = sent(payloads.gitlab("success", "2026-10-05 16:30:00 +0200"))
    answer = client.post(f"/api/v1/webhooks/{source}", data=body, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "webhook_secret")
    assert "THROUGHLINE_WEBHOOK_GITLAB" in answer.json["why"]
    assert client.post("/api/v1/webhooks/sourceforge", data=body).status_code == 404


def test_events_that_nobody_counts_are_accepted_ignored_and_counted(client: FlaskClient, token: dict[str, str]) -> None:
    source, body, headers = sent(("github", {"zen": "Keep it logically awesome."}, {"X-GitHub-Event": "ping"}))
    answer = client.post(f"/api/v1/webhooks/{source}", data=body, headers=headers)
    assert (answer.status_code, answer.json) == (202, {"ignored": True, "reports": []})
    listed = client.get("/api/v1/deployment-sources", headers=token).json["sources"]
    assert next(each for each in listed if each["source"] == "github")["results"]["ignored"] == 1


def test_reports_need_a_token_that_may_write(services: Services, client: FlaskClient) -> None:
    body = {"source": "ci", "id": "x", "environment": "production", "deployed_at": "2026-10-05T14:30:00Z"}
    assert client.post("/api/v1/deployments", json=body).status_code == 401
    reader = {"Authorization": f"Bearer {services.tokens.make('reader', [Scope.READ])[0]}"}
    assert client.post("/api/v1/deployments", json=body, headers=reader).status_code == 403


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"deployed_at": "yesterday"}, "deployed_at"),
        ({"deployed_at": None}, "deployed_at"),
        ({"environment": ""}, "environment"),
        ({"deployer": "Ann"}, "deployer"),
        ({"changes": [{"commit": "a", "committed_at": "soon"}]}, "changes.0.committed_at"),
        ({"started_at": "2026-10-06T14:30:00Z"}, "deployed_at"),
    ],
)
def test_a_body_that_cannot_be_used_names_the_member(
    client: FlaskClient, token: dict[str, str], change: dict[str, Any], name: str
) -> None:
    body = {"source": "ci", "id": "x", "environment": "production", "deployed_at": "2026-10-05T14:30:00Z"} | change
    answer = client.post("/api/v1/deployments", json=body, headers=token)
    assert answer.status_code == 422
    assert name in answer.json["detail"]


def test_secrets_are_in_no_answer_and_no_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for event in (
        payloads.github("success", "2026-10-05T14:30:00Z"),
        payloads.gitlab("success", "2026-10-05 16:30:00"),
    ):
        source, body, headers = sent(event)
        answers = [
            client.post(f"/api/v1/webhooks/{source}", data=body, headers=headers),
            client.post(f"/api/v1/webhooks/{source}", data=b"{", headers=headers),
        ]
        assert not [each for each in answers if SECRET in each.get_data(as_text=True)]
    assert SECRET not in caplog.text


def test_the_issues_behind_a_number_say_who_reported_them(
    services: Services, client: FlaskClient, token: dict[str, str]
) -> None:
    source, body, headers = sent(payloads.github("success", "2026-10-05T14:30:00Z"))
    assert client.post(f"/api/v1/webhooks/{source}", data=body, headers=headers).status_code < 300
    said = {"source": "ci", "id": "who", "environment": "production", "deployed_at": "2026-10-06T14:30:00Z"}
    assert client.post("/api/v1/deployments", json=said, headers=token).status_code < 300
    page = services.numbers.issue_page("deployment_frequency", services.view(None, *DAYS, REPORTED), count=500)
    assert {row.type for row in page.rows} >= {"Reported deployment (ci)", "Reported deployment (github)"}
    [github] = [row for row in page.rows if "github" in row.type]
    assert github.url == "https://github.com/acme/shop/actions/runs/7"
    assert (github.project, github.status) == ("acme/shop", "deployed")


@pytest.mark.parametrize("metric", [name for name, each in ISSUE_METRICS.items() if each.family == "dora"])
def test_numbers_of_jira_alone_do_not_change_with_reports(services: Services, metric: str) -> None:
    before = services.numbers.one(metric, services.view(None, *DAYS))[0].value
    body = {"source": "ci", "id": f"more-{metric}", "environment": "production", "deployed_at": "2026-10-05T14:30:00Z"}
    from data.values.reported import ReportKind

    frequency = services.numbers.one("deployment_frequency", services.view(None, *DAYS, REPORTED))[0].value
    assert services.reported.add(ReportKind.DEPLOYMENT, body).result == "created"
    assert services.numbers.one(metric, services.view(None, *DAYS))[0].value == before
    after = services.numbers.one("deployment_frequency", services.view(None, *DAYS, REPORTED))[0].value
    assert after > (frequency or 0), "a report is in the numbers at once"


def test_a_file_is_imported_by_a_command_and_a_wrong_row_is_named(site: CaseSite, tmp_path: Any) -> None:
    file = tmp_path / "deployments.csv"
    file.write_text("source,id,environment,deployed_at\ncsv,1,production,2026-10-05T14:30:00Z\n", "utf-8")
    taken = site.run("import", "deployments", str(file))
    assert taken.out.strip() == "1 deployment read: 1 created."
    assert "where the definition delivery_source is reported or both; now it is jira" in taken.err
    assert site.run("import", "deployments", str(file), "--format", "json").json == {"repeated": 1}
    file.write_text("source,id,environment,deployed_at\ncsv,1,production,soon\n", "utf-8")
    wrong = site.run("import", "deployments", str(file))
    assert wrong.code == 2
    assert "Line 2, column deployed_at" in wrong.err
    assert site.run("import", "incidents", str(tmp_path / "none.csv")).code == 2
