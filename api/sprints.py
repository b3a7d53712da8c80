"""Boards and sprints."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import BaseModel, Field

from api.about import About, about, with_data
from api.answers import answer
from api.frame import area, operation, problems
from api.guard import visit
from api.view_query import Name, ViewQuery, asked_view
from data.values.callers import Scope
from data.values.sprints import OneSprint, Sprints

routes = area("sprints", "Sprints", "What was planned, added, removed and completed in sprints.")


class SprintsQuery(ViewQuery):
    """A view, and which board."""

    board: Name | None = Field(None, description="The number of a board. Default: the one that closed a sprint last.")


class SprintPath(BaseModel):
    """Which sprint."""

    sprint: Annotated[str, Field(min_length=1, max_length=40)] = Field(
        description="Jira's number of the sprint.", json_schema_extra={"example": "1"}
    )


class SprintsAnswer(BaseModel):
    """A board and its sprints, the newest first."""

    about: About
    sprints: Sprints


class SprintAnswer(BaseModel):
    """One sprint with its issues."""

    about: About
    sprint: OneSprint


@routes.get("/sprints", responses={200: SprintsAnswer, **problems(404)})
@operation(Scope.READ)
def list_sprints(query: SprintsQuery) -> Response:
    """Boards, and the sprints of one of them with their numbers."""
    view = with_data(asked_view())
    return answer({"about": about(view), "sprints": visit().services.sprints.page(view, query.board)})


@routes.get("/sprints/<sprint>", responses={200: SprintAnswer, **problems(404)})
@operation(Scope.READ)
def get_sprint(path: SprintPath, query: ViewQuery) -> Response:
    """One sprint: its numbers, its lists of issues, its burn-up."""
    del query
    view = with_data(asked_view())
    return answer({"about": about(view), "sprint": visit().services.sprints.sprint(path.sprint, view)})
