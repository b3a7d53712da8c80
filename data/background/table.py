"""The table of background tasks. It alone says what waits, runs and has ended; threads and processes follow it.

A task is taken by one UPDATE that gives the row back, and belongs to whoever took it until the lease ends. Whoever
works renews the lease; where a process was killed, another one takes the task once the lease is over. A result counts
only from the owner that still has the task, so it is written once.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, false, func, insert, or_, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from data.background.problems import NoSuchTask, TasksError, failed
from data.background.rows import SECOND, error_text, hash_of_spec, micros, owner_name, task_of, wall
from data.store import migrate
from data.store.background_schema import task
from data.store.commits import CommitWatch
from data.store.corruption import is_damage, put_aside
from data.store.record_engine import file_engine
from data.values.background import BackgroundTask, TaskState
from data.values.json_types import JsonObject
from data.values.problem import Problem

TENANT = "local"
TRIES = 3
_LIVE = ("queued", "running")
_ENDED = ("completed", "failed", "cancelled")
_STOPPED = Problem(
    "It was stopped in the middle again and again.",
    f"The process that worked on it ended {TRIES} times before it was done.",
    "Look into the log for the reason, then retry.",
    "danger",
)


class TaskTable:
    """The table in one SQLite file, which is made if need be. Safe in several threads and processes.

    `clock` gives the instants that people read; leases follow the clock of the machine. Raises TasksError.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC), tenant: str = TENANT
    ) -> None:
        self.path = path
        self.tenant = tenant
        self._clock = clock
        self._opening = threading.RLock()
        self._newest: dict[tuple[str, str], tuple[object, BackgroundTask | None]] = {}
        try:
            self._open()
        except (DatabaseError, OSError, ValueError) as error:
            if not is_damage(error):
                raise TasksError(failed("opened", error)) from error
            self._replace(error)

    def _open(self) -> None:
        self.engine = file_engine(self.path)
        self._watch = CommitWatch(self.path)
        try:
            migrate.bring_up(self.engine, self.path, migrate.BACKGROUND)
        except (migrate.NewerSchema, migrate.MayNotWrite, migrate.MigrationFailed) as error:
            self.engine.dispose()
            raise TasksError(failed("opened", error)) from error

    def _replace(self, why: BaseException) -> None:
        """Put a damaged file aside; nothing is lost with it but the history and what waited."""
        with self._opening:
            try:
                self.engine.dispose()
                put_aside(self.path)
                self._open()
            except (DatabaseError, OSError, ValueError) as error:
                raise TasksError(failed("opened", error)) from why

    def close(self) -> None:
        """Give the file back."""
        self._watch.close()
        self.engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with (
                self.engine.connect().execution_options(throughline_writes=True) as connection,
                connection.begin(),
            ):
                yield connection
        except IntegrityError:
            raise
        except (DatabaseError, OSError) as error:
            self._fail("written", error)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection, connection.begin():
                yield connection
        except (DatabaseError, OSError) as error:
            self._fail("read", error)

    def _fail(self, done: str, error: BaseException) -> None:
        if is_damage(error):
            self._replace(error)
        raise TasksError(failed(done, error)) from error

    @property
    def _now(self) -> int:
        """The instant that people read, µs."""
        return round(self._clock().timestamp() * SECOND)

    def _mine(self, *more: ColumnElement[bool]) -> ColumnElement[bool]:
        return and_(task.c.tenant == self.tenant, *more)

    # ---- asked for

    def submit(
        self, site: str, kind: str, spec: JsonObject, *, by: str, alike: JsonObject | None = None
    ) -> tuple[BackgroundTask, bool]:
        """Put a task into the table. The second value is False where the same one is there and waits or runs already,
        which is given back then.

        `alike`: what makes two tasks the same one, if not their whole spec.
        """
        row: dict[str, Any] = {
            "id": secrets.token_hex(12), "tenant": self.tenant, "site": site, "kind": kind, "spec": json.dumps(spec),
            "spec_hash": hash_of_spec(spec if alike is None else alike), "state": "queued", "tries": 0,
            "due": wall(), "cancelling": False, "progress": 0.0, "created_by": by, "created_at": self._now,
            "version": 1,
        }  # a table: kept in its rows  # fmt: skip
        same = self._mine(
            task.c.site == site,
            task.c.kind == kind,
            task.c.spec_hash == row["spec_hash"],
            task.c.state.in_(_LIVE),
        )
        for _ in range(5):
            try:
                with self._writing() as connection:
                    connection.execute(insert(task).values(**row))
                break
            except IntegrityError:
                with self._reading() as connection:
                    found = connection.execute(select(task).where(same)).mappings().first()
                if found is not None:
                    return task_of(found), False
        else:
            raise TasksError(Problem("The background task could not be queued.", todo="Try again."))
        return self.one(row["id"]), True

    def cancel(self, number: str) -> BackgroundTask:
        """What waits is cancelled at once; what runs is asked to stop. Raises NotThere."""
        with self._writing() as connection:
            waits = self._mine(task.c.id == number, task.c.state == "queued")
            connection.execute(
                update(task).where(waits).values(state="cancelled", ended_at=self._now, version=task.c.version + 1)
            )
            runs = self._mine(task.c.id == number, task.c.state == "running", task.c.cancelling.is_(False))
            connection.execute(update(task).where(runs).values(cancelling=True, version=task.c.version + 1))
        return self.one(number)

    def retry(self, number: str, by: str) -> BackgroundTask:
        """Queue a task anew that failed or was cancelled; where the same one is live already, that is given back.

        Raises NotThere, TasksError for a task that has not failed.
        """
        old = self.one(number)
        if old.state not in (TaskState.FAILED, TaskState.CANCELLED):
            raise TasksError(
                Problem(f"This task is {old.state}.", todo="Only a task that failed or was cancelled can be retried.")
            )
        with self._reading() as connection:
            known = connection.scalar(select(task.c.spec_hash).where(task.c.id == number))
            live = self._mine(
                task.c.site == old.site,
                task.c.kind == old.kind,
                task.c.spec_hash == known,
                task.c.state.in_(_LIVE),
            )
            twin = connection.execute(select(task).where(live)).mappings().first()
        if twin is not None:
            return task_of(twin)
        anew = {
            "state": "queued", "tries": 0, "due": wall(), "cancelling": False, "progress": 0.0, "details": None,
            "error": None, "started_at": None, "ended_at": None, "created_by": by, "created_at": self._now,
        }  # a table: kept in its rows  # fmt: skip
        with self._writing() as connection:
            mine = self._mine(task.c.id == number, task.c.state.in_(("failed", "cancelled")))
            connection.execute(update(task).where(mine).values(**anew, version=task.c.version + 1))
        return self.one(number)

    # ---- looked at

    def one(self, number: str) -> BackgroundTask:
        """A task by its id. Raises NotThere."""
        with self._reading() as connection:
            found = connection.execute(select(task).where(self._mine(task.c.id == number))).mappings().first()
        if found is None:
            raise NoSuchTask(number)
        return task_of(found)

    def history(
        self, *, site: str | None = None, kinds: Collection[str] = (), live: bool = False, most: int = 100
    ) -> list[BackgroundTask]:
        """What waits or runs, and then what has ended, the newest first. `site`: of that one alone."""
        chosen = self._mine(
            *((task.c.site == site,) if site is not None else ()),
            *((task.c.kind.in_(kinds),) if kinds else ()),
            *((task.c.state.in_(_LIVE),) if live else ()),
        )
        first = task.c.state.in_(_LIVE)
        query = select(task).where(chosen).order_by(first.desc(), task.c.created_at.desc(), task.c.id).limit(most)
        with self._reading() as connection:
            return [task_of(row) for row in connection.execute(query).mappings()]

    def newest(self, site: str, kind: str) -> BackgroundTask | None:
        """The task of this kind that was asked for last. Read again only after something was written."""
        mark = self._watch.mark()
        known = self._newest.get((site, kind))
        if mark is not None and known is not None and known[0] == mark:
            return known[1]
        found = next(iter(self.history(site=site, kinds=(kind,), most=1)), None)
        self._newest[site, kind] = (mark, found)
        return found

    def used_files(self) -> set[str]:
        """The names of files that results speak of."""
        query = select(task.c.result).where(self._mine(task.c.state == "completed", task.c.result.is_not(None)))
        with self._reading() as connection:
            return {str(json.loads(text).get("file")) for text in connection.scalars(query) if text}

    # ---- worked on

    def take(
        self, kinds: Collection[str], lease: float, but: Collection[str] = ()
    ) -> tuple[BackgroundTask, str] | None:
        """Take a task that is due, or whose owner has let its lease (seconds) run out; the task and its new owner."""
        owner = owner_name()
        taken = self._take(and_(task.c.kind.in_(kinds), task.c.id.not_in(but) if but else ~false()), owner, lease)
        return None if taken is None else (taken, owner)

    def take_one(self, number: str, owner: str, lease: float) -> BackgroundTask | None:
        """Take this task, if it is due or left; None where somebody works on it."""
        return self._take(task.c.id == number, owner, lease)

    def _take(self, which: ColumnElement[bool], owner: str, lease: float) -> BackgroundTask | None:
        now = wall()
        due = or_(
            and_(task.c.state == "queued", task.c.due <= now),
            and_(
                task.c.state == "running",
                task.c.lease <= now,
                task.c.tries < TRIES,
                task.c.cancelling.is_(False),
            ),
        )
        free = self._mine(which, due)
        first = select(task.c.id).where(free).order_by(task.c.due).limit(1).with_for_update(skip_locked=True)
        values = {
            "state": "running", "owner": owner, "lease": now + micros(lease), "tries": task.c.tries + 1,
            "started_at": self._now, "version": task.c.version + 1,
        }  # a table: kept in its rows  # fmt: skip
        query = update(task).where(task.c.id == first.scalar_subquery(), free).values(**values).returning(task)
        with self._writing() as connection:
            row = connection.execute(query).mappings().first()
            return None if row is None else task_of(row)

    def renew(
        self, number: str, owner: str, lease: float, progress: float | None = None, details: JsonObject | None = None
    ) -> bool | None:
        """Keep a task for another while, and say how far it is. True: it shall stop; None: it is no longer ours."""
        values: dict[str, Any] = {"lease": wall() + micros(lease)}
        if progress is not None:
            values |= {"progress": min(max(progress, 0.0), 1.0), "details": json.dumps(details or {})}
            values |= {"version": task.c.version + 1}
        query = update(task).where(self._owned(number, owner)).values(**values).returning(task.c.cancelling)
        with self._writing() as connection:
            found = connection.execute(query).first()
        return None if found is None else bool(found[0])

    def stops(self, owners: Collection[str]) -> dict[str, bool]:
        """Which of these owners still have their task, and whether it shall stop; the others are missing."""
        query = select(task.c.owner, task.c.cancelling).where(
            self._mine(task.c.owner.in_(owners), task.c.state == "running")
        )
        with self._reading() as connection:
            return {str(owner): bool(stop) for owner, stop in connection.execute(query)}

    def finish(
        self,
        number: str,
        owner: str,
        state: TaskState,
        *,
        result: JsonObject | None = None,
        code: str = "",
        problem: Problem | None = None,
    ) -> bool:
        """Write down how a task ended. False, and nothing is written, where somebody else has it by now."""
        values: dict[str, Any] = {"state": state.value, "ended_at": self._now, "lease": None}
        values |= {"result": None if result is None else json.dumps(result), "error": error_text(code, problem)}
        if state is TaskState.COMPLETED:
            values["progress"] = 1.0
        return self._give_back(number, owner, values)

    def put_back(
        self,
        number: str,
        owner: str,
        wait: float,
        *,
        code: str = "",
        problem: Problem | None = None,
        count: bool = True,
    ) -> bool:
        """Let a task be taken again after `wait` seconds; with `count` off the try did not count."""
        values: dict[str, Any] = {"state": "queued", "due": wall() + micros(wait), "lease": None, "owner": None}
        values |= {"error": error_text(code, problem)}
        if not count:
            values["tries"] = task.c.tries - 1
        return self._give_back(number, owner, values)

    def _give_back(self, number: str, owner: str, values: dict[str, Any]) -> bool:
        query = update(task).where(self._owned(number, owner)).values(**values, version=task.c.version + 1)
        with self._writing() as connection:
            return connection.execute(query.returning(task.c.id)).first() is not None

    def _owned(self, number: str, owner: str) -> ColumnElement[bool]:
        return self._mine(task.c.id == number, task.c.owner == owner, task.c.state == "running")

    def sweep(self) -> int:
        """End what nobody works on any more and nobody may take again; how many."""
        left = self._mine(task.c.state == "running", task.c.lease <= wall())
        over = {"ended_at": self._now, "lease": None, "version": task.c.version + 1}
        with self._reading() as connection:
            if not connection.scalar(select(func.count()).select_from(task).where(left)):
                return 0
        with self._writing() as connection:
            stopped = update(task).where(left, task.c.cancelling.is_(True)).values(state="cancelled", **over)
            spent = update(task).where(left, task.c.tries >= TRIES)
            spent = spent.values(state="failed", error=error_text("stopped", _STOPPED), **over)
            return sum(len(connection.execute(each.returning(task.c.id)).all()) for each in (stopped, spent))

    def next_due(self) -> int | None:
        """When the next task can be taken, µs by the clock of the machine; None: nothing waits or runs."""
        instant = func.min(func.coalesce(task.c.lease, task.c.due))
        with self._reading() as connection:
            found = connection.scalar(select(instant).where(self._mine(task.c.state.in_(_LIVE))))
            return None if found is None else int(found)

    def remove_ended(self, before: int) -> int:
        """Forget tasks that ended before an instant (µs); how many."""
        old = self._mine(task.c.state.in_(_ENDED), task.c.ended_at < before)
        with self._writing() as connection:
            return len(connection.execute(delete(task).where(old).returning(task.c.id)).all())
