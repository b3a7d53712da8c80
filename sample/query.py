"""Finds the issues of a site that a JQL query asks for, in the caller's time zone and at a given instant."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sample.jql import Both, Call, Clause, Either, JqlError, Node, Not, Query, Value, Word, parse
from sample.site import Issue, Site

MINUTE = 60_000_000  # microseconds
Test = Callable[[int], bool]
_SPAN = re.compile(r"([+-]?\d+)\s*([wdhm])", re.IGNORECASE)
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M")
_ALIASES = {
    "type": "issuetype", "component": "components", "fixversion": "fixVersions", "affectedversion": "versions",
    "key": "key", "issue": "key", "issuekey": "key", "id": "id", "resolved": "resolutiondate", "due": "duedate",
    "createddate": "created", "updateddate": "updated", "statuscategory": "statuscategory", "label": "labels",
    "issuelinktype": "issuelinktype", "statuscategorychangeddate": "statuscategorychangedate", "text": "summary",
}  # a table: kept in its rows  # fmt: skip


def microseconds(text: str) -> int:
    """`2025-01-15T10:00:00.000+0100` → microseconds since 1970, UTC."""
    moment = datetime.fromisoformat(text)
    return round(moment.timestamp() * 1000) * 1000


class Finder:
    """Answers queries on one site. What it reads from the issues is kept, column by column, for the next query."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.issues = site.issues
        self.zone = ZoneInfo(site.zone)
        self._columns: dict[str, list[Any]] = {}

    def find(self, jql: str, now: datetime, *, bounded: bool) -> list[int]:
        """Positions of the issues in the asked order (default: newest created first). Raises JqlError."""
        query = parse(jql)
        if bounded and query.where is None:
            raise JqlError("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
        return self._sorted(self._matching(query, now), query)

    # --- filter ----------------------------------------------------------------------------------------------------

    def _matching(self, query: Query, now: datetime) -> list[int]:
        if query.where is None:
            return list(range(len(self.issues)))
        test = self._test(query.where, now)
        return [position for position in self._candidates(query.where, now) if test(position)]

    def _candidates(self, node: Node, now: datetime) -> list[int] | range:
        """A lower bound on `updated` that every match obeys narrows the search to the newest issues."""
        parts = node.parts if isinstance(node, Both) else (node,)
        for part in parts:
            if isinstance(part, Clause) and part.operator in (">", ">=") and self._field(part.field) == "updated":
                floor = self._instant(part.values[0], now)
                order, values = self._by_updated
                return order[bisect_left(values, floor) :]
            if isinstance(part, Clause) and part.operator in ("=", "in") and self._field(part.field) == "id":
                asked = {int(_number(value, part.field)) for value in part.values}
                return [self._place[number] for number in asked if number in self._place]
        return range(len(self.issues))

    @cached_property
    def _place(self) -> dict[int, int]:
        return {issue.id: position for position, issue in enumerate(self.issues)}

    @cached_property
    def _by_updated(self) -> tuple[list[int], list[int]]:
        column = self.column("updated")
        order = sorted(range(len(column)), key=column.__getitem__)
        return order, [column[position] for position in order]

    def _test(self, node: Node, now: datetime) -> Test:
        if isinstance(node, Both):
            tests = [self._test(part, now) for part in node.parts]
            return lambda n: all(test(n) for test in tests)
        if isinstance(node, Either):
            tests = [self._test(part, now) for part in node.parts]
            return lambda n: any(test(n) for test in tests)
        if isinstance(node, Not):
            inner = self._test(node.part, now)
            return lambda n: not inner(n)
        return self._clause(node, now)

    def _clause(self, clause: Clause, now: datetime) -> Test:
        field = self._field(clause.field)
        if field == "key":
            return self._keys(clause)
        kind = self._kind(field)
        column = self.column(field)
        first = clause.values[0]
        empty = isinstance(first, Word) and not first.quoted and first.text.lower() in ("empty", "null")
        if clause.operator in ("is", "is not") or (empty and clause.operator in ("=", "!=")):
            wanted = clause.operator in ("is", "=")
            return lambda n: (column[n] in (None, (), "")) == wanted
        if clause.operator in ("~", "!~"):
            words = _plain(first).lower().replace("*", "").split()
            positive = clause.operator == "~"
            return lambda n: all(word in _joined(column[n]) for word in words) == positive
        if kind in ("datetime", "date", "number"):
            return self._ordered(clause, kind, column, now)
        if clause.operator in (">", ">=", "<", "<=") and field != "id":
            raise JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")
        return self._worded(clause, field, column)

    def _ordered(self, clause: Clause, kind: str, column: list[Any], now: datetime) -> Test:
        def read(value: Value) -> Any:
            if kind == "number":
                return _number(value, clause.field)
            moment = self._instant(value, now)
            return (
                moment if kind == "datetime" else datetime.fromtimestamp(moment / 1e6, self.zone).strftime("%Y-%m-%d")
            )

        wanted = [read(value) for value in clause.values]
        several = frozenset(wanted)
        if clause.operator in ("=", "in"):
            return lambda n: _minute(column[n], kind) in several
        if clause.operator in ("!=", "not in"):
            return lambda n: column[n] is not None and _minute(column[n], kind) not in several
        limit = wanted[0]
        compare: dict[str, Test] = {
            ">=": lambda n: column[n] is not None and column[n] >= limit,
            ">": lambda n: column[n] is not None and _minute(column[n], kind) > limit,
            "<": lambda n: column[n] is not None and column[n] < limit,
            "<=": lambda n: column[n] is not None and _minute(column[n], kind) <= limit,
        }
        return compare[clause.operator]

    def _worded(self, clause: Clause, field: str, column: list[Any]) -> Test:
        wanted = {_plain(value).lower() for value in clause.values}
        self._exist(wanted, field, clause)
        if clause.operator in ("=", "in"):
            return lambda n: not wanted.isdisjoint(column[n] or ())
        if clause.operator in ("!=", "not in"):  # Jira leaves out issues where the field is empty
            return lambda n: bool(column[n]) and wanted.isdisjoint(column[n])
        raise JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")

    def _exist(self, wanted: set[str], field: str, clause: Clause) -> None:
        known = self._known.get(field)
        if known is None:
            return
        for value in sorted(wanted):
            if value not in known:
                shown = next(_plain(each) for each in clause.values if _plain(each).lower() == value)
                raise JqlError(f"The value '{shown}' does not exist for the field '{clause.field}'.")

    @cached_property
    def _known(self) -> dict[str, set[str]]:
        """Values that exist, for the fields where Jira refuses others."""
        site = self.site
        return {
            "project": {str(row[name]).lower() for row in site.projects for name in ("id", "key", "name")},
            "status": {str(row[name]).lower() for row in site.statuses for name in ("id", "name")},
            "issuetype": {str(row[name]).lower() for row in site.issue_types for name in ("id", "name")},
        }

    def _keys(self, clause: Clause) -> Test:
        if clause.operator not in ("=", "!=", "in", "not in", ">", ">=", "<", "<="):
            raise JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")
        wanted = {_plain(value).upper() for value in clause.values}
        if clause.operator in ("=", "in"):
            for value in sorted(wanted):
                if value not in self.site.by_key and not value.isdigit():
                    raise JqlError(f"An issue with key '{value}' does not exist for field '{clause.field}'.")
            return lambda n: self.issues[n].key.upper() in wanted or str(self.issues[n].id) in wanted
        if clause.operator in ("!=", "not in"):
            return lambda n: self.issues[n].key.upper() not in wanted and str(self.issues[n].id) not in wanted
        limit = _key_order(next(iter(wanted)))
        sign = clause.operator

        def compare(n: int) -> bool:
            mine = _key_order(self.issues[n].key)
            if mine[0] != limit[0]:
                return False
            return {">": mine > limit, ">=": mine >= limit, "<": mine < limit, "<=": mine <= limit}[sign]

        return compare

    # --- fields and columns ----------------------------------------------------------------------------------------

    def _field(self, name: str) -> str:
        lower = name.lower()
        if lower in _ALIASES:
            return _ALIASES[lower]
        if lower.startswith("cf["):
            lower = f"customfield_{lower[3:-1]}"
        found = self._names.get(lower)
        if found is None:
            raise JqlError(f"Field '{name}' does not exist or you do not have permission to view it.")
        return found

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {str(row["name"]).lower(): row["id"] for row in reversed(self.site.fields)}
        return names | {row["id"].lower(): row["id"] for row in self.site.fields}

    def _kind(self, field: str) -> str:
        if field in ("created", "updated", "resolutiondate"):
            return "datetime"
        if field == "id":
            return "number"
        kind = ((self.site.field_ids.get(field) or {}).get("schema") or {}).get("type", "")
        return kind if kind in ("datetime", "date", "number") else "date" if field == "duedate" else "words"

    def column(self, field: str) -> list[Any]:
        """The values of one field as they are compared: instants in microseconds, numbers, or sets of lower-case
        words.
        """
        if field not in self._columns:
            kind = self._kind(field)
            self._columns[field] = [_comparable(issue, field, kind) for issue in self.issues]
        return self._columns[field]

    # --- instants --------------------------------------------------------------------------------------------------

    def _instant(self, value: Value, now: datetime) -> int:
        """A date in a query, read in the caller's zone, as microseconds."""
        local = now.astimezone(self.zone)
        moment = self._called(value, local) if isinstance(value, Call) else self._written(value, local)
        return int(moment.timestamp()) * 1_000_000

    def _written(self, word: Word, local: datetime) -> datetime:
        text = word.text.strip()
        parts = _SPAN.findall(text)
        if parts and not _SPAN.sub("", text).strip():
            sign = -1 if text.startswith("-") else 1
            spans = [abs(int(number)) * _UNITS[unit.lower()] for number, unit in parts]
            return local + sign * sum(spans, timedelta())
        for form in _DATES:
            try:
                return datetime.strptime(text, form).replace(tzinfo=self.zone)
            except ValueError:
                continue
        raise JqlError(
            f"Date value '{text}' for field is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', "
            "'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )

    def _called(self, call: Call, local: datetime) -> datetime:
        if call.name == "now":
            return local
        if call.name not in _STARTS and call.name not in _ENDS:
            raise JqlError(f"Unable to find JQL function '{call.name}()'.")
        unit = call.name.removeprefix("startof").removeprefix("endof")
        steps, rest = 0, timedelta()
        for argument in call.arguments:
            if re.fullmatch(r"[+-]?\d+", argument):
                steps = int(argument)
            else:
                rest = self._written(Word(argument), local) - local
        begin = _begin(local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None), unit, steps)
        if call.name in _ENDS:
            begin = _begin(begin, unit, 1) - timedelta(seconds=1)
        return (begin + rest).replace(tzinfo=self.zone)

    # --- sort ------------------------------------------------------------------------------------------------------

    def _sorted(self, found: list[int], query: Query) -> list[int]:
        order = query.order or (("created", True),)
        found = sorted(found)
        for name, descending in reversed(order):
            key = self._sort_key(self._field(name))
            found.sort(key=key, reverse=descending)
        return found

    def _sort_key(self, field: str) -> Callable[[int], Any]:
        if field == "key":
            return lambda n: _key_order(self.issues[n].key)
        if field == "id":
            return lambda n: self.issues[n].id
        if field in ("priority", "status", "issuetype", "resolution"):
            return lambda n: _rank(self.issues[n].fields.get(field))
        column = self.column(field)
        if self._kind(field) == "words":
            return lambda n: min(column[n]) if column[n] else ""
        return lambda n: (column[n] is not None, column[n] or 0)


_STARTS = {"startofday", "startofweek", "startofmonth", "startofyear"}
_ENDS = {"endofday", "endofweek", "endofmonth", "endofyear"}


def _begin(midnight: datetime, unit: str, steps: int) -> datetime:
    """The start of the day, week (Monday), month or year that lies `steps` away; local wall time."""
    if unit == "day":
        return midnight + timedelta(days=steps)
    if unit == "week":
        return midnight + timedelta(days=7 * steps - midnight.weekday())
    if unit == "month":
        months = midnight.year * 12 + midnight.month - 1 + steps
        return midnight.replace(year=months // 12, month=months % 12 + 1, day=1)
    return midnight.replace(year=midnight.year + steps, month=1, day=1)


def _minute(value: Any, kind: str) -> Any:
    return value // MINUTE * MINUTE if kind == "datetime" and value is not None else value


def _plain(value: Value) -> str:
    if isinstance(value, Word):
        return value.text
    if value.name == "currentuser":
        return "sample-visitor"
    raise JqlError(f"Unable to find JQL function '{value.name}()'.")


def _number(value: Value, field: str) -> float:
    try:
        return float(_plain(value))
    except ValueError:
        raise JqlError(f"The value '{_plain(value)}' for the field '{field}' is not a number.") from None


def _joined(value: Any) -> str:
    return " ".join(sorted(value)) if isinstance(value, frozenset) else str(value or "").lower()


def _key_order(key: str) -> tuple[str, int]:
    project, _, number = key.rpartition("-")
    return project, int(number) if number.isdigit() else 0


def _rank(value: Any) -> tuple[int, str]:
    number = str((value or {}).get("id", "")) if isinstance(value, dict) else ""
    return (int(number), "") if number.isdigit() else (10**9, number)


def _comparable(issue: Issue, field: str, kind: str) -> Any:
    if field == "id":
        return issue.id
    if field == "statuscategory":
        category = (issue.fields.get("status") or {}).get("statusCategory") or {}
        return _words([{"id": category.get("id"), "key": category.get("key"), "name": category.get("name")}])
    value = issue.fields.get(field)
    if value is None or value == []:
        return None
    if kind == "datetime":
        return microseconds(value) if isinstance(value, str) else None
    if kind == "number":
        return value if isinstance(value, int | float) else None
    if kind == "date":
        return str(value)[:10]
    return _words(value)


_WORDS: dict[frozenset[str], frozenset[str]] = {}


def _words(value: Any) -> frozenset[str]:
    """All names by which a value can be asked for, lower case; equal sets are one object."""
    words: set[str] = set()
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            names = ("id", "key", "name", "value", "accountId", "displayName")
            words |= {str(each[name]).lower() for name in names if each.get(name) not in (None, "")}
        else:
            words.add(str(each).lower())
    made = frozenset(words)
    return _WORDS.setdefault(made, made) if len(_WORDS) < 50_000 else made
