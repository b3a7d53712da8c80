"""Fetching from Jira: started, followed and cancelled, in the background or in the calling thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

from data.background.problems import TaskCancelled, TaskFailed
from data.background.worker import program_ends
from data.jira.connection import Connection
from data.jira.errors import JiraError
from data.platform.telemetry import span
from data.services.background import PAGE, TERMINAL, BackgroundService, Control
from data.services.sites import Sites
from data.services.sync_tasks import KIND, SyncTasks, problem_of_result, said, spec_of
from data.services.view import Snapshot
from data.settings.fields import field_ids
from data.store.issue_store import BrokenStore, IssueStore
from data.sync.run import Progress, SyncResult, sync
from data.values.background import BackgroundTask
from data.values.errors import problem_of
from data.values.json_types import JsonObject
from data.values.problem import Problem
from data.values.status import SyncState

log = logging.getLogger(__name__)
_OTHER = Problem(
    "The site or its query was changed before this sync began.", todo="The site in force now has a sync of its own."
)


class Retention(Protocol):
    """What is removed once a day because it is old."""

    def run_if_due(self, snapshot: Snapshot) -> None:
        """The daily run; it raises nothing."""


class SyncService:
    """Fetches the site in force into its store. One sync of a site at a time, in whatever process."""

    def __init__(
        self, sites: Sites, syncs: SyncTasks, background: BackgroundService, retention: Callable[[], Retention]
    ) -> None:
        self._sites = sites
        self._syncs = syncs
        self._background = background
        self._retention = retention
        self._lock = threading.RLock()  # also taken by the handler of a signal, in a thread that may hold it
        self._controls: set[Control] = set()  # of this process
        self._started: BackgroundTask | None = None

    @property
    def state(self) -> SyncState:
        """How the sync of the site in force stands, in whatever process it runs."""
        return self._syncs.state(self._sites.snapshot())

    def wait(self, seconds: float | None = None) -> SyncState:
        """Until the sync that was started last here has ended, or the time is up."""
        if self._started is not None:
            self._background.worker.wait(self._started.id, seconds)
        return self.state

    def ensure_fresh(self, snapshot: Snapshot) -> bool:
        """Start a sync when the data is missing or too old, unless the last one has just failed; True if one runs.

        A store that cannot be asked starts none: the status says what is wrong with it.
        """
        runs = self._syncs.runs(snapshot)
        due = not runs and snapshot.trouble is None and snapshot.stale and not self._syncs.settled(snapshot)
        if due and self._can_sync(snapshot):
            self.start(snapshot)
            return True
        return runs

    def _can_sync(self, snapshot: Snapshot) -> bool:
        if self._sites.home.is_read_only:
            return False
        return snapshot.site.token_present if snapshot.site.configured else bool(self._sites.sample)

    def start(self, snapshot: Snapshot, full: bool = False, by: str = PAGE) -> SyncState:
        """In the background; a second start while one runs changes nothing. Raises TasksError."""
        self.queue(snapshot, full, by)
        return self._syncs.state(snapshot)

    def queue(self, snapshot: Snapshot, full: bool = False, by: str = PAGE) -> BackgroundTask:
        """The same, as the task that it is. Raises TasksError."""
        spec, alike = spec_of(snapshot, full)
        self._started = self._background.submit(snapshot.known_as, KIND, spec, by=by, alike=alike)
        return self._started

    def cancel(self, snapshot: Snapshot | None = None) -> None:
        """Ask the sync of a site to stop, wherever it runs (None: those of this process); it does before its next
        request to Jira.
        """
        with self._lock:
            here = list(self._controls)
        for each in here:
            if snapshot is None or each.task.site == snapshot.known_as:
                each.cancel()
        if snapshot is not None:
            found = self._syncs.newest(snapshot)
            if found is not None and found.state.is_live:
                self._background.cancel(found.id)

    def run(
        self, snapshot: Snapshot, report: Callable[[Progress], None] = lambda _: None, full: bool = False
    ) -> SyncResult:
        """In this thread. Raises JiraError (also for an address that is none); other failures are in the result."""
        ended: list[SyncResult] = []

        def work(control: Control) -> JsonObject:
            with self._followed(control):
                ended.append(self._reported(snapshot, full, control, report))
            return _answer(ended[0])

        spec, alike = spec_of(snapshot, full)
        try:
            self._background.worker.run_here(snapshot.known_as, KIND, spec, work, by=TERMINAL, alike=alike)
        except (TaskFailed, TaskCancelled):
            if not ended:
                raise
        return ended[0]

    def work(self, task: BackgroundTask, control: Control) -> JsonObject:
        """A sync of the table, in the background. Raises TaskFailed, TaskCancelled."""
        snapshot = self._sites.snapshot()
        if (snapshot.known_as, snapshot.jql) != (task.site, task.spec.get("jql")):
            raise TaskFailed(_OTHER, "other_site")
        with self._followed(control):
            try:
                return _answer(self._reported(snapshot, bool(task.spec.get("full")), control, lambda _: None))
            except JiraError as error:  # before anything was asked: no address, no token
                why = Problem("The last sync did not work.", error.message, error.hint, "danger")
                raise TaskFailed(why, error.code) from error
            except (TaskFailed, TaskCancelled):
                raise
            except Exception as error:
                if program_ends():
                    raise TaskCancelled from error
                raise _unexpected(error) from error

    @contextmanager
    def _followed(self, control: Control) -> Iterator[None]:
        with self._lock:
            self._controls.add(control)
        try:
            yield
        finally:
            with self._lock:
                self._controls.discard(control)

    def _reported(
        self, snapshot: Snapshot, full: bool, control: Control, report: Callable[[Progress], None]
    ) -> SyncResult:
        def both(progress: Progress) -> None:
            share, details = said(progress)
            control.report(share, **details)
            report(progress)

        with span("sync") as told:
            result = self._sync(snapshot, full, both, control.cancelled)
            told |= {
                "mode": result.mode,
                "issues": result.fetched,
                "changed": result.changed,
                "complete": result.complete,
            }
        return result

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
                self._retention().run_if_due(snapshot)
            return result


def _answer(result: SyncResult) -> JsonObject:
    """The result for the table. Raises TaskCancelled or TaskFailed for a sync that did not end well."""
    problem = problem_of_result(result)
    if problem is None:
        return result.to_dict()
    code = str((result.error or {}).get("code", "failed"))
    if code == "cancelled":
        raise TaskCancelled
    raise TaskFailed(problem, code, result.to_dict())


def _unexpected(error: Exception) -> TaskFailed:
    log.exception("sync failed")
    known = problem_of(error)
    why = f"{known.what} {known.why}".strip() if known else type(error).__name__
    hint = (known.todo if known else "") or "The log has the details; the data you have stays as it is."
    return TaskFailed(Problem("The sync stopped unexpectedly.", why, hint, "danger"), "unexpected")
