"""What issues have in the fields that they are filtered and grouped by. Filters and groups read the same values, so a
number filtered to a name is the row of that name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from data.tables.frames import NEVER
from data.tables.tidy import Tables
from data.values.arrays import Codes, Mask, Positions
from data.values.filters import Filter, Filters
from data.values.kept import kept_with_object
from data.values.names import name_key, one_spelling

OF_SPRINTS = ("sprint", "board")  # in numbers of sprints these are of the sprint, not of the issue


@dataclass(frozen=True)
class Attribute:
    """The values of all issues in one field.

    names: shown names by code; spellings of one name share the code of the most used one. issue, code: pairs, ordered
    by issue, each once; an issue without a value has none. several: an issue may have more than one value. aliases: by
    code, other names under which it can be asked for. ordered: the codes are in an order of their own. raw: where there
    is a history, the code of each place in the column that the history speaks of.
    """

    names: tuple[str, ...]
    issue: Positions
    code: Codes
    count: int  # issues
    several: bool = False
    aliases: tuple[str, ...] = ()
    ordered: bool = False
    raw: Codes | None = None

    @cached_property
    def by_issue(self) -> Codes:
        """The code of each issue, -1 for none; only of a field that holds at most one."""
        out = np.full(self.count, -1, dtype=np.int64)
        out[self.issue] = self.code
        return out

    def accepts(self, condition: Filter) -> Mask:
        """By code, whether a value is among those that the filter names; the last is that of no value."""
        keys = {name_key(each) for each in condition.value}
        if condition.op in ("contains", "starts_with"):
            named = [condition.allows(name) for name in self.names]
            return np.array([*named, False], dtype=bool)
        aliases = self.aliases or self.names
        named = [
            name_key(name) in keys or name_key(other) in keys for name, other in zip(self.names, aliases, strict=True)
        ]
        return np.array([*named, "" in keys], dtype=bool)

    def passes(self, condition: Filter, code: Codes | None = None) -> Mask:
        """By issue, whether it passes a filter of this field. `code`: other codes than those of now, of any issues;
        only of a field that holds at most one value.
        """
        wanted = self.accepts(condition)
        if code is not None or not self.several:
            found: Mask = wanted[self.by_issue if code is None else code]
        else:
            found = np.full(self.count, wanted[-1], dtype=bool)
            found[self.issue] = False
            found[self.issue[wanted[self.code]]] = True
        return ~found if condition.excludes else found


def attribute(tables: Tables, field: str) -> Attribute:
    """The values of a field; one of the mapping that is not there has no values."""
    known = _attributes(tables)
    if field not in known:
        make = _MAKERS.get(field)
        known[field] = _of_words(tables, field) if make is None else make(tables)
    return known[field]


@kept_with_object
def _attributes(_tables: Tables) -> dict[str, Attribute]:
    """Fields of one set of tables, each added when it is first asked for."""
    return {}


def _named(names: Sequence[str], issue: Positions, code: Codes, count: int, *, several: bool = False) -> Attribute:
    """An attribute of pairs in any order; codes are places in the names, spellings of one name become one."""
    spelling = np.array(one_spelling(names, np.bincount(code, minlength=len(names)).tolist()), dtype=np.int64)
    code = spelling[code] if len(code) else code.astype(np.int64)
    if several:
        pairs = np.unique(np.column_stack((issue.astype(np.int64), code)).reshape(-1, 2), axis=0)
        issue, code = pairs[:, 0], pairs[:, 1]
    return Attribute(tuple(names), issue.astype(np.int64), code, count, several, raw=spelling)


def _column(name: str) -> Callable[[Tables], Attribute]:
    """A column of the table of issues."""

    def of(tables: Tables) -> Attribute:
        column = tables.issues[name].cat
        codes = column.codes.to_numpy()
        issue = np.flatnonzero(codes >= 0)
        names = [str(each) for each in column.categories]
        return _named(names, issue, codes[issue].astype(np.int64), len(tables))

    return of


def _projects(tables: Tables) -> Attribute:
    """Projects; versions may be of one that has no issues."""
    found = _column("project")(tables)
    more = dict.fromkeys(str(each) for each in tables.versions["project"] if str(each) not in set(found.names))
    return _named([*found.names, *more], found.issue, found.code, found.count)


def _statuses(tables: Tables) -> Attribute:
    codes = tables.issues["status"].to_numpy()
    issue = np.flatnonzero(codes >= 0)
    names = tables.statuses["name"].astype(str).tolist()
    return _named(names, issue, codes[issue].astype(np.int64), len(tables))


def _list(name: str) -> Callable[[Tables], Attribute]:
    """A table of issue and name."""

    def of(tables: Tables) -> Attribute:
        table: pd.DataFrame = getattr(tables, name)
        names = [str(each) for each in table["name"].cat.categories]
        code = table["name"].cat.codes.to_numpy().astype(np.int64)
        return _named(names, table["issue"].to_numpy(), code, len(tables), several=True)

    return of


def _of_words(tables: Tables, field: str) -> Attribute:
    """A mapped field: each of its words is a value."""
    column = tables.fields.get(field)
    words = [] if column is None else [(n, word) for n, words in enumerate(column) for word in words or ()]
    names = list(dict.fromkeys(word for _, word in words))
    place = {name: n for n, name in enumerate(names)}
    issue = np.array([n for n, _ in words], dtype=np.int64)
    code = np.array([place[word] for _, word in words], dtype=np.int64)
    return _named(names, issue, code, len(tables), several=True)


def sprint_places(tables: Tables) -> tuple[Positions, Positions]:
    """(issue, place in the table of sprints): in which sprints each issue is now, or was when they closed."""
    members = tables.sprint_members
    return members["issue"].to_numpy().astype(np.int64), members["sprint"].to_numpy().astype(np.int64)


def _sprints(tables: Tables) -> Attribute:
    """Sprints, the newest first; those of one name are told apart by their board. raw: by place in the table."""
    table = tables.sprints
    started = table["started"].to_numpy()
    order = np.argsort(np.where(started == NEVER, 1, -started), kind="stable")  # those not started yet come last
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    names = table["name"].astype(str).tolist()
    boards = [*tables.boards["name"].astype(str).tolist(), ""]
    of_board = [boards[each] or f"board {said}" for each, said in zip(table["board"], table["board_id"], strict=True)]
    shown = _told_apart(names, of_board)
    shown = _told_apart(shown, [f"sprint {number}" for number in table["sprint_id"]])
    issue, sprint = sprint_places(tables)
    pairs = np.unique(np.column_stack((issue, rank[sprint])).astype(np.int64).reshape(-1, 2), axis=0)
    return Attribute(
        tuple(shown[n] for n in order),
        pairs[:, 0],
        pairs[:, 1],
        len(tables),
        several=True,
        aliases=tuple(names[n] for n in order),
        ordered=True,
        raw=rank,
    )


def _told_apart(names: Sequence[str], more: Sequence[str]) -> list[str]:
    """The names; those that are the same as another one with something behind them."""
    counts = Counter(name_key(each) for each in names)
    return [f"{name} ({word})" if counts[name_key(name)] > 1 else name for name, word in zip(names, more, strict=True)]


def _boards(tables: Tables) -> Attribute:
    """The boards on which the sprints of an issue were made. raw: by place in the table of sprints; -1: none named."""
    table = tables.sprints
    known = tables.boards["name"].astype(str).tolist()
    names = [
        known[place] if place >= 0 else f"Board {number}" if number >= 0 else ""
        for place, number in zip(table["board"], table["board_id"], strict=True)
    ]
    distinct = list(dict.fromkeys(each for each in names if each))
    place = {name: n for n, name in enumerate(distinct)}
    of_sprint = np.array([place.get(each, -1) for each in names], dtype=np.int64)
    issue, sprint = sprint_places(tables)
    code = of_sprint[sprint] if len(sprint) else sprint
    found = _named(distinct, issue[code >= 0], code[code >= 0], len(tables), several=True)
    spelling = np.append(found.raw if found.raw is not None else [], -1).astype(np.int64)
    return replace(found, raw=spelling[of_sprint])


_MAKERS: dict[str, Callable[[Tables], Attribute]] = {
    "project": _projects,
    "type": _column("type"),
    "status": _statuses,
    "assignee": _column("assignee"),
    "priority": _column("priority"),
    "label": _list("labels"),
    "component": _list("components"),
    "sprint": _sprints,
    "board": _boards,
}


def passing(tables: Tables, filters: Iterable[Filter]) -> Mask:
    """The issues that pass filters of values of now, boolean."""
    keep = np.ones(len(tables), dtype=bool)
    for each in filters:
        keep &= attribute(tables, each.field).passes(each)
    return keep


def sprints_passing(tables: Tables, filters: Filters) -> Mask:
    """By place in the table of sprints: whether a sprint itself passes the filters of sprint and board."""
    keep = np.ones(len(tables.sprints), dtype=bool)
    for each in filters.of(*OF_SPRINTS):
        found = attribute(tables, each.field)
        if found.raw is not None and len(keep):
            keep &= found.passes(each, found.raw)
    return keep


def empty_passes(filters: Iterable[Filter]) -> bool:
    """Whether something without any value passes all filters."""
    return all(each.allows() for each in filters)
