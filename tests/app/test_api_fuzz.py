"""Requests drawn from the API's own document: each answer is one that the document promises.

`make contract` asks schemathesis the same, with many more requests.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from api.application import Programs
from callbacks.app import create_app
from data.platform.access import Access
from data.values.callers import Scope
from data.values.problem_details import MEDIA_TYPE
from sample.generator import generate
from sample.preset import preset
from tests.cases.site import CaseSite, synced
from tests.json_schema import misfits
from tests.seeding import seeds

REQUESTS = 12  # of each operation and seed
ODD = (
    "", " ", "0", "-1", "1", "999999999999999999999", "1e9", "nan", "null", "true", "[]", "{}", "a" * 300, "\x00",
    "\t\n",
    "%", "%00", "'; drop table issue; --", "<script>", "../../etc/passwd", "Ä ö ß", "😀", "\ud7ff\uffff", "\u202e",
    "0x10",
    "2026-02-30", "0000-00-00", "9999-12-31", "1969-12-31", "2026-10-01..2026-10-31", "durations:inclusive_days",
    "durations:", ":", "zone:Mars/Base", "percentile:nearest_rank", "SHOP", "7d", "day", "project",
)  # a table: kept in its rows  # fmt: skip
PATHS = {
    "metric": ("flow_time", "deployment_frequency", "job_completion_rate", "dora_score"),
    "chart": ("lead_time_histogram", "metric_over_time", "forecast_outcomes", "velocity", "landscape"),
    "sprint": ("1", "2", "99999"),
    "job": ("job-buy-fast", "x"),
    "name": ("x",),
    "export": ("x", "0"),
    "source": ("github", "pagerduty", "cdevents", "sourceforge"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseSite]:
    home = tmp_path_factory.mktemp("fuzz")
    made = generate(120, seed=5, until=date(2026, 11, 27))
    settings = home / "settings.json"
    settings.write_text(json.dumps(preset(made)), "utf-8")
    with synced(home, made, settings=settings) as found:
        yield found


@pytest.fixture(scope="module")
def programs(site: CaseSite) -> FlaskClient:
    access = Access(header="X-Forwarded-User")  # somebody has to sign in
    return create_app(
        site.services, access=access, hosts=(), programs=Programs(requests_a_minute=0)
    ).server.test_client()


@pytest.fixture(scope="module")
def token(site: CaseSite) -> dict[str, str]:
    text, _ = site.services.tokens.make("fuzz", [Scope.READ, Scope.EXPORT])  # what starts work is drawn, and refused
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture(scope="module")
def document(programs: FlaskClient, token: dict[str, str]) -> dict[str, Any]:
    return dict(programs.get("/api/v1/openapi.json", headers=token).json)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        yield from ((method, path, told) for method, told in item.items() if method in ("get", "post", "delete"))


def value_for(draw: random.Random, parameter: dict[str, Any]) -> str:
    """Sometimes what the parameter may be, sometimes anything."""
    schema = parameter["schema"]
    options = [each for one in (schema, *schema.get("anyOf", [])) for each in one.get("enum", [])]
    if draw.random() < 0.3:
        return draw.choice(ODD)
    if options:
        return str(draw.choice(options))
    if "example" in parameter:
        example = parameter["example"]
        return str(example[0] if isinstance(example, list) else example)
    return draw.choice(("SHOP", "Bug", "5", "1", "week", "2026-10-15", "x"))


def drawn(draw: random.Random, path: str, told: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    query = []
    for each in told.get("parameters", []):
        if each["in"] == "path":
            value = draw.choice(PATHS[each["name"]]) if draw.random() < 0.85 else draw.choice(ODD)
            path = path.replace(f"{{{each['name']}}}", quote(value or "x", safe=""))
        elif each["in"] == "query" and (each.get("required") or draw.random() < 0.25):
            query += [(each["name"], value_for(draw, each)) for _ in range(draw.choice((1, 1, 1, 2)))]
    if draw.random() < 0.05:
        query.append((draw.choice(("", "projekt", "x\x00", "__class__")), "1"))
    return path, query


@pytest.mark.parametrize("seed", seeds(2))
def test_every_answer_is_one_that_the_document_promises(
    programs: FlaskClient, token: dict[str, str], document: dict[str, Any], seed: int
) -> None:
    good = 0
    for method, path, told in operations(document):
        draw = random.Random(f"{seed} {method} {path}")  # noqa: S311 - drawn to be drawn again
        for _ in range(REQUESTS):
            address, query = drawn(draw, path, told)
            answer = programs.open(address, method=method.upper(), query_string=query, headers=token)
            what = f"{method} {address} {query}: {answer.status_code} {answer.text[:300]}"
            assert answer.status_code < 500, what
            promised = told["responses"].get(str(answer.status_code))
            if answer.status_code >= 400:
                assert answer.content_type == MEDIA_TYPE, what
                assert not list(misfits(answer.json, {"$ref": "#/components/schemas/ProblemDetails"}, document)), what
                assert promised is not None or answer.status_code in (404, 405), what  # a slash makes another address
                assert answer.json["code"] != "unexpected"
                continue
            assert promised is not None, what
            good += 1
            schema = promised["content"].get("application/json", {}).get("schema")
            if schema:
                assert not list(misfits(answer.json, schema, document))[:5], what
    assert good > 60, "requests that are all refused prove little"


def test_without_a_token_everything_is_refused_alike(programs: FlaskClient, document: dict[str, Any]) -> None:
    draw = random.Random(1)  # noqa: S311 - drawn to be drawn again
    for method, path, told in operations(document):
        for _ in range(3):
            address, query = drawn(draw, path, told)
            answer = programs.open(address, method=method.upper(), query_string=query)
            refused = (401,) if told["security"] else (400, 401, 403, 404)  # webhooks ask for a proof of their own
            assert answer.status_code in refused, (address, answer.text)
            assert answer.content_type == MEDIA_TYPE, (address, answer.text)
            assert "data" not in answer.json


def test_schemas_of_one_name_are_one_schema() -> None:
    """A class of the same name in two modules would stand in the document once, as whichever came last."""
    import importlib
    import inspect
    import pkgutil

    import api

    found: dict[str, dict[str, Any]] = {}
    for module in pkgutil.iter_modules(api.__path__):
        for name, each in inspect.getmembers(importlib.import_module(f"api.{module.name}"), inspect.isclass):
            if not (each.__module__.startswith("api.") and hasattr(each, "model_json_schema")):
                continue
            if "Query" in name or "Path" in name or "Header" in name or "Body" in name:
                continue
            schema = each.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
            for part, told in {**schema.pop("$defs", {}), name: schema}.items():
                assert found.setdefault(part, told) == told, f"two things are called {part}: {each.__module__}"
    assert len(found) > 20
