"""What went wrong, why we think so, and what to do: the one shape in which people read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something a person should know: what happened, why we think so, what to do."""

    what: str
    why: str = ""
    todo: str = ""
    level: str = "warning"  # info | warning | danger

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.todo) if part)
