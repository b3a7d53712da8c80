"""Values of mapped fields as columns: dates, numbers or words, aligned with the issues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from data.settings.fields import DATES, FIELDS, NUMBERS, SLA_ENDS, field_ids
from data.store import schema
from data.tables.frames import NEVER
from data.tables.jira_values import agreement_instant, is_agreement, number_of, texts_of
from data.values.arrays import Column, Instants, Mask, Numbers, Objects
from data.values.periods import first_instant, zone_named

# Standard fields that may be mapped are columns of the issue table already.
_STANDARD = {
    "created": schema.issue.c.created,
    "updated": schema.issue.c.updated,
    "resolutiondate": schema.issue.c.resolved,
    "duedate": schema.issue.c.due,
    "labels": schema.issue.c.labels,
    "components": schema.issue.c.components,
    "priority": schema.issue.c.priority,
    "resolution": schema.issue.c.resolution,
}


@dataclass(frozen=True)
class MappedColumns:
    """The mapped fields by our name. `unreadable`: by issue, whether there is a value that cannot be read; only of
    fields that have such values. `date_only`: whether Jira gave plain dates.
    """

    values: dict[str, Column] = field(default_factory=dict)
    date_only: dict[str, bool] = field(default_factory=dict)
    unreadable: dict[str, Mask] = field(default_factory=dict)


def read(
    connection: Connection, scope: int, mapping: Mapping[str, str], number: Mapping[int, int], zone: str
) -> MappedColumns:
    """Values of every mapped field, aligned with the issues."""
    found = MappedColumns()
    for name, jira in mapping.items():
        if name not in FIELDS:
            continue
        places, values = _raw_values(connection, scope, jira, number)
        unread = np.zeros(len(number), dtype=bool)
        kinds = FIELDS[name].kinds
        if kinds == DATES:
            end = SLA_ENDS.get(name)
            found.values[name], found.date_only[name] = _instants(places, values, len(number), zone, unread, end)
        elif kinds == NUMBERS:
            found.values[name] = _numbers(places, values, len(number), unread)
        else:
            found.values[name] = _words(places, values, len(number), unread)
        if unread.any():
            found.unreadable[name] = unread
    return found


def _raw_values(
    connection: Connection, scope: int, named: str, number: Mapping[int, int]
) -> tuple[list[int], list[Any]]:
    """Positions of issues and their values: of each issue the value of the first of the fields that is filled."""
    found = filled(connection, scope, named, number)
    return list(found), [value for _, value in found.values()]


def filled(connection: Connection, scope: int, named: str, number: Mapping[int, int]) -> dict[int, tuple[str, Any]]:
    """Position of an issue → the first of the fields that is filled there, and its value."""
    found: dict[int, tuple[str, Any]] = {}
    for jira in field_ids(named):
        for place, value in zip(*_of_field(connection, scope, jira, number), strict=True):
            found.setdefault(place, (jira, value))
    return found


def _of_field(connection: Connection, scope: int, jira: str, number: Mapping[int, int]) -> tuple[list[int], list[Any]]:
    table, issue = schema.field_value, schema.issue
    if jira in _STANDARD:
        column = _STANDARD[jira]
        rows = connection.execute(select(issue.c.issue_id, column).where(issue.c.scope == scope, column.is_not(None)))
        as_list = jira in ("labels", "components")
        pairs = [(number[row[0]], json.loads(row[1]) if as_list else row[1]) for row in rows if row[0] in number]
    else:
        query = select(table.c.issue_id, table.c.value).where(table.c.scope == scope, table.c.field_id == jira)
        pairs = [(number[row[0]], json.loads(row[1])) for row in connection.execute(query) if row[0] in number]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _instants(
    places: list[int], values: list[Any], size: int, zone: str, unread: Mask, end: bool | None
) -> tuple[Instants, bool]:
    """Date values → µs; a plain date is the first instant of that day in the zone. Marks in `unread` what is no date.

    `end`: which instant of a service level agreement is meant, its stop or its start; None where neither is.
    """
    out = np.full(size, NEVER, dtype=np.int64)
    where = zone_named(zone)
    plain = 0
    days: dict[str, int] = {}
    texts, at = [], []
    for place, value in zip(places, values, strict=True):
        if isinstance(value, int) and not isinstance(value, bool):
            out[place] = value  # a standard field, parsed already
        elif isinstance(value, str) and len(value) == 10:
            plain += 1
            if value not in days:
                day = plain_date(value)
                days[value] = NEVER if day is None else microseconds(first_instant(day, where))
            out[place] = days[value]
            unread[place] = out[place] == NEVER
        elif isinstance(value, str):
            texts.append(value)
            at.append(place)
        elif end is not None and is_agreement(value):
            try:
                moment = agreement_instant(value, end)
            except ValueError:
                unread[place] = True
            else:
                out[place] = NEVER if moment is None else moment
        else:
            unread[place] = True
    if texts:
        parsed = pd.to_datetime(pd.Series(texts), format="ISO8601", utc=True, errors="coerce").dt.as_unit("us")
        out[at] = parsed.to_numpy(dtype="datetime64[us]").astype(np.int64)  # NaT is the smallest int64: NEVER
        unread[at] = (out[at] == NEVER) & np.array([bool(each.strip()) for each in texts], dtype=bool)
    return out, plain > 0


def _numbers(places: list[int], values: list[Any], size: int, unread: Mask) -> Numbers:
    out = np.full(size, np.nan)
    for place, value in zip(places, values, strict=True):
        number = number_of(value)
        if number is not None:
            out[place] = number
        else:
            unread[place] = not (isinstance(value, str) and not value.strip())
    return out


def _words(places: list[int], values: list[Any], size: int, unread: Mask) -> Objects:
    out = np.full(size, None, dtype=object)
    for place, value in zip(places, values, strict=True):
        words = texts_of(value)
        out[place] = words or None
        unread[place] = words is None
    return out


def plain_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def microseconds(instant: datetime) -> int:
    """µs since 1970 UTC of an aware instant, exact."""
    return int(instant.replace(microsecond=0).timestamp()) * 1_000_000 + instant.microsecond
