"""What one number is made of: the panel from the right, and the rows of its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dash import MATCH, ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update

from callbacks.bodies import Misfit
from callbacks.cards import question_id
from callbacks.context import known_metric, problem_of, question_of, services
from callbacks.jobs_detail import is_about_jobs, show_jobs_detail
from data.services.view import View
from data.values.charts import Picked
from data.values.json_types import JsonObject
from data.values.periods import PeriodError
from data.values.problem import Problem
from ui import ids
from ui.components.issue_table import PAGE, SORTABLE, rows
from ui.detail import chart_page, detail_page, detail_problem, subject
from ui.issue import issue_page, sections
from ui.url import PageView, parse
from ui.words import count as counted

_MOST = 500  # rows in one answer, whatever is asked for

clientside_callback(
    ClientsideFunction("issue_table", "narrow"),
    Output(ids.issue_table(MATCH), "filterModel"),
    Input(ids.issue_reason(MATCH), "value"),
    Input(ids.issue_search(MATCH), "value"),
    prevent_initial_call=True,
)


@callback(
    Output(ids.Detail.BODY, "children"),
    Input(ids.Store.DETAIL_VIEW, "data"),
    Input(ids.Jobs.DONE, "data"),
    Input(ids.Jobs.IMPORTED, "data"),
    prevent_initial_call=True,
)
def show_detail(view: dict[str, str] | None, *news: JsonObject | None) -> Any:
    """The panel for the metric in the URL, or why there is none. One of jobs is filled again after a new record."""
    if not view:
        return no_update
    asked = parse(view["query"])
    if any(news) and ctx.triggered_id in (ids.Jobs.DONE, ids.Jobs.IMPORTED) and not is_about_jobs(asked):
        return no_update
    if asked.issue:
        return _shown(_show_issue, asked, view)
    if is_about_jobs(asked):
        return _shown(show_jobs_detail, asked, view)
    if not asked.metric and asked.chart:
        return _shown(_show_point, asked, view)
    metric = known_metric(asked.metric)
    if metric is None:
        problem = Problem("There is no such metric.", "The link may be old or cut off.", "Close this and open a card.")
        return detail_problem(problem, asked.metric or "")
    try:
        question = question_of(asked)
        detail = services().numbers.detail(metric, question)
    except PeriodError as error:
        return detail_problem(Problem(str(error)), metric)
    except Exception as error:  # noqa: BLE001 - the panel is open and must say something
        problem, request_id = problem_of(error)
        return detail_problem(problem, metric, request_id)
    status = services().status.of(question.snapshot)
    return detail_page(detail, asked, question.period, status, question_id(view), view)


def _shown(make: Callable[[PageView, dict[str, str]], Any], page: PageView, view: dict[str, str]) -> Any:
    """The panel that `make` fills, or why it cannot be."""
    try:
        return make(page, view)
    except PeriodError as error:
        return detail_problem(Problem(str(error)), subject(page))
    except Exception as error:  # noqa: BLE001 - the panel is open and must say something
        problem, request_id = problem_of(error)
        return detail_problem(problem, subject(page), request_id)


def _show_issue(page: PageView, _view: dict[str, str]) -> Any:
    """The history of one issue."""
    question = question_of(page)
    history = services().issue_history.of(page.issue or "", question)
    return issue_page(history, page, services().status.of(question.snapshot).zone)


def _show_point(page: PageView, view: dict[str, str]) -> Any:
    """The issues behind a point of a chart, or behind all of it."""
    question = question_of(page)
    picked = services().charts.picked(page.chart or "", page.pick, question, page.own)
    switches = services().definitions.of(picked.obeys, question)
    alone = _alone(picked, page, question)
    return chart_page(picked, page, question.period, question_id(view), view, switches, alone)


def _alone(picked: Picked, page: PageView, question: View) -> Sequence[Any]:
    """The history of the issue behind a point, where it is one."""
    if picked.issues != 1:
        return ()
    found = services().charts.issues(page.chart or "", page.pick, question, page.own, first=0, count=1)
    if not found.rows or not found.rows[0].key:
        return ()
    history = services().issue_history.of(found.rows[0].key, question)
    return sections(history, page, services().status.of(question.snapshot).zone)


@callback(
    Output(ids.issue_table(MATCH), "getRowsResponse"),
    Output(ids.issue_count(MATCH), "children"),
    Input(ids.issue_table(MATCH), "getRowsRequest"),
    State(ids.issue_question(MATCH), "data"),
    prevent_initial_call=True,
)
def show_rows(request: dict[str, Any] | None, view: dict[str, str]) -> tuple[Any, Any]:
    """One page of the table, sorted and narrowed as asked."""
    if not request:
        return no_update, no_update
    asked = parse(view["query"])
    first = max(int(request.get("startRow") or 0), 0)
    most = min(max(int(request.get("endRow") or first + PAGE) - first, 1), _MOST)
    question, part = question_of(asked), {"first": first, "count": most, **narrowing(request)}
    if asked.chart and not asked.metric:
        page = services().charts.issues(asked.chart, asked.pick, question, asked.own, **part)
    elif (metric := known_metric(asked.metric)) is None:
        raise Misfit
    else:
        page = services().numbers.issue_page(metric, question, **part)
    found = rows(page.rows, services().status.of(question.snapshot).zone)
    return {"rowData": found, "rowCount": page.total}, f"{counted(page.total, 'row')}"


def narrowing(request: dict[str, Any]) -> dict[str, Any]:
    """Sort order, text, and which issues, from what the table sends; unknown columns are ignored."""
    asked: dict[str, Any] = {}
    for each in request.get("sortModel") or ():
        if each.get("colId") in SORTABLE and each.get("sort") in ("asc", "desc"):
            asked["sort"] = (each["colId"], each["sort"])
            break
    chosen = request.get("filterModel") or {}
    which = str((chosen.get("which") or {}).get("filter") or "")
    if which == "used":
        asked["used"] = True
    elif which.startswith("reason:"):
        asked |= {"reason": which.removeprefix("reason:"), "used": False}
    text = str((chosen.get("text") or {}).get("filter") or "")
    if text:
        asked["text"] = text
    return asked
