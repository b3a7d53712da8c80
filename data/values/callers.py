"""Who asks through the door for programs, and what they may do there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a token may be used for. Each stands for itself: none includes another."""

    READ = "read"  # look at numbers, issues, charts and everything else that changes nothing
    EXPORT = "export"  # make files of them and fetch these
    WRITE = "write"  # start a sync, cancel work
    ADMIN = "admin"  # what concerns everybody


EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True)
class Caller:
    """Somebody known. `kind`: token | user (signed in) | here (at this machine, where nobody has to sign in).

    `key` tells callers apart; it contains no secret.
    """

    name: str
    kind: str
    scopes: frozenset[Scope]
    key: str


def user(name: str) -> Caller:
    """Somebody who signed in: may do what the page lets everybody do who signed in, which is everything."""
    return Caller(name, "user", EVERY_SCOPE, f"user:{name}")


HERE = Caller("this machine", "here", EVERY_SCOPE, "here")
