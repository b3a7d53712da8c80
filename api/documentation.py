"""The document of the API (OpenAPI 3.1), and a page that reads it to people."""

from __future__ import annotations

from functools import cache

from flask import Response, current_app

from api.answers import encoded, of_bytes
from api.frame import area, operation
from data.values.callers import Scope

routes = area("documentation", "Documentation", "This document, for programs and for people.")


@routes.get("/openapi.json", responses={200: {"description": "The document.", "content": {"application/json": {}}}})
@operation(Scope.READ)
def openapi_document() -> Response:
    """The OpenAPI document."""
    return of_bytes(document())


@cache
def document() -> bytes:
    """The OpenAPI document of the application that answers."""
    return encoded(current_app.api_doc)  # type: ignore[attr-defined]  # of flask-openapi3's application
