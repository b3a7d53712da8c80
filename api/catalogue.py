"""The catalogue of metrics: what each is called, what it means and how it is calculated."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import BaseModel, Field

from api.answers import answer
from api.frame import area, operation, problems
from api.guard import visit
from api.metrics import FamilyName, MetricPath
from api.view_query import Query
from data.values.callers import Scope
from data.values.numbers import Entry

routes = area("catalogue", "Catalogue", "Every metric: what it means and how it is calculated. Nothing is calculated.")


class CatalogueQuery(Query):
    """Which metrics."""

    q: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="Words that a metric has somewhere."
    )
    family: FamilyName | None = Field(None, description="Only this family.")


class CatalogueAnswer(BaseModel):
    """Metrics, the best fitting first."""

    metrics: list[Entry]


@routes.get("/catalogue", responses={200: CatalogueAnswer})
@operation(Scope.READ)
def search_catalogue(query: CatalogueQuery) -> Response:
    """Every metric that there is."""
    return answer({"metrics": visit().services.catalogue.search(query.q or "", query.family)})


class EntryAnswer(BaseModel):
    """One metric."""

    metric: Entry


@routes.get("/catalogue/<metric>", responses={200: EntryAnswer, **problems(404)})
@operation(Scope.READ)
def describe_metric(path: MetricPath, query: Query) -> Response:
    """What one metric means: formula, unit, definitions and fields."""
    del query
    return answer({"metric": visit().services.catalogue.entry(path.metric)})
