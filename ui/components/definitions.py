"""Definitions beside a number: what is in force, what else it could be, and where this view differs from what is saved.

ui/assets/definitions.js writes what is chosen into the address; there it is kept, shared and gone back to.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from data.values.problem import Problem
from data.values.switches import ChosenDefinition, Switch
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.notice import notice

D = ids.Definitions
SAVED_STAY = "Others see the saved definitions."
CANNOT_SAVE = "It can be saved for everybody once what cannot be used is removed."
_HINTS = {
    "types": "Issue types, separated by commas",
    "labels": "Labels, separated by commas",
    "components": "Components, separated by commas",
    "words": "Separated by commas",
    "days": "YYYY-MM-DD, separated by commas",
    "zone": "For example Europe/Berlin; empty for the zone of the Jira account",
    "limits.baseline": "YYYY-MM-DD..YYYY-MM-DD; empty for all that is shown",
}


def switch_section(switches: Sequence[Switch]) -> html.Section | None:
    """The definitions that a number obeys, each with a control that switches it for this view."""
    if not switches:
        return None
    return html.Section(
        [
            html.H3("Definitions in force", className="block-title"),
            html.P(
                "A choice here counts for this view and its link; what is saved for everybody stays as it is.",
                className="switches-note",
            ),
            html.Div([_switch(each) for each in switches], className="switches"),
        ],
        className="block",
    )


def _switch(switch: Switch) -> html.Div:
    changed = html.Span("this view", className="switch-mark", title=f"Saved: {switch.saved_words}")
    back = html.Button(
        f"Back to {switch.saved_words}",
        type="button",
        className="btn-link-quiet switch-back",
        **attributes(
            {"data-unset": switch.name, "aria-label": f"{switch.title}: back to what is saved, {switch.saved_words}"}
        ),
    )
    single = bool(switch.choices) and not switch.names_of
    return html.Div(
        [
            html.Span([switch.title, changed if switch.chosen else None], className="switch-title"),
            None if single else html.Span(switch.words, className="switch-value"),
            _choices(switch) if single else _editor(switch),
            back if switch.chosen and not single else None,
            html.Span(switch.help, className="switch-help"),
        ],
        className="switch is-chosen" if switch.chosen else "switch",
        **attributes({"data-definition": switch.name}),
    )


def switch_row(switches: Sequence[Switch]) -> html.Div | None:
    """Definitions each in a line beside what it changes: few choices as buttons, others in a box that opens."""
    if not switches:
        return None
    return html.Div([_in_row(each) for each in switches], className="switch-row")


def _in_row(switch: Switch) -> html.Div:
    title = html.Span(switch.title, className="switch-title")
    if switch.choices and not switch.names_of:
        return html.Div([title, _choices(switch)])
    return html.Div(
        [title, html.Span(switch.words, className="switch-value"), _editor(switch)],
        className="switch-written",
        title=switch.help,
        **attributes({"data-definition": switch.name}),
    )


def _choices(switch: Switch) -> html.Div:
    return html.Div(
        [
            html.Button(
                words,
                type="button",
                className="switch-choice",
                title="Saved for everybody" if value == switch.saved else "",
                **attributes(
                    {
                        "data-set-name": switch.name,
                        "data-set-value": value,
                        "data-set-saved": switch.saved,
                        "aria-pressed": str(value == switch.value).lower(),
                    }
                ),
            )
            for value, words in switch.choices
        ],
        className="switch-choices",
        role="group",
        **attributes({"aria-label": switch.title}),
    )


def _editor(switch: Switch) -> html.Details:
    """A box that ui/assets/definitions.js fills when it is opened."""
    hint = _HINTS.get(switch.names_of, "")
    hint = _HINTS.get(switch.name, hint)
    kind = "list" if switch.choices else "number" if switch.unit or switch.name.startswith("sprint_weights") else "text"
    return html.Details(
        [
            html.Summary("Change", **attributes({"aria-label": f"Change: {switch.title}"})),
            html.Div(
                className="switch-editor",
                **attributes(
                    {
                        "data-set-edit": switch.name,
                        "data-kind": kind,
                        "data-value": switch.value,
                        "data-saved": switch.saved,
                        "data-title": switch.title,
                        "data-follows": ",".join(switch.follows),
                        "data-nothing": switch.nothing,
                        "data-hint": hint or switch.unit,
                        "data-choices": json.dumps(switch.choices, ensure_ascii=False),
                    }
                ),
            ),
        ],
        className="switch-change",
    )


def chip_row() -> html.Div:
    """The row under the filters; hidden while a view is measured as saved."""
    return html.Div(
        [
            html.Span("Measured with", className="chips-title"),
            html.Div(id=D.CHIPS, className="chips-list", role="list"),
            html.Span(SAVED_STAY, id=D.NOTE, className="chips-note"),
            html.Span(
                [
                    html.Button(
                        "Save for everybody",
                        id=D.SAVE,
                        type="button",
                        className="btn-link-quiet",
                        **attributes({"aria-describedby": D.NOTE}),
                    ),
                    html.Button("Reset", type="button", className="btn-link-quiet", **attributes({"data-unset": "*"})),
                ],
                className="chips-end",
            ),
        ],
        id=D.ROW,
        className="chips",
        hidden=True,
        role="region",
        **attributes({"aria-label": "How this view is measured"}),
    )


def chips(chosen: Sequence[ChosenDefinition]) -> list[Any]:
    """One chip for each choice of a view; what cannot be says why, and how to get out."""
    return [_broken(each) if each.problem else _chip(each) for each in chosen]


def _chip(chosen: ChosenDefinition) -> html.Span:
    return html.Span(
        [
            html.Span([f"{chosen.title}: ", html.B(chosen.words)], title=f"Saved: {chosen.saved_words}"),
            _away(chosen.name, f"Measure as saved: {chosen.title}: {chosen.saved_words}"),
        ],
        className="chip",
        role="listitem",
    )


def _broken(chosen: ChosenDefinition) -> html.Div:
    return html.Div(
        [
            notice(chosen.problem or Problem("")),
            html.Button(
                "Remove it from this view",
                type="button",
                className="btn-quiet",
                **attributes({"data-unset": chosen.name}),
            ),
        ],
        className="chip-broken",
        role="listitem",
    )


def _away(name: str, words: str) -> html.Button:
    return html.Button(
        icon("x"),
        type="button",
        className="chip-away",
        title=words,
        **attributes({"data-unset": name, "aria-label": words}),
    )


def not_measurable() -> html.Div:
    """In place of numbers that a link asks for in a way that cannot be; numbers of other definitions would mislead.
    The row of definitions says why."""
    problem = Problem("These numbers cannot be shown as this link asks.", todo="The reason is above.", level="info")
    return html.Div([notice(problem), reset_button()], className="line-empty")


def reset_button() -> html.Button:
    """The way back to what is saved."""
    return html.Button("Show them as saved", type="button", className="btn-quiet", **attributes({"data-unset": "*"}))


def stores() -> list[Any]:
    """What the row and its dialog remember."""
    return [dcc.Store(id=D.VIEW), dcc.Store(id=D.SHOWN), dcc.Store(id=D.RESULT)]
