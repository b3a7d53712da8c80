"""Entries of an issue's history in the shape of Jira's REST API."""

from __future__ import annotations

from typing import Any

Event = tuple[int, list[dict[str, Any]]]  # when, and what was changed then


def changed_field(
    field: str, before: tuple[str | None, str | None], after: tuple[str | None, str | None], *, custom: str = ""
) -> dict[str, Any]:
    """One changed field; what is empty is left out, as Jira's own description of the answer wants it."""
    item = {"field": field, "fieldtype": "custom" if custom else "jira", "fieldId": custom or field}
    named = {"from": before[0], "fromString": before[1], "to": after[0], "toString": after[1] or ""}
    return item | {name: value for name, value in named.items() if value is not None}
