"""What the records say of a change: of an outcome against the period before, of a painpoint after something was done.

The verdicts are those of `data.metrics.verdicts`, with the interval of the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import NamedTuple

import numpy as np

from data.metrics.verdicts import compared, verdict_of
from data.values.change import BETTER
from data.values.details import Details
from data.values.intervals import LEAST, NONE, SHOWN, Bounds, Proportion, Ratio
from data.values.jobs import PainpointRow
from data.values.records import OutcomeAchieved, PainpointResolved

FEW = f"Fewer than {LEAST} records: a change cannot be told from chance."


class Trend(NamedTuple):
    """A change as a row of an outcome holds it."""

    direction: str | None
    percent: float | None
    points: float | None
    verdict: str | None
    reason: str
    interval: tuple[float | None, ...]


NO_TREND = Trend(None, None, None, None, "", ())


def trend_of(told: Details, reason: str = "") -> Trend:
    """What `compared` says; without anything, only why nothing is said."""
    if not told:
        return NO_TREND._replace(reason=reason)
    return Trend(
        told.get("trend_direction"),
        told.get("trend_percentage"),
        told.get("trend_points"),
        told.get("trend_verdict"),
        told.get("trend_reason", ""),
        tuple(told.get("trend_interval", ())),
    )


def outcome_trend(
    now: Sequence[OutcomeAchieved], then: Sequence[OutcomeAchieved], unit: str, direction: str | None, reason: str
) -> Trend:
    """The mean of what was measured against that of the period before; `reason`: why that one is not known.

    >>> told = OutcomeAchieved("pay", "time", 60, 40, None, "cart", None, "unknown", 0)
    >>> outcome_trend([told], [told._replace(actual_value=80)], "s", "minimise", "").verdict
    'cannot_tell'
    """
    current, earlier = _values(now), _values(then)
    if not current or not earlier:
        return NO_TREND._replace(reason=reason)
    lower = None if direction is None else direction == "minimise"
    return trend_of(compared(unit, lower, _mean(current), _mean(earlier)))


def _values(records: Sequence[OutcomeAchieved]) -> list[float]:
    """What was measured, the smallest first; what was only noted as achieved is no measurement."""
    return sorted(each.actual_value for each in records if each.actual_value is not None)


def _mean(values: Sequence[float]) -> tuple[float, Ratio]:
    return fmean(values), Ratio.mean(np.array(values, dtype=np.float64))


def effect(records: Sequence[PainpointResolved]) -> tuple[str | None, str, Bounds]:
    """(verdict, why better or worse cannot be told, 95 % interval in percent) of how much less it hurts after.

    The records are pairs: the interval is that of the sum of severities after ÷ the sum before, by bootstrap over
    records. Where nothing hurts any more there is nothing to resample: then the share of records that say so decides.
    """
    pairs = sorted((each.severity_after, each.severity_before) for each in records if each.severity_before > 0)
    if not pairs:
        return None, "", NONE
    if len(pairs) < LEAST:
        told = verdict_of(None, False, FEW)
        return told["trend_verdict"], told["trend_reason"], NONE
    after, before = np.array(pairs, dtype=np.float64).T
    if after.sum() == 0:
        low, _ = Proportion(len(pairs), len(pairs)).interval(SHOWN)
        return (BETTER if low is not None and low > 50 else None), "", NONE
    low, high = Ratio(after, before).interval(SHOWN)
    bounds = (None if high is None else 100 * (1 - high), None if low is None else 100 * (1 - low))
    told = verdict_of(bounds, False, FEW)
    return told["trend_verdict"], told.get("trend_reason", ""), bounds


def with_effect(row: PainpointRow, records: Sequence[PainpointResolved]) -> PainpointRow:
    """The row with what its records say of the change."""
    verdict, reason, bounds = effect(records)
    told = () if bounds == NONE else tuple(bounds)
    return replace(row, verdict=verdict, verdict_reason=reason, effect_interval=told)
