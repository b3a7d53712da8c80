"""The history of an estimate that several fields hold: at each instant the first of them that is filled counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import groupby

from sqlalchemy import Connection, select

from data.settings.fields import field_ids
from data.store import schema
from data.tables.mapped_fields import filled

Change = tuple[int, str, float, float]  # instant (µs), Jira field, before, after; not-a-number: empty


def of_several(
    connection: Connection, scope: int, named: str, number: Mapping[int, int]
) -> list[tuple[int, int, float, float]]:
    """(position of the issue, instant in µs, before, after) of each change, in order of issue and time."""
    table, fields = schema.change, field_ids(named)
    query = (
        select(
            table.c.issue_id,
            table.c.at,
            table.c.field,
            table.c.from_name,
            table.c.from_id,
            table.c.to_name,
            table.c.to_id,
        )
        .where(table.c.scope == scope, table.c.field.in_(fields))
        .order_by(table.c.issue_id, table.c.at, table.c.history_id, table.c.item)
    )
    now = {each: _now(connection, scope, each, number) for each in fields}
    rows: list[tuple[int, int, float, float]] = []
    for issue, recorded in groupby(connection.execute(query), key=lambda row: row[0]):
        if issue not in number:
            continue
        place = number[issue]
        changes = [
            (at, field, amount(before, other), amount(after, more))
            for _, at, field, before, other, after, more in recorded
        ]
        rows += [
            (place, *each)
            for each in in_force(fields, changes, {each: now[each].get(place, math.nan) for each in fields})
        ]
    return rows


def _now(connection: Connection, scope: int, field: str, number: Mapping[int, int]) -> dict[int, float]:
    return {place: amount(str(value)) for place, (_, value) in filled(connection, scope, field, number).items()}


def in_force(
    fields: tuple[str, ...], changes: list[Change], now: Mapping[str, float]
) -> list[tuple[int, float, float]]:
    """(instant, before, after) of each change of the value in force. A field that never changed was always as it is
    now.

    >>> changes = [(5, "b", 1.0, 2.0), (7, "a", float("nan"), 3.0), (9, "b", 2.0, 8.0)]
    >>> in_force(("a", "b"), changes, {"a": 3.0, "b": 8.0})
    [(5, 1.0, 2.0), (7, 2.0, 3.0)]
    """
    held = dict(now)
    for _, field, before, _ in reversed(changes):
        held[field] = before
    out, value = [], _first(fields, held)
    for at, field, _, after in changes:
        held[field] = after
        then = _first(fields, held)
        if then != value and not (math.isnan(then) and math.isnan(value)):
            out.append((at, value, then))
        value = then
    return out


def _first(fields: tuple[str, ...], held: Mapping[str, float]) -> float:
    return next((held[each] for each in fields if not math.isnan(held[each])), math.nan)


def amount(*texts: str | None) -> float:
    """The first text that is a number; not-a-number for none.

    >>> amount("5", None), amount("", "3.5"), amount(None, None)
    (5.0, 3.5, nan)
    """
    for text in texts:
        try:
            if text and text.strip():
                return float(text)
        except ValueError:
            continue
    return float("nan")
