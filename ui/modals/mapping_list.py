"""The left side of the mapping modal: what can be mapped, grouped by the metric that uses it, and how far it is."""

from __future__ import annotations

from typing import Any

from dash import html

from data.settings.fields import FIELDS
from ui import ids
from ui.attributes import current
from ui.components.icon import icon
from ui.modals.mapping_needs import GROUPS, Group

MAPPED, SUGGESTED, MISSING, UNFIT = "mapped", "suggested", "missing", "unfit"
WORDS = {MAPPED: "mapped", SUGGESTED: "suggestion", MISSING: "not mapped", UNFIT: "does not fit"}
MARKS = {MAPPED: "check-lg", SUGGESTED: "stars", MISSING: "circle", UNFIT: "exclamation-triangle"}


def field_list(
    here: str, states: dict[str, str], names: dict[str, str], changed: set[str], acceptable: int
) -> list[Any]:
    """`states` and `names` (of the chosen or suggested Jira field) by our field; `here` is "<group>/<field>"."""
    return [accept_button(acceptable), *(_group(group, here, states, names, changed) for group in GROUPS)]


def accept_button(acceptable: int) -> html.Div | None:
    """One click takes all the suggestions that we are sure of."""
    if not acceptable:
        return None
    words = "Accept the sure suggestion" if acceptable == 1 else f"Accept all {acceptable} sure suggestions"
    return html.Div(
        html.Button(
            [icon("stars"), words],
            id=ids.mapping_action("accept-all"),
            type="button",
            className="btn btn-accept",
        ),
        className="list-top",
    )


def _group(group: Group, here: str, states: dict[str, str], names: dict[str, str], changed: set[str]) -> html.Div:
    done = sum(states.get(each) == MAPPED for each in group.fields)
    return html.Div(
        [
            html.H3(
                [group.title, html.Span(f"{done} of {len(group.fields)}", className="list-count")],
                className="list-head",
            ),
            html.Ul([html.Li(_item(group, each, here, states, names, changed)) for each in group.fields]),
        ],
        className="list-group-of",
    )


def _item(
    group: Group, name: str, here: str, states: dict[str, str], names: dict[str, str], changed: set[str]
) -> html.Button:
    place = f"{group.name}/{name}"
    state = states.get(name, MISSING)
    optional = name in group.optional and state == MISSING
    below = names.get(name) or ("optional" if optional else WORDS[state])
    return html.Button(
        [
            html.Span(icon(MARKS[state]), className=f"state-mark state-mark-{state}"),
            html.Span(
                [html.Span(FIELDS[name].title, className="item-title"), html.Span(below, className="item-below")],
                className="item-words",
            ),
            html.Span("edited", className="item-edited") if name in changed else None,
            html.Span(f", {WORDS[state]}", className="visually-hidden"),
        ],
        id=ids.mapping_go(f"fields/{place}", "list"),
        type="button",
        className="list-item" + (" is-here" if place == here else ""),
        **current(place == here),
    )


def plain_list(section: str, here: str, titles: dict[str, str], counts: dict[str, int]) -> list[Any]:
    """A list of parts of one section; `counts` are unsaved changes in each."""
    return [
        html.Ul(
            [
                html.Li(
                    html.Button(
                        [
                            html.Span(html.Span(title, className="item-title"), className="item-words"),
                            html.Span(f"{counts[name]} edited", className="item-edited") if counts.get(name) else None,
                        ],
                        id=ids.mapping_go(f"{section}/{name}", "list"),
                        type="button",
                        className="list-item" + (" is-here" if name == here else ""),
                        **current(name == here),
                    )
                )
                for name, title in titles.items()
            ]
        )
    ]
