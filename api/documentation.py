"""The document of the API (OpenAPI 3.1), and a page that reads it to people."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, render_template_string

from api.answers import encoded, of_bytes
from api.frame import area, operation
from api.guard import visit
from api.view_query import Query
from data.values.callers import Scope
from data.values.program import COMMAND

routes = area("documentation", "Documentation", "This documentation, for programs and for people.")
PAGE = Path(__file__).with_name("documentation.html")
METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 4  # levels of an answer that the page lists


@routes.get("/openapi.json", responses={200: {"description": "The document.", "content": {"application/json": {}}}})
@operation(Scope.READ)
def openapi_document(query: Query) -> Response:
    """The OpenAPI document."""
    del query
    return of_bytes(encoded(_for_caller(document())))


@routes.get("/docs", responses={200: {"description": "A page.", "content": {"text/html": {}}}})
@operation(Scope.READ)
def documentation(query: Query) -> Response:
    """This documentation as a page."""
    del query
    return of_bytes(_page(), "text/html; charset=utf-8")


def _for_caller(found: dict[str, Any]) -> dict[str, Any]:
    """The document; at this machine, where nobody has to sign in, it says that no token is needed."""
    asking = visit().caller
    if asking is None or asking.kind != "here":
        return found
    paths = {
        path: {
            method: {**each, "security": [{}, *each["security"]]} if method in METHODS else each
            for method, each in item.items()
        }
        for path, item in found["paths"].items()
    }
    return {**found, "paths": paths}


def document() -> dict[str, Any]:
    """The OpenAPI document of the application that answers."""
    found: dict[str, Any] = current_app.api_doc  # type: ignore[attr-defined]  # of flask-openapi3's application
    return found


@cache
def _page() -> bytes:
    found = document()
    page = render_template_string(
        PAGE.read_text("utf-8"), info=found["info"], areas=_areas(found), problems=known_problems(), command=COMMAND
    )
    return page.encode("utf-8")


def _areas(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Tags with their operations, in the order in which the document has them."""
    areas = {each["name"]: {**each, "operations": []} for each in found["tags"]}
    for path, item in found["paths"].items():
        for method in METHODS:
            if method in item:
                areas[item[method]["tags"][0]]["operations"].append(_operation(found, method, path, item[method]))
    return [each for each in areas.values() if each["operations"]]


def _operation(found: dict[str, Any], method: str, path: str, told: dict[str, Any]) -> dict[str, Any]:
    parameters = told.get("parameters", [])
    good = next((code for code in told["responses"] if code.startswith("2")), "200")
    content = told["responses"][good].get("content", {}).get("application/json", {})
    return {
        "id": told["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": told.get("summary", ""),
        "description": told.get("description", ""),
        "scope": told["security"][0]["token"][0] if told["security"] else "",
        "parameters": [{**each, "kind": kind_of(each["schema"]).removesuffix(" or null")} for each in parameters],
        "fields": _fields(found, content.get("schema", {})),
        "example": _example(found, method, path, told),
        "status": good,
        "refusals": {code: each["description"] for code, each in told["responses"].items() if code[0] in "45"},
    }


def _example(found: dict[str, Any], method: str, path: str, told: dict[str, Any]) -> str:
    """A request as one types it."""
    query = {}
    for each in told.get("parameters", []):
        if "example" not in each:
            continue
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", str(each["example"]))
        elif each["in"] == "query":
            query[each["name"]] = each["example"]
    proof = "-H 'Authorization: Bearer …' " if told["security"] else ""
    words = [f"curl {proof}{'' if method == 'get' else f'-X {method.upper()} '}"]
    if "requestBody" in told:
        schema = _resolved(found, told["requestBody"]["content"]["application/json"]["schema"])
        words.append(f"-H 'Content-Type: application/json' -d '{json.dumps(schema.get('example', {}))}' ")
    asked = f"?{urlencode(query, doseq=True)}" if query else ""
    return "".join([*words, f"'http://127.0.0.1:8050{path}{asked}'"])


def _fields(found: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> list[dict[str, Any]]:
    """Members of an answer, those of members below them."""
    if depth >= DEEPEST:
        return []
    told = []
    for name, each in _resolved(found, schema).get("properties", {}).items():
        told.append(
            {
                "name": name,
                "kind": kind_of(_resolved(found, each)) if "$ref" in each else kind_of(each),
                "description": each.get("description") or "",
                "depth": depth,
            }
        )
        told += _fields(found, _inner(each), depth + 1)
    return told


def _inner(schema: dict[str, Any]) -> dict[str, Any]:
    """What a list holds, or what else than null a member may be."""
    if "items" in schema:
        return _inner(schema["items"]) if isinstance(schema["items"], dict) else {}
    if "anyOf" in schema:
        return next((_inner(each) for each in schema["anyOf"] if each.get("type") != "null"), {})
    return schema


def _resolved(found: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    named = schema.get("$ref")
    return found["components"]["schemas"][named.rpartition("/")[2]] if named else schema


def kind_of(schema: dict[str, Any]) -> str:
    """A type in words.

    >>> kind_of({"type": "array", "items": {"type": "string"}})
    'list of string'
    >>> kind_of({"anyOf": [{"type": "number"}, {"type": "null"}]})
    'number or null'
    >>> kind_of({"enum": ["7d", "30d"], "type": "string"})
    '7d, 30d'
    """
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if "anyOf" in schema:
        return " or ".join(kind_of(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        inner = schema.get("items")
        return f"list of {kind_of(inner)}" if isinstance(inner, dict) and inner else "list"
    if "$ref" in schema:
        return "object"
    return str(schema.get("type", "any value"))


def known_problems() -> list[dict[str, object]]:
    """Codes of problems that the API itself raises, with their status and meaning."""
    from api.problems import OWN, STATUSES

    return [{"code": code, "status": STATUSES[code], "meaning": meaning} for code, meaning in OWN.items()]
