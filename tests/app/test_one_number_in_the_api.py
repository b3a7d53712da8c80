"""The API says the same of every number as the services, which page and terminal read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.application import Programs
from callbacks.app import create_app
from data.metrics.registry import CATALOG, ISSUE_METRICS
from data.platform.access import Access
from data.services.view import View
from data.values.filters import Filters, only
from sample.generator import generate
from sample.preset import preset
from tests.cases.site import CaseSite, synced
from tests.some import some

DAYS = {"from": "2026-09-01", "to": "2026-11-15"}
VIEWS: dict[str, tuple[Filters, dict[str, Any], tuple[str, ...]]] = {
    "whole": (Filters(), {}, ()),
    "one project": (only(project=("SHOP",)), {"project": "SHOP"}, ("--project", "SHOP")),
    "measured otherwise": (
        Filters(definitions=(("durations", "inclusive_days"), ("failure_window_hours", "24"))),
        {"set": ["durations:inclusive_days", "failure_window_hours:24"]},
        ("--set", "durations=inclusive_days", "--set", "failure_window_hours=24"),
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseSite]:
    home = tmp_path_factory.mktemp("api")
    made = generate(500, seed=3, until=date(2026, 11, 27))
    settings = home / "settings.json"
    settings.write_text(json.dumps(preset(made)), "utf-8")
    with synced(home, made, settings=settings) as found:
        yield found


@pytest.fixture(scope="module")
def programs(site: CaseSite) -> FlaskClient:
    app = create_app(site.services, access=Access(), hosts=(), programs=Programs(requests_a_minute=0))
    return app.server.test_client()


@pytest.fixture(params=list(VIEWS))
def named(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def view(site: CaseSite, named: str) -> View:
    return site.services.view(None, DAYS["from"], DAYS["to"], VIEWS[named][0])


def asked(programs: FlaskClient, path: str, named: str, **more: Any) -> Any:
    answer = programs.get(f"/api/v1{path}", query_string=DAYS | VIEWS[named][1] | more)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_all_numbers_are_those_of_the_services(site: CaseSite, programs: FlaskClient, view: View, named: str) -> None:
    told = {each["metric"]: each for each in asked(programs, "/metrics", named)["metrics"]}
    assert set(told) == set(CATALOG)
    values = {name: site.services.numbers.one(name, view)[0] for name in CATALOG}
    assert len([each for each in values.values() if each.ok]) > 20, "numbers that are not there prove nothing"
    for name, value in values.items():
        each = told[name]
        assert (each["value"], each["unit"], each["tier"]["name"]) == (
            value.value,
            value.unit,
            value.performance_tier,
        ), name
        assert each["left_out"] == value.excluded_issue_count, name
        assert (each["missing"] is None) == value.ok, name
        if not value.ok:
            assert each["missing"]["reason"] == value.error_message, name
            assert each["missing"]["todo"], name
        interval = value.details.get("interval")
        assert each["interval"] == (
            interval and {"low": interval[0], "high": interval[1], "method": value.details.get("interval_method", "")}
        ), name


def test_all_numbers_are_those_of_the_terminal(site: CaseSite, programs: FlaskClient, named: str) -> None:
    told = {each["metric"]: each for each in asked(programs, "/metrics", named)["metrics"]}
    for family in ("dora", "flow", "composite"):
        words = ("--from", DAYS["from"], "--to", DAYS["to"], *VIEWS[named][2], "--format", "json")
        for row in some(site.run("metrics", "--family", family, *words).json, 1):
            each = told[row["metric_name"]]
            assert each["value"] == row["value"]
            assert each["details"]["display_value"] == row["details"]["display_value"]


def test_one_number_its_parts_and_its_issues_agree(
    site: CaseSite, programs: FlaskClient, view: View, named: str
) -> None:
    for name in some(ISSUE_METRICS, 20):
        [value] = site.services.numbers.one(name, view)
        one = asked(programs, f"/metrics/{name}", named)
        assert one["number"]["value"] == value.value, name
        parts = asked(programs, f"/metrics/{name}/breakdown", named, by="week")
        if parts["total"] is not None:
            assert parts["total"]["value"] == value.value, name
        issues = asked(programs, f"/metrics/{name}/issues", named, limit=1000)
        page = site.services.numbers.issue_page(name, view, count=10**6)
        assert issues["total"] == page.total, name
        assert [row["key"] for row in issues["issues"]] == [row.key for row in page.rows[:1000]], name
        assert sum(row["used"] for row in issues["issues"]) == sum(row.used for row in page.rows[:1000]), name


def test_pages_of_issues_are_the_whole_list_in_pieces(programs: FlaskClient) -> None:
    whole = asked(programs, "/metrics/flow_time/issues", "whole", limit=1000)
    assert whole["next"] is None
    rows, cursor = [], {}
    for _ in range(100):
        page = asked(programs, "/metrics/flow_time/issues", "whole", limit=7, **cursor)
        rows += page["issues"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert rows == whole["issues"]
    assert len(rows) == whole["total"] > 14


@pytest.mark.parametrize("change", [{"project": "SHOP"}, {"used": "yes"}, {"sort": "key"}, {"from": "2026-09-02"}])
def test_a_cursor_of_another_question_is_refused(programs: FlaskClient, change: dict[str, str]) -> None:
    cursor = asked(programs, "/metrics/flow_time/issues", "whole", limit=7)["next"]
    answer = programs.get(
        "/api/v1/metrics/flow_time/issues", query_string=DAYS | {"cursor": cursor, "limit": 7} | change
    )
    assert (answer.status_code, answer.json["code"]) == (422, "cursor")


@pytest.mark.parametrize("cursor", ["x", "!!!!", "WzEsMl0=", "WyItMSIsIngiLCJ5Il0=", "é" * 10, "A" * 200, "e30="])
def test_what_is_no_cursor_is_refused(programs: FlaskClient, cursor: str) -> None:
    answer = programs.get("/api/v1/metrics/flow_time/issues", query_string=DAYS | {"cursor": cursor})
    assert (answer.status_code, answer.json["code"]) == (422, "cursor")


def test_the_newest_version_answers_without_its_name(programs: FlaskClient) -> None:
    named = programs.get("/api/v1/metrics", query_string=DAYS)
    short = programs.get("/api/metrics", query_string=DAYS)
    assert (short.status_code, short.data) == (200, named.data)


def test_charts_sprints_forecast_and_definitions_are_those_of_the_services(
    site: CaseSite, programs: FlaskClient
) -> None:
    view = site.services.view(None, DAYS["from"], DAYS["to"])
    charts = programs.get("/api/v1/charts").json["charts"]
    assert {each["chart"] for each in charts} == set(site.services.charts.names())
    for each in charts:
        told = asked(programs, f"/charts/{each['chart']}", "whole")["chart"]
        found = site.services.charts.answer(each["chart"], view)
        assert (told["title"], told["row_count"]) == (found.title, found.row_count)
        assert [len(series["x"]) for series in told["series"]] == [len(series.x) for series in found.series]
    sprints = asked(programs, "/sprints", "whole")["sprints"]
    page = site.services.sprints.page(view)
    assert [row["id"] for row in sprints["rows"]] == [row.id for row in page.rows]
    for row in page.rows[:2]:
        assert asked(programs, f"/sprints/{row.id}", "whole")["sprint"]["row"]["completed"] == row.completed
    forecast = programs.get("/api/v1/forecast", query_string={"items": 10}).json["forecast"]
    printed = site.run("forecast", "--items", "10", "--format", "json").json
    assert {name: forecast[name] for name in ("p50", "p85", "p95")} == {
        name: printed[name] for name in ("p50", "p85", "p95")
    }
    told = {
        each["name"]: each["value"] for each in asked(programs, "/definitions", "measured otherwise")["definitions"]
    }
    assert (told["durations"], told["failure_window_hours"]) == ("inclusive_days", "24")


def test_a_saved_view_is_asked_for_by_name(site: CaseSite, programs: FlaskClient) -> None:
    made = site.run("teams", "save", "Shop", "--from", DAYS["from"], "--to", DAYS["to"], "--project", "SHOP")
    assert made.code == 0, made.err
    saved = programs.get("/api/v1/metrics", query_string={"view": "shop"}).json
    assert saved["metrics"] == asked(programs, "/metrics", "one project")["metrics"]
    assert saved["about"]["period"]["from"] == DAYS["from"]
    shorter = programs.get("/api/v1/metrics", query_string={"view": "Shop", "period": "7d"}).json["about"]
    assert (shorter["period"]["days"], shorter["asked"]["project"]) == (7, ["SHOP"])
    missing = programs.get("/api/v1/metrics", query_string={"view": "nobody"})
    assert (missing.status_code, missing.json["code"]) == (404, "no_such_view")


def test_jobs_to_be_done_are_those_of_the_services(site: CaseSite, programs: FlaskClient) -> None:
    view = site.services.view(None, DAYS["from"], DAYS["to"])
    told = asked(programs, "/jobs-to-be-done/numbers", "whole")
    assert told["numbers"] == json.loads(json.dumps(site.services.jobs.dashboard(view)))
    register = programs.get("/api/v1/jobs-to-be-done").json["jobs"]
    assert [each["job_id"] for each in register] == [
        each.job_id for each in site.services.jobs.register_rows(site.services.snapshot())
    ]
