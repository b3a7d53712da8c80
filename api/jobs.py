"""Background tasks: asked for, followed, cancelled. The addresses call them jobs; they are not jobs to be done."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field

from api.answers import answer
from api.exports import ExportBody, submitted, submitted_query
from api.frame import area, operation, problems
from api.guard import visit
from api.idempotency import IdempotencyHeader, once
from api.view_query import Query, ViewQuery
from data.services.background import API, BackgroundService
from data.values.background import BackgroundTask, plain
from data.values.callers import Scope
from data.values.errors import AppError
from data.values.problem import Problem

routes = area("background", "Background tasks", "Syncs, exports and the daily removal of what is old.", prefix="")
MOST_STREAMS = 32  # a process
EVERY = 2.0  # seconds between two events of a stream where nothing changes
_LOOK = 0.25  # seconds between two looks at the table
_streams = threading.BoundedSemaphore(MOST_STREAMS)


class JobPath(BaseModel):
    """Which task."""

    job: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        description="The id of the task.", json_schema_extra={"example": "0f6c2a9b5d1e4c7788aa33bb"}
    )


class JobsQuery(Query):
    """Which tasks."""

    live: bool = Field(False, description="Only what waits or runs.")
    kind: Literal["sync", "export", "query", "retention"] | None = Field(None, description="Only tasks of this kind.")


class JobBody(BaseModel):
    """What to do. An export also says its content and format; days and issues are in the query."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"kind": "export", "content": "metrics"}})

    kind: Literal["sync", "export", "query", "retention"]
    full: bool = Field(False, description="Of a sync: everything, instead of what changed.", strict=True)
    content: Literal["report", "metrics", "issues", "charts", "sprints", "records"] = "metrics"
    format: Literal["csv", "json", "jsonl", "xlsx", "pdf"] = "csv"
    csv: Literal["plain", "excel", "excel-semicolon"] = Field("plain", description="How CSV is written.")
    spec: dict[str, Any] | None = Field(None, description="Of a query: its spec, of up to 100,000 rows.")


class TaskAnswer(BaseModel):
    """A background task. `progress` is from 0 to 1; `version` grows with each change."""

    id: str
    kind: str
    state: str = Field(description="queued, running, completed, failed or cancelled.")
    progress: float
    message: str
    cancelling: bool = Field(description="It runs still and has been asked to stop.")
    tries: int
    created_by: str
    created_at: str
    started_at: str | None
    ended_at: str | None
    code: str = Field(description="Of the failure; empty where there is none.")
    problem: Problem | None
    version: int
    spec: dict[str, Any]


class JobsAnswer(BaseModel):
    """What waits or runs, then what has ended, the newest first."""

    jobs: list[TaskAnswer]


class ResultAnswer(BaseModel):
    """How a task ended."""

    state: str
    result: dict[str, Any] | None
    problem: Problem | None


class NotEnded(AppError):
    """The task has no result yet."""

    code = "not_ended"
    headers = {"Retry-After": "2"}  # noqa: RUF012 - never changed


class TooManyStreams(AppError):
    """This process follows as many tasks as it can."""

    code = "streams"
    headers = {"Retry-After": "2"}  # noqa: RUF012 - never changed


def list_jobs(query: JobsQuery) -> Response:
    """Background tasks of the site in force."""
    services = visit().services
    kinds = (query.kind,) if query.kind else ()
    found = services.background.tasks(services.snapshot(), live=query.live, kinds=kinds)
    return answer({"jobs": [plain(each) for each in found]})


def start_job(query: ViewQuery, header: IdempotencyHeader, body: JobBody) -> Response:
    """Queue a task. While the same one waits or runs, that one is answered."""
    del query, header
    services, caller = visit().services, visit().caller
    by = caller.name if caller else API
    if body.kind == "export":
        task = submitted(ExportBody(content=body.content, format=body.format, csv=body.csv))
    elif body.kind == "query":
        task = submitted_query(body.spec, body.format, body.csv)
    else:
        snapshot = services.snapshot()
        if body.kind == "sync":
            task = services.sync.queue(snapshot, body.full, by)
        else:
            task = services.background.submit(snapshot.known_as, body.kind, {}, by=by)
    return answer(plain(task), 202, Location=f"{request.path}/{task.id}")


def get_job(path: JobPath, query: Query) -> Response:
    """One task."""
    del query
    return answer(plain(visit().services.background.one(path.job)))


def cancel_job(path: JobPath, query: Query) -> Response:
    """Cancel what waits, and stop what runs within two seconds."""
    del query
    return answer(plain(visit().services.background.cancel(path.job)), 202)


def get_result(path: JobPath, query: Query) -> Response:
    """What came of a task. 409 while it waits or runs."""
    del query
    task = visit().services.background.one(path.job)
    if task.state.is_live:
        raise NotEnded(Problem(f"The task is {task.state}.", todo="Ask again when it has ended, or follow its stream."))
    return answer({"state": task.state.value, "result": task.result, "problem": task.problem})


def stream_job(path: JobPath, query: Query) -> Response:
    """Server-sent events: the task every two seconds and when it changes, until it has ended.

    With `Last-Event-ID` what was seen already is left out; a task that has ended since is answered with 204.
    """
    del query
    background = visit().services.background
    task = background.one(path.job)
    seen = request.headers.get("Last-Event-ID", "")
    if not task.state.is_live and seen == str(task.version):
        return Response(status=204)
    if not _streams.acquire(blocking=False):
        raise TooManyStreams(
            Problem(
                "Too many tasks are followed at once.",
                f"This process follows {MOST_STREAMS}.",
                f"Ask GET {request.path.removesuffix('/stream')} every two seconds instead.",
            )
        )
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = _Events(background, task, seen)
    stream = Response(events, content_type="text/event-stream", headers=headers, direct_passthrough=True)
    stream.call_on_close(events.close)
    return stream


class _Events(Iterator[bytes]):
    """The events of one task. Gives its place back once, however it ends."""

    def __init__(self, background: BackgroundService, task: BackgroundTask, seen: str) -> None:
        self._background, self._task, self._seen = background, task, seen
        self._open = True
        self._over = False

    def __next__(self) -> bytes:
        if self._over:
            self.close()
            raise StopIteration
        until = time.monotonic() + EVERY
        while str(self._task.version) == self._seen and self._task.state.is_live and time.monotonic() < until:
            time.sleep(_LOOK)
            try:
                self._task = self._background.one(self._task.id)
            except AppError:  # forgotten, or the table cannot be read: the caller asks again
                self.close()
                raise StopIteration from None
        self._seen = str(self._task.version)
        self._over = not self._task.state.is_live
        name = "end" if self._over else "status"
        told = json.dumps(plain(self._task), ensure_ascii=False)
        return f"id: {self._seen}\nevent: {name}\nretry: 2000\ndata: {told}\n\n".encode()

    def close(self) -> None:
        """The place is free again."""
        if self._open:
            self._open = False
            _streams.release()


def _add(base: str, of: str) -> None:
    """The routes below an address. `of`: what makes their names differ from those of other addresses."""
    ways: tuple[tuple[str, str, Scope, Any, Any], ...] = (
        ("get", base, Scope.READ, list_jobs, {200: JobsAnswer}),
        ("post", base, Scope.WRITE, once(start_job), {202: TaskAnswer, **problems(409, 413, 415, 422)}),
        ("get", f"{base}/<job>", Scope.READ, get_job, {200: TaskAnswer, **problems(404)}),
        ("delete", f"{base}/<job>", Scope.WRITE, cancel_job, {202: TaskAnswer, **problems(404)}),
        ("get", f"{base}/<job>/result", Scope.READ, get_result, {200: ResultAnswer, **problems(404, 409)}),
        ("get", f"{base}/<job>/stream", Scope.READ, stream_job, {200: _STREAM, 204: None, **problems(404)}),
    )
    for method, address, scope, function, responses in ways:
        put = operation(scope)(function)
        put.__name__ = f"{function.__name__}{of}"
        getattr(routes, method)(address, responses=responses)(put)


_STREAM = {"description": "Events.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
_add("/analytics/jobs", "")
_add("/api/v1/analytics/jobs", "_of_version_1")
