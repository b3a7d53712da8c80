"""Which days, which issues, measured how: the part of an address that page and programs share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.values.filters import Filter, Filters, from_texts, to_texts

DEFAULT_PERIOD = "30d"
FILTER = "filter"  # filter=assignee:in:Ann: field, operator and one of its values
SHORT = ("project", "type", "label", "component")  # project=SHOP is short for filter=project:in:SHOP
DEFINITION = "set"  # set=durations:inclusive_days: a definition that this view chooses instead of the saved one


@dataclass(frozen=True)
class Question:
    """`period` is a preset, or None when `first` and `last` (YYYY-MM-DD) are given; all as they were written."""

    period: str | None = DEFAULT_PERIOD
    first: str | None = None
    last: str | None = None
    filters: Filters = field(default_factory=Filters)


def question_of(asked: Mapping[str, Sequence[str]]) -> Question:
    """What the parameters of an address ask: names with all their values.

    >>> found = question_of({"from": ["2026-01-01"], "to": ["2026-01-31"], "project": ["SHOP", "PAY"]})
    >>> found.first, found.filters.where
    ('2026-01-01', (Filter(field='project', op='in', value=('PAY', 'SHOP')),))
    """

    def one(name: str) -> str | None:
        found = asked.get(name) or (None,)
        return found[-1]

    first, last = one("from"), one("to")
    dated = bool(first or last)
    return Question(
        period=None if dated else one("period") or DEFAULT_PERIOD,
        first=(first or "") if dated else None,
        last=(last or "") if dated else None,
        filters=Filters(_filters(asked), _definitions(asked.get(DEFINITION, ()))),
    )


def _filters(asked: Mapping[str, Sequence[str]]) -> tuple[Filter, ...]:
    """What is filtered by; names that no field has are kept, so that they can be explained."""
    short = [f"{name}:in:{value}" for name in SHORT for value in asked.get(name, ())]
    return from_texts([*short, *asked.get(FILTER, ())])


def filter_pairs(filters: Filters) -> list[tuple[str, str]]:
    """The filters as names and values of an address.

    >>> filter_pairs(Filters((Filter("type", "in", ("Bug",)), Filter("type", "not_in", ("Epic",)))))
    [('type', 'Bug'), ('filter', 'type:not_in:Epic')]
    """
    short = [(name, value) for name in SHORT for each in filters.of(name) for value in _short_values(each)]
    rest = Filters(tuple(each for each in filters.where if not _short_values(each)))
    return [*short, *((FILTER, text) for text in to_texts(rest))]


def _short_values(each: Filter) -> tuple[str, ...]:
    plain = each.field in SHORT and each.op == "in" and all(each.value)
    return each.value if plain else ()


def _definitions(written: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """`durations:inclusive_days` as a pair; the last of the same name counts."""
    pairs = {name: value for name, mark, value in (each.partition(":") for each in written) if mark and name}
    return tuple(sorted(pairs.items()))
