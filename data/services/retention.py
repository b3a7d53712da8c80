"""What is removed because it is old, once a day: job records, the history of background tasks, files of exports,
lines of the audit log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from data.services.background import PROGRAM, BackgroundService, Control
from data.services.jtbd import JobsService
from data.services.sites import Sites
from data.services.view import Snapshot
from data.values.background import BackgroundTask
from data.values.errors import AppError
from data.values.instants import instant
from data.values.json_types import JsonObject

log = logging.getLogger(__name__)
KIND = "retention"
DAY = timedelta(days=1)


class Files(Protocol):
    """Files of exports."""

    def remove_old(self, snapshot: Snapshot) -> int:
        """Remove files that nobody may fetch any more; how many."""


class Lines(Protocol):
    """The audit log."""

    def remove_old(self, before: int) -> int:
        """Remove the lines from before an instant (µs); how many."""


class RetentionService:
    """The daily run, written down in the table of background tasks."""

    def __init__(
        self,
        sites: Sites,
        jobs: JobsService,
        background: BackgroundService,
        files: Callable[[], Files],
        audit: Callable[[], Lines],
    ) -> None:
        self._sites = sites
        self._jobs = jobs
        self._background = background
        self._files = files
        self._audit = audit

    def run_if_due(self, snapshot: Snapshot) -> None:
        """The daily run, in this thread: after a sync and when a server starts. What goes wrong is logged."""
        try:
            if self._sites.home.is_read_only or not self._is_due(snapshot):
                return
            self._background.worker.run_here(snapshot.known_as, KIND, {}, lambda _: self._removed(snapshot), by=PROGRAM)
        except AppError as error:
            log.warning("what is old was not removed: %s", error)

    def _is_due(self, snapshot: Snapshot) -> bool:
        if self._jobs.retention_is_due(snapshot):
            return True
        last = self._background.newest(snapshot.known_as, KIND)
        return last is None or not timedelta(0) <= self._sites.clock() - instant(last.created_at) < DAY

    def work(self, _task: BackgroundTask, _control: Control) -> JsonObject:
        """A run of the table. Raises AppError."""
        return self._removed(self._sites.snapshot())

    def _removed(self, snapshot: Snapshot) -> JsonObject:
        records = self._jobs.retain(snapshot)
        settings = snapshot.settings.background
        return {
            "records": dict(records.removed) if records else {},
            "exports": self._files().remove_old(snapshot),
            "tasks": self._background.table().remove_ended(self._before(settings.history_days)),
            "audit": self._audit().remove_old(self._before(settings.audit_days)),
        }

    def _before(self, days: int) -> int:
        """The instant so many days ago, in µs."""
        return round((self._sites.clock() - timedelta(days=days)).timestamp() * 1e6)
