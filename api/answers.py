"""Answers of the API as JSON, with an ETag: who asks again for the same gets 304 and no body."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

import msgspec
from flask import Response, request

JSON = "application/json"


def answer(value: object, status: int = 200, **headers: str) -> Response:
    """Plain values or dataclasses as JSON. Numbers that are none (NaN) become null."""
    return of_bytes(encoded(value), status=status, **headers)


def of_bytes(body: bytes, kind: str = JSON, status: int = 200, tag: str = "", **headers: str) -> Response:
    """A body as it is; 304 without it where the caller has it already. `tag`: its ETag, where it is known."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if status != 200 or request.method not in ("GET", "HEAD"):
        return Response(body, status, headers=given, content_type=kind)
    # Weak, since the same bytes travel compressed in more than one way.
    tag = tag or tag_of(body)
    given |= {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if request.if_none_match.contains_weak(tag[3:-1]):
        return Response(status=304, headers=given)
    return Response(body, headers=given, content_type=kind)


def tag_of(body: bytes) -> str:
    """The ETag of a body.

    >>> tag_of(b"{}")
    'W/"01e7b720ff566d53"'
    """
    return f'W/"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'


def encoded(value: object) -> bytes:
    """Dataclasses, mappings, arrays and dates as JSON."""
    return msgspec.json.encode(value, enc_hook=_plain)


def _plain(value: Any) -> object:
    if hasattr(value, "tolist"):  # arrays and their numbers
        return value.tolist()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if hasattr(value, "__iter__"):
        return list(value)
    raise NotImplementedError(f"{type(value).__name__} is no plain value")
