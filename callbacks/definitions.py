"""Definitions that a view chooses: the row that says so, and saving them for everybody."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update

from callbacks.context import problem_of, services
from data.settings.store import SettingsError
from data.values.json_types import JsonObject
from data.values.problem import Problem
from ui import ids
from ui.components.definitions import CANNOT_SAVE, SAVED_STAY, chips
from ui.components.definitions_save import changes
from ui.url import parse

D = ids.Definitions

clientside_callback(
    ClientsideFunction("definitions", "ask"),
    Output(D.VIEW, "data"),
    Input(ids.Page.LOCATION, "search"),
    Input(ids.Store.REVISION, "data"),
)
clientside_callback(
    ClientsideFunction("definitions", "saved"),
    Output(D.CHIPS, "data-saved"),
    Input(D.RESULT, "data"),
    prevent_initial_call=True,
)


@callback(
    Output(D.CHIPS, "children"),
    Output(D.ROW, "hidden"),
    Output(D.SAVE, "disabled"),
    Output(D.SAVE, "title"),
    Output(D.NOTE, "children"),
    Input(D.VIEW, "data"),
    prevent_initial_call=True,
)
def show_chips(view: dict[str, Any] | None) -> tuple[Any, Any, Any, Any, Any]:
    """One chip for each definition that this view chooses; no row where it chooses none. With one that cannot be,
    nothing can be saved, and the row says why.
    """
    if view is None:
        return (no_update,) * 5
    chosen = services().definitions.chosen(parse(view["query"]).filters, services().snapshot())
    broken = any(each.problem for each in chosen)
    return chips(chosen), not chosen, broken, CANNOT_SAVE if broken else "", CANNOT_SAVE if broken else SAVED_STAY


@callback(
    Output(D.MODAL, "is_open"),
    Output(D.BODY, "children"),
    Output(D.SHOWN, "data"),
    Input(D.SAVE, "n_clicks"),
    Input(D.CANCEL, "n_clicks"),
    Input(D.RESULT, "data"),
    State(D.VIEW, "data"),
    prevent_initial_call=True,
)
def show_dialog(
    _save: int | None, _cancel: int | None, result: dict[str, Any] | None, view: dict[str, Any] | None
) -> tuple[bool, Any, Any]:
    """What would change, as it is saved now; after a save that failed the same with the reason."""
    failed = ctx.triggered_id == D.RESULT and result and result["state"] == "error"
    if not view or not (failed or ctx.triggered_id == D.SAVE):
        return False, no_update, no_update
    snapshot = services().snapshot()
    problem = None
    if failed and result:
        what, why, todo = result["problem"]
        problem = Problem(what, why, todo, "danger")
    chosen = services().definitions.chosen(parse(view["query"]).filters, snapshot)
    return (
        True,
        changes(chosen, problem, (result or {}).get("request", "") if failed else ""),
        {"revision": snapshot.settings_revision},
    )


@callback(
    Output(D.RESULT, "data"),
    Input(D.CONFIRM, "n_clicks"),
    State(D.VIEW, "data"),
    State(D.SHOWN, "data"),
    State(D.RESULT, "data"),
    prevent_initial_call=True,
)
def save(_n: int | None, view: dict[str, Any] | None, shown: dict[str, int] | None, before: JsonObject | None) -> Any:
    """Save what the dialog shows. Whatever goes wrong, the view stays as it is and the dialog says why."""
    if not view or not shown:
        return no_update
    n = (before or {}).get("n", 0) + 1
    try:
        services().definitions.save(parse(view["query"]).filters, services().snapshot(), shown["revision"])
    except SettingsError as refused:
        found = refused.problem
        return {"n": n, "state": "error", "problem": [found.what, found.why, found.todo]}
    except Exception as error:  # noqa: BLE001 - the dialog says what happened
        found, request = problem_of(error)
        return {"n": n, "state": "error", "problem": [found.what, found.why, found.todo], "request": request}
    return {"n": n, "state": "saved", "page": services().status.of(services().snapshot()).revision}
