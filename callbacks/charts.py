"""Charts: each filled when it comes near the window, and downloaded as CSV."""

from __future__ import annotations

from typing import Any

from dash import MATCH, Input, Output, callback, no_update
from flask import Response

from callbacks.context import problem_of, question_of, said_above, services
from callbacks.export import CSV, asked_file, csv_file, downloads, workbook_file
from data.services.charts import is_of_jobs
from data.values.problem import Problem
from ui import ids
from ui.components.chart import chart_body, chart_problem, no_chart
from ui.url import parse


@callback(
    Output(ids.chart_body(MATCH, MATCH), "children"),
    Input(ids.chart_ask(MATCH, MATCH), "data"),
    prevent_initial_call=True,
)
def show_chart(order: dict[str, str] | None) -> Any:
    """One chart for the view that it was asked with; a short word where the top of the page says why there is none."""
    if not order or not order.get("chart"):
        return no_update
    view = parse(order["query"])
    try:
        snapshot = services().snapshot()
        if not is_of_jobs(order["chart"]) and not services().status.of(snapshot).synced_at:
            return chart_problem(
                Problem("There are no issues yet.", todo="The chart appears here after the first sync.", level="info")
            )
        question = question_of(view, snapshot)
        answer = services().charts.answer(order["chart"], question, view.own)
        return chart_body(answer, view, services().definitions.of(answer.beside, question) if answer.beside else ())
    except Exception as error:  # noqa: BLE001 - the other charts stay, and this one must say something
        if said_above(error):
            return no_chart()
        problem, request_id = problem_of(error)
        return chart_problem(problem, request_id)


@downloads.get("/chart.<kind>")
def chart_file(kind: str) -> Response:
    """The whole table of the chart named in the query."""
    view, question = asked_file(kind)
    name, charts = view.chart or "", services().charts
    if kind == CSV:
        return csv_file(charts.csv(name, question, view.own), name, question.period)
    return workbook_file(charts.sheet(name, question, view.own), name, question)


@downloads.get("/chart-issues.<kind>")
def chart_issues_file(kind: str) -> Response:
    """The issues behind a point of a chart, or behind all of it."""
    view, question = asked_file(kind)
    name, charts = view.chart or "", services().charts
    if kind == CSV:
        return csv_file(charts.csv_issues(name, view.pick, question, view.own), f"{name}_issues", question.period)
    return workbook_file(charts.issue_sheet(name, view.pick, question, view.own), f"{name}_issues", question)
