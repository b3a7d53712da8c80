"""One limiter for each Jira host: a pause that Jira asks for holds for all threads, and a host that is down is not
asked for a while.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from data.jira.errors import LONGEST_PAUSE, Cancelled, HostBusy, JiraError, RateLimited

AT_ONCE = 8  # requests to one host, of all syncs of this process
SLOW_AT_ONCE = 1  # while Jira says that its limit is near
SLOW_PAUSE = 0.5  # seconds between requests then
SLOW_FOR = 10.0  # seconds after Jira said so last
FAILURES = 5  # failed requests in a row, each after all its tries, that open the circuit
COOL_DOWN = 30.0  # seconds in which nobody asks
LEASE = 185.0  # seconds after which a slot or a probe that nobody gave back is free again
LONGEST_SLOT_WAIT = 60.0  # seconds
TELL_AFTER = 2.0  # seconds of waiting that are told


def tell_nobody(_text: str) -> None:
    """Nobody wants to know what is waited for."""


class Lease:
    """The right to have one request under way. It ends when it is given back, and by itself at `until`."""

    def __init__(self, gate: HostLimiter, until: float) -> None:
        self._gate, self.until = gate, until

    def give_back(self) -> None:
        """The try is over; may be called more than once, from any thread."""
        self._gate.take_back(self)


class HostLimiter:
    """Where all requests to one host pass: `admit` once a request, `turn` gives the lease for each try.

    The circuit is open after FAILURES failed requests in a row: requests fail at once with the last problem. After
    COOL_DOWN one request is let through as a probe; a sender made since the circuit opened (somebody tries again) may
    probe without waiting.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        at_once: int = AT_ONCE,
        failures: int = FAILURES,
        cool_down: float = COOL_DOWN,
    ) -> None:
        self.clock, self.at_once, self.most_failures, self.cool_down = clock, at_once, failures, cool_down
        self.openings = 0  # how often the circuit opened
        self._state = threading.Condition()
        self._not_before = self._slow_until = self._closed_until = 0.0
        self._reason = self._said = ""
        self._leases: set[Lease] = set()
        self._failures = 0
        self._problem: JiraError | None = None
        self._probing = False
        self._probe_until = 0.0

    # ---- pauses and how many at once

    def hold(self, seconds: float, reason: str = "", text: str = "") -> None:
        """Nobody asks before so many seconds are over, an hour at most. `text`: Jira's own words about it."""
        with self._state:
            if (until := self.clock() + min(seconds, LONGEST_PAUSE)) > self._not_before:
                self._not_before, self._reason, self._said = until, reason, text

    def near_limit(self) -> None:
        """Jira said that its limit is near: fewer at once for a while."""
        with self._state:
            self._slow_until = self.clock() + SLOW_FOR
            self._not_before = max(self._not_before, self.clock() + SLOW_PAUSE)

    @property
    def under_way(self) -> int:
        """Requests that hold a lease now."""
        with self._state:
            return self._count_leases()

    def _count_leases(self) -> int:
        now = self.clock()
        self._leases = {lease for lease in self._leases if lease.until > now}
        return len(self._leases)

    def turn(
        self,
        longest: float,
        cancelled: Callable[[], bool],
        pause: Callable[[float], None],
        *,
        longest_slot_wait: float = LONGEST_SLOT_WAIT,
        lease: float = LEASE,
        tell: Callable[[str], None] = tell_nobody,
    ) -> Lease:
        """Waits until a request may go; its lease ends by itself after `lease` seconds.

        Raises Cancelled; RateLimited when a pause that Jira asked for lasts over `longest` seconds; HostBusy when all
        slots stay taken for `longest_slot_wait` seconds. What is waited for is told.
        """
        queued: float | None = None
        told = False
        while True:
            if cancelled():
                raise Cancelled
            with self._state:
                wait, reason, said = self._not_before - self.clock(), self._reason, self._said
                if wait <= 0:
                    if got := self._take(lease):
                        return got
                    queued = self.clock() if queued is None else queued
                    if self.clock() - queued >= longest_slot_wait:
                        raise HostBusy(self.clock() - queued)
                    self._state.wait(0.1)
            if wait <= 0:
                if not told and queued is not None and self.clock() - queued >= TELL_AFTER:
                    told = True
                    tell("Waiting: other requests to this Jira are under way")
                continue
            if wait > longest:
                raise RateLimited(round(wait), reason=reason, text=said)
            if wait >= TELL_AFTER:
                tell(f"Waiting {round(wait)} seconds, as Jira asked")
            pause(wait)

    def _take(self, seconds: float) -> Lease | None:
        """A lease, if a slot is free."""
        most = SLOW_AT_ONCE if self.clock() < self._slow_until else self.at_once
        if self._count_leases() >= most:
            return None
        made = Lease(self, self.clock() + seconds)
        self._leases.add(made)
        return made

    def take_back(self, lease: Lease) -> None:
        """Frees a slot; a lease that has ended already changes nothing."""
        with self._state:
            self._leases.discard(lease)
            self._state.notify()

    # ---- the circuit

    def admit(self, born: int, cancelled: Callable[[], bool]) -> bool:
        """Whether this request is a probe. Raises the last problem while the circuit is open.

        `born`: what `openings` was when the sender was made.
        """
        with self._state:
            while self._problem is not None:
                if cancelled():
                    raise Cancelled
                if self._probing and self.clock() < self._probe_until:
                    self._state.wait(0.1)
                elif self._probing or born >= self.openings or self.clock() >= self._closed_until:
                    self._probing, self._probe_until = True, self.clock() + LEASE
                    return True
                else:
                    left = max(1, round(self._closed_until - self.clock()))
                    raise type(self._problem)(
                        f"{self._problem.message} It is left alone for {left} seconds.",
                        hint=self._problem.hint,
                        status=self._problem.status,
                    )
            return False

    def worked(self) -> None:
        """The host answered."""
        with self._state:
            self._failures, self._problem, self._probing = 0, None, False
            self._state.notify_all()

    def failed(self, problem: JiraError, *, probe: bool) -> None:
        """A request failed after all its tries."""
        with self._state:
            self._failures += 1
            if probe or (self._failures >= self.most_failures and self._problem is None):
                self.openings += 1
                self._problem, self._closed_until = problem, self.clock() + self.cool_down
            self._probing = self._probing and not probe
            self._state.notify_all()

    def gave_up(self) -> None:
        """A probe ended without telling anything: it was cancelled."""
        with self._state:
            self._probing = False
            self._state.notify_all()


Origin = tuple[str, str | None, int | None]  # scheme, host, port
_gates: dict[Origin, HostLimiter] = {}
_making = threading.Lock()


def limiter_of(origin: Origin) -> HostLimiter:
    """The one limiter of this scheme, host and port in this process."""
    with _making:
        return _gates.setdefault(origin, HostLimiter())


def forget(origin: Origin | None = None) -> None:
    """Starts anew with a host, or with all: for tests, whose servers come and go on the same ports."""
    with _making, suppress(KeyError):
        _gates.clear() if origin is None else _gates.pop(origin)
