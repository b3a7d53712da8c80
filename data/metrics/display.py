"""How a number reads on a card: two significant digits, in the unit that people would say."""

from __future__ import annotations

from math import floor, log10


def digits(value: float) -> str:
    """Two significant digits; whole numbers from 10 on, with thousands apart.

    >>> digits(2.44), digits(0.183), digits(41.2), digits(1234.5), digits(9.96), digits(0)
    ('2.4', '0.18', '41', '1,234', '10', '0')
    """
    if value == 0:
        return "0"
    if abs(value) >= 9.95:
        return f"{value:,.0f}"
    places = max(1 - floor(log10(abs(value))), 0)
    return f"{value:.{min(places, 6)}f}".rstrip("0").rstrip(".") or "0"


def display(shows: str, value: float) -> tuple[str, str]:
    """(number, unit) for a value in the metric's own unit.

    >>> display("days", 0.5), display("days", 3.26), display("hours", 0.25), display("hours", 60)
    (('12', 'hours'), ('3.3', 'days'), ('15', 'minutes'), ('2.5', 'days'))
    >>> display("per_day", 4.1 / 7), display("per_day", 3), display("percent", 12.5)
    (('4.1', '/ week'), ('3', '/ day'), ('12', '%'))
    """
    if shows == "days":
        return _time(value * 24)
    if shows == "hours":
        return _time(value)
    if shows == "per_day":
        for unit, days in (("/ day", 1), ("/ week", 7), ("/ month", 30.4375)):
            if value * days >= 1 or unit == "/ month":
                return digits(value * days), unit
    if shows == "share":
        return f"{value:.1f}", "%"  # as exact as the other shares beside it
    if shows == "percent":
        return digits(value), "%"
    if shows == "ratio_percent":
        return digits(100 * value), "%"
    if shows == "hours_sum":
        return digits(value), "hour" if value == 1 else "hours"
    if shows in _COUNTED:
        return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}", _COUNTED[shows][value != 1]
    if shows == "items":
        return f"{value:,.0f}", "item" if value == 1 else "items"
    return digits(value), ""


_COUNTED = {"points": ("point", "points"), "comments": ("comment", "comments"), "people": ("person", "people")}


def _time(hours: float) -> tuple[str, str]:
    """Minutes under an hour, hours under two days, else days."""
    if 0 < hours < 1:
        return digits(hours * 60), "minutes"
    if 0 < hours < 24:
        return digits(hours), "hours"
    if hours == 0:
        return "0", "days"
    number = digits(hours / 24)
    return number, "day" if number == "1" else "days"
