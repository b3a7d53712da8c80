"""Answers that are a little wrong: values of another type, depth, size, marks, encodings, statuses and headers."""

from __future__ import annotations

import copy
import gzip
import json
import random
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from tests.faults.server import Reply

DEEP = 1_200  # levels, more than a usual reader takes
# Never what Jira would send in that place. Strings are not swapped for strings, nor numbers for numbers: what looks
# like a good value nobody can tell from one.
SWAPS: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**63,
    10**30,
    1.5,
    "",
    "x",
    "9" * 30,
    [],
    {},
    [3],
    [None],
    [[]],
    {"a": 1},
    ["x", {}],
    "\\ud800",
)
Path = tuple[Any, ...]
# What a change is of, and whether more pages follow: where nothing (or another text) stands nobody can notice.
_NAMES, _ENDS = ("field", "fieldId"), ("nextPageToken", "isLast")


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    """Where something stands in a JSON value, the whole included."""
    yield here
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield from paths(each, (*here, name))


def at(value: Any, path: Path) -> Any:
    """What stands there."""
    for name in path:
        value = value[name]
    return value


def put(value: Any, path: Path, new: Any) -> Any:
    """A copy with something else there."""
    if not path:
        return new
    value = copy.deepcopy(value)
    at(value, path[:-1])[path[-1]] = new
    return value


def without(value: Any, path: Path) -> Any:
    """A copy without what stands there."""
    value = copy.deepcopy(value)
    del at(value, path[:-1])[path[-1]]
    return value


def kind(value: Any) -> str:
    """The JSON type; whole numbers and texts of digits are one: Jira writes ids as either."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float) or (isinstance(value, str) and value.lstrip("-").isdigit()):
        return "number"
    return type(value).__name__


def is_noticed(path: Path, new: Any) -> bool:
    """Whether a value of another type can be told from a good answer there."""
    name = path[-1] if path else ""
    return not ((name in _NAMES and (new is None or isinstance(new, str))) or (name in _ENDS and new in (None, True)))


def swapped(dice: random.Random, value: Any) -> bytes:
    """A value of another type somewhere."""
    path = dice.choice(list(paths(value)))
    old = at(value, path)
    new = dice.choice([each for each in SWAPS if kind(each) != kind(old) and is_noticed(path, each)])
    return json.dumps(put(value, path, new)).encode()


def lacking(dice: random.Random, value: Any) -> bytes:
    """Without one name of an object."""
    named = [path for path in paths(value) if path and isinstance(path[-1], str) and path[-1] not in _NAMES + _ENDS]
    return json.dumps(without(value, dice.choice(named)) if named else value).encode()


def deep(dice: random.Random, value: Any) -> bytes:
    """Something nested more deeply than readers take, in some place."""
    path = dice.choice(list(paths(value)))
    levels = dice.choice([100, 250, 500, 900, DEEP, 20_000])
    opened, closed = dice.choice([("[", "]"), ('{"a":', "}"), ('{"content":[', "]}")])
    text = json.dumps(put(value, path, "@deep@"))
    closing = dice.choice([levels, levels, 0])
    return text.replace('"@deep@"', opened * levels + "1" + closed * closing, 1).encode()


def twice(dice: random.Random, value: Any) -> bytes:
    """An entry of a list twice, or very often."""
    lists = [
        path
        for path in paths(value)
        if path[-1:] != ("items",) and isinstance(at(value, path), list) and at(value, path)
    ]
    if not lists:
        return json.dumps(value).encode()
    path = dice.choice(lists)
    rows = at(value, path)
    return json.dumps(put(value, path, [*rows, *[dice.choice(rows)] * dice.choice([1, 2, 300])])).encode()


def garbled(dice: random.Random, value: Any) -> bytes:
    """Bytes that are another text, or none."""
    text = json.dumps(value)
    data = text.encode()
    cut = dice.randrange(len(data) + 1)
    return dice.choice(
        [
            b"",
            b"null",
            b"[",
            b"{",
            b'"',
            b"[" * 100_000,
            b'{"a":' * 50_000,
            b"NaN",
            b"-",
            b"1" * 10_000,
            data[:cut],
            data + b"x",
            data * 2,
            data[:cut] + bytes([dice.choice([0, 7, 0x80, 0xC3, 0xFF])]) + data[cut + 1 :],
            data[:cut] + b"\x00" + data[cut:],
            b"<html>" + data,
            b"\xff\xfe" + data,
            text.replace(":", ": 1e999,", 1).encode(),
            data.replace(b'"', b"'"),
            text.encode("utf-16"),
            text.encode("utf-16-le"),
            text.encode("utf-32"),
            b"\x1f\x8b" + data,
            b" " * 100_000 + data,
        ]
    )


BODIES: tuple[tuple[int, Callable[[random.Random, Any], bytes]], ...] = (
    (10, swapped),
    (3, lacking),
    (3, deep),
    (2, twice),
    (3, garbled),
)
STATUSES = (
    200,
    200,
    201,
    202,
    203,
    204,
    205,
    206,
    207,
    226,
    299,
    300,
    302,
    304,
    307,
    400,
    401,
    403,
    404,
    405,
    408,
    410,
    413,
    418,
    425,
    429,
    500,
    502,
    503,
    504,
    511,
    599,
)
HEADERS: tuple[dict[str, str], ...] = (
    {"Content-Type": "text/html"},
    {"Content-Type": ""},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Type": "application/json; charset=nonsense"},
    {"Content-Type": "\xff"},
    {"Retry-After": "9" * 40},
    {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"Retry-After": "-1"},
    {"Retry-After": "²"},
    {"Retry-After": "1e9"},
    {"X-RateLimit-Reset": "9999-12-31T23:59:59Z"},
    {"X-RateLimit-Reset": "0001-01-01"},
    {"X-RateLimit-Reset": "99999999999"},
    {"Date": "Mon, 01 Jan 0001 00:00:00 GMT"},
    {"Date": "Fri, 31 Dec 9999 23:59:59 -2359"},
    {"Date": "Fri, 99 Foo 10000"},
    {"Location": "http://[::1"},
    {"Location": "http://h:99999/"},
    {"Location": "//"},
    {"Location": "\x00"},
    {"Location": "http://"},
    {"Location": "/rest/api/3/serverInfo"},
    {"Location": "https://xn--.example/"},
    {"Location": "ftp://x"},
    {"Location": "?" * 9000},
    {"Set-Cookie": "a=b; expires=Foo, 99-Bar-99999 99:99:99"},
    {"Set-Cookie": "=;;=\xff"},
    {"RateLimit-Reason": "x" * 9000},
    {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"},
    {"X-Seraph-LoginReason": "\xff"},
    {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE"},
    {"Content-Encoding": "gzip"},
    {"Content-Encoding": "br"},
    {"Content-Encoding": "zstd"},
    {"Content-Encoding": "nonsense"},
    {"Content-Encoding": "deflate, gzip, deflate"},
)


def packed(dice: random.Random, data: bytes) -> tuple[dict[str, str], bytes]:
    """Compressed as told, or not quite."""
    name, work = dice.choice([("gzip", gzip.compress), ("deflate", zlib.compress)])
    done = work(data)
    cut = dice.choice([len(done), len(done), dice.randrange(len(done))])
    return {"Content-Encoding": name}, done[:cut]


def change(dice: random.Random, value: Any) -> Reply:
    """A good answer made wrong in one way (sometimes in two)."""
    headers = {"Content-Type": "application/json"}
    data, code = json.dumps(value).encode(), 200
    pick = dice.random()
    if pick < 0.75:
        makers = [each for weight, each in BODIES for _ in range(weight)]
        data = dice.choice(makers)(dice, value)
        if dice.random() < 0.1:
            data = b"\xef\xbb\xbf" + data
    elif pick < 0.8:
        data = b"\xef\xbb\xbf" + data
    if pick > 0.7:
        code = dice.choice(STATUSES)
    if 0.85 < pick < 0.95:
        headers |= dice.choice(HEADERS)
    elif pick > 0.95:
        more, data = packed(dice, data)
        headers |= more
    return Reply(code, headers, data)
