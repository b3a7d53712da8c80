"""Saving the mapping: check, save with the revision that the editor saw, and what to do when others saved too."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, ctx, no_update

from callbacks.context import problem_of, workspace
from callbacks.field_mapping import jira_fields, statuses
from data.settings.fields import FIELDS
from data.settings.model import Settings
from data.settings.store import Conflict, Invalid, ReadOnly
from ui import ids
from ui.modals.draft import FLOW_ITEMS, PHASES, WORK, Draft, base_of, keys_at, patch, problems_of_workflow
from ui.modals.field_mapping import conflict_rows
from ui.modals.mapping_definitions import lines
from ui.words import count

M = ids.Mapping


@callback(
    Output(M.CHECKED, "data"),
    Input(M.SAVE, "n_clicks"),
    Input(M.KEEP_MINE, "n_clicks"),
    State(M.DRAFT, "data"),
    State(M.LOADED, "data"),
    State(M.RESULT, "data"),
    prevent_initial_call=True,
)
def validate(_save: int | None, _keep: int | None, draft: dict | None, loaded: dict | None, result: dict | None) -> Any:
    """Types of the chosen fields and sense of the workflow; then the patch that is to be saved."""
    if not draft or not loaded:
        return no_update
    known = statuses()
    fields = {each.id: each for each in jira_fields()[0]} if not loaded["jira"] else {}
    errors = type_errors(draft) if not loaded["jira"] else {}
    message = problems_of_workflow(draft, loaded["base"], known)
    if errors:
        names = ", ".join(FIELDS[key.partition("/")[2]].title.lower() for key in errors)
        message = f"Not saved: {names} cannot be that field. Choose another one or clear it."
    revision = loaded["revision"]
    if ctx.triggered_id == M.KEEP_MINE and result and result["state"] == "conflict":
        revision = result["revision"]
    return {
        "n": ctx.triggered[0]["value"],
        "by": str(ctx.triggered_id),
        "ok": not errors and not message,
        "message": message,
        "errors": errors,
        "revision": revision,
        "patch": patch(draft, loaded["base"], known, fields) if not errors else {},
    }


def type_errors(draft: Draft) -> dict[str, list]:
    """Newly chosen fields of a type that does not fit: key → [value, why]."""
    found: dict[str, list] = {}
    for key, jira in draft.items():
        kind, _, name = key.partition("/")
        if kind == "field" and jira:
            problem = workspace().check(name, jira)
            if problem and problem.level == "danger":
                found[key] = [jira, str(problem)]
    return found


@callback(
    Output(M.RESULT, "data"),
    Output(M.CONFLICT, "hidden"),
    Output(M.CONFLICT_ROWS, "children"),
    Input(M.CHECKED, "data"),
    Input(M.USE_THEIRS, "n_clicks"),
    Input(M.SESSION, "data"),
    State(M.DRAFT, "data"),
    State(M.LOADED, "data"),
    State(M.RESULT, "data"),
    prevent_initial_call=True,
)
def save(
    checked: dict | None,
    _theirs: int | None,
    _session: dict | None,
    draft: dict | None,
    loaded: dict | None,
    before: dict | None,
) -> tuple[Any, bool, Any]:
    """Save what was checked. A conflict shows both sides and keeps the input."""
    if ctx.triggered_id != M.CHECKED:
        return no_update, True, []
    if not checked or not checked["ok"] or not draft or not loaded:
        return no_update, no_update, no_update
    n = (before or {}).get("n", 0) + 1
    try:
        saved = workspace().save(checked["patch"], checked["revision"])
    except Conflict as conflict:
        rows = rows_of(conflict, draft, loaded["base"])
        words = f"Not saved: somebody else changed {count(len(rows), 'value')} meanwhile."
        result = {
            "n": n,
            "state": "conflict",
            "message": words,
            "revision": conflict.revision,
            "fields": conflict.fields,
        }
        return result, False, conflict_rows(rows)
    except Invalid as invalid:
        return {"n": n, "state": "error"} | invalid_at(invalid, draft), True, []
    except ReadOnly as refused:
        return {"n": n, "state": "error", "message": str(refused.problem)}, True, []
    except Exception as error:  # noqa: BLE001 - whatever failed, the input stays and the modal says so
        problem, request_id = problem_of(error)
        words = f"{problem} Request {request_id}." if request_id else str(problem)
        return {"n": n, "state": "error", "message": words}, True, []
    return {"n": n, "state": "saved", "message": "", "revision": saved.revision}, True, []


def invalid_at(invalid: Invalid, draft: Draft) -> dict[str, Any]:
    """Each message at the value it is about; the line at the bottom says them all."""
    errors = {key: [draft[key], words] for key, words in messages(invalid, draft).items()}
    return {"message": f"Not saved. {said(invalid, draft)}", "errors": errors}


def messages(invalid: Invalid, draft: Draft) -> dict[str, str]:
    """What is wrong with which change."""
    return {
        key: words.removeprefix("Value error, ")
        for path, words in invalid.errors.items()
        for key in keys_at(path, draft) or keys_at(path.rpartition(".")[0], draft)
    }


def said(invalid: Invalid, draft: Draft) -> str:
    """All of it in one line."""
    found = [f"{title_of(key)}: {words}" for key, words in messages(invalid, draft).items()]
    return "; ".join(found or [": ".join(filter(None, pair)) for pair in invalid.errors.items()])


def rows_of(conflict: Conflict, draft: Draft, base: Draft) -> list[dict[str, str]]:
    """Both sides of each value in conflict, in words."""
    theirs = values_of(conflict.theirs, base)
    keys = dict.fromkeys(key for path in conflict.fields for key in keys_at(path, draft))
    return [
        {"title": title_of(key), "mine": words_of(key, draft[key]), "theirs": words_of(key, theirs.get(key))}
        for key in keys
        if theirs.get(key) != draft[key]
    ]


def values_of(settings: Settings, base: Draft) -> Draft:
    """Somebody else's settings under the draft's keys."""
    found = base_of(settings, statuses(), [])
    chosen = settings.definitions.flow_types
    return found | {key: chosen.get(key.removeprefix("type/"), "") for key in base if key.startswith("type/")}


def title_of(key: str) -> str:
    """What a change is about, for people."""
    kind, _, name = key.partition("/")
    match kind:
        case "field" if name in FIELDS:
            return FIELDS[name].title
        case "phase" | "work":
            status = next((each.name for each in statuses() if each.id == name), name)
            return f"Status {status}"
        case "type":
            return f"Type {name}"
        case "setting" if name in lines():
            return lines()[name].title
    return name


def words_of(key: str, value: Any) -> str:
    """A value as it is written in the modal."""
    kind = key.partition("/")[0]
    if kind == "field":
        names = {each.id: each.name for each in jira_fields()[0]}
        return f"{names[value]} ({value})" if value in names else value or "not mapped"
    name = key.partition("/")[2]
    if kind == "setting" and name in lines():
        return lines()[name].said(value, {each.id: each.name for each in statuses()})
    tables = {"phase": PHASES, "work": WORK | {"": "neither"}, "type": FLOW_ITEMS | {"": "not counted"}}
    return tables[kind].get(value or "", str(value))


@callback(
    Output(ids.Store.SAVED, "data"),
    Input(M.RESULT, "data"),
    Input(ids.Definitions.RESULT, "data"),
    State(ids.Store.SAVED, "data"),
    prevent_initial_call=True,
)
def tell_saved(result: dict | None, defined: dict | None, saved: int | None) -> Any:
    """The page takes note, also of definitions saved from a view: cached numbers are gone, new ones are needed."""
    result = defined if ctx.triggered_id == ids.Definitions.RESULT else result
    return (saved or 0) + 1 if result and result["state"] == "saved" else no_update
