"""The metrics of jobs as MetricValues, so that cards, cache, terminal and CSV treat them like all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from data.jtbd.picture import Picture
from data.metrics.catalogue import JobMetric
from data.metrics.display import digits
from data.metrics.jobs import JobNumber
from data.metrics.registry import JOB_METRICS
from data.tables.tidy import microseconds
from data.values.details import Details
from data.values.metric_value import ErrorState, MetricValue, iso
from data.values.periods import Period

LOW_CONFIDENCE = 5
_FLAT = 2.0
BINS = 10  # points of a sparkline for this period, and as many for the one before


def values(
    period: Period, now: datetime, zone: str, current: Picture, previous: Picture, bins: Callable[[Period], Picture]
) -> list[MetricValue]:
    """The metrics of jobs for a period. `bins` draws the picture of a part of it, for the sparkline."""
    parts = [*period.previous().bins(BINS), *period.bins(BINS)]
    pictures = [bins(each) for each in parts]
    return [_value(metric, period, now, zone, current, previous, parts, pictures) for metric in JOB_METRICS.values()]


def _value(
    metric: JobMetric,
    period: Period,
    now: datetime,
    zone: str,
    current: Picture,
    previous: Picture,
    parts: Sequence[Period],
    pictures: Sequence[Picture],
) -> MetricValue:
    made = metric(current)
    ok = made.value is not None
    left_out = sum(made.exclusions.values())
    details = _details(metric, made, period, zone)
    if ok:
        details |= _comparison(metric, period, made.value or 0.0, metric(previous).value)
        if metric.has_sparkline:
            points = [metric(each).value for each in pictures]
            details |= {
                "sparkline": [None if each is None else float(f"{each:.4g}") for each in points],
                "sparkline_days": parts[0].days,
                "sparkline_period_from": len(parts) - len(period.bins(BINS)),
                "sparkline_first_day": parts[0].first.isoformat(),
            }
        if details["low_confidence"]:
            details["trend_verdict"] = None
    if microseconds(period.end) > microseconds(now):
        details["so_far"] = True
    return MetricValue(
        metric_name=metric.name,
        metric_type=metric.family,
        value=made.value,
        unit=metric.unit,
        performance_tier=None,
        performance_tier_color=None,
        calculation_timestamp=iso(now),
        time_period_start=iso(period.start),
        time_period_end=iso(period.end),
        error_state=(ErrorState.SUCCESS if ok else ErrorState.NO_DATA).value,
        error_message=None if ok else metric.nothing,
        excluded_issue_count=left_out,
        total_issue_count=made.used + left_out,
        details=details,
    )


def _details(metric: JobMetric, made: JobNumber, period: Period, zone: str) -> Details:
    notes = []
    if made.value is not None and not made.details.get("enough", True):
        notes.append(f"Fewer than 30: {made.used}. The share may be very different among all.")
    shown = "–" if made.value is None else f"{made.value:.1f}" if metric.unit == "score" else digits(made.value)
    return {
        "title": metric.title,
        "definition": metric.summary,
        "higher_is_better": None if metric.lower_is_better is None else not metric.lower_is_better,
        "used": made.used,
        "exclusions": made.exclusions,
        "period_days": period.days,
        "zone": zone,
        "display_value": shown,
        "display_unit": "" if made.value is None else "%" if metric.unit == "percent" else "of 20",
        "benchmarks": {},
        "low_confidence": made.value is not None and made.used < LOW_CONFIDENCE and metric.unit != "score",
        "trend_direction": None,
        "trend_percentage": None,
        "trend_verdict": None,
        "previous_value": None,
        "sparkline": [],
        "steps": [],
        "needs": [],
        "needs_titles": [],
        **made.details,
        "notes": notes,
    }


def _comparison(metric: JobMetric, period: Period, value: float, then: float | None) -> Details:
    before = period.previous()
    out: Details = {
        "previous_value": then,
        "previous_complete": True,
        "previous_start": before.first.isoformat(),
        "previous_end": before.last.isoformat(),
        "previous_label": before.label,
    }
    if then is None:
        return out
    change = 0.0 if value == then else None if then == 0 else 100 * (value - then) / then
    flat = value == then or (change is not None and abs(change) < _FLAT)
    out["trend_percentage"] = change
    out["trend_direction"] = "flat" if flat else "up" if value > then else "down"
    if metric.unit != "score":
        out["trend_verdict"] = "unchanged" if flat else "better" if value > then else "worse"
    out["previous_display"] = f"{then:.1f}" if metric.unit == "score" else f"{digits(then)} %"
    return out
