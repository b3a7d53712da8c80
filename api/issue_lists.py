"""The issues behind a number or a point of a chart, page by page: what was used, and what was left out and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BaseModel, Field

from api.about import About, about
from api.answers import answer
from api.paging import LONGEST, MOST, USUAL, next_of, place_of
from api.view_query import ViewQuery
from data.services.view import View
from data.values.numbers import IssuePage, IssueRow

SortColumn = Literal[
    "key", "summary", "type", "project", "status", "start", "end", "value", "reason", "outcome", "used"
]


class IssuesQuery(ViewQuery):
    """A view, and which of the issues."""

    used: Literal["yes", "no"] | None = Field(None, description="Only issues that were used, or only those left out.")
    reason: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="Only issues that were left out for this reason."
    )
    text: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="Only issues with this in key, summary, type, status or project."
    )
    sort: SortColumn | None = Field(None, description="Default: end, the newest first.")
    order: Literal["asc", "desc"] | None = Field(None, description="Default: asc; without sort: desc.")
    limit: Annotated[int, Field(ge=1, le=MOST)] = Field(USUAL, description="Rows of a page.")
    cursor: Annotated[str, Field(min_length=1, max_length=LONGEST)] | None = Field(
        None, description="`next` of the page before."
    )


class IssuesAnswer(BaseModel):
    """Some of the issues. A row that was left out has a reason."""

    about: About
    total: int
    issues: list[IssueRow]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


def issues_answer(view: View, query: IssuesQuery, page: Callable[..., IssuePage]) -> Response:
    """One page. `page`: gives rows for first, count, sort, text, reason and used. Raises BadCursor."""
    revision = view.snapshot.revision
    first = place_of(query.cursor, revision)
    wanted: dict[str, Any] = {
        "first": first,
        "count": query.limit,
        "sort": (query.sort or "end", query.order or "asc") if query.sort or query.order else None,
        "text": query.text or "",
        "reason": query.reason,
        "used": None if query.used is None else query.used == "yes",
    }
    found = page(**wanted)
    return answer(
        {
            "about": about(view),
            "total": found.total,
            "issues": found.rows,
            "next": next_of(first, len(found.rows), found.total, revision),
        }
    )
