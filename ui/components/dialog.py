"""The frame of every dialog, and the last row of those that save."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html


def dialog(children: list[Any], **properties: Any) -> dbc.Modal:  # Any: what a Bootstrap modal takes
    """A closed modal that appears and goes at once.

    Bootstrap's fade takes the modal away when a transition of it ends, and takes the end of a transition of a button
    inside for it. Where motion is reduced the modal has no transition of its own, so it could stay, unseen, over the
    page.
    """
    return dbc.Modal(children, is_open=False, fade=False, **properties)


def save_footer(cancel: str, save: str) -> html.Div:
    """The last row of a dialog that saves something, from the ids of its two buttons."""
    return html.Div(
        [
            html.Button("Cancel", id=cancel, type="button", className="btn-quiet"),
            html.Button("Save", id=save, type="button", className="btn-primary-quiet"),
        ],
        className="modal-footer",
    )
