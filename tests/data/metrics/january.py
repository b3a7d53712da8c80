"""A month in which tests let things happen, and the kinds of issues that DORA metrics look at."""

from __future__ import annotations

from typing import Any

from tests.builders import Item, ask, site

JANUARY = ("2025-01-01", "2025-01-31")


def january(metric: str, *items: Item, mapped: tuple[str, ...] = (), zone: str = "UTC", versions: Any = (), **how: Any):
    return ask(metric, site(*items, mapped=mapped, zone=zone, versions=versions), *JANUARY, **how)


def deployment(when: str, **fields: Any) -> Item:
    """A deployment ticket; other fields of the issue (type, labels, project, links) may be among the names."""
    own = {name: fields.pop(name) for name in ("type", "labels", "project", "links", "components") if name in fields}
    return Item("2024-12-01", **{"type": "Deployment", **own}, fields={"deployment_date": when, **fields})


def change(commit: str | None = None, deployed: str | None = None, **more: Any) -> Item:
    dates = {"code_commit_date": commit, "deployed_to_production_date": deployed}
    return Item("2024-12-01", fields={name: value for name, value in dates.items() if value}, **more)


def incident(detected: str | None, resolved: str | None, **more: Any) -> Item:
    dates = {"incident_detected_at": detected, "incident_resolved_at": resolved}
    fields = {name: value for name, value in dates.items() if value}
    return Item("2024-12-01", type="Incident", fields=fields, **more)
