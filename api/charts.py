"""Charts as series, and the issues behind their points."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Response, request
from pydantic import BaseModel, Field

from api.about import About, about, with_data
from api.answers import answer
from api.frame import area, operation, problems
from api.guard import visit
from api.issue_lists import IssuesAnswer, IssuesQuery, issues_answer
from api.view_query import Name, Query, ViewQuery, asked_view
from data.values.callers import Scope
from data.values.charts import ChartAnswer
from data.values.families import FAMILIES

routes = area("charts", "Charts", "What the page draws, as series and as a table.")
OPTIONS = ("measure", "over", "by", "limits", "board", "persona", "job", "items", "version", "epic", "history", "seed")


class ChartQuery(ViewQuery):
    """A view, and what some charts ask besides."""

    measure: Name | None = Field(None, description="Charts of one metric: which.")
    over: Literal["day", "week", "month"] | None = Field(None, description="Charts of one metric: the step of time.")
    by: Name | None = Field(None, description="Charts of one metric: the group. Charts of the forecast: a date.")
    limits: Literal["xmr"] | None = Field(None, description="Charts of one metric: with process limits.")
    board: Name | None = Field(None, description="Charts of sprints: the number of the board.")
    persona: Name | None = Field(None, description="Charts of jobs to be done: only this persona.")
    job: Name | None = Field(None, description="Charts of jobs to be done: only this job.")
    items: Annotated[int, Field(ge=1, le=100_000)] | None = Field(None, description="Charts of the forecast.")
    version: Name | None = Field(None, description="Charts of the forecast.")
    epic: Name | None = Field(None, description="Charts of the forecast.")
    history: Annotated[int, Field(ge=1, le=3_650)] | None = Field(None, description="Charts of the forecast: days.")
    seed: Annotated[int, Field(ge=0, le=999_999_999)] | None = Field(None, description="Charts of the forecast.")


class ChartIssuesQuery(IssuesQuery, ChartQuery):
    """A view, and which point of the chart."""

    pick: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        None, description="The token of a point, as its series has it. Default: the whole chart."
    )


class ChartPath(BaseModel):
    """Which chart."""

    chart: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        description="A name of the list of charts.", json_schema_extra={"example": "lead_time_histogram"}
    )


class ChartOfFamily(BaseModel):
    """A chart that there is."""

    chart: str
    family: str


class ChartsAnswer(BaseModel):
    """The charts that there are."""

    charts: list[ChartOfFamily]


class OneChartAnswer(BaseModel):
    """A chart as series, lines and rows of a table."""

    about: About
    chart: ChartAnswer


@routes.get("/charts", responses={200: ChartsAnswer})
@operation(Scope.READ)
def list_charts(query: Query) -> Response:
    """The charts that there are."""
    del query
    charts = visit().services.charts
    return answer({"charts": [{"chart": each, "family": name} for name in FAMILIES for each in charts.names(name)]})


@routes.get("/charts/<chart>", responses={200: OneChartAnswer, **problems(404, 422)})
@operation(Scope.READ)
def get_chart(path: ChartPath, query: ChartQuery) -> Response:
    """A chart as series, and as the rows of its table."""
    del query
    view = with_data(asked_view())
    return answer({"about": about(view), "chart": visit().services.charts.answer(path.chart, view, _options())})


@routes.get("/charts/<chart>/issues", responses={200: IssuesAnswer, **problems(404, 422)})
@operation(Scope.READ)
def list_issues_of_chart(path: ChartPath, query: ChartIssuesQuery) -> Response:
    """The issues behind a point of a chart, or behind all of it."""
    view, charts, options = with_data(asked_view()), visit().services.charts, _options()
    pick = query.pick or ""
    return issues_answer(view, query, lambda **wanted: charts.issues(path.chart, pick, view, options, **wanted))


def _options() -> tuple[tuple[str, str], ...]:
    return tuple((name, request.args[name]) for name in OPTIONS if name in request.args)
