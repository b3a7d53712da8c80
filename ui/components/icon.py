"""Icons of the installed Bootstrap Icons, as masks in one small stylesheet that the server cuts from the package."""

from __future__ import annotations

from dash import html

from ui.attributes import attributes

# Every icon that the page may show. The stylesheet /library/icons.css has exactly these.
ICONS = (
    "arrow-clockwise", "arrow-left", "arrow-right", "arrow-repeat", "bar-chart", "box-arrow-up-right", "braces",
    "bug", "calendar3", "check", "check-circle", "check-circle-fill", "check-lg", "chevron-down", "chevron-left",
    "chevron-right", "chevron-up", "circle", "circle-half", "clipboard", "clock", "clock-history", "cloud-check",
    "dash", "database", "diagram-3", "download", "exclamation-circle", "exclamation-triangle",
    "exclamation-triangle-fill", "eye", "file-earmark-spreadsheet", "file-earmark-text", "filter", "fullscreen",
    "funnel", "gear", "globe", "grid", "hourglass-split", "info-circle", "key", "lightbulb", "lightning-charge",
    "link-45deg", "list-check", "list-ul", "lock", "magic", "moon", "pencil", "person", "plug", "plus",
    "question-circle", "search", "shield-check", "shield-lock", "sliders", "sliders2", "stars", "sun", "table", "tag",
    "three-dots", "trash", "x", "x-circle", "x-lg",
)  # a table: kept in its rows  # fmt: skip


def icon(name: str, extra: str = "") -> html.Span:
    """A decoration beside or instead of words; a button that has only an icon needs its own aria-label."""
    if name not in ICONS:
        raise ValueError(f"{name!r} is not among the icons that the page loads; add it to ICONS")
    return html.Span(className=f"icon icon-{name} {extra}".strip(), **attributes({"aria-hidden": "true"}))
