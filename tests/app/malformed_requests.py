"""Draws requests that are wrong in many ways: addresses, queries and calls of callbacks."""

from __future__ import annotations

import json
import random
import types
import typing
from typing import Any
from urllib.parse import quote

from callbacks.body_types import shape_of
from data.charts.registry import CHARTS
from data.metrics import CATALOG
from data.values.question import FILTER, SHORT
from ui import url

ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    float("nan"),
    "",
    "x",
    "\x00",
    "\ud800",
    "'\"><script>alert(1)</script>",
    "=1+1",
    "💥" * 50,
    "a" * 5000,
    [],
    [None],
    [[[[[]]]]],
    {},
    {"id": "x"},
    {"a": {"b": {"c": []}}},
    "?tab=flow&metric=flow_time",
    "?from=0000-00-00&to=9999-99-99",
    "?period=1e9d",
    "%",
    "%00",
    "../../etc/passwd",
    {"query": None},
    {"query": 7},
    {"query": "?metric=flow_time&from=2026-01-01&to=2026-01-31"},
    {"query": "?from=9999-12-31&to=9999-12-31"},
    {"startRow": "x"},
    {"startRow": 10**40, "endRow": -1},
    {"startRow": 0, "endRow": 5, "sortModel": 3, "filterModel": []},
    {"sortModel": [1], "filterModel": {"which": 1}},
    {"startRow": {}, "filterModel": {"text": {"filter": []}}},
    {"sortModel": [{"colId": [], "sort": {}}]},
    {"query": "?metric=flow_time", "n": []},
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
]
METHODS = ("GET",) * 8 + ("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")  # what only reads is where the work is
KINDS = (
    "application/json",
    "text/plain",
    "",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-99",
)


def words(rng: random.Random) -> str:
    picked = rng.choice(ODD)
    text = picked if isinstance(picked, str) else json.dumps(picked)
    return (
        text
        if rng.random() < 0.7
        else "".join(chr(rng.choice([rng.randrange(128), rng.randrange(0xD7FF)])) for _ in range(rng.randrange(40)))
    )


GOOD = (
    "flow_time",
    "lead_time_for_changes",
    "7d",
    "90d",
    "2026-01-01",
    "2026-13-01",
    "flow",
    "dora",
    "quality",
    "0001-01-01",
    "9999-12-31",
    "TEAM",
    "Story",
    "1",
    "-1",
    "csv",
    "xlsx",
    "durations:inclusive_days",
    "durations:nonsense",
    "workflow:x",
    "definitions:y",
    ":",
    "a:b:c",
    "zone:Mars/Base",
    "assignee:in:Ann",
    "status:not_in:Done",
    "sprint:in:",
    "team:in:Blue",
    "huh:in:x",
    "type:sounds:x",
    "project",
    "type",
    "assignee",
    "week",
    "month",
    "sprint",
    "2",
    "0",
    "99999999999999999999",
    "2026-01-01..2026-02-01",
    "items",
    "when",
)
# The ends of the calendar, those of the days that may be asked for, and days that there are not.
DAYS = (
    "0001-01-01",
    "0001-01-02",
    "0001-12-31",
    "1969-12-31",
    "1970-01-01",
    "1970-12-31",
    "2026-02-29",
    "2026-06-30",
    "2026-07-31",
    "2199-01-01",
    "2199-12-31",
    "2200-01-01",
    "9998-12-31",
    "9999-12-30",
    "9999-12-31",
    "10000-01-01",
    "-0001-01-01",
    "2026-W01-1",
    "20260131",
)
KNOWN = (*GOOD, *CATALOG, *(each.name for each in CHARTS.values()))


def names() -> tuple[str, ...]:
    """What our queries ask with, and what they do not."""
    ours = [*SHORT, FILTER, *(own for tab in url.TABS.values() for own in tab.own), url.DEFINITION]
    return ("tab", "period", "from", "to", "metric", "chart", "pick", *dict.fromkeys(ours), "m", "", "view", "q[]")


def query(rng: random.Random) -> str:
    parts = []
    if rng.random() < 0.2:
        parts += [f"from={rng.choice(DAYS)}", f"to={rng.choice(DAYS)}"]
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


def value_of(shape: Any, rng: random.Random, name: str = "") -> Any:
    """A value of the type that the input is declared to have: what is wrong with it is its meaning."""
    origin, parts = typing.get_origin(shape), typing.get_args(shape)
    if origin in (typing.Union, types.UnionType):
        return value_of(rng.choice([each for each in parts if each is not type(None) or rng.random() < 0.3]), rng, name)
    if origin is typing.Literal:
        return rng.choice(parts)
    if typing.is_typeddict(shape):
        hints = typing.get_type_hints(shape)
        held = {each for each in hints if each in shape.__required_keys__ or rng.random() < 0.6}
        return {each: value_of(hints[each], rng, each) for each in hints if each in held}
    if origin in (list, tuple, dict) and not parts:
        return origin()
    if origin is tuple:
        return [value_of(each, rng) for each in parts]
    if origin is list:
        return [value_of(parts[0], rng) for _ in range(rng.randrange(4))]
    if origin is dict:
        return {
            rng.choice(KEYS) if rng.random() < 0.8 else words(rng): value_of(parts[1], rng)
            for _ in range(rng.randrange(5))
        }
    return _plain(shape, rng, name)


def _plain(shape: Any, rng: random.Random, name: str) -> Any:
    if shape is type(None):
        return None
    if shape is bool:
        return rng.random() < 0.5
    if shape in (int, float):
        return rng.choice(
            [0, 1, -1, 2, 50, 10**6, 2**53, 2**63 - 1, -(10**9)] + ([0.5, -1e300] if shape is float else [])
        )
    if shape is str:
        if name == "query" or (not name and rng.random() < 0.2):
            return f"?{query(rng)}"
        return rng.choice(WORDS) if rng.random() < 0.6 else words(rng)
    return rng.choice(ODD)  # Any


# What the page's own values are made of: keys of drafts, sections, kinds, states.
KEYS = (
    "field/deployment_date",
    "field/flow_item_type",
    "field/nope",
    "phase/1",
    "phase/3",
    "work/3",
    "work/",
    "type/Story",
    "type/Bug",
    "type/",
    "setting/durations",
    "setting/working_time.weekdays",
    "setting/working_time.holidays",
    "setting/zone",
    "setting/blocked_statuses",
    "setting/nope.nope",
    "setting/",
    "x",
    "",
    "which",
    "text",
    "filter",
    "definitions",
    "dora_flow_config",
    "field_mappings",
    "workflow",
)
WORDS = (
    "saved",
    "error",
    "conflict",
    "asked",
    "opened",
    "retry",
    "theirs",
    "loading",
    "validating",
    "fields",
    "workflow",
    "types",
    "definitions",
    "dora/deployment_date",
    "flow/flow_item_type",
    "customfield_10001",
    "new",
    "indeterminate",
    "done",
    "active",
    "Feature",
    "outcome",
    "job",
    "painpoint",
    "satisfaction",
    "time",
    "register",
    "delete",
    "import",
    "records.csv",
    "records.json",
    "kind,job_id\njob,x",
    "[]",
    "{}",
    "12.5",
    "reason:x",
    "used",
    "asc",
    "flow_time",
    *DAYS,
)
NAMES = (
    "older",
    "newer",
    "deployment_date",
    "accept-all",
    "clear:deployment_date",
    "reset:workflow",
    "reset:types",
    "outcome",
    "title",
    "actual",
    "working_time.weekdays",
    "zone",
    "3",
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
        "Sec-Fetch-Site",
        "X-Forwarded-For",
    ):
        if rng.random() < 0.15:
            headers[name] = "".join(each for each in words(rng)[:100] if 32 <= ord(each) < 127)
    if rng.random() < 0.05:
        headers["Host"] = rng.choice(["evil.example", "", "[", "[::1", "localhost:x", "a" * 500, ":", "127.0.0.1.evil"])
    return rng.choice(METHODS), f"/{path.lstrip(chr(47))}?{query(rng)}", {"data": body, "headers": headers}


def part(each: dict[str, str], rng: random.Random, odd_ones: float) -> Any:
    """One input or state: named as declared, with a value of its type or an odd one."""
    name = json.loads(each["id"]) if each["id"].startswith("{") else each["id"]
    if isinstance(name, dict):
        name = {key: _named(value, rng, odd_ones) for key, value in name.items()}
    value = odd(rng) if rng.random() < odd_ones else value_of(shape_of(each["id"], each["property"]), rng)
    if each["property"] == "id" and rng.random() > odd_ones:
        value = name
    found = {"id": name, "property": each["property"], "value": value}
    if rng.random() < odd_ones / 10:
        found.pop(rng.choice(list(found)))
    wild = "ALL" in each["id"]
    return [found] * rng.randrange(3) if wild else found


def _named(value: Any, rng: random.Random, odd_ones: float) -> Any:
    """What a pattern leaves open, mostly a text; what it fixes, mostly as it is."""
    if isinstance(value, list):
        return rng.choice([*ODD, *WORDS]) if rng.random() < odd_ones else rng.choice([*KNOWN, *WORDS, *NAMES])
    return rng.choice(ODD) if rng.random() < odd_ones / 10 else value


def call(rng: random.Random, callback: dict[str, Any]) -> dict[str, Any]:
    """A body for one callback that looks like one and is wrong somewhere."""
    targets = [
        {"id": name.rpartition(".")[0], "property": name.rpartition(".")[2]}
        for name in callback["output"].strip(".").split("...")
    ]
    for each in targets:
        if each["id"].startswith("{"):
            each["id"] = {
                key: "x" if isinstance(value, list) else value for key, value in json.loads(each["id"]).items()
            }
    odd_ones = rng.choice([0.0, 0.0, 0.05, 0.3])  # most have to come past the door
    inputs = [part(each, rng, odd_ones) for each in callback["inputs"]]
    body: dict[str, Any] = {
        "output": callback["output"],
        "outputs": targets if callback["output"].startswith("..") else targets[0],
        "inputs": inputs,
        "state": [part(each, rng, odd_ones) for each in callback["state"]],
        "changedPropIds": [name for each in inputs[:] if rng.random() < 0.5 for name in changed(each)],
    }
    for name in list(body):
        if rng.random() < odd_ones / 10:
            body[name] = rng.choice(ODD)
        elif rng.random() < odd_ones / 20:
            del body[name]
        elif isinstance(body[name], list) and rng.random() < odd_ones / 10:
            rng.shuffle(body[name])
            body[name] = body[name][: rng.randrange(len(body[name]) + 1)] + (
                [rng.choice(ODD)] if rng.random() < 0.5 else []
            )
    return body


def changed(part_: Any) -> list[str]:
    """How the browser names an input that changed."""
    if isinstance(part_, list):
        return [name for each in part_ for name in changed(each)]
    if not isinstance(part_, dict) or "id" not in part_ or "property" not in part_:
        return []
    name = part_["id"]
    written = json.dumps(name, sort_keys=True, separators=(",", ":")) if isinstance(name, dict) else name
    return [f"{written}.{part_['property']}"]
