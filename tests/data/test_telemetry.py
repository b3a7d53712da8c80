"""What telemetry notes, and that whoever is noted never waits or fails because of it (J-05)."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence

import pytest

from data.platform import telemetry
from data.platform.logs import SECRETS
from data.platform.telemetry import Telemetry
from data.platform.telemetry_records import ATTRIBUTES, Noted
from data.store import record_events as events
from data.store.record_store import RecordStore
from data.values.records import JobCompletion, OutcomeAchieved, PainpointResolved, TimeToOutcome, UserSatisfaction

JOB = JobCompletion("buy", "ann", "cart", "completed", 0, 8_500_000, context='{"note": "canary in a note"}')


class Sent(list):
    def __call__(self, noted: Sequence[Noted]) -> None:
        self.extend(noted)


@pytest.fixture
def here(monkeypatch):
    """Telemetry of this process that keeps what it notes; `taken()` gives it."""
    found = Telemetry(lambda: Sent())
    monkeypatch.setattr(telemetry, "_found", (found,))
    return found


def taken(found: Telemetry) -> list[Noted]:
    return found._take()


def test_spans_lie_within_each_other_and_events_in_them(here):
    with telemetry.span("outer", command="metrics") as told:
        with telemetry.span("inner"):
            telemetry.event("jtbd.job_completed", {"jtbd.job.id": "buy"})
        told["exit_code"] = 0
    event, inner, outer = taken(here)
    assert [each.name for each in (event, inner, outer)] == ["jtbd.job_completed", "inner", "outer"]
    assert event.trace == inner.trace == outer.trace != 0
    assert (inner.parent, outer.parent) == (outer.span, 0)
    assert (event.span, event.end, event.attributes) == (inner.span, 0, {"jtbd.job.id": "buy"})
    assert outer.attributes == {"command": "metrics", "exit_code": 0}
    assert outer.start <= inner.start <= inner.end <= outer.end
    with telemetry.span("next"):
        pass
    [later] = taken(here)
    assert later.trace != outer.trace
    assert not later.parent


def test_a_failure_is_told_by_its_type_alone(here):
    with pytest.raises(ValueError, match="canary"), telemetry.span("sync"):
        raise ValueError("canary")
    [noted] = taken(here)
    assert noted.failed
    assert noted.attributes == {"error.type": "ValueError"}
    assert telemetry._HERE.get() is None


@pytest.mark.parametrize(
    ("told", "failed"),
    [
        ({"exit_code": 0}, False),
        ({"exit_code": 2}, True),
        ({"http.status_code": 204}, False),
        ({"http.status_code": 500}, True),
    ],
)
def test_what_went_wrong_without_an_exception_is_a_failure_too(here, told, failed):
    with telemetry.span("command") as attributes:
        attributes |= told
    assert taken(here)[0].failed is failed


def test_threads_have_traces_of_their_own(here):
    def work():
        with telemetry.span("sync"):
            pass

    with telemetry.span("callback"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    sync, callback = taken(here)
    assert sync.trace != callback.trace
    assert not sync.parent


def test_attributes_are_short_listed_and_without_secrets(here):
    SECRETS.hide("canary-token-77")
    with telemetry.span("command", command="x" * 500, summary="canary", family=None) as told:
        told["mode"] = "with canary-token-77"
        told["issues"] = [1, 2]
    assert taken(here)[0].attributes == {"command": "x" * 80, "mode": "with [hidden]"}


def test_what_waits_is_limited(here, monkeypatch):
    monkeypatch.setattr(telemetry, "MOST", 3)
    for n in range(5):
        telemetry.event(f"e{n}", {})
    assert [each.name for each in taken(here)] == ["e0", "e1", "e2"]


def test_a_server_sends_in_the_background_and_the_rest_when_it_leaves():
    sent, arrived = Sent(), threading.Event()

    def send(noted: Sequence[Noted]) -> None:
        sent(noted)
        arrived.set()

    found = Telemetry(lambda: send, pause=0.01)
    found.keep_sending()
    found.keep_sending()
    found.event("first", {})
    assert arrived.wait(30)
    found.event("last", {})
    sending = found._sending
    found.leave()
    assert [each.name for each in sent] == ["first", "last"]
    assert not sending.is_alive()


def test_nobody_waits_for_a_sender_that_hangs(monkeypatch):
    monkeypatch.setattr(telemetry, "LEAVE_SECONDS", 0.01)
    gate = threading.Event()
    found = Telemetry(lambda: lambda _: gate.wait(60), pause=0.01)
    found.keep_sending()
    found.event("first", {})
    found.leave()
    assert not gate.is_set(), "it left although nothing was sent"
    gate.set()


@pytest.mark.parametrize("broken", ["opening", "sending"])
def test_what_fails_while_sending_is_nobodys_trouble(broken, caplog):
    def opened():
        if broken == "opening":
            raise RuntimeError("no")
        return lambda _: 1 / 0

    found = Telemetry(opened, pause=0.01)
    found.keep_sending()
    found.event("first", {})
    found.leave()
    assert [record for record in caplog.records if record.levelname != "DEBUG"] == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_worker_sends_what_it_notes_and_nothing_twice(tmp_path):
    """As `gunicorn --preload` does it: the first process has told that it stays, and has not sent anything."""
    path = tmp_path / "sent"

    def send(noted: Sequence[Noted]) -> None:
        with path.open("a") as file:
            file.writelines(f"{os.getpid()} {each.name}\n" for each in noted)

    found = Telemetry(lambda: send, pause=0.01)
    found.event("before", {})
    found.keep_sending()
    assert found._sending is None
    child = os.fork()
    if not child:
        found._start_afresh()
        found.event("worker", {})
        found.leave()
        os._exit(0)
    os.waitpid(child, 0)
    found.event("after", {})
    found.leave()
    here = [f"{os.getpid()} before", f"{os.getpid()} after"]
    assert sorted(path.read_text().splitlines()) == sorted([f"{child} worker", *here])


# ---- records


def test_each_record_is_told_once_and_only_when_it_is_stored(here, tmp_path):
    store = RecordStore(tmp_path / "jobs.db")
    assert store.add([JOB]) == 1
    event, span = taken(here)
    told = {
        "jtbd.job.id": "buy",
        "jtbd.job.persona": "ann",
        "jtbd.job.status": "completed",
        "jtbd.job.duration_seconds": 8.5,
        "jtbd.source": "manual",
    }
    assert (event.name, event.attributes) == ("jtbd.job_completed", told)
    assert (span.name, span.attributes) == ("jtbd.store", {"records": 1, **told})
    assert store.add([JOB, JOB._replace(started_at=1)]) == 1
    assert [each.name for each in taken(here)] == ["jtbd.job_completed", "jtbd.store"]
    assert store.add([JOB, JOB]) == 0
    [span] = taken(here)
    assert span.attributes == {"records": 0}
    store.close()


def test_a_job_that_goes_on_is_told_by_each_state(here, tmp_path):
    store = RecordStore(tmp_path / "jobs.db")
    store.add([JobCompletion("buy", "ann", "cart", "started", 0)])
    store.add([JOB])
    store.add([JobCompletion("buy", "ann", "cart", "in_progress", 0)])  # told late: changes nothing
    names = [each.name for each in taken(here) if not each.end]
    assert names == ["jtbd.job_started", "jtbd.job_completed"]
    store.close()


def test_nothing_is_told_of_a_transaction_that_failed(here, tmp_path, monkeypatch):
    store = RecordStore(tmp_path / "jobs.db")
    monkeypatch.setattr(store, "_changed", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.add([JOB])
    assert [each.name for each in taken(here)] == ["jtbd.store"]
    assert store.counts()["job"] == 0
    store.close()


def test_no_event_holds_what_people_wrote():
    canary = "canary"
    records = [
        JOB._replace(feature_used=canary, context=canary, event_id=canary),
        OutcomeAchieved("fast", canary, 5, 4, 125.0, canary, "ann", "exceeded", 0, context=canary, event_id=canary),
        PainpointResolved("fees", canary, canary, canary, "ann", 8, 3, 62.5, 0, context=canary, event_id=canary),
        TimeToOutcome("fast", "ann", canary, 0, 3_000_000, 3.0, steps=canary, context=canary, event_id=canary),
        UserSatisfaction("fast", canary, "ann", "8", True, True, 1, canary, 0, context=canary, event_id=canary),
    ]
    told = [events.named(each) for each in records]
    assert canary not in json.dumps(told)
    assert [name for name, _ in told] == [
        "jtbd.job_completed",
        "jtbd.outcome_achieved",
        "jtbd.painpoint_resolved",
        "jtbd.time_to_outcome",
        "jtbd.user_satisfaction",
    ]
    for _, attributes in told:
        assert set(attributes) <= ATTRIBUTES
