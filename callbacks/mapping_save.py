"""Saving the mapping: check, save with the revision that the editor saw, and what to do when others saved too."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, ctx, no_update

from callbacks.context import problem_of, services
from callbacks.field_mapping import jira_fields, statuses
from data.services.view import Snapshot
from data.settings.fields import FIELDS
from data.settings.model import Settings
from data.settings.store import Conflict, Invalid, ReadOnly
from data.values.json_types import JsonObject
from ui import ids
from ui.modals.draft import FLOW_ITEMS, PHASES, WORK, Draft, base_of, keys_at, patch, problems_of_workflow
from ui.modals.field_mapping import conflict_rows
from ui.modals.mapping_definitions import lines
from ui.words import count

M = ids.Mapping


@callback(
    Output(M.CHECKED, "data"),
    Output(M.RESULT, "data"),
    Output(M.CONFLICT, "hidden"),
    Output(M.CONFLICT_ROWS, "children"),
    Input(M.WISH, "data"),
    Input(M.USE_THEIRS, "n_clicks"),
    Input(M.SESSION, "data"),
    State(M.DRAFT, "data"),
    State(M.LOADED, "data"),
    State(M.RESULT, "data"),
    prevent_initial_call=True,
)
def save(
    wish: JsonObject | None,
    _theirs: int | None,
    _session: JsonObject | None,
    draft: JsonObject | None,
    loaded: JsonObject | None,
    before: JsonObject | None,
) -> tuple[Any, Any, Any, Any]:
    """Check the draft and save it, in one answer. A conflict shows both sides and keeps the input.

    The result of a save carries the revision that the page then shows, so that the next request asks for new numbers.
    """
    if ctx.triggered_id != M.WISH:
        return no_update, no_update, True, []
    if not draft or not loaded or not wish:
        return (no_update,) * 4
    snapshot = services().snapshot()
    checked = validate(draft, loaded, before, snapshot, wish)
    if not checked["ok"]:
        return checked, no_update, no_update, no_update
    return checked, *save_draft(checked, draft, loaded, (before or {}).get("n", 0) + 1, snapshot)


def validate(
    draft: Draft, loaded: dict[str, Any], before: JsonObject | None, snapshot: Snapshot, wish: JsonObject
) -> dict[str, Any]:
    """Types of the chosen fields and sense of the workflow; then the patch that is to be saved."""
    known = statuses(snapshot)
    fields = {each.id: each for each in jira_fields(snapshot)[0]} if not loaded["jira"] else {}
    errors = type_errors(draft, snapshot) if not loaded["jira"] else {}
    message = problems_of_workflow(draft, loaded["base"], known)
    if errors:
        names = ", ".join(FIELDS[key.partition("/")[2]].title.lower() for key in errors)
        message = f"Not saved: {names} cannot be that field. Choose another one or clear it."
    revision = loaded["revision"]
    if wish["by"] == M.KEEP_MINE and before and before["state"] == "conflict":
        revision = before["revision"]
    return {
        "n": wish["n"],
        "by": wish["by"],
        "ok": not errors and not message,
        "message": message,
        "errors": errors,
        "revision": revision,
        "patch": patch(draft, loaded["base"], known, fields) if not errors else {},
    }


def type_errors(draft: Draft, snapshot: Snapshot) -> dict[str, list[Any]]:
    """Newly chosen fields of a type that does not fit: key → [value, why]."""
    found: dict[str, list[Any]] = {}
    for key, jira in draft.items():
        kind, _, name = key.partition("/")
        if kind == "field" and jira:
            problem = services().field_mapping.check(name, jira, snapshot)
            if problem and problem.level == "danger":
                found[key] = [jira, str(problem)]
    return found


def save_draft(
    checked: dict[str, Any], draft: Draft, loaded: dict[str, Any], n: int, snapshot: Snapshot
) -> tuple[dict[str, Any], bool, list[Any]]:
    """How the save of what was checked ended, as the `n`th of this page; whether nothing is in conflict; what is."""
    try:
        saved = services().field_mapping.save(checked["patch"], checked["revision"], snapshot)
    except Conflict as conflict:
        rows = rows_of(conflict, draft, loaded["base"], snapshot)
        words = f"Not saved: somebody else changed {count(len(rows), 'value')} meanwhile."
        result = {"n": n, "state": "conflict", "message": words, "revision": conflict.revision}
        return result | {"fields": conflict.fields}, False, conflict_rows(rows)
    except Invalid as invalid:
        return {"n": n, "state": "error"} | invalid_at(invalid, draft, snapshot), True, []
    except ReadOnly as refused:
        return {"n": n, "state": "error", "message": str(refused.problem)}, True, []
    except Exception as error:  # noqa: BLE001 - whatever failed, the input stays and the modal says so
        problem, request_id = problem_of(error)
        words = f"{problem} Request {request_id}." if request_id else str(problem)
        return {"n": n, "state": "error", "message": words}, True, []
    page = services().status.of(services().snapshot()).revision  # as it is after the save
    return {"n": n, "state": "saved", "message": saved.warning, "revision": saved.revision, "page": page}, True, []


def invalid_at(invalid: Invalid, draft: Draft, snapshot: Snapshot) -> dict[str, Any]:
    """Each message at the value it is about; the line at the bottom says them all."""
    errors = {key: [draft[key], words] for key, words in messages(invalid, draft).items()}
    return {"message": f"Not saved. {errors_in_words(invalid, draft, snapshot)}", "errors": errors}


def messages(invalid: Invalid, draft: Draft) -> dict[str, str]:
    """What is wrong with which change."""
    return {
        key: words.removeprefix("Value error, ")
        for path, words in invalid.errors.items()
        for key in keys_at(path, draft) or keys_at(path.rpartition(".")[0], draft)
    }


def errors_in_words(invalid: Invalid, draft: Draft, snapshot: Snapshot) -> str:
    """All of it in one line."""
    found = [f"{title_of(key, snapshot)}: {words}" for key, words in messages(invalid, draft).items()]
    return "; ".join(found or [": ".join(filter(None, pair)) for pair in invalid.errors.items()])


def rows_of(conflict: Conflict, draft: Draft, base: Draft, snapshot: Snapshot) -> list[dict[str, str]]:
    """Both sides of each value in conflict, in words."""
    theirs = values_of(conflict.theirs, base, snapshot)
    keys = dict.fromkeys(key for path in conflict.fields for key in keys_at(path, draft))
    return [
        {
            "title": title_of(key, snapshot),
            "mine": words_of(key, draft[key], snapshot),
            "theirs": words_of(key, theirs.get(key), snapshot),
        }
        for key in keys
        if theirs.get(key) != draft[key]
    ]


def values_of(settings: Settings, base: Draft, snapshot: Snapshot) -> Draft:
    """Somebody else's settings under the draft's keys."""
    found = base_of(settings, statuses(snapshot), [])
    chosen = settings.definitions.flow_types
    return found | {key: chosen.get(key.removeprefix("type/"), "") for key in base if key.startswith("type/")}


def title_of(key: str, snapshot: Snapshot) -> str:
    """What a change is about, for people."""
    kind, _, name = key.partition("/")
    match kind:
        case "field" if name in FIELDS:
            return FIELDS[name].title
        case "phase" | "work":
            status = next((each.name for each in statuses(snapshot) if each.id == name), name)
            return f"Status {status}"
        case "type":
            return f"Type {name}"
        case "setting" if name in lines():
            return lines()[name].title
    return name


def words_of(key: str, value: Any, snapshot: Snapshot) -> str:
    """A value as it is written in the modal."""
    kind = key.partition("/")[0]
    if kind == "field":
        names = {each.id: each.name for each in jira_fields(snapshot)[0]}
        return f"{names[value]} ({value})" if value in names else value or "not mapped"
    name = key.partition("/")[2]
    if kind == "setting" and name in lines():
        return lines()[name].in_words(value, services().field_mapping.titles(snapshot))
    tables = {"phase": PHASES, "work": WORK | {"": "neither"}, "type": FLOW_ITEMS | {"": "not counted"}}
    return tables[kind].get(value or "", str(value))
