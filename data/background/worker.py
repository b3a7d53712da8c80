"""Works on background tasks in threads of this process. The table says what there is to do; this only follows it.

Whoever adds a task rings the bell; a bell that was not heard does no harm, since the worker looks by itself too.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from data.background.problems import TaskCancelled, TaskFailed, TasksError
from data.background.rows import owner_name
from data.background.table import TRIES, TaskTable
from data.values.background import BackgroundTask, TaskState
from data.values.errors import AppError, code_of, problem_of
from data.values.json_types import JsonObject
from data.values.problem import Problem

log = logging.getLogger(__name__)
LEASE = 30.0  # seconds without a sign of life after which another process takes the task
TICK = 0.5  # seconds between two looks at what runs: progress is written, and a wish to cancel is heard
IDLE = 2.0  # seconds between two looks for what others have added
THREADS = 2
FIRST_WAIT = 2.0  # seconds before the second try; twice as long before the third


class Control:
    """What the work of a task holds: it says how far it is, and hears when it shall stop. Safe in several threads."""

    def __init__(self, task: BackgroundTask, owner: str, by_hand: Callable[[], bool] = lambda: False) -> None:
        self.task, self.owner = task, owner
        self.stopped = threading.Event()  # the work shall end, for whatever reason
        self.wanted = False  # … because somebody cancelled it
        self.lost = False  # … because another process has taken the task
        self.progress: float | None = None
        self.details: JsonObject = {}
        self.changed = False
        self._by_hand = by_hand

    def report(self, progress: float, **details: object) -> None:
        """From 0 to 1, and what is being done. It is written at the next tick."""
        self.progress, self.details, self.changed = progress, details, True

    def cancelled(self) -> bool:
        """Whether the work shall stop."""
        return self.stopped.is_set() or self._by_hand()

    def check(self) -> None:
        """Raises TaskCancelled when the work shall stop."""
        if self.cancelled():
            raise TaskCancelled

    def cancel(self) -> None:
        """Somebody wants it to stop."""
        self.wanted = True
        self.stopped.set()


@dataclass(frozen=True)
class Kind:
    """A kind of task. `run` gives the result, as plain JSON types; it raises TaskFailed for what no new try mends."""

    name: str
    run: Callable[[BackgroundTask, Control], JsonObject]
    tries: int = TRIES


@dataclass
class _Running:
    control: Control
    renewed: float  # by the monotonic clock
    thread: threading.Thread | None = field(default=None)


class Worker:
    """The tasks of one process. `lease`, `tick`, `idle` in seconds; tests make them short."""

    def __init__(
        self,
        table: Callable[[], TaskTable],
        *,
        threads: int = THREADS,
        lease: float = LEASE,
        tick: float = TICK,
        idle: float = IDLE,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self._table = table
        self.kinds: dict[str, Kind] = {}
        self._threads, self._lease, self._tick, self._idle, self._wait = threads, lease, tick, idle, first_wait
        self._lock = threading.Lock()
        self._bell = threading.Event()
        self._running: dict[str, _Running] = {}
        self._ended = threading.Condition(self._lock)
        self._thread: threading.Thread | None = None
        self._process = 0
        self._stopping = False
        self._takes = self._serves = False

    def start(self, *, take: bool = True, serve: bool = True) -> None:
        """Follow the table from now on, in a thread. A second call changes nothing. With `take` off only what is
        already worked on is kept; with `serve` off the thread ends when nothing waits or runs any more.
        """
        with self._lock:
            self._takes, self._serves = self._takes or take, self._serves or serve
            if self._stopping or (
                self._thread is not None and self._process == os.getpid() and self._thread.is_alive()
            ):
                return
            if self._process != os.getpid():  # after a fork nothing of the parent runs here
                self._running = {}
            self._process = os.getpid()
            self._thread = threading.Thread(target=self._follow, name="background", daemon=True)
            self._thread.start()

    def ring(self) -> None:
        """Something may be to do."""
        self._bell.set()
        self.start(serve=False)

    def cancel(self, number: str) -> None:
        """Tell a task of this process at once what the table says too."""
        with self._lock:
            if number in self._running:
                self._running[number].control.cancel()

    def wait(self, number: str, seconds: float | None = None) -> bool:
        """Until a task of this process has ended; False when the time was up first."""
        until = None if seconds is None else time.monotonic() + seconds
        while True:
            with self._ended:
                left = None if until is None else until - time.monotonic()
                if not self._ended.wait_for(lambda: number not in self._running, left):
                    return False
            found = self._table().one(number)
            if not found.state.is_live or (until is not None and time.monotonic() >= until):
                return not found.state.is_live
            time.sleep(0.02)

    def stop(self, seconds: float) -> bool:
        """Take nothing more, and give back what runs: another process, or the next start, goes on with it."""
        with self._lock:
            self._stopping = True
            for each in self._running.values():
                each.control.stopped.set()
        self._bell.set()
        with self._ended:
            return self._ended.wait_for(lambda: not self._running, seconds)

    def run_due(self) -> list[BackgroundTask]:
        """Work on all that is due in this thread, one after the other, until nothing is; what was worked on."""
        done: list[BackgroundTask] = []
        while (taken := self._table().take(tuple(self.kinds), self._lease)) is not None:
            self.run_taken(*taken)
            done.append(self._table().one(taken[0].id))
        return done

    @property
    def is_stopping(self) -> bool:
        """Whether it takes nothing more."""
        return self._stopping

    def run_one(self, number: str) -> bool:
        """Work on this task in this thread, if it is due and nobody works on it."""
        owner = owner_name()
        task = None if self._stopping else self._table().take_one(number, owner, self._lease)
        if task is not None:
            self.run_taken(task, owner)
        return task is not None or self._stopping

    def run_taken(self, task: BackgroundTask, owner: str, by_hand: Callable[[], bool] = lambda: False) -> None:
        """Work on a task that this caller has taken, in this thread."""
        self.start(take=False, serve=False)
        self._work(self._added(task, owner, by_hand))

    def run_here(
        self,
        site: str,
        kind: str,
        spec: JsonObject,
        work: Callable[[Control], JsonObject],
        *,
        by: str,
        alike: JsonObject | None = None,
    ) -> JsonObject:
        """Do `work` as a task in this thread, and pass on what it gives or raises. Where the same task is live
        elsewhere, or the table cannot be used, the work is done without it.
        """
        owner = owner_name()
        task = self._begun(site, kind, spec, by=by, alike=alike, owner=owner)
        if task is None:
            return work(Control(_nowhere(site, kind, spec, by), owner))
        self.start(take=False, serve=False)
        control = self._added(task, owner)
        try:
            result = work(control)
        except BaseException as error:
            self._end(control, *_ending(error, control))
            raise
        self._end(control, TaskState.COMPLETED, result, "", None)
        return result

    # ---- inside

    def _begun(
        self, site: str, kind: str, spec: JsonObject, *, by: str, alike: JsonObject | None, owner: str
    ) -> BackgroundTask | None:
        """A task taken by `owner`; None where somebody else works on the same one, or the table cannot be used."""
        try:
            task, _ = self._table().submit(site, kind, spec, by=by, alike=alike)
            return self._table().take_one(task.id, owner, self._lease)
        except TasksError as error:
            log.warning("the task is done without the table: %s", error)
            return None

    def _added(self, task: BackgroundTask, owner: str, by_hand: Callable[[], bool] = lambda: False) -> Control:
        control = Control(task, owner, by_hand)
        with self._lock:
            self._running[task.id] = _Running(control, time.monotonic())
        return control

    def _follow(self) -> None:
        while not self._stopping or self._running:
            try:
                self._look()
            except AppError as error:
                log.warning("background tasks: %s", error)
            except Exception:
                log.exception("background tasks could not be looked at")
            if self._is_over():
                return
            self._bell.wait(self._tick if self._running else self._idle)
            self._bell.clear()

    def _is_over(self) -> bool:
        """Whether the thread may end; from then on it counts as ended."""
        if self._serves or self._running:
            return False
        try:
            waits = self._takes and self._table().next_due() is not None
        except AppError:
            waits = False
        with self._lock:
            if waits or self._running or self._serves or self._bell.is_set():
                return False
            self._thread = None
            return True

    def _look(self) -> None:
        """One turn: keep what runs, end what was left, take what is due."""
        self._keep()
        self._table().sweep()
        while self._takes and not self._stopping and len(self._running) < self._threads:
            with self._lock:
                here = tuple(self._running)
            taken = self._table().take(tuple(self.kinds), self._lease, but=here)
            if taken is None:
                return
            control = self._added(*taken)
            thread = threading.Thread(target=self._work, args=(control,), name=taken[0].kind, daemon=True)
            self._running[taken[0].id].thread = thread
            thread.start()

    def _keep(self) -> None:
        with self._lock:
            running = list(self._running.values())
        if not running:
            return
        stops = self._table().stops([each.control.owner for each in running])
        for each in running:
            control = each.control
            if control.owner not in stops:
                self._check_lost(control)
                continue
            if stops[control.owner]:
                control.cancel()
            if control.changed or time.monotonic() - each.renewed > self._lease / 3:
                control.changed = False
                self._table().renew(control.task.id, control.owner, self._lease, control.progress, control.details)
                each.renewed = time.monotonic()

    def _check_lost(self, control: Control) -> None:
        with self._lock:
            ours = control.task.id in self._running  # it has not just ended
        if ours and not control.lost:
            log.warning("task %s (%s) is no longer ours", control.task.id, control.task.kind)
            control.lost = True
            control.stopped.set()

    def _work(self, control: Control) -> None:
        kind = self.kinds[control.task.kind]
        try:
            result = kind.run(control.task, control)
        except Exception as error:  # noqa: BLE001 - whatever it is, the table says so
            self._after(error, control, kind)
        else:
            self._end(control, TaskState.COMPLETED, result, "", None)

    def _after(self, error: Exception, control: Control, kind: Kind) -> None:
        """What becomes of a task whose work raised something."""
        if (self._stopping or program_ends()) and not control.wanted:
            self._put_back(control, 0.0, "", None, count=False)
            return
        state, result, code, problem = _ending(error, control)
        hopeless = isinstance(error, TaskFailed) or (isinstance(error, AppError) and error.usage)
        again = state is TaskState.FAILED and not hopeless and control.task.tries < min(kind.tries, TRIES)
        if again and not control.wanted:
            wait = self._wait * 2 ** (control.task.tries - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - not a secret
            log.info("task %s (%s) is tried again in %.1f s: %s", control.task.id, kind.name, wait, code)
            self._put_back(control, wait, code, problem)
            return
        self._end(control, state, result, code, problem)

    def _put_back(
        self, control: Control, wait: float, code: str, problem: Problem | None, *, count: bool = True
    ) -> None:
        number, owner = control.task.id, control.owner
        self._written(
            control,
            lambda: self._table().put_back(number, owner, wait, code=code, problem=problem, count=count),
        )

    def _end(
        self, control: Control, state: TaskState, result: JsonObject | None, code: str, problem: Problem | None
    ) -> None:
        def write() -> bool:
            number, owner = control.task.id, control.owner
            return self._table().finish(number, owner, state, result=result, code=code, problem=problem)

        self._written(control, write)

    def _written(self, control: Control, write: Callable[[], bool]) -> None:
        """Write how the task ended, for as long as the lease lasts; then let it go."""
        until = time.monotonic() + self._lease
        try:
            while not control.lost:
                try:
                    control.lost = not write()
                    return
                except AppError as error:
                    log.warning("task %s: its end cannot be written yet: %s", control.task.id, error)
                    if self._stopping or time.monotonic() > until:
                        return
                    time.sleep(self._tick)
        finally:
            with self._ended:
                self._running.pop(control.task.id, None)
                self._ended.notify_all()
            self._bell.set()


def program_ends() -> bool:
    """Whether the interpreter is being taken apart. It starts no thread then, before anybody was asked to stop, and
    what work raises for that reason is no failure.
    """
    return not threading.main_thread().is_alive()


def _ending(error: BaseException, control: Control) -> tuple[TaskState, JsonObject | None, str, Problem | None]:
    """State, result, code and words for what the work raised."""
    if isinstance(error, TaskCancelled) or control.wanted:
        return TaskState.CANCELLED, None, "", None
    if isinstance(error, TaskFailed):
        return TaskState.FAILED, error.result, error.error_code, error.problem
    known = problem_of(error)
    if known is None:
        log.error("a background task of kind %s failed", control.task.kind, exc_info=error)
        name = type(error).__name__
        known = Problem("Something went wrong inside the program.", f"{name}.", "The log has the details.", "danger")
    return TaskState.FAILED, None, code_of(error), known


def _nowhere(site: str, kind: str, spec: JsonObject, by: str) -> BackgroundTask:
    """A task that no table holds."""
    return BackgroundTask("", site, kind, TaskState.RUNNING, spec, 1, 0, by, 0, 0)
