"""The dialog that saves the definitions of a view for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from data.values.problem import Problem
from data.values.switches import ChosenDefinition
from ui import ids
from ui.components.dialog import dialog, save_footer
from ui.components.notice import notice

D = ids.Definitions


def save_dialog() -> dbc.Modal:
    """Closed."""
    return dialog(
        [
            html.Div(html.H2("Save for everybody", className="modal-title", id=D.TITLE), className="modal-header"),
            dbc.ModalBody(id=D.BODY),
            save_footer(D.CANCEL, D.CONFIRM),
        ],
        id=D.MODAL,
        centered=True,
        labelledby=D.TITLE,
        class_name="definitions-dialog",
    )


def changes(chosen: Sequence[ChosenDefinition], problem: Problem | None = None, request_id: str = "") -> list[Any]:
    """What saving would change, before and after; above it why the last try did not work."""
    good = [each for each in chosen if each.problem is None]
    return [
        notice(problem, request_id=request_id) if problem else None,
        html.P("All numbers, charts and downloads will be measured like this, for everybody who uses this site."),
        html.Table(
            [
                html.Thead(html.Tr([html.Th(head, scope="col") for head in ("Definition", "Saved now", "New")])),
                html.Tbody(
                    [
                        html.Tr(
                            [html.Th(each.title, scope="row"), html.Td(each.saved_words), html.Td(html.B(each.words))]
                        )
                        for each in good
                    ]
                ),
            ],
            className="plain-table",
        ),
    ]
