"""Every choice in the mapping modal becomes a change in one small draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update

from callbacks.context import services
from callbacks.field_mapping import issue_types, jira_fields, statuses
from data.jira.errors import JiraError
from data.services.view import Snapshot
from data.settings.fields import FIELDS, field_ids
from data.values.fields import SURE, FieldInfo, Suggestion
from data.values.json_types import JsonObject
from data.values.names import name_key
from data.values.spans import EMPTY
from ui import ids
from ui.modals.draft import Draft, in_force, keys_at, mapped, with_change
from ui.modals.mapping_spans import ADD, SETTING, changed_span, without_span
from ui.modals.mapping_values import put_meaning

M = ids.Mapping
# After these the other controls have to show the change too.
ELSEWHERE_TOO = (
    "mapping-suggestion", "mapping-choice", "mapping-more", "mapping-action", "mapping-phase", "mapping-work",
    "mapping-flow-item", "mapping-meaning",
    "mapping-word", "mapping-word-gone", "mapping-word-offered", "mapping-span-gone",
)  # a table: kept in its rows  # fmt: skip


@callback(
    Output(M.DRAFT, "data"),
    Output(M.REDRAW, "data"),
    Input(M.SESSION, "data"),
    Input(M.LOADED, "data"),
    Input(ids.mapping_suggestion(ALL, ALL), "n_clicks"),
    Input(ids.mapping_choice(ALL), "value"),
    Input(ids.mapping_more(ALL), "value"),
    Input(ids.mapping_action(ALL), "n_clicks"),
    Input(ids.mapping_phase(ALL), "value"),
    Input(ids.mapping_work(ALL), "value"),
    Input(ids.mapping_flow_item(ALL), "value"),
    Input(ids.mapping_meaning(ALL, ALL), "value"),
    Input(ids.mapping_setting(ALL), "value"),
    Input(ids.mapping_span(ALL, ALL), "value"),
    Input(ids.mapping_span_gone(ALL), "n_clicks"),
    Input(ids.mapping_word(ALL), "value"),
    Input(ids.mapping_word_gone(ALL, ALL), "n_clicks"),
    Input(ids.mapping_word_offered(ALL, ALL), "n_clicks"),
    State(M.SESSION, "data"),
    State(M.LOADED, "data"),
    State(M.DRAFT, "data"),
    State(M.REDRAW, "data"),
    State(M.RESULT, "data"),
    prevent_initial_call=True,
)
def edit(*states: Any) -> tuple[Any, Any]:
    """One more change. Controls that merely appeared say what is in force already, which is no change."""
    session, loaded, draft, redraw, result = states[-5:]
    draft = draft or {}
    if ctx.triggered_id == M.SESSION:
        return (no_update if (session and session["open"]) or not draft else {}), no_update
    if not loaded:
        return no_update, no_update
    if ctx.triggered_id == M.LOADED:
        kept = after_loading(loaded["reason"], draft, loaded["base"], result)
        return kept, (redraw or 0) + 1
    new, show = draft, False
    for each in ctx.triggered:
        control = ctx.triggered_prop_ids.get(each["prop_id"])
        if not isinstance(control, dict):  # controls have gone from the page
            continue
        after = changed(new, loaded["base"], control, each["value"])
        show = show or (after != new and control["area"] in ELSEWHERE_TOO)
        new = after
    if new == draft:
        return no_update, no_update
    return new, (redraw or 0) + 1 if show else no_update


def after_loading(reason: str, draft: Draft, base: Draft, result: JsonObject | None) -> Draft:
    """What is left of the draft: all of it after a retry, what was not in conflict after "use theirs", else nothing."""
    if reason not in ("retry", "theirs"):
        return {}
    dropped = (
        {key for path in (result or {}).get("fields", ()) for key in keys_at(path, draft)} if reason == "theirs" else ()
    )
    kept: Draft = {}
    for key, value in draft.items():
        if key not in dropped:
            kept = with_change(kept, base, key, value)
    return kept


def changed(draft: Draft, base: Draft, control: dict[str, str], value: Any) -> Draft:
    """The draft after one control said `value`; the same draft when that is nothing new."""
    match control["area"]:
        case "mapping-suggestion" if value:
            return with_change(
                draft, base, f"field/{control['field']}", in_order(draft, base, control["field"], first=control["jira"])
            )
        case "mapping-choice":
            return with_change(
                draft, base, f"field/{control['field']}", in_order(draft, base, control["field"], first=value)
            )
        case "mapping-more":
            return with_change(
                draft, base, f"field/{control['field']}", in_order(draft, base, control["field"], more=value or [])
            )
        case "mapping-action" if value:
            return act(draft, base, control["action"])
        case "mapping-phase" if value:
            return with_change(draft, base, f"phase/{control['status']}", value)
        case "mapping-work":
            return with_change(draft, base, f"work/{control['status']}", value or "")
        case "mapping-flow-item":
            return with_change(draft, base, f"type/{control['type']}", value or "")
        case "mapping-meaning":
            return put_meaning(draft, base, control["field"], control["value"], value or "")
        case "mapping-setting":
            return put_setting(draft, base, control["setting"], value)
        case "mapping-span":
            return put_spans(draft, base, lambda lines: changed_span(lines, control["row"], control["part"], value))
        case "mapping-span-gone" if value:
            return put_spans(draft, base, lambda lines: without_span(lines, control["row"]))
        case "mapping-word" if value and value.strip():
            words = list(in_force(draft, base).get(f"setting/{control['setting']}") or [])
            return with_change(draft, base, f"setting/{control['setting']}", with_names(words, value.split(",")))
        case "mapping-word-offered" if value:
            words = list(in_force(draft, base).get(f"setting/{control['setting']}") or [])
            return with_change(draft, base, f"setting/{control['setting']}", with_names(words, [control["word"]]))
        case "mapping-word-gone" if value:
            words = list(in_force(draft, base).get(f"setting/{control['setting']}") or [])
            return with_change(
                draft, base, f"setting/{control['setting']}", [each for each in words if each != control["word"]]
            )
    return draft


def in_order(
    draft: Draft, base: Draft, field: str, *, first: str | None = None, more: list[str] | None = None
) -> str | None:
    """The Jira fields of one of ours after a change of the first, or of those that count where it is empty."""
    held = field_ids(in_force(draft, base).get(f"field/{field}"))
    if more is None:
        return ",".join(field_ids(",".join([first, *held[1:]]))) if first else None
    return ",".join(field_ids(",".join([*held[:1], *more]))) if held else None


def with_names(words: list[str], added: list[str]) -> list[str]:
    """The list with more names at its end, each name once.

    >>> with_names(["Incident"], [" incident ", "Sev 1", "sev 1", ""])
    ['Incident', 'Sev 1']
    """
    found = {name_key(each): each for each in words}
    for each in added:
        if each.strip():
            found.setdefault(name_key(each), each.strip())
    return list(found.values())


def put_setting(draft: Draft, base: Draft, path: str, value: Any) -> Draft:
    """Lists of choices keep one order, so that ticking and unticking is no change."""
    if path == "working_time.weekdays":
        value = sorted(value or [])
    return with_change(
        draft, base, f"setting/{path}", None if value == "" and base.get(f"setting/{path}") is None else value
    )


def put_spans(draft: Draft, base: Draft, change: Callable[[list[str]], list[str]]) -> Draft:
    """The draft with other named spans."""
    lines = [str(each) for each in in_force(draft, base).get(f"setting/{SETTING}") or []]
    return with_change(draft, base, f"setting/{SETTING}", change(lines))


def act(draft: Draft, base: Draft, action: str) -> Draft:
    """accept-all, clear:<our field>, reset:workflow, reset:types, add-span."""
    verb, _, what = action.partition(":")
    if verb == ADD:
        return put_spans(draft, base, lambda lines: [*lines, EMPTY])
    if verb == "clear":
        return with_change(draft, base, f"field/{what}", None)
    snapshot = services().snapshot()
    if verb == "accept-all":
        for name, offer in acceptable(mapped(draft, base), snapshot).items():
            draft = with_change(draft, base, f"field/{name}", offer.field_id)
    if action == "reset:workflow":
        for each in statuses(snapshot):
            draft = with_change(draft, base, f"phase/{each.id}", each.usual)
            draft = with_change(draft, base, f"work/{each.id}", "")
    if action == "reset:types":
        draft = {key: value for key, value in draft.items() if not key.startswith("type/")}
        suggested = {each.name: each.flow_item or "" for each in issue_types(snapshot) if each.suggested}
        for name, item in suggested.items():
            draft = with_change(draft, base, f"type/{name}", item)
    return draft


def suggestions(snapshot: Snapshot) -> dict[str, list[Suggestion]]:
    """For each of our fields, Jira fields that could be it, best first; empty when Jira cannot be asked."""
    try:
        return services().field_mapping.suggestions(snapshot)
    except JiraError:
        return {}


def acceptable(
    taken: dict[str, str], snapshot: Snapshot, fields: list[FieldInfo] | None = None
) -> dict[str, Suggestion]:
    """Suggestions that we are sure of, for fields not mapped yet; no Jira field is used twice."""
    known = {each.id: each for each in (jira_fields(snapshot)[0] if fields is None else fields)}
    used: set[str] = {each for named in taken.values() for each in field_ids(named)}
    found: dict[str, Suggestion] = {}
    offers = [
        (each[0], name) for name, each in suggestions(snapshot).items() if each and name not in taken and name in FIELDS
    ]
    for offer, name in sorted(offers, key=lambda pair: -pair[0].score):
        info = known.get(offer.field_id)
        if info is None or offer.score < SURE or offer.field_id in used or not FIELDS[name].fits(info.kind):
            continue
        if info.coverage is not None and not info.coverage.set:
            continue
        used.add(offer.field_id)
        found[name] = offer
    return found
