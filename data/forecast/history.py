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
from data.values.arrays import Counts, Mask, Numbers
from data.values.day_spans import DaySpan, day_span, joined, within
from data.values.forecast import MOST_HISTORY, ForecastRefused, Question, Unit, whole
from data.values.periods import first_instant, zone_named


@dataclass(frozen=True)
class Past:
    """Completions of every whole local day that the data knows: `daily[0]` on the day `first` (ordinal).

    `later`: those of each day that came after the time of day that it is now. `today`: ordinal of the day of `now`.
    `off`: the days off of the settings. `bare`: items of each day without an estimate, where points are counted.
    """

    first: int
    daily: Numbers
    later: Numbers
    today: int
    zone: str
    rows: Rows
    notes: tuple[str, ...] = ()
    filtered: bool = False
    reach: str = ""  # why it begins where it does, if the query is the reason
    off: tuple[DaySpan, ...] = ()
    bare: Numbers | None = None
    working: tuple[int, ...] = (0, 1, 2, 3, 4)  # weekdays of the settings on which work is done

    @property
    def last(self) -> int:
        """Ordinal of the last whole day."""
        return self.first + len(self.daily) - 1

    @property
    def days(self) -> Counts:
        """Ordinal of each day of `daily`."""
        return np.arange(self.first, self.first + len(self.daily))


def past(facts: Dataset, unit: Unit = "items") -> Past:
    """All that can be drawn from. Whole days only: the day of `now`, and the day that the data was fetched on, are not.

    Completed items are those of flow velocity: the same filters, definitions and zone. In points, each counts as its
    estimate, and nothing where it has none. Raises ForecastRefused where points are not mapped.
    """
    rows: Rows = facts.once(completed_rows)
    if unit == "points" and facts.field("story_points") is None:
        raise ForecastRefused("Story points are not mapped.", "Map them in the field mapping, or forecast items.")
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
        notes.append(f"The data was fetched on {day_words(int(fetched))}: later completions are not in the history.")
    used = rows.reason == 0
    days, into = local.into_day(rows.at[used])
    size = max(int(fetched) - first, 0)
    here = (days >= first) & (days < first + size)
    points = rows.columns["points"][used]
    estimated = ~np.isnan(points) & (points >= 0)
    amounts = np.where(estimated, points, 0.0) if unit == "points" else np.ones(len(days))

    def on_days(chosen: Mask, each: Numbers) -> Numbers:
        return np.bincount(days[chosen] - first, weights=each[chosen], minlength=size).astype(float)

    return Past(
        first,
        on_days(here, amounts),
        on_days(here & (into > into_today), amounts),
        int(today),
        facts.zone,
        rows,
        tuple(notes),
        bool(facts.filters),
        reach,
        joined(day_span(each) for each in facts.definitions.working_time.holidays),
        on_days(here & ~estimated, np.ones(len(days))) if unit == "points" else None,
        tuple(facts.definitions.working_time.weekdays),
    )


@dataclass(frozen=True)
class Sample:
    """The part of the past that one forecast draws from. `in_sample`: the days of it that are drawn."""

    first: int
    daily: Numbers
    later: Numbers
    in_sample: Mask
    left_out: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]

    @property
    def last(self) -> int:
        return self.first + len(self.daily) - 1

    @property
    def weekdays(self) -> Counts:
        """Weekday of each day that is drawn."""
        return weekdays(np.arange(self.first, self.first + len(self.daily))[self.in_sample])


def sample_of(known: Past, question: Question) -> Sample:
    """The days that the question draws from: those of its dates, or the last `history` whole days, or as many of them
    as there are; without days off and without the days that it leaves out. Raises ForecastRefused with too little in
    them.
    """
    begin, end, asked, notes = _bounds(known, question)
    daily, later = known.daily[begin:end], known.later[begin:end]
    days, first = known.days[begin:end], known.first + begin
    off, without = within(days, off_days(known, question)), within(days, question.without)
    kept = ~(off | without)
    busy = int(np.count_nonzero(daily[kept]))
    if busy < 2:
        raise _refusal(known, question, busy, daily[kept], asked)
    notes = [*notes, *known.notes]
    for mask, why in ((off, "days off"), (without & ~off, "days that were taken out")):
        if count := whole(float(daily[mask].sum())):
            notes.append(f"Not drawn, because completed on {why}: {count:,} {question.unit}.")
    if known.bare is not None and (bare := int(known.bare[begin:end].sum())):
        notes.append(f"Without an estimate: {bare:,} of the completed items of the history. They add no points.")
    zone = zone_named(known.zone)
    start, until = (
        round(first_instant(date.fromordinal(each), zone).timestamp()) * 1_000_000
        for each in (first, first + len(days))
    )
    left_out = known.rows.between(start, until).exclusions()
    return Sample(first, daily, later, kept, tuple(left_out.items()), tuple(notes))


def off_days(known: Past, question: Question) -> tuple[DaySpan, ...]:
    """Days off of the settings and of the question."""
    return joined((*known.off, *question.off))


def _bounds(known: Past, question: Question) -> tuple[int, int, int, list[str]]:
    """Positions in `known.daily` of the sample, the number of days asked for, and what is to be said of them."""
    size = len(known.daily)
    why = f" ({known.reach})" if known.reach else ""
    if question.sample is None:
        begin = max(size - question.history, 0)
        short = size < question.history
        said = (
            f"The data begins on {day_words(known.first)}{why}: {size} days of history instead of {question.history}."
        )
        return begin, size, question.history, [said] if short and size else []
    asked = question.sample
    begin, end = max(asked.first.toordinal() - known.first, 0), min(asked.last.toordinal() - known.first + 1, size)
    if begin >= end:
        raise ForecastRefused(
            f"No whole day of the data lies in {asked}.",
            f"Choose days from {day_of(known.first)} to {day_of(known.last)}." if size else "",
        )
    notes = []
    if end - begin < asked.days:
        first, last = day_words(known.first + begin), day_words(known.first + end - 1)
        notes.append(f"Of {asked} the data has {first} to {last}{why}: {end - begin} whole days.")
    return begin, end, asked.days, notes


def _refusal(known: Past, question: Question, busy: int, daily: Numbers, asked: int) -> ForecastRefused:
    size = len(daily)
    if not len(known.daily):
        return ForecastRefused(
            "Nothing in the data matches the filters." if known.filtered else "There is no whole day of history yet.",
            "Clear a filter." if known.filtered else "Sync, and come back when the data covers a few weeks.",
        )
    chosen = question.sample is not None or bool(question.without)
    which = "that are drawn from hold" if chosen else "hold"
    days = "The last whole day holds" if size == 1 and not chosen else f"The last {size} whole days {which}"
    if question.sample is not None:
        days = f"The {size} days {which}"
    count, unit = whole(float(daily.sum())), question.unit[:-1]
    said = f"no completed {unit}" if not busy else f"{count} completed {unit}{'s' * (count != 1)}, all on one day"
    if chosen:
        todo = "Draw from more days"
    elif size == asked and asked < MOST_HISTORY:
        todo = "Take a longer history"
    else:
        todo = "Clear a filter" if known.filtered else "Come back when there is more"
    return ForecastRefused(
        f"{days} {said}; a forecast needs at least two days with completions.",
        f"{todo}, or check in the field mapping which statuses mean done.",
    )


def day_words(ordinal: int) -> str:
    """A day as people read it."""
    day = date.fromordinal(ordinal)
    return f"{day.day} {day:%b %Y}"


def day_of(ordinal: int) -> str:
    """ISO date of an ordinal."""
    return date.fromordinal(ordinal).isoformat()


def weekday(ordinal: int) -> int:
    """0 is Monday."""
    return (ordinal - 1) % 7


def weekdays(ordinals: Counts) -> Counts:
    """0 is Monday."""
    out: Counts = (ordinals - 1) % 7
    return out


def worked_days(first: int, last: int, off: tuple[DaySpan, ...]) -> Counts:
    """Ordinals of the days from `first` to `last` that are not days off."""
    days = np.arange(first, last + 1)
    out: Counts = days[~within(days, off)]
    return out
