"""What the numbers stand on: the definitions in force, and how far the data can be trusted."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import BaseModel, Field

from api.about import About, about, with_data
from api.answers import answer
from api.definition import Definition
from api.frame import area, operation
from api.guard import visit
from api.view_query import Query, ViewQuery, asked_view
from data.settings.definitions import table
from data.values.callers import Scope
from data.values.quality import Finding

routes = area("data", "Definitions and data quality", "What the numbers stand on.")


class DefinitionsAnswer(BaseModel):
    """Every definition as it is in force in a view."""

    about: About
    definitions: list[Definition]


class QualityAnswer(BaseModel):
    """What makes numbers doubtful, and how the last sync ended."""

    level: str = Field(description="The worst level found: ok, info, warning or danger.")
    findings: list[Finding]
    last_sync: dict[str, Any] | None


@routes.get("/definitions", responses={200: DefinitionsAnswer})
@operation(Scope.READ)
def list_definitions(query: ViewQuery) -> Response:
    """Every definition as it is in force: saved, or chosen by `set` or `view`."""
    del query
    view = with_data(asked_view())
    return answer({"about": about(view), "definitions": visit().services.definitions.of(table(), view)})


@routes.get("/quality", responses={200: QualityAnswer})
@operation(Scope.READ)
def get_quality(query: Query) -> Response:
    """What in the data makes numbers doubtful, and what to do about it."""
    del query
    services = visit().services
    found = services.status.quality(with_data(services.view()).snapshot)
    return answer({"level": found.level, "findings": found.findings, "last_sync": found.sync})
