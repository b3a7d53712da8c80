"""Which Jira site, as whom, with which token, and where our own files are: the environment wins over the settings."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from data.jira.connection import site_key as site_key  # doors compare sites by it
from data.platform.files import NotAFile, locked, opened, quarantine, remove_orphans, write_atomic
from data.platform.logs import SECRETS
from data.settings.keyring_tokens import KeyringTokens, Tokens
from data.settings.keyring_tokens import TokenError as TokenError  # doors catch it
from data.settings.model import Settings
from data.values.errors import AppError
from data.values.problem import Problem
from data.values.program import IS_CHECKOUT

DEFAULT_JQL = "updated >= -365d"
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


SETTINGS = "app_settings.json"


class HomeError(AppError):
    """The state folder cannot be used; `problem` says why and what to do."""

    code = "home"


class Home:
    """The state folder: database, caches, token and locks. Folders are made when asked for, readable by the owner
    only.
    """

    def __init__(self, path: Path, settings_path: Path, *, keyring: bool = False) -> None:
        """`keyring`: keep tokens in that of the operating system instead of a private file."""
        self.path = path
        self.settings_path = settings_path
        file = TokenStore(path / "token.json")
        self.tokens: Tokens = KeyringTokens(file) if keyring else file

    @classmethod
    def of(cls, env: Mapping[str, str]) -> Home:
        """Named by THROUGHLINE_HOME and THROUGHLINE_SETTINGS, else the platform's state folder and
        ./app_settings.json. An installed application, which people start anywhere, has its settings in the state
        folder instead, unless there is such a file where it is started. THROUGHLINE_KEYRING=1 keeps tokens in the
        keyring. Touches nothing.
        """
        named = env.get("THROUGHLINE_HOME", "").strip()
        path = Path(named) if named else Path(platformdirs.user_state_dir("throughline", appauthor=False))
        here = Path(SETTINGS)
        usual = here if IS_CHECKOUT or here.is_file() else path / SETTINGS
        settings = env.get("THROUGHLINE_SETTINGS", "").strip() or usual
        keyring = env.get("THROUGHLINE_KEYRING", "").strip().lower() in ("1", "true", "yes", "on")
        return cls(path.expanduser().absolute(), Path(settings).expanduser().absolute(), keyring=keyring)

    def ensure(self) -> Home:
        """Make the folder, and clear away what killed writers left in it. Raises HomeError."""
        self._made(self.path)
        for folder in (self.path, self.path / "sample", *self.path.glob("sites/*")):
            remove_orphans(folder)
        return self

    @property
    def is_read_only(self) -> bool:
        """Whether this user may look at the folder, and not write to it: what is there can be shown, nothing
        fetched.
        """
        return self.path.is_dir() and not os.access(self.path, os.W_OK)

    @property
    def sample(self) -> Path:
        """The folder of the sample site, made if need be. Raises HomeError."""
        return self._made(self.path / "sample")

    def site_folder(self, url: str) -> Path:
        """The folder of the site at `url`: `sites/<host>-<8 digits>`, made if need be. Raises HomeError."""
        key = site_key(url)
        slug = re.sub(r"[^a-z0-9]+", "-", key.split("://")[-1].lower()).strip("-")[:40] or "site"
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return self._made(self.path / "sites" / f"{slug}-{digest}")

    site = site_folder

    def _made(self, folder: Path) -> Path:
        try:
            for each in (*reversed(folder.parents), folder):
                if each.is_dir():
                    continue  # asked first: making what is there is refused where nothing can be written
                if each == self.path or self.path in each.parents:
                    each.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
                else:
                    each.mkdir(exist_ok=True)
            if not os.access(folder, os.R_OK | os.X_OK):
                raise PermissionError(13, os.strerror(13))
        except OSError as error:
            raise HomeError(
                Problem(
                    f"The state folder {self.path} cannot be used.",
                    f"{error.strerror or error} ({folder}).",
                    (
                        "Give this user permission to write there, or set THROUGHLINE_HOME to a folder that can be "
                        "written."
                    ),
                    "danger",
                )
            ) from error
        return folder


class _Broken(Exception):
    """The token file holds something else."""


class TokenStore:
    """API tokens by site in one file that only its owner can read. Nothing here shows a token in its repr."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.problem: Problem | None = None

    def __repr__(self) -> str:
        return f"TokenStore({str(self.path)!r})"

    def get(self, site_url: str) -> str | None:
        """The token of a site, or None. Never raises: `problem` says what is wrong with the file."""
        token = self._read().get(site_key(site_url))
        if token:
            SECRETS.hide(token)
        return token or None

    def set(self, site_url: str, token: str) -> None:
        """Store a token; an empty one deletes. Raises TokenError."""
        token = token.strip()
        if token:
            SECRETS.hide(token)
        self._change(site_key(site_url), token)

    def delete(self, site_url: str) -> None:
        """Forget the token of a site. Raises TokenError."""
        if self.path.exists() and self.get(site_url) is not None:
            self._change(site_key(site_url), "")

    def _change(self, key: str, token: str) -> None:
        try:
            self.path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            with locked(self.path):
                try:
                    tokens = self._tokens()
                except (NotAFile, _Broken):  # a file that merely cannot be read now is not replaced: OSError
                    tokens = {}
                    aside = quarantine(self.path, most=1)
                    if not aside.is_symlink():
                        aside.chmod(PRIVATE_FILE)
                tokens.pop(key, None)
                if token:
                    tokens[key] = token
                write_atomic(self.path, json.dumps({"format": 1, "tokens": tokens}, indent=2).encode(), PRIVATE_FILE)
                self.problem = None
        except OSError as error:
            raise TokenError(
                Problem(
                    "The token was not stored.",
                    f"Writing {self.path.name} failed: {error.strerror or error}.",
                    f"Make sure that {self.path.parent} can be written and has space, or give the token as JIRA_TOKEN.",
                    "danger",
                )
            ) from None

    def _read(self) -> dict[str, str]:
        self.problem = None
        try:
            return self._tokens()
        except OSError as error:
            self.problem = _token_problem(f"Reading {self.path.name} failed: {error.strerror or error}.")
        except _Broken:
            self.problem = _token_problem(f"{self.path.name} is broken.")  # what it holds is a secret: no details
        return {}

    def _tokens(self) -> dict[str, str]:
        """What the file holds. Raises OSError, _Broken."""
        try:
            with opened(self.path) as file:
                mode = os.fstat(file.fileno()).st_mode & 0o777
                if mode & 0o077:
                    self._close_to_others(file.fileno(), mode)
                whole = json.loads(file.read())
                if isinstance(whole.get("format"), int) and whole["format"] > 1:
                    raise OSError(errno.EPERM, "It was written by a newer version of Throughline")
                tokens = whole["tokens"]
                found = {str(key): str(value) for key, value in tokens.items() if isinstance(value, str)}
                "".join((*found, *found.values())).encode()  # half a character cannot be sent
                return found
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise _Broken from None

    def _close_to_others(self, handle: int, mode: int) -> None:
        try:
            os.fchmod(handle, PRIVATE_FILE)
            done = "It is now readable by you only."
        except OSError:
            done = f"Run: chmod 600 {self.path}."
        self.problem = Problem(
            "Other users of this machine could read your Jira token.",
            f"{self.path.name} had the permissions {mode:o}. {done}",
            "If you do not trust them, revoke the token in Jira and enter a new one.",
        )


def _token_problem(why: str) -> Problem:
    return Problem("The stored Jira token cannot be used.", why, "Enter the token again under Connect Jira.")


@dataclass(frozen=True)
class Site:
    """Which Jira to read and as whom. `sources`: for url, email, jql and token, where each comes from
    (environment, settings, stored, default or none). It never holds the token itself.
    """

    url: str
    email: str
    jql: str
    configured: bool
    token_present: bool
    sources: dict[str, str] = field(default_factory=dict, hash=False)


def resolve(env: Mapping[str, str], settings: Settings, tokens: Tokens) -> Site:
    """The site in force. Each variable that is set wins on its own; nothing of it is ever written to the settings.

    JIRA_EMAIL and JIRA_JQL count when set, even if empty (the token is sent as Bearer; the default query). When
    JIRA_URL names another site than the settings do, the e-mail and query of the settings belong to that other site
    and are not used.
    """
    named = env.get("JIRA_URL", "").strip()
    chosen = settings.jira.url.strip()
    url, url_from = (named, "environment") if named else (chosen, "settings") if chosen else ("", "none")
    url = url.rstrip("/")
    ours = not (named and chosen) or site_key(named) == site_key(chosen)
    email, email_from = _value(env, "JIRA_EMAIL", settings.jira.email if ours else "")
    jql, jql_from = _value(env, "JIRA_JQL", settings.jira.jql if ours else "")
    token, token_from = _token(env, url, tokens)
    if token:
        SECRETS.hide(token, email)
    return Site(
        url,
        email,
        jql or DEFAULT_JQL,
        bool(url),
        bool(token),
        {"url": url_from, "email": email_from, "jql": jql_from if jql else "default", "token": token_from},
    )


def token_for(url: str, env: Mapping[str, str], settings: Settings, tokens: Tokens) -> str:
    """The token to send to `url`, or "". JIRA_TOKEN goes to the site in force only, never to another address."""
    in_force = resolve(env, settings, tokens)
    if site_key(url) == site_key(in_force.url):
        return _token(env, url, tokens)[0]
    return tokens.get(url) or ""


def _value(env: Mapping[str, str], name: str, fallback: str) -> tuple[str, str]:
    if name in env:
        return env[name].strip(), "environment"
    fallback = fallback.strip()
    return fallback, "settings" if fallback else "default"


def _token(env: Mapping[str, str], url: str, tokens: Tokens) -> tuple[str, str]:
    if token := env.get("JIRA_TOKEN", "").strip():
        SECRETS.hide(token)
        return token, "environment"
    stored = tokens.get(url) if url else None
    return (stored, "stored") if stored else ("", "none")
