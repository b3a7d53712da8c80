"""Which site is in force, what is kept of it, and how it is reached."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from data.jira.connection import Connection
from data.jira.errors import JiraError, NoToken
from data.jtbd.storage import JobsStorage
from data.services.site_data import SiteData
from data.services.view import Snapshot
from data.settings.connection import DEFAULT_JQL, Home, Site, resolve, token_for
from data.settings.environment import check_jira, network_of, problems_of
from data.settings.operation import JtbdSettings
from data.settings.store import SettingsStore
from data.store.issue_store import ScopeRow
from data.store.reported_store import ReportedStore
from data.values.problem import Problem

# Tokens are hidden in whatever is written. A random one hides no word that the app itself writes, as "sample".
SAMPLE_TOKEN = secrets.token_urlsafe(24)


class SampleSource(Protocol):
    """A Jira to try the app on."""

    title: str
    teams: Sequence[tuple[str, str]]  # the teams that it shows from the start: name and project

    def preset(self) -> dict[str, Any]:
        """Settings that make its cards full."""

    def jobs(self, folder: Path, settings: JtbdSettings, clock: Callable[[], datetime]) -> JobsStorage:
        """Its example jobs; their records are kept in `folder`."""

    def serve(self) -> AbstractContextManager[str]:
        """Answers at the address given, on this machine, while the context is open."""


class Sites:
    """The site that environment and settings name, or the sample site where they name none. Safe in several threads."""

    def __init__(
        self,
        home: Home,
        env: Mapping[str, str],
        *,
        sample: SampleSource | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Raises HomeError when the state folder cannot be used."""
        self.home = home.ensure()
        self.env = env
        self.sample = sample
        self.clock = clock
        self.main_settings = SettingsStore(home.settings_path)
        self.reported = ReportedStore(home.path / "reported.db")
        self._lock = threading.RLock()
        self._known: dict[tuple[str, str], SiteData] = {}
        self._environment: tuple[datetime, tuple[Problem, ...]] | None = None

    def snapshot(self) -> Snapshot:
        """One look at the site in force. A store that cannot be asked is told in it. Raises HomeError."""
        main = self.main_settings.load()
        site = resolve(self.env, main.settings, self.home.tokens)
        data = self._data(site)
        loaded = main if data.settings is self.main_settings else data.settings.load()
        head: ScopeRow | None = None
        trouble: JiraError | None = None
        try:
            head = data.head()
        except JiraError as error:
            trouble = error
        return Snapshot(
            site, data.known_as, data.jql, data.is_sample, loaded, main, head, self.clock(), trouble, data.reported()
        )

    def data(self, snapshot: Snapshot) -> SiteData:
        """Store, cache and tables of the site that was looked at."""
        with self._lock:
            return self._known[(snapshot.known_as, snapshot.jql)]

    def _data(self, site: Site) -> SiteData:
        sample = not site.configured
        key = ("sample", DEFAULT_JQL) if sample else (site.url, site.jql)
        with self._lock:
            if key not in self._known:
                folder = self.home.sample if sample else self.home.site_folder(site.url)
                settings = self.main_settings
                if sample:
                    preset = self.sample.preset() if self.sample else {}
                    settings = SettingsStore(folder / "settings.json", defaults=preset)
                self._known[key] = SiteData(
                    folder,
                    settings,
                    known_as=key[0],
                    jql=key[1],
                    is_sample=sample,
                    clock=self.clock,
                    reported=self.reported,
                )
            return self._known[key]

    def environment_problems(self) -> tuple[Problem, ...]:
        """What is wrong with the values of environment variables, looked at once a minute."""
        now = self.clock()
        if self._environment is None or now - self._environment[0] > timedelta(minutes=1):
            self._environment = (now, problems_of(self.env))
        return self._environment[1]

    @contextmanager
    def connection(self, snapshot: Snapshot) -> Iterator[Connection]:
        """The way to the Jira that was looked at. Raises JiraError without an address, a token or a sample."""
        if snapshot.is_sample:
            if self.sample is None:
                raise JiraError(
                    "No Jira is configured.", hint="Set JIRA_URL and JIRA_TOKEN, or connect your Jira in the page."
                )
            with self.sample.serve() as url:
                yield Connection(url, "sample@example.org", SAMPLE_TOKEN)
            return
        site = snapshot.site
        check_jira(self.env)
        connection = self.connection_to(site.url, site.email, None, snapshot)
        if not connection.token:
            raise NoToken
        yield connection

    def connection_to(self, url: str, email: str, token: str | None, snapshot: Snapshot) -> Connection:
        """The way to another address; without a token the one that is kept for it. Raises JiraError."""
        settings = snapshot.main.settings
        found = token or token_for(url, self.env, settings, self.home.tokens)
        return Connection(url, email, found, network_of(self.env, settings))


def browse_url(snapshot: Snapshot) -> str:
    """Where issues are read in the browser; not the address of the interface where that is another. Raises
    StoreError.
    """
    if snapshot.is_sample:
        return ""
    head = snapshot.synced
    address = (head.base_url if head else "") or ""
    return (address if address.startswith(("https://", "http://")) else snapshot.site.url).rstrip("/")
