"""Answers of the API when something goes wrong: problem details, with the words and the code of the one error tree."""

from __future__ import annotations

import logging

import msgspec
from flask import Flask, Response, request
from pydantic import BaseModel, Field
from werkzeug.exceptions import HTTPException

from api.sent import NotUsable
from data.platform.logs import REQUEST
from data.values.errors import AppError, NotThere, code_of, problem_of
from data.values.problem import Problem
from data.values.problem_details import MEDIA_TYPE, code_of_status, problem_details

log = logging.getLogger(__name__)

# What a caller can do something about by sending something else. 400: it does not fit the document; 422: it does, and
# still cannot be answered. Any other known error means that the data or the
# settings cannot be used right now (503), and an unknown one is our fault (500).
STATUSES = {
    "parameter": 400,
    "no_caller": 401,
    "scope": 403,
    "origin": 403,
    "not_there": 404,
    "no_such_chart": 404,
    "no_such_point": 404,
    "no_such_sprint": 404,
    "no_such_view": 404,
    "no_such_address": 404,
    "method_not_allowed": 405,
    "key_in_use": 409,
    "sync_busy": 409,
    "too_large": 413,
    "not_json": 415,
    "body": 422,
    "period": 422,
    "definition": 422,
    "cursor": 422,
    "forecast_refused": 422,
    "key_reused": 422,
    "not_ended": 409,
    "saved_view": 422,
    "report": 422,
    "webhook_proof": 401,
    "webhook_secret": 403,
    "too_many_requests": 429,
    "unexpected": 500,
    "never_synced": 503,
    "store": 503,
    "home": 503,
    "access_store": 503,
    "reported_store": 503,
}

# What they mean, for the documentation.
OWN = {
    "parameter": "A parameter is unknown or has a value that it cannot have; `errors` names each.",
    "period": "The dates make no period.",
    "definition": "A definition of `set` is unknown or cannot have that value.",
    "cursor": "The cursor is of another question, or the data has changed since: begin with the first page.",
    "no_caller": "No token came with the request, or one that counts for nothing.",
    "scope": "The token was made without the scope that this needs.",
    "origin": "A page of another site sent a request that would change something.",
    "not_there": "Nothing has that name.",
    "no_such_chart": "There is no such chart.",
    "no_such_point": "The point is not in the chart (any more).",
    "no_such_sprint": "There is no such board or sprint.",
    "no_such_view": "There is no saved view of that name.",
    "no_such_address": "There is nothing at this address.",
    "method_not_allowed": "The address does not take that method; `Allow` lists those that it takes.",
    "key_in_use": "The request with this Idempotency-Key is still being worked on.",
    "sync_busy": "Another sync of this data is running.",
    "too_large": "The body is too large.",
    "not_json": "The body is not JSON, or does not say so.",
    "body": "The body cannot be used; `errors` names each member.",
    "forecast_refused": "There is no honest answer; `why` says what is missing.",
    "key_reused": "Another request had this Idempotency-Key.",
    "saved_view": "A saved view cannot be like that.",
    "report": "The deployment, incident or event cannot be used; `why` names the member.",
    "webhook_proof": "Nothing proves that the source of the webhook sent it.",
    "webhook_secret": "No secret is set for this source of webhooks.",
    "reported_store": "The store of reported deployments and incidents cannot be used.",
    "too_many_requests": "One caller sent more than the limit; `Retry-After` says when to try again.",
    "unexpected": "Something went wrong inside the program; the log knows it under `request`.",
    "never_synced": "No data has been fetched yet.",
    "store": "The store of issues cannot be read.",
    "home": "The state folder cannot be used.",
    "access_store": "The store of tokens cannot be used.",
}


class ProblemDetails(BaseModel):
    """A failure (RFC 9457). `code` never changes its meaning; `what`, `why` and `todo` are for people."""

    type: str = Field(description="Where the code is explained.", examples=["/api/v1/docs#problem-period"])
    title: str
    status: int
    detail: str = Field(description="What happened, why, and what to do, as one text.")
    code: str = Field(examples=["period"])
    what: str
    why: str
    todo: str = Field(description="The next step; empty where there is none.")
    instance: str | None = Field(None, description="The path that was asked for.")
    request: str | None = Field(None, description="Under this name the log knows the request.")
    errors: list[dict[str, str]] | None = Field(None, description="Each name that cannot be used, and why.")


def answer_errors(server: Flask) -> None:
    """Whatever a route raises becomes problem details."""

    @server.errorhandler(Exception)
    def refused(error: Exception) -> Response:
        return problem_answer(error)


def problem_answer(error: Exception) -> Response:
    """The answer to an error, with the status that fits."""
    if isinstance(error, HTTPException):
        return _of_http(error)
    problem, more = problem_of(error), {}
    if problem is None:
        log.error("a request of the API failed", exc_info=error)
        problem = Problem(
            "That did not work.",
            "Something went wrong inside the program; your data is unchanged.",
            "Try again; if it stays, look into the log for this request.",
        )
    if isinstance(error, NotUsable) and error.errors:
        more["errors"] = [{"name": name, "message": message} for name, message in error.errors]
    status = status_of(error)
    return _answer(code_of(error), problem, status, getattr(error, "headers", {}), **more)


def status_of(error: Exception) -> int:
    """The status of HTTP for an error of the tree; 500 for one that only the log can explain."""
    code = code_of(error)
    if code in STATUSES:
        return STATUSES[code]
    if isinstance(error, NotThere):
        return 404
    if isinstance(error, AppError):
        return 422 if error.usage else 503
    return 503 if code == "system" else 500


def _of_http(error: HTTPException) -> Response:
    answer = error.get_response()
    if answer.status_code < 400:  # a redirect is no problem
        return Response(answer.get_data(), answer.status_code, headers=dict(answer.headers))
    status = answer.status_code
    kept = {name: value for name, value in answer.headers.items() if name in ("Allow", "Retry-After")}
    what, todo = _WORDS.get(status, (error.description or error.name, ""))
    return _answer(code_of_status(status), Problem(what, "", todo), status, kept)


_WORDS = {
    404: ("There is nothing at this address.", "The documentation at /api/v1/docs lists every address."),
    405: ("This address does not take that method.", "The header Allow lists those that it takes."),
}


def _answer(code: str, problem: Problem, status: int, headers: dict[str, str], **more: object) -> Response:
    found = problem_details(code, problem, status, address=request.path, request=REQUEST.get(), **more)
    return Response(msgspec.json.encode(found), status, headers=headers, content_type=MEDIA_TYPE)
