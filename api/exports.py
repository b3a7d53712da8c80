"""Files to download, made in the background."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response, request, send_file
from pydantic import BaseModel, ConfigDict, Field

from api.about import with_data
from api.answers import answer
from api.frame import area, operation, problems
from api.guard import visit
from api.idempotency import IdempotencyHeader, once
from api.view_query import Query, ViewQuery, asked_view
from data.services.background import API
from data.services.exports import Asked
from data.values.background import BackgroundTask, plain
from data.values.callers import Scope
from data.values.problem import Problem

routes = area("exports", "Exports", "Tables and the report of a view as files, made in the background.", prefix="")
Name = Annotated[str, Field(max_length=255)]


class ExportBody(BaseModel):
    """What to write. Days, issues and definitions are in the query, as everywhere."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"content": "metrics", "format": "csv"}})

    content: Literal["report", "metrics", "issues", "charts", "sprints", "records"]
    format: Literal["csv", "json", "jsonl", "xlsx", "pdf"]
    metric: Name = Field("", description="Only this metric, or the issues behind it.")
    family: Name = Field("", description="Only metrics or charts of this family.")
    chart: Name = Field("", description="Only this chart.")
    board: Name = Field("", description="Only the sprints of this board.")
    csv: Literal["plain", "excel", "excel-semicolon"] = Field(
        "plain",
        description="How CSV is written, alone or in an archive: for programs; for Excel in English; for Excel with a "
        "decimal comma. Both for Excel begin with a byte order mark.",
    )


class ExportPath(BaseModel):
    """Which export."""

    export: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        description="The id that the request for it was answered with.",
        json_schema_extra={"example": "0f6c2a9b5d1e4c7788aa33bb"},
    )


class ExportedFile(BaseModel):
    """A file that is there. `link` works until it expires, for whoever may see the dashboard."""

    name: str
    media_type: str
    rows: int
    size: int = Field(description="Bytes.")
    sha256: str
    link: str


class ExportAnswer(BaseModel):
    """An export."""

    id: str
    state: str = Field(description="queued, running, completed, failed or cancelled.")
    progress: float = Field(description="From 0 to 1.")
    message: str
    problem: Problem | None
    created_at: str
    ended_at: str | None
    file: ExportedFile | None = Field(description="Null until it is written, and after it was removed.")


def start_export(query: ViewQuery, header: IdempotencyHeader, body: ExportBody) -> Response:
    """Queue an export; the answer has its id at once. While the same one waits or runs, that one is answered."""
    del query, header
    task = submitted(body)
    return answer(_told(task), 202, Location=f"{request.path}/{task.id}")


def get_export(path: ExportPath, query: Query) -> Response:
    """How far an export is, and its file."""
    del query
    return answer(_told(visit().services.background.one(path.export)))


def download_export(path: ExportPath, query: Query) -> Response:
    """The file. `Repr-Digest` has its SHA-256, `X-Row-Count` its rows."""
    del query
    found, place = visit().services.exports.opened(path.export)
    response = send_file(place, mimetype=found.media_type, as_attachment=True, download_name=found.name, etag=False)
    response.headers |= headers_of(found.rows, found.sha256)
    return response


def headers_of(rows: int, sha256: str) -> dict[str, str]:
    """What a file says of itself beside itself."""
    from base64 import b64encode

    digest = b64encode(bytes.fromhex(sha256)).decode()
    return {"X-Row-Count": str(rows), "Repr-Digest": f"sha-256=:{digest}:", "Cache-Control": "private, no-store"}


def submitted(body: ExportBody) -> BackgroundTask:
    """Queue what a body asks of the view in the query.

    Raises BadExport (also for a style of CSV with another format), NeverSynced, TasksError, what views raise.
    """
    asking = visit()
    asked = Asked(body.metric, body.family, body.chart, body.board)
    by = asking.caller.name if asking.caller else API
    return asking.services.exports.submit(
        with_data(asked_view()), body.content, body.format, by=by, asked=asked, csv=body.csv
    )


def submitted_query(spec: object, kind: str, csv: str) -> BackgroundTask:
    """Queue the answer to a spec as a file; days and issues are in the spec.

    Raises BadSpec, BadExport, NeverSynced, TasksError.
    """
    asking = visit()
    query = asking.services.query
    wanted = query.read(spec)
    _, view = query.asked(wanted, asking.services.snapshot(), in_job=True)
    asked = Asked(spec=wanted.model_dump_json(by_alias=True))
    by = asking.caller.name if asking.caller else API
    return asking.services.exports.submit(with_data(view), "query", kind, by=by, asked=asked, csv=csv)


def _told(task: BackgroundTask) -> dict[str, Any]:
    exports, known = visit().services.exports, plain(task)
    found = exports.file(task)
    names = ("id", "state", "progress", "message", "problem", "created_at", "ended_at")
    file = None
    if found is not None:
        file = {
            "name": found.name, "media_type": found.media_type, "rows": found.rows, "size": found.size,
            "sha256": found.sha256, "link": f"/exports/{task.id}/download?{exports.link(task)}",
        }  # a table: kept in its rows  # fmt: skip
    return {**{name: known[name] for name in names}, "file": file}


_FILE = {"description": "The file.", "content": {"application/octet-stream": {"schema": {"type": "string"}}}}


def _add(base: str, of: str) -> None:
    ways: tuple[tuple[str, str, Any, Any], ...] = (
        ("post", base, once(start_export), {202: ExportAnswer, **problems(409, 413, 415, 422)}),
        ("get", f"{base}/<export>", get_export, {200: ExportAnswer, **problems(404)}),
        ("get", f"{base}/<export>/download", download_export, {200: _FILE, **problems(404)}),
    )
    for method, address, function, responses in ways:
        put = operation(Scope.EXPORT)(function)
        put.__name__ = f"{function.__name__}{of}"
        getattr(routes, method)(address, responses=responses)(put)


_add("/api/exports", "")
_add("/api/v1/exports", "_of_version_1")
