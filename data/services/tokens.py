"""Tokens of programs: made, listed, revoked, and found again when a request brings one.

A token is `tl_`, an id of 12 digits, `_`, and 32 random bytes as text. It is shown once; the store has its SHA-256. A
random text of that length cannot be guessed, so a fast digest protects it as well as a slow one would.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from data.settings.connection import Home
from data.store.access_store import FILE, TENANT, AccessStore, TokenRow
from data.values.callers import EVERY_SCOPE, Caller, Scope
from data.values.errors import AppError, NotThere
from data.values.instants import instant
from data.values.metric_value import iso
from data.values.problem import Problem
from data.values.program import COMMAND
from data.values.tokens import ApiToken

LONGEST_NAME = 100
MOST_DAYS = 3_650
_FORM = re.compile(r"tl_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_KNOWN_SECONDS = 1.0  # so long a token that was found is not looked for again; a revoked one may be used as long
_NOTED_EVERY = 60_000_000  # µs between notes of when a token was used
_MOST_KNOWN = 1_000


class BadToken(AppError, ValueError):
    """No token can be made like that."""

    code = "api_token"
    usage = True


@dataclass(frozen=True)
class _Known:
    row: TokenRow
    read_at: datetime


class TokensService:
    """Tokens of one state folder. Safe in several threads."""

    def __init__(
        self,
        home: Home,
        clock: Callable[[], datetime],
        site: Callable[[], str],
        may: Callable[[str], frozenset[Scope]] = lambda _made_by: EVERY_SCOPE,
    ) -> None:
        """`site`: the address of the site in force; `may`: what whoever made a token may do now."""
        self._home = home
        self._may = may
        self.clock = clock
        self._site = site
        self.store = AccessStore(home.path / FILE)
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    @property
    def is_read_only(self) -> bool:
        """Whether nothing may be written."""
        return self._home.is_read_only

    def make(
        self, name: str, scopes: Iterable[Scope], days: int | None = 90, *, by: str = "terminal", site: str = ""
    ) -> tuple[str, ApiToken]:
        """A new token: its text, which is not to be had again, and what is kept of it.

        `days`: until it expires, None: never. `site`: the address of the only site that it is for. Raises BadToken,
        AccessStoreError.
        """
        name, wanted = name.strip(), [each for each in Scope if each in set(scopes)]
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise BadToken(f"A token needs a name of 1 to {LONGEST_NAME} characters.")
        if not wanted:
            raise BadToken(f"A token needs a scope: {', '.join(Scope)}.")
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise BadToken(f"A token is valid for 1 to {MOST_DAYS:,} days.")
        number, now = secrets.token_hex(6), self.clock()
        text = f"tl_{number}_{secrets.token_urlsafe(32)}"
        ends = _us(now + timedelta(days=days)) if days is not None else None
        row = TokenRow(number, TENANT, site, name, _digest(text), " ".join(wanted), by, _us(now), ends)
        self.store.add(row)
        return text, _told(row, now)

    def list(self) -> list[ApiToken]:
        """Every token, the newest last. Raises AccessStoreError."""
        now = self.clock()
        return [_told(row, now) for row in self.store.tokens()]

    def revoke(self, number: str) -> ApiToken:
        """The token of this id counts for nothing from now on; in other processes a second later. Raises NotThere,
        AccessStoreError.
        """
        now = self.clock()
        row = self.store.token(number)
        if row is None:
            raise NotThere(Problem("There is no such token.", "", f"List them with: {COMMAND} tokens list"))
        self.store.revoke(number, _us(now))
        with self._lock:
            self._known.pop(number, None)
        return _told(self.store.token(number) or row, now)

    def caller(self, text: str) -> Caller | str:
        """Who sent this token, or a sentence why it counts for nothing. Raises AccessStoreError."""
        unknown = "This token is not known here."
        found = _FORM.fullmatch(text.strip())
        if found is None:
            return unknown
        row = self._row(found[1])
        # a digest of something else is compared where there is no token, so that both take the same time
        same = hmac.compare_digest(_digest(text.strip()), row.digest if row else "0" * 64)
        if row is None or not same:
            return unknown
        if row.revoked_at is not None:
            return "This token was revoked."
        now = self.clock()
        if row.expires_at is not None and row.expires_at <= _us(now):
            return "This token has expired."
        if row.site and row.site != self._site():
            return "This token is for another site."
        scopes = frozenset(map(Scope, row.scopes.split())) & self._may(row.created_by)
        if not scopes:
            return "Whoever made this token may not do any more what it is for."
        self._note(row, now)
        return Caller(row.name, "token", scopes, f"token:{row.id}")

    def _row(self, number: str) -> TokenRow | None:
        now = datetime.now(UTC)
        with self._lock:
            known = self._known.get(number)
        if known is not None and (now - known.read_at).total_seconds() < _KNOWN_SECONDS:
            return known.row
        row = self.store.token(number)
        with self._lock:
            if row is None:
                self._known.pop(number, None)
            else:
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                self._known[number] = _Known(row, now)
        return row

    def _note(self, row: TokenRow, now: datetime) -> None:
        """When it was used last, to the minute: a write for each request would cost more than most answers."""
        at = _us(now)
        if row.used_at is not None and at - row.used_at < _NOTED_EVERY:
            return
        if self.is_read_only:
            return
        with self._lock:
            known = self._known.get(row.id)
            if known is not None and known.row.used_at != row.used_at:
                return  # another thread notes it
            if known is not None:
                self._known[row.id] = _Known(TokenRow(**{**vars(row), "used_at": at}), known.read_at)
        self.store.used(row.id, at)


def _us(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _told(row: TokenRow, now: datetime) -> ApiToken:
    def said(us: int | None) -> str | None:
        return None if us is None else iso(instant(us))

    state = "active"
    if row.expires_at is not None and row.expires_at <= _us(now):
        state = "expired"
    if row.revoked_at is not None:
        state = "revoked"
    scopes = tuple(map(Scope, row.scopes.split()))
    return ApiToken(
        row.id, row.name, scopes, row.created_by, said(row.created_at) or "", said(row.expires_at),
        said(row.used_at), state, row.site,
    )  # a table: kept in its rows  # fmt: skip
