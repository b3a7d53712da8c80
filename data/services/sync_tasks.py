"""How the sync of a site stands, as the table of background tasks says it: the same in every process."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from data.services.background import BackgroundService
from data.services.sites import Sites
from data.services.view import Snapshot
from data.sync.run import SyncResult
from data.sync.stage import Progress
from data.values.background import BackgroundTask, TaskState
from data.values.errors import AppError
from data.values.instants import instant
from data.values.json_types import JsonObject
from data.values.metric_value import iso
from data.values.problem import Problem
from data.values.status import SyncState

log = logging.getLogger(__name__)
KIND = "sync"
PAUSE = timedelta(minutes=30)
# What may go better later.
PASSING = {
    "", "cancelled", "host_busy", "out_of_time", "rate_limited", "server_trouble", "stopped", "sync_busy",
    "unreachable",
}  # a table: kept in its rows  # fmt: skip


class SyncTasks:
    """The syncs of the sites in the table."""

    def __init__(self, sites: Sites, background: BackgroundService, began: datetime) -> None:
        """`began`: when this program was started."""
        self._sites = sites
        self._background = background
        self._began = int(began.timestamp() * 1e6)

    def newest(self, snapshot: Snapshot) -> BackgroundTask | None:
        """The sync of this site and query that was asked for last; None before the first, or without a table."""
        try:
            found = self._background.newest(snapshot.known_as, KIND)
        except AppError as error:
            log.warning("how the sync stands is not known: %s", error)
            return None
        return found if found is not None and found.spec.get("jql") == snapshot.jql else None

    def state(self, snapshot: Snapshot) -> SyncState:
        """How the sync of the site stands."""
        return state_of(self.newest(snapshot))

    def runs(self, snapshot: Snapshot) -> bool:
        """Whether a sync of the site waits or runs, in whatever process."""
        found = self.newest(snapshot)
        return found is not None and found.state.is_live

    def settled(self, snapshot: Snapshot) -> bool:
        """Whether the last sync did not end well, and repeating it unasked would be in vain or too early.

        A failure from before this program was started is tried again: what was wrong may have been mended since.
        """
        found = self.newest(snapshot)
        if found is None or found.ended_at is None or found.ended_at < self._began:
            return False
        if found.state not in (TaskState.FAILED, TaskState.CANCELLED):
            return False
        return found.code not in PASSING or self._sites.clock() - instant(found.ended_at) < PAUSE


def state_of(task: BackgroundTask | None) -> SyncState:
    """A sync of the table in the words of the page."""
    if task is None:
        return SyncState()
    started = iso(instant(task.started_at or task.created_at))
    if task.state.is_live:
        known = task.details
        phase, message = str(known.get("phase") or "connecting"), str(known.get("message") or "Connecting to Jira")
        return SyncState("running", phase, int(known.get("done") or 0), known.get("total"), message, None, started)
    done = {TaskState.COMPLETED: "done", TaskState.FAILED: "failed", TaskState.CANCELLED: "cancelled"}[task.state]
    return SyncState(done, problem=task.problem, started_at=started)


def spec_of(snapshot: Snapshot, full: bool) -> tuple[JsonObject, JsonObject]:
    """What a sync shall do, and what makes two of them the same one."""
    return {"jql": snapshot.jql, "full": full}, {"jql": snapshot.jql}


def said(progress: Progress) -> tuple[float, JsonObject]:
    """The progress of a sync, from 0 to 1, and its details."""
    share = progress.done / progress.total if progress.total else 0.0
    about = {"phase": progress.phase, "done": progress.done, "total": progress.total, "message": progress.message}
    return min(share, 1.0), about


def problem_of_result(result: SyncResult) -> Problem | None:
    """What to tell of a sync that did not end well."""
    if result.error is None:
        return None
    return Problem(
        "The last sync did not work.", result.error.get("message", ""), result.error.get("hint", ""), "danger"
    )
