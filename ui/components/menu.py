"""A button that opens a small panel under it; ui/assets/page.js opens and closes it."""

from __future__ import annotations

from typing import Any

from dash import html

from ui.attributes import attributes
from ui.components.icon import icon


def menu(
    label: Any,
    panel: Any,
    *,
    name: str,
    words: str,
    className: str = "",
    button: dict[str, Any] | None = None,
    align: str = "start",
) -> html.Div:
    """`name` is unique on the page; `words` describe the panel to those who cannot see it."""
    return html.Div(
        [
            html.Button(
                [html.Span(label, className="menu-label"), icon("chevron-down", "chevron")],
                type="button",
                className="btn-quiet menu-button",
                **attributes({"data-menu": name, "aria-expanded": "false", "aria-haspopup": "dialog"}),
                **(button or {}),
            ),
            html.Div(
                panel,
                className=f"menu-panel menu-{align}",
                role="dialog",
                **attributes({"data-panel": name, "aria-label": words}),
            ),
        ],
        className=f"menu {className}".strip(),
    )
