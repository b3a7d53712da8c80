"""What the routes of the API stand in: areas of routes, who may use each, and how its parameters are read.

A module of this folder adds routes by having an area under the name `routes`:

    routes = area("sprints", "Sprints", "Boards and sprints.")

    @routes.get("/sprints", responses={200: SprintsAnswer})
    @operation(Scope.READ)
    def list_sprints(query: SprintsQuery) -> Response:
        '''Sprints of a board.'''
        return answer(visit().services.sprints.page(...))

`query`, `path`, `header` and `body` are pydantic models; the operation is called with what was sent, validated.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, get_type_hints

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.info import Info
from flask_openapi3.models.security_scheme import SecurityScheme
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel

from api.guard import Guard, attach
from api.problems import ProblemDetails, answer_errors
from api.sent import body_sent, header_sent, path_sent, query_sent
from data.values.callers import Scope
from data.values.problem_details import MEDIA_TYPE
from data.values.program import COMMAND

PREFIX = "/api/v1"
Responses = dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None]
Operation = Callable[..., Response]
__all__ = ["PREFIX", "Application", "area", "operation"]

_READ = {"query": query_sent, "path": path_sent, "header": header_sent, "body": body_sent}


def area(name: str, title: str, about: str, prefix: str = PREFIX) -> APIBlueprint:
    """Routes about one subject. `name`: a word for programs; `title` and `about` head it in the documentation."""
    return APIBlueprint(
        name,
        name,
        url_prefix=prefix or None,
        abp_tags=[Tag(name=title, description=about)],
        abp_security=[{"token": []}, {"password": []}],
        abp_responses=problems(400, 401, 403, 404, 422, 429, 503),
        operation_id_callback=_operation_id,
    )


def problems(*statuses: int) -> Responses:
    """Statuses that are answered with problem details, as responses of the document."""
    schema = {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}
    return {
        str(each): {"description": _MEANINGS[each], "content": {MEDIA_TYPE: {"schema": schema}}} for each in statuses
    }


_MEANINGS = {
    400: "The request does not fit this document; the problem says what to change.",
    401: "Nobody known asks: send a token.",
    403: "The caller may not do this.",
    404: "Nothing has the name that was asked for.",
    409: "It does not fit what is there by now.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "What was asked for cannot be; the problem says what to change.",
    429: "Too many requests; `Retry-After` says when the next one is answered.",
    503: "The data cannot be read right now; the problem says why and what to do.",
}


def operation(scope: Scope | None) -> Callable[[Callable[..., Response]], Operation]:
    """A route that callers with this scope may use; None: it asks for a proof of its own, in place of a caller. Its
    parameters are validated before it is called.
    """

    def put(function: Callable[..., Response]) -> Operation:
        # types are looked up now: a name that cannot be found should stop the server, not a request
        models = {name: kind for name, kind in get_type_hints(function).items() if name in _READ}
        unread = set(inspect.signature(function).parameters) - set(models)
        if unread:
            raise TypeError(f"{function.__name__}: {', '.join(sorted(unread))} is none of {', '.join(_READ)}")

        @functools.wraps(function)
        def checked(**path: str) -> Response:
            return function(**{name: _READ[name](model, path) for name, model in models.items()})

        checked.body = models.get("body")  # type: ignore[attr-defined]  # a mark on the function
        checked.scope = scope  # type: ignore[attr-defined]  # a mark on the function, which the guard reads
        checked.__delay_validate_request__ = True  # type: ignore[attr-defined]  # flask-openapi3 leaves reading to us
        return checked

    return put


def _operation_id(*, name: str, path: str, method: str) -> str:
    """The name of the function: `list_sprints`."""
    del path, method
    return name


class Application(OpenAPI):
    """The Flask application of the API."""

    def __init__(self, requests_a_minute: int) -> None:
        super().__init__(
            "throughline-api",
            info=Info(title="Throughline", version="1", description=ABOUT, license=None),
            security_schemes={
                "token": SecurityScheme(type="http", scheme="bearer", description=f"A token of `{COMMAND} tokens`."),
                "password": SecurityScheme(type="http", scheme="basic", description="A user of the dashboard."),
            },
            validation_error_model=ProblemDetails,
            doc_ui=False,
            static_folder=None,
        )
        self.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
        self.url_map.strict_slashes = True
        attach(self, Guard(requests_a_minute))
        answer_errors(self)

    def add(self, routes: APIBlueprint) -> None:
        """Take the routes of a module."""
        self.register_api(routes)

    def finish(self) -> None:
        """Call when all routes are there. Raises TypeError for one that does not say who may use it."""
        open_to_all = [
            rule.rule for rule in self.url_map.iter_rules() if not hasattr(self.view_functions[rule.endpoint], "scope")
        ]
        if open_to_all:
            raise TypeError(f"Nobody said who may use {', '.join(open_to_all)}: see api.frame.operation.")
        for rule in self.url_map.iter_rules():
            item = self.paths[re.sub(r"<([^<>]+)>", r"{\1}", rule.rule)]
            for method in rule.methods or ():
                if (found := getattr(item, method.lower(), None)) is not None:
                    scope = getattr(self.view_functions[rule.endpoint], "scope")  # noqa: B009 - a mark on the function
                    found.security = [] if scope is None else [{"token": [str(scope)]}, {"password": []}]
                    body = getattr(self.view_functions[rule.endpoint], "body", None)
                    if body is not None and not any(each.is_required() for each in body.model_fields.values()):
                        found.requestBody.required = False


ABOUT = """Read what the dashboard shows: numbers with their definition, interval, comparison and reasons, the issues \
behind them, charts, sprints, forecasts and jobs to be done. The parameters `period`, `from`, `to`, `project`, `type`, \
`label`, `component`, `set` and `view` mean what they mean in the address of the page. Failures are problem details \
(RFC 9457) with `what`, `why` and `todo`."""
