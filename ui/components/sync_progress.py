"""How far the running sync is: a thin bar with counts."""

from __future__ import annotations

from typing import Any

from dash import html

from data.values.status import SyncState


def progress(sync: SyncState) -> list[Any]:
    """Bar and words; nothing while no sync runs."""
    if sync.state != "running":
        return []
    share = min(sync.done / sync.total, 1.0) if sync.total else None
    bar = html.Div(
        html.Div(className="progress-fill", style={"width": f"{share:.0%}"} if share is not None else {}),
        className="progress-thin" if share is not None else "progress-thin progress-unknown",
    )
    return [bar, html.Span(words(sync), className="progress-words")]


def words(sync: SyncState) -> str:
    """Reading issues · 1,200 of 3,400."""
    what = sync.message or (sync.phase.replace("_", " ").capitalize() if sync.phase else "Syncing")
    if any(each.isdigit() for each in what):  # it counts already
        return what
    if sync.total:
        return f"{what} · {sync.done:,} of {sync.total:,}"
    return f"{what} · {sync.done:,}" if sync.done else what
