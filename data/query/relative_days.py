"""Days that are named by how they lie to today: last_month, this_quarter, yesterday."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Relative = Literal[
    "today", "yesterday", "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter",
    "this_year", "last_year",
]  # a table: kept in its rows  # fmt: skip
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def days_of(name: str, today: date) -> tuple[date, date]:
    """First and last day of a relative name; what is still going on ends today.

    >>> days_of("last_month", date(2026, 3, 31)), days_of("this_quarter", date(2026, 11, 28))
    ((datetime.date(2026, 2, 1), datetime.date(2026, 2, 28)), (datetime.date(2026, 10, 1), datetime.date(2026, 11, 28)))
    >>> days_of("last_week", date(2026, 11, 28))
    (datetime.date(2026, 11, 16), datetime.date(2026, 11, 22))
    """
    if name in ("today", "yesterday"):
        day = today - timedelta(days=name == "yesterday")
        return day, day
    which, _, unit = name.partition("_")
    first = first_of(today, unit)
    if which == "this":
        return first, today
    return first_of(first - timedelta(days=1), unit), first - timedelta(days=1)


def first_of(day: date, unit: str) -> date:
    """The first day of the day, week (from Monday), month, quarter or year that a day lies in.

    >>> first_of(date(2026, 11, 28), "quarter"), first_of(date(2026, 11, 28), "day")
    (datetime.date(2026, 10, 1), datetime.date(2026, 11, 28))
    """
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def last_of(day: date, unit: str) -> date:
    """The last day of the same.

    >>> last_of(date(2026, 11, 28), "quarter"), last_of(date(2026, 2, 3), "month")
    (datetime.date(2026, 12, 31), datetime.date(2026, 2, 28))
    """
    reach = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[unit]
    return first_of(first_of(day, unit) + timedelta(days=reach + (unit in _MONTHS)), unit) - timedelta(days=1)
