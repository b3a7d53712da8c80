"""Saved views: days, issues and definitions under a name."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import BaseModel, Field

from api.answers import answer
from api.frame import area, operation, problems
from api.guard import visit
from api.view_query import Query
from data.values.callers import Scope
from data.values.problem import Problem
from data.values.teams import TeamView

routes = area("views", "Saved views", "Days, issues and definitions under a name; `view=` takes the name.")


class SavedViewPath(BaseModel):
    """Which view."""

    name: Annotated[str, Field(min_length=1, max_length=255)] = Field(json_schema_extra={"example": "Checkout"})


class SavedViewsAnswer(BaseModel):
    """Every saved view."""

    views: list[TeamView]
    problem: Problem | None = Field(description="What is wrong with the file of saved views.")


class SavedViewAnswer(BaseModel):
    """One saved view."""

    view: TeamView


@routes.get("/views", responses={200: SavedViewsAnswer})
@operation(Scope.READ)
def list_views(query: Query) -> Response:
    """Every saved view."""
    del query
    services = visit().services
    found = services.teams.list(services.snapshot())
    return answer({"views": found.views, "problem": found.problem})


@routes.get("/views/<name>", responses={200: SavedViewAnswer, **problems(404)})
@operation(Scope.READ)
def get_view(path: SavedViewPath, query: Query) -> Response:
    """One saved view."""
    del query
    services = visit().services
    return answer({"view": services.teams.get(path.name, services.snapshot())})
