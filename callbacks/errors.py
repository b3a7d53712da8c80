"""Answers of every address when something goes wrong: a sentence with a fitting status, never a traceback.

There is one handler for the whole server. A handler of a blueprint would come before it and would have to know every
refusal again; a test sees to it that there is none.
"""

from __future__ import annotations

import json
import logging

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from callbacks.context import problem_of
from callbacks.programs import for_programs
from callbacks.requests import request_name
from data.values.errors import code_of
from data.values.problem import Problem
from data.values.problem_details import MEDIA_TYPE, code_of_status, problem_details

Refusal = AnyResponse | tuple[Response, int]
log = logging.getLogger(__name__)

CALLBACKS = "/_dash-update-component"
LIBRARIES = "/_dash-component-suites/"


def answer_errors(server: Flask) -> None:
    """Whatever an address raises becomes a sentence with the status that fits."""

    @server.errorhandler(Exception)
    def refused(error: Exception) -> Refusal:
        return _refused(error)


def _refused(error: Exception) -> Refusal:
    """A refusal keeps its status and its words. What callbacks raise ends in `show_error`; what is left on their
    address is raised by Dash itself, as it is for a library that Dash does not have.
    """
    if for_programs(request.path):
        return _problem_details(error)
    if isinstance(error, HTTPException):
        answer = error.get_response()
        answer.set_data(f"{error.description}\n")
        answer.mimetype = "text/plain"
        return answer
    if request.path.startswith(LIBRARIES):
        log.info("no such library or file: %s", type(error).__name__)
        return _sentence("There is no such file."), 404
    problem, request_id = problem_of(error)
    if request_id:
        return _sentence(f"{problem} Request {request_id}."), 500
    return _sentence(str(problem)), 400


def _sentence(words: str) -> Response:
    return Response(f"{words}\n", mimetype="text/plain")


def _problem_details(error: Exception) -> Response:
    """What the server itself refuses a program, before the API sees the request."""
    headers: dict[str, str] = {}
    if isinstance(error, HTTPException):
        answer = error.get_response()
        status, code = answer.status_code, code_of_status(answer.status_code)
        said = answer.get_data(as_text=True).strip() if error.response is not None else error.description
        problem = Problem(said or error.name)
        headers = {name: value for name, value in answer.headers.items() if name in ("Allow", "Retry-After")}
    else:
        problem, request_id = problem_of(error)
        status, code = 500 if request_id else 503, code_of(error)
    found = problem_details(code, problem, status, address=request.path, request=request_name())
    return Response(json.dumps(found), status, headers=headers, content_type=MEDIA_TYPE)
