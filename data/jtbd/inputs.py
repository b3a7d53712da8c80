"""What a picture of jobs is made of besides records and specs: which records, and what Jira says of outcomes and
painpoints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.values.details import Details


@dataclass(frozen=True)
class RecordSelection:
    """Which part of the records: [start, end) in µs, the span before it to compare with, a persona, a job.

    `uncovered`: kind of record → why the span before is not wholly known; nothing of that kind is compared with it.
    """

    start: int | None = None
    end: int | None = None
    previous_start: int | None = None
    persona: str | None = None
    job: str | None = None
    uncovered: Mapping[str, str] = field(default_factory=dict)

    def before(self, kind: str) -> tuple[int, int] | None:
        """The span that records of a kind are compared with; None: with nothing."""
        if self.previous_start is None or self.start is None or kind in self.uncovered:
            return None
        return self.previous_start, self.start


@dataclass(frozen=True)
class Bound:
    """What Jira says of an outcome that is bound to a catalogue metric, in the outcome's unit. `change`: what
    `compared` says of it and the period before, empty where that one is not known; `why_no_change`: why not.
    """

    metric: str
    actual: float | None
    previous: float | None = None
    n: int = 0
    reason: str = ""
    change: Details = field(default_factory=lambda: Details())
    why_no_change: str = ""


@dataclass(frozen=True)
class Reported:
    """Issues that name a painpoint, worked on in the period, and how many of them are done."""

    issues: int = 0
    done: int = 0
