"""What a person changed in the mapping and has not saved: small plain values, and the patch that they make.

A draft is {key: value} with only what differs from the base. Keys: `field/<our name>` → Jira field id (several,
separated by commas) or None; `phase/<status id>` → new, indeterminate, done or discarded; `work/<status id>` → active,
waiting or ""; `type/<issue type>` → Feature, Defect, Risk, Technical_Debt or ""; `setting/<dotted path>` → the value of
a definition.
"""

from __future__ import annotations

from typing import Any

from data.settings.fields import FIELDS, field_ids
from data.settings.model import Settings, Workflow
from data.values.fields import FieldInfo, StatusInfo, TypeInfo
from data.values.json_types import JsonObject

Draft = dict[str, Any]

NEW, STARTED, DONE, DISCARDED = "new", "indeterminate", "done", "discarded"
PHASES = {NEW: "Not started", STARTED: "In progress", DONE: "Done", DISCARDED: "Discarded"}
_PHASE_LISTS = {"started", "done", "discarded"}
WORK = {"active": "Active", "waiting": "Waiting"}
FLOW_ITEMS = {"Feature": "Feature", "Defect": "Defect", "Risk": "Risk", "Technical_Debt": "Technical debt"}
OWN_SECTION = ("flow_types",)  # definitions that have a section of their own


def base_of(settings: Settings, statuses: list[StatusInfo], types: list[TypeInfo]) -> Draft:
    """The saved value of everything that can be edited, under the draft's keys."""
    mapping = settings.mapping
    base: Draft = {f"field/{name}": mapping.get(name) for name in FIELDS}
    flow, known = settings.workflow, {each.id: each for each in statuses}
    own = {*flow.started, *flow.active, *flow.waiting, *flow.done, *(flow.discarded or ())}
    for each in statuses:
        status = known.get(each.like, each) if each.id not in own else each
        base[f"phase/{each.id}"] = _phase(status, flow)
        base[f"work/{each.id}"] = (
            "active" if status.id in flow.active else "waiting" if status.id in flow.waiting else ""
        )
    for kind in types:
        base[f"type/{kind.name}"] = kind.flow_item or ""
    for name, item in settings.definitions.flow_types.items():
        base.setdefault(f"type/{name}", item)
    return base | {f"setting/{path}": value for path, value in _leaves(settings.definitions.model_dump())}


def _phase(status: StatusInfo, flow: Workflow) -> str:
    """What a status means by the saved workflow, as `data.tables.status_intervals.roles` reads it."""
    if flow.discarded is None:
        own = {*flow.started, *flow.active, *flow.waiting, *flow.done}
        given_up = status.usual == DISCARDED and status.id not in own
    else:
        given_up = status.id in flow.discarded
    if given_up:
        return DISCARDED
    category = status.category if status.category in PHASES else STARTED
    if status.id in flow.done if flow.done else category == DONE:
        return DONE
    return STARTED if (status.id in flow.started if flow.started else category != NEW) else NEW


def _leaves(values: JsonObject, before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            if name not in OWN_SECTION:
                found += _leaves(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", value))
    return found


def with_change(draft: Draft, base: Draft, key: str, value: Any) -> Draft:
    """The draft with one more change; a value equal to the saved one is no change."""
    rest = {each: old for each, old in draft.items() if each != key}
    return rest if _same(base.get(key), value) else rest | {key: value}


def _same(saved: Any, value: Any) -> bool:
    return (saved or None) == (value or None) if not isinstance(saved, bool | int | float) else saved == value


def in_force(draft: Draft, base: Draft) -> Draft:
    """Saved values with the draft on top."""
    return base | draft


def mapped(draft: Draft, base: Draft) -> dict[str, str]:
    """Our field → Jira field id, as it would be after saving."""
    values = in_force(draft, base)
    return {name: values[f"field/{name}"] for name in FIELDS if values.get(f"field/{name}")}


def patch(draft: Draft, base: Draft, statuses: list[StatusInfo], fields: dict[str, FieldInfo]) -> JsonObject:
    """The nested patch for `save`: only what changed; None takes a mapping away."""
    result: dict[str, Any] = {}
    if config := _field_patch(draft, fields):
        result["dora_flow_config"] = config
    if any(key.startswith(("phase/", "work/")) for key in draft):
        before, after = _lists(base, statuses), _lists(in_force(draft, base), statuses)
        changed = {name for name in after if after[name] != before[name]}
        if (
            changed & _PHASE_LISTS
        ):  # one status may stand in several saved lists: only all of them together say what it means
            changed |= _PHASE_LISTS
        if changed:
            result["workflow"] = {name: ids for name, ids in after.items() if name in changed}
    definitions: dict[str, Any] = {}
    for key, value in draft.items():
        if key.startswith("setting/"):
            _place(definitions, key.removeprefix("setting/").split("."), value)
    if types := _type_patch(draft, base):
        definitions["flow_types"] = types
    return result | ({"definitions": definitions} if definitions else {})


def _field_patch(draft: Draft, fields: dict[str, FieldInfo]) -> JsonObject:
    mappings: dict[str, dict[str, str | None]] = {}
    metadata: dict[str, JsonObject] = {}
    for key, jira in draft.items():
        kind, _, name = key.partition("/")
        if kind != "field" or name not in FIELDS:
            continue
        ours = FIELDS[name]
        mappings.setdefault(ours.family, {})[name] = jira or None
        for info in filter(None, map(fields.get, field_ids(jira))):
            metadata[info.id] = {"name": info.name, "type": info.kind, "description": ours.help}
    if not mappings:
        return {}
    return {"field_mappings": mappings} | ({"field_metadata": metadata} if metadata else {})


def _lists(values: Draft, statuses: list[StatusInfo]) -> dict[str, list[str] | None]:
    """The five lists of status ids; started and done stay empty while they say what Jira's categories say, discarded
    stays None while it says what the names say.
    """
    phase = {each.id: values.get(f"phase/{each.id}", NEW) for each in statuses}
    work = {each.id: values.get(f"work/{each.id}", "") for each in statuses}
    lists: dict[str, list[str] | None] = {
        "started": [each.id for each in statuses if phase[each.id] == STARTED],
        "done": [each.id for each in statuses if phase[each.id] == DONE],
        "discarded": [each.id for each in statuses if phase[each.id] == DISCARDED],
        "active": [each.id for each in statuses if phase[each.id] == STARTED and work[each.id] == "active"],
        "waiting": [each.id for each in statuses if phase[each.id] == STARTED and work[each.id] == "waiting"],
    }
    if lists["discarded"] == [each.id for each in statuses if each.usual == DISCARDED]:
        lists["discarded"] = None
    kept = [each for each in statuses if phase[each.id] != DISCARDED]
    if lists["done"] == [each.id for each in kept if each.category == DONE]:
        lists["done"] = []
    if lists["started"] == [each.id for each in kept if each.category != NEW and phase[each.id] != DONE]:
        lists["started"] = []
    return lists


def _type_patch(draft: Draft, base: Draft) -> dict[str, str | None]:
    """Once one type is chosen the others are written down too: a list that is empty means "suggested"."""
    if not any(key.startswith("type/") for key in draft):
        return {}
    values = in_force(draft, base)
    everything = {key.removeprefix("type/"): item for key, item in values.items() if key.startswith("type/")}
    return {name: item or None for name, item in everything.items() if item or f"type/{name}" in draft}


def _place(into: JsonObject, path: list[str], value: Any) -> None:
    for name in path[:-1]:
        into = into.setdefault(name, {})
    into[path[-1]] = value


def keys_at(path: str, draft: Draft) -> list[str]:
    """The changes in a draft that a dotted path of the settings stands for."""
    parts = path.split(".")
    match parts:
        case ["dora_flow_config", "field_mappings", _, name]:
            wanted = [f"field/{name}"]
        case ["workflow", *_]:
            wanted = [key for key in draft if key.startswith(("phase/", "work/"))]
        case ["definitions", "flow_types", *rest]:
            name = ".".join(rest)
            wanted = [key for key in draft if key == f"type/{name}" or (not name and key.startswith("type/"))]
        case ["definitions", *rest]:
            below = "setting/" + ".".join(rest)
            wanted = [key for key in draft if key == below or key.startswith(f"{below}.")]
        case _:
            wanted = []
    return [key for key in wanted if key in draft]


def problems_of_workflow(draft: Draft, base: Draft, statuses: list[StatusInfo]) -> str:
    """Why the chosen statuses cannot work, or an empty text."""
    if not statuses or not any(key.startswith("phase/") for key in draft):
        return ""
    values = in_force(draft, base)
    phases = {values.get(f"phase/{each.id}") for each in statuses}
    if DONE not in phases:
        return "No status is done, so nothing would ever be completed. Choose at least one."
    if STARTED not in phases:
        return "No status is in progress, so no work would ever start. Choose at least one."
    return ""
