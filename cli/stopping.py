"""What SIGTERM and Ctrl-C do to a running sync: the first asks it to stop, the second stops at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STOPS = (signal.SIGTERM, signal.SIGINT)


class StopSignal:
    """Which signal asked to stop; `code` is the exit code that says so, 0 when none came."""

    number = 0

    @property
    def code(self) -> int:
        return 128 + self.number if self.number else 0


@contextmanager
def stopped_by_signals(cancel: Callable[[], None]) -> Iterator[StopSignal]:
    """While this runs, the first signal calls `cancel`; a second one does what it does to any program."""
    told = StopSignal()
    if threading.current_thread() is not threading.main_thread():  # only there can signals be listened to
        yield told
        return

    def stop(number: int, _frame: object) -> None:
        told.number = number
        put_back()
        cancel()

    heeded = [number for number in STOPS if signal.getsignal(number) != signal.SIG_IGN]  # nohup and the like mean it
    before = {number: signal.signal(number, stop) for number in heeded}

    def put_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    try:
        yield told
    finally:
        put_back()
