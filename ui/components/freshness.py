"""How old the numbers are."""

from __future__ import annotations

from typing import Any

from dash import html

from data.values.status import Status
from ui.attributes import attributes
from ui.words import moment


def freshness(status: Status) -> Any:
    """The time of the last sync; ui/assets/page.js writes it as an age and keeps it up to date."""
    if status.sync.state == "running":
        return html.Span("Syncing …", className="age")
    if not status.synced_at:
        return html.Span("Never synced", className="age")
    exact = moment(status.synced_at, status.zone)
    return html.Time(
        exact,
        dateTime=status.synced_at,
        title=f"Last sync {exact} ({status.zone or 'UTC'})",
        className="age age-stale" if status.stale else "age",
        **attributes({"data-age": "1"}),
    )
