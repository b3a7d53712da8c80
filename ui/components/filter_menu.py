"""Choose several of many names: project, type, label, component."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from data.views import Choices
from ui import ids
from ui.components.menu import menu
from ui.url import FILTERS

TITLES = {"project": "Project", "type": "Type", "label": "Label", "component": "Component"}
_MOST = 400  # names in one list; the search finds those of them that are asked for
_SEARCH_FROM = 8


def filter_menus() -> list[html.Div]:
    """The four menus with empty lists; `options` fills them."""
    return [
        menu(
            html.Span(title, className="filter-title", **{"data-filter-title": name, "data-title": title}),
            [
                html.Div(
                    dbc.Input(
                        type="search",
                        placeholder=f"Find a {title.lower()}",
                        className="menu-search",
                        autocomplete="off",
                        id=ids.filter_search(name),
                        class_name="form-control-sm",
                    ),
                    className="menu-find",
                ),
                html.Div(
                    id=ids.filter_list(name),
                    className="options",
                    role="group",
                    **{"data-filter-list": name, "aria-label": title},
                ),
                html.Div(
                    html.Button("Clear", type="button", className="btn-link-quiet", **{"data-clear": name}),
                    className="menu-end",
                ),
            ],
            name=f"filter-{name}",
            words=f"Filter by {title.lower()}",
            className="filter-menu",
        )
        for name, title in TITLES.items()
    ]


def options(choices: Choices) -> dict[str, list[html.Button | html.Div]]:
    """For each filter its list: name and number of issues, most used first."""
    return {name: _list(getattr(choices, ours)) for name, ours in FILTERS.items()}


def _list(named: tuple[tuple[str, int], ...]) -> list[html.Button | html.Div]:
    if not named:
        return [html.Div("None in this data", className="options-none")]
    rows: list[html.Button | html.Div] = [
        html.Button(
            [
                html.Span(className="box"),
                html.Span(name, className="option-name"),
                html.Span(f"{n:,}", className="option-count"),
            ],
            type="button",
            role="checkbox",
            className="option",
            **{"data-option": name, "aria-checked": "false"},
        )
        for name, n in named[:_MOST]
    ]
    if len(named) > _MOST:
        rows.append(html.Div(f"The {_MOST} most used of {len(named):,}", className="options-none"))
    return rows
