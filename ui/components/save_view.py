"""The action "Save this view" in the row of filters, and its dialog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from data.settings.filter_fields import filter_words
from data.values.problem import Problem
from data.values.switches import ChosenDefinition
from ui import ids
from ui.attributes import attributes
from ui.components.dialog import dialog, save_footer
from ui.components.icon import icon
from ui.components.notice import notice
from ui.url import PageView
from ui.words import span

T = ids.Teams


def keep_button() -> html.Button:
    """Opens the dialog."""
    return html.Button(
        [icon("plus"), html.Span("Save this view", className="keep-words")],
        id=T.KEEP,
        type="button",
        className="btn-quiet keep-view",
        title="Keep these days, filters and definitions under a name",
        **attributes({"aria-label": "Save this view"}),
    )


def keep_dialog() -> html.Div:
    """Closed, with its stores."""
    return html.Div(
        [
            dcc.Store(id=T.SEEN),
            dcc.Store(id=T.KEPT),
            dcc.Store(id=T.WISH),
            dcc.Store(id=T.DONE),
            dialog(
                [
                    html.Div(html.H2("Save this view", className="modal-title", id=T.TITLE), className="modal-header"),
                    dbc.ModalBody(
                        [
                            html.Label("Name", htmlFor=T.NAME, className="form-label"),
                            dbc.Input(
                                id=T.NAME,
                                type="text",
                                maxLength=60,
                                autocomplete="off",
                                placeholder="For example: Checkout team",
                            ),
                            html.Div(id=T.REPORT, role="alert", className="keep-report"),
                            html.Div(id=T.WHAT),
                        ]
                    ),
                    save_footer(T.CANCEL, T.CONFIRM),
                ],
                id=T.MODAL,
                centered=True,
                labelledby=T.TITLE,
                class_name="definitions-dialog",
            ),
        ]
    )


def what_is_kept(view: PageView, chosen: Sequence[ChosenDefinition]) -> list[Any]:
    """Days, filters and definitions of the view, in words."""
    lines = [("Days", _days(view))]
    lines += filter_words(view.filters)
    if len(lines) == 1:
        lines.append(("Issues", "all"))
    lines += [(each.title, each.words) for each in chosen] or [("Definitions", "as saved for everybody")]
    return [
        html.Dl(
            [part for name, words in lines for part in (html.Dt(name), html.Dd(words))], className="facts keep-facts"
        )
    ]


def _days(view: PageView) -> str:
    if view.period:
        return f"last {view.period[:-1]} days, counted back from today"
    try:
        return span(view.first or "", view.last or "")
    except ValueError:  # the row of the period says what is wrong
        return f"{view.first or 'no first day'} to {view.last or 'no last day'}"


def report(problem: Problem | None) -> Any:
    """Why it was not saved."""
    return notice(problem) if problem else None
