"""Reads JSON that another system sent: nothing in it is trusted to be there or to be of any type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from data.platform.logs import SECRETS

LONGEST = 2_000  # characters of a text that is kept
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = 0, 4_102_444_800_000_000  # 1970 to 2100, µs
_WRITTEN = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s*(Z|UTC|[+-]\d\d:?\d\d)?", re.IGNORECASE
)


class Unreadable(ValueError):
    """The payload lacks what makes it a report; the message names it."""


def at_path(payload: object, path: str) -> object:
    """What is at a path such as "deployment.sha"; None where there is nothing.

    >>> at_path({"a": {"b": 1}}, "a.b"), at_path({"a": [1]}, "a.b")
    (1, None)
    """
    found = payload
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def text(payload: object, *paths: str) -> str:
    """The first text or number at one of the paths, without what cannot be printed; empty where there is none.

    >>> text({"id": 7, "sha": " ab\\u0000c "}, "none", "sha"), text({"id": 7}, "id"), text({"id": True}, "id")
    ('abc', '7', '')
    """
    for path in paths:
        found = at_path(payload, path)
        if isinstance(found, bool) or not isinstance(found, str | int):
            continue
        said = "".join(each for each in str(found) if each.isprintable()).strip()
        if said:
            return SECRETS.shorten(said, LONGEST)
    return ""


def needed(payload: object, *paths: str) -> str:
    """The same, where it has to be there. Raises Unreadable."""
    if found := text(payload, *paths):
        return found
    raise Unreadable(f"{paths[0]} is missing")


def instant(payload: object, *paths: str) -> int | None:
    """The first instant at one of the paths in µs: ISO 8601 with a zone (UTC without one), or a number since 1970 in
    seconds, ms, µs or ns. None where there is none.

    >>> instant({"at": "2026-11-02T09:30:00.5+01:00"}, "at"), instant({"at": 1_793_608_200_500}, "at")
    (1793608200500000, 1793608200500000)
    """
    for path in paths:
        if (found := microseconds(at_path(payload, path))) is not None:
            return found
    return None


def needed_instant(payload: object, *paths: str) -> int:
    """The same, where it has to be there. Raises Unreadable."""
    if (found := instant(payload, *paths)) is not None:
        return found
    raise Unreadable(f"{paths[0]} is no instant")


def microseconds(said: object) -> int | None:
    """An instant as µs since 1970 UTC; None for what is none between 1970 and 2100.

    >>> microseconds("2021-04-28 21:50:00 +0200"), microseconds("yesterday"), microseconds(1_426_214_175)
    (1619639400000000, None, 1426214175000000)
    """
    if isinstance(said, bool):
        return None
    if isinstance(said, int):
        for size in (1_000_000, 1_000, 1):  # seconds, ms, µs
            if abs(said) < 10_000_000_000 * (1_000_000 // size):
                return _plausible(said * size)
        return _plausible(said // 1_000)
    match = _WRITTEN.fullmatch(said.strip()) if isinstance(said, str) else None
    if match is None:
        return None
    day, clock, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=_zone(zone))
        return _plausible((moment - _EPOCH) // timedelta(microseconds=1) + int((fraction or "0").ljust(6, "0")[:6]))
    except (ValueError, OverflowError):
        return None


def _zone(said: str | None) -> timezone:
    if said is None or said.upper() in ("Z", "UTC"):
        return UTC
    hours, minutes = int(said[1:3]), int(said[-2:])
    return timezone((1 if said[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _plausible(us: int) -> int | None:
    return us if _FIRST <= us < _LAST else None
