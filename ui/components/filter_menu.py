"""Filters of the page: a button that lists fields, then the values of one; and what is chosen, as chips.

ui/assets/filters.js draws fields, values and chips from the choices and the address.
"""

from __future__ import annotations

import json

import dash_bootstrap_components as dbc
from dash import html

from data.values.filters import Choices, Filters, did_you_mean
from data.values.problem import Problem
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.menu import menu
from ui.components.notice import notice

_MOST = 1_000  # values in one list, the most used ones
_MOST_SAID = 3  # sentences about names that no issue has


def filter_bar(choices: Choices) -> html.Div:
    """The button with its panel, and the place of the chips."""
    return html.Div(
        [
            menu(
                [icon("funnel"), html.Span("Add filter", className="menu-text")],
                html.Div(
                    _panel(),
                    id=ids.Filter.PANEL,
                    className="filter-panel",
                    **attributes({"data-filter-panel": "1", "data-choices": options(choices)}),
                ),
                name="filter",
                words="Add a filter",
                className="filter-menu",
            ),
            html.Div(
                className="filter-chips",
                role="list",
                **attributes({"data-filter-chips": "1", "aria-label": "Filters of this view"}),
            ),
        ],
        className="filters-lists",
    )


def _panel() -> list[html.Div]:
    return [
        html.Div(
            [
                html.Button(
                    icon("chevron-left"),
                    type="button",
                    className="btn-icon filter-back",
                    title="All fields",
                    **attributes({"data-filter-back": "1", "aria-label": "Back to all fields"}),
                ),
                html.Span(className="filter-field", **attributes({"data-filter-field": "1"})),
                html.Div(
                    [
                        html.Button(
                            words,
                            type="button",
                            className="switch-choice",
                            **attributes({"data-filter-op": op, "aria-pressed": "false"}),
                        )
                        for op, words in (("in", "is"), ("not_in", "is not"))
                    ],
                    className="filter-ops",
                    role="group",
                    **attributes({"aria-label": "Which issues count: those with one of the values, or all others"}),
                ),
            ],
            className="filter-head",
            **attributes({"data-filter-head": "1"}),
        ),
        html.Div(
            dbc.Input(
                type="search",
                placeholder="Find a field",
                className="menu-search",
                autocomplete="off",
                id=ids.Filter.SEARCH,
                class_name="form-control-sm",
            ),
            className="menu-find",
        ),
        html.Div(className="options", role="group", **attributes({"data-filter-list": "1"})),
        html.Div(
            html.Button(
                "Clear all", type="button", className="btn-link-quiet", **attributes({"data-filter-clear": "1"})
            ),
            className="filter-foot",
        ),
    ]


def not_filterable() -> html.Div:
    """In place of numbers of which a link asks with a filter that cannot be applied; the row of filters says why."""
    problem = Problem(
        "These issues cannot be chosen as this link asks.",
        todo="The reason is above; × takes a filter out.",
        level="info",
    )
    return html.Div(notice(problem), className="line-empty")


def unknown(choices: Choices, filters: Filters) -> str:
    """A sentence for each chosen name that no issue has; empty without data."""
    titles = {each.field.name: each.field.title for each in choices.fields}
    said = []
    for each, name in choices.unknown(filters):
        title = titles.get(each.field, each.field)
        near = did_you_mean(name, [known for known, _ in choices.of(each.field)]).strip()
        said.append(
            f"No issue here has the {title.lower()} “{_short(name)}”. "
            f"{near or f'Take it out of the filter of {title.lower()}.'}"
        )
    return " ".join(said[:_MOST_SAID])


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:59]}…"


def options(choices: Choices) -> str:
    """For each field its title, its values with numbers of issues, most used first, and how many issues have none, as
    JSON.
    """
    fields = [
        {"name": each.field.name, "title": each.field.title, "names": each.names[:_MOST], "without": each.without}
        for each in choices.fields
    ]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
