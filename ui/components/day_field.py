"""A day that is picked from the browser's calendar and read as 16 Nov 2026, however the browser writes days."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from ui.attributes import attributes


def day_field(**given: Any) -> html.Span:
    """A field of type date; ui/assets/days.js writes its day over it in words while nobody types in it."""
    return html.Span(
        [
            dbc.Input(type="date", class_name="form-control-sm", **given),
            html.Span(className="day-words", **attributes({"aria-hidden": "true"})),
        ],
        className="day-field",
    )
