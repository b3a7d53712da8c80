"""People, their sessions and the sign-ins that were begun, in the file of the access store."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from data.store.access_schema import person, session, sign_in_begun, token
from data.store.access_store import TENANT, AccessStore


class Taken(ValueError):
    """Somebody has this name, or one that looks like it, or this subject of the provider."""


@dataclass(frozen=True)
class PersonRow:
    """One person. `password`: the scrypt hash; instants in µs, None: never."""

    name: str
    looks_like: str
    role: str
    sign_in: str
    password: str | None
    issuer: str | None
    subject: str | None
    created_by: str
    created_at: int
    seen_at: int | None = None
    disabled_at: int | None = None
    tenant: str = TENANT


@dataclass(frozen=True)
class SessionRow:
    """Somebody who is signed in, in one browser."""

    digest: str
    name: str
    sign_in: str
    stamp: str
    address: str
    created_at: int
    seen_at: int
    issuer: str | None = None
    subject: str | None = None
    provider_session: str | None = None
    id_token: str | None = None
    tenant: str = TENANT


@dataclass(frozen=True)
class BegunRow:
    """A sign-in that was begun at the provider."""

    state: str
    nonce: str
    verifier: str
    onward: str
    created_at: int


_PERSON = [person.c[name] for name in PersonRow.__dataclass_fields__]
_SESSION = [session.c[name] for name in SessionRow.__dataclass_fields__]
_BEGUN = [sign_in_begun.c[name] for name in BegunRow.__dataclass_fields__]


class PeopleStore:
    """Every method raises AccessStoreError. Safe in several threads and processes."""

    def __init__(self, store: AccessStore) -> None:
        self._store = store

    @property
    def is_there(self) -> bool:
        """Whether anything was ever kept."""
        return self._store.path.exists()

    def people(self) -> list[PersonRow]:
        """Everybody, by name."""
        if not self.is_there:
            return []
        with self._store.begun() as connection:
            rows = connection.execute(select(*_PERSON).where(person.c.tenant == TENANT).order_by(person.c.looks_like))
            return [PersonRow(*row) for row in rows]

    def add(self, row: PersonRow) -> None:
        """Keep somebody new. Raises Taken."""
        with self._store.begun(writes=True) as connection:
            try:
                with connection.begin_nested():
                    connection.execute(insert(person).values(**vars(row)))
            except IntegrityError as error:
                raise Taken(row.name) from error

    def change(self, name: str, **values: str | int | None) -> bool:
        """Change columns of a person; False where there is none. Raises Taken."""
        with self._store.begun(writes=True) as connection:
            wanted = update(person).where(person.c.tenant == TENANT, person.c.name == name).values(**values)
            try:
                with connection.begin_nested():
                    return bool(connection.execute(wanted).rowcount)
            except IntegrityError as error:
                raise Taken(name) from error

    def remove(self, name: str, owner: str, at: int) -> bool:
        """Remove a person and their sessions, and revoke the tokens that `owner` made; False where there is none."""
        with self._store.begun(writes=True) as connection:
            gone = connection.execute(delete(person).where(person.c.tenant == TENANT, person.c.name == name))
            connection.execute(delete(session).where(session.c.tenant == TENANT, session.c.name == name))
            made = (token.c.created_by == owner) & token.c.revoked_at.is_(None)
            connection.execute(update(token).where(made).values(revoked_at=at))
            return bool(gone.rowcount)

    def sessions(self) -> dict[str, int]:
        """How many sessions there are of each name."""
        if not self.is_there:
            return {}
        with self._store.begun() as connection:
            counted = select(session.c.name, func.count()).where(session.c.tenant == TENANT).group_by(session.c.name)
            return {str(row[0]): int(row[1]) for row in connection.execute(counted)}

    def session(self, digest: str) -> SessionRow | None:
        """The session with this digest."""
        if not self.is_there:
            return None
        with self._store.begun() as connection:
            row = connection.execute(select(*_SESSION).where(session.c.digest == digest)).first()
            return SessionRow(*row) if row else None

    def begin_session(self, row: SessionRow, *, in_place_of: str = "", idle: int = 0, begun: int = 0) -> None:
        """Keep a session; the one of the browser before (`in_place_of`) ends, and those not seen since `idle` or begun
        before `begun` are removed.
        """
        with self._store.begun(writes=True) as connection:
            old = (session.c.seen_at < idle) | (session.c.created_at < begun) | (session.c.digest == in_place_of)
            connection.execute(delete(session).where(old))
            connection.execute(insert(session).values(**vars(row)))

    def seen(self, digest: str, at: int) -> None:
        """Note when a session was used last."""
        with self._store.begun(writes=True) as connection:
            connection.execute(update(session).where(session.c.digest == digest).values(seen_at=at))

    def end_sessions(self, **of: str) -> int:
        """End the sessions with these columns (digest, name, issuer, subject, provider_session); how many."""
        if not self.is_there or not of:
            return 0
        with self._store.begun(writes=True) as connection:
            return connection.execute(delete(session).where(session.c.tenant == TENANT).filter_by(**of)).rowcount

    def begin_sign_in(self, row: BegunRow, forgotten: int, most: int) -> None:
        """Keep a sign-in that begins. Those from before `forgotten` are removed, and the oldest beyond `most`, since
        strangers can begin as many as they like, and should keep nobody else out.
        """
        begun = sign_in_begun.c
        with self._store.begun(writes=True) as connection:
            connection.execute(delete(sign_in_begun).where(begun.created_at < forgotten))
            newest = select(begun.state).order_by(begun.created_at.desc(), begun.state).limit(most - 1)
            connection.execute(delete(sign_in_begun).where(begun.state.not_in(newest)))
            connection.execute(insert(sign_in_begun).values(**vars(row)))

    def take_sign_in(self, state: str) -> BegunRow | None:
        """The sign-in of this state, which is then gone: nobody takes it twice."""
        if not self.is_there:
            return None
        with self._store.begun(writes=True) as connection:
            taken = delete(sign_in_begun).where(sign_in_begun.c.state == state).returning(*_BEGUN)
            row = connection.execute(taken).first()
            return BegunRow(*row) if row else None
