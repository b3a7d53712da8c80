"""Values in words, such as "< 5 minutes" or "at least 3 per week": a number, a unit and a direction, or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.values.names import name_key

MINIMISE, MAXIMISE = "minimise", "maximise"
# Words before a number → which way is better. Longer ones are tried first.
_BEFORE = {
    "<": MINIMISE, "<=": MINIMISE, "≤": MINIMISE, ">": MAXIMISE, ">=": MAXIMISE, "≥": MAXIMISE, "=": None,
    "under": MINIMISE, "below": MINIMISE, "less than": MINIMISE, "fewer than": MINIMISE, "at most": MINIMISE,
    "no more than": MINIMISE, "not more than": MINIMISE, "up to": MINIMISE, "within": MINIMISE, "max": MINIMISE,
    "maximum": MINIMISE, "no longer than": MINIMISE, "unter": MINIMISE, "höchstens": MINIMISE, "weniger als": MINIMISE,
    "maximal": MINIMISE, "moins de": MINIMISE, "menos de": MINIMISE,
    "at least": MAXIMISE, "more than": MAXIMISE, "over": MAXIMISE, "above": MAXIMISE, "minimum": MAXIMISE,
    "min": MAXIMISE, "no less than": MAXIMISE, "not less than": MAXIMISE, "mindestens": MAXIMISE, "über": MAXIMISE,
    "mehr als": MAXIMISE, "au moins": MAXIMISE, "al menos": MAXIMISE,
    "about": None, "approximately": None, "around": None, "ca": None, "~": None, "≈": None, "exactly": None,
}  # a table: kept in its rows  # fmt: skip
_AFTER = {"+": MAXIMISE, "or more": MAXIMISE, "or better": MAXIMISE, "or less": MINIMISE, "or fewer": MINIMISE}
UNITS = {
    "s": "seconds", "sec": "seconds", "secs": "seconds", "second": "seconds", "seconds": "seconds",
    "sekunden": "seconds",
    "ms": "milliseconds", "millisecond": "milliseconds", "milliseconds": "milliseconds",
    "m": "minutes", "min": "minutes", "mins": "minutes", "minute": "minutes", "minutes": "minutes",
    "minuten": "minutes",
    "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "hours": "hours",
    "stunde": "hours", "stunden": "hours",
    "d": "days", "day": "days", "days": "days", "tag": "days", "tage": "days", "tagen": "days",
    "w": "weeks", "week": "weeks", "weeks": "weeks", "woche": "weeks", "wochen": "weeks",
    "%": "percent", "percent": "percent", "pct": "percent", "prozent": "percent", "percentage": "percent",
    "percentage points": "percentage points",
}  # a table: kept in its rows  # fmt: skip
SECONDS = {
    "milliseconds": 0.001,
    "seconds": 1.0,
    "minutes": 60.0,
    "hours": 3600.0,
    "days": 86_400.0,
    "weeks": 604_800.0,
}
_ZERO = {"zero", "no", "none", "null", "keine", "kein"}
_RELATIVE = {
    "faster", "slower", "less", "more", "fewer", "better", "worse", "reduction", "increase", "improvement", "decrease",
    "higher", "lower", "shorter", "cheaper", "quicker", "improved", "reduced", "schneller", "weniger", "mehr",
}  # a table: kept in its rows  # fmt: skip
_ENDS = {  # words after which a unit ends
    "of", "to", "in", "for", "with", "via", "when", "before", "after", "from", "on", "and", "or", "at", "by", "than",
    "shown", "using", "during", "until", "across", "is", "are", "as", "von", "mit", "bei", "für",
}  # a table: kept in its rows  # fmt: skip
_PER = {"a", "per", "each", "every", "/", "pro"}
_NUMBER = re.compile(r"(?<![\w.,])[-+−]?\d+(?:[.,]\d+)*(?![\w]*-\d)")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|–|to|bis)\s*(\d+(?:\.\d+)?)")
_MOST = 300  # characters; longer texts are no values


@dataclass(frozen=True)
class Quantity:
    """A number, its unit (times as in UNITS, else as written), which way is better where the words say, and for a range
    its higher end.
    """

    value: float
    unit: str = ""
    direction: str | None = None
    high: float | None = None


def quantity(text: str) -> Quantity | str:
    """What the words say, or why they say no value.

    >>> quantity("< 5 minutes"), quantity("95 %")
    (Quantity(value=5.0, unit='minutes', direction='minimise', high=None), Quantity(value=95.0, unit='percent', direction=None, high=None))
    >>> quantity("at least 3 per week"), quantity("0 secrets in git (checked)")
    (Quantity(value=3.0, unit='per week', direction='maximise', high=None), Quantity(value=0.0, unit='secrets', direction='minimise', high=None))
    >>> quantity("1-2 hours with help").high, quantity("50% faster"), quantity("as fast as possible")
    (2.0, 'it says how much changes, not which value is wanted', 'it names no number')
    """  # noqa: E501 - answers in one line
    if len(text) > _MOST:
        return "it is too long"
    plain = re.sub(r"\([^)]*\)", " ", text)  # remarks
    plain = re.split(r"\s[-–—]\s|[;:]\s", plain, maxsplit=1)[0].strip().rstrip(".")
    found = _RANGE.search(plain)
    if found:
        rest = plain[found.end() :]
        if _NUMBER.search(rest):
            return "it names several numbers"
        low, high = float(found[1]), float(found[2])
        unit, why = _unit(rest)
        return why or Quantity(low, unit, _direction(plain[: found.start()], rest), high)
    numbers = list(_NUMBER.finditer(_apart(plain)))
    if not numbers:
        return _worded(plain)
    if len(numbers) > 1:
        return "it names several numbers"
    [number] = numbers
    plain = _apart(plain)
    value = _value(number[0])
    if value is None:
        return f"{number[0]!r} may be thousands or a decimal comma"
    before, rest = plain[: number.start()], plain[number.end() :]
    unit, why = _unit(rest)
    if why:
        return why
    direction = _direction(before, rest)
    if value == 0 and direction is None:
        direction = MINIMISE
    return Quantity(value, unit, direction)


def _apart(text: str) -> str:
    """Numbers with a space before the unit that is written to them.

    >>> _apart("10s, p95 <200ms, 80%+")
    '10 s, p95 <200 ms, 80 %+'
    """
    return re.sub(r"(?<![\w.,])([-+−]?\d+(?:[.,]\d+)*)(?=[a-zA-Z%°€$£])", r"\1 ", text)


def _value(text: str) -> float | None:
    text = text.replace("−", "-")
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}(,\d{3}){2,}(\.\d+)?", text):
        return float(text.replace(",", ""))
    if re.fullmatch(r"[-+]?\d+,\d{3}", text) and not text.lstrip("+-").startswith("0"):
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _worded(text: str) -> Quantity | str:
    words = text.split()
    if words and name_key(words[0]) in _ZERO and len(words) > 1:
        unit, _ = _unit(" ".join(words[1:]))
        return Quantity(0.0, unit, MINIMISE)
    return "it names no number"


def _direction(before: str, after: str) -> str | None:
    head = name_key(before)
    for words in sorted(_BEFORE, key=len, reverse=True):
        if head == words or head.endswith((f" {words}",) if words[0].isalpha() else words):
            return _BEFORE[words]
    tail = name_key(after)
    for words, way in _AFTER.items():
        if re.search(rf"(?:^|\s|%){re.escape(words)}(?:\s|$)", tail):
            return way
    return None


def _unit(after: str) -> tuple[str, str]:
    """(unit, why it is none)."""
    text = re.sub(r"^\s*\+", " ", after).replace("/", " / ").replace("%", " % ").strip()
    for phrase in _AFTER:
        text = re.sub(rf"^{re.escape(phrase)}\b", "", text).strip()
    words = [each.strip(",.") for each in text.split() if each.strip(",.")]
    if words[:2] == ["percentage", "points"]:
        return "percentage points", ""
    first = name_key(words[0]) if words else ""
    if any(name_key(each) in _RELATIVE for each in words[:3]):
        return "", "it says how much changes, not which value is wanted"
    if first in UNITS:
        per = _per(words[1:])
        return f"{UNITS[first]}{f' {per}' if per else ''}", ""
    named: list[str] = []
    for n, word in enumerate(words):
        if name_key(word) in _PER:
            per = _per(words[n:])
            return " ".join([*named, per]).strip(), ""
        if name_key(word) in _ENDS or len(named) == 3 or not word[0].isalpha():
            break
        named.append(word)
    return " ".join(named), ""


def _per(words: list[str]) -> str:
    """
    >>> _per(["per", "Week"]), _per(["/", "day"]), _per(["of"])
    ('per week', 'per day', '')
    """
    if len(words) > 1 and name_key(words[0]) in _PER:
        one = name_key(words[1])
        return f"per {UNITS[one].removesuffix('s') if one in UNITS and one != '%' else one}"
    return ""


def converted(value: float, unit: str, wanted: str) -> float | None:
    """A value in another unit of time; None where the two are no times.

    >>> converted(5, "minutes", "s"), converted(5, "minutes", "minutes"), converted(5, "errors", "minutes")
    (300.0, 5.0, None)
    """
    source, target = (UNITS.get(name_key(each), name_key(each)) for each in (unit, wanted))
    if source == target:
        return float(value)
    if source in SECONDS and target in SECONDS:
        return value * SECONDS[source] / SECONDS[target]
    return None
