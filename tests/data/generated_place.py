"""The generated site as plain items, for calculations that are compared with the product's."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sample.generator import generate
from tests.builders import Item, at
from tests.data.metrics.test_real_issues import item_of, statuses_of


@cache
def generated() -> tuple[list[Item], tuple[tuple[str, str, str], ...], str]:
    """The generated site as plain items."""
    made = generate(400, seed=3, until=date(2026, 11, 1))
    issues = [issue.to_dict() for issue in made.issues]
    for issue in issues:  # what the site leaves out where it is empty
        issue["fields"] = {
            "issuelinks": [],
            "fixVersions": [],
            "resolution": None,
            "resolutiondate": None,
            **issue["fields"],
        }
    places = {issue["id"]: n for n, issue in enumerate(issues)}
    items = [item_of(issue, places, {}) for issue in issues]
    for item, issue in zip(items, issues, strict=True):
        item.assignee = (issue["fields"].get("assignee") or {}).get("displayName")
    return items, statuses_of(issues, made.statuses), made.zone


def generated_place(first: str, last: str) -> dict[str, Any]:
    """The generated site and a period of it, as the oracles take them."""
    items, statuses, zone = generated()
    return {
        "items": items,
        "zone": zone,
        "first": date.fromisoformat(first),
        "last": date.fromisoformat(last),
        "now": at("2026-10-30 12:00", zone),
        "mapped": frozenset(),
        "statuses": statuses,
    }


def active_statuses(place: dict[str, Any]) -> list[str]:
    """The statuses of the place in which somebody works on an issue."""
    return [status for status, name, _ in place["statuses"] if name in ("In Progress", "Testing")]
