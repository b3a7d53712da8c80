"""The metrics of jobs as MetricValues, so that cards, cache, terminal and CSV treat them like all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.jtbd.picture import Picture
from data.metrics.catalogue import JobMetric
from data.metrics.display import digits
from data.metrics.jobs import JobNumber
from data.metrics.registry import JOB_METRICS
from data.metrics.verdicts import compared
from data.tables.tidy import microseconds
from data.values.details import Details
from data.values.metric_value import ErrorState, MetricValue, iso
from data.values.periods import Period

LOW_CONFIDENCE = 5
BINS = 10  # points of a sparkline for this period, and as many for the one before


@dataclass(frozen=True)
class CardQuestion:
    """What cards are asked of: the pictures of the period and of the one before, and `bins`, which draws that of a part
    of it. `uncovered`: kind of record → why the period before is not wholly known; `notes`: kind → what is said of it.
    """

    period: Period
    now: datetime
    zone: str
    current: Picture
    previous: Picture
    bins: Callable[[Period], Picture]
    uncovered: Mapping[str, str]
    notes: Mapping[str, Sequence[str]]


def values(asked: CardQuestion) -> list[MetricValue]:
    """The metrics of jobs for a period."""
    parts = [*asked.period.previous().bins(BINS), *asked.period.bins(BINS)]
    pictures = [asked.bins(each) for each in parts]
    return [_value(metric, asked, parts, pictures) for metric in JOB_METRICS.values()]


def _value(metric: JobMetric, asked: CardQuestion, parts: Sequence[Period], pictures: Sequence[Picture]) -> MetricValue:
    period, made = asked.period, metric(asked.current)
    ok = made.value is not None
    left_out = sum(made.exclusions.values())
    details = _details(metric, made, asked)
    if made.value is not None:
        details |= _comparison(metric, asked, made)
        if metric.has_sparkline:
            points = [metric(each).value for each in pictures]
            details |= {
                "sparkline": [None if each is None else float(f"{each:.4g}") for each in points],
                "sparkline_days": parts[0].days,
                "sparkline_period_from": len(parts) - len(period.bins(BINS)),
                "sparkline_first_day": parts[0].first.isoformat(),
            }
    if microseconds(period.end) > microseconds(asked.now):
        details["so_far"] = True
    return MetricValue(
        metric_name=metric.name,
        metric_type=metric.family,
        value=made.value,
        unit=metric.unit,
        performance_tier=None,
        performance_tier_color=None,
        calculation_timestamp=iso(asked.now),
        time_period_start=iso(period.start),
        time_period_end=iso(period.end),
        error_state=(ErrorState.SUCCESS if ok else ErrorState.NO_DATA).value,
        error_message=None if ok else metric.nothing,
        excluded_issue_count=left_out,
        total_issue_count=made.used + left_out,
        details=details,
    )


def shown(metric: JobMetric, made: JobNumber) -> tuple[str, str]:
    """The number on the card and its unit: ("9 of 10", "met"), ("83", "%"), ("12.4", "of 20")."""
    if made.value is None:
        return "–", ""
    if metric.name == "outcome_achievement":
        met, of = made.details["counted"]
        return f"{met:,} of {of:,}", "met"
    if metric.unit == "score":
        return f"{made.value:.1f}", "of 20"
    return digits(made.value), "%"


def _details(metric: JobMetric, made: JobNumber, asked: CardQuestion) -> Details:
    notes = []
    if made.value is not None and not made.details.get("enough", True):
        notes.append(f"Fewer than 30: {made.used}. The share may be very different among all.")
    number, unit = shown(metric, made)
    return {
        "title": metric.title,
        "definition": metric.summary,
        "higher_is_better": None if metric.lower_is_better is None else not metric.lower_is_better,
        "used": made.used,
        "exclusions": made.exclusions,
        "period_days": asked.period.days,
        "zone": asked.zone,
        "display_value": number,
        "display_unit": unit,
        "benchmarks": {},
        "low_confidence": made.value is not None and made.used < LOW_CONFIDENCE and metric.unit != "score",
        "trend_direction": None,
        "trend_percentage": None,
        "trend_points": None,
        "trend_verdict": None,
        "previous_value": None,
        "sparkline": [],
        "steps": [],
        "needs": [],
        "needs_titles": [],
        **made.details,
        "notes": [*notes, *asked.notes.get(metric.records, ())],
    }


def _comparison(metric: JobMetric, asked: CardQuestion, made: JobNumber) -> Details:
    """The same over as many days just before; no change is given where that is not wholly known, and why is said."""
    before, why = asked.period.previous(), asked.uncovered.get(metric.records, "")
    earlier = metric(asked.previous)
    out: Details = {
        "previous_value": None if why else earlier.value,
        "previous_complete": not why,
        "previous_start": before.first.isoformat(),
        "previous_end": before.last.isoformat(),
        "previous_label": before.label,
    }
    if why:
        out["trend_reason"] = why
    if why or earlier.value is None or made.value is None:
        return out
    out["previous_display"] = " ".join(shown(metric, earlier))
    now, then = (made.value, made.estimate), (earlier.value, earlier.estimate)
    return {**out, **compared(metric.unit, metric.lower_is_better, now, then)}
