"""What a request asks and what is answered, as plain values between the HTTP server and the two flavours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec


class Refused(Exception):
    """The request cannot be answered; carries the HTTP status and Jira's messages."""

    def __init__(self, status: int, *messages: str, body: dict[str, Any] | None = None) -> None:
        super().__init__(*messages)
        self.status = status
        self.body = body if body is not None else {"errorMessages": list(messages), "errors": {}}


@dataclass(frozen=True)
class Request:
    """One request: `values` are the query parameters (repeated ones joined by a comma), `body` the decoded JSON."""

    method: str
    path: str
    values: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """The parameter, from the body of a POST or from the query."""
        return self.body[name] if name in self.body else self.values.get(name, default)

    def number(self, name: str, default: int, *, most: int | None = None) -> int:
        """A whole number from the request, at least 0, at most `most`. Refused with 400 when it is none."""
        raw = self.get(name, default)
        try:
            value = int(raw)
        except (TypeError, ValueError):
            raise Refused(400, f"The value '{raw}' for '{name}' is not a number.") from None
        if value < 0:
            raise Refused(400, f"The value of '{name}' must not be negative.")
        return value if most is None else min(value, most)

    def names(self, name: str) -> list[str] | None:
        """A list of words: a JSON list or comma-separated; None when not given."""
        raw = self.get(name)
        if raw is None:
            return None
        parts = raw if isinstance(raw, list) else str(raw).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]


def page(
    request: Request, rows: list[Any], *, most: int, default: int | None = None, total: bool = True
) -> dict[str, Any]:
    """One page of `rows` by startAt and maxResults, in the shape that Jira's paged lists share."""
    start = request.number("startAt", 0)
    size = request.number("maxResults", default or most, most=most)
    shown = rows[start : start + size]
    answer: dict[str, Any] = {"maxResults": size, "startAt": start, "isLast": start + len(shown) >= len(rows)}
    if total:
        answer["total"] = len(rows)
    return answer | {"values": shown}


def to_json(value: Any) -> bytes:
    """JSON as sent."""
    return msgspec.json.encode(value)
