"""The store of tokens and of answers to requests that may be sent twice: one file of the state folder.

What is written is on the disk when the call returns. A file that cannot be used refuses everybody with a token, and
says so; it is never taken for an empty one.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from data.platform.logs import SECRETS
from data.store import migrate
from data.store.access_schema import answered, token
from data.store.record_engine import file_engine
from data.values.errors import AppError
from data.values.problem import Problem

log = logging.getLogger(__name__)
TENANT = "local"
FILE = "access.db"  # of the state folder
LONGEST_WORK = 600_000_000  # µs after which a request without an answer counts as broken off


class AccessStoreError(AppError):
    """The store of tokens cannot be used; the message says why and what to do."""

    code = "access_store"


@dataclass(frozen=True)
class TokenRow:
    """One token without its text. Instants in µs; None: never."""

    id: str
    tenant: str
    site: str
    name: str
    digest: str
    scopes: str
    created_by: str
    created_at: int
    expires_at: int | None = None
    used_at: int | None = None
    revoked_at: int | None = None


@dataclass(frozen=True)
class AnsweredRow:
    """What was answered to a request with a key of its own; `status` None: it is being worked on."""

    digest: str
    status: int | None
    headers: str | None
    body: bytes | None
    created_at: int


class AccessStore:
    """Opens the file when it is first needed, and makes it when something is to be written. Safe in several threads
    and processes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def tokens(self) -> list[TokenRow]:
        """Every token, the newest last. Raises AccessStoreError."""
        if not self.path.exists():
            return []
        with self.begun() as connection:
            return [TokenRow(*row) for row in connection.execute(select(token).order_by(token.c.created_at))]

    def token(self, number: str) -> TokenRow | None:
        """The token of this id. Raises AccessStoreError."""
        if not self.path.exists():
            return None
        with self.begun() as connection:
            row = connection.execute(select(token).where(token.c.id == number)).first()
        return TokenRow(*row) if row else None

    def add(self, row: TokenRow) -> None:
        """Keep a new token. Raises AccessStoreError."""
        with self.begun(writes=True) as connection:
            connection.execute(insert(token).values(**vars(row)))

    def used(self, number: str, at: int) -> None:
        """Note when a token was used last. Raises AccessStoreError."""
        with self.begun(writes=True) as connection:
            connection.execute(update(token).where(token.c.id == number).values(used_at=at))

    def revoke(self, number: str, at: int) -> bool:
        """A token counts for nothing from now on; False where it did not before. Raises AccessStoreError."""
        with self.begun(writes=True) as connection:
            wanted = (token.c.id == number) & token.c.revoked_at.is_(None)
            return bool(connection.execute(update(token).where(wanted).values(revoked_at=at)).rowcount)

    def claim(self, site: str, caller: str, key: str, digest: str, at: int, forgotten: int) -> AnsweredRow | None:
        """Take a key for a request; None when it is now this request's, else what there is under the key.

        What is older than the instant `forgotten` is removed first, and keys of requests whose process was killed.
        Raises AccessStoreError.
        """
        mine = {"tenant": TENANT, "site": site, "caller": caller, "key": key}
        with self.begun(writes=True) as connection:
            abandoned = answered.c.status.is_(None) & (answered.c.created_at < at - LONGEST_WORK)
            connection.execute(delete(answered).where((answered.c.created_at < forgotten) | abandoned))
            try:
                with connection.begin_nested():
                    connection.execute(insert(answered).values(**mine, digest=digest, created_at=at))
                return None
            except IntegrityError:
                columns = [answered.c[name] for name in ("digest", "status", "headers", "body", "created_at")]
                row = connection.execute(select(*columns).filter_by(**mine)).one()
                return AnsweredRow(*row)

    def settle(self, site: str, caller: str, key: str, status: int, headers: str, body: bytes) -> None:
        """Keep the answer to the request that has the key. Raises AccessStoreError."""
        with self.begun(writes=True) as connection:
            connection.execute(
                update(answered)
                .filter_by(tenant=TENANT, site=site, caller=caller, key=key)
                .values(status=status, headers=headers, body=body)
            )

    def release(self, site: str, caller: str, key: str) -> None:
        """Give a key back: its request failed, and may be sent again. Raises AccessStoreError."""
        with self.begun(writes=True) as connection:
            connection.execute(delete(answered).filter_by(tenant=TENANT, site=site, caller=caller, key=key))

    @contextmanager
    def begun(self, writes: bool = False) -> Iterator[Connection]:
        try:
            engine = self._opened()
            with engine.connect().execution_options(throughline_writes=writes) as connection, connection.begin():
                yield connection
        except (SQLAlchemyError, sqlite3.Error, OSError, *_UNMIGRATED) as error:
            log.error("the store of tokens cannot be used", exc_info=error)
            raise AccessStoreError(_problem(error)) from error

    def _opened(self) -> Engine:
        with self._lock:
            if self._engine is None:
                engine = file_engine(self.path)
                migrate.bring_up(engine, self.path, migrate.ACCESS)
                self._engine = engine
            return self._engine


_UNMIGRATED = (migrate.NewerSchema, migrate.UnknownVersion, migrate.MayNotWrite, migrate.MigrationFailed)


def _problem(error: BaseException) -> Problem:
    original = getattr(error, "orig", None) or error
    why = SECRETS.shorten((getattr(original, "strerror", None) or str(original)).splitlines()[0], 200)
    if isinstance(error, migrate.NewerSchema):
        return Problem(
            "The tokens were written by a newer version of this program.", "", "Update the program.", "danger"
        )
    return Problem(
        "The store of API tokens cannot be used.",
        f"{why[:1].upper()}{why[1:]}.",
        "Check that the state folder can be written to and the disk is not full. A damaged access.db can be moved "
        "away; then make new tokens.",
        "danger",
    )
