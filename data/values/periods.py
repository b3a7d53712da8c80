"""Spans of local days, and the instants they begin and end at."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.values.errors import AppError

MAX_DAYS = 366
EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)  # days that people may ask for; what is derived may lie outside
PRESETS = {"7d": 7, "30d": 30, "90d": 90}
_OFFSET = re.compile(r"(?:GMT|UTC)([+-])(\d{1,2})(?::?(\d{2}))?", re.ASCII)
_FURTHEST = 18 * 3600  # seconds from UTC that Java accepts
_LONGEST_SHOWN = 40  # characters of what was entered, in a message
_ONE_DAY = timedelta(days=1)


class PeriodError(AppError, ValueError):
    """The dates do not make a period; the message says why and what to enter instead."""

    code = "period"
    usage = True


def zone_named(name: str) -> ZoneInfo:
    """The time zone called `name`: "Europe/Berlin", or a fixed distance from UTC as Java writes it, "GMT+03:00".

    Raises PeriodError for an unknown name.

    >>> zone_named("GMT+03:30").utcoffset(datetime(2026, 1, 1)), zone_named("UTC-5").key
    (datetime.timedelta(seconds=12600), 'UTC-5')
    """
    try:
        return _fixed_zone(name) if _OFFSET.fullmatch(name) else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PeriodError(f"Unknown time zone {name!r}. Use a name like Europe/Berlin or UTC.") from error


@lru_cache(maxsize=64)
def _fixed_zone(name: str) -> ZoneInfo:
    """A zone that is always as far from UTC as its name says. Raises ValueError for more than 18 hours.

    It is read from a file in memory (RFC 8536, version 1): one kind of local time, no transitions.
    """
    found = _OFFSET.fullmatch(name)
    if found is None:
        raise ValueError(name)
    sign, hours, minutes = found.groups()
    seconds = (int(hours) * 60 + int(minutes or 0)) * 60
    if seconds > _FURTHEST or int(minutes or 0) > 59:
        raise ValueError(name)
    text = name.encode("ascii") + b"\0"
    counts = (0, 0, 0, 0, 1, len(text))  # of kinds of local time: one
    kind = struct.pack(">lbb", -seconds if sign == "-" else seconds, 0, 0)
    return ZoneInfo.from_file(BytesIO(struct.pack(">4s16x6l", b"TZif", *counts) + kind + text), key=name)


def known_zone(name: object) -> str:
    """`name` if this machine knows that zone, else UTC: for names that came from Jira, not from a person here.

    >>> known_zone("Europe/Berlin"), known_zone("Mars/Base"), known_zone(None)
    ('Europe/Berlin', 'UTC', 'UTC')
    """
    try:
        return zone_named(name).key if isinstance(name, str) else "UTC"
    except PeriodError:
        return "UTC"


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the local date `day` begins.

    Where clocks skip midnight the day begins at the transition; where midnight comes twice, at the first.

    >>> first_instant(date(2025, 3, 30), ZoneInfo("Europe/Berlin")).isoformat()
    '2025-03-29T23:00:00+00:00'
    """
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The local date in which `instant` (aware) lies."""
    return instant.astimezone(zone).date()


@dataclass(frozen=True)
class Period:
    """The local days `first` to `last`, both included, in one zone; half-open as instants."""

    first: date
    last: date
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodError(f"The period ends ({self.last}) before it starts ({self.first}). Swap the two dates.")
        if self.days > MAX_DAYS:
            raise PeriodError(
                f"The period has {self.days} days; at most {MAX_DAYS} can be shown. Choose a shorter one."
            )

    @property
    def days(self) -> int:
        """How many local dates it has."""
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        """First instant in the period, UTC."""
        return first_instant(self.first, zone_named(self.zone))

    @property
    def end(self) -> datetime:
        """First instant after the period, UTC."""
        return first_instant(self.last + _ONE_DAY, zone_named(self.zone))

    @property
    def label(self) -> str:
        """How people write it: "18 Oct – 16 Nov 2026"."""
        if self.first == self.last:
            return _day(self.last, year=True)
        return f"{_day(self.first, year=self.first.year != self.last.year)} – {_day(self.last, year=True)}"

    def previous(self) -> Period:
        """As many days, just before."""
        last = self.first - _ONE_DAY
        return Period(last - timedelta(days=self.days - 1), last, self.zone)

    def bins(self, most: int) -> list[Period]:
        """At most `most` consecutive parts that cover the period, every day in exactly one; equal but for the last."""
        size = -(-self.days // most)
        starts = range(0, self.days, size)
        return [
            Period(
                self.first + timedelta(days=n),
                min(self.first + timedelta(days=n + size - 1), self.last),
                self.zone,
            )
            for n in starts
        ]

    @staticmethod
    def last_days(count: int, today: date, zone: str) -> Period:
        """The `count` local dates that end today."""
        if count < 1:
            raise PeriodError("A period has at least one day.")
        return Period(today - timedelta(days=count - 1), today, zone)


def parse_day(text: str) -> date:
    """A date from `YYYY-MM-DD`, from EARLIEST to LATEST. Raises PeriodError that says what to write.

    Beyond these days there are no issues, and near the ends of the calendar the days around a period do not exist.

    >>> parse_day("2026-01-31")
    datetime.date(2026, 1, 31)
    """
    try:
        day = date.fromisoformat(text.strip()[:10] if "T" in text else text.strip())
    except (ValueError, AttributeError) as error:
        raise PeriodError(f"{_short(text)!r} is not a date. Write it as YYYY-MM-DD, for example 2026-01-31.") from error
    if not EARLIEST <= day <= LATEST:
        raise PeriodError(f"{day} cannot be shown. Use a date from {EARLIEST} to {LATEST}.")
    return day


def _short(text: object) -> str:
    """What was entered, if it is short: a part of it could be a part of a secret that nobody recognises."""
    whole = str(text)
    return whole if len(whole) <= _LONGEST_SHOWN else f"A text of {len(whole):,} characters"


def _day(day: date, *, year: bool) -> str:
    return f"{day.day} {day:%b}" + (f" {day.year}" if year else "")
