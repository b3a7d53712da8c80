"""Everything that belongs to one Jira site and query: its settings, issue store, cached numbers and tidy tables."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select

from data.cache.metric_cache import MetricCache, hash_of
from data.facts.dataset import Dataset
from data.facts.examples import empty_tables
from data.jira.query_dates import complete_since
from data.platform.files import locked
from data.quality.findings import Circumstances, findings
from data.settings.model import Settings
from data.settings.store import Loaded, SettingsStore
from data.store import schema
from data.store.corruption import put_aside
from data.store.issue_store import BrokenStore, IssueStore, ScopeRow, StoreError
from data.tables import tidy
from data.tables.copies import CopyOf, TableCopies
from data.tables.frames import NEVER
from data.tables.tidy import Tables, microseconds
from data.values.filters import Filters
from data.values.kept import kept_with_object
from data.values.problem import Problem
from data.values.quality import Finding, Quality
from data.values.unread import of_result

log = logging.getLogger(__name__)
T = TypeVar("T")

_MINUTE = 60_000_000
_HOUR = 60 * _MINUTE
_FIRST, _LAST = 0, 253_370_764_800_000_000  # 1970 to 9999, µs: what a calendar can show, with a year to spare
KEPT_FACTS = 4


class _Recent:
    """The last few things made, each made once even if several threads ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.RLock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


class SiteData:
    """One site and query. `known_as` is the address under which the store keeps it."""

    def __init__(
        self,
        folder: Path,
        settings: SettingsStore,
        *,
        known_as: str,
        jql: str,
        is_sample: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.known_as = known_as
        self.jql = jql
        self.is_sample = is_sample
        self._clock = clock
        self._tables = _Recent(2)
        self._facts = _Recent(KEPT_FACTS)
        self._spans = _Recent(2)
        self._opening = threading.Lock()
        self._store: IssueStore | None = None
        self._path = folder / "issues.db"
        self._copies = TableCopies(folder / "tables")
        self._opened: int | None = None  # its inode
        self._loss: Problem | None = None
        loaded = settings.load().settings
        self.cache = MetricCache(
            folder / "metrics_cache.json",
            max_entries=loaded.cache.max_entries,
            ttl_seconds=loaded.cache.ttl_seconds,
            clock=clock,
        )

    @property
    def store(self) -> IssueStore:
        """The issue store, opened when first needed; a broken one is put aside for an empty one. Raises StoreError."""
        with self._opening:
            if self._store is None:
                before = _inode(self._path)
                try:
                    self._store = IssueStore(self._path)
                except BrokenStore as error:
                    self._store = self._replaced(error, before)
                self._opened = _inode(self._path)
                if self._store.emptied is not None:
                    self._loss = _too_old(self._store.emptied)
            return self._store

    def replace(self, store: IssueStore, why: BrokenStore) -> IssueStore:
        """Put `store`, which turned out to be broken, aside and start an empty one. Raises StoreError."""
        with self._opening:
            if store is self._store:
                self._store = None
                store.close()
                self._store = self._replaced(why, self._opened)
                self._opened = _inode(self._path)
        return self.store

    def _replaced(self, why: BrokenStore, broken: int | None) -> IssueStore:
        try:
            with locked(self.folder / "issues"):
                if _inode(self._path) != broken:
                    return IssueStore(self._path)  # another program was quicker
                aside = put_aside(self._path)
                store = IssueStore(self._path)
        except OSError as error:
            raise StoreError(
                f"The issue store is broken and could not be put aside: {error.strerror or error}.",
                hint=f"Move {self._path} away; a sync fills a new one.",
            ) from error
        log.warning("%s It was put aside as %s", why.message, aside.name)
        self._loss = Problem(
            "The issue store was broken, so an empty one was started.",
            f"{why.message} The broken file is kept as {aside.name}.",
            "A sync fills it again: start one in the page, or run: python app.py sync",
            "danger",
        )
        return store

    def _asked(self, ask: Callable[[IssueStore], T]) -> T:
        """What `ask` finds in the store; once more in an empty one, if the store turns out to be broken."""
        store = self.store
        try:
            return ask(store)
        except BrokenStore as error:
            return ask(self.replace(store, error))

    @property
    def problem(self) -> Problem | None:
        """What happened to the issue store, until a sync has filled it again."""
        return self._loss

    def filled(self) -> None:
        """A sync ended well: nothing is missing any more."""
        self._loss = None

    def loaded(self) -> Loaded:
        return self.settings.load()

    def head(self) -> ScopeRow | None:
        """What the store knows of this site and query; None before the first sync."""
        return self._asked(lambda store: store.scope_for(self.known_as, self.jql))

    def synced(self) -> ScopeRow | None:
        """The same, if a sync has ever ended well."""
        head = self.head()
        return head if head is not None and head.revision > 0 else None

    def span(self, head: ScopeRow) -> tuple[int, int] | None:
        """First creation and last update held, µs; None without issues."""
        return self._spans.get(
            (head.scope, head.revision, id(self._store)),
            lambda: self._asked(lambda store: self._read_span(store, head.scope)),
        )

    def _read_span(self, store: IssueStore, scope: int) -> tuple[int, int] | None:
        issue = schema.issue
        with store.reading() as connection:
            low, high = connection.execute(
                select(func.min(issue.c.created), func.max(issue.c.updated)).where(issue.c.scope == scope)
            ).one()
            return None if low is None else (_plausible(int(low)), _plausible(int(high)))

    def held(self, mapping: dict[str, str], head: ScopeRow) -> tuple[dict[str, str], frozenset[str]]:
        """The part of a mapping whose fields were fetched, and our fields that still wait for a sync."""
        missing = head.lacks(mapping.values())
        ready = {name: jira for name, jira in mapping.items() if jira not in missing}
        return ready, frozenset(mapping) - frozenset(ready)

    def tables(self, mapping: dict[str, str]) -> tuple[Tables, frozenset[str]]:
        """Tidy tables of the newest revision with the mapped fields that are held, and our fields still waiting."""
        head = self.synced()
        if head is None:
            return empty_tables(), frozenset(mapping)
        ready, waiting = self.held(mapping, head)

        def read(store: IssueStore) -> Tables:
            with store.reading() as connection:
                if store.scope_row(head.scope) is None:
                    return empty_tables()  # the store is another one now
                found = tidy.read(connection, head.scope, ready)
                _check(found)
                return found

        unread = of_result(head.last_result)
        copy = CopyOf(self.known_as, self.jql, head.scope, head.revision, head.synced_at, ready, unread)
        key = (head.scope, head.revision, hash_of(ready), unread, id(self._store))
        return self._tables.get(key, lambda: self._copies.tables(copy, lambda: self._asked(read))), waiting

    def keep_tables(self) -> None:
        """After a sync: keep the tables of the newest revision as files, so that no process has to make them again."""
        try:
            self.tables(self.loaded().settings.mapping)
        except StoreError as error:
            log.warning("the tables of the newest revision could not be made: %s", error)

    def facts(self, settings: Settings, filters: Filters) -> Dataset:
        """Facts as of this minute."""
        found, waiting = self.tables(settings.mapping)
        now = microseconds(self._clock()) // _MINUTE * _MINUTE
        question = (
            found.revision,
            hash_of(
                {
                    "mapping": settings.mapping,
                    "definitions": settings.definitions.model_dump(),
                    "workflow": settings.workflow.model_dump(),
                }
            ),
            filters,
            waiting,
            now,
        )
        return self._facts.get(
            question,
            lambda: Dataset(
                found,
                settings.definitions,
                settings.workflow,
                now,
                filters,
                settings.mapping,
                waiting,
                self._complete_from(found),
            ),
        )

    def quality(self, settings: Settings) -> Quality:
        """How the last sync ended, and what in the data makes numbers doubtful. Raises StoreError."""
        head = self.head()
        sync = head.last_result if head else None
        if head is None or head.revision == 0:
            return Quality(sync, ())
        max_age = round(settings.sync.max_age_hours * _HOUR)
        return Quality(sync, _findings(self.facts(settings, Filters()), max_age, sync or {}))

    def _complete_from(self, found: Tables) -> int | None:
        if found.as_of is None:
            return None
        since = complete_since(self.jql, datetime.fromtimestamp(found.as_of / 1e6, UTC), found.zone)
        return None if since is None else microseconds(since)


@kept_with_object
def _findings(facts: Dataset, max_age: int, sync: dict[str, Any]) -> tuple[Finding, ...]:
    """What in the data of a minute makes numbers doubtful; `max_age` in µs, `sync`: how the last one ended."""
    known = Circumstances(
        now=facts.now,
        zone=facts.zone,
        done=facts.roles.done,
        max_age=max_age,
        pending=facts.pending,
        complete_from=facts.complete_from,
        sync=sync,
    )
    return findings(facts.tables, known)


def _plausible(instant: int) -> int:
    """Raises ValueError for an instant that no calendar can show."""
    if not _FIRST <= instant <= _LAST:
        raise ValueError("an instant outside of the calendar")
    return instant


def _check(found: Tables) -> None:
    """Raises ValueError for tables that cannot have come from Jira."""
    for values in (found.issues["created"], found.issues["updated"], found.changes["at"]):
        if len(values):
            _plausible(int(values.min()))
            _plausible(int(values.max()))
    ended = found.issues["resolved"].loc[lambda each: each != NEVER]
    if len(ended):
        _plausible(int(ended.min()))
        _plausible(int(ended.max()))


def _too_old(version: int) -> Problem:
    return Problem(
        "The issue store was written by an older version of this program and had to be emptied.",
        f"Its tables were of version {version}, which this program can no longer read.",
        "A sync fills it again: start one in the page, or run: python app.py sync",
    )


def _inode(path: Path) -> int | None:
    try:
        return path.lstat().st_ino
    except OSError:
        return None
