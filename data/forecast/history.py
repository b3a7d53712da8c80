"""The past that a forecast draws from: how many items were completed on each local day, and on how much of it one can
rely.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.facts.completions import completed_rows
from data.facts.dataset import Dataset
from data.facts.days import calendar
from data.facts.rows import Rows
from data.values.arrays import Counts
from data.values.forecast import MOST_HISTORY, ForecastRefused
from data.values.periods import first_instant, zone_named


@dataclass(frozen=True)
class Past:
    """Completions of every whole local day that the data knows: `daily[0]` on the day `first` (ordinal).

    `later`: those of each day that came after the time of day that it is now. `today`: ordinal of the day of `now`.
    """

    first: int
    daily: Counts
    later: Counts
    today: int
    zone: str
    rows: Rows
    notes: tuple[str, ...] = ()
    filtered: bool = False
    reach: str = ""  # why it begins where it does, if the query is the reason

    @property
    def last(self) -> int:
        """Ordinal of the last whole day."""
        return self.first + len(self.daily) - 1


def past(facts: Dataset) -> Past:
    """All that can be drawn from. Whole days only: the day of `now`, and the day that the data was fetched on, are not.

    Completed items are those of flow velocity: the same filters, definitions and zone.
    """
    rows: Rows = facts.once(completed_rows)
    as_of = facts.now if facts.tables.as_of is None else min(facts.tables.as_of, facts.now)
    instants = np.array([facts.now, as_of], dtype=np.int64)
    local = calendar(facts.zone, rows.at, instants, facts.activity[:1])
    (today, fetched), (into_today, _) = local.into_day(instants)
    first = int(local.ordinals(facts.activity[:1])[0]) if len(facts.activity) else int(today)
    notes, reach = [], ""
    if facts.complete_from is not None and len(facts.activity):
        known = int(local.ordinals(np.array([facts.complete_from]))[0]) + 1
        if known > first:
            reach = "the query does not hold everything before"
            first = known
    if fetched < today:
        notes.append(f"The data was fetched on {_words(int(fetched))}: later completions are not in the history.")
    days, into = local.into_day(rows.at[rows.reason == 0])
    size = max(int(fetched) - first, 0)
    here = (days >= first) & (days < first + size)
    daily = np.bincount(days[here] - first, minlength=size)
    later = np.bincount(days[here & (into > into_today)] - first, minlength=size)
    return Past(first, daily, later, int(today), facts.zone, rows, tuple(notes), bool(facts.filters), reach)


@dataclass(frozen=True)
class Window:
    """The part of the past that one forecast draws from, up to the last whole day."""

    first: int
    daily: Counts
    later: Counts
    left_out: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


def window(known: Past, days: int) -> Window:
    """The last `days` whole days, or as many as there are. Raises ForecastRefused with too little in them."""
    size = min(days, len(known.daily))
    daily, later = known.daily[len(known.daily) - size :], known.later[len(known.later) - size :]
    first = known.last - size + 1
    busy = int(np.count_nonzero(daily))
    if busy < 2:
        raise _refusal(busy, int(daily.sum()), size, days, filtered=known.filtered)
    notes = list(known.notes)
    if size < days:
        why = f" ({known.reach})" if known.reach else ""
        notes.insert(0, f"The data begins on {_words(first)}{why}: {size} days of history instead of {days}.")
    zone = zone_named(known.zone)
    start, end = (
        round(first_instant(date.fromordinal(each), zone).timestamp()) * 1_000_000 for each in (first, known.last + 1)
    )
    left_out = known.rows.between(start, end).exclusions()
    return Window(first, daily, later, tuple(left_out.items()), tuple(notes))


def _refusal(busy: int, count: int, size: int, asked: int, *, filtered: bool) -> ForecastRefused:
    if not size:
        return ForecastRefused(
            "Nothing in the data matches the filters." if filtered else "There is no whole day of history yet.",
            "Clear a filter." if filtered else "Sync, and come back when the data covers a few weeks.",
        )
    days = "The last whole day holds" if size == 1 else f"The last {size} whole days hold"
    said = "no completed item" if not busy else f"{count} completed item{'s' if count != 1 else ''}, all on one day"
    if size == asked and asked < MOST_HISTORY:
        todo = "Take a longer history"
    else:
        todo = "Clear a filter" if filtered else "Come back when there is more"
    return ForecastRefused(
        f"{days} {said}; a forecast needs at least two days with completions.",
        f"{todo}, or check in the field mapping which statuses mean done.",
    )


def _words(ordinal: int) -> str:
    day = date.fromordinal(ordinal)
    return f"{day.day} {day:%b %Y}"


def day_of(ordinal: int) -> str:
    """ISO date of an ordinal."""
    return date.fromordinal(ordinal).isoformat()


def weekday(ordinal: int) -> int:
    """0 is Monday."""
    return (ordinal - 1) % 7
