"""A background task: work that goes on behind a page or a command, and what came of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from data.values.json_types import JsonObject
from data.values.metric_value import iso
from data.values.problem import Problem


class TaskState(StrEnum):
    """How a background task stands."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_live(self) -> bool:
        """Whether it waits or runs."""
        return self in (TaskState.QUEUED, TaskState.RUNNING)


@dataclass(frozen=True)
class BackgroundTask:
    """One background task as its table holds it. Instants are µs since 1970 UTC; `progress` is from 0 to 1.

    `details`: what the work says of itself (phase, done, total, message). `version` grows with each change.
    `cancelling`: it runs still and has been asked to stop. `code`: of the failure, for programs.
    """

    id: str
    site: str
    kind: str
    state: TaskState
    spec: JsonObject
    tries: int
    due: int
    created_by: str
    created_at: int
    version: int
    progress: float = 0.0
    cancelling: bool = False
    started_at: int | None = None
    ended_at: int | None = None
    details: JsonObject = field(default_factory=dict)
    result: JsonObject | None = None
    code: str = ""
    problem: Problem | None = None

    @property
    def message(self) -> str:
        """What it is doing, in words."""
        return str(self.details.get("message") or "")


def plain(task: BackgroundTask) -> JsonObject:
    """A task as programs read it: instants as ISO 8601 in UTC."""

    def moment(us: int | None) -> str | None:
        return None if us is None else iso(datetime.fromtimestamp(us / 1e6, UTC))

    return {
        "id": task.id, "kind": task.kind, "state": task.state.value, "progress": round(task.progress, 4),
        "message": task.message, "cancelling": task.cancelling, "tries": task.tries, "created_by": task.created_by,
        "created_at": moment(task.created_at), "started_at": moment(task.started_at), "ended_at": moment(task.ended_at),
        "code": task.code, "problem": None if task.problem is None else asdict(task.problem), "version": task.version,
        "spec": task.spec,
    }  # a table: kept in its rows  # fmt: skip
