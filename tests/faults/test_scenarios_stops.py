"""Cloud and Data Center: syncs that break off, run out of time, are told to wait, or are killed, and go on later."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults import faults
from tests.faults.conftest import Syncs
from tests.faults.oracle import ADDRESS, snapshot
from tests.faults.server import TOKEN
from tests.faults.site import Site
from tests.faults.test_random import act, seeds
from tests.faults.variants import MOSTLY_ALONE, big

BOTH = pytest.mark.parametrize("flavour", ["cloud", "dc"])


def read_so_far(syncs: Syncs) -> int:
    """Issues in all pages that were answered well."""
    return sum(5 for each in syncs.server.asked if "page" in each.labels and each.status == 200)


@pytest.mark.parametrize("code", [401, 503])
@MOSTLY_ALONE
def test_every_answer_that_came_is_kept(make, at_once, code):
    """Also those that were under way when another one failed."""
    syncs = make(at_once, big(), page=5, change_page=40)
    syncs.patience.tries = 1
    syncs.server.fault(faults.status(code), "page", after=7, times=None)
    syncs.sync()
    syncs.refused("not_authorized", "server_trouble")
    came = read_so_far(syncs)
    assert came >= 30 * at_once
    syncs.recovers()
    assert sum(each.resumed for each in syncs.results) == came


@BOTH
@MOSTLY_ALONE
def test_time_is_up(make, at_once, flavour):
    """The sync says so, leaves the old data alone, and the next one goes on."""
    syncs = make(at_once, big(), flavour, page=5, dc_page=5, change_page=40)
    syncs.server.fault(faults.hang(20), "page", after=5, times=None)
    syncs.sync(longest=timedelta(seconds=1.5))
    syncs.refused("out_of_time")
    for each in syncs.results:
        assert "1.5 seconds" in each.error["message"]
        assert "goes on there" in each.error["hint"]
    syncs.server.ending.set()
    syncs.recovers()
    assert all(each.resumed for each in syncs.results)


@MOSTLY_ALONE
def test_one_answer_takes_too_long(make, at_once):
    """Each try would come to its end, but not within the time for one answer."""
    syncs = make(at_once, big(20), page=5)
    syncs.patience.deadline = 1.5
    syncs.server.fault(faults.hang(3), "page", times=None)
    syncs.sync()
    syncs.refused("unreachable")
    syncs.server.ending.set()
    syncs.patience.deadline = 30
    syncs.recovers()


@MOSTLY_ALONE
def test_a_new_sync_waits_what_is_left(make, at_once):
    """A pause that is too long to wait for is told with its time; a later sync waits for the rest, and asks nothing
    before.
    """
    syncs = make(at_once, big(20), page=5)
    syncs.server.fault(faults.too_many("5", wait=5), "census")
    syncs.sync()
    syncs.refused("rate_limited")
    syncs.forget_but_waits()
    before = syncs.server.count()
    syncs.sync()
    syncs.refused("rate_limited")
    assert syncs.server.count() == before, "the pause is not over"
    assert all("Sync again in" in each.error["hint"] for each in syncs.results)
    time.sleep(2.7)
    syncs.server.heal()
    syncs.sync()
    syncs.good()
    syncs.patient()


def test_cancelled_while_waiting(make):
    """Nobody has to wait for the end of a pause."""
    syncs = make(1, big(20), page=5)
    stop = threading.Event()
    syncs.server.fault(faults.too_many("2", wait=2), "page")
    syncs.server.at("page", 1, stop.set)
    syncs.sync(cancelled=stop.is_set)
    syncs.refused("cancelled")
    syncs.recovers()


# ---- killed


@pytest.fixture
def run() -> Iterator[Callable[..., subprocess.Popen]]:
    """Starts a sync in a process of its own."""
    begun: list[subprocess.Popen] = []

    def start(url: str, path: Path) -> subprocess.Popen:
        here = Path(__file__).parents[2]
        command = [sys.executable, "-m", "tests.faults.one_sync", url, str(path), TOKEN]
        begun.append(subprocess.Popen(command, cwd=here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return begun[-1]

    yield start
    for each in begun:
        each.kill()
        each.wait()


def some_site(make: Callable[..., Syncs], seed: int) -> tuple[Syncs, random.Random]:
    """A site that was synced before or not, with work since."""
    dice = random.Random(seed)  # noqa: S311 - reproducible
    syncs = make(
        1, Site(40, seed=seed), page=6, id_page=15, change_page=30, comments=dice.choice([1, 20]), comment_page=3
    )
    if seed % 3:
        syncs.sync()
        syncs.good()
        for _ in range(15):
            act(syncs.site, dice, wild=False)
    return syncs, dice


@pytest.mark.parametrize("seed", seeds(3, 40))
def test_killed_at_any_request(make, run, seed):
    """The old revision stays readable, and the next sync ends well."""
    syncs, dice = some_site(make, seed)
    before = snapshot(syncs.stores[0], ADDRESS)
    syncs.forget()
    began: list[subprocess.Popen] = []
    syncs.server.at("any", dice.randrange(1, 14 if seed % 3 else 18), lambda: os.kill(began[0].pid, signal.SIGKILL))
    began.append(run(syncs.server.url, syncs.folder / "issues0.sqlite"))
    assert began[0].wait(60) == -signal.SIGKILL
    assert snapshot(syncs.stores[0], ADDRESS) == before
    syncs.recovers()


@pytest.mark.parametrize("seed", seeds(2, 40))
def test_killed_at_any_moment(make, run, seed):
    """A little after a request: while an answer is read, kept, or put in its place. Killed twice; then one clean
    sync.
    """
    syncs, dice = some_site(make, 900 + seed)
    path = syncs.folder / "issues0.sqlite"
    for _ in range(2):
        before = snapshot(syncs.stores[0], ADDRESS)
        reached = threading.Event()
        syncs.server.at("any", dice.randrange(4, 16), reached.set)
        child = run(syncs.server.url, path)
        while child.poll() is None and not reached.wait(0.01):
            pass
        time.sleep(dice.random() * 0.15)
        child.kill()
        child.wait()
        after = snapshot(syncs.stores[0], ADDRESS)
        assert after == before or after[0] == (before[0] if before else 0) + 1, "half a sync is seen"
        if after != before:
            syncs.equal()
    syncs.recovers()
