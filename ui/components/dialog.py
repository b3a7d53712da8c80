"""The frame of every dialog."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc


def dialog(children: list[Any], **properties: Any) -> dbc.Modal:  # Any: what a Bootstrap modal takes
    """A closed modal that appears and goes at once.

    Bootstrap's fade takes the modal away when a transition of it ends, and takes the end of a transition of a button
    inside for it. Where motion is reduced the modal has no transition of its own, so it could stay, unseen, over the
    page.
    """
    return dbc.Modal(children, is_open=False, fade=False, **properties)
