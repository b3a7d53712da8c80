"""A run of the retention job: what was removed because it was too old."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RetentionRun:
    """`ran_at` and `before` in µs since 1970 UTC. Records of what happened before `before` were removed.

    `days`: how long records are kept; `removed`: kind of record (job, outcome, painpoint, time, satisfaction) → how
    many; `counted`: whether their daily counts were kept.
    """

    ran_at: int
    days: int
    before: int
    removed: Mapping[str, int]
    counted: bool = True

    @property
    def total(self) -> int:
        """How many records of all kinds were removed.

        >>> RetentionRun(0, 90, 0, {"job": 2, "time": 1}).total
        3
        """
        return sum(self.removed.values())

    def __str__(self) -> str:
        """
        >>> print(RetentionRun(0, 90, 0, {"job": 2, "time": 1, "outcome": 0}))
        3 records older than 90 days were removed (job 2, time 1). Their daily counts are kept.
        >>> print(RetentionRun(0, 1, 0, {}))
        No record was older than 1 day.
        """
        days = f"{self.days} day{'' if self.days == 1 else 's'}"
        if not self.total:
            return f"No record was older than {days}."
        many = f"{self.total:,} records older than {days} were" if self.total > 1 else f"1 record older than {days} was"
        return f"{many} removed ({self.kinds}).{' Their daily counts are kept.' if self.counted else ''}"

    @property
    def kinds(self) -> str:
        """
        >>> RetentionRun(0, 90, 0, {"job": 2, "time": 1, "outcome": 0}).kinds
        'job 2, time 1'
        """
        return ", ".join(f"{kind} {count:,}" for kind, count in self.removed.items() if count)
