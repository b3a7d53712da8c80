"""What telemetry may contain: spans and events with a fixed list of attributes, without secrets or what people
wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from data.platform.logs import SECRETS

LONGEST = 80  # characters of an attribute
# Whatever else somebody hands in is dropped: a list cannot forget to leave something out.
ATTRIBUTES = frozenset(
    {
        "command", "exit_code", "callback", "http.status_code", "error.type", "family", "state", "issues", "mode",
        "changed", "complete", "records", "files", "broken", "triples", "jtbd.job.id", "jtbd.job.persona",
        "jtbd.job.status", "jtbd.job.duration_seconds", "jtbd.outcome.id", "jtbd.outcome.persona",
        "jtbd.outcome.status", "jtbd.outcome.expected", "jtbd.outcome.actual", "jtbd.outcome.achievement_rate",
        "jtbd.painpoint.id", "jtbd.painpoint.persona", "jtbd.painpoint.severity_before",
        "jtbd.painpoint.severity_after", "jtbd.painpoint.effectiveness", "jtbd.time.outcome_id", "jtbd.time.persona",
        "jtbd.time.duration_seconds", "jtbd.satisfaction.outcome_id", "jtbd.satisfaction.persona",
        "jtbd.satisfaction.level", "jtbd.satisfaction.scale", "jtbd.source",
    }
)  # a table: kept in its rows  # fmt: skip


class Noted(NamedTuple):
    """A span that has ended, or (`end` is 0) an event. Instants in ns since 1970 UTC; `parent` 0: none."""

    name: str
    trace: int
    span: int
    parent: int
    start: int
    end: int
    failed: bool
    attributes: dict[str, Any]


def allowed(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that may be told, short and without secrets.

    >>> allowed({"family": "flow", "summary": "Ann's issue", "issues": 5, "mode": None})
    {'family': 'flow', 'issues': 5}
    """
    return {
        name: _clean(value, SECRETS.words) if isinstance(value, str) else value
        for name, value in attributes.items()
        if name in ATTRIBUTES and isinstance(value, str | int | float | bool)
    }


@lru_cache(maxsize=2048)
def _clean(text: str, _words: tuple[str, ...]) -> str:
    """Cleaned again when another secret is known."""
    return SECRETS.shorten(text, LONGEST)
