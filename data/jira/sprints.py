"""Boards and sprints as Jira writes them: lists of the agile interface, and the sprint field of an issue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from data.jira.answers import Board, Sprint
from data.jira.endpoints import Request
from data.jira.entities import whole
from data.jira.instants import instant

PAGE = 50
STATES = ("future", "active", "closed")
_NAMES = (
    "id", "rapidViewId", "state", "name", "goal", "startDate", "endDate", "completeDate", "activatedDate", "sequence",
    "synced", "autoStartStop", "incompleteIssuesDestinationId",
)  # a table: kept in its rows  # fmt: skip
_PART = re.compile(rf"(?:^|,)({'|'.join(_NAMES)})=(.*?)(?=,(?:{'|'.join(_NAMES)})=|$)", re.DOTALL)


def boards(project_key: str, start: int) -> Request:
    """A page of the boards of a project."""
    return Request(
        "GET", "/rest/agile/1.0/board", {"projectKeyOrId": project_key, "startAt": start, "maxResults": PAGE}
    )


def board_sprints(board_id: int, start: int) -> Request:
    """A page of the sprints of a board; 400 where a board has none."""
    return Request("GET", f"/rest/agile/1.0/board/{board_id}/sprint", {"startAt": start, "maxResults": PAGE})


def board(row: Mapping[str, Any], project_key: str) -> Board | None:
    """A board of a list; None without an id."""
    number = whole(row.get("id"))
    if number is None:
        return None
    return Board(number, str(row.get("name") or number), str(row.get("type") or "simple").lower(), project_key)


def sprint(row: Mapping[str, Any], board_id: int | None = None) -> Sprint | None:
    """A sprint of a list or of a Cloud issue; None without an id."""
    number = whole(row.get("id"))
    if number is None:
        return None
    state = str(row.get("state") or "").lower()
    origin = next(
        (each for name in ("originBoardId", "boardId", "rapidViewId") if (each := whole(row.get(name)))), None
    )
    return Sprint(
        number,
        origin or board_id,
        str(row.get("name") or number),
        state if state in STATES else "closed",
        instant(row.get("activatedDate")) or instant(row.get("startDate")),
        instant(row.get("endDate")),
        instant(row.get("completeDate")),
    )


def of_field(value: Any) -> Sprint | None:
    """A sprint from a value of the sprint field: an object on Cloud, a string on Data Center; None for what is neither.

    >>> kind = "com.atlassian.greenhopper.service.sprint.Sprint"
    >>> of_field(f"{kind}@1fdd[id=7,rapidViewId=2,state=ACTIVE,name=A, [b],goal=]").name
    'A, [b]'
    """
    if isinstance(value, Mapping):
        return sprint(value)
    if not isinstance(value, str):
        return None
    _, opened, inside = value.partition("[")
    if not opened or not inside.endswith("]"):
        return None
    parts: dict[str, str] = {}
    for name, text in _PART.findall(inside[:-1]):
        parts.setdefault(name, "" if text == "<null>" else text)
    return sprint(parts)
