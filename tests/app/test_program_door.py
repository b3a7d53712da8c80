"""The API is mounted beside the page: one server, one login, answers of its own."""

from __future__ import annotations

from typing import Any

import pytest

from api.application import Programs
from api.kept_numbers import KeptAnswers
from data.values.problem_details import MEDIA_TYPE


def problem(answer: Any) -> dict[str, Any]:
    """The members of an answer that is a problem."""
    assert answer.content_type == MEDIA_TYPE, answer.text
    found = answer.json
    assert found["status"] == answer.status_code
    assert found["what"] == found["title"]
    assert found["code"]
    return dict(found)


def test_numbers_come_as_json_with_an_etag(client: Any) -> None:
    answer = client.get("/api/v1/metrics", query_string={"period": "30d"})
    assert answer.status_code == 200
    assert answer.json["metrics"][0]["metric"] == "deployment_frequency"
    again = client.get("/api/v1/metrics?period=30d", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])


@pytest.mark.parametrize(
    ("address", "status", "code", "words"),
    [
        ("/api/v1/nothing", 404, "no_such_address", "/api/v1/docs"),
        ("/api", 404, "no_such_address", "/api/v1/docs"),
        ("/analytics/nothing", 404, "no_such_address", "/api/v1/docs"),
        ("/api/v1/metrics?projekt=SHOP", 400, "parameter", "Did you mean project?"),
        ("/api/v1/metrics?period=14d", 400, "parameter", "'7d', '30d' or '90d'"),
        ("/api/v1/metrics?from=2026-01-31&to=2026-01-01", 422, "period", "Swap the two dates"),
        ("/api/v1/metrics?from=2026-01-31&from=2026-01-30", 400, "parameter", "more than once"),
        ("/api/v1/metrics?set=nothing:1", 422, "definition", "nothing"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_words(
    client: Any, address: str, status: int, code: str, words: str
) -> None:
    answer = client.get(address)
    found = problem(answer)
    assert (answer.status_code, found["code"]) == (status, code)
    assert words in found["detail"]


def test_a_filter_that_is_not_in_the_data_is_told(client: Any) -> None:
    found = client.get("/api/v1/metrics?project=SHP&project=SHOP&label=checkout").json["about"]["unknown"]
    assert len(found) == 1
    assert found[0].startswith("There is no project 'SHP' in the data. Did you mean 'SHOP'?")


def test_a_method_that_an_address_does_not_take_is_told_with_those_that_it_does(client: Any) -> None:
    answer = client.post("/api/v1/metrics")
    assert (answer.status_code, problem(answer)["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


def test_what_the_server_refuses_before_the_api_is_a_problem_too(client: Any) -> None:
    for answer, status in (
        (client.get("/api/v1/metrics", headers={"Host": "evil.example"}), 400),
        (client.post("/api/v1/metrics", data=b"x" * 1_000_001), 413),
        (client.open("/api/v1/metrics", method="BREW"), 405),
    ):
        assert answer.status_code == status
        problem(answer)


def test_a_wrong_token_is_refused_even_at_home(client: Any) -> None:
    answer = client.get("/api/v1/metrics", headers={"Authorization": "Bearer tl_000000000000_" + "x" * 43})
    assert (answer.status_code, problem(answer)["code"]) == (401, "no_caller")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-Ip"])
def test_what_a_proxy_passes_on_needs_a_token(client: Any, header: str) -> None:
    assert client.get("/api/v1/metrics", headers={header: "127.0.0.1"}).status_code == 401


def test_the_document_has_our_addresses_only(client: Any) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert document["paths"]
    assert all(path.startswith(("/api/", "/analytics/")) for path in document["paths"])


def test_every_route_says_who_may_use_it() -> None:
    server = Programs().application
    assert all(hasattr(server.view_functions[rule.endpoint], "scope") for rule in server.url_map.iter_rules())


def test_numbers_are_new_a_second_after_the_data_is(client: Any, fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    kept = KeptAnswers(clock=lambda: now[0])
    monkeypatch.setattr("api.metrics._kept", {fake: kept})
    before = client.get("/api/metrics")
    fake.revision = "r2"
    assert client.get("/api/metrics").data == before.data
    now[0] += 1
    after = client.get("/api/metrics", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json["about"]["revision"]) == (200, "1.2")


def test_answers_are_kept_by_all_that_was_asked(client: Any) -> None:
    asked = ("", "?period=7d", "?family=dora", "?project=SHOP", "?set=zone:UTC", "?from=2026-01-01&to=2026-01-31")
    found = {query: client.get(f"/api/metrics{query}").data for query in asked}
    assert len(set(found.values())) == len(asked)
    assert {query: client.get(f"/api/metrics{query}").data for query in asked} == found


def test_kept_answers_forget_the_oldest() -> None:
    kept, made = KeptAnswers(most=2), []
    for name in (1, 2, 3, 1):
        kept.get(name, lambda name=name: made.append(name))
    assert made == [1, 2, 3, 1]
