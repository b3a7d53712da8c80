"""Natural limits (XmR) of a metric step by step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from data.charts.catalogue import ChartQuery
from data.charts.metrics.chosen_metric import LIMITS
from data.charts.natural_limits import LimitsChoice, NaturalLimits, Step, limits_choice, natural_limits
from data.metrics.breakdown import over_time
from data.metrics.catalogue import IssueMetric
from data.metrics.display import display
from data.values.day_spans import DaySpan
from data.values.numbers import Part
from data.values.periods import Period, local_date, zone_named

XMR = "xmr"
_SIGNED = ("score",)  # aggregations whose numbers may lie below 0


def limits_of(query: ChartQuery) -> bool:
    """Whether the view asks for natural limits."""
    return query.option(LIMITS) == XMR


def is_whole(part: Part, step: str) -> bool:
    """Whether a step is as long as others of its kind, and over.

    >>> week = Part("", 1.0, "1", 1, 0, first="2025-01-06", last="2025-01-12")
    >>> is_whole(week, "week"), is_whole(week, "month"), is_whole(week, "day")
    (True, False, True)
    """
    first, last = date.fromisoformat(part.first), date.fromisoformat(part.last)
    if part.so_far:
        return False
    if step == "week":
        return first.weekday() == 0 and last - first == timedelta(days=6)
    return step == "day" or (first.day == 1 and (last + timedelta(days=1)).day == 1)


def whole_steps(parts: Sequence[Part], step: str, since: date) -> list[Step]:
    """The whole steps that have a number. A count of nothing is a number, but steps that begin before `since`, the
    first day of the data, say nothing about the process.
    """
    return [
        Step(date.fromisoformat(each.first), date.fromisoformat(each.last), each.name, each.value, n)
        for n, each in enumerate(parts)
        if each.value is not None and is_whole(each, step) and date.fromisoformat(each.first) >= since
    ]


def xmr_limits(
    metric: IssueMetric, query: ChartQuery, begun: Sequence[Part], steps: Sequence[Step], step: str, since: date
) -> NaturalLimits:
    """Limits over `steps`, the whole ones of those that are drawn (`begun`)."""
    choice = limits_choice(query.facts)

    def say(value: float) -> str:
        return " ".join(display(metric.shows, value)).strip()

    return natural_limits(
        steps,
        len(begun),
        choice,
        unit=step,
        say=say,
        baseline=_baseline(metric, query, choice, step, since),
        floor=None if metric.aggregation in _SIGNED else 0.0,
    )


def _baseline(metric: IssueMetric, query: ChartQuery, choice: LimitsChoice, step: str, since: date) -> list[Step]:
    """The whole steps of the baseline that the data knows, whatever the period is."""
    if choice.baseline is None:
        return []
    facts, zone = query.facts, query.period.zone
    today = local_date(datetime.fromtimestamp(facts.now / 1e6, UTC), zone_named(zone))
    span = DaySpan(max(choice.baseline.first, since), min(choice.baseline.last, today))
    if span.last < span.first:
        return []
    return whole_steps(over_time(metric, facts, Period(span.first, span.last, zone), step).parts, step, since)
