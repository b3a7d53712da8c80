"""What happens while people do their jobs: five kinds of records as plain rows, and what makes one of them sound."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from data.values.errors import AppError
from data.values.names import name_key
from data.values.scales import LEVELS, SCALES, WORDS, scale_named

STATUSES = ("started", "in_progress", "completed", "failed", "abandoned")
ENDED = ("completed", "failed", "abandoned")  # of the statuses: nothing comes after them
_US = 1_000_000
FIRST_INSTANT, LAST_INSTANT = 0, 253_402_300_799_999_999  # µs since 1970 UTC: the years 1970 to 9999


class JobCompletion(NamedTuple):
    """Somebody set out to do a job with a feature. Instants in µs UTC."""

    job_id: str
    persona: str
    feature_used: str
    status: str  # one of STATUSES
    started_at: int
    completed_at: int | None = None
    duration_seconds: float | None = None
    source: str = "manual"
    context: str | None = None
    event_id: str = ""


class OutcomeAchieved(NamedTuple):
    """An outcome was measured, or somebody noted that it was achieved without measuring it: then `actual_value` is None
    and the status says achieved. `expected_value` is None where nobody said what was wanted.
    """

    outcome_id: str
    metric: str
    expected_value: float | None
    actual_value: float | None
    achievement_rate: float | None
    feature: str
    persona: str | None
    status: str
    measured_at: int
    source: str = "manual"
    context: str | None = None
    event_id: str = ""


class PainpointResolved(NamedTuple):
    """A painpoint hurts less, or more, than before. Severities from 0 to 10."""

    painpoint_id: str
    category: str
    description: str
    feature: str
    persona: str
    severity_before: float
    severity_after: float
    resolution_effectiveness: float | None
    resolved_at: int
    source: str = "manual"
    context: str | None = None
    event_id: str = ""


class TimeToOutcome(NamedTuple):
    """How long it took somebody to reach an outcome."""

    outcome_id: str
    persona: str
    feature: str
    start_time: int
    end_time: int | None = None
    duration_seconds: float | None = None
    steps: str | None = None
    source: str = "manual"
    context: str | None = None
    event_id: str = ""


class UserSatisfaction(NamedTuple):
    """Somebody said how satisfied they are: one of LEVELS, or a number as text, on its scale (one of SCALES; None:
    not declared). Whoever was not asked about expectations or a recommendation said neither yes nor no: None.
    """

    outcome_id: str
    feature: str
    persona: str
    satisfaction_level: str
    met_expectations: bool | None
    would_recommend: bool | None
    effort_score: int | None
    feedback_text: str | None
    recorded_at: int
    source: str = "manual"
    context: str | None = None
    event_id: str = ""
    scale: str | None = None


Record = JobCompletion | OutcomeAchieved | PainpointResolved | TimeToOutcome | UserSatisfaction
# kind → its type, what it is about, and the instant that puts it in a period
KINDS: dict[str, tuple[type[Record], str, str]] = {
    "job": (JobCompletion, "job_id", "started_at"),
    "outcome": (OutcomeAchieved, "outcome_id", "measured_at"),
    "painpoint": (PainpointResolved, "painpoint_id", "resolved_at"),
    "time": (TimeToOutcome, "outcome_id", "start_time"),
    "satisfaction": (UserSatisfaction, "outcome_id", "recorded_at"),
}
_KIND_OF = {made: kind for kind, (made, _, _) in KINDS.items()}
INSTANTS = frozenset(
    {"started_at", "completed_at", "measured_at", "resolved_at", "start_time", "end_time", "recorded_at"}
)


class Records(NamedTuple):
    """Records of all kinds."""

    jobs: Sequence[JobCompletion] = ()
    outcomes: Sequence[OutcomeAchieved] = ()
    painpoints: Sequence[PainpointResolved] = ()
    times: Sequence[TimeToOutcome] = ()
    satisfaction: Sequence[UserSatisfaction] = ()

    def parts(self) -> tuple[Sequence[Record], ...]:
        """The records kind by kind, in the order of KINDS."""
        return self.jobs, self.outcomes, self.painpoints, self.times, self.satisfaction

    def __add__(self, other: Any) -> Records:
        return Records(*([*mine, *theirs] for mine, theirs in zip(self, other, strict=True)))


def kind_of(record: Record) -> str:
    """
    >>> kind_of(TimeToOutcome("o", "p", "f", 0))
    'time'
    """
    return _KIND_OF[type(record)]


def at(record: Record) -> int:
    """The instant (µs) that puts a record in a period."""
    instant: int = getattr(record, KINDS[kind_of(record)][2])
    return instant


class RecordError(AppError, ValueError):
    """A record that cannot be true; the message names the field."""

    code = "record"


def effectiveness(before: float, after: float) -> float | None:
    """100 × (before − after) ÷ before; negative when it got worse, None where it did not hurt before.

    >>> effectiveness(8, 2), effectiveness(4, 6), effectiveness(0, 3) is None
    (75.0, -50.0, True)
    """
    return 100 * (before - after) / before if before > 0 else None


def complete(record: Record) -> Record:
    """The record with what follows from it filled in: durations, rates, an event id. Raises RecordError.

    >>> complete(JobCompletion("buy", "shopper", "cart", "completed", 0, 8_500_000)).duration_seconds
    8.5
    """
    names = KINDS[kind_of(record)]
    if not getattr(record, names[1]).strip():
        raise RecordError(f"{names[1]} is empty. Name what the record is about.")
    if isinstance(record, JobCompletion):
        record = _complete_job(record)
    elif isinstance(record, TimeToOutcome):
        seconds = _span(record.start_time, record.end_time, record.duration_seconds, "end_time")
        record = record._replace(duration_seconds=seconds)
    elif isinstance(record, PainpointResolved):
        for name in ("severity_before", "severity_after"):
            if not 0 <= getattr(record, name) <= 10:
                raise RecordError(f"{name} is {getattr(record, name):g}. Severity goes from 0 to 10.")
        record = record._replace(resolution_effectiveness=effectiveness(record.severity_before, record.severity_after))
    elif isinstance(record, UserSatisfaction):
        record = _complete_answer(record)
    return record if record.event_id else record._replace(event_id=event_id(record))


def _complete_job(record: JobCompletion) -> JobCompletion:
    if record.status not in STATUSES:
        raise RecordError(f"status is {record.status!r}. Use one of: {', '.join(STATUSES)}.")
    if record.status in ("started", "in_progress") and record.completed_at is not None:
        raise RecordError(f"completed_at is set, but status is {record.status}. Leave one of them out.")
    seconds = _span(record.started_at, record.completed_at, record.duration_seconds, "completed_at")
    return record._replace(duration_seconds=seconds)


def _span(start: int, end: int | None, seconds: float | None, name: str) -> float | None:
    if seconds is not None and not 0 <= seconds < float("inf"):
        raise RecordError(f"duration_seconds is {seconds:g}. A duration is not negative.")
    if end is None:
        return seconds
    if end < start:
        raise RecordError(f"{name} lies before the start. Swap the two.")
    return (end - start) / _US if seconds is None else seconds


def _complete_answer(record: UserSatisfaction) -> UserSatisfaction:
    """Words need no scale: what they mean is in them."""
    scale = None if record.scale is None else scale_named(record.scale)
    told = level(record.satisfaction_level, scale)
    return record._replace(satisfaction_level=told, scale=None if told in LEVELS else scale)


def level(text: str, scale: str | None = None) -> str:
    """A satisfaction level as it is stored. Raises RecordError.

    >>> level("Very satisfied"), level("7"), level("7.0"), level("5", "1-5")
    ('very_satisfied', '7', '7', '5')
    """
    plain = name_key(text).replace(" ", "_").replace("-", "_")
    if plain in LEVELS:
        return plain
    try:
        number = float(plain)
    except ValueError:
        number = float("nan")
    low, high = SCALES.get(scale or "", (0, 10))
    if scale == WORDS or not low <= number <= high:
        words = f"one of: {', '.join(LEVELS)}"
        wanted = words if scale == WORDS else f"{low} to {high}, or {words}"
        on = f" on the scale {scale}" if scale in SCALES else ""
        raise RecordError(f"satisfaction_level is {text!r}{on}. Use {wanted}.")
    return f"{number:g}"


def event_id(record: Record, equal_before: int = 0) -> str:
    """A name for what happened, of all its fields and of how many equal records stood before it in the same import.

    The same event told twice has the same name. A scale that is not declared is no part of it.

    >>> told = TimeToOutcome("o", "p", "f", 5)
    >>> event_id(told) == event_id(told._replace(source="import")), event_id(told) == event_id(told, 1)
    (True, False)
    """
    told: list[str | float | None] = [kind_of(record)]
    told += [value for name, value in record._asdict().items() if name not in ("source", "event_id", "scale")]
    scale = record.scale if isinstance(record, UserSatisfaction) else None
    told += [f"scale {scale}"] if scale else []
    told += [f"after {equal_before} equal"] if equal_before else []
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:32]
