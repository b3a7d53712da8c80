"""One sync at a time; what failed is not repeated unasked while that would be in vain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from data.sync.job import PAUSE, SyncJob

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now


def ended(code: str | None) -> tuple[SyncJob, Clock]:
    clock = Clock()
    job = SyncJob(clock)
    error = {"code": code, "message": "It failed.", "hint": "Wait."} if code else None
    job.start(lambda *_: SimpleNamespace(error=error, mode="full", fetched=0, changed=0, complete=not error))
    job.wait(10)
    return job, clock


def test_a_sync_that_went_well_may_be_repeated():
    job, _ = ended(None)
    assert job.state.state == "done"
    assert not job.settled
    assert not SyncJob(Clock()).settled


@pytest.mark.parametrize("code", ["unreachable", "server_trouble", "rate_limited", "cancelled"])
def test_what_passes_by_itself_is_tried_again_after_a_pause(code):
    job, clock = ended(code)
    assert job.settled
    clock.now = START + PAUSE - timedelta(seconds=1)
    assert job.settled
    clock.now = START + PAUSE
    assert not job.settled


@pytest.mark.parametrize("code", ["not_authorized", "captcha", "bad_query", "shrunk"])
def test_what_needs_a_person_waits_for_one(code):
    job, clock = ended(code)
    clock.now = START + timedelta(days=30)
    assert job.settled


def test_a_sync_that_broke_off_waits_for_a_person_too():
    clock = Clock()
    job = SyncJob(clock)
    job.start(lambda *_: SimpleNamespace(error={"code": "unreachable", "message": "", "hint": ""}))
    job.wait(10)

    def breaks(*_):
        raise RuntimeError("inner words")

    job.start(breaks)
    job.wait(10)
    clock.now = START + timedelta(days=30)
    assert job.state.state == "failed"
    assert job.settled
