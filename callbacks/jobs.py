"""The tab "Jobs": its numbers, tables and register for the view in the URL."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, callback, clientside_callback, ctx, no_update

from callbacks.context import problem_of, question_of, said_above, services
from data.values.json_types import JsonObject
from data.values.problem import Problem
from ui import ids
from ui.components.notice import notice
from ui.components.still import still
from ui.tabs.jobs import JOB, PERSONA, cards, head, unknown
from ui.tabs.jobs_empty import empty
from ui.tabs.jobs_register import more
from ui.tabs.jobs_tables import tables
from ui.url import PageView, parse

J = ids.Jobs
_KEEP = (no_update,) * 4


@callback(
    Output(J.HEAD, "children"),
    Output(J.CARDS, "children"),
    Output(J.TABLES, "children"),
    Output(J.MORE, "children"),
    Input(ids.tab_view("jobs"), "data"),
    Input(J.DONE, "data"),
    Input(J.IMPORTED, "data"),
    prevent_initial_call=True,
)
def show_jobs(
    view: dict[str, str] | None, done: JsonObject | None, imported: JsonObject | None
) -> tuple[Any, Any, Any, Any]:
    """Everything but the charts, which ask for themselves."""
    if not view:
        return _KEEP
    asked = parse(view["query"])
    said = _said({J.DONE: done, J.IMPORTED: imported}.get(ctx.triggered_id))
    try:
        return _page(asked, said)
    except Exception as error:  # noqa: BLE001 - the tab is open and must say something
        above = said_above(error)
        problem, request_id = (above, "") if above else problem_of(error)
        return [notice(problem, request_id=request_id)], None, None, None


def _page(page: PageView, problems: list[Problem]) -> tuple[Any, Any, Any, Any]:
    jobs, snapshot = services().jobs, services().snapshot()
    choices = jobs.choices(snapshot)
    persona, job = page.asks(PERSONA), page.asks(JOB)
    question = question_of(page, snapshot)
    found = jobs.overview(question, persona=persona, job=job)
    if not choices.jobs and not choices.outcomes and not found.register:
        return still(*(notice(each) for each in problems), empty(found.spec_problems)), None, None, None
    values = jobs.answer(question, persona=persona, job=job).values
    missing = [unknown(kind, name, page) for kind, name in jobs.unknown(snapshot, persona=persona, job=job)]
    return (
        still([*missing, *head(found, choices, page, problems)]),
        still(cards(values, page)),
        still(tables(found, page)),
        still(more(found, page)),
    )


def _said(done: JsonObject | None) -> list[Problem]:
    """What was just noted down or imported."""
    return [
        Problem(each["what"], each.get("why", ""), each.get("todo", ""), each.get("level", "info"))
        for each in (done or {}).get("messages", ())
    ]


clientside_callback(
    ClientsideFunction("jobs", "draw_again"),
    Output(J.DRAWN, "data"),
    Input(J.DONE, "data"),
    Input(J.IMPORTED, "data"),
    prevent_initial_call=True,
)
