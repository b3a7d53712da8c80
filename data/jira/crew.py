"""A small pool of threads that ask Jira at the same time; results come out in the order in which they are ready."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from data.jira.errors import BadQuery, Cancelled, JiraError
from data.jira.sender import never

AT_ONCE = 4
GRACE = 5.0  # seconds for answers that are under way when another one fails
T = TypeVar("T")


class _Skipped(Exception):
    """Not begun, because something else failed."""


class Crew:
    """A few threads; what they bring comes out of `results` in the order in which it is ready. Use as a context."""

    def __init__(self, cancelled: Callable[[], bool] = never, size: int = AT_ONCE) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="jira")
        self._ready: queue.Queue[tuple[Any, Future[Any]]] = queue.Queue()
        self._cancelled = cancelled
        self._to_do: deque[tuple[Any, Callable[[], Any]]] = deque()
        self._under_way = 0
        self._running = 0
        self._failed = False
        self._lock = threading.Lock()
        self._most = 2 * size  # answers that nobody took yet must not pile up

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        # A thread that still waits for the network ends by its time limit; nobody waits for it.
        self._pool.shutdown(wait=False, cancel_futures=True)

    def start(self, name: Any, work: Callable[..., Any], *args: Any, **more: Any) -> None:
        """Has `work` done; `name` comes back with its result."""
        self._to_do.append((name, partial(work, *args, **more)))
        self._launch()

    def start_next(self, name: Any, work: Callable[..., Any], *args: Any, **more: Any) -> None:
        """The same, before all that waits."""
        self._to_do.appendleft((name, partial(work, *args, **more)))
        self._launch()

    def _launch(self) -> None:
        while self._to_do and self._under_way < self._most:
            name, work = self._to_do.popleft()
            self._under_way += 1
            self._pool.submit(self._run, work).add_done_callback(partial(self._bring, name))

    def _run(self, work: Callable[[], Any]) -> Any:
        with self._lock:
            if self._failed:
                raise _Skipped
            self._running += 1
        try:
            return work()
        except JiraError as error:
            self._failed = self._failed or not isinstance(error, BadQuery)
            raise
        finally:
            with self._lock:
                self._running -= 1

    def _bring(self, name: Any, done: Future[Any]) -> None:
        self._ready.put((name, done))

    def results(self) -> Iterator[tuple[Any, Future[Any]]]:
        """(name, what became of it) until nothing is open; more may be started meanwhile. Raises Cancelled.

        What is there already comes before a failure or a cancellation, so that it can be kept.
        """
        while self._under_way:
            if self._cancelled():
                yield from self._good()
                raise Cancelled
            try:
                name, done = self._ready.get(timeout=0.2)
            except queue.Empty:
                continue
            self._under_way -= 1
            if isinstance(done.exception(), _Skipped):
                continue  # the failure that it was left out for is on its way
            if isinstance(error := done.exception(), JiraError) and not isinstance(error, BadQuery):
                self._wait_for_running()
                yield from self._good()
            else:
                self._launch()
            yield name, done

    def _wait_for_running(self) -> None:
        end = time.monotonic() + GRACE
        while self._running and time.monotonic() < end and not self._cancelled():
            time.sleep(0.01)

    def _good(self) -> Iterator[tuple[Any, Future[Any]]]:
        """What is ready and did not fail."""
        while True:
            try:
                name, done = self._ready.get_nowait()
            except queue.Empty:
                return
            self._under_way -= 1
            if done.exception() is None:
                yield name, done


def patiently(work: Callable[[], T], cancelled: Callable[[], bool] = never) -> T:
    """`work()`, in another thread, so that a cancellation need not wait for the network. Raises Cancelled."""
    with Crew(cancelled, 1) as crew:
        crew.start("", work)
        for _, done in crew.results():
            result: T = done.result()
            return result
    raise Cancelled
