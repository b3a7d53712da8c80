"""The types of the values that the page sends: what each store and control may hold."""

from __future__ import annotations

import json
from typing import Any, Literal, NotRequired, TypedDict

from ui import ids
from ui.url import TABS

Plain = str | int | float | bool | None
Count = int | None


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
    messages: NotRequired[list[Message]]
    state: NotRequired[str]
    name: NotRequired[str]


class Connected(TypedDict):
    ok: bool
    n: int
    session: int


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


class Leaving(TypedDict):
    """A wish to close the mapping modal, and how many changes that would lose."""

    n: int
    changes: int


class Saving(TypedDict):
    """A wish to save the mapping, and which button said it."""

    n: int
    by: Literal["mapping-save", "mapping-keep-mine"]


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
    "is_open": bool | None,
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
    ids.Background.WATCHED: list[str] | None,
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
    _M.LEAVE: Leaving | None,
    _M.WISH: Saving | None,
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
    "mapping-more": list[str] | None,
    "mapping-span": str | list[str] | None,  # a name, or statuses
    "jobs-field": Plain,
}
STORED = {"data", "value"}  # properties that `_BY_ID` is about


def shape_of(component: str, prop: str) -> Any:
    """The type of the values that an input or state may have. Raises LookupError where none is declared.

    >>> shape_of("header-sync", "n_clicks")
    int | None
    """
    area = json.loads(component)["area"] if component.startswith("{") else component
    if prop in STORED and area in _BY_ID:
        return _BY_ID[area]
    return _BY_PROPERTY[prop]
