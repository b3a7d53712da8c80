"""Deadlines and cancellations end the socket, wherever the answer stands; slots are given back, and waiting is
bounded.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.jira import host_limiter
from data.jira.connection import Connection
from data.jira.endpoints import Request
from data.jira.errors import Cancelled, HostBusy, JiraError, Unreachable
from data.jira.host_limiter import HostLimiter
from data.jira.sender import RetryPolicy, Sender
from data.store.issue_store import IssueStore
from data.sync.run import Progress, SyncResult, sync
from tests.data.jira.fake import FakeJira, FakeSite, Reply
from tests.faults.conftest import empty
from tests.faults.drips import PLACES, Dripping
from tests.faults.variants import LONG

GET = Request("GET", "/x")
SOON = 30.0  # seconds that none of this takes by far; a deadline that does not hold takes for ever


@contextmanager
def asking(url: str, work: Callable[[Sender], object], **more) -> Iterator[list[BaseException | None]]:
    """Runs `work` with a sender in a thread; at the end the thread must have ended, and the list has what it raised."""
    patience = RetryPolicy(timeout=(5, 25), tries=2, deadline=more.pop("deadline", 60))
    sender = Sender(Connection(url, "", "t"), patience=patience, **more)
    raised: list[BaseException | None] = []

    def run() -> None:
        try:
            work(sender)
            raised.append(None)
        except JiraError as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield raised
    thread.join(SOON)
    assert not thread.is_alive(), "the request is still running"


@pytest.mark.parametrize("place", PLACES)
def test_a_deadline_ends_the_socket_wherever_the_answer_stands(place):
    with Dripping(place) as server, asking(server.url, lambda sender: sender.send(GET), deadline=0.4) as raised:
        pass
    assert isinstance(raised[0], Unreachable), raised[0]
    assert host_limiter.limiter_of(("http", "127.0.0.1", int(server.url.rpartition(":")[2]))).under_way == 0


@pytest.mark.parametrize("place", PLACES)
def test_a_cancellation_ends_the_socket_wherever_the_answer_stands(place):
    stop = threading.Event()
    with (
        Dripping(place) as server,
        asking(server.url, lambda sender: sender.send(GET), cancelled=stop.is_set) as raised,
    ):
        assert server.came.acquire(timeout=SOON)
        stop.set()
    assert isinstance(raised[0], Cancelled), raised[0]


def test_a_connection_that_was_kept_open_is_ended_too():
    """The second request of a session uses the socket of the first."""
    slow = threading.Event()

    def answer(_asked) -> Reply:
        slow.wait(SOON)
        return Reply(200, [])

    with FakeJira(**{"/x": Reply(200, []), "/y": answer}) as fake:

        def work(sender: Sender) -> None:
            sender.send(GET)
            sender.send(Request("GET", "/y"))

        with asking(fake.url, work, deadline=0.5) as raised:
            pass
        slow.set()
    assert isinstance(raised[0], Unreachable)


def test_a_handshake_that_does_not_end_is_ended():
    """TLS: the server takes the connection and says nothing, or one byte now and then."""
    with Dripping("status line") as server:
        url = server.url.replace("http://", "https://")
        with asking(url, lambda sender: sender.send(GET), deadline=0.4) as raised:
            pass
    assert isinstance(raised[0], JiraError)


def test_the_socket_is_closed_not_only_left():
    stop = threading.Event()
    with Dripping("body") as server:
        with asking(server.url, lambda sender: sender.send(GET), cancelled=stop.is_set):
            assert server.came.acquire(timeout=SOON)
            stop.set()
        end = time.monotonic() + SOON
        while server.gone < server.connections and time.monotonic() < end:
            time.sleep(0.01)
        assert server.gone == server.connections


def test_a_slot_is_free_again_after_its_time_whatever_its_thread_does():
    """A thread that waits for a name server cannot be woken; its slot does not wait with it."""
    now = [100.0]
    door = HostLimiter(clock=lambda: now[0], at_once=1)
    lease = door.turn(0, lambda: False, time.sleep, lease=20)
    assert door.under_way == 1
    with pytest.raises(HostBusy):
        door.turn(0, lambda: False, time.sleep, longest_slot_wait=0)
    now[0] += 21
    door.turn(0, lambda: False, time.sleep, longest_slot_wait=0)
    lease.give_back()
    assert door.under_way == 1, "the lease that had ended took the place of the new one along"


def test_a_cancelled_request_gives_its_slot_back_although_its_thread_is_stuck(monkeypatch):
    stop, stuck = threading.Event(), threading.Event()

    def never_resolves(*_args, **_more):
        stuck.set()
        time.sleep(2)
        raise OSError("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", never_resolves)
    door = HostLimiter()
    with asking("http://localhost:9", lambda sender: sender.send(GET), cancelled=stop.is_set, gate=door):
        assert stuck.wait(SOON)
        assert door.under_way == 1
        stop.set()
        end = time.monotonic() + 1.5
        while door.under_way and time.monotonic() < end:
            time.sleep(0.01)
        assert door.under_way == 0


def test_waiting_for_a_slot_is_told_and_bounded():
    now, told = [100.0], []
    door = HostLimiter(clock=lambda: now[0], at_once=1)
    door.turn(0, lambda: False, time.sleep)

    def later() -> bool:
        now[0] += 1
        return False

    with pytest.raises(HostBusy, match="none of them ended within 30 seconds") as caught:
        door.turn(0, later, time.sleep, longest_slot_wait=30, tell=told.append)
    assert told == ["Waiting: other requests to this Jira are under way"]
    assert caught.value.hint


def test_a_busy_host_is_no_failure_of_the_host():
    """The circuit neither opens nor closes by requests that were never sent."""
    door = HostLimiter(at_once=1, failures=1)
    door.turn(0, lambda: False, time.sleep)
    with FakeJira(**{"/x": Reply(200, [])}) as fake:
        sender = Sender(Connection(fake.url, "", "t"), patience=RetryPolicy(slot_wait=0.1), gate=door)
        for _ in range(3):
            with pytest.raises(HostBusy):
                sender.send(GET)
        assert door.openings == 0
        assert not fake.asked


def test_a_probe_that_never_ends_does_not_keep_the_others_waiting():
    now = [100.0]
    door = HostLimiter(clock=lambda: now[0], failures=1)
    door.failed(Unreachable(), probe=False)
    assert door.admit(1, lambda: False)
    now[0] += host_limiter.LEASE + 1
    assert door.admit(1, lambda: False)


def test_a_sync_tells_that_it_waits(tmp_path):
    """Somebody else holds all slots; the words of the progress say so, and the sync goes on when one is free."""
    with FakeSite(3) as site:
        door = host_limiter.limiter_of(("http", "127.0.0.1", int(site.url.rpartition(":")[2])))
        held = [door.turn(0, lambda: False, time.sleep) for _ in range(host_limiter.AT_ONCE)]
        told: list[str] = []

        def report(progress: Progress) -> None:
            told.append(progress.message)
            if progress.message.startswith("Waiting"):
                for each in held:
                    each.give_back()

        store = IssueStore(tmp_path / "issues.db")
        result = sync(Connection(site.url, "", "t"), store, report=report)
        store.close()
    assert result.error is None
    assert "Waiting: other requests to this Jira are under way" in told


# ---- the campaign: syncs that are cancelled while a server drips


def cancelled_sync(server: Dripping, folder: Path, wait: float) -> SyncResult:
    """A sync that is cancelled a little after its first request arrived, which it does within 5 seconds."""
    stop = threading.Event()
    path = folder / "issues.sqlite"
    path.write_bytes(empty())
    store = IssueStore(path)
    found: list[SyncResult] = []

    def run() -> None:
        found.append(sync(Connection(server.url, "", "t"), store, cancelled=stop.is_set))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert server.came.acquire(timeout=5), "the sync does not start within 5 s"
    time.sleep(wait)
    stop.set()
    thread.join(SOON)
    assert not thread.is_alive(), "a cancelled sync does not end"
    store.close()
    return found[0]


@pytest.mark.parametrize("count", [6, pytest.param(100, marks=LONG)])
def test_cancelled_syncs_leave_no_slot_behind(tmp_path, count):
    """At random instants, at all places of an answer: 0 slots are held afterwards, and the next sync starts at once."""
    dice = random.Random(count)  # noqa: S311 - reproducible
    names = list(PLACES)
    with Dripping(names[0]) as server:
        for number in range(count):
            place = names[number % len(names)]
            server.drip(place, dice.choice([0.001, 0.02, 0.3]))
            result = cancelled_sync(server, tmp_path, dice.random() * 0.4)
            assert result.error is not None and result.error["code"] == "cancelled", place
            assert slots_held(server.url) == 0, place


def slots_held(url: str) -> int:
    """Of this host, when those that are being given back are back."""
    door = host_limiter.limiter_of(("http", "127.0.0.1", int(url.rpartition(":")[2])))
    end = time.monotonic() + 5
    while door.under_way and time.monotonic() < end:
        time.sleep(0.01)
    return door.under_way


def test_a_host_that_drips_on_many_cancelled_syncs_is_asked_again_at_once():
    """More requests than there are slots, all cancelled; then one more: it arrives."""
    with Dripping("header") as server:
        stop = threading.Event()
        senders = [
            Sender(Connection(server.url, "", "t"), cancelled=stop.is_set) for _ in range(3 * host_limiter.AT_ONCE)
        ]

        def ask(sender: Sender) -> None:
            with pytest.raises(Cancelled):
                sender.send(GET)

        threads = [threading.Thread(target=ask, args=(each,), daemon=True) for each in senders]
        for each in threads:
            each.start()
        for _ in range(host_limiter.AT_ONCE):
            assert server.came.acquire(timeout=SOON)
        stop.set()
        for each in threads:
            each.join(SOON)
            assert not each.is_alive()
        assert slots_held(server.url) == 0
        assert server.connections == host_limiter.AT_ONCE
        again = threading.Event()
        with asking(server.url, lambda sender: sender.send(GET), cancelled=again.is_set):
            assert server.came.acquire(timeout=5), "the next request does not start within 5 s"
            again.set()
