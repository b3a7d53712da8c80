"""People who sign in, and the lines of the audit log, as pages, commands and programs get them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from data.values.callers import Role

LONGEST_NAME = 100
SIGN_IN_REFUSED = "sign-in refused"  # what the audit log calls a wrong password and the like


class SignIn(StrEnum):
    """How a person shows who they are."""

    PASSWORD = "password"  # noqa: S105 - a word, not a password
    OPENID = "openid"  # the OpenID Connect provider says so
    PROXY = "proxy"  # the trusted proxy says so


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in. Instants in ISO 8601; `seen_at` None: never signed in. `in_file`: the password file
    or THROUGHLINE_PASSWORD_HASH names them, so they are changed there.
    """

    name: str
    role: Role
    sign_in: SignIn
    disabled: bool
    created_by: str
    created_at: str | None
    seen_at: str | None
    sessions: int = 0
    in_file: bool = False


@dataclass(frozen=True)
class AuditLine:
    """Who did what, when, from where, and how it ended. `via`: page | api | terminal | sign-in."""

    id: int
    at: str
    actor: str
    via: str
    action: str
    subject: str
    result: str
    address: str


def is_name(name: str) -> bool:
    """Whether somebody may be called so: it can be typed, shown and sent as the name of basic authentication.

    >>> [is_name(each) for each in ("ada", "ann@example.org", "", " ada", "a:b", "a" * 101)]
    [True, True, False, False, False, False]
    """
    sound = name.strip() == name and ":" not in name and name.isprintable()
    return bool(name) and sound and len(name) <= LONGEST_NAME


def looks_like(name: str) -> str:
    """What two names that a person cannot tell apart have in common.

    >>> looks_like("Ada") == looks_like("ADA"), looks_like("ada") == looks_like("ann")
    (True, False)
    """
    return unicodedata.normalize("NFKC", name).casefold()
