"""Everything that is kept of one Jira site and query: its settings, issue store, cached numbers and datasets."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select

from data.cache.metric_cache import MetricCache, hash_of
from data.facts.dataset import Dataset
from data.facts.examples import empty_tables
from data.facts.outcome_words import unknown_resolutions, unknown_words
from data.jira.query_dates import Reach, reach_of
from data.quality.bulk import bulk_findings
from data.quality.findings import Circumstances, findings
from data.services.site_store import SiteStore
from data.services.view import Snapshot, View
from data.settings.fields import VALUE_LISTS, field_ids
from data.settings.store import SettingsStore
from data.store import schema
from data.store.issue_store import BrokenStore, IssueStore, ScopeRow, StoreError
from data.store.reported_store import ReportedStore, ReportedStoreError
from data.tables import tidy
from data.tables.copies import CopyOf, TableCopies
from data.tables.deliveries import NO_DELIVERIES, Deliveries, deliveries_of
from data.tables.frames import NEVER
from data.tables.tidy import Tables, microseconds
from data.values.kept import kept_with_object
from data.values.problem import Problem
from data.values.quality import Finding, Quality
from data.values.unread import of_result

log = logging.getLogger(__name__)

_MINUTE = 60_000_000
_HOUR = 60 * _MINUTE
_FIRST, _LAST = 0, 253_370_764_800_000_000  # 1970 to 9999, µs: what a calendar can show, with a year to spare
KEPT_FACTS = 4
_TRIES = 5  # syncs that may publish, one after the other, while one question is read


T = TypeVar("T")


class _Recent(Generic[T]):
    """The last few things made, each made once even if several threads ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.RLock()
        self._kept: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


class _Superseded(Exception):
    """The store holds another revision than the snapshot says."""


class SiteData:
    """One site and query. `known_as` is the address under which the store keeps it. Safe in several threads."""

    def __init__(
        self,
        folder: Path,
        settings: SettingsStore,
        *,
        known_as: str,
        jql: str,
        is_sample: bool,
        clock: Callable[[], datetime],
        reported: ReportedStore,
    ) -> None:
        self._reports = reported
        self.folder = folder
        self.settings = settings
        self.known_as = known_as
        self.jql = jql
        self.is_sample = is_sample
        self.issues = SiteStore(folder)
        self._tables: _Recent[Tables] = _Recent(2)
        self._facts: _Recent[Dataset] = _Recent(KEPT_FACTS)
        self._deliveries: _Recent[Deliveries] = _Recent(2)
        self._spans: _Recent[tuple[int, int] | None] = _Recent(2)
        self._copies = TableCopies(folder / "tables")
        limits = settings.load().settings.cache
        self.cache = MetricCache(
            folder / "metrics_cache.json",
            max_entries=limits.max_entries,
            ttl_seconds=limits.ttl_seconds,
            clock=clock,
        )

    @property
    def store(self) -> IssueStore:
        """The issue store. Raises StoreError."""
        return self.issues.opened

    def replace(self, store: IssueStore, why: BrokenStore) -> IssueStore:
        """Put `store`, which turned out to be broken, aside and start an empty one. Raises StoreError."""
        return self.issues.replace(store, why)

    @property
    def problem(self) -> Problem | None:
        """What happened to the issue store, until a sync has filled it again."""
        return self.issues.problem

    def filled(self) -> None:
        """A sync ended well: nothing is missing any more."""
        self.issues.filled()

    def head(self) -> ScopeRow | None:
        """What the store knows of this site and query now; None before the first sync. Raises StoreError."""
        return self.issues.ask(lambda store: store.scope_for(self.known_as, self.jql))

    def span(self, head: ScopeRow) -> tuple[int, int] | None:
        """First creation and last update held, µs; None without issues. Raises StoreError."""
        return self._spans.get(
            (head.scope, head.revision, id(self.issues.opened)),
            lambda: self.issues.ask(lambda store: _read_span(store, head.scope)),
        )

    def covered(self, head: ScopeRow) -> tuple[int, int] | None:
        """First creation held, and the end of what is known, µs: the last sync, where the query vouches for all until
        then, else the last update held. None without issues. Raises StoreError.
        """
        span = self.span(head)
        if span is None or head.synced_at is None:
            return span
        reach = reach_of(self.jql, datetime.fromtimestamp(head.synced_at / 1e6, UTC), head.zone or "UTC")
        vouches = not reach.conditions and reach.until is None
        return (span[0], max(span[1], head.synced_at)) if vouches else span

    def summaries(self, snapshot: Snapshot, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Issue id → (key, summary). Raises StoreError."""
        head, wanted = snapshot.synced, list(ids)
        return self.store.summaries(head.scope, wanted) if head and wanted else {}

    def fetched_mapping(self, mapping: dict[str, str], head: ScopeRow) -> tuple[dict[str, str], frozenset[str]]:
        """The part of a mapping whose fields were fetched, and our fields that still wait for a sync."""
        missing = head.lacks({each for named in mapping.values() for each in field_ids(named)})
        ready = {name: named for name, named in mapping.items() if not missing.intersection(field_ids(named))}
        return ready, frozenset(mapping) - frozenset(ready)

    def tables(self, snapshot: Snapshot) -> Tables:
        """Tidy tables with the mapped fields that are held, of the revision that was looked at or a newer one."""
        return self.dataset(snapshot.view()).tables

    def dataset(self, view: View) -> Dataset:
        """The facts of a view as of its minute. Raises StoreError."""
        return self.current(view)[1]

    def current(self, view: View) -> tuple[View, Dataset]:
        """The facts of a view, and the view that they are of: the same one, or that of newer data, where a sync has
        published since the snapshot. Raises StoreError.
        """
        for _ in range(_TRIES):
            try:
                return view, self._dataset(view)
            except _Superseded:
                view = view.on(self.head(), self.reported())
        raise StoreError("The data changed each time it was read.", hint="Try again when the sync has ended.")

    def _dataset(self, view: View) -> Dataset:
        found, waiting = self._read(view.snapshot.synced, view.settings.mapping)
        now = microseconds(view.now) // _MINUTE * _MINUTE
        question = (found.revision, id(found), hash_of(view.measured), view.filters, waiting, now)
        settings = view.settings
        reach = self._reach(found)
        deliveries = self._reported(view) if view.uses_reports else NO_DELIVERIES
        return self._facts.get(
            question,
            lambda: Dataset(
                found,
                settings.definitions,
                settings.workflow,
                now,
                view.filters,
                settings.mapping,
                waiting,
                complete_from=None if reach.since is None else microseconds(reach.since),
                complete_until=None if reach.until is None else microseconds(reach.until),
                begins=reach.by or "updated",
                conditions=reach.conditions,
                deliveries=deliveries,
            ),
        )

    def reported(self) -> int:
        """The revision of what other systems report of this site; 0 where it cannot be asked."""
        try:
            return self._reports.revision(self.known_as)
        except ReportedStoreError as error:
            log.warning("%s", error)
            return 0

    def _reported(self, view: View) -> Deliveries:
        """What other systems report, of the revision that was looked at. Raises _Superseded, ReportedStoreError."""

        def read() -> Deliveries:
            revision, reports = self._reports.read(self.known_as)
            if revision != view.snapshot.reported:
                raise _Superseded
            return deliveries_of(reports)

        return self._deliveries.get(view.snapshot.reported, read)

    def _read(self, head: ScopeRow | None, mapping: dict[str, str]) -> tuple[Tables, frozenset[str]]:
        """Tables of the revision that `head` names, and our fields still waiting. Raises _Superseded, StoreError."""
        if head is None:
            return empty_tables(), frozenset(mapping)
        ready, waiting = self.fetched_mapping(mapping, head)

        def read(store: IssueStore) -> Tables:
            with store.reading() as connection:
                try:
                    found = tidy.read(connection, head.scope, ready)
                except LookupError as error:
                    if type(error) is LookupError:  # the store is another one now
                        raise _Superseded from error
                    raise
                if found.revision != f"{head.scope}.{head.revision}":
                    raise _Superseded
                _check(found)
                return found

        unread = of_result(head.last_result)
        copy = CopyOf(self.known_as, self.jql, head.scope, head.revision, head.synced_at, ready, unread)
        key = (head.scope, head.revision, hash_of(ready), unread, id(self.issues.opened))
        return self._tables.get(key, lambda: self._copies.tables(copy, lambda: self.issues.ask(read))), waiting

    def keep_tables(self, view: View) -> None:
        """After a sync: keep the tables of the newest revision as files, so that no process has to make them again."""
        try:
            self.dataset(view.on(self.head()))
        except StoreError as error:
            log.warning("the tables of the newest revision could not be made: %s", error)

    def quality(self, snapshot: Snapshot) -> Quality:
        """How the last sync ended, and what in the data makes numbers doubtful. Raises StoreError."""
        if snapshot.synced is None:
            return Quality(snapshot.head.last_result if snapshot.head else None, ())
        view, facts = self.current(snapshot.view())
        head = view.snapshot.head
        sync = head.last_result if head else None
        max_age = round(snapshot.settings.sync.max_age_hours * _HOUR)
        return Quality(sync, _findings(facts, max_age, sync or {}))

    def _reach(self, tables: Tables) -> Reach:
        """What the query vouches for, as of the last sync."""
        if tables.as_of is None:
            return Reach()
        return reach_of(self.jql, datetime.fromtimestamp(tables.as_of / 1e6, UTC), tables.zone)


def _chosen_statuses(facts: Dataset) -> Iterator[str]:
    flow = facts.workflow
    for names in (
        flow.started,
        flow.active,
        flow.waiting,
        flow.done,
        flow.discarded or (),
        facts.definitions.blocked_statuses,
    ):
        yield from names


@kept_with_object
def _findings(facts: Dataset, max_age: int, sync: dict[str, Any]) -> tuple[Finding, ...]:
    """What in the data of a minute makes numbers doubtful; `max_age` in µs, `sync`: how the last one ended."""
    known = Circumstances(
        now=facts.now,
        zone=facts.zone,
        done=facts.roles.done,
        phases=facts.roles.phases,
        chosen=frozenset(_chosen_statuses(facts)),
        max_age=max_age,
        pending=facts.pending,
        complete_from=facts.complete_from,
        begins=facts.begins,
        conditions=facts.conditions,
        sync=sync,
        unknown_resolutions=unknown_resolutions(facts),
        unknown_words={name: unknown_words(facts, name) for name in VALUE_LISTS if VALUE_LISTS[name].closed},
    )
    return (*findings(facts.tables, known), *bulk_findings(facts))


def _read_span(store: IssueStore, scope: int) -> tuple[int, int] | None:
    issue = schema.issue
    with store.reading() as connection:
        low, high = connection.execute(
            select(func.min(issue.c.created), func.max(issue.c.updated)).where(issue.c.scope == scope)
        ).one()
        return None if low is None else (_plausible(int(low)), _plausible(int(high)))


def _plausible(instant: int) -> int:
    """Raises ValueError for an instant that no calendar can show."""
    if not _FIRST <= instant <= _LAST:
        raise ValueError("an instant outside of the calendar")
    return instant


def _check(tables: Tables) -> None:
    """Raises ValueError for tables that cannot have come from Jira."""
    for values in (tables.issues["created"], tables.issues["updated"], tables.changes["at"]):
        if len(values):
            _plausible(int(values.min()))
            _plausible(int(values.max()))
    ended = tables.issues["resolved"].loc[lambda each: each != NEVER]
    if len(ended):
        _plausible(int(ended.min()))
        _plausible(int(ended.max()))
