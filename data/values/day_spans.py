"""Single days and runs of days, as people write them: `2026-12-24`, `2026-12-21..2027-01-01`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.values.arrays import Counts, Mask

_BETWEEN = re.compile(r"\s*(?:\.\.|/|–|—)\s*|\s+(?:-|to)\s+")
MOST = 400  # days and runs in one list


@dataclass(frozen=True, order=True)
class DaySpan:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def day_span(text: str) -> DaySpan:
    """One day or a run of days. Raises ValueError with what to write instead.

    >>> str(day_span("2026-12-21..2027-01-01"))
    '2026-12-21..2027-01-01'
    >>> str(day_span(" 2026-12-24 "))
    '2026-12-24'
    >>> day_span("2026-12-21 to 2027-01-01").days
    12
    """
    parts = _BETWEEN.split(text.strip())
    try:
        if not 1 <= len(parts) <= 2 or not all(re.fullmatch(r"\d{4}-\d\d-\d\d", each) for each in parts):
            raise ValueError
        days = [date.fromisoformat(each) for each in parts]
    except ValueError as error:
        shown = repr(text) if len(text) <= 40 else f"A text of {len(text)} characters"
        raise ValueError(
            f"{shown} is not a day. Write it as YYYY-MM-DD, or a run of days as YYYY-MM-DD..YYYY-MM-DD."
        ) from error
    if days[-1] < days[0]:
        raise ValueError(f"{text.strip()!r} ends before it begins. Swap the two days.")
    return DaySpan(days[0], days[-1])


def day_spans(text: str) -> tuple[DaySpan, ...]:
    """Days and runs of days with commas between them, in order, neighbours joined. Raises ValueError.

    >>> [str(each) for each in day_spans("2026-01-02,2026-01-01, 2026-03-05..2026-03-06")]
    ['2026-01-01..2026-01-02', '2026-03-05..2026-03-06']
    """
    found = [day_span(each) for each in text.split(",") if each.strip()]
    if len(found) > MOST:
        raise ValueError(f"{len(found)} days are too many. Write runs of days, at most {MOST}.")
    return joined(found)


def joined(spans: Iterable[DaySpan]) -> tuple[DaySpan, ...]:
    """The same days in order, with as few runs as possible."""
    out: list[DaySpan] = []
    for each in sorted(spans):
        if out and each.first.toordinal() <= out[-1].last.toordinal() + 1:
            out[-1] = DaySpan(out[-1].first, max(out[-1].last, each.last))
        else:
            out.append(each)
    return tuple(out)


def within(ordinals: Counts, spans: Iterable[DaySpan]) -> Mask:
    """Which of these days (proleptic ordinals, `date.toordinal`) lie in one of the spans."""
    import numpy as np  # here: reading settings needs no numpy

    out = np.zeros(len(ordinals), dtype=bool)
    for each in spans:
        out |= (ordinals >= each.first.toordinal()) & (ordinals <= each.last.toordinal())
    return out


def toggled(spans: Iterable[DaySpan], day: date) -> tuple[DaySpan, ...]:
    """The same days with this one added, or taken out where it is among them.

    >>> [str(each) for each in toggled(day_spans("2026-01-01..2026-01-03"), date(2026, 1, 2))]
    ['2026-01-01', '2026-01-03']
    """
    out: list[DaySpan] = []
    held = False
    for each in spans:
        if not each.first <= day <= each.last:
            out.append(each)
            continue
        held = True
        if each.first < day:
            out.append(DaySpan(each.first, date.fromordinal(day.toordinal() - 1)))
        if day < each.last:
            out.append(DaySpan(date.fromordinal(day.toordinal() + 1), each.last))
    return joined(out if held else [*out, DaySpan(day, day)])
