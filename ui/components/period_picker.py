"""Pick the days to look at: the last 7, 30 or 90, or any two dates."""

from __future__ import annotations

from dash import html

from data.values.periods import PRESETS, Period
from ui import ids
from ui.attributes import attributes
from ui.components.day_field import day_field
from ui.components.icon import icon
from ui.components.menu import menu
from ui.url import PageView
from ui.words import span


def period_picker() -> html.Div:
    """Button with the period in words; its panel has the presets and two dates."""
    presets = [
        html.Button(
            [icon("check", "tick"), f"Last {days} days"],
            type="button",
            className="preset",
            **attributes({"data-period": name, "aria-pressed": "false"}),
        )
        for name, days in PRESETS.items()
    ]
    dates = html.Div(
        [
            html.Label(["From", day_field(id=ids.Period.FROM)], className="date"),
            html.Label(["To", day_field(id=ids.Period.TO)], className="date"),
            html.Div(className="dates-said", role="status"),  # both days in words, or why they are no period
            html.Button("Show", type="button", className="btn-primary-quiet", **attributes({"data-dates": "show"})),
        ],
        className="dates",
    )
    return menu(
        [icon("calendar3"), html.Span("Period", id=ids.Period.LABEL, className="period-label")],
        [
            html.Div(presets, className="presets"),
            html.Div("Any period, up to 366 days", className="menu-heading"),
            dates,
        ],
        name="period",
        words="Choose the period",
        className="period-menu",
        button={"id": ids.Period.BUTTON},
    )


def label(view: PageView) -> str:
    """Last 30 days, or Chosen dates."""
    return f"Last {PRESETS[view.period]} days" if view.period else "Chosen dates"


def compared(period: Period) -> str:
    """vs 18 Sep – 17 Oct."""
    before = period.previous()
    words = span(before.first, before.last)
    same_year = before.first.year == before.last.year == period.last.year
    return f"vs {words.removesuffix(f' {before.last.year}') if same_year else words}"
