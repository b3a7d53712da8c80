"""The tab "Forecast": asked for when it is opened, and each time its question in the URL changes; and the same as a
file.
"""

from __future__ import annotations

from typing import Any

from dash import Input, Output, callback, no_update
from flask import Response, request

from callbacks.context import problem_in_tab, problem_of, services
from callbacks.export import downloads
from data.services.sites import browse_url
from data.services.view import View
from data.values.forecast import Forecast
from data.values.problem import Problem
from ui import ids
from ui.tabs.forecast import forecast_page, forecast_problem
from ui.url import PageView, parse


@callback(
    Output(ids.Forecast.BODY, "children"),
    Output(ids.Forecast.CHARTS, "hidden"),
    Input(ids.tab_view("forecast"), "data"),
    prevent_initial_call=True,
)
def show_forecast(view: dict[str, str] | None) -> tuple[Any, Any]:
    """Forms and answer for the view; a question that cannot be answered says so once, below the forms, without
    charts.
    """
    if not view:
        return no_update, no_update
    asked = parse(view["query"])
    try:
        snapshot = services().snapshot()
        if not services().status.of(snapshot).synced_at:
            none = Problem("There are no issues yet.", todo="Forecasts appear here after the first sync.", level="info")
            return forecast_problem(none), True
        question = snapshot.view(filters=asked.filters)
        today, versions = question.today.isoformat(), services().forecast.open_versions(question)
        answer = _answer(asked, question)
        teams = services().forecast.teams(question)
        page = forecast_page(answer, asked, versions, today, browse_url(snapshot), teams)
        return page, isinstance(answer, Problem)
    except Exception as error:  # noqa: BLE001 - the tab is open and must say something
        problem, request_id = problem_in_tab(error)
        return forecast_problem(problem, request_id), True


def _answer(page: PageView, question: View) -> Forecast | Problem:
    forecast = services().forecast
    try:
        return forecast.answer(forecast.question(page.own, question), question)
    except Exception as error:
        problem, request_id = problem_of(error)
        if request_id:
            raise
        return Problem(problem.what, problem.why, problem.todo, "info")


@downloads.get("/forecast.csv")
def forecast_file() -> Response:
    """The forecast that the query asks for."""
    asked = parse(request.query_string.decode("utf-8", "replace"))
    question, forecast = services().view(filters=asked.filters), services().forecast
    made = forecast.csv(forecast.question(asked.own, question), question)
    disposition = f'attachment; filename="forecast_{question.today}.csv"'
    return Response(made, mimetype="text/csv", headers={"Content-Disposition": disposition})
