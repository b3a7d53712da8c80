"""How amounts, counts, shares and durations are written for people, the same in every door."""

from __future__ import annotations

import re

_SPANS = ((86_400, "days"), (3_600, "hours"), (60, "min"), (1, "s"))
_SAME_IN_BOTH = ("series", "species", "news", "lens")  # end in s and are one already
_ONE = (("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("sses", "ss"), ("xes", "x"), ("s", ""))  # plural, singular


def count(number: int, noun: str, plural: str | None = None) -> str:
    """1 issue, 2 issues, 12,345 issues."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def number(value: float | None, digits: int = 4) -> str:
    """Exact enough to check by hand: up to `digits` significant digits, no exponent.

    >>> number(None), number(1234.0), number(0.25, 3), number(-6.249, 3)
    ('–', '1,234', '0.25', '-6.25')
    """
    if value is None:
        return "–"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    decimals = max(0, digits - len(str(int(abs(value)))) if abs(value) >= 1 else digits)
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_words(unit: str) -> str:
    """The unit of a value as it is written after a number."""
    return "%" if unit == "percent" else unit


def singular(unit: str) -> str:
    """A unit as it is written after 1. What is no plain English plural stays.

    >>> [singular(each) for each in ("releases", "retries", "branches", "story points", "errors per day", "errors/day")]
    ['release', 'retry', 'branch', 'story point', 'error per day', 'error/day']
    >>> [singular(each) for each in ("s", "ms", "kbps", "status", "loss", "analysis", "MS", "series", "%", "")]
    ['s', 'ms', 'kbps', 'status', 'loss', 'analysis', 'MS', 'series', '%', '']
    """
    head = re.split(" per |/", unit, maxsplit=1)[0]
    rest = unit[len(head) :]
    *before, noun = head.split(" ")
    is_word = len(noun) > 3 and noun.isalpha() and noun.islower() and any(each in noun[:-2] for each in "aeiou")
    if not is_word or noun in _SAME_IN_BOTH or noun.endswith(("ss", "us", "is")):
        return unit
    ending, one = next((each for each in _ONE if noun.endswith(each[0])), ("", ""))
    return " ".join([*before, noun.removesuffix(ending) + one]) + rest


def amount(value: float | None, unit: str = "", digits: int = 3) -> str:
    """
    >>> amount(12.44, "hours"), amount(7.0, "percent"), amount(None, "hours"), amount(1.0, "releases")
    ('12.4 hours', '7 %', '–', '1 release')
    >>> amount(3.00012, "days"), amount(3.00012, "days", 5)
    ('3 days', '3.0001 days')
    """
    if value is None:
        return "–"
    shown = number(value, digits)
    return f"{shown} {singular(unit) if shown == '1' else unit_words(unit)}".strip()


def percent(share: float | None) -> str:
    """
    >>> percent(0.254), percent(None)
    ('25 %', '–')
    """
    return "–" if share is None else f"{100 * share:.0f} %"


def duration(seconds: float | None) -> str:
    """How long, in the unit that people would say.

    >>> [duration(each) for each in (48, 95, 8718, 400_000, 0.4, None)]
    ['48 s', '1.58 min', '2.42 hours', '4.63 days', '0.4 s', '–']
    """
    if seconds is None:
        return "–"
    size, unit = next((each for each in _SPANS if seconds >= each[0]), _SPANS[-1])
    return f"{number(seconds / size, 3)} {unit}"
