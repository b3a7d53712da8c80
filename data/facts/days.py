"""Local days, spans of time between two instants, and percentiles: the arithmetic that definitions choose from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import numpy as np

from data.settings.parts import WorkingTime
from data.tables.frames import NEVER
from data.tables.tidy import DAY, microseconds
from data.values.arrays import Instants, Mask, Microseconds, Numbers, Positions
from data.values.day_spans import day_span, within
from data.values.periods import first_instant, local_date, zone_named

_EPOCH = date(1970, 1, 1).toordinal()
WHOLE_DAYS = ("inclusive_days", "exclusive_days", "inclusive_working_days")  # durations that are whole numbers
_MARGIN = 400  # days on either side, so that neighbouring questions find the calendar built


class LocalDays:
    """The local dates of one zone between two ordinals and the instants they begin at."""

    def __init__(self, zone: str, first: int, last: int) -> None:
        where = zone_named(zone)
        self.first = first
        self.starts = np.array(
            [microseconds(first_instant(date.fromordinal(n), where)) for n in range(first, last + 2)], dtype=np.int64
        )

    def ordinals(self, instants: Instants) -> Positions:
        """Proleptic ordinal of the local date of each instant."""
        return self.first + np.searchsorted(self.starts, instants, side="right") - 1

    def into_day(self, instants: Instants) -> tuple[Positions, Microseconds]:
        """Local date (ordinal) and µs since that date began."""
        ordinals = self.ordinals(instants)
        return ordinals, instants - self.starts[ordinals - self.first]


@lru_cache(maxsize=8)
def _calendar(zone: str, first_year: int, last_year: int) -> LocalDays:
    return LocalDays(zone, date(first_year, 1, 1).toordinal() - _MARGIN, date(last_year, 12, 31).toordinal() + _MARGIN)


def calendar(zone: str, *instants: Instants) -> LocalDays:
    """Local dates that cover all the instants (NEVER is left out)."""
    known = [each[each != NEVER] for each in instants]
    low = min((int(each.min()) for each in known if len(each)), default=0)
    high = max((int(each.max()) for each in known if len(each)), default=0)
    years = [(date.fromordinal(_EPOCH) + timedelta(days=each // DAY)).year for each in (low, high)]
    return _calendar(zone, *years)


def day_around(instant: int, zone: str) -> tuple[int, int]:
    """The first instant of the local day of an instant, and that of the next day (µs).

    >>> day_around(3_600_000_000, "UTC")
    (0, 86400000000)
    """
    here = zone_named(zone)
    day = local_date(datetime.fromtimestamp(instant / 1e6, UTC), here)
    starts = (first_instant(each, here) for each in (day, day + timedelta(days=1)))
    low, high = (round(each.timestamp()) * 1_000_000 for each in starts)
    return low, high


def spans(
    start: Instants, end: Instants, whole_days: Mask, *, definition: str, zone: str, working: WorkingTime | None = None
) -> Numbers:
    """Days from start to end (int64 µs) by one of the definitions; NaN where either is NEVER.

    `whole_days`: True where an end is a plain date: such a span is counted in local dates, same day = 0.

    >>> day = np.array([1_700_000_000_000_000]); half = day + DAY // 2
    >>> plain = np.array([False])
    >>> spans(day, half, plain, definition="exact", zone="UTC").tolist()
    [0.5]
    >>> spans(day, half, plain, definition="inclusive_days", zone="UTC").tolist()
    [2.0]
    """
    known = (start != NEVER) & (end != NEVER)
    out = np.full(len(start), np.nan)
    if not known.any():
        return out
    first, last, plain = start[known], end[known], whole_days[known]
    if definition == "exact" and not plain.any():
        out[known] = (last - first) / DAY
        return out
    local = calendar(zone, first, last)
    dates = (local.ordinals(last) - local.ordinals(first)).astype(float)
    if definition == "inclusive_days":
        # Counting both ends; backwards is still backwards.
        out[known] = np.where(dates >= 0, dates + 1, dates)
    elif definition == "exclusive_days":
        out[known] = dates
    elif definition == "inclusive_working_days":
        time = _WorkingClock(local, working or WorkingTime())
        out[known] = time.days_between(first, last) + np.where(dates >= 0, time.works_on(last), 0)
    elif definition == "working_days":
        time = _WorkingClock(local, working or WorkingTime())
        out[known] = np.where(plain, time.days_between(first, last), time.between(first, last))
    else:
        out[known] = np.where(plain, dates, (last - first) / DAY)
    return out


def backwards(start: Instants, end: Instants, whole_days: Mask, zone: str) -> Mask:
    """Whether each span ends before it starts; with a plain date at either end only the local dates count.

    >>> noon, midnight = np.array([1_700_050_000_000_000]), np.array([1_700_006_400_000_000])
    >>> backwards(noon, midnight, np.array([False]), "UTC").tolist()
    [True]
    >>> backwards(noon, midnight, np.array([True]), "UTC").tolist()
    [False]
    """
    out = (start != NEVER) & (end != NEVER) & (end < start)
    plain = out & whole_days
    if plain.any():
        local = calendar(zone, start[plain], end[plain])
        out[plain] = local.ordinals(end[plain]) < local.ordinals(start[plain])
    result: Mask = out
    return result


def _clock(text: str) -> int:
    """µs into the day of "HH:MM"."""
    hours, _, minutes = text.partition(":")
    return (int(hours) * 60 + int(minutes or 0)) * 60_000_000


class _WorkingClock:
    """How much working time has passed at an instant, counted in working days."""

    def __init__(self, local: LocalDays, working: WorkingTime) -> None:
        self.local = local
        ordinals = np.arange(local.first, local.first + len(local.starts))
        off = within(ordinals, [day_span(each) for each in working.holidays])
        weekday = (ordinals - 1) % 7  # ordinal 1 was a Monday
        works = np.isin(weekday, working.weekdays) & ~off
        length = np.append(np.diff(local.starts), DAY)
        works &= length > 0
        self.opens, closes = _clock(working.start), _clock(working.end)
        self.hours = max(closes - self.opens, 1)
        self.works = works
        self.before = np.concatenate(([0], np.cumsum(works)))  # working days before each date

    def _passed(self, instants: Instants) -> Numbers:
        ordinals, into = self.local.into_day(instants)
        day = ordinals - self.local.first
        today = np.clip(into - self.opens, 0, self.hours) / self.hours
        return self.before[day] + np.where(self.works[day], today, 0.0)

    def between(self, start: Instants, end: Instants) -> Numbers:
        return self._passed(end) - self._passed(start)

    def works_on(self, instants: Instants) -> Numbers:
        """1 where the local date is a working day, else 0."""
        return self.works[self.local.ordinals(instants) - self.local.first].astype(float)

    def days_between(self, start: Instants, end: Instants) -> Numbers:
        """Whole working days between two local dates, same day = 0."""
        first, last = (self.local.ordinals(each) - self.local.first for each in (start, end))
        return (self.before[last] - self.before[first]).astype(float)


def percentile(values: Numbers, share: float, method: str = "linear") -> float | None:
    """The value below which `share` percent lie: R-7 linear interpolation (Hyndman & Fan type 7) or nearest rank.

    None where there is no value.

    >>> percentile(np.array([1.0, 2.0, 3.0, 10.0]), 50)
    2.5
    >>> percentile(np.array([1.0, 2.0, 3.0, 10.0]), 50, "nearest_rank")
    2.0
    """
    if len(values) == 0:
        return None
    return float(np.percentile(values, share, method="inverted_cdf" if method == "nearest_rank" else "linear"))
