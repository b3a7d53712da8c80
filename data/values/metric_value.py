"""What a metric answers: one MetricValue, whoever asks (D-06)."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from data.values.details import Details


class ErrorState(StrEnum):
    SUCCESS = "success"
    MISSING_MAPPING = "missing_mapping"
    NO_DATA = "no_data"
    CALCULATION_ERROR = "calculation_error"


SIGNED = ("composite",)  # families whose numbers may lie below zero
TIER_COLORS = {"Elite": "green", "High": "yellow", "Medium": "orange", "Low": "red"}


def iso(instant: datetime) -> str:
    """UTC ISO 8601 with milliseconds and Z.

    >>> iso(datetime(2025, 1, 31, tzinfo=UTC))
    '2025-01-31T00:00:00.000Z'
    """
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class MetricValue:
    """One number for one period, with what it was made of. Times are UTC ISO 8601; `time_period_end` is exclusive.

    Raises ValueError when the promises of D-06 are broken.
    """

    metric_name: str
    metric_type: str  # the family: dora | flow | throughput | lead_time | …
    value: float | None
    unit: str
    performance_tier: str | None
    performance_tier_color: str | None
    calculation_timestamp: str
    time_period_start: str
    time_period_end: str
    error_state: str
    error_message: str | None
    excluded_issue_count: int
    total_issue_count: int
    details: Details = field(default_factory=Details)

    def __post_init__(self) -> None:
        if (self.error_state == ErrorState.SUCCESS) == (self.value is None):
            raise ValueError("a value goes with success and only with success")
        signed = self.metric_type in SIGNED
        if self.value is not None and (not math.isfinite(self.value) or (self.value < 0 and not signed)):
            raise ValueError("a value is finite and not negative")
        if self.error_state != ErrorState.SUCCESS and not self.error_message:
            raise ValueError("without a value there is a message")
        if self.time_period_end < self.time_period_start:
            raise ValueError("a period does not end before it starts")
        if not 0 <= self.excluded_issue_count <= self.total_issue_count:
            raise ValueError("excluded issues are some of all issues")
        if self.performance_tier_color != TIER_COLORS.get(self.performance_tier or ""):
            raise ValueError("tier and colour belong together")

    @property
    def ok(self) -> bool:
        return self.error_state == ErrorState.SUCCESS

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> MetricValue:
        """Back from `to_dict`. Raises TypeError, ValueError or KeyError when the row is not one of ours."""
        return cls(**{each.name: row[each.name] for each in fields(cls)})
