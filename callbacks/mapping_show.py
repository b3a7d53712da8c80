"""What the mapping modal shows: the list, the choice, and what the choice does to the numbers."""

from __future__ import annotations

from typing import Any

from dash import MATCH, Input, Output, State, callback, no_update

from callbacks.context import services
from callbacks.field_mapping import asked_for, issue_types, jira_fields, statuses, unpacked
from callbacks.mapping_draft import acceptable, suggestions
from callbacks.mapping_save import errors_in_words
from data.jira.errors import JiraError
from data.services.view import Snapshot
from data.settings.fields import FIELDS, VALUE_LISTS, field_ids
from data.settings.store import Invalid
from data.values.fields import ValueInfo
from data.values.json_types import JsonObject
from data.values.periods import PeriodError
from ui import ids
from ui.modals import mapping_definitions as definitions
from ui.modals import mapping_list as lists
from ui.modals.draft import Draft, in_force, mapped, patch, problems_of_workflow
from ui.modals.field_mapping import banner, jira_problem, section_tabs
from ui.modals.mapping_field import MOST_OPTIONS, field_pane, options
from ui.modals.mapping_needs import steps
from ui.modals.mapping_preview import preview, preview_problem
from ui.modals.mapping_values import scale_section, values_section
from ui.modals.mapping_workflow import types_pane, workflow_pane

M = ids.Mapping


@callback(
    Output(M.LIST, "children"),
    Output(M.LIST, "className"),
    Output(M.SECTIONS, "children"),
    Output(M.BANNER, "children"),
    Output(M.RETRY, "hidden"),
    Input(M.PLACE, "data"),
    Input(M.LOADED, "data"),
    Input(M.DRAFT, "data"),
    prevent_initial_call=True,
)
def show_list(place: JsonObject | None, loaded: JsonObject | None, draft: JsonObject | None) -> tuple[Any, ...]:
    """The left side, the section tabs and what is in the way."""
    if not loaded or not place:
        return (no_update,) * 5
    draft, base = draft or {}, loaded["base"]
    jira = unpacked(loaded["jira"])
    section, item = place["section"], place["item"]
    content: list[Any] = []
    if section == "fields" and not jira:
        content = fields_on_the_left(item or steps()[0], draft, base, services().snapshot())
    elif section == "definitions":
        parts = definitions.parts()
        counts = {
            part: sum(key.startswith("setting/") and definitions.part_of(key[8:]) == part for key in draft)
            for part in parts
        }
        content = lists.plain_list(section, item or next(iter(parts)), parts, counts)
    total = len(FIELDS)
    marks = {"fields": "" if jira else f"{len(mapped(draft, base))}/{total}"} | edited_sections(draft)
    tabs = section_tabs(section, marks)
    shape = "mapping-list" + ("" if content else " is-empty") + (" is-passed" if place["pane"] else "")
    return (
        content,
        shape,
        tabs,
        banner(unpacked(loaded["read_only"]), None, section),
        not (jira and section == "fields"),
    )


def edited_sections(draft: Draft) -> dict[str, str]:
    """ "2 edited" for each section but the fields, whose list says so itself."""
    kinds = {"workflow": ("phase/", "work/"), "types": ("type/",), "definitions": ("setting/",)}
    counts = {name: sum(key.startswith(begins) for key in draft) for name, begins in kinds.items()}
    return {name: f"{n} edited" for name, n in counts.items() if n}


def fields_on_the_left(here: str, draft: Draft, base: Draft, snapshot: Snapshot) -> list[Any]:
    """Each of our fields with its state and the name of its Jira field."""
    fields, _ = jira_fields(snapshot)
    by_id = {each.id: each for each in fields}
    chosen, offers = mapped(draft, base), suggestions(snapshot)
    states, names = {}, {}
    for name in FIELDS:
        if name in chosen:
            infos = [by_id.get(each) for each in field_ids(chosen[name])]
            trouble = services().field_mapping.check(name, chosen[name], snapshot)
            states[name] = lists.UNFIT if trouble and trouble.level == "danger" else lists.MAPPED
            names[name] = ", else ".join(each.name for each in infos if each) if all(infos) else chosen[name]
        elif offers.get(name) and offers[name][0].field_id in by_id:
            states[name], names[name] = lists.SUGGESTED, f"suggested: {by_id[offers[name][0].field_id].name}"
    edited = {key.removeprefix("field/") for key in draft if key.startswith("field/")}
    return lists.field_list(here, states, names, edited, len(acceptable(chosen, snapshot, fields)))


@callback(
    Output(M.PANE, "children"),
    Input(M.PLACE, "data"),
    Input(M.REDRAW, "data"),
    Input(M.CHECKED, "data"),
    Input(M.RESULT, "data"),
    State(M.LOADED, "data"),
    State(M.DRAFT, "data"),
    prevent_initial_call=True,
)
def show_pane(
    place: JsonObject | None,
    _redraw: int | None,
    checked: JsonObject | None,
    result: JsonObject | None,
    loaded: JsonObject | None,
    draft: JsonObject | None,
) -> Any:
    """The right side: one field, or one part of the other sections."""
    if not loaded or not place:
        return no_update
    draft, base = draft or {}, loaded["base"]
    values = in_force(draft, base)
    errors = errors_now(checked, result, draft)
    snapshot = services().snapshot()
    match place["section"]:
        case "workflow":
            known = statuses(snapshot)
            return workflow_pane(known, values, base, problems_of_workflow(draft, base, known))
        case "types":
            source = mapped(draft, base).get("flow_item_type", "")
            return types_pane(
                issue_types(snapshot), values, base, source if loaded["jira"] else name_of(source, snapshot)
            )
        case "definitions":
            part = place["item"] or next(iter(definitions.parts()))
            settings = {key.removeprefix("setting/"): words for key, words in errors.items()}
            return definitions.definitions_pane(part, values, settings, known_names(snapshot))
    if problem := unpacked(loaded["jira"]):
        return jira_problem(problem)
    return one_field(place["item"] or steps()[0], values, errors, snapshot)


def one_field(item: str, values: Draft, errors: dict[str, str], snapshot: Snapshot) -> Any:
    """The choice for "<group>/<our field>"; `values`: everything as it is in force, under the keys of the draft."""
    fields, problem = jira_fields(snapshot)
    if problem:
        return jira_problem(problem)
    name = item.partition("/")[2]
    jira = values.get(f"field/{name}")
    trouble = services().field_mapping.check(name, jira, snapshot) if jira else None
    error = errors.get(f"field/{name}", "")
    found = services().field_mapping.values(name, jira, snapshot) if jira and name in VALUE_LISTS else []
    meant = scale_section(values) if jira and name == "satisfaction" else values_section(FIELDS[name], found, values)
    rule = rule_of(snapshot.settings.dora_flow_config.field_metadata.get(jira or "", {}))
    return field_pane(item, jira, fields, suggestions(snapshot).get(name, []), trouble, error, meant, rule)


def rule_of(metadata: JsonObject) -> str:
    """What Jira said of a mapped field when it was saved: whether it requires it, or why that is not known.

    >>> rule_of({"required": False}), rule_of({"required": None, "why_unknown": "The form is empty."})
    ('', 'The form is empty.')
    """
    required = "Jira requires this field whenever an issue is created." if metadata.get("required") is True else ""
    return " ".join(filter(None, (required, str(metadata.get("why_unknown") or ""))))


def errors_now(checked: JsonObject | None, result: JsonObject | None, draft: Draft) -> dict[str, str]:
    """Messages at the values they are about, as long as those values are still in the draft."""
    found: dict[str, str] = {}
    for outcome in (checked, result):
        for key, (value, words) in ((outcome or {}).get("errors") or {}).items():
            if key in draft and draft[key] == value:
                found[key] = words
    return found


def name_of(jira: str, snapshot: Snapshot) -> str:
    """The names of the Jira fields of a mapping; ids where the fields cannot be read; empty without one."""
    names = {each.id: each.name for each in (jira_fields(snapshot)[0] if jira else ())}
    return ", else ".join(names.get(each, each) for each in field_ids(jira))


def known_names(snapshot: Snapshot) -> definitions.Known:
    """Names on the site that settings may refer to."""
    choices = services().numbers.choices(snapshot)
    used = services().field_mapping.names_in_use(snapshot)
    return definitions.Known(
        types=tuple(name for name, _ in choices.of("type")),
        labels=tuple(name for name, _ in choices.of("label")[:200]),
        components=tuple(name for name, _ in choices.of("component")[:200]),
        used_types=tuple(ValueInfo(*each) for each in choices.of("type")),
        resolutions=tuple(used["resolutions"]),
        links=tuple(used["links"]),
        statuses=tuple(statuses(snapshot)),
        titles=services().field_mapping.titles(snapshot),
        account_zone=services().status.of(snapshot).zone,
    )


@callback(
    Output(ids.mapping_choice(MATCH), "options"),
    Input(ids.mapping_choice(MATCH), "search_value"),
    State(ids.mapping_choice(MATCH), "value"),
    State(ids.mapping_choice(MATCH), "id"),
    prevent_initial_call=True,
)
def search_fields(typed: str | None, chosen: str | None, control: dict[str, str]) -> Any:
    """On a site with more fields than one list carries, the list follows what is typed."""
    fields, problem = jira_fields(services().snapshot())
    if problem or len(fields) <= MOST_OPTIONS:
        return no_update
    return options(FIELDS[control["field"]], fields, chosen, typed or "")


@callback(
    Output(M.PREVIEW, "children"),
    Input(M.DRAFT, "data"),
    Input(M.LOADED, "data"),
    State(ids.Page.LOCATION, "search"),
    prevent_initial_call=True,
)
def show_preview(draft: JsonObject | None, loaded: JsonObject | None, search: str | None) -> Any:
    """The numbers of the page's period, now and after the changes."""
    if not draft or not loaded:
        return []
    snapshot = services().snapshot()
    fields = {each.id: each for each in jira_fields(snapshot)[0]} if not loaded["jira"] else {}
    changes = patch(draft, loaded["base"], statuses(snapshot), fields)
    try:
        question = asked_for(search, snapshot)
        pairs = services().field_mapping.preview(changes, question)
    except Invalid as invalid:
        return preview_problem(errors_in_words(invalid, draft, snapshot))
    except (JiraError, PeriodError) as error:
        return preview_problem(str(error))
    return preview(list(pairs), question.period.label, waiting_for(draft, loaded["base"], snapshot), len(draft))


def waiting_for(draft: Draft, base: Draft, snapshot: Snapshot) -> list[str]:
    """Our fields, newly mapped, whose values are read only after saving."""
    new = {key.removeprefix("field/") for key, jira in draft.items() if key.startswith("field/") and jira}
    unread = services().field_mapping.unread(mapped(draft, base), snapshot)
    return [name for name in FIELDS if name in new and name in unread]
