"""The record store (J-04): stored once, durable, migrated, cleaned up; broken files cost nothing but what they held."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, text

from data.store.record_problems import RecordsError
from data.store.record_store import RecordStore, Where
from data.values.records import (
    JobCompletion,
    OutcomeAchieved,
    PainpointResolved,
    RecordError,
    Records,
    TimeToOutcome,
    UserSatisfaction,
    complete,
    event_id,
)
from data.values.retention import RetentionRun

CHECKOUT = Path(__file__).parents[3]
JOB = JobCompletion("buy", "ann", "cart", "completed", 1_000_000, 9_500_000)
OUTCOME = OutcomeAchieved("fast", "time", 5, 4, 125, "cart", "ann", "exceeded", 2_000_000)
PAIN = PainpointResolved("fees", "cost", "", "cart", "ann", 8, 2, None, 3_000_000)
TIME = TimeToOutcome("fast", "ann", "cart", 4_000_000, 6_000_000)
ANSWER = UserSatisfaction("fast", "cart", "ann", "satisfied", True, False, 3, "ok", 5_000_000)
ALL = [JOB, OUTCOME, PAIN, TIME, ANSWER]


def test_every_kind_comes_back_complete(store):
    assert store.add(ALL) == 5
    found = store.all()
    assert [len(part) for part in found] == [1] * 5
    assert found.jobs[0].duration_seconds == 8.5
    assert found.painpoints[0].resolution_effectiveness == 75
    assert found.times[0].duration_seconds == 2
    assert found.satisfaction[0] == ANSWER._replace(event_id=event_id(ANSWER))
    assert store.counts() == dict.fromkeys(("job", "outcome", "painpoint", "time", "satisfaction"), 1)


def test_the_seeds_columns_keys_and_indexes_are_there(store):
    found = inspect(store.engine)
    columns = {name: {each["name"] for each in found.get_columns(name)} for name in found.get_table_names()}
    assert columns["job_completions"] >= {
        "id",
        "job_id",
        "persona",
        "feature_used",
        "status",
        "started_at",
        "completed_at",
        "duration_seconds",
        "context",
    }
    assert columns["outcome_achievements"] >= {
        "expected_value",
        "actual_value",
        "achievement_rate",
        "measured_at",
        "status",
    }
    assert columns["painpoint_resolutions"] >= {
        "severity_before",
        "severity_after",
        "resolution_effectiveness",
        "resolved_at",
    }
    assert columns["time_to_outcome"] >= {"start_time", "end_time", "duration_seconds", "steps"}
    assert columns["user_satisfaction"] >= {"satisfaction_level", "met_expectations", "would_recommend", "effort_score"}
    assert columns["rdf_metadata"] >= {"entity_type", "entity_id", "metadata", "updated_at"}
    keys = [tuple(each["column_names"][1:]) for each in found.get_unique_constraints("job_completions")]
    assert keys == [("event_id",)], "one record is one event, and nothing else makes two records one"
    alike = {tuple(each["column_names"][1:]) for each in found.get_indexes("job_completions")}
    assert ("job_id", "persona", "started_at") in alike
    indexes = {each["name"] for each in found.get_indexes("job_completions")}
    assert {"idx_job_id", "idx_persona", "idx_started_at"} <= indexes


@pytest.mark.parametrize("record", ALL, ids=lambda each: type(each).__name__)
def test_what_is_told_twice_is_stored_once(store, record):
    before = store.revision()
    assert store.add([record]) == 1
    after = store.revision()
    assert store.add([record]) == 0
    assert before != after == store.revision()
    assert store.add([record._replace(event_id="another event")]) == 1, "a different event id is a different record"


def test_the_same_event_with_other_values_changes_nothing(store):
    assert store.add([JOB._replace(event_id="e")]) == 1
    assert store.add([JOB._replace(event_id="e", job_id="other", started_at=5)]) == 0
    assert store.query_jobs()[0].job_id == "buy"


@given(st.permutations([0, 1, 2]))
def test_a_job_only_goes_forward_in_whatever_order_it_is_told(order):
    status = ("started", "in_progress", "completed")
    rows = [JobCompletion("b", "p", "f", each, 1, 9 if each == "completed" else None) for each in status]
    store = RecordStore("sqlite://")  # in memory, one connection
    try:
        for n in (*order, *order):
            store.add([rows[n]])
        [found] = store.query_jobs()
        assert (found.status, found.completed_at) == ("completed", 9)
    finally:
        store.close()


def test_two_ends_of_tries_that_are_alike_are_two_tries(store):
    assert store.add([JOB, JOB._replace(status="failed"), JOB._replace(completed_at=8_000_000)]) == 3


def test_tries_of_a_file_with_event_ids_of_their_own_are_each_a_record(store):
    rows = [started(5_000_000, event_id="e1"), JOB._replace(started_at=5_000_000, event_id="e2")]
    assert store.add_each(rows, imported=True) == ["new", "new"]
    assert store.add_each(rows, imported=True) == ["known", "known"]


def test_tries_of_a_file_without_event_ids_go_on_unless_only_their_day_is_known(store):
    exact = [started(5_000_000), JOB._replace(started_at=5_000_000)]
    assert store.add_each(exact, imported=True) == ["new", "further"]
    assert store.add_each(exact, imported=True) == ["known", "known"]
    day = [started(0), JOB._replace(started_at=0)]
    assert store.add_each(day, imported=True) == ["new", "new"]
    assert store.add_each(day, imported=True) == ["known", "known"]


def test_a_scale_that_is_declared_later_is_filled_in_and_adds_nothing(store):
    plain = ANSWER._replace(satisfaction_level="4")
    on_five = plain._replace(scale="1-5")
    for rows in ([plain, on_five], [plain._replace(event_id="own"), on_five._replace(event_id="own")]):
        assert store.add_each(rows[:1]) == ["new"]
        assert store.add_each(rows[1:]) == ["filled"]
        assert store.add_each(rows) == ["known", "known"]
    assert [each.scale for each in store.query("satisfaction")] == ["1-5", "1-5"]
    assert store.add_each([plain._replace(scale="1-10")]) == ["new"], "another survey"


def test_a_batch_is_stored_whole_or_not_at_all(store):
    with pytest.raises(RecordError, match="status"):
        store.add([OUTCOME, JOB._replace(status="done")])
    assert sum(store.counts().values()) == 0


@pytest.mark.parametrize(
    ("record", "clue"),
    [
        (JOB._replace(job_id=" "), "job_id is empty"),
        (JOB._replace(completed_at=5), "before the start"),
        (JOB._replace(status="started"), "completed_at is set"),
        (JOB._replace(duration_seconds=-1.0), "not negative"),
        (PAIN._replace(severity_before=11), "from 0 to 10"),
        (ANSWER._replace(satisfaction_level="meh"), "Use 0 to 10"),
        (ANSWER._replace(satisfaction_level="11"), "Use 0 to 10"),
        (ANSWER._replace(satisfaction_level="6", scale="1-5"), "'6' on the scale 1-5. Use 1 to 5"),
        (ANSWER._replace(satisfaction_level="0", scale="1-10"), "Use 1 to 10"),
        (ANSWER._replace(satisfaction_level="4", scale="words"), "Use one of: very_dissatisfied"),
    ],
)
def test_what_cannot_be_true_is_refused(record, clue):
    with pytest.raises(RecordError, match=clue):
        complete(record)


def test_queries_narrow(store):
    rows = [
        JOB._replace(persona=person, started_at=n, completed_at=None) for n in range(10) for person in ("ann", "bob")
    ]
    store.add([*rows, JOB._replace(job_id="sell")])
    assert len(store.query_jobs(Where(about="buy", persona="ann", start=3, end=7))) == 4
    assert len(store.query_jobs(Where(status="completed", feature="cart", source="manual"))) == 21
    assert store.query_jobs(Where(source="import")) == []
    assert [each.started_at for each in store.query_jobs(Where(persona="bob"))] == list(range(10))


def test_a_narrow_query_uses_an_index(store):
    with store.reading() as connection:
        plan = connection.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT * FROM job_completions WHERE tenant='local' AND job_id='a' AND started_at>=5"
            )
        ).all()
    assert "idx_job_id" in str(plan)


def test_tenants_do_not_see_one_another(tmp_path):
    ours, theirs = RecordStore(tmp_path / "a.db"), RecordStore(tmp_path / "a.db", tenant="other")
    assert (ours.add([JOB]), theirs.add([JOB])) == (1, 1)
    assert theirs.remove_old(RetentionRun(10**15, 1, 10**15, {})).total == 1
    assert len(ours.query_jobs()) == 1
    ours.close()
    theirs.close()


def test_cleanup_removes_what_is_older(store):
    store.add(ALL)
    first, second = RetentionRun(9, 90, 3_000_000, {}), RetentionRun(10, 90, 3_000_000, {})
    assert store.last_retention() is None
    told = store.remove_old(first)
    assert (told.total, sum(told.removed.values()), store.last_retention()) == (2, 2, told)
    assert [len(part) for part in store.all()] == [0, 0, 1, 1, 1]
    assert store.remove_old(second).total == 0
    assert (store.last_retention().ran_at, store.last_retention("another site")) == (10, None)


def test_replacing_a_source_leaves_others_alone(store):
    store.add([JOB])
    rows = Records([JOB._replace(started_at=n, completed_at=None) for n in (7, 8)], (), (), (), ())
    assert store.replace_source("example", rows) == 2
    assert store.replace_source("example", Records([rows.jobs[0]], (), (), (), ())) == 1
    assert sorted(each.source for each in store.query_jobs()) == ["example", "manual"]


def test_a_broken_store_is_put_aside_and_said(tmp_path):
    path = tmp_path / "jobs.db"
    path.write_bytes(b"this is no database" * 500)
    store = RecordStore(path)
    assert "kept as jobs.db.broken-" in str(store.problem)
    assert store.add([JOB]) == 1
    assert next(iter(tmp_path.glob("jobs.db.broken-*"))).read_bytes().startswith(b"this is no")
    store.close()


def test_a_folder_in_its_place_is_said(tmp_path):
    (tmp_path / "jobs.db").mkdir()
    with pytest.raises(RecordsError, match="not a file"):
        RecordStore(tmp_path / "jobs.db")


def test_eight_writers_lose_nothing(tmp_path):
    store = RecordStore(tmp_path / "jobs.db")

    def write(who: int) -> None:
        for n in range(25):
            store.add([JOB._replace(persona=f"p{who}", started_at=n, completed_at=None)])

    threads = [threading.Thread(target=write, args=(who,)) for who in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert store.counts()["job"] == 200
    store.close()


def test_what_was_acknowledged_survives_a_kill(tmp_path):
    """A writer prints each number after it is stored, and is killed in the middle."""
    program = (
        "import sys; from data.store.record_store import RecordStore; from data.values.records import JobCompletion\n"
        "store = RecordStore(sys.argv[1])\n"
        "for n in range(100000):\n"
        "    store.add([JobCompletion('b', 'p', 'f', 'started', n)]); print(n, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "jobs.db")], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as running:
        told = -1
        for _ in range(40):
            told = int(running.stdout.readline())
        os.kill(running.pid, signal.SIGKILL)
        told = max([told, *(int(line) for line in running.stdout.read().split())])
    store = RecordStore(tmp_path / "jobs.db")
    assert {each.started_at for each in store.query_jobs()} >= set(range(told + 1))
    store.close()


def test_writes_are_durable(store):
    with store.writing() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 3, "EXTRA"
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_a_file_that_was_replaced_is_not_written_to_in_vain(store, tmp_path):
    store.add([JOB])
    other = RecordStore(tmp_path / "other.db")
    other.close()
    for end in ("-wal", "-shm"):
        store.path.with_name(store.path.name + end).unlink(missing_ok=True)
    other.path.replace(store.path)
    assert store.add([JOB]) == 1, "news to the file that is there now"
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("SELECT count(*) FROM job_completions").fetchone() == (1,)
    connection.close()


def test_the_file_is_private(store):
    assert store.path.stat().st_mode & 0o077 == 0


def test_a_file_of_an_older_sqlite_program_is_left_readable(store):
    store.add([JOB])
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("SELECT duration_seconds FROM job_completions").fetchone() == (8.5,)
    connection.close()


def started(at: int, **more: object) -> JobCompletion:
    begun = JOB._replace(status="started", started_at=at, completed_at=None, duration_seconds=None)
    return begun._replace(**more)


def test_the_open_record_of_a_job_is_the_newest_that_was_not_finished(store):
    assert store.open_job("buy", "ann", "cart") is None
    store.add([started(2_000_000), started(5_000_000), started(3_000_000, status="in_progress")])
    store.add(
        [started(9_000_000, persona="bob"), started(9_000_000, job_id="sell"), started(9_000_000, feature_used="app")]
    )
    store.add([JOB._replace(started_at=7_000_000, completed_at=8_000_000)])
    assert store.open_job("buy", "ann", "cart").started_at == 5_000_000
    store.add([JOB._replace(started_at=5_000_000, completed_at=6_000_000)])
    assert store.open_job("buy", "ann", "cart").started_at == 3_000_000
