"""Which issues a question asks about: a typed list of filters, each a field, an operator and values.

Views, links, commands, saved views and queries over the data share this list. It is checked where it enters, by
`checked`; how a filter is applied to issues is in `data/facts/attributes.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias, cast, get_args

from data.values.errors import AppError
from data.values.names import name_key, name_keys
from data.values.problem import Problem

Op = Literal[
    "eq", "ne", "in", "not_in", "lt", "lte", "gt", "gte", "between", "contains", "starts_with", "is_null", "not_null"
]
OPS: tuple[Op, ...] = get_args(Op)
NAME_OPS: tuple[Op, ...] = ("in", "not_in", "eq", "ne", "contains", "starts_with", "is_null", "not_null")
NONE = ""  # among the values of a filter: issues that have no value in the field
NONE_WORDS = "none"
MOST_FILTERS = 40
MOST_VALUES = 200  # in one filter
LONGEST_VALUE = 2_000
_SAME: dict[Op, Op] = {"eq": "in", "ne": "not_in"}
_NO_VALUE: dict[Op, Op] = {"is_null": "in", "not_null": "not_in"}
_WORDS: dict[Op, str] = {"in": "is", "not_in": "is not", "contains": "contains", "starts_with": "begins with"}

Json: TypeAlias = dict[str, object]


class BadFilter(AppError, ValueError):
    """A filter that cannot be applied; the message names the field and the nearest right name."""

    code = "filter"
    usage = True

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(Problem(message, todo=hint))


@dataclass(frozen=True)
class FilterField:
    """A field that issues can be filtered by. `looked_at`: which instant its value is taken from, as a sentence."""

    name: str
    title: str
    looked_at: str
    ops: tuple[Op, ...] = NAME_OPS
    mapped: bool = False  # a field of the mapping: it exists where it is mapped

    @property
    def plural(self) -> str:
        """The heading of a list of its values.

        >>> FilterField("priority", "Priority", "").plural, FilterField("status", "Status", "").plural
        ('Priorities', 'Statuses')
        """
        title = self.title
        if title.endswith("y"):
            return f"{title[:-1]}ies"
        return f"{title}es" if title.endswith("s") else f"{title}s"


_THEN = (
    "What it was just before the instant that the number looks at: the moment of a snapshot (load, age), the close of "
    "a sprint, else now; with the setting “completed as of the end of the period”, that end."
)
_NOW = "What it is now."
_SPRINTS = (
    "The sprints that the Sprint field names now, which keeps those in which the issue was at their close. Numbers of "
    "sprints are those of the sprints themselves."
)
# Fields that every Jira has, in the order in which they are offered.
OWN_FIELDS: dict[str, FilterField] = {
    each.name: each
    for each in (
        FilterField("project", "Project", _THEN),
        FilterField("type", "Type", _THEN),
        FilterField("status", "Status", _THEN),
        FilterField("assignee", "Assignee", _NOW),
        FilterField("priority", "Priority", _NOW),
        FilterField("label", "Label", _NOW),
        FilterField("component", "Component", _NOW),
        FilterField("sprint", "Sprint", _SPRINTS),
        FilterField("board", "Board", f"The boards of these sprints. {_SPRINTS}"),
    )
}


def mapped_field(name: str, title: str) -> FilterField:
    """A field of the mapping as one to filter by."""
    return FilterField(name, title, _NOW, mapped=True)


@dataclass(frozen=True)
class Filter:
    """One condition. `value` holds names; the empty name stands for issues without a value.

    Spellings of an operator are one: eq and in, ne and not_in, is_null and in with the empty name.

    >>> Filter("type", "eq", ("Bug",)) == Filter("type", "in", ("Bug",))
    True
    >>> Filter("assignee", "is_null")
    Filter(field='assignee', op='in', value=('',))
    """

    field: str
    op: Op = "in"
    value: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.op in _NO_VALUE:
            object.__setattr__(self, "value", (NONE,))
        object.__setattr__(self, "op", _SAME.get(self.op) or _NO_VALUE.get(self.op) or self.op)
        object.__setattr__(self, "value", tuple(sorted(set(self.value))))

    @property
    def excludes(self) -> bool:
        """Whether it says which values do not count."""
        return self.op == "not_in"

    @property
    def words(self) -> str:
        """Operator and values for people.

        >>> Filter("type", "not_in", ("Bug", "")).words, Filter("type", "in", ("Bug", "Epic")).words
        ('is not none, Bug', 'is Bug, Epic')
        """
        return f"{_WORDS.get(self.op, self.op)} {', '.join(each or NONE_WORDS for each in self.value)}"

    def allows(self, *names: str) -> bool:
        """Whether something with these names passes; without any it has no value.

        >>> Filter("project", "not_in", ("shop",)).allows("SHOP"), Filter("project", "not_in", ("shop",)).allows()
        (False, True)
        >>> Filter("label", "contains", ("check",)).allows("ui", "Checkout")
        True
        """
        keys = [name_key(each) for each in names] or [NONE]
        wanted = [name_key(each) for each in self.value]
        if self.op in ("contains", "starts_with"):
            begins = self.op == "starts_with"
            return any(key and (key.startswith(each) if begins else each in key) for key in keys for each in wanted)
        return (not set(wanted).isdisjoint(keys)) != self.excludes

    def to_json(self) -> Json:
        """As queries and saved views write it.

        >>> Filter("assignee", "in", ("Ann", "")).to_json()
        {'field': 'assignee', 'op': 'in', 'value': [None, 'Ann']}
        """
        if self.value == (NONE,) and self.op in ("in", "not_in"):
            return {"field": self.field, "op": "not_null" if self.excludes else "is_null"}
        return {"field": self.field, "op": self.op, "value": [each or None for each in self.value]}


@dataclass(frozen=True)
class Filters:
    """Which issues a view looks at, and how it measures them. An issue must pass every filter of the list;
    `definitions` are (dotted name, value) of settings that this view chooses instead of the saved ones. The order of
    the list has no meaning.
    """

    where: tuple[Filter, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        ordered = sorted(set(self.where), key=lambda each: (each.field, each.op, each.value))
        object.__setattr__(self, "where", tuple(ordered))

    def __bool__(self) -> bool:
        return bool(self.where)

    def of(self, *fields: str) -> tuple[Filter, ...]:
        """The filters of these fields."""
        return tuple(each for each in self.where if each.field in fields)

    def without(self, *fields: str) -> Filters:
        """The same without the filters of these fields."""
        return Filters(tuple(each for each in self.where if each.field not in fields), self.definitions)

    def also(self, *more: Filter) -> Filters:
        """The same with more filters, all of which must be passed."""
        return Filters((*self.where, *more), self.definitions)

    def allows(self, field: str, *names: str) -> bool:
        """Whether something with these names in a field passes the filters of that field."""
        return all(each.allows(*names) for each in self.of(field))

    def names(self, field: str) -> tuple[str, ...]:
        """The names of which one is wanted in a field; empty where it is not filtered by names."""
        return tuple(name for each in self.of(field) if each.op == "in" for name in each.value if name)

    def to_json(self) -> list[Json]:
        """As plain JSON values, always in the same order."""
        return [each.to_json() for each in self.where]


def only(**names: Sequence[str]) -> Filters:
    """Filters that want one of the names in each field that is given; a field without names does not filter.

    >>> only(project=["SHOP"], type=())
    Filters(where=(Filter(field='project', op='in', value=('SHOP',)),), definitions=())
    """
    return Filters(tuple(Filter(field, "in", tuple(wanted)) for field, wanted in names.items() if wanted))


def checked(filters: Filters, fields: Mapping[str, FilterField]) -> Filters:
    """The filters, if each can be applied. `fields`: those that exist. Raises BadFilter."""
    if len(filters.where) > MOST_FILTERS:
        raise BadFilter(f"{len(filters.where)} filters are too many. Use at most {MOST_FILTERS}.")
    seen: set[tuple[str, Op]] = set()
    for each in filters.where:
        _check(each, fields)
        if (each.field, each.op) in seen:
            raise BadFilter(
                f"{fields[each.field].title} has two filters with {each.op!r}.",
                "Write one filter with all of its values: one of them is enough.",
            )
        seen.add((each.field, each.op))
    return filters


def _check(each: Filter, fields: Mapping[str, FilterField]) -> None:
    field = fields.get(each.field)
    if field is None:
        raise BadFilter(f"There is no field {_short(each.field)!r} to filter by.", nearest(each.field, fields))
    if each.op not in field.ops:
        raise BadFilter(
            f"{field.title} cannot be filtered with {_short(each.op)!r}.", f"Choose one of: {', '.join(field.ops)}."
        )
    if not each.value:
        raise BadFilter(f"The filter of {field.title} names no value.", "Give one, or take the filter out.")
    if len(each.value) > MOST_VALUES:
        raise BadFilter(f"The filter of {field.title} names {len(each.value)} values. Use at most {MOST_VALUES}.")
    if any(len(value) > LONGEST_VALUE for value in each.value):
        raise BadFilter(f"A value of {field.title} is too long. Use at most {LONGEST_VALUE:,} characters.")
    if each.op in ("contains", "starts_with") and not all(name_key(value) for value in each.value):
        raise BadFilter(f"The filter of {field.title} looks for an empty text.", "Give the text to look for.")


def nearest(name: str, known: Iterable[str]) -> str:
    """What to choose instead of a name that nothing has.

    >>> nearest("assigne", ["assignee", "project"]), nearest("zebra", ["assignee", "project"])
    ('Did you mean “assignee”?', 'There are: assignee, project.')
    """
    names = list(known)
    return did_you_mean(name, names).strip() or f"There are: {', '.join(names)}."


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A question with the nearest name and a space behind it; empty where none is near."""
    keys = {name_key(each): each for each in reversed(known)}
    close = get_close_matches(name_key(name), keys, n=1)
    return f"Did you mean “{keys[close[0]]}”? " if close else ""


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def from_json(found: object) -> tuple[Filter, ...]:
    """A list of filters as JSON has it, or the object of lists that was written before: {"projects": ["SHOP"]}.

    Raises BadFilter. Fields are not checked here, see `checked`.

    >>> from_json([{"field": "type", "op": "ne", "value": "Bug"}, {"field": "assignee", "op": "is_null"}])
    (Filter(field='type', op='not_in', value=('Bug',)), Filter(field='assignee', op='in', value=('',)))
    >>> from_json({"projects": ["SHOP"], "labels": []})
    (Filter(field='project', op='in', value=('SHOP',)),)
    """
    if isinstance(found, dict):
        return _from_lists(found)
    if not isinstance(found, list):
        raise BadFilter("The filters are not a list.", "Write a list of objects with field, op and value.")
    return tuple(_one(each) for each in found)


_LISTS = {"projects": "project", "types": "type", "labels": "label", "components": "component"}


def _from_lists(found: dict[object, object]) -> tuple[Filter, ...]:
    """What saved views held before filters were a list; other lists were not read."""
    for name in _LISTS:
        if not isinstance(found.get(name) or [], list):
            raise BadFilter(f"{name!r} is not a list of names.")
    lists = [(ours, _values(found.get(name), name)) for name, ours in _LISTS.items()]
    return tuple(Filter(ours, "in", wanted) for ours, wanted in lists if wanted)


def _one(found: object) -> Filter:
    if not isinstance(found, dict) or not isinstance(found.get("field"), str):
        raise BadFilter("A filter is not an object with field, op and value.")
    field, op = found["field"], found.get("op", "in")
    if more := sorted(str(each) for each in found if each not in ("field", "op", "value")):
        raise BadFilter(f"The filter of {_short(field)!r} has {_short(more[0])!r}, which no filter has.")
    return Filter(field, read_op(op, field), _values(found.get("value"), field))


def read_op(op: object, field: str) -> Op:
    """An operator. Raises BadFilter."""
    known = next((each for each in OPS if each == op), None)
    if known is None:
        raise BadFilter(
            f"There is no operator {_short(str(op))!r} (in the filter of {_short(field)!r}).", nearest(str(op), OPS)
        )
    return known


def _values(found: object, what: str) -> tuple[str, ...]:
    values = found if isinstance(found, list) else [] if found is None else [found]
    if len(values) > MOST_VALUES:
        raise BadFilter(f"{_short(what)!r} is not a list of at most {MOST_VALUES} names.")
    for each in values:
        if each is not None and (not isinstance(each, str) or len(each) > LONGEST_VALUE):
            raise BadFilter(
                f"{_short(what)!r}: {_short(str(each))!r} is not a text of at most {LONGEST_VALUE:,} characters."
            )
    return tuple(NONE if each is None else str(each) for each in values)


def to_texts(filters: Filters) -> list[str]:
    """The filters as links and commands write them, a text for each value: field:operator:name.

    >>> to_texts(Filters((Filter("type", "not_in", ("Bug", "Epic")), Filter("assignee", "is_null"))))
    ['assignee:in:', 'type:not_in:Bug', 'type:not_in:Epic']
    """
    return [f"{each.field}:{each.op}:{value}" for each in filters.where for value in each.value]


def from_texts(texts: Iterable[str]) -> tuple[Filter, ...]:
    """Filters from such texts, or from field=name and field!=name; those of one field and operator are one filter.
    What cannot be a filter is kept, so that `checked` can say why.

    >>> from_texts(["type:not_in:Bug", "type!=Epic", "assignee="])
    (Filter(field='assignee', op='in', value=('',)), Filter(field='type', op='not_in', value=('Bug', 'Epic')))
    """
    found: dict[tuple[str, Op], list[str]] = {}
    for text in texts:
        field, op, value = _taken_apart(text)
        plain = Filter(field, cast(Op, op), (value,))  # an operator that is none is told by `checked`
        found.setdefault((field, plain.op), []).extend(plain.value)
    return tuple(Filter(field, op, tuple(values)) for (field, op), values in sorted(found.items()))


def _taken_apart(text: str) -> tuple[str, str, str]:
    written = re.fullmatch(r"\s*([^:=!]*?)\s*(!?=)(.*)", text, re.DOTALL)
    if written:
        return written[1], "not_in" if written[2] == "!=" else "in", written[3].strip()
    field, _, rest = text.partition(":")
    op, _, value = rest.partition(":")
    return field, op or "in", value


Named = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class FieldChoices:
    """What the issues have in one field: (name, number of issues), most used first; and how many have nothing in it.
    `aliases`: other names under which values can be asked for. `complete`: there are no more names.
    """

    field: FilterField
    names: Named = ()
    without: int = 0
    aliases: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True)
class Choices:
    """What can be filtered by, field by field."""

    fields: tuple[FieldChoices, ...] = ()

    def of(self, field: str) -> Named:
        """The names of a field, most used first."""
        return next((each.names for each in self.fields if each.field.name == field), ())

    def unknown(self, filters: Filters) -> list[tuple[Filter, str]]:
        """Each name that a filter asks for and no issue has; nothing where there is no data to look into."""
        if not self.of("project"):
            return []
        found = []
        partial = {each.field.name for each in self.fields if not each.complete}
        known = {each.field.name: name_keys((*(name for name, _ in each.names), *each.aliases)) for each in self.fields}
        for each in filters.where:
            if each.op in ("in", "not_in") and each.field not in partial:
                keys = known.get(each.field, frozenset())
                found += [(each, name) for name in each.value if name and name_key(name) not in keys]
        return found
