"""A message that a person can act on: what happened, why we think so, what to do."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from data.values.problem import Problem
from ui.components.icon import icon

_ICONS = {"info": "info-circle", "warning": "exclamation-triangle", "danger": "exclamation-circle"}


def notice(problem: Problem, *, request_id: str = "") -> html.Div:
    """One line (or a few) in the colour of the problem's level."""
    level = problem.level if problem.level in _ICONS else "warning"
    words: list[Component] = [html.Strong(problem.what)]
    words += [html.Span(f" {part}") for part in (problem.why, problem.todo) if part]
    if request_id:
        words.append(html.Span([" Request ", html.Code(request_id)], className="notice-request"))
    role = "status" if level == "info" else "alert"
    return html.Div([icon(_ICONS[level]), html.Div(words)], className=f"notice notice-{level}", role=role)


def notices(problems: tuple[Problem, ...] | list[Problem]) -> list[html.Div]:
    """All of them, the most serious first."""
    order = ("danger", "warning", "info")
    return [notice(each) for each in sorted(problems, key=lambda p: order.index(p.level) if p.level in order else 1)]
