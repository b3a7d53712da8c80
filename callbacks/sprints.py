"""The tab "Sprints": a board or one sprint, asked for when it is opened; and the board as a file."""

from __future__ import annotations

import re
from typing import Any

from dash import Input, Output, callback, no_update
from flask import Response, request

from callbacks.context import problem_in_tab, services
from callbacks.export import check_kind, downloads
from data.values.problem import Problem
from ui import ids
from ui.tabs.sprint import sprint_page
from ui.tabs.sprints import BOARD, SPRINT, sprints_page, sprints_problem, sprints_table
from ui.url import parse

_KINDS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@callback(
    Output(ids.Sprints.BODY, "children"),
    Output(ids.Sprints.CHARTS, "hidden"),
    Output(ids.Sprints.BELOW, "children"),
    Input(ids.tab_view("sprints"), "data"),
    prevent_initial_call=True,
)
def show_sprints(view: dict[str, str] | None) -> tuple[Any, Any, Any]:
    """The board or the sprint that the URL names, or why it cannot be shown; charts only of a board with sprints."""
    if not view:
        return no_update, no_update, no_update
    asked = parse(view["query"])
    try:
        snapshot = services().snapshot()
        status = services().status.of(snapshot)
        if not status.synced_at:
            none = Problem("There are no issues yet.", todo="Sprints appear here after the first sync.", level="info")
            return sprints_problem(none), True, None
        question = snapshot.view(filters=asked.filters)
        if number := asked.asks(SPRINT):
            return sprint_page(services().sprints.sprint(number, question), asked, status.zone), True, None
        found = services().sprints.page(question, asked.asks(BOARD))
        return sprints_page(found, asked), found.summary is None, sprints_table(found, asked, status.zone)
    except Exception as error:  # noqa: BLE001 - the tab is open and must say something
        problem, request_id = problem_in_tab(error)
        return sprints_problem(problem, request_id), True, None


@downloads.get("/sprints.<kind>")
def sprints_file(kind: str) -> Response:
    """The sprints of the board named in the query, or of all boards."""
    check_kind(kind, *_KINDS)
    view = parse(request.query_string.decode("utf-8", "replace"))
    board = view.asks(BOARD)
    sprints, question = services().sprints, services().view(filters=view.filters)
    made = sprints.csv(question, board) if kind == "csv" else sprints.xlsx(question, board)
    name = f"sprints_board_{re.sub(r'[^0-9a-z]', '', board)[:20]}" if board else "sprints"
    disposition = f'attachment; filename="{name}.{kind}"'
    return Response(made, mimetype=_KINDS[kind], headers={"Content-Disposition": disposition})
