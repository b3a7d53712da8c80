"""How many by a date, when for so many items, or how likely so many by a date."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response, request
from pydantic import BaseModel, Field, JsonValue

from api.about import About, about, with_data
from api.answers import answer
from api.frame import area, operation, problems
from api.guard import visit
from api.view_query import Day, Name, ViewQuery, asked_view
from data.values.callers import Scope

routes = area("forecast", "Forecast", "Answers from the days that were, with what the past says about such answers.")
Days = Annotated[str, Field(min_length=1, max_length=2_000)]
OWN = ("items", "by", "version", "epic", "history", "seed", "sample", "without", "off", "draw", "unit", "teams")


def _like(value: JsonValue) -> dict[str, JsonValue]:
    return {"example": value}


class ForecastQuery(ViewQuery):
    """One of items, version and epic asks "when"; `by` alone "how many"; both together "how likely". Without any of
    them: how many in the next 30 days.
    """

    items: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        None, description="When are so many done?", json_schema_extra=_like(20)
    )
    by: Day | None = Field(None, description="How many by this date?", json_schema_extra=_like("2026-12-31"))
    version: Name | None = Field(None, description="When is this version done?")
    epic: Name | None = Field(None, description="When is this epic done?")
    history: Annotated[int, Field(ge=1, le=3_650)] | None = Field(None, description="Days to draw from. Default: 90.")
    seed: Annotated[int, Field(ge=0, le=999_999_999)] | None = Field(
        None, description="The same seed gives the same answer. Default: 1."
    )
    sample: Days | None = Field(None, description="Days to draw from instead: FROM..TO.")
    without: Days | None = Field(None, description="Days not to draw from: a day or FROM..TO, commas between.")
    off: Days | None = Field(None, description="Days on which nobody will work, besides those of the settings.")
    draw: Literal["weekdays", "plain"] | None = Field(None, description="Default: weekdays.")
    unit: Literal["items", "points"] | None = Field(None, description="Default: items.")
    teams: Days | None = Field(None, description="Saved views that share the work: NAME or NAME=NUMBER, | between.")


class ForecastAnswer(BaseModel):
    """The answer, and what it rests on. p50 … p95: the first date, or the number, that so many percent of the trials
    reach.
    """

    about: About
    forecast: dict[str, Any] = Field(
        description="question, p50, p70, p85, p95, trials, seed, history, backtest, notes: as the terminal prints it."
    )


@routes.get("/forecast", responses={200: ForecastAnswer, **problems(404, 422)})
@operation(Scope.READ)
def get_forecast(query: ForecastQuery) -> Response:
    """How many by a date, when for so many items, or how likely."""
    del query
    forecast, view = visit().services.forecast, with_data(asked_view())
    options = tuple((name, request.args[name]) for name in OWN if name in request.args)
    found = forecast.answer(forecast.question(options, view), view)
    return answer({"about": about(view), "forecast": found.to_dict()})
