"""Compares a JSON value with a schema of our OpenAPI document: the words of JSON Schema that the document uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}
KNOWN = {
    "$ref", "type", "anyOf", "enum", "const", "properties", "required", "items", "prefixItems", "additionalProperties",
    # what says nothing of an answer, or is kept by its types
    "title", "description", "default", "example", "examples", "format", "minItems", "maxItems", "minLength",
    "maxLength", "minimum", "maximum", "pattern", "$defs",
}  # a table: kept in its rows  # fmt: skip


def misfits(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str = "answer") -> Iterator[str]:
    """Where a value is not as its schema says. Raises AssertionError for a schema with words that nobody here knows."""
    assert set(schema) <= KNOWN, f"{at}: {set(schema) - KNOWN}"
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        yield from misfits(value, document["components"]["schemas"][name], document, at)
    elif "anyOf" in schema:
        tried = [list(misfits(value, each, document, at)) for each in schema["anyOf"]]
        if all(tried):
            yield min(tried, key=len)[0]
    elif "enum" in schema or "const" in schema:
        if value not in schema.get("enum", [schema.get("const")]):
            yield f"{at}: {value!r} is none of {schema.get('enum', schema.get('const'))}"
    elif (kind := schema.get("type")) is not None:
        if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
            yield f"{at}: {str(value)[:60]!r} is no {kind}"
        elif kind == "object":
            yield from _members(value, schema, document, at)
        elif kind == "array":
            yield from _items(value, schema, document, at)


def _members(value: dict[str, Any], schema: dict[str, Any], document: dict[str, Any], at: str) -> Iterator[str]:
    declared = schema.get("properties", {})
    yield from (f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value)
    if declared:
        yield from (f"{at}.{name} is not declared" for name in value if name not in declared)
    others = schema.get("additionalProperties", {})
    for name, each in value.items():
        inner = declared.get(name, others if isinstance(others, dict) else {})
        yield from misfits(each, inner, document, f"{at}.{name}")


def _items(value: list[Any], schema: dict[str, Any], document: dict[str, Any], at: str) -> Iterator[str]:
    first = schema.get("prefixItems", [])
    if first and len(value) != len(first):
        yield f"{at} has {len(value)} items, not {len(first)}"
    for n, each in enumerate(value):
        inner = first[n] if n < len(first) else schema.get("items", {})
        yield from misfits(each, inner if isinstance(inner, dict) else {}, document, f"{at}[{n}]")
