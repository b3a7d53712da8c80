"""Fetching from Jira: how it stands, and started."""

from __future__ import annotations

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import answer
from api.frame import area, operation, problems
from api.guard import visit
from api.idempotency import IdempotencyHeader, once
from api.view_query import Query
from data.values.callers import Scope
from data.values.problem import Problem

routes = area("sync", "Sync", "Fetching from Jira.")


class SyncBody(BaseModel):
    """What to fetch."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"full": False}})

    full: bool = Field(False, description="Everything, instead of what changed since the last sync.", strict=True)


class SyncAnswer(BaseModel):
    """How the data and a sync of it stand."""

    state: str = Field(description="idle, running, done, failed or cancelled.")
    phase: str
    done: int
    total: int | None
    message: str
    problem: Problem | None
    started_at: str | None
    synced_at: str | None = Field(description="When the last sync ended well, UTC.")
    issues: int
    stale: bool


@routes.get("/sync", responses={200: SyncAnswer})
@operation(Scope.READ)
def get_sync(query: Query) -> Response:
    """How old the data is, and how a sync stands."""
    del query
    return answer(_state())


@routes.post("/sync", responses={202: SyncAnswer, **problems(409, 413, 415, 422)})
@operation(Scope.WRITE)
@once
def start_sync(query: Query, header: IdempotencyHeader, body: SyncBody) -> Response:
    """Start a sync; while one runs, a second start changes nothing.

    Ask `GET /api/v1/sync` how far it is.
    """
    del query, header
    services = visit().services
    services.sync.start(services.snapshot(), full=body.full)
    return answer(_state(), 202)


def _state() -> dict[str, object]:
    services = visit().services
    found = services.status.of(services.snapshot())
    told = {name: getattr(found.sync, name) for name in _OF_SYNC}
    return told | {"synced_at": found.synced_at, "issues": found.issue_count, "stale": found.stale}


_OF_SYNC = ("state", "phase", "done", "total", "message", "problem", "started_at")
