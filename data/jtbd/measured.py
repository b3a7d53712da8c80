"""Actual values of outcomes that are bound to a catalogue metric: the one place that uses both Jira issues and jobs."""

from __future__ import annotations

import logging
from collections.abc import Callable

from data.facts.dataset import Dataset
from data.facts.query import MetricQuery
from data.jtbd.bindings import DIMENSIONS, Binding
from data.jtbd.inputs import Bound
from data.jtbd.specs import Outcome
from data.metrics.catalogue import IssueMetric
from data.metrics.measure import comparison, rows_for
from data.values.filters import Filters, only
from data.values.names import name_key
from data.values.periods import Period

log = logging.getLogger(__name__)
_UNITS = {
    "%": "percent", "per cent": "percent", "pct": "percent", "h": "hours", "hour": "hours", "d": "days",
    "day": "days", "min": "minutes", "minute": "minutes", "s": "seconds", "sec": "seconds", "second": "seconds",
    "week": "weeks", "item": "items", "issues": "items", "issue": "items",
}  # a table: kept in its rows  # fmt: skip
_HOURS = {"seconds": 1 / 3600, "minutes": 1 / 60, "hours": 1.0, "days": 24.0, "weeks": 168.0}


def filters_for(binding: Binding, filters: Filters) -> Filters:
    """The filters of the view, and those of the binding, which win where both have some."""
    own = only(**dict(zip(DIMENSIONS, binding.filters, strict=True)))
    return filters.without(*(each.field for each in own.where)).also(*own.where)


def in_unit(value: float | None, has: str, wanted: str) -> float | None:
    """A value in another unit; None where the two have nothing in common.

    >>> in_unit(2.0, "days", "hours"), in_unit(7.5, "percent", "%"), in_unit(1.0, "days", "percent")
    (48.0, 7.5, None)
    """
    has, wanted = (_UNITS.get(name_key(each), name_key(each)) for each in (has, wanted))
    if value is None:
        return None
    if not wanted or has == wanted:
        return value
    if has in _HOURS and wanted in _HOURS:
        return value * _HOURS[has] / _HOURS[wanted]
    return None


def measured(
    outcome: Outcome, facts_for: Callable[[Filters], Dataset], filters: Filters, period: Period
) -> Bound | None:
    """What Jira says in a period and in the one before; None for an outcome that is not bound. Never raises for
    data.
    """
    from data.metrics import ISSUE_METRICS

    binding = outcome.binding
    if binding is None:
        return None
    metric = ISSUE_METRICS.get(binding.metric)
    if metric is None:
        return Bound(binding.metric, None, reason=f"The catalogue has no metric {binding.metric!r}.")
    facts = facts_for(filters_for(binding, filters))
    try:
        return _asked(metric, outcome, facts, period)
    except Exception:
        log.exception("metric %s failed for outcome %s", metric.name, outcome.id)
        return Bound(metric.name, None, reason=f"{metric.title} could not be calculated; the log names the reason.")


def _asked(metric: IssueMetric, outcome: Outcome, facts: Dataset, period: Period) -> Bound:
    missing = metric.lacking(facts)
    if missing:
        return Bound(metric.name, None, reason=missing.message)
    asked = MetricQuery(facts, period)
    rows = rows_for(metric, asked)
    value = metric(rows, asked) if asked.start <= facts.now else None
    if value is None:
        return Bound(metric.name, None, None, rows.used, metric.nothing)
    shown = in_unit(value, metric.unit, outcome.unit)
    if shown is None:
        reason = f"The target is in {outcome.unit}, but {metric.title} is in {metric.unit}."
        return Bound(metric.name, None, None, rows.used, reason)
    lower_is_better = None if outcome.direction is None else outcome.direction == "minimise"
    told = comparison(metric, asked, rows, value, lower_is_better)
    why = told.get("trend_reason", "")
    if told["trend_direction"] is None:
        return Bound(metric.name, float(shown), None, rows.used, why_no_change=why)
    before = in_unit(told["previous_value"], metric.unit, outcome.unit)
    told["trend_interval"] = [in_unit(each, metric.unit, outcome.unit) for each in told.get("trend_interval", ())]
    return Bound(metric.name, float(shown), before, rows.used, change=told)
