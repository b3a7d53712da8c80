"""What the unsaved choices would do to the numbers, before anything is saved."""

from __future__ import annotations

from typing import Any

from dash import html

from data.settings.fields import FIELDS
from data.values.metric_value import ErrorState, MetricValue
from ui.components.icon import icon
from ui.words import headline

_INSTEAD = {
    ErrorState.MISSING_MAPPING: "needs mapping",
    ErrorState.NO_DATA: "no data",
    ErrorState.CALCULATION_ERROR: "could not be calculated",
}


def preview(pairs: list[tuple[MetricValue, MetricValue]], label: str, waiting: list[str], changes: int) -> list[Any]:
    """`pairs` before and after, only those that differ; `waiting`: our fields whose values are read after saving."""
    if not changes:
        return []
    head = html.H4(["What this does to the numbers", html.Span(label, className="preview-period")])
    lines: list[Any] = [
        html.Li(
            [
                html.Span(after.details.get("title") or after.metric_name, className="preview-name"),
                html.Span(_change(before, after, waiting), className="preview-change"),
            ]
        )
        for before, after in pairs
    ]
    body: list[Any] = [html.Ul(lines, className="preview-lines")] if lines else []
    if waiting:
        names = [FIELDS[each].title for each in waiting]
        listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
        them = "them" if len(names) > 1 else "it"
        words = (
            f"Not read from Jira yet: {listed}. Saving reads {them}; until then numbers that use {them} are not right."
        )
        body.append(html.P([icon("hourglass-split"), words], className="preview-note"))
    elif not lines:
        body.append(html.P("No number of this period changes.", className="preview-note"))
    return [head, *body]


def _change(before: MetricValue, after: MetricValue, waiting: list[str]) -> list[Any]:
    words = "fills in after saving" if _waits(after, waiting) else _words(after)
    return [
        html.Span(_words(before), className="preview-before"),
        icon("arrow-right"),
        html.Span(" then ", className="visually-hidden"),
        html.Span(words, className="preview-after" + ("" if after.ok else " is-none")),
    ]


def preview_problem(words: str) -> list[Any]:
    """When the numbers cannot be calculated yet."""
    return [html.H4("What this does to the numbers"), html.P(words, className="preview-note")]


def _waits(value: MetricValue, waiting: list[str]) -> bool:
    return not value.ok and bool(set(value.details.get("needs") or ()) & set(waiting))


def _words(value: MetricValue) -> str:
    if not value.ok:
        return _INSTEAD.get(ErrorState(value.error_state), "–")
    shown, unit = headline(value)
    if value.metric_name == "flow_distribution" and (shares := value.details.get("distribution")):
        return " · ".join(f"{name.replace('_', ' ')} {share:g} %" for name, share in shares.items())
    return f"{shown} {unit}".strip()
