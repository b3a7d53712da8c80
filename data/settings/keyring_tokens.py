"""API tokens in the keyring of the operating system, for those who ask for it with THROUGHLINE_KEYRING=1."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Protocol

from data.jira.connection import site_key
from data.platform.logs import SECRETS
from data.values.errors import AppError
from data.values.problem import Problem

SERVICE = "throughline"
ADVICE = "Unlock the keyring, or start without THROUGHLINE_KEYRING to keep the token in a private file."


class TokenError(AppError):
    """A token could not be stored; `problem` says why and what to do."""

    code = "token"


class Tokens(Protocol):
    """Where tokens are kept, by site (in the spelling of `site_key`)."""

    problem: Problem | None

    def get(self, site_url: str) -> str | None: ...
    def set(self, site_url: str, token: str) -> None: ...
    def delete(self, site_url: str) -> None: ...


class KeyringTokens:
    """Tokens in the keyring; those still in the file are found too, and leave it when they are stored anew.

    `keyring` is imported when first needed: it is no dependency. What it raises is not repeated: it may hold the token.
    """

    def __init__(self, file: Tokens) -> None:
        self.file = file
        self.problem: Problem | None = None

    def __repr__(self) -> str:
        return f"KeyringTokens({self.file!r})"

    def get(self, site_url: str) -> str | None:
        """The token of a site, or None. Never raises: `problem` says what is wrong with the keyring."""
        token: str | None = None
        try:
            token = _keyring().get_password(SERVICE, site_key(site_url))
            self.problem = None
        except Exception as error:  # noqa: BLE001 - each system's keyring fails in its own ways
            self.problem = _problem("The Jira token could not be read from the keyring.", error)
        if token:
            SECRETS.hide(token)
            return token
        token = self.file.get(site_url)
        self.problem = self.problem or self.file.problem
        return token

    def set(self, site_url: str, token: str) -> None:
        """Store a token; an empty one deletes. Raises TokenError."""
        token = token.strip()
        if not token:
            self.delete(site_url)
            return
        SECRETS.hide(token)
        failed = None
        try:
            _keyring().set_password(SERVICE, site_key(site_url), token)
        except Exception as error:  # noqa: BLE001 - as above
            failed = _problem("The token was not stored.", error)
        if failed:
            raise TokenError(failed)  # here, so that its traceback does not show what the keyring said
        self.problem = None
        self.file.delete(site_url)

    def delete(self, site_url: str) -> None:
        """Forget the token of a site, in the keyring and in the file. Raises TokenError."""
        failed = None
        try:
            keyring = _keyring()
            if keyring.get_password(SERVICE, site_key(site_url)) is not None:
                keyring.delete_password(SERVICE, site_key(site_url))
        except Exception as error:  # noqa: BLE001 - as above
            failed = _problem("The token was not removed from the keyring.", error)
        self.file.delete(site_url)
        if failed:
            raise TokenError(failed)


def _keyring() -> ModuleType:
    return import_module("keyring")


def _problem(what: str, error: Exception) -> Problem:
    if isinstance(error, ImportError):
        return Problem(
            what,
            "THROUGHLINE_KEYRING is set, but the Python package keyring is not installed.",
            "Install it into the environment of Throughline, or start without THROUGHLINE_KEYRING.",
            "danger",
        )
    return Problem(what, f"The keyring failed with {type(error).__name__}.", ADVICE, "danger")
