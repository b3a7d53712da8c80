"""The table of background tasks: each is done, each once, whoever is killed meanwhile."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from data.background.problems import NoSuchTask, TaskFailed, TasksError
from data.background.table import TRIES, TaskTable
from data.background.worker import Control, Kind, Worker
from data.store import migrate
from data.values.background import BackgroundTask, TaskState
from data.values.json_types import JsonObject
from data.values.problem import Problem
from tests.data.background_worker import LEASE
from tests.seeding import dice

ROOT = Path(__file__).parents[2]


@pytest.fixture
def table(tmp_path: Path) -> Iterator[TaskTable]:
    made = TaskTable(tmp_path / "background.db")
    yield made
    made.close()


@pytest.fixture
def worker(table: TaskTable) -> Iterator[Worker]:
    made = Worker(lambda: table, lease=1.0, tick=0.1, idle=0.2, first_wait=0.02)
    yield made
    made.stop(5)


def eventually(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def submitted(table: TaskTable, n: int = 1, kind: str = "write") -> BackgroundTask:
    return table.submit("site", kind, {"n": n}, by="test")[0]


def kind(worker: Worker, run: Callable[[BackgroundTask, Control], JsonObject], tries: int = TRIES) -> None:
    worker.kinds["write"] = Kind("write", run, tries)


def test_a_task_is_done_and_its_result_kept(table, worker):
    kind(worker, lambda task, _control: {"n": task.spec["n"]})
    task = submitted(table, 7)
    worker.ring()
    assert worker.wait(task.id, 10)
    found = table.one(task.id)
    assert (found.state, found.result, found.progress, found.tries) == (TaskState.COMPLETED, {"n": 7}, 1.0, 1)
    assert found.created_at <= found.started_at <= found.ended_at


def test_the_same_spec_is_the_same_task_while_it_is_live(table):
    first, new = table.submit("site", "write", {"a": 1, "b": 2}, by="ann")
    again, second = table.submit("site", "write", {"b": 2, "a": 1}, by="bob")
    assert (new, second, again.id) == (True, False, first.id)
    assert table.submit("other site", "write", {"a": 1, "b": 2}, by="ann")[1]
    assert table.submit("site", "other", {"a": 1, "b": 2}, by="ann")[1]
    table.cancel(first.id)
    assert table.submit("site", "write", {"a": 1, "b": 2}, by="ann")[1]


def test_a_thousand_that_ask_at_once_get_one_task(tmp_path, table):
    ids: list[str] = []

    def ask() -> None:
        for _ in range(25):
            ids.append(submitted(table).id)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(ids) == 200
    assert len(set(ids)) == 1


def test_a_task_is_taken_by_one_of_many(table):
    tasks = {submitted(table, n).id for n in range(20)}
    taken: list[str] = []

    def take() -> None:
        while (found := table.take(("write",), 30)) is not None:
            taken.append(found[0].id)

    threads = [threading.Thread(target=take) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(taken) == sorted(tasks)


def test_only_the_owner_finishes_a_task(table):
    submitted(table)
    task, first = table.take(("write",), 0.05)
    time.sleep(0.1)
    again, second = table.take(("write",), 30)
    assert (again.id, again.tries) == (task.id, 2)
    assert not table.finish(task.id, first, TaskState.COMPLETED, result={"by": "the first"})
    assert table.renew(task.id, first, 30) is None
    assert not table.put_back(task.id, first, 0)
    assert table.finish(task.id, second, TaskState.COMPLETED, result={"by": "the second"})
    assert not table.finish(task.id, second, TaskState.COMPLETED, result={"by": "the second again"})
    assert table.one(task.id).result == {"by": "the second"}


def test_a_lease_that_is_renewed_is_not_taken(table):
    submitted(table)
    task, owner = table.take(("write",), 0.3)
    for _ in range(5):
        time.sleep(0.1)
        assert table.renew(task.id, owner, 0.3) is False
        assert table.take(("write",), 30) is None


def test_what_fails_is_tried_three_times_with_growing_pauses(table, worker):
    times: list[float] = []

    def fail(_task: BackgroundTask, _control: Control) -> JsonObject:
        times.append(time.monotonic())
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/export.csv")

    kind(worker, fail)
    task = submitted(table)
    worker.ring()
    assert eventually(lambda: table.one(task.id).state is TaskState.FAILED)
    found = table.one(task.id)
    assert (len(times), found.tries) == (TRIES, TRIES)
    assert "The disk is full." in str(found.problem)
    assert found.code == "system"


def test_what_no_new_try_mends_is_not_tried_again(table, worker):
    calls = []

    def refuse(task: BackgroundTask, _control: Control) -> JsonObject:
        calls.append(task.id)
        raise TaskFailed(Problem("There is no such thing."), "nothing", {"kept": 1})

    kind(worker, refuse)
    task = submitted(table)
    worker.ring()
    assert eventually(lambda: table.one(task.id).state is TaskState.FAILED)
    found = table.one(task.id)
    assert (calls, found.code, found.problem.what) == ([task.id], "nothing", "There is no such thing.")
    assert found.result == {"kept": 1}


def test_what_runs_is_cancelled_within_two_seconds(tmp_path, table):
    """By another process than that which runs it, with the pauses of a server."""
    worker = Worker(lambda: table)
    begun = threading.Event()

    def run(_task: BackgroundTask, control: Control) -> JsonObject:
        begun.set()
        while True:
            control.check()
            time.sleep(0.01)

    kind(worker, run)
    task = submitted(table)
    worker.ring()
    assert begun.wait(10)
    other = TaskTable(table.path)
    asked = time.monotonic()
    assert other.cancel(task.id).cancelling
    assert eventually(lambda: other.one(task.id).state is TaskState.CANCELLED)
    assert time.monotonic() - asked < 2.0
    other.close()
    worker.stop(5)


def test_what_waits_is_cancelled_at_once(table):
    task = submitted(table)
    assert table.cancel(task.id).state is TaskState.CANCELLED
    assert table.take(("write",), 30) is None


def test_what_was_cancelled_or_failed_can_be_tried_again(table):
    task = submitted(table)
    table.cancel(task.id)
    again = table.retry(task.id, "bob")
    assert (again.id, again.state, again.tries, again.created_by) == (task.id, TaskState.QUEUED, 0, "bob")
    with pytest.raises(TasksError, match="queued"):
        table.retry(task.id, "bob")
    with pytest.raises(NoSuchTask):
        table.retry("nothing", "bob")


def test_a_retry_while_the_same_one_is_live_is_that_one(table):
    old = submitted(table)
    table.cancel(old.id)
    live = submitted(table)
    assert table.retry(old.id, "ann").id == live.id
    assert table.one(old.id).state is TaskState.CANCELLED


def test_what_was_killed_three_times_has_failed(table):
    task = submitted(table)
    for _ in range(TRIES):
        assert table.take(("write",), 0.01) is not None
        time.sleep(0.03)
    assert table.take(("write",), 30) is None
    assert table.sweep() == 1
    found = table.one(task.id)
    assert (found.state, found.code) == (TaskState.FAILED, "stopped")
    assert "3 times" in found.problem.why


def test_what_was_cancelled_and_killed_is_cancelled(table):
    task = submitted(table)
    table.take(("write",), 0.01)
    table.cancel(task.id)
    time.sleep(0.03)
    assert table.take(("write",), 30) is None
    table.sweep()
    assert table.one(task.id).state is TaskState.CANCELLED


def test_a_worker_that_is_stopped_gives_back_what_runs(table):
    worker = Worker(lambda: table, tick=0.05)
    begun = threading.Event()

    def run(_task: BackgroundTask, control: Control) -> JsonObject:
        begun.set()
        while not control.cancelled():
            time.sleep(0.01)
        control.check()
        return {}

    kind(worker, run)
    task = submitted(table)
    worker.ring()
    assert begun.wait(10)
    assert worker.stop(5)
    found = table.one(task.id)
    assert (found.state, found.tries) == (TaskState.QUEUED, 0)
    assert table.take(("write",), 30) is not None


def test_history_is_forgotten_and_what_is_live_stays(table):
    old, live = submitted(table, 1), submitted(table, 2)
    table.cancel(old.id)
    assert [each.id for each in table.history()] == [live.id, old.id]
    assert table.remove_ended(table.one(old.id).ended_at + 1) == 1
    assert [each.id for each in table.history()] == [live.id]
    with pytest.raises(NoSuchTask):
        table.one(old.id)


def test_another_tenant_sees_nothing(table):
    task = submitted(table)
    other = TaskTable(table.path, tenant="other")
    assert other.history() == []
    assert other.take(("write",), 30) is None
    with pytest.raises(NoSuchTask):
        other.one(task.id)
    other.close()


def test_a_broken_file_is_put_aside(tmp_path):
    path = tmp_path / "background.db"
    path.write_bytes(b"this is no database" * 100)
    table = TaskTable(path)
    assert submitted(table).state is TaskState.QUEUED
    assert list(tmp_path.glob("background.db.broken-*"))
    table.close()


def test_a_table_of_a_newer_version_is_left_alone(table, monkeypatch):
    with table.engine.connect().execution_options(throughline_writes=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE background_meta SET value = '99'")
    with pytest.raises(TasksError):
        TaskTable(table.path)


def test_the_newest_task_of_a_kind_is_read_again_only_after_a_change(table, monkeypatch):
    first = submitted(table)
    assert table.newest("site", "write").id == first.id
    monkeypatch.setattr(TaskTable, "history", lambda *_, **__: pytest.fail("it was read again"))
    assert table.newest("site", "write").id == first.id


def processes(path: Path, folder: Path, count: int) -> list[subprocess.Popen[str]]:
    made = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.data.background_worker", str(path), str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    for each in made:
        assert each.stdout
        assert each.stdout.readline() == "ready\n"
    return made


def kill(process: subprocess.Popen[str]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert process.stdout
    process.stdout.close()


@pytest.mark.parametrize("kills", [10, pytest.param(50, marks=pytest.mark.torture)])
def test_no_task_is_lost_however_often_a_worker_is_killed(tmp_path, table, kills):
    """Two processes work on one table; one of them is killed in mid-task, again and again, and another one comes."""
    rng = dice(20)
    tasks: list[BackgroundTask] = []
    working = processes(table.path, tmp_path, 2)
    try:
        for n in range(kills):
            tasks += [submitted(table, 4 * n + k) for k in range(4)]
            assert eventually(lambda: any(each.state is TaskState.RUNNING for each in table.history(live=True)))
            time.sleep(rng.random() * 0.25)
            kill(working.pop(0))
            working += processes(table.path, tmp_path, 1)
            # else chance would hit one task three times, after which it counts as failed
            assert eventually(lambda: not table.history(live=True), 60)
    finally:
        for each in working:
            kill(each)
    found = {each.id: each for each in table.history(most=1000)}
    assert set(found) == {each.id for each in tasks}
    for task in tasks:
        assert found[task.id].state is TaskState.COMPLETED
        assert found[task.id].result["number"] == task.spec["n"]
    begun = [line.split()[0] for line in (tmp_path / "begun").read_text().splitlines()]
    assert len(begun) > len(tasks), "nobody was killed in the middle of a task"


def test_the_task_of_a_killed_worker_is_taken_again_within_its_lease_and_five_seconds(tmp_path, table):
    task = submitted(table)
    first = processes(table.path, tmp_path, 1)[0]
    # It is marked as running before its work begins, and killed in the middle of that.
    assert eventually(lambda: "\n" in (tmp_path / "begun").read_text() if (tmp_path / "begun").exists() else False)
    kill(first)
    killed = time.time()
    second = processes(table.path, tmp_path, 1)[0]
    try:
        assert eventually(lambda: table.one(task.id).state is TaskState.COMPLETED)
        begun = [float(line.split()[1]) for line in (tmp_path / "begun").read_text().splitlines()]
        assert len(begun) == 2
        assert begun[1] - killed < LEASE + 5
        assert table.one(task.id).result["by"] == second.pid
    finally:
        kill(second)


def test_the_migration_makes_the_same_tables_and_takes_them_back(tmp_path):
    """The revision of Alembic and the declared tables are the same thing."""
    made = {}
    for way in ("declared", "revision"):
        engine = create_engine(f"sqlite:///{tmp_path / way}.db")
        with engine.begin() as connection:
            if way == "declared":
                migrate.BACKGROUND.metadata.create_all(connection)
            else:
                step = ScriptDirectory(str(migrate.SCRIPTS / "background")).get_revision("background_1").module
                with Operations.context(MigrationContext.configure(connection)):
                    step.upgrade()
            rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
            made[way] = {name: "".join(text.split()) for name, text in rows}
            if way == "revision":
                with Operations.context(MigrationContext.configure(connection)):
                    step.downgrade()
                assert inspect(connection).get_table_names() == []
        engine.dispose()
    assert made["declared"] == made["revision"]
    assert "background_task_live" in made["declared"]
