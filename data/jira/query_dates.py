"""What a query vouches for: the days of which its answer holds everything, told from its conditions.

Only bounds on project, type, created and updated can be judged. Any other condition (a status, a resolution, a label)
lets issues leave the answer for reasons of their own, so such a query vouches for nothing beyond what it returned.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from data.values.periods import zone_named

_UNITS = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1}  # Jira's relative dates, in minutes
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<mark>[(),]|[<>!=~]+)|(?P<word>[^\s(),<>!=~"']+))"""
)
_RELATIVE = re.compile(r"[+-]?\d+[wdhm](?:\s+\d+[wdhm])*", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?")
_SCOPES = frozenset({"project", "projectkey", "type", "issuetype"})
_DATES = {"created": "created", "createddate": "created", "updated": "updated", "updateddate": "updated"}
_STARTS = {"startofday", "startofweek", "startofmonth", "startofyear"}
_WORD_OPERATORS = frozenset({"in", "not", "is", "was", "changed"})


@dataclass(frozen=True)
class Reach:
    """The days of which a query holds everything: [since, until); None: without that bound. `by`: what the bound is on,
    "created" or "updated". `conditions`: the other fields that the query looks at; with one of them it vouches for
    nothing beyond what it returned.
    """

    since: datetime | None = None
    until: datetime | None = None
    by: str = ""
    conditions: tuple[str, ...] = ()
    scoped: bool = False  # it holds only some projects or types


def reach_of(jql: str, synced_at: datetime, zone: str) -> Reach:
    """What a query vouches for. `synced_at` is what relative dates count from; `zone` is that of the Jira account.

    >>> reach_of("project = X AND updated >= -30d", datetime(2026, 1, 31, tzinfo=UTC), "UTC").since.isoformat()
    '2026-01-01T00:00:00+00:00'
    >>> reach_of("project = X", datetime(2026, 1, 31, tzinfo=UTC), "UTC")
    Reach(since=None, until=None, by='', conditions=(), scoped=True)
    >>> reach_of("project = X AND resolution is EMPTY", datetime(2026, 1, 31, tzinfo=UTC), "UTC").conditions
    ('resolution',)
    """
    try:
        tokens = _tokens(jql)
        return _Reader(tokens, lambda words: _instant(words, synced_at, zone)).query() if tokens else Reach()
    except _Unclear:
        return Reach(conditions=("something that is not understood",))


class _Unclear(Exception):
    """The query is not written as we know queries."""


@dataclass(frozen=True)
class _Token:
    text: str
    quoted: bool = False

    def is_word(self, *words: str) -> bool:
        return not self.quoted and self.text.casefold() in words


def _tokens(jql: str) -> list[_Token]:
    out, place = [], 0
    while place < len(jql.rstrip()):
        found = _TOKEN.match(jql, place)
        if not found:
            raise _Unclear
        place = found.end()
        quoted = found["text"]
        out.append(_Token(quoted[1:-1], True) if quoted else _Token(found["mark"] or found["word"]))
    for n, each in enumerate(out):
        if each.is_word("order") and n + 1 < len(out) and out[n + 1].is_word("by"):
            return out[:n]
    return out


class _Reader:
    """Reads `or` of `and` of conditions, from left to right."""

    def __init__(self, tokens: list[_Token], instant: Callable[[list[_Token]], datetime | None]) -> None:
        self.tokens, self.place, self.instant = tokens, 0, instant

    def query(self) -> Reach:
        found = self._any()
        if self.place != len(self.tokens):
            raise _Unclear
        return found

    def _next(self, *words: str) -> bool:
        if self.place < len(self.tokens) and self.tokens[self.place].is_word(*words):
            self.place += 1
            return True
        return False

    def _any(self) -> Reach:
        parts = [self._all()]
        while self._next("or", "||"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else _either(parts)

    def _all(self) -> Reach:
        parts = [self._one()]
        while self._next("and", "&&"):
            parts.append(self._one())
        return _both(parts)

    def _one(self) -> Reach:
        if self._next("not", "!"):
            inside = self._one()
            dated = (inside.by,) if inside.by else ()
            return Reach(conditions=(*inside.conditions, *dated), scoped=True)
        if self._next("("):
            inside = self._any()
            if not self._next(")"):
                raise _Unclear
            return inside
        return self._condition()

    def _condition(self) -> Reach:
        if self.place >= len(self.tokens) or self.tokens[self.place].is_word(")", ",", "and", "or"):
            raise _Unclear
        name = self.tokens[self.place].text
        self.place += 1
        operator = self._operator()
        words = self._operand()
        field = name.casefold().strip()
        if field in _SCOPES:
            return Reach(scoped=True)
        if field in _DATES and operator in (">", ">=", "<", "<="):
            at, by = self.instant(words), _DATES[field]
            if at is not None and operator in (">", ">="):
                return Reach(since=at, by=by)
            if at is not None and by == "created":
                return Reach(until=at, by=by)
        return Reach(conditions=(name,))

    def _operator(self) -> str:
        if self.place >= len(self.tokens):
            raise _Unclear
        first = self.tokens[self.place]
        if not first.quoted and re.fullmatch(r"[<>!=~]+", first.text):
            self.place += 1
            return first.text
        words = []
        while self._next(*_WORD_OPERATORS):
            words.append(self.tokens[self.place - 1].text.casefold())
        if not words:
            raise _Unclear
        return " ".join(words)

    def _operand(self) -> list[_Token]:
        """Everything up to the next `and`, `or` or closing parenthesis that is not its own."""
        start, depth = self.place, 0
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            if token.is_word("("):
                depth += 1
            elif token.is_word(")"):
                if not depth:
                    break
                depth -= 1
            elif not depth and token.is_word("and", "or", "&&", "||"):
                break
            self.place += 1
        return self.tokens[start : self.place]


def _both(parts: list[Reach]) -> Reach:
    """All conditions hold: the latest start, the earliest end."""
    if len(parts) == 1:
        return parts[0]
    begun = [(each.since, each.by) for each in parts if each.since]
    ended = [each.until for each in parts if each.until]
    since, by = max(begun, default=(None, next((each.by for each in parts if each.by), "")))
    names = dict.fromkeys(name for each in parts for name in each.conditions)
    return Reach(since, min(ended, default=None), by, tuple(names), any(each.scoped for each in parts))


def _either(parts: list[Reach]) -> Reach:
    """One of several conditions holds. What one of them holds of all projects and types, the others cannot narrow."""
    whole = [each for each in parts if not each.scoped and not each.conditions and not each.until]
    if whole:
        return min(whole, key=lambda each: each.since or datetime.min.replace(tzinfo=UTC))
    return replace(_both(parts), scoped=True)


def _instant(words: list[_Token], now: datetime, zone: str) -> datetime | None:
    """The instant that an operand stands for; None where it is none that we know."""
    text = " ".join(each.text for each in words).strip()
    if _RELATIVE.fullmatch(text):
        return _moved(now, text)
    if found := _DAY.fullmatch(text):
        year, month, day, hour, minute = (int(part or 0) for part in found.groups())
        try:
            return datetime(year, month, day, hour, minute, tzinfo=zone_named(zone)).astimezone(UTC)
        except (OverflowError, ValueError):
            return None
    name = words[0].text.casefold() if words else ""
    inside = "".join(each.text for each in words[1:]).strip("()")
    if name == "now" and not inside:
        return now.astimezone(UTC)
    return _start_of(name.removeprefix("startof"), inside, now, zone) if name in _STARTS else None


def _moved(now: datetime, text: str) -> datetime | None:
    """Jira's relative dates: "-30d", "-4w 2d"; without a sign they lie ahead."""
    minutes = sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+)([wdhm])", text.lower()))
    if minutes >= 10**8:
        return None
    return (now - timedelta(minutes=minutes) if text.startswith("-") else now + timedelta(minutes=minutes)).astimezone(
        UTC
    )


def _start_of(unit: str, by: str, now: datetime, zone: str) -> datetime | None:
    """`startOfMonth(-2)`, `startOfDay("-30d")`: the start of a local day, week, month or year, moved by so many."""
    here = now.astimezone(zone_named(zone)).date()
    found = re.fullmatch(r"([+-]?\d{1,5})([dwmy]?)", by.lower() or "0")
    if not found:
        return None
    count, what = int(found[1]), found[2] or unit[:1]
    day = {
        "day": here,
        "week": here - timedelta(days=(here.weekday() + 1) % 7),
        "month": here.replace(day=1),
        "year": here.replace(month=1, day=1),
    }[unit]
    try:
        moved = _by_months(day, count * (12 if what == "y" else 1)) if what in "my" else None
        day = moved or day + timedelta(days=count * (7 if what == "w" else 1))
    except (OverflowError, ValueError):
        return None
    return datetime(day.year, day.month, day.day, tzinfo=zone_named(zone)).astimezone(UTC)


def _by_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))
