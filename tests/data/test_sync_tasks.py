"""One sync at a time; what failed is not repeated unasked while that would be in vain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.background.problems import TaskFailed
from data.services.services import Services, open_services
from data.services.sync_tasks import PAUSE
from data.values.background import TaskState
from data.values.json_types import JsonObject
from data.values.problem import Problem
from tests.sample_services import environment

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(tmp_path: Path, clock: Clock) -> Services:
    env = environment(tmp_path, JIRA_URL="http://127.0.0.1:9")
    return open_services(env, clock=clock)


@pytest.fixture
def services(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    made = opened(tmp_path, clock)
    yield made
    made.background.stop(5)


def ended(services: Services, code: str | None, full: bool = False) -> None:
    """A sync of the site that ended with a code, or well."""
    snapshot = services.snapshot()

    def work(_control: object) -> JsonObject:
        if code:
            raise TaskFailed(Problem("It failed.", todo="Wait."), code)
        return {}

    spec = {"jql": snapshot.jql, "full": full}
    try:
        services.background.worker.run_here(
            snapshot.known_as, "sync", spec, work, by="page", alike={"jql": snapshot.jql}
        )
    except TaskFailed:
        assert code


def test_a_sync_that_went_well_may_be_repeated(services):
    syncs = services._syncs
    assert not syncs.settled(services.snapshot())
    ended(services, None)
    assert syncs.state(services.snapshot()).state == "done"
    assert not syncs.settled(services.snapshot())


@pytest.mark.parametrize("code", ["unreachable", "server_trouble", "rate_limited", "cancelled"])
def test_what_passes_by_itself_is_tried_again_after_a_pause(services, clock, code):
    ended(services, code)
    syncs = services._syncs
    assert syncs.settled(services.snapshot())
    clock.now = START + PAUSE - timedelta(seconds=1)
    assert syncs.settled(services.snapshot())
    clock.now = START + PAUSE
    assert not syncs.settled(services.snapshot())


@pytest.mark.parametrize("code", ["not_authorized", "captcha", "bad_query", "shrunk", "unexpected"])
def test_what_needs_a_person_waits_for_one(services, clock, code):
    ended(services, code)
    clock.now = START + timedelta(days=30)
    assert services._syncs.settled(services.snapshot())


def test_what_failed_before_the_program_was_started_is_tried_again(services, clock, tmp_path):
    ended(services, "not_authorized")
    clock.now = START + timedelta(minutes=1)
    again = opened(tmp_path, clock)
    assert again._syncs.state(again.snapshot()).state == "failed"
    assert not again._syncs.settled(again.snapshot())


def test_every_process_says_the_same_of_a_sync(services, clock, tmp_path):
    """Two processes on one state folder: what the one does, the other says, while it runs and afterwards."""
    other = opened(tmp_path, clock)
    assert other.status.of(other.snapshot()).sync.state == "idle"
    snapshot = services.snapshot()
    task = services.background.submit(
        snapshot.known_as,
        "sync",
        {"jql": snapshot.jql, "full": False},
        by="page",
        alike={"jql": snapshot.jql},
        ring=False,
    )
    for each in (services, other):
        assert each.status.of(each.snapshot()).sync.state == "running"
        assert each._syncs.runs(each.snapshot())
    other.sync.cancel(other.snapshot())
    assert services.background.one(task.id).state is TaskState.CANCELLED
    assert services.status.of(services.snapshot()).sync.state == "cancelled"


def test_a_sync_that_failed_says_so_in_every_process(services, clock, tmp_path):
    other = opened(tmp_path, clock)
    services.sync.start(services.snapshot())
    assert services.sync.wait(20).state == "failed"
    status = other.status.of(other.snapshot())
    assert status.sync.state == "failed"
    assert status.sync.problem in status.problems
    assert [each.kind for each in other.background.tasks(other.snapshot())] == ["sync"]


def test_only_one_sync_of_a_site_is_live_however_it_was_asked_for(services):
    snapshot = services.snapshot()
    first = services.background.submit(
        snapshot.known_as,
        "sync",
        {"jql": snapshot.jql, "full": False},
        by="page",
        alike={"jql": snapshot.jql},
        ring=False,
    )
    second = services.background.submit(
        snapshot.known_as,
        "sync",
        {"jql": snapshot.jql, "full": True},
        by="page",
        alike={"jql": snapshot.jql},
        ring=False,
    )
    assert first.id == second.id
