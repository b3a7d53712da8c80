"""Who may use the API: tokens with scopes, people who signed in, and whoever sits at this machine."""

from __future__ import annotations

import base64
import hashlib
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.application import Programs
from api.guard import Guard, TooMany
from callbacks.app import create_app
from data.platform.access import Access, hashed
from data.platform.logs import SECRETS
from data.services.tokens import BadToken
from data.store.access_store import AccessStoreError
from data.values.callers import EVERY_SCOPE, Scope
from data.values.errors import NotThere
from tests.fake_services import FakeServices
from tests.some import some

EVERY_ROUTE = [
    (method, rule.rule, getattr(server.view_functions[rule.endpoint], "scope"))  # noqa: B009 - a mark on the function
    for server in [Programs().application]
    for rule in server.url_map.iter_rules()
    for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
]
ROUTES = sorted(each for each in EVERY_ROUTE if each[2] is not None)
PARTS = {
    "<metric>": "flow_time",
    "<chart>": "lead_time_histogram",
    "<sprint>": "1",
    "<job>": "x",
    "<name>": "x",
    "<export>": "x",
    "<source>": "github",
}
PASSWORD = "correct horse battery"
HASH = hashed(PASSWORD)


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def server(services: FakeServices) -> FlaskClient:
    """A dashboard on which people sign in, and a proxy may name them."""
    access = Access({"ann": HASH}, "X-Forwarded-User", (ip_network("10.0.0.0/8"),))
    return create_app(services, access=access, hosts=(), programs=Programs(0)).server.test_client()


@pytest.fixture
def home(services: FakeServices) -> FlaskClient:
    """A dashboard that one person uses at their own machine."""
    return create_app(services, access=Access(), hosts=(), programs=Programs(0)).server.test_client()


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


def address(rule: str) -> str:
    for part, value in PARTS.items():
        rule = rule.replace(part, value)
    assert "<" not in rule, f"{rule}: say in PARTS what to ask for"
    return rule


def made(services: FakeServices, *scopes: Scope, days: int | None = 90) -> str:
    return services.tokens.make("a program", scopes, days)[0]


@pytest.mark.parametrize(("method", "rule", "needed"), ROUTES, ids=lambda each: str(each))
def test_a_token_opens_exactly_the_routes_of_its_scope(
    server: FlaskClient, services: FakeServices, method: str, rule: str, needed: Scope
) -> None:
    for scope in Scope:
        answer = server.open(address(rule), method=method, headers=bearer(made(services, scope)), json={"nothing": 1})
        refused = answer.status_code == 403 and answer.json["code"] == "scope"
        assert refused == (scope is not needed), (scope, answer.status_code, answer.text[:200])
        assert answer.status_code != 401
    everything_else = EVERY_SCOPE - {needed}
    answer = server.open(address(rule), method=method, headers=bearer(made(services, *everything_else)))
    assert (answer.status_code, answer.json["code"]) == (403, "scope")


def test_webhooks_alone_need_no_caller() -> None:
    """They ask for a proof of their own: tests/app/test_deployments_door.py."""
    assert [each[:2] for each in EVERY_ROUTE if each[2] is None] == [("POST", "/api/v1/webhooks/<source>")]


@pytest.mark.parametrize(("method", "rule", "needed"), ROUTES, ids=lambda each: str(each))
def test_nobody_unknown_gets_an_answer(server: FlaskClient, method: str, rule: str, needed: Scope) -> None:
    del needed
    for headers in ({}, bearer("x"), bearer("tl_0123456789ab_" + "x" * 43), basic("bob", PASSWORD)):
        answer = server.open(address(rule), method=method, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (401, "no_caller"), headers
        assert "metric" not in answer.json


def test_people_who_signed_in_may_what_the_page_lets_them_do(server: FlaskClient) -> None:
    signed_in = (
        {"headers": basic("ann", PASSWORD)},
        {"headers": {"X-Forwarded-User": "ben"}, "environ_base": {"REMOTE_ADDR": "10.0.0.7"}},
    )
    for each in signed_in:
        assert server.get("/api/v1/metrics", **each).status_code == 200
    assert server.get("/api/v1/metrics", headers=basic("ann", "wrong password")).status_code == 401
    assert server.get("/api/v1/metrics", headers={"X-Forwarded-User": "ben"}).status_code == 403  # not the proxy


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),  # a browser sends a password that it remembers
        ({"Origin": "http://localhost"}, 202),
        ({"Sec-Fetch-Site": "same-origin"}, 202),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_password_changes_something_from_our_own_page_only(
    server: FlaskClient, headers: dict[str, str], status: int
) -> None:
    answer = server.post("/api/v1/sync", headers=basic("ann", PASSWORD) | headers)
    assert answer.status_code == status, answer.text
    assert status == 202 or answer.json["code"] == "origin"


def test_a_token_changes_something_from_anywhere(server: FlaskClient, services: FakeServices) -> None:
    headers = bearer(made(services, Scope.WRITE)) | {"Origin": "https://other.example"}
    assert server.post("/api/v1/sync", headers=headers).status_code == 202


def test_at_home_nobody_is_asked_and_other_sites_are_refused(home: FlaskClient) -> None:
    assert home.get("/api/v1/metrics").status_code == 200
    assert home.post("/api/v1/sync").status_code == 202
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert home.post("/api/v1/sync", headers=headers).status_code == 403
    away = home.get("/api/v1/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert away.status_code == 403


def test_a_token_opens_the_api_and_not_the_page(server: FlaskClient, services: FakeServices) -> None:
    headers = bearer(made(services, *Scope))
    assert server.get("/api/v1/metrics", headers=headers).status_code == 200
    for path in ("/", "/export/numbers.csv", "/_dash-layout"):
        assert server.get(path, headers=headers).status_code == 401


def test_revoked_and_expired_tokens_count_for_nothing(server: FlaskClient, services: FakeServices) -> None:
    lasting, short = made(services, Scope.READ), made(services, Scope.READ, days=1)
    never = made(services, Scope.READ, days=None)
    services.now += timedelta(days=1)
    assert "expired" in server.get("/api/v1/metrics", headers=bearer(short)).json["what"]
    assert server.get("/api/v1/metrics", headers=bearer(lasting)).status_code == 200
    services.tokens.revoke(lasting.split("_")[1])
    assert "revoked" in server.get("/api/v1/metrics", headers=bearer(lasting)).json["what"]
    services.now += timedelta(days=4_000)
    assert server.get("/api/v1/metrics", headers=bearer(never)).status_code == 200
    states = {each.state for each in services.tokens.list()}
    assert states == {"active", "expired", "revoked"}


def test_a_token_for_one_site_is_refused_on_another(server: FlaskClient, services: FakeServices) -> None:
    here, _ = services.tokens.make("here", [Scope.READ], site="sample")
    there, _ = services.tokens.make("there", [Scope.READ], site="https://jira.example.org")
    assert server.get("/api/v1/metrics", headers=bearer(here)).status_code == 200
    assert server.get("/api/v1/metrics", headers=bearer(there)).status_code == 401


def test_the_store_holds_no_token(services: FakeServices) -> None:
    text = made(services, Scope.READ)
    kept = b"".join(path.read_bytes() for path in services.tokens.store.path.parent.iterdir() if path.is_file())
    assert text.encode() not in kept
    assert text.rpartition("_")[2].encode() not in kept
    assert hashlib.sha256(text.encode()).hexdigest().encode() in kept
    assert services.tokens.store.path.stat().st_mode & 0o077 == 0


def test_tokens_are_in_no_log_and_no_answer(
    server: FlaskClient, services: FakeServices, caplog: pytest.LogCaptureFixture
) -> None:
    text = made(services, Scope.READ)
    near = text[:-1] + ("A" if text[-1] != "A" else "B")
    logging.getLogger("callbacks").setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        for each in (text, near):
            for path in ("/api/v1/metrics", f"/api/v1/metrics?{each}=1", f"/api/v1/catalogue/{each}"):
                answer = server.get(path, headers=bearer(each))
                assert answer.status_code == 200 or each not in SECRETS.clean(answer.text)
                assert each not in str(answer.headers)
    assert caplog.records
    assert not [
        record for record in caplog.records if "_" + text.split("_", 2)[2][:20] in SECRETS.clean(str(record.msg))
    ]
    assert SECRETS.clean(f"sent {text} today") == "sent [hidden] today"


def test_use_is_noted_to_the_minute(server: FlaskClient, services: FakeServices) -> None:
    text = made(services, Scope.READ)
    assert services.tokens.list()[0].used_at is None
    server.get("/api/v1/metrics", headers=bearer(text))
    first = services.tokens.list()[0].used_at
    assert first is not None
    services.now += timedelta(seconds=30)
    server.get("/api/v1/metrics", headers=bearer(text))
    assert services.tokens.list()[0].used_at == first


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [("", ["read"], 1), ("x", [], 1), ("x", ["read"], 0), ("x\x00y", ["read"], 1), ("x" * 101, ["read"], 1)],
)
def test_no_token_is_made_that_nobody_could_manage(
    services: FakeServices, name: str, scopes: list[str], days: int
) -> None:
    with pytest.raises(BadToken):
        services.tokens.make(name, map(Scope, scopes), days)
    assert services.tokens.list() == []
    with pytest.raises(NotThere):
        services.tokens.revoke("0" * 12)


def test_a_store_that_cannot_be_read_refuses_and_says_so(server: FlaskClient, services: FakeServices) -> None:
    text = made(services, Scope.READ)
    path = services.tokens.store.path
    fresh = FakeServices()
    fresh.tokens.store.path.write_bytes(path.read_bytes()[:100] + b"\0" * 4_000)
    server.application.extensions["services"] = fresh
    answer = server.get("/api/v1/metrics", headers=bearer(text))
    assert (answer.status_code, answer.json["code"]) == (503, "access_store")
    with pytest.raises(AccessStoreError):
        fresh.tokens.list()


def test_requests_beyond_the_limit_are_told_when_to_come_again(services: FakeServices) -> None:
    client = create_app(services, access=Access(), hosts=(), programs=Programs(3)).server.test_client()
    left = [client.get("/api/v1/sync").headers["RateLimit"] for _ in range(3)]
    assert [each.split(";")[1] for each in left] == ["r=2", "r=1", "r=0"]
    refused = client.get("/api/v1/sync")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 20
    assert refused.headers["RateLimit-Policy"] == '"caller";q=3;w=60'
    other = client.get("/api/v1/sync", headers=bearer(made(services, Scope.READ)))
    assert other.status_code == 200, "each caller has a limit of their own"


def test_a_bucket_fills_evenly() -> None:
    now = [0.0]
    guard = Guard(60, clock=lambda: now[0])
    assert [guard.take("a")[0] for _ in range(60)] == list(range(59, -1, -1))
    for _ in range(5):
        with pytest.raises(TooMany):
            guard.take("a")
        now[0] += 1
        assert guard.take("a")[0] == 0
    now[0] += 1_000
    assert guard.take("a")[0] == 59


@pytest.fixture
def started(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Which syncs were started."""
    found: list[bool] = []
    real = services.sync.start

    def start(snapshot: Any, full: bool = False, **more: Any) -> Any:
        found.append(full)
        return real(snapshot, full, **more)

    monkeypatch.setattr(services.sync, "start", start)
    return found


def test_a_request_with_a_key_is_carried_out_once(home: FlaskClient, started: list[bool]) -> None:
    key = {"Idempotency-Key": "one"}
    first = home.post("/api/v1/sync", json={"full": True}, headers=key)
    again = home.post("/api/v1/sync", json={"full": True}, headers=key)
    assert (first.status_code, again.status_code, again.data) == (202, 202, first.data)
    assert (again.headers["Idempotency-Replayed"], "Idempotency-Replayed" in first.headers) == ("true", False)
    assert started == [True]
    other = home.post("/api/v1/sync", json={"full": False}, headers=key)
    assert (other.status_code, other.json["code"]) == (422, "key_reused")
    assert home.post("/api/v1/sync", json={}, headers={"Idempotency-Key": "two"}).status_code == 202
    assert started == [True, False]


def test_a_key_is_free_again_where_the_request_failed(
    home: FlaskClient, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(services.sync, "start", fail)
    key = {"Idempotency-Key": "one"}
    assert [home.post("/api/v1/sync", headers=key).status_code for _ in range(2)] == [503, 503]


def test_a_key_that_is_in_use_is_told(home: FlaskClient, services: FakeServices) -> None:
    home.post("/api/v1/sync", headers={"Idempotency-Key": "one"})
    with closing(sqlite3.connect(services.tokens.store.path)) as connection:
        connection.execute("UPDATE answered_request SET status = NULL")
        connection.commit()
    answer = home.post("/api/v1/sync", headers={"Idempotency-Key": "one"})
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (409, "key_in_use", "1")


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 422, "body"),
        (b"[]", "application/json", 422, "body"),
        (b'{"full": "yes"}', "application/json", 422, "body"),
        (b'{"fulll": true}', "application/json", 422, "body"),
        (b"full=1", "application/x-www-form-urlencoded", 415, "not_json"),
        (b"[" * 100_000, "application/json", 422, "body"),
        (b'{"full": 1e999}', "application/json", 422, "body"),
    ],
)
def test_a_body_that_cannot_be_used_is_told(
    home: FlaskClient, started: list[bool], body: bytes, kind: str, status: int, code: str
) -> None:
    answer = home.post("/api/v1/sync", data=body, content_type=kind)
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    assert not started


def test_the_document_says_which_scope_a_route_needs(
    home: FlaskClient, server: FlaskClient, services: FakeServices
) -> None:
    here = home.get("/api/v1/openapi.json").json["paths"]["/api/v1/sync"]["post"]["security"]
    there = server.get("/api/v1/openapi.json", headers=bearer(made(services, Scope.READ))).json
    assert here == [{}, {"token": ["write"]}, {"password": []}]
    for path, item in some(there["paths"].items(), 20):
        for method, told in item.items():
            rule = path.replace("{", "<").replace("}", ">")
            needed = next(each[2] for each in EVERY_ROUTE if each[:2] == (method.upper(), rule))
            # without a scope a route asks for a proof of its own
            assert told["security"] == ([{"token": [needed]}, {"password": []}] if needed else []), path


def test_the_page_of_documentation_loads_nothing(home: FlaskClient) -> None:
    answer = home.get("/api/v1/docs")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/html")
    assert "<script" not in answer.text
    assert "http://" not in answer.text.replace("http://127.0.0.1:8050/", "")
    for _, rule, _ in ROUTES:
        assert rule.replace("<", "{").replace(">", "}") in answer.text
    assert 'id="problem-period"' in answer.text
