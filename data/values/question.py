"""Which days, which issues, measured how: the part of an address that page and programs share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.values.filters import Filters

DEFAULT_PERIOD = "30d"
FILTERS = {"project": "projects", "type": "types", "label": "labels", "component": "components"}
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

    >>> question_of({"from": ["2026-01-01"], "to": ["2026-01-31"], "project": ["SHOP", "PAY"], "set": ["zone:UTC"]})
    Question(period=None, first='2026-01-01', last='2026-01-31', filters=Filters(projects=('PAY', 'SHOP'), types=(), \
labels=(), components=(), definitions=(('zone', 'UTC'),)))
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
        filters=Filters(
            **{ours: tuple(sorted(set(asked.get(name, ())))) for name, ours in FILTERS.items()},
            definitions=_definitions(asked.get(DEFINITION, ())),
        ),
    )


def _definitions(written: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """`durations:inclusive_days` as a pair; the last of the same name counts."""
    pairs = {name: value for name, mark, value in (each.partition(":") for each in written) if mark and name}
    return tuple(sorted(pairs.items()))
