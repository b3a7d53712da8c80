"""The arithmetic of jobs: pure functions, records in, numbers out; what has no meaning is None with a reason, never
0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from data.values.records import (
    STATUSES,
    JobCompletion,
    OutcomeAchieved,
    PainpointResolved,
    Record,
    TimeToOutcome,
    at,
    effectiveness,
)
from data.values.shares import Share, quantile, wilson

NO_SHARE = wilson(0, 0)
NO_DIRECTION = "No spec says whether less or more is better."
NOT_MEASURED = "Nothing was measured."
NO_TARGET = "Nobody said what was wanted."
TimeRange = tuple[int | None, int | None]  # µs, end exclusive


@dataclass(frozen=True)
class Achievement:
    """Target against what was measured. `achievement` in percent, not capped; None with a reason."""

    outcome_id: str
    direction: str | None
    expected: float | None
    actual: float | None
    achievement: float | None
    reason: str
    n: int
    latest: float | None = None
    exceeds: bool | None = None
    met: Share = NO_SHARE  # in how many of the measurements the target was met
    unjudged: int = 0  # measurements of which that cannot be told
    met_reason: str = ""  # why not


@dataclass(frozen=True)
class Resolution:
    """A painpoint before and after, over all its records. `effectiveness` in percent, negative when it got worse."""

    painpoint_id: str
    n: int
    before: float | None
    after: float | None
    effectiveness: float | None
    improved: int
    worse: int
    unchanged: int
    without_before: int
    reason: str


@dataclass(frozen=True)
class TimeStats:
    """How long it took: seconds over the records that ended."""

    outcome_id: str
    n: int
    open: int
    p50: float | None
    p75: float | None
    p90: float | None
    mean: float | None
    shortest: float | None
    longest: float | None


# ---- jobs


def within(record: Record, time_range: TimeRange | None) -> bool:
    """Whether a record's instant lies in a half-open range."""
    if time_range is None:
        return True
    start, end = time_range
    return (start is None or at(record) >= start) and (end is None or at(record) < end)


def calculate_job_completion_rate(
    jobs: Iterable[JobCompletion],
    job_id: str | None = None,
    persona: str | None = None,
    time_range: TimeRange | None = None,
) -> float | None:
    """Completed ÷ all tracked, 0 to 1; None when nothing was tracked. A job lies where it was started.

    >>> done = JobCompletion("buy", "shopper", "cart", "completed", 0, 9)
    >>> calculate_job_completion_rate([done, done._replace(status="failed"), done._replace(status="started")], "buy")
    0.3333333333333333
    >>> calculate_job_completion_rate([done], "sell") is None
    True
    """
    tracked = completed = 0
    for each in jobs:
        if (
            (job_id is None or each.job_id == job_id)
            and (persona is None or each.persona == persona)
            and within(each, time_range)
        ):
            tracked += 1
            completed += each.status == "completed"
    return completed / tracked if tracked else None


def validate_jtbd_tracking(
    job: JobCompletion, known_jobs: Iterable[str] | None = None, now: int | None = None
) -> list[str]:
    """What is wrong with a record, in words; nothing: it can be stored. `known_jobs`: ids of the specs.

    >>> validate_jtbd_tracking(JobCompletion("buy", "", "cart", "done", 5, 4))[:2]
    ['persona is empty', "status 'done' is none of started, in_progress, completed, failed, abandoned"]
    >>> validate_jtbd_tracking(JobCompletion("buy", "shopper", "cart", "completed", 5, 9), ["buy"])
    []
    """
    wrong = [f"{name} is empty" for name in ("job_id", "persona") if not getattr(job, name).strip()]
    if job.status not in STATUSES:
        wrong.append(f"status {job.status!r} is none of {', '.join(STATUSES)}")
    if job.completed_at is not None and job.completed_at < job.started_at:
        wrong.append("completed_at lies before started_at")
    if job.duration_seconds is not None and job.duration_seconds < 0:
        wrong.append("duration_seconds is negative")
    if now is not None and max(job.started_at, job.completed_at or job.started_at) > now:
        wrong.append("it lies in the future")
    if known_jobs is not None and job.job_id not in set(known_jobs):
        wrong.append(f"no spec names the job {job.job_id!r}")
    return wrong


# ---- outcomes


def achievement(expected: float, actual: float, direction: str | None) -> tuple[float | None, str]:
    """(percent, reason where there is none). Maximise: actual ÷ expected; minimise: expected ÷ actual. Not capped.

    >>> achievement(5, 4, "minimise"), achievement(5, 4, "maximise")
    ((125.0, ''), (80.0, ''))
    >>> achievement(5, 0, "minimise"), achievement(0, 5, "maximise")
    ((None, 'The target is met: the actual value is 0 or less.'), (None, 'The target is met: it is 0.'))
    >>> achievement(5, 5, None)
    (None, 'No spec says whether less or more is better.')
    """
    if direction not in ("minimise", "maximise"):
        return None, NO_DIRECTION
    if not (math.isfinite(expected) and math.isfinite(actual)):
        return None, "A value is not a number."
    if actual <= 0 and is_met(expected, actual, direction) and direction == "minimise":
        return None, "The target is met: the actual value is 0 or less."
    if expected == 0 and is_met(expected, actual, direction):
        return None, "The target is met: it is 0."
    if expected < 0 or actual < 0:
        return None, "A ratio of negative values has no meaning."
    top, bottom, name = (expected, actual, "actual value") if direction == "minimise" else (actual, expected, "target")
    if bottom == 0:
        return None, f"The {name} is 0: nothing to divide by."
    value = 100 * top / bottom
    return (value, "") if math.isfinite(value) else (None, f"The {name} is too close to 0.")


def is_met(expected: float, actual: float, direction: str | None) -> bool | None:
    """Whether a measurement reached its target; None where no spec says whether less or more is better.

    >>> is_met(0, 0, "minimise"), is_met(5, 5, "maximise"), is_met(5, 6, "minimise"), is_met(5, 6, None)
    (True, True, False, None)
    """
    if direction not in ("minimise", "maximise") or not (math.isfinite(expected) and math.isfinite(actual)):
        return None
    return actual <= expected if direction == "minimise" else actual >= expected


def _met(found: Sequence[tuple[float | None, float]], target: float | None, direction: str | None) -> Share:
    """In how many of the measurements (expected, actual), of which that can be told, the target (else what each
    expected) was met.
    """
    wanted = [(expected if target is None else target, actual) for expected, actual in found]
    told = [None if each is None else is_met(each, actual, direction) for each, actual in wanted]
    return wilson(told.count(True), len(told) - told.count(None))


def _noted(count: int) -> str:
    """Why there is no number where an outcome was only noted as achieved.

    >>> _noted(1), _noted(0)
    ('Noted as achieved once, without a measured value.', 'Nothing was measured.')
    """
    times = "once" if count == 1 else f"{count} times"
    return f"Noted as achieved {times}, without a measured value." if count else NOT_MEASURED


def calculate_outcome_achievement(
    outcomes: Iterable[OutcomeAchieved],
    outcome_id: str,
    direction: str | None = None,
    target: float | None = None,
    persona: str | None = None,
    time_range: TimeRange | None = None,
) -> Achievement:
    """The mean of what was measured against the target (of the spec, else the mean of what was expected). What was
    noted as achieved without a value is no measurement, and counts in none of the numbers.

    >>> told = OutcomeAchieved("pay", "time", 60, 40, None, "cart", None, "unknown", 0)
    >>> calculate_outcome_achievement([told, told._replace(actual_value=80)], "pay", "minimise").achievement
    100.0
    """
    found = [
        each
        for each in outcomes
        if each.outcome_id == outcome_id and (persona is None or each.persona == persona) and within(each, time_range)
    ]
    measured = [each for each in found if each.actual_value is not None]
    if not measured:
        why = _noted(len(found))
        return Achievement(outcome_id, direction, target, None, None, why, 0, met_reason=why)
    values = [(each.expected_value, each.actual_value) for each in measured if each.actual_value is not None]
    expectations = [each for each, _ in values if each is not None]
    expected = target if target is not None else fmean(expectations) if expectations else None
    actual = fmean([each for _, each in values])
    rate, reason = None, NO_TARGET
    if expected is not None:
        rate, reason = achievement(expected, actual, direction)
    latest = max(measured, key=lambda each: each.measured_at).actual_value
    exceeds = None if rate is None else rate > 100
    met = _met(values, target, direction)
    unjudged = len(values) - met.n
    why = "" if not unjudged else NO_DIRECTION if direction is None else "A value is not a number."
    if unjudged and expected is None:
        why = NO_TARGET
    return Achievement(
        outcome_id, direction, expected, actual, rate, reason, len(values), latest, exceeds, met, unjudged, why
    )


def outcome_status(rate: float | None, met: bool | None = None) -> str:
    """How a measurement is called by its achievement; without one, by whether it met its target.

    >>> [outcome_status(each) for each in (None, 99.9, 100, 130)], outcome_status(None, True)
    (['unknown', 'partially_achieved', 'achieved', 'exceeded'], 'achieved')
    """
    if rate is None:
        return "unknown" if met is None else "achieved" if met else "partially_achieved"
    return "exceeded" if rate > 100 else "achieved" if rate == 100 else "partially_achieved"


# ---- opportunity


def calculate_opportunity_score(importance: float, satisfaction: float, formula: str = "clamped") -> float:
    """I + max(I − S, 0), after Ulwick; formula "linear": I + (I − S). Raises ValueError outside of 0 to 10.

    200 of 270 find it important, 75 of 270 are satisfied:

    >>> round(calculate_opportunity_score(10 * 200 / 270, 10 * 75 / 270), 1)
    12.0
    >>> calculate_opportunity_score(4, 9), calculate_opportunity_score(4, 9, "linear")
    (4, -1)
    """
    for name, value in (("importance", importance), ("satisfaction", satisfaction)):
        if not 0 <= value <= 10:
            raise ValueError(f"{name} is {value:g}; it goes from 0 to 10.")
    gap = importance - satisfaction
    return importance + (gap if formula == "linear" else max(gap, 0))


def opportunity_band(importance: float, satisfaction: float, formula: str = "clamped") -> str:
    """One of BANDS, of the unrounded score; more satisfied than important is overserved, whatever the score.

    >>> opportunity_band(9, 2), opportunity_band(10, 10), opportunity_band(9.5, 9.6), opportunity_band(6, 0)
    ('extreme', 'appropriate', 'overserved', 'strong')
    """
    if satisfaction > importance:
        return "overserved"
    score = calculate_opportunity_score(importance, satisfaction, formula)
    return (
        "extreme" if score > 15 else "strong" if score >= 12 else "worth_considering" if score > 10 else "appropriate"
    )


def opportunity_interval(important: Share, satisfied: Share, formula: str = "clamped") -> tuple[float, float] | None:
    """The score at the unlucky and at the lucky ends of both shares: wider than 95 %, never narrower.

    >>> from data.values.shares import wilson
    >>> [round(each, 1) for each in opportunity_interval(wilson(200, 270), wilson(75, 270))]
    [10.4, 13.5]
    """
    if important.low is None or satisfied.low is None or important.high is None or satisfied.high is None:
        return None
    score = calculate_opportunity_score
    return (
        score(10 * important.low, 10 * satisfied.high, formula),
        score(10 * important.high, 10 * satisfied.low, formula),
    )


# ---- painpoints and times


def aggregate_painpoint_resolution(
    painpoints: Iterable[PainpointResolved],
    painpoint_id: str,
    persona: str | None = None,
    time_range: TimeRange | None = None,
) -> Resolution:
    """Mean severity before and after; effectiveness of the two means. Records without pain before are counted apart.

    >>> told = PainpointResolved("fees", "cost", "", "cart", "shopper", 8, 2, None, 0)
    >>> found = aggregate_painpoint_resolution([told, told._replace(severity_before=4, severity_after=4)], "fees")
    >>> found.before, found.after, found.effectiveness, found.improved, found.unchanged
    (6.0, 3.0, 50.0, 1, 1)
    """
    found = [
        each
        for each in painpoints
        if each.painpoint_id == painpoint_id
        and (persona is None or each.persona == persona)
        and within(each, time_range)
    ]
    sound = [each for each in found if each.severity_before > 0]
    if not sound:
        reason = "Severity before was 0: nothing to compare with." if found else "Nothing was recorded."
        return Resolution(painpoint_id, len(found), None, None, None, 0, 0, 0, len(found), reason)
    before, after = fmean([each.severity_before for each in sound]), fmean([each.severity_after for each in sound])
    return Resolution(
        painpoint_id,
        len(found),
        before,
        after,
        effectiveness(before, after),
        sum(each.severity_after < each.severity_before for each in sound),
        sum(each.severity_after > each.severity_before for each in sound),
        sum(each.severity_after == each.severity_before for each in sound),
        len(found) - len(sound),
        "",
    )


def compute_time_to_outcome_stats(
    times: Iterable[TimeToOutcome],
    outcome_id: str,
    persona: str | None = None,
    time_range: TimeRange | None = None,
) -> TimeStats:
    """Percentiles by linear interpolation (R-7) over what ended; what is still open is counted.

    >>> told = [TimeToOutcome("pay", "p", "cart", n, n + 1, float(n)) for n in (10, 20, 40)]
    >>> stats = compute_time_to_outcome_stats([*told, TimeToOutcome("pay", "p", "cart", 99)], "pay")
    >>> stats.p50, stats.p75, stats.n, stats.open
    (20.0, 30.0, 3, 1)
    """
    found = [
        each
        for each in times
        if each.outcome_id == outcome_id and (persona is None or each.persona == persona) and within(each, time_range)
    ]
    spans = sorted(each.duration_seconds for each in found if each.duration_seconds is not None)
    half, most, nearly_all = (quantile(spans, share) for share in (0.5, 0.75, 0.9))
    return TimeStats(
        outcome_id,
        len(spans),
        len(found) - len(spans),
        half,
        most,
        nearly_all,
        fmean(spans) if spans else None,
        spans[0] if spans else None,
        spans[-1] if spans else None,
    )


def as_plain(value: Any) -> Any:
    """Floats of a JSON answer without the noise of the last bits, so that equal inputs give equal bytes.

    >>> as_plain({"a": 0.1 + 0.2, "b": [1, None]})
    {'a': 0.3, 'b': [1, None]}
    """
    if isinstance(value, dict):
        return {name: as_plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(each) for each in value]
    if isinstance(value, float):
        short = float(f"{value:.10g}")
        return int(short) if abs(short) < 1e15 and short == int(short) else short
    return value
