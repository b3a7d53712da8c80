"""Jira's ways to write an instant, read as microseconds since 1970 UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

_SHORT_OFFSET = re.compile(r"[+-]\d{2}$")


def instant(value: Any) -> int | None:
    """Microseconds since 1970 UTC from ISO text with any offset, a plain date (midnight UTC), or epoch s or ms.

    None for anything else; never raises.

    >>> instant("2025-01-15T10:00:00.000+0100") == instant("2025-01-15T09:00:00Z") == instant(1736931600)
    True
    >>> instant(1736931600123), instant("soon")
    (1736931600123000, None)
    """
    try:
        # timestamp() is exact to the microsecond for any date people use: round() only removes the float's noise.
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1_000_000)
    except (TypeError, ValueError, OverflowError):
        return _unusual(value)


def instant_of_field(value: Any) -> int | None:
    """Microseconds since 1970 UTC of an issue's or a comment's date, which Jira always writes as text; else None.

    >>> instant_of_field("1970-01-01T00:00:01Z"), instant_of_field(1), instant_of_field("1")
    (1000000, None, None)
    """
    return instant(value) if isinstance(value, str) and "-" in value else None


def _unusual(value: Any) -> int | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _epoch(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if text.lstrip("-").replace(".", "", 1).isdigit():
            return _epoch(float(text))
        text = text.replace("/", "-").replace(" ", "T", 1).replace(" ", "")
        if _SHORT_OFFSET.search(text) and "T" in text:
            text += ":00"
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        return None


def _epoch(number: float) -> int | None:
    """Seconds below 10^11 (the year 5138), milliseconds above, up to the year 9892."""
    if number != number or abs(number) >= 2.5e14:
        return None
    return round(number * 1_000_000) if abs(number) < 1e11 else round(number * 1_000)
