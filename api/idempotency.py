"""Requests that may be sent twice: with a key of its own, a POST is carried out once and answered alike each time."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

from flask import Response, request
from pydantic import BaseModel, Field

from api.guard import visit
from data.values.errors import AppError
from data.values.problem import Problem

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
Operation = Callable[..., Response]


class IdempotencyHeader(BaseModel):
    """A key of the request."""

    key: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")] | None = Field(
        None,
        alias=HEADER,
        description="A text of your own for this request. Sent again with the same key within a day, it is answered as "
        "before and not carried out again.",
    )


class KeyInUse(AppError):
    """The request with this key is still being worked on."""

    code = "key_in_use"
    headers = {"Retry-After": "1"}  # noqa: RUF012 - never changed


class KeyReused(AppError):
    """Another request had this key."""

    code = "key_reused"


def once(function: Operation) -> Operation:
    """An operation that is carried out once for each key. Put it below `operation`. Raises KeyInUse, KeyReused."""

    @functools.wraps(function)
    def kept(**sent: BaseModel) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return function(**sent)
        services, caller = visit().services, visit().caller
        store, now = services.tokens.store, services.snapshot().now
        mine = (services.snapshot().known_as, caller.key if caller else "", key)
        known = store.claim(*mine, _digest(), _us(now), _us(now - KEPT))
        if known is not None:
            if known.digest != _digest():
                raise KeyReused(
                    Problem("Another request had this Idempotency-Key.", "", "Use a new key for each request.")
                )
            if known.status is None:
                raise KeyInUse(Problem("The request with this key is still being worked on.", "", "Ask again."))
            headers = dict(json.loads(known.headers or "{}"))
            return Response(known.body or b"", known.status, headers | {"Idempotency-Replayed": "true"})
        try:
            answer = function(**sent)
        except BaseException:
            store.release(*mine)
            raise
        headers = {name: value for name, value in answer.headers.items() if name in ("Content-Type", "Location")}
        store.settle(*mine, answer.status_code, json.dumps(headers), answer.get_data())
        return answer

    return kept


def _digest() -> str:
    """Of all that the request says."""
    parts = (request.method.encode(), request.full_path.encode("utf-8", "replace"), request.get_data())
    return hashlib.sha256(b"\n".join(hashlib.sha256(each).digest() for each in parts)).hexdigest()


def _us(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
