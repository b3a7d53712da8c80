"""The panel "Background tasks": asking for an export, following, cancelling, trying again, and fetching the files."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update
from flask import Blueprint, Response, g, request, send_file

from callbacks.context import problem_of, question_of, services
from data.services.background import PAGE
from data.services.view import Snapshot
from data.values.background import BackgroundTask
from data.values.callers import Caller, Scope
from data.values.errors import AppError
from data.values.exports import CONTENTS
from data.values.problem import Problem
from ui import ids
from ui.components.notice import notice
from ui.modals.background import Listed, about, formats, notification, task_list
from ui.url import parse


class NotYours(AppError):
    """A background task belongs to somebody else."""

    code = "not_yours"


B = ids.Background
MOST = 30  # tasks in the list
files = Blueprint("files", __name__)


@files.get("/exports/<number>/download")
def download(number: str) -> Response:
    """The file of an export, by a link that is in force."""
    found, path = services().exports.fetched(number, request.args.get("until", ""), request.args.get("key", ""))
    response = send_file(path, mimetype=found.media_type, as_attachment=True, download_name=found.name, etag=False)
    response.headers["X-Row-Count"] = str(found.rows)
    response.headers["X-SHA-256"] = found.sha256
    response.headers["Cache-Control"] = "private, no-store"
    return response


@callback(
    Output(B.MODAL, "is_open"),
    Input(B.OPEN, "n_clicks"),
    Input(B.MORE, "n_clicks"),
    Input(B.CLOSE, "n_clicks"),
    prevent_initial_call=True,
)
def show_panel(_open: int | None, _more: int | None, _close: int | None) -> bool:
    """Open or close it."""
    return bool(ctx.triggered_id != B.CLOSE)


@callback(
    Output(B.FORMAT, "options"),
    Output(B.FORMAT, "value"),
    Output(B.ABOUT, "children"),
    Input(B.CONTENT, "value"),
    State(B.FORMAT, "value"),
    prevent_initial_call=True,
)
def show_formats(content: str, chosen: str) -> tuple[Any, Any, Any]:
    """The formats of what is chosen; the chosen one stays where it can."""
    if content not in CONTENTS:
        return no_update, no_update, no_update
    kinds = CONTENTS[content][2]
    return formats(content), chosen if chosen in kinds else kinds[0], about(content)


clientside_callback(
    ClientsideFunction("downloads", "remembered"),
    Output(B.STYLE, "value"),
    Input(B.MODAL, "is_open"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("downloads", "remember"),
    Output(B.STYLE_FIELD, "hidden"),
    Input(B.STYLE, "value"),
    Input(B.FORMAT, "value"),
    prevent_initial_call=True,
)


@callback(
    Output(B.LIST, "children"),
    Output(B.CLOCK, "disabled"),
    Output(B.WATCHED, "data"),
    Output(B.SAID, "children"),
    Output(B.NOTICES, "children"),
    Output(B.COUNT, "children"),
    Output(B.COUNT, "hidden"),
    Input(B.MODAL, "is_open"),
    Input(B.CLOCK, "n_intervals"),
    Input(B.START, "n_clicks"),
    Input(ids.task_cancel(ALL), "n_clicks"),
    Input(ids.task_retry(ALL), "n_clicks"),
    Input(ids.task_dismiss(ALL), "n_clicks"),
    State(B.CONTENT, "value"),
    State(B.FORMAT, "value"),
    State(B.STYLE, "value"),
    State(B.WATCHED, "data"),
    State(ids.Page.LOCATION, "search"),
    prevent_initial_call=True,
)
def follow_tasks(
    is_open: bool,
    _tick: int | None,
    _start: int | None,
    _cancel: list[int | None],
    _retry: list[int | None],
    _dismiss: list[int | None],
    content: str,
    kind: str,
    style: str | None,
    watched: list[str] | None,
    search: str | None,
) -> tuple[Any, ...]:
    """A click acts; the clock follows while something is live that this page shows or waits for."""
    triggered = ctx.triggered_id
    clicked = bool(ctx.triggered and ctx.triggered[0]["value"])
    if isinstance(triggered, dict) and not clicked:  # a button that has only just been drawn
        return (no_update,) * 7
    waiting: list[str] = list(watched or [])
    said: Any = no_update
    try:
        said = _acted(triggered, (content, kind, style), search, waiting)
    except Exception as error:  # noqa: BLE001 - the panel stays, and says why
        said = notice(problem_of(error)[0])
    snapshot = services().snapshot()
    tasks = services().background.tasks(snapshot, most=MOST)
    live = [each for each in tasks if each.state.is_live]
    ended = [each for each in tasks if each.id in waiting and not each.state.is_live]
    still = [number for number in waiting if number in {each.id for each in live}]
    told: Any = [notification(_listed(each)) for each in ended] if ended else no_update
    if isinstance(triggered, dict) and triggered["area"] == ids.TASK_DISMISS:
        told = []
    return (
        task_list([_listed(each) for each in tasks], _zone(snapshot)) if is_open else no_update,
        not (still or (is_open and live)),
        still,
        said,
        told,
        str(len(live)),
        not live,
    )


def _acted(triggered: Any, wanted: tuple[str, str, str | None], search: str | None, waiting: list[str]) -> Any:
    """Do what was clicked; what to say of it. `wanted`: content, format and style of CSV of a new export."""
    background, by = services().background, g.get("user") or PAGE
    if triggered == B.START:
        content, kind, style = wanted
        csv = style if kind == "csv" else None
        task = services().exports.submit(question_of(parse(search)), content, kind, by=by, csv=csv)
        waiting.append(task.id)
        return []
    if isinstance(triggered, dict):
        _check_whose(triggered)
        if triggered["area"] == ids.TASK_CANCEL:
            background.cancel(triggered["index"])
        elif triggered["area"] == ids.TASK_RETRY:
            waiting.append(background.retry(triggered["index"], by).id)
    return no_update


def _check_whose(triggered: Any) -> None:
    """Raises NotYours for a click on a task of somebody else by a person who may not change anything."""
    caller: Caller | None = g.get("caller")
    if caller is None or caller.may(Scope.WRITE) or triggered["area"] not in (ids.TASK_CANCEL, ids.TASK_RETRY):
        return
    if services().background.one(triggered["index"]).created_by != caller.name:
        raise NotYours(
            Problem(
                "Somebody else asked for this.",
                "Viewers cancel and try again what they asked for themselves.",
                "Ask an editor or an admin.",
            )
        )


def _listed(task: BackgroundTask) -> Listed:
    exports = services().exports
    file = exports.file(task)
    return Listed(task, file, f"/exports/{task.id}/download?{exports.link(task)}" if file else "")


def _zone(snapshot: Snapshot) -> str:
    return snapshot.zone() if snapshot.trouble is None else "UTC"
