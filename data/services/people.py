"""People who may sign in: kept in the state folder, named by the password file, or by a proxy that is trusted."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from data.platform.access import Access, hashed
from data.store.access_store import AccessStore
from data.store.people_store import PeopleStore, PersonRow, Taken
from data.values.callers import EVERY_SCOPE, Role, Scope
from data.values.errors import AppError, NotThere
from data.values.instants import instant
from data.values.metric_value import iso
from data.values.people import LONGEST_NAME, Person, SignIn, is_name, looks_like
from data.values.problem import Problem
from data.values.program import COMMAND

TERMINAL = "terminal"
_OWNER = "user:"
_KNOWN_SECONDS = 1.0  # so long people are not read again; another process may change them meanwhile


class BadPerson(AppError, ValueError):
    """Somebody cannot be added or changed like that."""

    code = "people"
    usage = True


class PeopleService:
    """People of one state folder. Safe in several threads."""

    def __init__(self, store: AccessStore, clock: Callable[[], datetime]) -> None:
        self.store = PeopleStore(store)
        self._clock = clock
        self.access = Access()
        self._lock = threading.Lock()
        self._known: tuple[float, dict[str, PersonRow]] | None = None

    def use(self, access: Access) -> None:
        """Who else may sign in: the people of the password file, and newcomers whom a proxy names."""
        self.access = access

    def exist(self) -> bool:
        """Whether anybody is kept, so that whoever comes has to sign in. Raises AccessStoreError."""
        return bool(self._rows())

    def list(self) -> list[Person]:
        """Everybody, by name. Raises AccessStoreError."""
        counts = self.store.sessions()
        in_file = [
            Person(name, Role.ADMIN, SignIn.PASSWORD, False, "the password file", None, None, counts.get(name, 0), True)
            for name in self.access.users
        ]
        kept = [_told(row, counts.get(row.name, 0)) for row in self.store.people() if row.name not in self.access.users]
        return sorted([*in_file, *kept], key=lambda each: looks_like(each.name))

    def add(
        self, name: str, role: Role, sign_in: SignIn = SignIn.PASSWORD, password: str = "", *, by: str = TERMINAL
    ) -> Person:
        """Somebody new. `password`: for those who sign in with one. Raises BadPerson, AccessStoreError."""
        if not is_name(name):
            raise BadPerson(f"A name has 1 to {LONGEST_NAME} characters, no colon, and no space around it.")
        if any(looks_like(each) == looks_like(name) for each in self.access.users):
            raise _taken(name)
        kept = _hash(password) if sign_in is SignIn.PASSWORD else None
        row = PersonRow(name, looks_like(name), role, sign_in, kept, None, None, by, self.now())
        try:
            self.store.add(row)
        except Taken as error:
            raise _taken(name) from error
        finally:
            self.forget()
        return _told(row, 0)

    def add_from_provider(self, name: str, role: Role, issuer: str, subject: str) -> None:
        """Somebody new whom the OpenID Connect provider vouches for. Raises Taken, AccessStoreError."""
        if any(looks_like(each) == looks_like(name) for each in self.access.users):
            raise Taken(name)
        now, by = self.now(), "OpenID Connect"
        try:
            self.store.add(PersonRow(name, looks_like(name), role, SignIn.OPENID, None, issuer, subject, by, now))
        finally:
            self.forget()

    def set_role(self, name: str, role: Role) -> Person:
        """Give a person another role, at once. Raises NotThere, BadPerson, AccessStoreError."""
        if role is not Role.ADMIN:
            self._keep_an_admin(name)
        return self._changed(name, role=role)

    def set_password(self, name: str, password: str) -> Person:
        """Give a person another password; whoever is signed in with the one before has to sign in again. Raises
        NotThere, BadPerson, AccessStoreError.
        """
        row = self._kept(name)
        if row.sign_in != SignIn.PASSWORD:
            raise BadPerson(f"“{name}” signs in elsewhere and has no password here.")
        changed = self._changed(name, password=_hash(password))
        self.store.end_sessions(name=name)
        return changed

    def disable(self, name: str, disabled: bool = True) -> Person:
        """A person may not sign in and is signed out everywhere; or may again. Raises NotThere, BadPerson,
        AccessStoreError.
        """
        if disabled:
            self._keep_an_admin(name)
        changed = self._changed(name, disabled_at=self.now() if disabled else None)
        if disabled:
            self.store.end_sessions(name=name)
        return changed

    def remove(self, name: str) -> bool:
        """Remove a person, their sessions and their tokens. True when nobody is left, so that nobody is asked who they
        are any more. Raises NotThere, BadPerson, AccessStoreError.
        """
        self._kept(name)
        others = [each for each in self.store.people() if each.name != name]
        if others:
            self._keep_an_admin(name)
        self.store.remove(name, owner(name), self.now())
        self.forget()
        return not others and not self.access.configured

    def hash_of(self, name: str) -> str | None:
        """The hash of the password that counts; None for those who have none or may not sign in."""
        if (found := self.access.users.get(name)) is not None:
            return found
        row = self._rows().get(name)
        return row.password if row and row.disabled_at is None and row.sign_in == SignIn.PASSWORD else None

    def role_of(self, name: str) -> Role | None:
        """The role of somebody who signed in; None for those who are not known or may not. Raises AccessStoreError."""
        if name in self.access.users:
            return Role.ADMIN
        row = self._rows().get(name)
        return Role(row.role) if row is not None and row.disabled_at is None else None

    def role_by_proxy(self, name: str) -> Role | None:
        """The role of somebody whom the trusted proxy names: as on the list, else that of newcomers."""
        if name in self.access.users or name in self._rows():
            return self.role_of(name)
        return self.access.newcomers if is_name(name) else None

    def may(self, made_by: str) -> frozenset[Scope]:
        """What whoever made a token may do now: a token may not do more. Tokens of the terminal may do anything."""
        if not made_by.startswith(_OWNER):
            return EVERY_SCOPE
        name = made_by.removeprefix(_OWNER)
        role = self.role_by_proxy(name) if self.access.header else self.role_of(name)
        return role.scopes if role else frozenset()

    def person(self, name: str) -> PersonRow | None:
        """What is kept of a person."""
        return self._rows().get(name)

    def by_subject(self, issuer: str, subject: str) -> PersonRow | None:
        """Whom the provider means. Raises AccessStoreError."""
        return next((each for each in self.store.people() if (each.issuer, each.subject) == (issuer, subject)), None)

    def forget(self) -> None:
        """Read people again when they are next needed."""
        with self._lock:
            self._known = None

    def now(self) -> int:
        """The instant, in µs."""
        return round(self._clock().timestamp() * 1e6)

    def _rows(self) -> Mapping[str, PersonRow]:
        now = time.monotonic()
        with self._lock:
            if self._known is not None and now - self._known[0] < _KNOWN_SECONDS:
                return self._known[1]
        found = {each.name: each for each in self.store.people()}
        with self._lock:
            self._known = (now, found)
        return found

    def _kept(self, name: str) -> PersonRow:
        if name in self.access.users:
            raise BadPerson(f"“{name}” is in the password file or THROUGHLINE_PASSWORD_HASH. Change it there.")
        row = next((each for each in self.store.people() if each.name == name), None)
        if row is None:
            raise NotThere(Problem("There is no such person.", "", f"List them with: {COMMAND} people list"))
        return row

    def _changed(self, name: str, **values: str | int | None) -> Person:
        self._kept(name)
        self.store.change(name, **values)
        self.forget()
        return _told(self._kept(name), self.store.sessions().get(name, 0))

    def _keep_an_admin(self, name: str) -> None:
        """Raises BadPerson where nobody could change anything any more without this person."""
        others = any(
            each.role == Role.ADMIN and each.disabled_at is None for each in self.store.people() if each.name != name
        )
        if not others and not self.access.users:
            raise BadPerson(
                Problem("Nobody would be left who may change anything.", "", "Make somebody else an admin first.")
            )


def owner(name: str) -> str:
    """How tokens name the person who made them."""
    return f"{_OWNER}{name}"


def stamp(hashed_password: str | None) -> str:
    """Tells passwords apart without saying anything of them."""
    return hashlib.sha256((hashed_password or "").encode()).hexdigest()[:32]


def _hash(password: str) -> str:
    try:
        return hashed(password)
    except ValueError as error:
        raise BadPerson(f"This password is too short. {error}") from error


def _taken(name: str) -> BadPerson:
    return BadPerson(f"There is somebody called “{name}”, or so that the two cannot be told apart, already.")


def _told(row: PersonRow, sessions: int) -> Person:
    created, seen = iso(instant(row.created_at)), iso(instant(row.seen_at)) if row.seen_at else None
    role, sign_in = Role(row.role), SignIn(row.sign_in)
    return Person(row.name, role, sign_in, row.disabled_at is not None, row.created_by, created, seen, sessions)
