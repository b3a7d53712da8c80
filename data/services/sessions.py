"""Who is signed in: a random id in a cookie, of which the store has the SHA-256.

A session ends when the person signs out, is disabled or removed, gets another password, does nothing for some hours, or
after a week. Every sign-in makes a new id, so that nobody can know it beforehand.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from data.services.people import PeopleService, stamp
from data.store.people_store import SessionRow
from data.values.callers import Role
from data.values.people import SignIn

WEEK = 7 * 24 * 3600 * 1_000_000  # µs
MINUTE = 60_000_000
_HOUR = 3600 * 1_000_000
_KNOWN_SECONDS = 1.0  # so long a session is not read again; one that another process ended may be used as long
_MOST_KNOWN = 2_000


@dataclass(frozen=True)
class FromProvider:
    """What the OpenID Connect provider said of a session."""

    issuer: str
    subject: str
    session: str | None
    id_token: str


@dataclass(frozen=True)
class SignedIn:
    """Somebody whose session is in force."""

    name: str
    role: Role
    row: SessionRow


class SessionsService:
    """Sessions of one state folder. Safe in several threads."""

    def __init__(self, people: PeopleService) -> None:
        self._people = people
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, SessionRow]] = OrderedDict()

    @property
    def _idle(self) -> int:
        """How long (µs) a session lasts without a request."""
        return round(self._people.access.session_hours * _HOUR)

    def begin(
        self, name: str, sign_in: SignIn, address: str, *, before: str = "", provider: FromProvider | None = None
    ) -> str:
        """The text for the cookie of somebody who has just shown who they are. The session of the browser before ends.

        Raises AccessStoreError.
        """
        text, now = secrets.token_urlsafe(32), self._people.now()
        said = (provider.issuer, provider.subject, provider.session, provider.id_token) if provider else ()
        mark = stamp(self._people.hash_of(name))
        row = SessionRow(_digest(text), name, sign_in, mark, address, now, now, *said)
        self._people.store.begin_session(row, in_place_of=_digest(before), idle=now - self._idle, begun=now - WEEK)
        self._people.store.change(name, seen_at=now)
        self._forget()
        return text

    def who(self, text: str) -> SignedIn | None:
        """Who has this cookie; None where it counts for nothing. Raises AccessStoreError."""
        if not text or len(text) > 100:
            return None
        row = self._row(_digest(text))
        now = self._people.now()
        if row is None or row.seen_at < now - self._idle or row.created_at < now - WEEK:
            return None
        role = self._people.role_of(row.name)
        if role is None or row.stamp != stamp(self._people.hash_of(row.name)):
            return None
        if now - row.seen_at >= MINUTE:  # to the minute: a write for each request would cost more than most answers
            self._people.store.seen(row.digest, now)
            self._forget(row.digest)
        return SignedIn(row.name, role, row)

    def end(self, text: str) -> None:
        """Sign out this browser. Raises AccessStoreError."""
        self._people.store.end_sessions(digest=_digest(text))
        self._forget()

    def end_everywhere(self, name: str) -> int:
        """Sign somebody out in every browser; how many there were. Raises AccessStoreError."""
        ended = self._people.store.end_sessions(name=name)
        self._forget()
        return ended

    def end_by_provider(self, issuer: str, subject: str | None, session: str | None) -> int:
        """The provider says that somebody signed out: in one session of it, or in all. Raises AccessStoreError."""
        wanted = {"issuer": issuer, "subject": subject, "provider_session": session}
        ended = self._people.store.end_sessions(**{name: value for name, value in wanted.items() if value})
        self._forget()
        return ended

    def _row(self, digest: str) -> SessionRow | None:
        now = time.monotonic()
        with self._lock:
            known = self._known.get(digest)
        if known is not None and now - known[0] < _KNOWN_SECONDS:
            return known[1]
        row = self._people.store.session(digest)
        with self._lock:
            if row is None:
                self._known.pop(digest, None)
            else:
                self._known[digest] = (now, row)
                while len(self._known) > _MOST_KNOWN:
                    self._known.popitem(last=False)
        return row

    def _forget(self, digest: str = "") -> None:
        with self._lock:
            if digest:
                self._known.pop(digest, None)
            else:
                self._known.clear()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
