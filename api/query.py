"""Questions to the catalogue: several metrics at once, by time and by groups, as a typed spec."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response
from pydantic import BaseModel, Field

from api.about import About, about, with_data
from api.answers import answer
from api.frame import area, operation, problems
from api.guard import visit
from api.view_query import Query
from data.services.query import AnalyticsSpec, BadSpec, QueryService
from data.values.callers import Scope
from data.values.query_answer import QueryAnswer

routes = area("query", "Query", "Questions to the catalogue: metrics by time and by groups, with counts and the SQL.")
__all__ = ["BadSpec", "routes"]


_SCHEMA: dict[str, Any] = {
    "description": "The JSON Schema.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}


class SpecBody(AnalyticsSpec):
    """A question to the catalogue."""

    @classmethod
    def read_sent(cls, found: object) -> SpecBody:
        """The spec that was sent. Raises BadSpec, which names the field and the nearest right name."""
        return cls.model_construct(**dict(QueryService.read(found)))

    @property
    def spec(self) -> AnalyticsSpec:
        """The same as a plain spec."""
        return AnalyticsSpec.model_construct(**dict(self))


class SpecQuery(Query):
    """A question to the catalogue."""

    spec: Annotated[str, Field(min_length=2, max_length=10_000)] = Field(
        description="The spec as JSON.", json_schema_extra={"example": '{"metrics": ["flow_velocity"]}'}
    )


class Answered(BaseModel):
    """Rows by time and by groups."""

    about: About
    answer: QueryAnswer


@routes.post("/query", responses={200: Answered, **problems(413, 415, 422)})
@operation(Scope.READ)
def query(body: SpecBody) -> Response:
    """Answer a spec. Nothing is changed by it."""
    return _answered(body.spec)


@routes.get("/query", responses={200: Answered, **problems(422)})
@operation(Scope.READ)
def query_by_link(query: SpecQuery) -> Response:
    """Answer a spec of an address, so that it can be kept: `ETag` changes with the answer."""
    return _answered(QueryService.read(query.spec))


@routes.get("/query/schema", responses={200: _SCHEMA})
@operation(Scope.READ)
def get_query_schema(query: Query) -> Response:
    """The JSON Schema of specs."""
    del query
    return answer(QueryService.schema())


def _answered(spec: AnalyticsSpec) -> Response:
    services = visit().services
    snapshot = services.snapshot()
    _, view = services.query.asked(spec, snapshot)
    found = services.query.answer(spec, with_data(view).snapshot)
    return answer({"about": about(view), "answer": found})
