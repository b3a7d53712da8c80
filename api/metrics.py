"""Numbers of a view: all of them, one with what it is made of, its parts by time or group, and the issues behind it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from weakref import WeakKeyDictionary

from flask import Response, request
from pydantic import BaseModel, Field

from api.about import About, about, with_data
from api.answers import answer, of_bytes
from api.definition import Definition
from api.frame import area, operation, problems
from api.guard import visit
from api.issue_lists import IssuesAnswer, IssuesQuery, issues_answer
from api.kept_numbers import KeptAnswer, KeptAnswers
from api.numbers import Number, number
from api.view_query import Name, ViewQuery, asked_view
from data.services.services import Services
from data.services.view import View
from data.values.callers import Scope
from data.values.families import MEASURED
from data.values.problem import Problem

routes = area("metrics", "Metrics", "Numbers of a period, each with its definition and what it rests on.")
FamilyName = Literal[MEASURED]  # type: ignore[valid-type]  # the choices, from the table of families
Parts = Literal["day", "week", "month", "project", "type", "assignee", "component", "label", "sprint"]


class MetricsQuery(ViewQuery):
    """A view, and which numbers of it."""

    family: FamilyName | None = Field(None, description="Only one family of metrics. Default: all.")


class MetricQuery(ViewQuery):
    """A view; a number of jobs also of one persona or job."""

    persona: Name | None = Field(None, description="Of numbers of jobs: only this persona.")
    job: Name | None = Field(None, description="Of numbers of jobs: only this job to be done.")


class BreakdownQuery(ViewQuery):
    """A view, and what it is taken apart by."""

    by: Parts = Field(description="A step of time or a group.", json_schema_extra={"example": "week"})


class MetricPath(BaseModel):
    """Which metric."""

    metric: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        description="A name of the catalogue.", json_schema_extra={"example": "flow_time"}
    )


class NumbersAnswer(BaseModel):
    """Numbers of a view."""

    about: About
    metrics: list[Number]


class Made(BaseModel):
    """What a number is made of."""

    steps: list[str] = Field(description="How it was calculated, with the real figures.")
    histogram: dict[str, Any] | None = Field(description="Edges, counts, unit and marks of its values.")
    bars: list[tuple[str, float]] | None
    definitions: list[Definition] = Field(description="Definitions that it obeys, as they are in force.")


class NumberAnswer(BaseModel):
    """One number."""

    about: About
    number: Number
    made_of: Made | None = Field(description="null for numbers of jobs, which are calculated from records.")


class BreakdownPart(BaseModel):
    """One step of time or one group."""

    name: str
    value: float | None
    shown: str
    used: int
    left_out: int
    share: float | None = Field(description="Of all used, in percent; null where groups overlap.")
    why: str = Field(description="Why there is no value.")
    first: str = Field(description="First day of a step; empty for groups.")
    last: str
    so_far: bool = Field(description="The step is not over yet.")
    rest: bool = Field(description="No group: those without one, or the smallest together.")


class BreakdownAnswer(BaseModel):
    """A number taken apart."""

    about: About
    metric: str
    title: str
    unit: str
    by: str
    by_title: str
    parts: list[BreakdownPart]
    total: BreakdownPart | None
    notes: list[str]
    several: bool = Field(description="Whether an issue may be in more than one part.")
    problem: Problem | None = Field(description="Why it cannot be taken apart.")


@routes.get("/metrics", responses={200: NumbersAnswer, **problems(404)})
@operation(Scope.READ)
def list_metrics(query: MetricsQuery) -> Response:
    """Every number of a period.

    Each with interval, tier, comparison with the days before, and where it is missing, the reason and the next step.
    """
    return numbers_answer(query)


_kept: WeakKeyDictionary[Services, KeptAnswers] = WeakKeyDictionary()


def numbers_answer(query: MetricsQuery) -> Response:
    """Numbers of a view; the same bytes for as long as data, settings, records and the minute are the same. Whether
    they are is looked at once a second.
    """
    kept = _kept.setdefault(visit().services, KeptAnswers())
    found = kept.at_once(request.query_string, lambda: _looked_for(query, kept))
    return of_bytes(found.body, tag=found.tag)


def _looked_for(query: MetricsQuery, kept: KeptAnswers) -> KeptAnswer:
    services, view = visit().services, with_data(asked_view())
    snapshot, families = view.snapshot, (query.family,) if query.family else MEASURED
    key = (
        (families, view.period, view.filters),
        (snapshot.known_as, snapshot.jql, snapshot.revision, snapshot.settings_revision, snapshot.stale),
        snapshot.reported,
        # numbers of unfinished work grow with the clock
        (services.jobs.revision(snapshot), int(view.now.timestamp() // 60)),
    )
    return kept.get(key, lambda: told_numbers(view, families))


def told_numbers(view: View, families: tuple[str, ...]) -> dict[str, object]:
    """A NumbersAnswer as plain values. Raises JiraError, RecordsError."""
    answers = [visit().services.numbers.answer(family, view) for family in families]
    return {
        "about": about(view),
        "metrics": [number(value, each.suggestion) for each in answers for value in each.values],
    }


@routes.get("/metrics/<metric>", responses={200: NumberAnswer, **problems(404)})
@operation(Scope.READ)
def get_metric(path: MetricPath, query: MetricQuery) -> Response:
    """One number with what it is made of."""
    services = visit().services
    is_of_issues = services.catalogue.entry(path.metric).by_issues
    view = with_data(asked_view())
    if not is_of_issues:
        [value] = services.numbers.one(path.metric, view, persona=query.persona, job=query.job)
        return answer({"about": about(view), "number": number(value), "made_of": None})
    found = services.numbers.detail(path.metric, view)
    made = {
        "steps": found.steps,
        "histogram": found.histogram,
        "bars": found.bars,
        "definitions": found.switches,
    }
    return answer({"about": about(view), "number": number(found.value), "made_of": made})


@routes.get("/metrics/<metric>/breakdown", responses={200: BreakdownAnswer, **problems(404)})
@operation(Scope.READ)
def break_down_metric(path: MetricPath, query: BreakdownQuery) -> Response:
    """One number for each step of time or each group."""
    services = visit().services
    services.catalogue.entry(path.metric)
    view = with_data(asked_view())
    found = services.catalogue.breakdown(path.metric, view, query.by)
    return answer({"about": about(view), **{name: getattr(found, name) for name in BREAKDOWN}})


BREAKDOWN = tuple(name for name in BreakdownAnswer.model_fields if name != "about")


@routes.get("/metrics/<metric>/issues", responses={200: IssuesAnswer, **problems(404)})
@operation(Scope.READ)
def list_issues_of_metric(path: MetricPath, query: IssuesQuery) -> Response:
    """The issues behind a number: what was used, and what was left out and why."""
    services = visit().services
    services.catalogue.entry(path.metric)
    view = with_data(asked_view())
    return issues_answer(view, query, lambda **wanted: services.numbers.issue_page(path.metric, view, **wanted))
