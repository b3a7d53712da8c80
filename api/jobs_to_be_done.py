"""Jobs to be done: the register, one job, and what is known of them in a period."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response
from pydantic import BaseModel, Field

from api.about import About, about
from api.answers import answer
from api.frame import area, operation, problems
from api.guard import visit
from api.view_query import Name, Query, ViewQuery, asked_view
from data.services.services import Services
from data.services.view import View
from data.values.callers import Scope
from data.values.errors import NotThere
from data.values.jobs import CheckRow, JobRow, OutcomeRow, PainpointRow, RegisterRow
from data.values.problem import Problem

routes = area(
    "jobs_to_be_done", "Jobs to be done", "What people want to get done: the register, and the numbers of a period."
)


class RegisterAnswer(BaseModel):
    """The register of jobs, each with its progress."""

    jobs: list[RegisterRow]


class JobPath(BaseModel):
    """Which job."""

    job: Annotated[str, Field(min_length=1, max_length=255)] = Field(
        description="The id of a job to be done.", json_schema_extra={"example": "job-buy-fast"}
    )


class JobQuery(ViewQuery):
    """A view, and which persona."""

    persona: Name | None = Field(None, description="Only this persona.")


class JobsQuery(JobQuery):
    """A view, and which persona or job."""

    job: Name | None = Field(None, description="Only this job.")


class JobAnswer(BaseModel):
    """One job: as the register has it, and in the period."""

    about: About
    register_entry: RegisterRow | None
    numbers: JobRow | None
    outcomes: list[OutcomeRow]
    painpoints: list[PainpointRow]
    notes: list[str]


class JobNumbersAnswer(BaseModel):
    """Everything that is known of jobs in a period."""

    about: About
    numbers: dict[str, Any] = Field(
        description="Jobs, outcomes, painpoints, times and satisfaction, as the terminal has it."
    )
    checks: list[CheckRow]
    notes: list[str]


@routes.get("/jobs-to-be-done", responses={200: RegisterAnswer})
@operation(Scope.READ)
def list_jobs_to_be_done(query: Query) -> Response:
    """The register of jobs with their progress."""
    del query
    services = visit().services
    return answer({"jobs": services.jobs.register_rows(services.snapshot())})


@routes.get("/jobs-to-be-done/numbers", responses={200: JobNumbersAnswer, **problems(404)})
@operation(Scope.READ)
def get_numbers_of_jobs(query: JobsQuery) -> Response:
    """What is known of jobs in a period: completion, outcomes, painpoints, times, satisfaction."""
    services, view = visit().services, asked_view()
    _known(services, view, query.persona, query.job)
    found = services.jobs.overview(view, persona=query.persona, job=query.job)
    numbers = services.jobs.dashboard(view, persona=query.persona, job=query.job)
    notes = [*found.spec_problems, *found.notes]
    return answer({"about": about(view), "numbers": numbers, "checks": found.checks, "notes": notes})


@routes.get("/jobs-to-be-done/<job>", responses={200: JobAnswer, **problems(404)})
@operation(Scope.READ)
def get_job_to_be_done(path: JobPath, query: JobQuery) -> Response:
    """One job: as the register has it, and what is known of it in the period."""
    services, view = visit().services, asked_view()
    _known(services, view, query.persona, path.job)
    found = services.jobs.overview(view, persona=query.persona, job=path.job)
    return answer(
        {
            "about": about(view),
            "register_entry": next((each for each in found.register if each.job_id == path.job), None),
            "numbers": next((each for each in found.jobs if each.job_id == path.job), None),
            "outcomes": [each for each in found.outcomes if each.job_id == path.job],
            "painpoints": [each for each in found.painpoints if each.job_id == path.job],
            "notes": found.notes,
        }
    )


def _known(services: Services, view: View, persona: str | None, job: str | None) -> None:
    """Raises NotThere for a persona or job that neither specs nor records nor issues know."""
    for kind, name in services.jobs.unknown(view.snapshot, persona=persona, job=job):
        choices = services.jobs.choices(view.snapshot)
        ids = [each for each, _ in (choices.personas if kind == "persona" else choices.jobs)]
        raise NotThere(
            Problem(f"There is no {kind} {name!r}.", "", f"There are: {', '.join(ids[:20])}." if ids else "")
        )
