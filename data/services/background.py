"""Background tasks of the state folder: what waits, runs and has ended; asked for, cancelled, tried again."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from collections.abc import Collection
from pathlib import Path

from data.background.problems import TasksError
from data.background.table import TaskTable
from data.background.worker import Control as Control  # what services that work behind the page are given
from data.background.worker import Kind as Kind
from data.background.worker import Worker
from data.services.sites import Sites
from data.services.view import Snapshot
from data.values.background import BackgroundTask
from data.values.json_types import JsonObject
from data.values.problem import Problem

log = logging.getLogger(__name__)
FILE = "background.db"
PAGE, TERMINAL, API, PROGRAM = "page", "terminal", "api", "program"  # who asked, where nobody has a name


class BackgroundService:
    """The table of background tasks and this process's worker. Safe in several threads."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._path = sites.home.path / FILE
        self._lock = threading.Lock()
        self._table: TaskTable | None = None
        self.problem: Problem | None = None  # why the table is another one than that of the state folder
        self.worker = Worker(self.table)

    def table(self) -> TaskTable:
        """The table, made if need be. Where the state folder has no room for it, one that ends with this process, so
        that work goes on. Raises TasksError.
        """
        with self._lock:
            if self._table is None:
                try:
                    if self._sites.home.is_read_only and not self._path.exists():
                        raise TasksError("The state folder can only be read.")
                    self._table = TaskTable(self._path, clock=self._sites.clock)
                except TasksError as error:
                    log.warning("background tasks are kept in this process only: %s", error)
                    self.problem = None if self._sites.home.is_read_only else error.problem
                    folder = tempfile.mkdtemp(prefix="throughline-background-")
                    self._table = TaskTable(Path(folder) / FILE, clock=self._sites.clock)
            return self._table

    def known(self) -> TaskTable | None:
        """The table, where there is one: asking how things stand makes none. Raises TasksError."""
        return self.table() if self._table is not None or os.path.lexists(self._path) else None

    def add(self, kind: Kind) -> None:
        """A kind of task that this process can work on."""
        self.worker.kinds[kind.name] = kind

    def start(self) -> None:
        """Work on what is due from now on, in threads of this process."""
        self.worker.start()

    def stop(self, seconds: float) -> bool:
        """Give back what runs in this process; False when it had not stopped in time."""
        return self.worker.stop(seconds)

    def submit(
        self, site: str, kind: str, spec: JsonObject, *, by: str, alike: JsonObject | None = None, ring: bool = True
    ) -> BackgroundTask:
        """Queue a task, or get the same one that is live already. With `ring` this process works on it. Raises
        TasksError.
        """
        task, _ = self.table().submit(site, kind, spec, by=by, alike=alike)
        if ring:
            self.worker.ring()
        return task

    def newest(self, site: str, kind: str) -> BackgroundTask | None:
        """The task of this kind and site that was asked for last. Raises TasksError."""
        table = self.known()
        return table.newest(site, kind) if table else None

    def tasks(
        self, snapshot: Snapshot, *, kinds: Collection[str] = (), live: bool = False, most: int = 100
    ) -> list[BackgroundTask]:
        """Of the site in force: what waits or runs, then what has ended, the newest first. Raises TasksError."""
        table = self.known()
        return table.history(site=snapshot.known_as, kinds=kinds, live=live, most=most) if table else []

    def every(self, most: int = 1_000) -> list[BackgroundTask]:
        """Of all sites of the state folder. Raises TasksError."""
        table = self.known()
        return table.history(most=most) if table else []

    def finish_here(self, number: str) -> BackgroundTask:
        """Work on a task in this thread until it has ended, with all its tries; where another process works on it, wait
        for that. Raises NoSuchTask, TasksError.
        """
        while (task := self.table().one(number)).state.is_live:
            if not self.worker.run_one(number):
                time.sleep(0.2)
            elif self.worker.is_stopping:
                break
        return self.table().one(number) if task.state.is_live else task

    def one(self, number: str) -> BackgroundTask:
        """A task by its id. Raises NoSuchTask, TasksError."""
        return self.table().one(number)

    def cancel(self, number: str) -> BackgroundTask:
        """What waits is cancelled at once, what runs is asked to stop, wherever it runs. Raises NoSuchTask,
        TasksError.
        """
        task = self.table().cancel(number)
        self.worker.cancel(number)
        return task

    def retry(self, number: str, by: str, *, ring: bool = True) -> BackgroundTask:
        """Do again what failed or was cancelled. Raises NoSuchTask, TasksError."""
        task = self.table().retry(number, by)
        if ring:
            self.worker.ring()
        return task

    def run_due(self) -> list[BackgroundTask]:
        """Work on all that is due in this thread; what was worked on. Raises TasksError."""
        return self.worker.run_due()
