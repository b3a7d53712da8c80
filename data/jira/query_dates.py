"""How far back a query reaches: the answer to a query for recently updated issues is incomplete for earlier days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from data.values.periods import zone_named

_UNITS = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1}  # Jira's relative dates, in minutes
_RELATIVE = re.compile(r"\bupdated(?:date)?\s*>=?\s*[\"']?-(\d+)([wdhm])\b", re.IGNORECASE)
_DAY = re.compile(r"\bupdated(?:date)?\s*>=?\s*[\"'](\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.IGNORECASE)
_OTHER_WAYS_IN = re.compile(r"\b(or|not)\b", re.IGNORECASE)


def complete_since(jql: str, synced_at: datetime, zone: str) -> datetime | None:
    """The instant since which every matching issue that changed is held; None when the query sets no such bound.

    An issue finished before it and left alone since is missing, so counts of earlier days would be too low.

    >>> complete_since("project = X AND updated >= -30d", datetime(2026, 1, 31, tzinfo=UTC), "UTC").isoformat()
    '2026-01-01T00:00:00+00:00'
    >>> complete_since("project = X", datetime(2026, 1, 31, tzinfo=UTC), "UTC")
    """
    if _OTHER_WAYS_IN.search(re.sub(r"\"[^\"]*\"|'[^']*'", "", jql)):
        return None  # other issues may come in as well: we cannot tell
    if found := _RELATIVE.search(jql):
        minutes = int(found[1]) * _UNITS[found[2].lower()]
        return (synced_at - timedelta(minutes=minutes)).astimezone(UTC) if minutes < 10**8 else None
    if found := _DAY.search(jql):
        try:
            day = date(*(int(part) for part in found.groups()))
        except ValueError:
            return None
        return datetime(day.year, day.month, day.day, tzinfo=zone_named(zone)).astimezone(UTC)
    return None
