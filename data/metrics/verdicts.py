"""What may be said of a number: its interval, its tier if the interval allows one, and better or worse.

The tier uses the 80 % interval: the value's own tier while the interval meets at most two, otherwise none. A change is
better or worse only when the 95 % interval of the change leaves out zero.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from data.metrics.tiers import tiers_between
from data.tables.tidy import DAY
from data.values.change import BETTER, CANNOT_TELL, WITHIN_NOISE, WORSE
from data.values.details import Details
from data.values.intervals import FOR_TIERS, LEAST, SHOWN, Bounds, Estimate, change_bounds

if TYPE_CHECKING:
    from data.facts.query import MetricQuery
    from data.facts.rows import Rows
    from data.metrics.catalogue import IssueMetric

Measured = tuple[float, Estimate | None]  # a value, and what its interval is made of

FREQUENCY_DAYS = 28  # covered days that a tier of a frequency needs
TOO_UNCERTAIN = "No tier: too uncertain. {n} would be possible ({tiers})."
UNBOUNDED = "Too few values, or too much alike, to tell a change from chance."
TOO_SHORT = "No tier: a frequency needs {least} days of data, these are {days}."


def covered_days(query: MetricQuery) -> float:
    """Days of the period that have happened and that the query can vouch for."""
    start = max(query.start, query.facts.complete_from or query.start)
    return max(min(query.end, query.facts.now + 1) - start, 0) / DAY


def interval(estimate: Estimate | None) -> Details:
    """The 95 % interval and how it is made, in the unit of the metric."""
    if estimate is None:
        return {}
    low, high = estimate.interval(SHOWN)
    return {"interval": [low, high], "interval_method": estimate.method}


def tier(metric: IssueMetric, value: float, rows: Rows, query: MetricQuery) -> tuple[str | None, Details]:
    """The performance tier, with `tier_range` and, where there is none because of uncertainty, the reason."""
    own = metric.tier(metric.tier_value(value, rows, query), rows, query)
    if own is None:
        return None, {}
    if metric.aggregation == "rate" and (days := covered_days(query)) < FREQUENCY_DAYS - 1:
        return None, {"tier_reason": TOO_SHORT.format(least=FREQUENCY_DAYS, days=round(days))}
    estimate = (metric.tier_estimate or metric.estimate)(rows, query)
    if estimate is None:
        return own, {}
    low, high = estimate.interval(FOR_TIERS)
    bounds = (0.0 if low is None else low, math.inf if high is None else high)
    ends = [metric.tier(each, rows, query) for each in bounds]
    met = tiers_between(metric.name, query.facts.definitions.tier_year, [own, *(each for each in ends if each)])
    if len(met) > 2:
        return None, {
            "tier_range": list(met),
            "tier_reason": TOO_UNCERTAIN.format(n=len(met), tiers=", ".join(met)),
        }
    return own, {"tier_range": list(met)}


IN_POINTS = frozenset({"percent", "%", "score"})  # units in which a change is a difference, not a percentage of one


def compared(unit: str, lower_is_better: bool | None, now: Measured, then: Measured) -> Details:
    """Every word on a change: its direction, its size in percent, in points where the values are shares or scores, and
    the verdict. `unit`: that of both values; `lower_is_better` None: neither direction is better.

    >>> made = compared("days", True, (4.0, None), (5.0, None))
    >>> made["trend_direction"], made["trend_percentage"], made["trend_verdict"]
    ('down', -20.0, 'cannot_tell')
    """
    (value, _), (before, _) = now, then
    # Where zero is only a middle (a score), or the value before was below it, a percentage says nothing.
    change = None if before <= 0 or unit == "score" else 100 * (value - before) / before
    out: Details = {
        "trend_percentage": 0.0 if value == before else change,
        "trend_points": value - before if unit in IN_POINTS else None,  # 12 % after 10 %: 2 points, not 20 %
        "trend_direction": "flat" if value == before else "up" if value > before else "down",
    }
    return {**out, **verdict(lower_is_better, now, then)}


def verdict(lower_is_better: bool | None, now: Measured, then: Measured) -> Details:
    """Whether the change from `then` to `now` is better, worse, within noise, or cannot be told. No verdict where
    neither direction is better."""
    return verdict_of(_bounds(now, then), lower_is_better, _why(now[1], then[1]))


def verdict_of(bounds: Bounds | None, lower_is_better: bool | None, why: str) -> Details:
    """The verdict that the 95 % interval of a change allows; `why`: the reason where that interval is None.

    >>> verdict_of((0.5, 3.0), True, "")["trend_verdict"], verdict_of((-1.0, 3.0), True, "")["trend_verdict"]
    ('worse', 'within_noise')
    """
    out: Details = {"trend_interval": list(bounds)} if bounds is not None else {}
    if lower_is_better is None:
        return out
    if bounds is None:
        return {**out, "trend_verdict": CANNOT_TELL, "trend_reason": why}
    low, high = bounds
    if low is not None and low > 0:
        return {**out, "trend_verdict": WORSE if lower_is_better else BETTER}
    if high is not None and high < 0:
        return {**out, "trend_verdict": BETTER if lower_is_better else WORSE}
    if low is None and high is None:
        return {**out, "trend_verdict": CANNOT_TELL, "trend_reason": UNBOUNDED}
    return {**out, "trend_verdict": WITHIN_NOISE}


def _bounds(now: Measured, then: Measured) -> Bounds | None:
    (value, mine), (before, its) = now, then
    if mine is None or its is None or not (mine.enough and its.enough):
        return None
    return change_bounds(value, mine.interval(SHOWN), before, its.interval(SHOWN))


def _why(now: Estimate | None, then: Estimate | None) -> str:
    if now is None or then is None:
        return "No interval is known for this number, so a change cannot be told from chance."
    return f"Fewer than {LEAST} in one of the two periods: a change cannot be told from chance."
