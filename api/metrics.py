"""Numbers of a view: all of them, and one with what it is made of."""

from __future__ import annotations

from typing import Literal

from flask import Response
from pydantic import BaseModel, Field

from api.about import About, about, with_data
from api.answers import answer
from api.frame import area, operation
from api.guard import visit
from api.numbers import Number, number
from api.view_query import ViewQuery, asked_view
from data.services.view import View
from data.values.callers import Scope
from data.values.families import MEASURED

routes = area("metrics", "Metrics", "Numbers of a period, each with its definition and what it rests on.")
FamilyName = Literal[MEASURED]  # type: ignore[valid-type]  # the choices, from the table of families


class MetricsQuery(ViewQuery):
    """A view, and which numbers of it."""

    family: FamilyName | None = Field(None, description="Only one family of metrics. Default: all.")


class NumbersAnswer(BaseModel):
    """Numbers of a view."""

    about: About
    metrics: list[Number]


@routes.get("/metrics", responses={200: NumbersAnswer})
@operation(Scope.READ)
def list_metrics(query: MetricsQuery) -> Response:
    """Every number of a period.

    Each with interval, tier, comparison with the days before, and where it is missing, the reason and the next step.
    """
    view = with_data(asked_view())
    return answer(told_numbers(view, (query.family,) if query.family else MEASURED))


def told_numbers(view: View, families: tuple[str, ...]) -> dict[str, object]:
    """A NumbersAnswer as plain values. Raises JiraError, RecordsError."""
    answers = [visit().services.numbers.answer(family, view) for family in families]
    return {
        "about": about(view),
        "metrics": [number(value, each.suggestion) for each in answers for value in each.values],
    }
