"""The modal "Map your fields": its frame, its sections, and its messages when it cannot load or save."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from data.values.problem import Problem
from ui import ids
from ui.attributes import attributes, current
from ui.components.dialog import dialog
from ui.components.icon import icon
from ui.components.notice import notice

M = ids.Mapping

SECTIONS = {
    "fields": "Fields",
    "workflow": "Workflow",
    "types": "Work item types",
    "definitions": "Definitions",
}
NEEDS_JIRA = ("fields",)  # the others work on what was read before
STORES = (M.ASKED, M.SESSION, M.LOADED, M.DRAFT, M.LEAVE, M.WISH, M.REDRAW, M.PLACE, M.STATE, M.CHECKED, M.RESULT)


def field_mapping_modal() -> html.Div:
    """The closed modal with its stores; the content comes when it opens."""
    return html.Div(
        [
            *(dcc.Store(id=each) for each in STORES),
            dcc.Interval(id=M.CLOCK, interval=2_000, disabled=True),
            dialog(
                [_header(), dbc.ModalBody(_body(), class_name="mapping-body"), _footer()],
                id=M.MODAL,
                size="xl",
                fullscreen="md-down",
                backdrop="static",
                keyboard=False,  # Escape asks first when something is changed: ui/assets/modals.js
                labelledby=M.TITLE,
                class_name="tl-modal mapping-modal",
            ),
        ]
    )


def _header() -> html.Div:
    return html.Div(
        [
            html.H2("Map your fields", id=M.TITLE, className="modal-title"),
            html.Div(
                id=M.SECTIONS, className="mapping-sections", role="group", **attributes({"aria-label": "Sections"})
            ),
            html.Button(
                icon("x-lg"),
                id=M.CLOSE,
                type="button",
                className="btn-icon modal-x",
                **attributes({"aria-label": "Close", "data-escape": "true"}),
            ),
        ],
        className="modal-header",
    )


def _body() -> html.Div:
    return html.Div(
        [
            html.Div(_skeleton(), className="mapping-skeleton", **attributes({"aria-hidden": "true"})),
            html.Div(
                [
                    html.Div(id=M.BANNER),
                    html.Button(
                        [icon("arrow-clockwise"), "Try again"],
                        id=M.RETRY,
                        type="button",
                        hidden=True,
                        className="btn btn-quiet",
                    ),
                ],
                className="mapping-banner",
            ),
            html.Div(
                [
                    html.Nav(id=M.LIST, className="mapping-list", **attributes({"aria-label": "Things to map"})),
                    html.Div(
                        [
                            html.Section(id=M.PANE, className="mapping-pane", **attributes({"aria-label": "Choice"})),
                            html.Section(
                                id=M.PREVIEW,
                                className="mapping-preview",
                                **attributes(
                                    {"aria-live": "polite", "aria-label": "What the changes do to the numbers"}
                                ),
                            ),
                        ],
                        className="mapping-main",
                    ),
                ],
                className="mapping-columns",
            ),
        ],
        id=M.FRAME,
        className="mapping-frame is-closed",
    )


def _skeleton() -> list[html.Div]:
    left = html.Div([html.Div(className="sk sk-row") for _ in range(9)], className="mapping-list")
    right = html.Div(
        [html.Div(className=f"sk {each}") for each in ("sk-title", "sk-line", "sk-block", "sk-block")],
        className="mapping-main",
    )
    return [left, right]


def _footer() -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.Div(id=M.CONFLICT_ROWS),
                    html.Div(
                        [
                            html.Button("Use theirs", id=M.USE_THEIRS, type="button", className="btn btn-quiet"),
                            html.Button(
                                "Keep mine and save", id=M.KEEP_MINE, type="button", className="btn btn-primary"
                            ),
                        ],
                        className="modal-buttons",
                    ),
                ],
                id=M.CONFLICT,
                hidden=True,
                className="mapping-conflict",
                role="alert",
            ),
            html.Div(
                [
                    html.Div(
                        id=M.STATUS, className="modal-status", role="status", **attributes({"aria-live": "polite"})
                    ),
                    html.Div(
                        [
                            html.Button(
                                "Save changes", id=M.SAVE, type="button", className="btn btn-primary", disabled=True
                            ),
                        ],
                        className="modal-buttons",
                    ),
                ],
                className="modal-line",
            ),
            discard_question(M.ASK, M.KEEP, M.DISCARD),
        ],
        className="modal-footer",
    )


def discard_question(ask: str, keep: str, discard: str, words: str = "Discard your changes?") -> html.Div:
    """What leaving with changes asks, over the footer; hidden until then."""
    return html.Div(
        [
            html.Strong(words, id=f"{ask}-words"),
            html.Div(
                [
                    html.Button(
                        "Keep editing",
                        id=keep,
                        type="button",
                        className="btn btn-quiet",
                        **attributes({"data-first": "true", "data-escape": "true"}),
                    ),
                    html.Button("Discard", id=discard, type="button", className="btn btn-danger"),
                ],
                className="modal-buttons",
            ),
        ],
        id=ask,
        hidden=True,
        className="modal-ask",
        role="alertdialog",
        **attributes({"aria-labelledby": f"{ask}-words"}),
    )


def section_tabs(here: str, counts: dict[str, str]) -> list[html.Button]:
    """The four sections; `counts` adds a small number to some."""
    return [
        html.Button(
            [title, html.Span(counts[name], className="pill") if counts.get(name) else None],
            id=ids.mapping_go(name, "tab"),
            type="button",
            className="section-tab" + (" is-here" if name == here else ""),
            **current(name == here),
        )
        for name, title in SECTIONS.items()
    ]


def banner(read_only: Problem | None, jira: Problem | None, section: str) -> list[Any]:
    """What is in the way: settings that cannot be saved; a Jira that cannot be read, where its fields are needed."""
    lines: list[Any] = [notice(read_only)] if read_only else []
    if jira and section in NEEDS_JIRA:
        lines.append(notice(jira))
    return lines


def jira_problem(problem: Problem) -> html.Div:
    """In place of a choice: why the fields could not be read, and what works all the same."""
    return html.Div(
        [
            html.H3("The fields of your Jira could not be read", className="pane-title", tabIndex=-1),
            notice(problem),
            html.P(
                "Your mapping is safe. Workflow, work item types and definitions can be edited meanwhile.",
                className="pane-help",
            ),
        ],
        className="pane-problem",
    )


def conflict_rows(rows: list[dict[str, str]]) -> list[Any]:
    """Which values somebody else changed too: `title`, `mine`, `theirs` of each."""
    head = html.Thead(html.Tr([html.Th(each, scope="col") for each in ("", "Yours", "Theirs")]))
    lines = [
        html.Tr([html.Th(row["title"], scope="row"), html.Td(row["mine"]), html.Td(row["theirs"])]) for row in rows
    ]
    return [
        html.Strong("Somebody else saved these meanwhile. Nothing of yours is lost."),
        html.Div(html.Table([head, html.Tbody(lines)], className="conflict-table"), className="conflict-scroll"),
    ]
