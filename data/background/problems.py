"""What can go wrong with background tasks, in words."""

from __future__ import annotations

from typing import ClassVar

from data.platform.logs import SECRETS
from data.values.errors import AppError, NotThere
from data.values.json_types import JsonObject
from data.values.problem import Problem
from data.values.program import COMMAND


class TasksError(AppError):
    """The table of background tasks cannot be used, or refuses what was asked for."""

    code = "background"


class NoSuchTask(NotThere):
    """No background task has this id."""

    code = "no_such_task"

    def __init__(self, number: str) -> None:
        shown = SECRETS.shorten(number, 40)
        super().__init__(
            Problem(
                f"There is no background task {shown!r}.",
                "It may be so old that it was forgotten.",
                f"Look at the list: {COMMAND} tasks list",
            )
        )


class TaskCancelled(Exception):
    """The work has stopped because it was asked to."""


class TaskFailed(Exception):
    """The work cannot be done, and trying again at once would not help. `result` is kept with the failure."""

    code: ClassVar[str] = "failed"

    def __init__(self, problem: Problem, code: str = "failed", result: JsonObject | None = None) -> None:
        super().__init__(str(problem))
        self.problem, self.error_code, self.result = problem, code, result


def failed(done: str, error: BaseException) -> Problem:
    """The table cannot be `done` (opened, read, written)."""
    original = getattr(error, "orig", None) or error
    text = SECRETS.clean(getattr(original, "strerror", None) or str(original) or type(error).__name__)
    why = SECRETS.shorten(text.splitlines()[0], 200)
    return Problem(
        f"The table of background tasks cannot be {done}.",
        f"{why[0].upper()}{why[1:]}.",
        "Check that the state folder can be written to and the disk is not full.",
        "danger",
    )
