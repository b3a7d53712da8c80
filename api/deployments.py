"""Deployments and incidents that other systems report: sent one at a time, or by their webhooks."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.answers import answer
from api.frame import area, operation, problems
from api.guard import visit
from api.idempotency import IdempotencyHeader, once
from api.view_query import Query
from data.services.reported import Given, Received
from data.values.callers import Scope
from data.values.reported import ReportKind

routes = area(
    "deployments",
    "Deployments and incidents",
    "What other systems report. The definition `delivery_source` says whether numbers rest on it.",
)
Text = Annotated[str, Field(max_length=255)]
Instant = Annotated[str, Field(max_length=40, json_schema_extra={"format": "date-time"})]
_EXAMPLE: dict[str, JsonValue] = {
    "source": "ci", "id": "shop-1842", "deployed_at": "2026-10-05T14:30:00Z", "environment": "production",
    "project": "acme/shop", "version": "1.18.0", "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "committed_at": "2026-10-04T09:12:00Z", "url": "https://ci.example.org/shop/1842",
}  # a table: kept in its rows  # fmt: skip
_INCIDENT: dict[str, JsonValue] = {
    "source": "alerting", "id": "77", "started_at": "2026-10-05T15:00:00Z", "resolved_at": "2026-10-05T16:20:00Z",
    "project": "acme/shop", "caused_by_source": "ci", "caused_by_id": "shop-1842",
}  # a table: kept in its rows  # fmt: skip


class _Shared(BaseModel):
    """What deployments and incidents have in common."""

    model_config = ConfigDict(extra="forbid", strict=True)

    source: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")] = Field(
        description="The system that reports it, a name of your own."
    )
    id: Annotated[str, Field(min_length=1, max_length=255)] = Field(
        description="Its id in that system. The same source and id are the same deployment or incident."
    )
    project: Text = Field("", description="Project, repository, application or service.")
    url: Annotated[str, Field(max_length=2_000)] = Field("", description="Where it is to be seen.")
    issues: list[Text] = Field([], max_length=1_000, description="Keys of issues in Jira that it is about.")
    updated_at: Instant | None = Field(
        None,
        description="When this was so, ISO 8601. What is older never replaces what is newer; to correct a time to an "
        "earlier one, say it. Without it, the time of the state.",
    )


class ChangeBody(BaseModel):
    """One change that a deployment brought."""

    model_config = ConfigDict(extra="forbid", strict=True)

    commit: Text = ""
    committed_at: Instant | None = None
    issue: Text = Field("", description="Key of its issue in Jira.")


class DeploymentBody(_Shared):
    """One deployment."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    environment: Annotated[str, Field(min_length=1, max_length=255)] = Field(
        description="Only those of the definition `production_environments` count."
    )
    state: Literal["deployed", "not_deployed", "running"] = Field(
        "deployed", description="`not_deployed`: it ended without reaching its environment."
    )
    deployed_at: Instant | None = Field(None, description="When it was done, ISO 8601; needed unless it is running.")
    started_at: Instant | None = None
    version: Text = ""
    commit: Text = Field("", description="The commit that is deployed.")
    committed_at: Instant | None = Field(None, description="When it was committed: the lead time begins here.")
    outcome: Literal["worked", "failed"] | None = Field(
        None, description="What became of it in production, for the change failure rate. Not said: unknown."
    )
    changes: list[ChangeBody] = Field(
        [], max_length=1_000, description="The changes in it, each with a lead time of its own; in place of `commit`."
    )


class IncidentBody(_Shared):
    """One incident."""

    model_config = ConfigDict(json_schema_extra={"example": _INCIDENT})

    started_at: Instant = Field(description="When it began or was detected, ISO 8601.")
    resolved_at: Instant | None = None
    state: Literal["open", "resolved", "withdrawn"] | None = Field(
        None, description="`withdrawn`: it was no incident. Not said: by `resolved_at`."
    )
    environment: Text = ""
    caused_by_source: Text = Field("", description="Source of the deployment that led to it.")
    caused_by_id: Text = Field("", description="Id of that deployment.")


class ReportAnswer(BaseModel):
    """What a report changed."""

    kind: str
    source: str
    id: str
    result: str = Field(
        description="created, updated, repeated (it was there already), or older (a newer state is known)."
    )


class WebhookAnswer(BaseModel):
    """What an event of a webhook changed."""

    ignored: bool = Field(description="It says nothing of deployments or incidents; it is counted, nothing else.")
    reports: list[ReportAnswer]


class SourceAnswer(BaseModel):
    """One source and what it sent."""

    source: str
    title: str
    webhook: bool
    secret_set: bool
    proof: str = Field(description="How a webhook proves where it is from.")
    results: dict[str, int]
    last_at: str | None


class SourcesAnswer(BaseModel):
    """Every source."""

    sources: list[SourceAnswer]


class SourcePath(BaseModel):
    """Which system."""

    source: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        description="github, gitlab, jenkins, argocd, pagerduty, opsgenie or cdevents.",
        json_schema_extra={"example": "github"},
    )


@routes.post("/deployments", responses={200: ReportAnswer, 201: ReportAnswer, **problems(409, 413, 415, 422)})
@operation(Scope.WRITE)
@once
def report_deployment(query: Query, header: IdempotencyHeader, body: DeploymentBody) -> Response:
    """Report a deployment. The same again changes nothing."""
    del query, header
    return _answered(visit().services.reported.add(ReportKind.DEPLOYMENT, _given(body)))


@routes.post("/incidents", responses={200: ReportAnswer, 201: ReportAnswer, **problems(409, 413, 415, 422)})
@operation(Scope.WRITE)
@once
def report_incident(query: Query, header: IdempotencyHeader, body: IncidentBody) -> Response:
    """Report an incident. The same again changes nothing."""
    del query, header
    return _answered(visit().services.reported.add(ReportKind.INCIDENT, _given(body)))


@routes.get("/deployment-sources", responses={200: SourcesAnswer})
@operation(Scope.READ)
def list_deployment_sources(query: Query) -> Response:
    """Which systems report deployments and incidents, and what they sent."""
    del query
    return answer({"sources": visit().services.reported.sources()})


@routes.post("/webhooks/<source>", responses={202: WebhookAnswer, **problems(413, 422)})
@operation(None)
def receive_webhook(path: SourcePath, query: Query) -> Response:
    """Take an event as the source itself sends it, signed by it or with its secret in a header."""
    del query
    found = visit().services.reported.receive(path.source, request.get_data(), dict(request.headers))
    return answer({"ignored": not found, "reports": found}, 202)


def _given(body: BaseModel) -> Given:
    """What was said, without what was not."""
    said: Given = body.model_dump(exclude_defaults=True, exclude_none=True)
    return said


def _answered(found: Received) -> Response:
    return answer(found, 201 if found.result == "created" else 200)
