"""Fetching from Jira: started, followed and cancelled, in the background or in the calling thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from data.jira.connection import Connection
from data.services.sites import Sites
from data.services.view import Snapshot
from data.settings.fields import field_ids
from data.store.issue_store import BrokenStore, IssueStore
from data.sync.job import SyncJob
from data.sync.run import Progress, SyncResult, sync
from data.values.retention import RetentionRun
from data.values.status import SyncState


class Records(Protocol):
    """What people recorded, of which old ones go after a sync."""

    def retain(self, snapshot: Snapshot) -> RetentionRun | None:
        """The daily run of the retention job; it raises nothing."""


class SyncService:
    """Fetches the site in force into its store. One sync at a time in this process."""

    def __init__(self, sites: Sites, job: SyncJob, records: Records) -> None:
        self._sites = sites
        self._job = job
        self._records = records

    @property
    def state(self) -> SyncState:
        """How the sync of this process stands."""
        return self._job.state

    @property
    def result(self) -> SyncResult | None:
        """What the last sync of this process did."""
        return self._job.result

    def wait(self, seconds: float | None = None) -> SyncState:
        """Until the sync in the background has ended, or the time is up."""
        return self._job.wait(seconds)

    def ensure_fresh(self, snapshot: Snapshot) -> bool:
        """Start a sync when the data is missing or too old, unless the last one has just failed; True if one runs.

        A store that cannot be asked starts none: the status says what is wrong with it.
        """
        settled = self._job.settled and self._job.about == snapshot.known_as
        due = not self._job.running and not settled and snapshot.trouble is None and snapshot.stale
        if due and self._can_sync(snapshot):
            self.start(snapshot)
        return self._job.running

    def _can_sync(self, snapshot: Snapshot) -> bool:
        if self._sites.home.is_read_only:
            return False
        return snapshot.site.token_present if snapshot.site.configured else bool(self._sites.sample)

    def start(self, snapshot: Snapshot, full: bool = False) -> SyncState:
        """In the background; a second start while one runs changes nothing."""
        self._job.about = snapshot.known_as
        return self._job.start(lambda report, cancelled: self._sync(snapshot, full, report, cancelled))

    def cancel(self) -> None:
        """Ask the sync to stop; it does before its next request to Jira."""
        self._job.cancel()

    def run(
        self, snapshot: Snapshot, report: Callable[[Progress], None] = lambda _: None, full: bool = False
    ) -> SyncResult:
        """In this thread. Raises JiraError (also for an address that is none); other failures are in the result."""
        return self._job.run(lambda progress, cancelled: self._sync(snapshot, full, progress, cancelled), report)

    def _sync(
        self, snapshot: Snapshot, full: bool, report: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> SyncResult:
        data = self._sites.data(snapshot)
        mapped = {each for named in snapshot.settings.mapping.values() for each in field_ids(named)}
        limits = snapshot.settings.sync
        # The sample site is made anew each day, so its parts never mix.
        everything = full or snapshot.is_sample

        def once(connection: Connection, store: IssueStore) -> SyncResult:
            return sync(
                connection,
                store,
                jql=snapshot.jql,
                mapped_fields=mapped,
                full=everything,
                accept_fewer=everything,
                report=report,
                cancelled=cancelled,
                now=self._sites.clock,
                known_as=snapshot.known_as,
                longest=timedelta(minutes=limits.longest_minutes),
                page_seconds=limits.longest_answer_seconds,
            )

        with self._sites.connection(snapshot) as connection:
            store = data.store
            result = once(connection, store)
            if result.error and result.error["code"] == BrokenStore.code:
                result = once(connection, data.replace(store, BrokenStore(result.error["message"])))
            if result.error is None:
                data.filled()
                data.keep_tables(snapshot.view())
                self._records.retain(snapshot)
            return result
