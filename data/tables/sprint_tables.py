"""Boards, sprints and who was in which sprint when, as tidy tables: the Sprint field's history taken apart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from data.settings.fields import UNTRANSLATED, field_ids
from data.store import schema
from data.tables import estimates
from data.tables.frames import NEVER, frame
from data.values.arrays import Instants
from data.values.names import name_key

UNREADABLE = -1  # in place of a sprint: from here on nobody can tell in which sprints the issue was
_NUMBER = re.compile(r"\d+")
_SPRINTS = {"sprint_id": "int64", "board_id": "int64", "board": "int32", "name": object, "state": object,
            "started": "int64", "ends": "int64", "completed": "int64"}  # a table: kept in its rows  # fmt: skip
_BOARDS = {"board_id": "int64", "name": object, "kind": object, "project": object}
_MOVES = {"issue": "int32", "at": "int64", "sprint": "int32", "joined": bool}
_MEMBERS = {"issue": "int32", "sprint": "int32"}
_ESTIMATES = {"issue": "int32", "at": "int64", "source": float, "target": float}
NO_BOARD = -1  # in board_id: Jira names none


def read(
    connection: Connection, scope: int, points: str | None, number: Mapping[int, int], created: Instants
) -> dict[str, pd.DataFrame]:
    """boards, sprints, sprint_moves, sprint_members, estimates (see Tables).

    `points`: the mapped field of estimates; `number`: issue id → position; `created`: µs, by position.
    """
    boards = _boards(connection, scope)
    sprints = _sprints(connection, scope, boards)
    place = {sprint_id: n for n, sprint_id in enumerate(sprints["sprint_id"].tolist())}
    members = _members(connection, scope, number, place)
    return {
        "boards": boards,
        "sprints": sprints,
        "sprint_moves": _moves(connection, scope, number, created, sprints, members),
        "sprint_members": frame(members, **_MEMBERS),
        "estimates": _estimates(connection, scope, points, number),
    }


def no_boards() -> pd.DataFrame:
    return frame([], **_BOARDS)


def no_sprints() -> pd.DataFrame:
    return frame([], **_SPRINTS)


def no_moves() -> pd.DataFrame:
    return frame([], **_MOVES)


def no_members() -> pd.DataFrame:
    return frame([], **_MEMBERS)


def no_estimates() -> pd.DataFrame:
    return frame([], **_ESTIMATES)


def _boards(connection: Connection, scope: int) -> pd.DataFrame:
    table = schema.board
    columns = (table.c.board_id, table.c.name, table.c.kind, table.c.project_key)
    rows = connection.execute(select(*columns).where(table.c.scope == scope).order_by(table.c.board_id))
    return frame([(board_id, name, kind, project or "") for board_id, name, kind, project in rows], **_BOARDS)


def _sprints(connection: Connection, scope: int, boards: pd.DataFrame) -> pd.DataFrame:
    place = {board_id: n for n, board_id in enumerate(boards["board_id"].tolist())}
    table = schema.sprint
    rows = []
    for row in connection.execute(select(table).where(table.c.scope == scope).order_by(table.c.sprint_id)):
        instants = (NEVER if each is None else each for each in (row.started, row.ends, row.completed))
        board = NO_BOARD if row.board_id is None else row.board_id
        rows.append((row.sprint_id, board, place.get(row.board_id, -1), row.name, row.state, *instants))
    return frame(rows, **_SPRINTS)


def _members(
    connection: Connection, scope: int, number: Mapping[int, int], place: Mapping[int, int]
) -> list[tuple[int, int]]:
    """(issue, sprint) as the field says now: all sprints that the issue is in or was in when they closed."""
    table = schema.sprint_issue
    rows = connection.execute(select(table.c.issue_id, table.c.sprint_id).where(table.c.scope == scope))
    return sorted((number[issue], place[sprint]) for issue, sprint in rows if issue in number and sprint in place)


def _field_ids(connection: Connection, scope: int) -> list[str]:
    """How the Sprint field is called in changes: by its id, or by its name."""
    table = schema.field
    rows = connection.execute(
        select(table.c.field_id, table.c.name, table.c.custom, table.c.schema).where(table.c.scope == scope)
    )
    found = [
        row.field_id for row in rows if "gh-sprint" in row.schema or (row.custom and _is_sprint(row.name, row.schema))
    ]
    return ["sprint", *found]


def _is_sprint(name: str, schema_text: str) -> bool:
    plain = json.loads(schema_text or "{}").get(UNTRANSLATED) or ""
    return "sprint" in (name_key(name), name_key(plain))


def _moves(
    connection: Connection,
    scope: int,
    number: Mapping[int, int],
    created: Instants,
    sprints: pd.DataFrame,
    members: list[tuple[int, int]],
) -> pd.DataFrame:
    """Each time an issue came into a sprint or left it. Where nothing is recorded it was there since it was created."""
    table = schema.change
    query = (
        select(table.c.issue_id, table.c.at, table.c.from_id, table.c.from_name, table.c.to_id, table.c.to_name)
        .where(table.c.scope == scope, table.c.field.in_(_field_ids(connection, scope)))
        .order_by(table.c.issue_id, table.c.at, table.c.history_id, table.c.item)
    )
    names = _Names(sprints)
    rows: list[tuple[int, int, int, bool]] = []
    recorded = set()
    for issue_id, changes in groupby(connection.execute(query), key=itemgetter(0)):
        issue = number.get(issue_id)
        if issue is not None:
            recorded.add(issue)
            rows += _moves_of(issue, int(created[issue]), changes, names)
    rows += [(issue, int(created[issue]), sprint, True) for issue, sprint in members if issue not in recorded]
    rows.sort(key=lambda row: row[:2])
    return frame(rows, **_MOVES)


def _moves_of(
    issue: int, created: int, changes: Iterator[Sequence[Any]], names: _Names
) -> Iterator[tuple[int, int, int, bool]]:
    inside: set[int] | None = None
    for _, at, from_id, from_name, to_id, to_name in changes:
        if inside is None:
            inside = names.read(from_id, from_name)
            if inside is not None:
                yield from ((issue, min(created, at), each, True) for each in sorted(inside) if each >= 0)
        after = names.read(to_id, to_name)
        if inside is None or after is None:
            yield issue, min(created, at) if inside is None else at, UNREADABLE, True
            return
        yield from ((issue, at, each, False) for each in sorted(inside - after) if each >= 0)
        yield from ((issue, at, each, True) for each in sorted(after - inside) if each >= 0)
        inside = after


class _Names:
    """Takes the two texts of a change apart: "12, 13" and "Sprint 1, Sprint 2"."""

    def __init__(self, sprints: pd.DataFrame) -> None:
        self.place = {sprint_id: n for n, sprint_id in enumerate(sprints["sprint_id"].tolist())}
        self.named: dict[str, int | None] = {}
        for n, name in enumerate(sprints["name"].tolist()):
            key = name_key(str(name))
            self.named[key] = None if key in self.named else n

    def read(self, ids: str | None, names: str | None) -> set[int] | None:
        """Positions of sprints; one that the site no longer has is below 0. None: the text cannot be read.

        Some servers give names only. A name that two sprints share, or that none has, says nothing.
        """
        if ids and ids.strip():
            numbers = [int(each) for each in _NUMBER.findall(ids)]
            return {self.place.get(each, -2 - each) for each in numbers} if numbers else None
        if not names or not names.strip():
            return set()
        parts = [names] if name_key(names) in self.named else names.split(",")
        found = [self.named.get(name_key(each)) for each in parts]
        return None if None in found else {each for each in found if each is not None}


def _estimates(connection: Connection, scope: int, points: str | None, number: Mapping[int, int]) -> pd.DataFrame:
    """Each change of the mapped estimate; of several fields, of the first that is filled."""
    if not points:
        return no_estimates()
    if len(field_ids(points)) > 1:
        return frame(estimates.of_several(connection, scope, points, number), **_ESTIMATES)
    table = schema.change
    query = (
        select(table.c.issue_id, table.c.at, table.c.from_name, table.c.from_id, table.c.to_name, table.c.to_id)
        .where(table.c.scope == scope, table.c.field == points)
        .order_by(table.c.issue_id, table.c.at, table.c.history_id, table.c.item)
    )
    rows = [
        (number[issue], at, estimates.amount(from_name, from_id), estimates.amount(to_name, to_id))
        for issue, at, from_name, from_id, to_name, to_id in connection.execute(query)
        if issue in number
    ]
    return frame(rows, **_ESTIMATES)
