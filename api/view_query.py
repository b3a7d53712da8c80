"""The parameters that say which days, which issues and which definitions: those of the page's address."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from flask import request
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.guard import visit
from data.services.view import Snapshot, View
from data.values.filters import Filters
from data.values.periods import PRESETS, parse_day
from data.values.question import DEFAULT_PERIOD, question_of

USUAL_DAYS = PRESETS[DEFAULT_PERIOD]
Preset = Literal["7d", "30d", "90d"]
Name = Annotated[str, Field(min_length=1, max_length=255)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", json_schema_extra={"format": "date"})]


def _like(value: JsonValue) -> dict[str, JsonValue]:
    """An example of a parameter, as the document takes it."""
    return {"example": value}


class Query(BaseModel):
    """No parameters."""

    model_config = ConfigDict(extra="forbid")


class ViewQuery(Query):
    """Days, issues and definitions of a view."""

    period: Preset | None = Field(None, description="The days up to today. Default: 30d. Not with from and to.")
    first: Day | None = Field(
        None,
        alias="from",
        description="First local day; without `to` until today.",
        json_schema_extra={"example": "2026-10-01"},
    )
    last: Day | None = Field(
        None, alias="to", description="Last local day, included.", json_schema_extra={"example": "2026-10-31"}
    )
    project: list[Name] = Field([], max_length=200, description="Only this project; repeatable.")
    type: list[Name] = Field([], max_length=200, description="Only this issue type; repeatable.")
    label: list[Name] = Field([], max_length=200, description="Only this label; repeatable.")
    component: list[Name] = Field([], max_length=200, description="Only this component; repeatable.")
    filter: list[Annotated[str, Field(pattern=r"^[a-z_]+:[a-z_]+:", max_length=2_100)]] = Field(
        [],
        max_length=200,
        description=(
            "Filters by any field: field:operator:value, where the operator is in, not_in, contains or starts_with; "
            "without a value, issues that have none. Repeatable: values of one field and operator are alternatives, "
            "everything else must all fit."
        ),
        json_schema_extra=_like(["assignee:in:Ann", "type:not_in:Bug"]),
    )
    set: list[Annotated[str, Field(pattern=r"^[a-z_.0-9]+:.+$", max_length=500)]] = Field(
        [],
        max_length=50,
        description="Measure with this definition instead of the saved one: name:value; repeatable.",
        json_schema_extra=_like(["durations:inclusive_days"]),
    )
    view: Name | None = Field(None, description="A saved view: its days and issues, where nothing else is said.")


def asked_view(snapshot: Snapshot | None = None) -> View:
    """The view that the request asks for. Call where a ViewQuery was read. Raises PeriodError, BadOverride, BadFilter,
    NoSuchView, StoreError, HomeError.
    """
    services = visit().services
    snapshot = snapshot or services.snapshot()
    asked = dict(request.args.lists())
    question = question_of(_whole(asked, snapshot))
    filters, days = question.filters, (question.period, question.first, question.last)
    if "view" in asked:
        saved = services.teams.get(asked["view"][-1], snapshot)
        if not any(name in asked for name in ("period", "from", "to")):
            days = (saved.period, saved.first, saved.last)
        filters = _over(saved.filters, filters)
    return snapshot.view(*days, filters=filters)


def _whole(asked: dict[str, list[str]], snapshot: Snapshot) -> dict[str, list[str]]:
    """With only a first day the period runs until today; with only a last day it is the 30 days that end there."""
    first, last = asked.get("from"), asked.get("to")
    if first and not last:
        return asked | {"to": [snapshot.view().today.isoformat()]}
    if last and not first:
        return asked | {"from": [(parse_day(last[-1]) - timedelta(days=USUAL_DAYS - 1)).isoformat()]}
    return asked


def _over(saved: Filters, asked: Filters) -> Filters:
    """What the request says of issues and definitions, and for the rest what the saved view says."""
    kept = saved.without(*(each.field for each in asked.where))
    definitions = tuple(sorted((dict(saved.definitions) | dict(asked.definitions)).items()))
    return Filters((*kept.where, *asked.where), definitions)
