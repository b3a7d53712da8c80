"""Tokens of programs that use the API, without their text."""

from __future__ import annotations

from dataclasses import dataclass

from data.values.callers import Scope


@dataclass(frozen=True)
class ApiToken:
    """One token. Instants are UTC ISO 8601; None: never. `state`: active | expired | revoked."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_by: str
    created_at: str
    expires_at: str | None
    used_at: str | None  # to the minute
    state: str
    site: str = ""  # the only site that it is for; empty: whichever is in force
