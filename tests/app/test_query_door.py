"""Questions through the doors: the API, a file made in the background, the page; each says what the service says."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.application import Programs
from callbacks.app import create_app
from data.platform.access import Access
from data.services.query import BadSpec, headers_of, table_of
from sample.generator import generate
from sample.preset import preset
from tests.cases.site import CaseSite, synced

DATES = {"from": "2026-09-01", "to": "2026-11-15"}
SPEC: dict[str, Any] = {
    "metrics": ["flow_velocity", "flow_time", "blocked_hours", "job_completion_rate"],
    "group_by": ["month"],
    "filters": [{"field": "type", "op": "ne", "value": "Bug"}],
    "dates": DATES,
    "compare": "previous",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseSite]:
    home = tmp_path_factory.mktemp("query")
    made = generate(400, seed=3, until=date(2026, 11, 27))
    settings = home / "settings.json"
    settings.write_text(json.dumps(preset(made)), "utf-8")
    with synced(home, made, settings=settings) as found:
        yield found


@pytest.fixture(scope="module")
def programs(site: CaseSite) -> FlaskClient:
    app = create_app(site.services, access=Access(), hosts=(), programs=Programs(requests_a_minute=0))
    return app.server.test_client()


def test_the_api_answers_a_spec_with_counts_and_sql(site: CaseSite, programs: FlaskClient) -> None:
    answer = programs.post("/api/v1/query", json=SPEC)
    assert answer.status_code == 200, answer.text
    told = answer.json["answer"]
    service = site.services.query
    found = service.answer(service.read(SPEC), site.services.snapshot())
    assert [row["keys"] for row in told["rows"]] == [list(row.keys) for row in found.rows]
    assert [[cell["value"] for cell in row["cells"]] for row in told["rows"]] == [
        [cell.value for cell in row.cells] for row in found.rows
    ]
    assert [each["engine"] for each in told["metrics"]] == ["sql", "sql", "formula", "records"]
    assert told["sql"].startswith("WITH") and told["parameters"] and told["compared"]
    assert sum(row["cells"][0]["used"] for row in told["rows"]) > 10
    assert answer.json["about"]["period"]["from"] == "2026-09-01"


def test_a_link_answers_the_same_and_is_not_sent_twice(programs: FlaskClient) -> None:
    linked = programs.get("/api/v1/query", query_string={"spec": json.dumps(SPEC)})
    assert (
        linked.status_code == 200 and linked.json["answer"] == programs.post("/api/v1/query", json=SPEC).json["answer"]
    )
    again = programs.get(
        "/api/v1/query", query_string={"spec": json.dumps(SPEC)}, headers={"If-None-Match": linked.headers["ETag"]}
    )
    assert again.status_code == 304 and not again.data


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"metrics": ["flow_velocty"]}, "metrics.0: There is no metric 'flow_velocty'. Did you mean “flow_velocity”?"),
        ({"metrics": ["flow_velocity"], "group_by": ["team"]}, "group_by.0: Team is not known here."),
        ({**SPEC, "dates": {"from": "2024-01-01", "to": "2026-01-01"}}, "dates: The period has"),
        ({**SPEC, "definitions": {"percentile": "median"}}, "definitions: "),
        ({**SPEC, "limit": 5_000}, "limit: At most 1,000 rows"),
        ({**SPEC, "filters": [{"field": "team", "value": "Blue"}]}, "filters: Team is not mapped"),
    ],
)
def test_a_wrong_spec_is_a_problem_that_names_the_field(programs: FlaskClient, spec: dict[str, Any], said: str) -> None:
    answer = programs.post("/api/v1/query", json=spec)
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (422, "application/problem+json", "query_spec")
    assert said in f"{answer.json['what']} {answer.json['todo']}"


def test_the_schema_is_that_of_the_model(programs: FlaskClient) -> None:
    schema = programs.get("/api/v1/query/schema").json
    assert schema["title"] == "AnalyticsSpec" and "metrics" in schema["properties"]


def test_an_answer_is_kept_until_the_question_is_another(site: CaseSite) -> None:
    service, snapshot = site.services.query, site.services.snapshot()
    spec = service.read({**SPEC, "metrics": ["reopen_rate"]})
    before = service.usage()
    first, second = service.answer(spec, snapshot), service.answer(spec, snapshot)
    assert first is second
    other = service.answer(service.read({**SPEC, "metrics": ["reopen_rate"], "definitions": {"zone": "UTC"}}), snapshot)
    after = service.usage()
    assert other is not first and (after.hits - before.hits, after.misses - before.misses) == (1, 2)


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_an_answer_is_written_to_a_file_in_the_background(site: CaseSite, programs: FlaskClient, kind: str) -> None:
    asked = programs.post("/analytics/jobs", json={"kind": "query", "format": kind, "spec": {**SPEC, "limit": 50_000}})
    assert asked.status_code == 202, asked.text
    number = asked.json["id"]
    site.services.background.worker.run_one(number)  # unless the worker of the server has it already
    while (task := site.services.background.one(number)).state.is_live:
        time.sleep(0.02)
    assert task.state.value == "completed", task.problem
    file, path = site.services.exports.opened(number)
    service = site.services.query
    found = service.answer(service.read(SPEC), site.services.snapshot())
    assert task.kind == "query" and file.rows == len(found.rows) and file.name.endswith(kind)
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
        assert rows[0] == headers_of(found) and len(rows) == 1 + len(found.rows)


def test_a_wrong_spec_is_refused_before_it_is_queued(programs: FlaskClient) -> None:
    for spec in ({"metrics": ["x"]}, {**SPEC, "limit": 100_001}, None):
        assert programs.post("/analytics/jobs", json={"kind": "query", "spec": spec}).status_code == 422


def test_a_table_of_an_answer_has_a_column_for_each_count(site: CaseSite) -> None:
    service = site.services.query
    found = service.answer(service.read(SPEC), site.services.snapshot())
    assert all(len(row) == len(headers_of(found)) for row in table_of(found))
    with pytest.raises(BadSpec):
        service.read("{")


def test_the_page_offers_the_answer_as_a_file(programs: FlaskClient) -> None:
    query = {"tab": "explore", "m1": "flow_velocity", "split": "type", "from": "2026-09-01", "to": "2026-11-15"}
    made = programs.get("/export/explore.csv", query_string=query)
    assert made.status_code == 200 and made.text.startswith("type,flow_velocity,flow_velocity_used")
    assert programs.get("/export/explore.xlsx", query_string=query).status_code == 200
