"""The tab "Explore": its question is in the address; the answer, and the same as a file."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, callback, no_update
from flask import Response

from callbacks.context import problem_in_tab, problem_of, question_of, services
from callbacks.export import CSV, asked_file, csv_file, downloads, workbook_file
from data.services.view import View
from data.values.explore import spec_of
from data.values.problem import Problem
from data.values.query_answer import QueryAnswer
from ui import ids
from ui.tabs.explore import Offered, explore_page, explore_problem
from ui.url import PageView, parse


@callback(
    Output(ids.Explore.BODY, "children"),
    Input(ids.tab_view("explore"), "data"),
    prevent_initial_call=True,
)
def show_explore(view: dict[str, str] | None) -> Any:
    """Form and answer for the view; a question that cannot be answered says so below the form."""
    if not view:
        return no_update
    page = parse(view["query"])
    try:
        snapshot = services().snapshot()
        if not services().status.of(snapshot).synced_at:
            none = Problem("There are no issues yet.", todo="Numbers appear here after the first sync.", level="info")
            return explore_problem(none)
        question = question_of(page, snapshot)
        offered = Offered(services().query.metrics(), services().query.dimensions(question))
        return explore_page(_answer(page, question), page, offered)
    except Exception as error:  # noqa: BLE001 - the tab is open and must say something
        problem, request_id = problem_in_tab(error)
        return explore_problem(problem, request_id)


def _answer(page: PageView, question: View) -> QueryAnswer | Problem:
    try:
        return services().query.of_view(spec_of(page.own), question)
    except Exception as error:
        problem, request_id = problem_of(error)
        if request_id:
            raise
        return Problem(problem.what, problem.why, problem.todo, "info")


@downloads.get("/explore.<kind>")
def explore_file(kind: str) -> Response:
    """The table of the question that the query asks."""
    page, question = asked_file(kind)
    found = services().query.of_view(spec_of(page.own), question)
    if kind == CSV:
        return csv_file(services().query.csv(found), "explore", question.period)
    return workbook_file(services().query.sheet(found), "explore", question)
