"""Instants as a chart writes them: local time of one zone as text, and days and weeks to count in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.facts.query import MetricQuery
from data.tables.tidy import microseconds
from data.values.arrays import Instants, Mask, Positions
from data.values.periods import first_instant, zone_named

MOST_DAYS = 45  # longer periods are counted in weeks


def local_minutes(instants: Instants, zone: str) -> list[str]:
    """Instants (µs) as local time to the minute.

    >>> local_minutes(np.array([1_700_000_000_000_000]), "Europe/Berlin")
    ['2023-11-14T23:13']
    """
    stamps = pd.DatetimeIndex(instants.astype("datetime64[us]")).tz_localize("UTC").tz_convert(zone)
    out: list[str] = np.datetime_as_string(stamps.tz_localize(None).to_numpy().astype("datetime64[m]")).tolist()
    return out


@dataclass(frozen=True)
class Buckets:
    """Days or weeks, one after the other. `starts`: first instants (µs), one more than there are buckets.

    `whole`: False where a week is cut by the period, or is not over yet.
    """

    days: tuple[date, ...]
    last: tuple[date, ...]
    starts: Instants
    whole: Mask
    unit: str  # day | week

    def __len__(self) -> int:
        return len(self.days)

    @property
    def tokens(self) -> list[str]:
        """The first day of each, YYYY-MM-DD."""
        return [each.isoformat() for each in self.days]

    def place(self, instants: Instants) -> Positions:
        """Number of the bucket of each instant; -1 outside."""
        found = np.searchsorted(self.starts, instants, side="right") - 1
        return np.where((found >= 0) & (found < len(self.days)), found, -1)

    def label(self, token: str) -> str:
        """5 – 11 Oct 2026."""
        n = self.tokens.index(token)
        return words(self.days[n], self.last[n])

    @property
    def labels(self) -> list[str]:
        return [words(first, last) for first, last in zip(self.days, self.last, strict=True)]


def words(first: date, last: date) -> str:
    """
    >>> words(date(2026, 9, 28), date(2026, 10, 4)), words(date(2026, 9, 28), date(2026, 9, 28))
    ('28 Sep – 4 Oct 2026', '28 Sep 2026')
    """
    if first == last:
        return f"{last.day} {last:%b %Y}"
    left = f"{first.day} {first:%b}" if first.year == last.year else f"{first.day} {first:%b %Y}"
    return f"{left} – {last.day} {last:%b %Y}"


def buckets(query: MetricQuery, *, unit: str = "") -> Buckets:
    """The period in days, or in weeks (Monday to Sunday) where it is longer than 45 days; nothing after now."""
    period = query.period
    unit = unit or ("day" if period.days <= MOST_DAYS else "week")
    return _cut(period.first, period.last, period.zone, query.facts.now, unit)


def weeks(first: date, last: date, zone: str, now: int) -> Buckets:
    """The weeks that touch the days first … last."""
    return _cut(first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday()), zone, now, "week")


def _cut(first: date, last: date, zone: str, now: int, unit: str) -> Buckets:
    where = zone_named(zone)
    days, ends, whole = [], [], []
    day = first
    while day <= last:
        until = day if unit == "day" else day + timedelta(days=6 - day.weekday())
        days.append(day)
        ends.append(min(until, last))
        whole.append(unit == "day" or (day.weekday() == 0 and until <= last))
        day = until + timedelta(days=1)
    starts = np.array([microseconds(first_instant(each, where)) for each in [*days, last + timedelta(days=1)]])
    begun = max(int(np.searchsorted(starts[:-1], now, side="right")), 0)  # buckets that have begun by now
    over = starts[1 : begun + 1] <= now
    return Buckets(
        tuple(days[:begun]), tuple(ends[:begun]), starts[: begun + 1], np.array(whole[:begun], dtype=bool) & over, unit
    )
