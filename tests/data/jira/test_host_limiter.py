"""One gate for each host: pauses hold for all threads, a host that is down is left alone."""

from __future__ import annotations

import threading

import pytest

from data.jira import host_limiter
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.endpoints import Request
from data.jira.errors import Cancelled, NotFound, RateLimited, ServerTrouble, Unreachable
from data.jira.host_limiter import COOL_DOWN, FAILURES, SLOW_FOR, HostLimiter
from data.jira.sender import RetryPolicy, Sender, never
from tests.data.jira.fake import FakeJira, Reply


class Clock:
    """A clock that only pauses move on."""

    def __init__(self) -> None:
        self.now, self.pauses = 100.0, []

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def door(clock):
    return HostLimiter(clock=clock)


def sender(fake, door, clock, **more):
    return Sender(Connection(fake.url, "", "t"), patience=RetryPolicy(tries=1, **more), gate=door, pause=clock.pause)


GET = Request("GET", "/x")


def test_a_pause_that_one_was_told_holds_for_all(clock, door):
    with FakeJira(**{"/x": [Reply(429, {}, {"Retry-After": "20"}), Reply(200, {})]}) as fake:
        one, other = (sender(fake, door, clock) for _ in range(2))
        with pytest.raises(RateLimited):
            one.send(GET)
        other.send(GET)
    assert clock.now >= 120.0


def test_nobody_waits_longer_than_he_wants_and_nobody_asks_before_the_time(clock, door):
    with FakeJira(
        **{"/x": [Reply(429, {}, {"Retry-After": "3600", "RateLimit-Reason": "quota"}), Reply(200, {})]}
    ) as fake:
        for _ in range(3):
            with pytest.raises(RateLimited, match="quota") as caught:
                sender(fake, door, clock).send(GET)
            clock.pause(60)
        assert caught.value.retry_after == pytest.approx(3480, abs=1)
        assert len(fake.asked) == 1
        clock.pause(3600)
        sender(fake, door, clock).send(GET)


def test_all_clients_of_a_site_share_its_gate():
    with FakeJira() as fake:
        one, other = (Jira(Connection(f"{fake.url}{path}", "", "t")) for path in ("", "/jira"))
        assert one._sender.gate is other._sender.gate
        assert one._sender.gate is not host_limiter.limiter_of(("https", "elsewhere.example", 443))


def test_fewer_at_once_near_the_limit(clock, door):
    def got():
        try:
            door.turn(0, lambda: len(tries) > 3 or tries.append(1), clock.pause)
        except Cancelled:
            return False
        return True

    tries: list[int] = []
    assert [got() for _ in range(3)] == [True] * 3
    door.near_limit()
    clock.pause(1)
    assert not got(), "three are under way"
    clock.pause(SLOW_FOR)
    tries.clear()
    assert got()


def test_the_header_of_a_good_answer_slows_down(clock, door):
    with FakeJira(**{"/x": Reply(200, {}, {"X-RateLimit-NearLimit": "true"})}) as fake:
        asks = sender(fake, door, clock)
        asks.send(GET)
        asks.send(GET)
    assert clock.now >= 100.5


def test_a_host_that_is_down_is_left_alone(clock, door):
    with FakeJira(**{"/x": Reply(503)}) as fake:
        asks = sender(fake, door, clock)
        for _ in range(FAILURES + 4):
            with pytest.raises(ServerTrouble) as caught:
                asks.send(GET)
        assert len(fake.asked) == FAILURES
        assert "left alone for 30 seconds" in caught.value.message
        clock.pause(COOL_DOWN)
        for _ in range(3):
            with pytest.raises(ServerTrouble):
                asks.send(GET)
        assert len(fake.asked) == FAILURES + 1, "one probe"
        fake.routes["/x"] = Reply(200, {})
        clock.pause(COOL_DOWN)
        asks.send(GET)
        asks.send(GET)


def test_somebody_who_tries_again_need_not_wait(clock, door):
    with FakeJira(**{"/x": Reply(503)}) as fake:
        asks = sender(fake, door, clock)
        for _ in range(FAILURES):
            with pytest.raises(ServerTrouble):
                asks.send(GET)
        again = sender(fake, door, clock)
        for _ in range(2):
            with pytest.raises(ServerTrouble):
                again.send(GET)
        assert len(fake.asked) == FAILURES + 1
        fake.routes["/x"] = Reply(200, {})
        sender(fake, door, clock).send(GET)
        asks.send(GET)


def test_refusals_are_answers_and_count_as_such(clock, door):
    with FakeJira(**{"/x": Reply(500), "/y": Reply(404)}) as fake:
        asks = sender(fake, door, clock)
        for _ in range(3 * FAILURES):
            with pytest.raises(ServerTrouble):
                asks.send(GET)
            with pytest.raises(NotFound):
                asks.send(Request("GET", "/y"))
    assert len(fake.asked) == 6 * FAILURES


def test_others_wait_for_the_probe(clock):
    door = HostLimiter(clock=clock, failures=1)
    door.failed(Unreachable(), probe=False)
    assert door.admit(1, never)
    came = []
    waits = threading.Thread(target=lambda: came.append(door.admit(1, never)))
    waits.start()
    waits.join(0.05)
    assert came == []
    door.worked()
    waits.join(5)
    assert came == [False]


def test_a_cancelled_probe_leaves_the_place_to_another(clock):
    door = HostLimiter(clock=clock, failures=1)
    door.failed(Unreachable(), probe=False)
    assert door.admit(1, never)
    door.gave_up()
    assert door.admit(1, never)


def test_a_host_is_left_alone_for_an_hour_at_most(clock, door):
    door.hold(999_999_999, "quota", "Come back in 2058.")
    with pytest.raises(RateLimited, match=r"Come back in 2058\."):
        door.turn(60, never, clock.pause)
    clock.now += 3601
    door.turn(60, never, clock.pause)
