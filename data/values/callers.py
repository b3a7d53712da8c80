"""Who asks, and what they may do: scopes, and the roles of people, which are sets of scopes."""

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


class Role(StrEnum):
    """What a person is here. Each may do what the one before may do, and more."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"

    @property
    def scopes(self) -> frozenset[Scope]:
        """What people of this role may do.

        >>> sorted(str(each) for each in Role.EDITOR.scopes)
        ['export', 'read', 'write']
        """
        return _SCOPES[self]


_SCOPES = {
    Role.VIEWER: frozenset({Scope.READ, Scope.EXPORT}),
    Role.EDITOR: frozenset({Scope.READ, Scope.EXPORT, Scope.WRITE}),
    Role.ADMIN: EVERY_SCOPE,
}


def least_role(scope: Scope) -> Role:
    """The role with the fewest rights that has this scope.

    >>> str(least_role(Scope.EXPORT)), str(least_role(Scope.ADMIN))
    ('viewer', 'admin')
    """
    return next(role for role in Role if scope in role.scopes)


@dataclass(frozen=True)
class Caller:
    """Somebody known. `kind`: token | user (signed in) | here (at this machine, where nobody has to sign in).

    `key` tells callers apart; it contains no secret. `role`: of a person; None for a token and for this machine.
    """

    name: str
    kind: str
    scopes: frozenset[Scope]
    key: str
    role: Role | None = None

    def may(self, scope: Scope) -> bool:
        """Whether the caller may do what needs this scope."""
        return scope in self.scopes


def user(name: str, role: Role) -> Caller:
    """Somebody who signed in: may do what the role allows."""
    return Caller(name, "user", role.scopes, f"user:{name}", role)


HERE = Caller("this machine", "here", EVERY_SCOPE, "here")
