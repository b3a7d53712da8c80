"""Bodies and queries that no page of ours sends, on every address and every callback: refused or answered, never a 500."""

from __future__ import annotations

import json
import random
import time
from typing import Any
from urllib.parse import quote

import pytest

from data.charts.registry import CHARTS
from data.metrics import CATALOG
from data.services.workspace import open_workspace
from sample.source import SampleSite
from tests import seeding
from ui import ids, url

ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**30, float("nan"), "", "x", "\x00", "\ud800", "'\"><script>alert(1)</script>", "=1+1", "💥" * 50, "a" * 5000,
    [], [None], [[[[[]]]]], {}, {"id": "x"}, {"a": {"b": {"c": []}}}, "?tab=flow&metric=flow_time", "?from=0000-00-00&to=9999-99-99", "?period=1e9d", "%", "%00", "../../etc/passwd",
    {"query": None}, {"query": 7}, {"query": "?metric=flow_time&from=2026-01-01&to=2026-01-31"}, {"query": "?from=9999-12-31&to=9999-12-31"}, {"startRow": "x"}, {"startRow": 10**40, "endRow": -1},
    {"startRow": 0, "endRow": 5, "sortModel": 3, "filterModel": []}, {"sortModel": [1], "filterModel": {"which": 1}}, {"startRow": {}, "filterModel": {"text": {"filter": []}}},
    {"sortModel": [{"colId": [], "sort": {}}]}, {"query": "?metric=flow_time", "n": []}, "2026-02-30", "0001-01-01", "9999-12-31",
]  # fmt: skip
METHODS = ("GET",) * 8 + ("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")  # what only reads is where the work is
KINDS = (
    "application/json",
    "text/plain",
    "",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-99",
)
LONGEST = 60.0  # seconds; only what hangs takes longer, on a busy machine too


def words(rng: random.Random) -> str:
    picked = rng.choice(ODD)
    text = picked if isinstance(picked, str) else json.dumps(picked)
    return (
        text
        if rng.random() < 0.7
        else "".join(chr(rng.choice([rng.randrange(128), rng.randrange(0xD7FF)])) for _ in range(rng.randrange(40)))
    )


GOOD = (
    "flow_time", "lead_time_for_changes", "7d", "90d", "2026-01-01", "2026-13-01", "flow", "dora", "quality", "0001-01-01", "9999-12-31", "TEAM", "Story", "1", "-1", "csv", "xlsx",
    "durations:inclusive_days", "durations:nonsense", "workflow:x", "definitions:y", ":", "a:b:c", "zone:Mars/Base",
    "project", "type", "assignee", "week", "month", "sprint", "2", "0", "99999999999999999999", "2026-01-01..2026-02-01", "items", "when",
)  # fmt: skip
KNOWN = (*GOOD, *CATALOG, *(each.name for each in CHARTS.values()))


def names() -> tuple[str, ...]:
    """What our queries ask with, and what they do not."""
    ours = [*url.FILTERS, *(own for tab in url.TABS.values() for own in tab.own), url.DEFINITION]
    return ("tab", "period", "from", "to", "metric", "chart", "pick", *dict.fromkeys(ours), "m", "", "view", "q[]")


def query(rng: random.Random) -> str:
    parts = []
    for _ in range(rng.randrange(7)):
        said = words(rng).encode("utf-8", "surrogatepass")
        if rng.random() < 0.5:
            said = rng.choice([*KNOWN, *url.TABS]).encode()
        parts.append(f"{rng.choice(names())}={quote(said) if rng.random() < 0.8 else said.decode('latin-1')}")
    return rng.choice("&&&;").join(parts)


def odd(rng: random.Random) -> Any:
    """A value that some component could have, or none could."""
    return (
        rng.choice(ODD) if rng.random() < 0.7 else {"query": f"?{query(rng)}", "revision": rng.choice(["1", None, 7])}
    )


def route(rng: random.Random, rules: list[Any]) -> tuple[str, str, dict[str, Any]]:
    """A random request to one of the addresses of the server."""
    path = rng.choice(rules).rule
    while "<" in path:
        begin, _, rest = path.partition("<")
        path = (
            begin
            + (
                rng.choice(["csv", "xlsx"])
                if path.startswith("/export/") and rng.random() < 0.8
                else quote(words(rng).encode("utf-8", "surrogatepass")[:200], safe="/" if rng.random() < 0.5 else "")
            )
            + rest.partition(">")[2]
        )
    body = rng.choice(
        [b"", b"{", b"\xff\xfe", b"[" * 3000, rng.randbytes(rng.randrange(200)), json.dumps(rng.choice(ODD)).encode()]
    )
    headers = {"Content-Type": rng.choice(KINDS)} if rng.random() < 0.8 else {}
    for name in (
        "Accept-Encoding",
        "If-None-Match",
        "If-Modified-Since",
        "Range",
        "Cookie",
        "Origin",
        "Authorization",
        "X-Request-Id",
        "Accept",
    ):
        if rng.random() < 0.15:
            headers[name] = "".join(each for each in words(rng)[:100] if 32 <= ord(each) < 127)
    return rng.choice(METHODS), f"/{path.lstrip(chr(47))}?{query(rng)}", {"data": body, "headers": headers}


def call(rng: random.Random, callback: dict[str, Any]) -> dict[str, Any]:
    """A body for one callback that looks like one and is wrong somewhere."""

    def part(each: dict[str, str]) -> Any:
        name = json.loads(each["id"]) if each["id"].startswith("{") else each["id"]
        if isinstance(name, dict):
            name = {
                key: rng.choice([*ODD, "flow_time", "dora"]) if isinstance(value, list) or rng.random() < 0.2 else value
                for key, value in name.items()
            }
        found = {"id": name, "property": each["property"], "value": odd(rng)}
        if rng.random() < 0.05:
            found.pop(rng.choice(list(found)))
        wild = "ALL" in each["id"]
        return [found] * rng.randrange(3) if wild else found

    targets = [
        {"id": name.rpartition(".")[0], "property": name.rpartition(".")[2]}
        for name in callback["output"].strip(".").split("...")
    ]
    for each in targets:
        if each["id"].startswith("{"):
            each["id"] = {
                key: "x" if isinstance(value, list) else value for key, value in json.loads(each["id"]).items()
            }
    body: dict[str, Any] = {
        "output": callback["output"], "outputs": targets if callback["output"].startswith("..") else targets[0],
        "inputs": [part(each) for each in callback["inputs"]], "state": [part(each) for each in callback["state"]],
        "changedPropIds": [f"{each['id']}.{each['property']}" for each in callback["inputs"][:1]],
    }  # fmt: skip
    for name in list(body):
        if rng.random() < 0.06:
            body[name] = rng.choice(ODD)
        elif rng.random() < 0.02:
            del body[name]
        elif isinstance(body[name], list) and rng.random() < 0.06:
            rng.shuffle(body[name])
            body[name] = body[name][: rng.randrange(len(body[name]) + 1)] + (
                [rng.choice(ODD)] if rng.random() < 0.5 else []
            )
    return body


def attack(client: Any, app: Any, count: int, seed: int) -> None:
    """`count` requests, half of them to callbacks; raises at the first that is not refused or answered properly."""
    rng = random.Random(seed)  # noqa: S311 - repeatable
    rules = sorted(app.server.url_map.iter_rules(), key=str)
    callbacks = [each for each in client.get("/_dash-dependencies").json if not each.get("clientside_function")]
    assert len(rules) > 8
    assert len(callbacks) > 8
    client.raise_server_errors = False
    for n in range(count):
        if n % 2:
            method, address, more = route(rng, rules)
        else:
            method, address = "POST", "/_dash-update-component"
            more = {
                "data": json.dumps(call(rng, callbacks[(n // 2) % len(callbacks)])),
                "content_type": "application/json",
            }
        begun = time.monotonic()
        answer = client.open(address, method=method, **more)
        said = f"seed {seed}, request {n}: {method} {address[:300]!r} {str(more)[:1500]} → {answer.status_code}"
        assert answer.status_code < 500, said
        assert b"Traceback" not in answer.get_data(), said
        assert time.monotonic() - begun < LONGEST, said
        answer.close()


@pytest.fixture
def real(use, tmp_path):
    """The real workspace with the data of the sample site, in place of hand-made answers."""
    env = {"THROUGHLINE_HOME": str(tmp_path / "home"), "THROUGHLINE_SETTINGS": str(tmp_path / "settings.json")}
    workspace = use(open_workspace(env, sample=SampleSite(issues=100)))
    assert workspace.sync_now().error is None
    yield workspace
    workspace.cancel_sync()
    workspace.job.wait(60)


def test_a_thousand(client, app, real):
    attack(client, app, 1_000, 1)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(2, 12))
def test_ten_thousand(client, app, real, seed):
    attack(client, app, 1_000, seeding.base() + seed)


def test_words_of_the_address_cannot_be_too_odd(client):
    for odd in ("%ff", "%00", "%ed%a0%80", "a" * 8000, "?", "%", "..%2f..%2fetc/passwd"):
        assert client.get(f"/{odd}").status_code < 500
    assert ids.Page.LOCATION in client.get("/_dash-layout").text
