"""What the body of a callback may hold: the parts that the callback declares, each with a value that the page could
send.

Whatever does not fit is refused before a callback runs, so that a callback only meets values of the types below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
from dash import Dash
from werkzeug.exceptions import BadRequest

from callbacks.body_types import STORED, Wish, shape_of
from callbacks.draft_values import is_draft, is_place, is_setting
from data.settings.fields import FIELDS
from ui import ids
from ui.tabs.jobs_detail import RECORDS

LONGEST_ID = 4_000  # characters of one part of an id: a query can be in it
_ALL = (["ALL"], ["ALLSMALLER"])
_WILD = (*_ALL, ["MATCH"])


class Misfit(BadRequest):
    """A body that fits no callback, or holds what the page that sent it cannot have meant: answered with 400."""

    description = "Not a callback of this page. Reload it."


def _is_teams_wish(wish: Wish | None) -> bool:
    """A view to delete is named, with the number of the change that was seen."""
    if wish is None or wish.get("do") != "delete":
        return True
    return "name" in wish and re.fullmatch(r"[0-9]{1,15}", str(wish.get("revision"))) is not None


# What a type cannot say of the value of a store, by id.
_SENSIBLE: dict[str, Callable[[Any], bool]] = {
    ids.Teams.WISH: _is_teams_wish,
    ids.Mapping.DRAFT: is_draft,
    ids.Mapping.LOADED: lambda loaded: loaded is None or (is_draft(loaded["base"]) and is_place(loaded["place"])),
    ids.Mapping.PLACE: is_place,
}

# Which texts the open parts of a pattern may be, by "area" and part; others may be any.
_KNOWN: dict[tuple[str, str], Container[str]] = {
    ("record-turn", "kind"): RECORDS[""],
    ("record-place", "kind"): RECORDS[""],
    ("record-turn", "to"): ("newer", "older"),
    ("mapping-choice", "field"): FIELDS,
    ("mapping-more", "field"): FIELDS,
    ("mapping-suggestion", "field"): FIELDS,
}


class Bodies:
    """Compares bodies with the callbacks of an app."""

    def __init__(self, app: Dash) -> None:
        self._app = app

    def fit(self, body: object) -> bool:
        """Whether a callback of the app can be called with the body; never with halves of characters."""
        return _is_unicode(body) and self._named_and_typed(body)

    def _named_and_typed(self, body: object) -> bool:
        if not isinstance(body, dict) or not isinstance(output := body.get("output"), str):
            return False
        callback = self._app.callback_map.get(output)
        if callback is None:
            return False
        inputs, states = callback["inputs"], callback["state"]
        return (
            _all_fit(body.get("inputs"), inputs)
            and _all_fit(body.get("state", []), states)
            and _same_components([*body["inputs"], *body.get("state", [])], [*inputs, *states])
            and _outputs_fit(body.get("outputs"), output)
            and _changed_fit(body.get("changedPropIds", []), inputs)
        )


def _is_unicode(body: object) -> bool:
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _all_fit(given: object, declared: list[dict[str, str]]) -> bool:
    return (
        isinstance(given, list)
        and len(given) == len(declared)
        and all(_fits(each, of["id"], of["property"]) for each, of in zip(given, declared, strict=True))
    )


def _fits(given: object, component: str, prop: str) -> bool:
    """Whether one input or state is what was declared, with a value of its type; of ALL components a list of them."""
    if _is_several(component):
        return isinstance(given, list) and all(_is_one(each, component, prop) for each in given)
    return _is_one(given, component, prop)


def _is_one(given: object, component: str, prop: str) -> bool:
    if not isinstance(given, dict) or given.get("property") != prop or not _is_id(given.get("id"), component):
        return False
    if prop == "id":
        return bool(given.get("value") == given["id"])
    value = given.get("value")
    try:
        msgspec.convert(value, shape_of(component, prop))
    except (msgspec.ValidationError, RecursionError):
        return False
    if prop == "value" and isinstance(given["id"], dict) and given["id"].get("area") == "mapping-setting":
        return is_setting(given["id"]["setting"], value)
    return prop not in STORED or component not in _SENSIBLE or _SENSIBLE[component](value)


def _same_components(given: list[Any], declared: list[dict[str, str]]) -> bool:
    """Whether several properties of ALL components of one pattern come from the same components, in the same order."""
    found: dict[str, list[Any]] = {}
    for each, of in zip(given, declared, strict=True):
        if isinstance(each, list):
            components = [one["id"] for one in each]
            if found.setdefault(of["id"], components) != components:
                return False
    return True


def _outputs_fit(given: object, output: str) -> bool:
    declared = [each.rpartition(".") for each in output.strip(".").split("...")] if output.startswith("..") else None
    if declared is None:
        component, _, prop = output.rpartition(".")
        return _is_output(given, component, prop)
    return (
        isinstance(given, list)
        and len(given) == len(declared)
        and all(_is_output(each, of[0], of[2]) for each, of in zip(given, declared, strict=True))
    )


def _is_output(given: object, component: str, prop: str) -> bool:
    several = given if isinstance(given, list) and _is_several(component) else [given]
    return all(
        isinstance(each, dict) and each.get("property") == prop and _is_id(each.get("id"), component)
        for each in several
    )


def _changed_fit(given: object, inputs: list[dict[str, str]]) -> bool:
    """Whether what changed is among the inputs; of ALL components some may have left the page meanwhile."""
    return isinstance(given, list) and all(any(_is_change(each, of) for of in inputs) for each in given)


def _is_change(given: object, declared: Mapping[str, str]) -> bool:
    if not isinstance(given, str):
        return False
    component, _, prop = given.rpartition(".")
    if prop != declared["property"]:
        return False
    if not component.startswith("{"):
        return component == declared["id"]
    try:
        return _is_id(json.loads(component), declared["id"])
    except (ValueError, RecursionError):
        return False


def _is_id(given: object, component: str) -> bool:
    if not component.startswith("{"):
        return given == component
    pattern = _pattern(component)
    return isinstance(given, dict) and given.keys() == pattern.keys() and all(_id_parts(given, pattern))


def _id_parts(given: Mapping[str, object], pattern: Mapping[str, object]) -> Iterator[bool]:
    for name, wanted in pattern.items():
        value = given[name]
        if wanted not in _WILD:
            yield value == wanted
        else:
            known = _KNOWN.get((str(given["area"]), name))
            yield isinstance(value, str) and len(value) <= LONGEST_ID and (known is None or value in known)


def _is_several(component: str) -> bool:
    return component.startswith("{") and any(each in _ALL for each in _pattern(component).values())


@cache
def _pattern(component: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(component)
    return found
