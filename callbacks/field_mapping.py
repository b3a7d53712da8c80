"""The mapping modal opens, loads, asks before it closes, and says where it is; D-05."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update

from callbacks.context import problem_of, services
from data.jira.errors import JiraError
from data.services.view import Snapshot, View
from data.values.fields import FieldInfo, StatusInfo, TypeInfo
from data.values.json_types import JsonObject
from data.values.periods import PeriodError
from data.values.problem import Problem
from ui import ids
from ui.modals.draft import base_of, mapped
from ui.modals.mapping_needs import first_place
from ui.url import parse
from ui.words import count

M = ids.Mapping
CLOSED = {"open": False}

clientside_callback(
    ClientsideFunction("throughline_modals", "ask"),
    Output(M.ASKED, "data"),
    Input(ids.Header.SETTINGS, "n_clicks"),
    Input(ids.configure(ALL, ALL), "n_clicks"),
    prevent_initial_call=True,
)

clientside_callback(
    ClientsideFunction("throughline_modals", "go"),
    Output(M.PLACE, "data"),
    Input(M.LOADED, "data"),
    Input(ids.mapping_go(ALL, ALL), "n_clicks"),
    State(M.PLACE, "data"),
    prevent_initial_call=True,
)

clientside_callback(
    ClientsideFunction("throughline_modals", "state"),
    Output(M.STATE, "data"),
    Output(M.FRAME, "className"),
    Input(M.SESSION, "data"),
    Input(M.LOADED, "data"),
    Input(M.DRAFT, "data"),
    Input(M.SAVE, "n_clicks"),
    Input(M.KEEP_MINE, "n_clicks"),
    Input(M.CHECKED, "data"),
    Input(M.RESULT, "data"),
    State(M.STATE, "data"),
    prevent_initial_call=True,
)

# A choice may still be on its way when somebody closes or saves. The draft is an input of the wish, so Dash lets the
# wish wait for it; as a mere state the draft would be the one of before. Both set their stores themselves: as outputs
# they would close a circle, since closing and saving empty the draft.
clientside_callback(
    ClientsideFunction("throughline_modals", "leave"),
    Input(M.CLOSE, "n_clicks"),
    Input(M.DRAFT, "data"),
    prevent_initial_call=True,
)

clientside_callback(
    ClientsideFunction("throughline_modals", "wish"),
    Input(M.SAVE, "n_clicks"),
    Input(M.KEEP_MINE, "n_clicks"),
    Input(M.DRAFT, "data"),
    prevent_initial_call=True,
)


@callback(
    Output(M.MODAL, "is_open"),
    Output(M.SESSION, "data"),
    Output(M.ASK, "hidden"),
    Output(f"{M.ASK}-words", "children"),
    Input(M.ASKED, "data"),
    Input(M.LEAVE, "data"),
    Input(M.KEEP, "n_clicks"),
    Input(M.DISCARD, "n_clicks"),
    Input(M.CLOCK, "n_intervals"),
    State(M.STATE, "data"),
    prevent_initial_call=True,
)
def open_or_close(
    asked: JsonObject | None,
    leave: JsonObject | None,
    _keep: int | None,
    _discard: int | None,
    _ticks: int | None,
    state: str | None,
) -> tuple[Any, Any, Any, Any]:
    """Open for the gear or a card; close at once without changes, else ask first; close after saving."""
    match ctx.triggered_id:
        case M.ASKED if asked:
            return True, {"open": True, "n": asked["n"], "metric": asked.get("metric")}, True, no_update
        case M.LEAVE if leave and leave["changes"]:
            return no_update, no_update, False, f"Discard {count(leave['changes'], 'change')}?"
        case M.KEEP:
            return no_update, no_update, True, no_update
        case M.CLOCK if state != "saved":  # it was closed and opened again before the clock stood still
            return no_update, no_update, no_update, no_update
        case _:
            return False, CLOSED, True, no_update


@callback(
    Output(M.LOADED, "data"),
    Input(M.SESSION, "data"),
    Input(M.RETRY, "n_clicks"),
    Input(M.USE_THEIRS, "n_clicks"),
    Input(M.RESULT, "data"),
    State(ids.Page.LOCATION, "search"),
    prevent_initial_call=True,
)
def load(
    session: JsonObject | None, _retry: int | None, _theirs: int | None, result: JsonObject | None, search: str | None
) -> Any:
    """What the editor starts from: the saved values, their revision, and what is in the way."""
    match ctx.triggered_id:
        case M.SESSION if session and session["open"]:
            return loaded("opened", metric=session.get("metric"), search=search)
        case M.RETRY:
            return loaded("retry", refresh=True)
        case M.USE_THEIRS:
            return loaded("theirs")
        case M.RESULT if result and result["state"] == "saved":
            return loaded("saved")
    return no_update


def loaded(
    reason: str, *, metric: str | None = None, search: str | None = None, refresh: bool = False
) -> dict[str, Any]:
    """`reason`: opened, retry, theirs or saved. Problems are given as [what, why, todo, level] or None."""
    snapshot = services().snapshot()
    _, unreachable = jira_fields(snapshot, refresh=refresh)
    base = base_of(snapshot.settings, statuses(snapshot), issue_types(snapshot))
    section, item = first_place(metric, set(mapped({}, base)), *(misses(metric, search, snapshot) if metric else ()))
    read_only = snapshot.loaded.problem or (READ_ONLY if snapshot.loaded.read_only else None)
    return {
        "reason": reason,
        "revision": snapshot.settings_revision,
        "base": base,
        "jira": packed(unreachable),
        "read_only": packed(read_only),
        "blocked": snapshot.loaded.read_only,
        "place": {"section": section, "item": item, "pane": metric is not None},
    }


def misses(metric: str, search: str | None, snapshot: Snapshot) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields and the settings that a metric asks for on the page behind the modal."""
    question = asked_for(search, snapshot)
    for family in ("dora", "flow"):
        for value in services().numbers.answer(family, question, stale_ok=True).values:
            if value.metric_name == metric:
                return tuple(value.details.get("needs") or ()), tuple(value.details.get("needs_settings") or ())
    return (), ()


def asked_for(search: str | None, snapshot: Snapshot) -> View:
    """The question of the page behind the modal; of the last 30 days where its dates do not make a period. Raises
    BadOverride, StoreError.
    """
    asked = parse(search)
    try:
        return snapshot.view(asked.period, asked.first, asked.last, asked.filters)
    except PeriodError:
        return snapshot.view(filters=asked.filters)


READ_ONLY = Problem(
    "These settings cannot be saved.",
    "The settings file cannot be written.",
    "Give this program permission to write it; until then changes can be tried here, not kept.",
)


def packed(problem: Problem | None) -> list[str] | None:
    """A problem as plain JSON."""
    return [problem.what, problem.why, problem.todo, problem.level] if problem else None


def unpacked(row: list[str] | None) -> Problem | None:
    """Back from `packed`."""
    return Problem(*row) if row else None


def jira_fields(snapshot: Snapshot, *, refresh: bool = False) -> tuple[list[FieldInfo], Problem | None]:
    """The fields of the site, or why they could not be read."""
    try:
        return list(services().field_mapping.jira_fields(snapshot, refresh=refresh)), None
    except JiraError as error:
        return [], problem_of(error)[0]


def statuses(snapshot: Snapshot) -> list[StatusInfo]:
    """Statuses of the site; empty where they cannot be read."""
    try:
        return list(services().field_mapping.statuses(snapshot))
    except JiraError:
        return []


def issue_types(snapshot: Snapshot) -> list[TypeInfo]:
    """Issue types of the site; empty where they cannot be read."""
    try:
        return list(services().field_mapping.issue_types(snapshot))
    except JiraError:
        return []


@callback(
    Output(M.STATUS, "children"),
    Output(M.SAVE, "children"),
    Output(M.SAVE, "disabled"),
    Output(M.SAVE, "title"),
    Output(M.CLOCK, "disabled"),
    Input(M.STATE, "data"),
    Input(M.DRAFT, "data"),
    State(M.LOADED, "data"),
    State(M.CHECKED, "data"),
    State(M.RESULT, "data"),
    prevent_initial_call=True,
)
def show_state(
    state: str | None,
    draft: JsonObject | None,
    saved: JsonObject | None,
    checked: JsonObject | None,
    result: JsonObject | None,
) -> tuple[str, str, bool, str, bool]:
    """The line at the bottom, the save button, and the clock that closes the modal two seconds after saving."""
    n = len(draft or {})
    label = f"Save {count(n, 'change')}" if n else "Save changes"
    blocked = bool(saved and saved["blocked"])
    busy = state in ("loading", "validating", "saving")
    stays = state != "saved" or bool(result and result.get("message"))  # a warning is there to be read
    why = "These settings cannot be changed here." if blocked else "" if n else "Nothing is changed yet."
    return _words(state, n, blocked, checked, result), label, blocked or busy or not n, why, stays


def _words(state: str | None, n: int, blocked: bool, checked: JsonObject | None, result: JsonObject | None) -> str:
    match state:
        case "loading":
            return "Reading fields and settings…"
        case "validating":
            return "Checking and saving…"
        case "saving":
            return "Saving…"
        case "saved":
            warning = str(result["message"] or "") if result else ""
            return f"Saved. The numbers are being recalculated. {warning}".strip()
        case "error":
            if checked and not checked["ok"]:
                return str(checked["message"])
            return str(result["message"]) if result else "Not saved."
    if blocked:
        return "Read-only: changes can be tried here, not saved."
    return f"{count(n, 'change')} not saved yet." if n else "No changes."
