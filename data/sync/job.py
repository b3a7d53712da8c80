"""One long task at a time, in a thread of this process, watched by whoever asks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from data.jira.errors import JiraError
from data.platform.telemetry import span
from data.sync.run import SyncResult
from data.sync.stage import Progress
from data.values.errors import problem_of
from data.values.metric_value import iso
from data.values.problem import Problem
from data.values.status import SyncState

log = logging.getLogger(__name__)
PAUSE = timedelta(minutes=30)
PASSING = {
    "cancelled",
    "host_busy",
    "out_of_time",
    "rate_limited",
    "server_trouble",
    "sync_busy",
    "unreachable",
}  # may go better later
Work = Callable[[Callable[[Progress], None], Callable[[], bool]], SyncResult]


class SyncJob:
    """Runs a sync in the background; a second start while one runs changes nothing."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._cancel = threading.Event()
        self._state = SyncState()
        self.result: SyncResult | None = None
        self.about = ""  # the site that the last started sync is of
        self._ended: datetime | None = None

    @property
    def state(self) -> SyncState:
        return self._state

    @property
    def running(self) -> bool:
        return self._state.state == "running"

    @property
    def settled(self) -> bool:
        """Whether the last sync did not end well, and repeating it unasked would be in vain or too early."""
        if self._ended is None or self._state.state not in ("failed", "cancelled"):
            return False
        code = ((self.result and self.result.error) or {}).get("code")
        return code not in PASSING or self._clock() - self._ended < PAUSE

    def start(self, work: Work) -> SyncState:
        """Start unless running."""
        with self._lock:
            if not self.running:
                self._cancel.clear()
                self.result = None
                self._state = SyncState(
                    "running", "connecting", message="Connecting to Jira", started_at=iso(self._clock())
                )
                self._thread = threading.Thread(target=self._run, args=(work,), name="sync", daemon=True)
                self._thread.start()
            return self._state

    def cancel(self) -> None:
        """Ask the sync to stop; it does before its next request."""
        self._cancel.set()

    def wait(self, seconds: float | None = None) -> SyncState:
        """Until the sync has ended or the time is up."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return self._state

    def run(self, work: Work, report: Callable[[Progress], None]) -> SyncResult:
        """In the calling thread."""
        self._cancel.clear()
        return self._do(work, report)

    def _do(self, work: Work, report: Callable[[Progress], None]) -> SyncResult:
        with span("sync") as told:
            result = work(report, self._cancel.is_set)
            told |= {
                "mode": result.mode,
                "issues": result.fetched,
                "changed": result.changed,
                "complete": result.complete,
            }
        self.result = result
        return result

    def _report(self, progress: Progress) -> None:
        self._state = replace(
            self._state,
            phase=progress.phase,
            done=progress.done,
            total=progress.total,
            message=progress.message,
        )

    def _run(self, work: Work) -> None:
        try:
            result = self._do(work, self._report)
        except JiraError as error:  # before anything was asked: no address, no token
            self._end("failed", Problem("The last sync did not work.", error.message, error.hint, "danger"))
            return
        except Exception as error:
            log.exception("sync failed")
            known = problem_of(error)
            why = f"{known.what} {known.why}".strip() if known else type(error).__name__
            hint = known.todo if known else ""
            hint = hint or "The log has the details; the data you have stays as it is."
            self._end("failed", Problem("The sync stopped unexpectedly.", why, hint, "danger"))
            return
        self._end(*outcome(result))

    def _end(self, state: str, problem: Problem | None) -> None:
        self._ended = self._clock()
        self._state = replace(self._state, state=state, problem=problem, message="")


def outcome(result: SyncResult) -> tuple[str, Problem | None]:
    """done, failed or cancelled, and what to tell."""
    if result.error is None:
        return "done", None
    if result.error.get("code") == "cancelled":
        return "cancelled", None
    return "failed", Problem(
        "The last sync did not work.", result.error.get("message", ""), result.error.get("hint", ""), "danger"
    )
