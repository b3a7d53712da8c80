"""Whether the data needs a second look: a dot and a word beside its age, leading to the tab "Data quality"."""

from __future__ import annotations

from typing import Any

from dash import html

from data.values.quality import Quality
from ui.attributes import attributes
from ui.words import count


def quality_badge(quality: Quality | None) -> Any:
    """How many findings need somebody, in the colour of the worst; nothing when none does, or when it is not known."""
    found = sum(each.level != "info" for each in quality.findings) if quality else 0
    if quality is None or not found:
        return None
    words = count(found, "finding")
    return html.A(
        [
            html.Span(className="dot", **attributes({"aria-hidden": "true"})),
            html.Span(f"{found:,}"),
            html.Span(words.partition(" ")[2], className="badge-noun"),
        ],
        href="?tab=quality",
        className=f"badge-quality level-{quality.level}",
        title="What in the data makes numbers doubtful",
        **attributes({"data-tab": "quality", "data-nav": "tab", "aria-label": f"Data quality: {words}"}),
    )


def last_sync(quality: Quality | None) -> str:
    """A mark of the last sync, whether it ended well or not: when it ended."""
    return str(((quality and quality.sync) or {}).get("finished_at") or "")
