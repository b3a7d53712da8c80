"""The part of Jira's query language that the test Jira understands: comparisons, lists, AND, OR, NOT, ORDER BY."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SECOND = 1_000_000
_TOKEN = re.compile(r"""\s*(?:("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(>=|<=|!=|=|<|>|\(|\)|,)|([^\s(),=<>!"']+))""")
_RELATIVE = re.compile(r"([+-]?\d+)([wdhm])")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_DATES = {"updated": "updated", "updateddate": "updated", "created": "created", "createddate": "created"}
_IDS = ("id", "issue", "key", "issuekey")
Test = Callable[[Any], bool]


class JqlError(Exception):
    """What Jira answers with 400."""


@dataclass(frozen=True)
class Query:
    """A test for tickets and the order: (attribute, descending) pairs."""

    test: Test
    order: tuple[tuple[str, bool], ...]
    bounded: bool

    def sort_key(self, ticket: Any) -> tuple:
        """Where the ticket stands; the id decides at last."""
        keys = []
        for name, down in self.order:
            value = (
                ticket.updated
                if name in ("updated", "updateddate")
                else ticket.created
                if name == "created"
                else ticket.id
            )
            keys.append(-value if down else value)
        return (*keys, ticket.id)


def parse(text: str, *, zone: str, now: int, known: Callable[[str], bool]) -> Query:
    """`known`: whether an issue of that id or key can be seen. Raises JqlError."""
    head, order = _split_order(text)
    words = _words(head)
    if not words:
        return Query(lambda _: True, order, False)
    reader = _Reader(words, zone, now, known)
    test = reader.either()
    if reader.left:
        raise JqlError(f"Error in the JQL Query: unexpected '{reader.left[0]}'")
    return Query(test, order, True)


def _split_order(text: str) -> tuple[str, tuple[tuple[str, bool], ...]]:
    found = re.search(r"\border\s+by\b(.*)$", text, re.IGNORECASE | re.DOTALL)
    if not found:
        return text, (("updated", True),)
    parts = [each.split() for each in found[1].split(",")]
    for each in parts:
        if not each or each[0].lower() not in ("created", "updated", "updateddate", "id", "key", "issuekey", "rank"):
            raise JqlError(f"Field '{' '.join(each)}' does not exist or cannot be sorted by.")
    return text[: found.start()], tuple((each[0].lower(), each[-1].lower() == "desc") for each in parts)


def _words(text: str) -> list[str]:
    words, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if not found:
            raise JqlError(f"Error in the JQL Query at position {at}")
        words.append(next(each for each in found.groups() if each is not None))
        at = found.end()
    return words


class _Reader:
    def __init__(self, words: list[str], zone: str, now: int, known: Callable[[str], bool]) -> None:
        self.left, self.zone, self.now, self.known = words, ZoneInfo(zone), now, known

    def _peek(self) -> str:
        return self.left[0].lower() if self.left else ""

    def _take(self, *wanted: str) -> str:
        if not self.left or (wanted and self._peek() not in wanted):
            raise JqlError(f"Error in the JQL Query: expected {' or '.join(wanted) or 'more'}")
        return self.left.pop(0)

    def either(self) -> Test:
        tests = [self._both()]
        while self._peek() == "or":
            self._take()
            tests.append(self._both())
        return lambda ticket: any(each(ticket) for each in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._peek() == "and":
            self._take()
            tests.append(self._one())
        return lambda ticket: all(each(ticket) for each in tests)

    def _one(self) -> Test:
        if self._peek() == "not":
            self._take()
            inner = self._one()
            return lambda ticket: not inner(ticket)
        if self._peek() == "(":
            self._take()
            inner = self.either()
            self._take(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Test:
        name = self._take().lower()
        sign = self._take("=", "!=", ">", ">=", "<", "<=", "in", "not").lower()
        if sign == "not":
            sign = f"not {self._take('in').lower()}"
        if sign.endswith("in"):
            self._take("(")
            values = [_plain(self._take())]
            while self._peek() == ",":
                self._take()
                values.append(_plain(self._take()))
            self._take(")")
        else:
            values = [_plain(self._take())]
        if name in _DATES:
            return _compare(lambda ticket: getattr(ticket, _DATES[name]), sign, [self._instant(values[0])])
        if name in _IDS:
            return self._ids(sign, values)
        if name == "project":
            return _compare(lambda ticket: ticket.project.lower(), sign, [each.lower() for each in values])
        if name in ("status", "issuetype", "type"):
            word = "status" if name == "status" else "type"
            return _compare(lambda ticket: str(getattr(ticket, word)), sign, values)
        raise JqlError(f"Field '{name}' does not exist or you do not have permission to view it.")

    def _ids(self, sign: str, values: list[str]) -> Test:
        if sign in (">", ">=", "<", "<="):
            return _compare(lambda ticket: ticket.id, sign, [int(values[0])])
        gone = [each for each in values if not self.known(each)]
        if gone:
            said = [
                f"A value with ID '{each}' does not exist for the field 'id'."
                if each.isdigit()
                else f"An issue with key '{each}' does not exist for field 'key'."
                for each in gone
            ]
            raise JqlError(*said)
        wanted = set(values)
        inside = sign in ("=", "in")
        return lambda ticket: (str(ticket.id) in wanted or ticket.key in wanted) == inside

    def _instant(self, text: str) -> int:
        if found := _RELATIVE.fullmatch(text):
            return self.now + round(timedelta(**{_UNITS[found[2]]: int(found[1])}).total_seconds()) * SECOND
        for form in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d"):
            try:
                moment = datetime.strptime(text, form).replace(tzinfo=self.zone)
            except ValueError:
                continue
            return round(moment.astimezone(UTC).timestamp()) * SECOND
        raise JqlError(
            f"Date value '{text}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm'."
        )


def _plain(word: str) -> str:
    return word[1:-1] if word[:1] in "\"'" else word


def _compare(value: Callable[[Any], Any], sign: str, values: list) -> Test:
    first = values[0]
    return {
        "=": lambda ticket: value(ticket) == first,
        "!=": lambda ticket: value(ticket) != first,
        ">": lambda ticket: value(ticket) > first,
        ">=": lambda ticket: value(ticket) >= first,
        "<": lambda ticket: value(ticket) < first,
        "<=": lambda ticket: value(ticket) <= first,
        "in": lambda ticket: value(ticket) in values,
        "not in": lambda ticket: value(ticket) not in values,
    }[sign]
