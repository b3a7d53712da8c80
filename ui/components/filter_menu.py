"""Choose several of many names: project, type, label, component."""

from __future__ import annotations

import json

import dash_bootstrap_components as dbc
from dash import html

from data.values.filters import Choices, Filters
from data.values.names import name_key, name_keys
from ui import ids
from ui.attributes import attributes
from ui.components.menu import menu
from ui.url import FILTERS

TITLES = {"project": "Project", "type": "Type", "label": "Label", "component": "Component"}
_MOST = 1_000  # names in one list, the most used ones
_MOST_SAID = 3  # sentences about names that no issue has


def filter_menus(choices: Choices) -> list[html.Div]:
    """The four menus."""
    lists = options(choices)
    return [
        menu(
            html.Span(title, className="filter-title", **attributes({"data-filter-title": name, "data-title": title})),
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
                    **attributes({"data-filter-list": name, "data-choices": lists[name], "aria-label": title}),
                ),
                html.Div(
                    html.Button("Clear", type="button", className="btn-link-quiet", **attributes({"data-clear": name})),
                    className="menu-end",
                ),
            ],
            name=f"filter-{name}",
            words=f"Filter by {title.lower()}",
            className="filter-menu",
        )
        for name, title in TITLES.items()
    ]


def unknown(choices: Choices, filters: Filters) -> str:
    """A sentence for each chosen name that no issue has; empty without data."""
    if not choices.projects:
        return ""
    said = []
    for name, ours in FILTERS.items():
        known = name_keys(each for each, _ in getattr(choices, ours))
        said += [
            f"No issue here has the {name} “{_short(chosen)}”; take it out under {TITLES[name]}."
            for chosen in getattr(filters, ours)
            if name_key(chosen) not in known
        ]
    return " ".join(said[:_MOST_SAID])


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:59]}…"


def options(choices: Choices) -> dict[str, str]:
    """For each filter its names with numbers of issues, most used first, as JSON: ui/assets/page.js makes the list
    when the menu is opened."""
    return {
        name: json.dumps(getattr(choices, ours)[:_MOST], ensure_ascii=False, separators=(",", ":"))
        for name, ours in FILTERS.items()
    }
