"""Everything that belongs to one Jira site and query: its settings, issue store, cached numbers and tidy tables."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from data.cache.metric_cache import MetricCache, hash_of
from data.issues import schema, tables
from data.issues.store import IssueStore, ScopeRow
from data.issues.tables import Tables, microseconds
from data.jira.reach import complete_since
from data.metrics.examples import empty_tables
from data.metrics.facts import Facts
from data.settings.model import Settings
from data.settings.store import Loaded, SettingsStore
from data.views import Filters

_MINUTE = 60_000_000
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


class Place:
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
        loaded = settings.load().settings
        self.cache = MetricCache(
            folder / "metrics_cache.json",
            max_entries=loaded.cache.max_entries,
            ttl_seconds=loaded.cache.ttl_seconds,
            clock=clock,
        )

    @property
    def store(self) -> IssueStore:
        """The issue store, opened when first needed. Raises StoreError."""
        with self._opening:
            if self._store is None:
                self._store = IssueStore(self.folder / "issues.db")
            return self._store

    def loaded(self) -> Loaded:
        return self.settings.load()

    def head(self) -> ScopeRow | None:
        """What the store knows of this site and query; None before the first sync."""
        return self.store.scope_for(self.known_as, self.jql)

    def synced(self) -> ScopeRow | None:
        """The same, if a sync has ever ended well."""
        head = self.head()
        return head if head is not None and head.revision > 0 else None

    def span(self, head: ScopeRow) -> tuple[int, int] | None:
        """First creation and last update held, µs; None without issues."""
        return self._spans.get((head.scope, head.revision), lambda: self._read_span(head.scope))

    def _read_span(self, scope: int) -> tuple[int, int] | None:
        issue = schema.issue
        with self.store.engine.connect() as connection:
            low, high = connection.execute(
                select(func.min(issue.c.created), func.max(issue.c.updated)).where(issue.c.scope == scope)
            ).one()
        return None if low is None else (int(low), int(high))

    def held(self, mapping: dict[str, str], head: ScopeRow) -> tuple[dict[str, str], frozenset[str]]:
        """The part of a mapping whose fields were fetched, and our fields that still wait for a sync."""
        ready = {
            name: jira
            for name, jira in mapping.items()
            if jira in head.fetched_fields or not jira.startswith("customfield_")
        }
        return ready, frozenset(mapping) - frozenset(ready)

    def tables(self, mapping: dict[str, str]) -> tuple[Tables, frozenset[str]]:
        """Tidy tables of the newest revision with the mapped fields that are held, and our fields still waiting."""
        head = self.synced()
        if head is None:
            return empty_tables(), frozenset(mapping)
        ready, waiting = self.held(mapping, head)

        def read() -> Tables:
            with self.store.engine.connect() as connection:
                return tables.read(connection, head.scope, ready)

        return self._tables.get((head.scope, head.revision, hash_of(ready)), read), waiting

    def facts(self, settings: Settings, filters: Filters) -> Facts:
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
            lambda: Facts(
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

    def _complete_from(self, found: Tables) -> int | None:
        if found.as_of is None:
            return None
        since = complete_since(self.jql, datetime.fromtimestamp(found.as_of / 1e6, UTC), found.zone)
        return None if since is None else microseconds(since)
