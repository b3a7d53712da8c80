"""A background task: work that goes on behind a page or a command, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from data.values.json_types import JsonObject
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
