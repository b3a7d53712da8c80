"""What the body of a callback may hold: the parts that the callback declares, each with a value that the page could send.

Whatever does not fit is refused before a callback runs, so that a callback only meets values of the types below.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator, Mapping
from functools import cache
from typing import Any, Literal, NotRequired, TypedDict

import msgspec
from dash import Dash
from werkzeug.exceptions import BadRequest

from callbacks.draft_values import is_draft, is_place, is_setting
from data.settings.fields import FIELDS
from ui import ids
from ui.tabs.jobs_detail import RECORDS
from ui.url import TABS

LONGEST_ID = 4_000  # characters of one part of an id: a query can be in it
_ALL = (["ALL"], ["ALLSMALLER"])
_WILD = (*_ALL, ["MATCH"])

Plain = str | int | float | bool | None
Count = int | None


class Misfit(BadRequest):
    """A body that fits no callback, or holds what the page that sent it cannot have meant: answered with 400."""

    description = "Not a callback of this page. Reload it."


class Question(TypedDict):
    """What is looked at, and at which state of the data: stores of tabs, panel, chips, charts and tables."""

    query: str
    revision: NotRequired[str | int | None]
    synced: NotRequired[str | None]
    chart: NotRequired[str]


class Form(TypedDict):
    """One opening of a form."""

    open: bool
    n: NotRequired[int]
    metric: NotRequired[str | None]


class Wish(TypedDict):
    """What a script of the page asks for."""

    n: int
    metric: NotRequired[str | None]
    kind: NotRequired[str]
    about: NotRequired[str]
    do: NotRequired[str]
    name: NotRequired[str]
    revision: NotRequired[str | int]
    text: NotRequired[str]
    size: NotRequired[int]


class Event(TypedDict):
    """The form of a job record that is open, and the name under which it will be stored."""

    kind: str
    event: str


class Message(TypedDict):
    what: str
    why: NotRequired[str]
    todo: NotRequired[str]
    level: NotRequired[Literal["info", "warning", "danger"]]


class Done(TypedDict):
    """What became of a wish."""

    n: int
    said: NotRequired[list[Message]]
    state: NotRequired[str]
    name: NotRequired[str]


class Connected(TypedDict):
    ok: bool
    n: int


class Seen(TypedDict):
    name: str | None
    revision: int


class Shown(TypedDict):
    revision: int


class DefinitionsSaved(TypedDict):
    n: int
    state: str
    page: NotRequired[str]  # the revision that the page shows after a save
    problem: NotRequired[tuple[str, str, str]]
    request: NotRequired[str]


class Place(TypedDict):
    """Where in the mapping modal we are."""

    section: str
    item: str
    pane: bool


DraftValue = Plain | list[Plain]
Draft = dict[str, DraftValue]
PackedProblem = tuple[str, str, str, Literal["info", "warning", "danger"]]


class Loaded(TypedDict):
    """What the mapping editor starts from."""

    reason: str
    revision: int
    base: Draft
    jira: PackedProblem | None
    read_only: PackedProblem | None
    blocked: bool
    place: Place


class Checked(TypedDict):
    n: Count
    by: str
    ok: bool
    message: str
    errors: dict[str, tuple[DraftValue, str]]
    revision: int
    patch: dict[str, Any]  # the settings check it when it is saved


class Saved(TypedDict):
    n: int
    state: str
    message: NotRequired[str]
    revision: NotRequired[int]
    page: NotRequired[str]  # the revision that the page shows after a save
    fields: NotRequired[list[str]]
    errors: NotRequired[dict[str, tuple[DraftValue, str]]]


class Records(TypedDict):
    """Which page of records is shown."""

    query: str
    first: NotRequired[int]
    total: NotRequired[int]
    named: NotRequired[bool]


class SortBy(TypedDict):
    colId: str
    sort: NotRequired[str | None]


class FilterBy(TypedDict):
    filter: NotRequired[str | int | float | None]


class RowsRequest(TypedDict):
    """What the table of issues asks for, as AG Grid sends it."""

    startRow: NotRequired[int | None]
    endRow: NotRequired[int | None]
    sortModel: NotRequired[list[SortBy] | None]
    filterModel: NotRequired[dict[str, FilterBy] | None]


_C, _D, _J, _M, _S, _T = ids.Connection, ids.Definitions, ids.Jobs, ids.Mapping, ids.Store, ids.Teams

# By property, for controls that hold what their kind always holds.
_BY_PROPERTY: dict[str, Any] = {
    "n_clicks": Count,
    "n_submit": Count,
    "n_intervals": Count,
    "search": str | None,
    "search_value": str | None,
    "value": str | None,
    "id": dict[str, str],
    "data-shown": str | None,
    "getRowsRequest": RowsRequest | None,
}

# By id, or by "area" of an id that is a pattern, for stores and for controls that hold something else.
_BY_ID: dict[str, Any] = {
    **{ids.tab_view(tab): Question | None for tab in TABS},
    _S.PERIOD_VIEW: Question | None,
    _S.DETAIL_VIEW: Question | None,
    _S.REVISION: str | None,
    _S.SAVED: Count,
    _S.CONNECTED: Count,
    _D.VIEW: Question | None,
    _D.SHOWN: Shown | None,
    _D.RESULT: DefinitionsSaved | None,
    _C.SESSION: Form | None,
    _C.RESULT: Connected | None,
    _T.SEEN: Seen | None,
    _T.KEPT: Done | None,
    _T.WISH: Wish | None,
    _T.DONE: Done | None,
    _J.WISH: Wish | None,
    _J.FILE: Wish | None,
    _J.SESSION: Event | None,
    _J.DONE: Done | None,
    _J.IMPORTED: Done | None,
    _M.ASKED: Wish | None,
    _M.SESSION: Form | None,
    _M.LOADED: Loaded | None,
    _M.DRAFT: Draft | None,
    _M.REDRAW: Count,
    _M.PLACE: Place | None,
    _M.STATE: str | None,
    _M.CHECKED: Checked | None,
    _M.RESULT: Saved | None,
    "cards-again": Question,
    "catalogue-ask": Question,
    "chart-ask": Question | None,
    "issue-question": Question,
    "record-place": Records,
    "mapping-setting": DraftValue,
    "jobs-field": Plain,
}
_SPECIAL = {"data", "value"}  # properties that `_BY_ID` is about

# What a type cannot say of the value of a store, by id.
_SENSIBLE: dict[str, Callable[[Any], bool]] = {
    _M.DRAFT: is_draft,
    _M.LOADED: lambda loaded: loaded is None or (is_draft(loaded["base"]) and is_place(loaded["place"])),
    _M.PLACE: is_place,
}

# Which texts the open parts of a pattern may be, by "area" and part; others may be any.
_KNOWN: dict[tuple[str, str], Container[str]] = {
    ("record-turn", "kind"): RECORDS[""],
    ("record-place", "kind"): RECORDS[""],
    ("record-turn", "to"): ("newer", "older"),
    ("mapping-choice", "field"): FIELDS,
    ("mapping-suggestion", "field"): FIELDS,
}


def shape_of(component: str, prop: str) -> Any:
    """The type of the values that an input or state may have. Raises LookupError where none is declared.

    >>> shape_of("header-sync", "n_clicks")
    int | None
    """
    area = json.loads(component)["area"] if component.startswith("{") else component
    if prop in _SPECIAL and area in _BY_ID:
        return _BY_ID[area]
    return _BY_PROPERTY[prop]


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
        return given.get("value") == given["id"]
    value = given.get("value")
    try:
        msgspec.convert(value, shape_of(component, prop))
    except (msgspec.ValidationError, RecursionError):
        return False
    if prop == "value" and isinstance(given["id"], dict) and given["id"].get("area") == "mapping-setting":
        return is_setting(given["id"]["setting"], value)
    return prop not in _SPECIAL or component not in _SENSIBLE or _SENSIBLE[component](value)


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
