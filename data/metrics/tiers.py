"""DORA performance tiers by report year, as data, and the 0–10 score of 2025."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from data.values.details import Details

DAY_H, WEEK_H, MONTH_H, HALF_YEAR_H = 24.0, 168.0, 30.4375 * 24, 182.625 * 24
TIERS = ("Elite", "High", "Medium", "Low")


@dataclass(frozen=True)
class Limit:
    """One tier's bound. Times in hours, rates in percent, frequency as the days in which one deployment is due."""

    tier: str
    bound: float | None  # None: everything that is left
    strict: bool = False  # < instead of ≤
    text: str = ""


_LEAD_2023 = (
    Limit("Elite", DAY_H, True, "under 1 day"),
    Limit("High", WEEK_H, False, "up to 1 week"),
    Limit("Medium", MONTH_H, False, "up to 1 month"),
    Limit("Low", None, False, "more than 1 month"),
)
_FREQUENCY_2023 = (
    Limit("Elite", 1, False, "at least 1 a day"),
    Limit("High", 7, False, "at least 1 a week"),
    Limit("Medium", 30.4375, False, "at least 1 a month"),
    Limit("Low", None, False, "less than 1 a month"),
)
_RECOVERY_2023 = (
    Limit("Elite", 1, True, "under 1 hour"),
    Limit("High", DAY_H, True, "under 1 day"),
    Limit("Medium", WEEK_H, False, "up to 1 week"),
    Limit("Low", None, False, "more than 1 week"),
)
# (report year, metric) → limits, best first; a missing pair has no tier, and NO_TIER may say why.
LIMITS: dict[tuple[int, str], tuple[Limit, ...]] = {
    (2023, "lead_time_for_changes"): _LEAD_2023,
    (2023, "deployment_frequency"): _FREQUENCY_2023,
    (2023, "mean_time_to_recovery"): _RECOVERY_2023,
    (2023, "change_failure_rate"): (
        Limit("Elite", 5, False, "up to 5 %"),
        Limit("High", 10, False, "up to 10 %"),
        Limit("Medium", 15, False, "up to 15 %"),
        Limit("Low", None, False, "more than 15 %"),
    ),
    (2021, "lead_time_for_changes"): (
        Limit("Elite", 1, True, "under 1 hour"),
        Limit("High", WEEK_H, False, "up to 1 week"),
        Limit("Medium", HALF_YEAR_H, False, "up to 6 months"),
        Limit("Low", None, False, "more than 6 months"),
    ),
    (2021, "deployment_frequency"): (
        Limit("Elite", 1, False, "at least 1 a day"),
        Limit("High", 30.4375, False, "at least 1 a month"),
        Limit("Medium", 182.625, False, "at least 1 in 6 months"),
        Limit("Low", None, False, "less than 1 in 6 months"),
    ),
    (2021, "mean_time_to_recovery"): _RECOVERY_2023,
    (2021, "change_failure_rate"): (Limit("Elite", 15, False, "up to 15 %"),),
    (2024, "lead_time_for_changes"): _LEAD_2023,
    (2024, "deployment_frequency"): _FREQUENCY_2023,
    (2024, "mean_time_to_recovery"): (
        Limit("Elite", 1, True, "under 1 hour"),
        Limit("High", DAY_H, True, "under 1 day"),
        Limit("Low", None, False, "1 day or more"),  # the 2024 report gives Medium the bound of High
    ),
}
NO_TIER = {
    (
        2021,
        "change_failure_rate",
    ): "The 2021 report gives 16–30 % to High, Medium and Low alike, so above 15 % there is no tier.",
    (
        2024,
        "change_failure_rate",
    ): "The 2024 report’s failure rates (5, 20, 10, 40 %) do not fall in order, so there is no tier.",
}


def tier_of(metric: str, value: float, year: int, *, day_precision: bool = False) -> str | None:
    """The tier of a time in hours or a rate in percent; first match wins. None: the report gives no tier.

    With day precision no tier whose bound is shorter than a day is awarded.

    >>> tier_of("lead_time_for_changes", 24.0, 2023), tier_of("mean_time_to_recovery", 0.5, 2023)
    ('High', 'Elite')
    """
    for limit in LIMITS.get((year, metric), ()):
        if day_precision and limit.bound is not None and metric in _TIMES and limit.bound < DAY_H:
            continue
        if limit.bound is None or value < limit.bound or (value == limit.bound and not limit.strict):
            return limit.tier
    return None


_TIMES = ("lead_time_for_changes", "mean_time_to_recovery")


def tiers_between(metric: str, year: int, met: list[str]) -> tuple[str, ...]:
    """The tiers from the best to the worst of those that are met, those between included, best first.

    >>> tiers_between("change_failure_rate", 2023, ["Medium", "Elite"])
    ('Elite', 'High', 'Medium')
    """
    names = [limit.tier for limit in LIMITS.get((year, metric), ())]
    places = sorted(names.index(each) for each in met)
    return tuple(names[places[0] : places[-1] + 1]) if places else ()


def tier_of_frequency(count: float, days: int, year: int) -> str | None:
    """The tier of `count` deployments in `days` local days: count × unit ≥ days, never a rounded rate.

    >>> tier_of_frequency(30, 30, 2023), tier_of_frequency(4, 30, 2023), tier_of_frequency(1, 30, 2023)
    ('Elite', 'Medium', 'Medium')
    """
    for limit in LIMITS.get((year, "deployment_frequency"), ()):
        if limit.bound is None or count * limit.bound >= days:
            return limit.tier
    return None


def benchmarks(metric: str, year: int) -> dict[str, str | int]:
    """The tiers in words, for the card and the documents; empty where the report has none."""
    rows = LIMITS.get((year, metric), ())
    return {"year": year, **{limit.tier: limit.text for limit in rows}} if rows else {}


def benchmark_numbers(metric: str, year: int) -> Details:
    """The bounds of the tiers in the metric's own unit, as `benchmark_elite` and so on; the lowest has none.

    >>> benchmark_numbers("lead_time_for_changes", 2023)
    {'benchmark_elite': 1.0, 'benchmark_high': 7.0, 'benchmark_medium': 30.4375}
    >>> benchmark_numbers("deployment_frequency", 2023)["benchmark_high"] == 1 / 7
    True
    """
    found = {
        f"benchmark_{limit.tier.lower()}": _IN_UNIT.get(metric, float)(limit.bound)
        for limit in LIMITS.get((year, metric), ())
        if limit.bound is not None
    }
    return cast(Details, found)


# The bound of a limit in the unit in which the metric is given (hours and percent are so already).
_IN_UNIT: dict[str, Callable[[float], float]] = {
    "lead_time_for_changes": lambda hours: hours / DAY_H,
    "deployment_frequency": lambda days: 1 / days,
}
_SCORE_TIMES = ((1, True), (DAY_H, True), (WEEK_H, False), (MONTH_H, False), (HALF_YEAR_H, False))


def score(metric: str, value: float, *, period_days: int = 1) -> float | None:
    """The 2025 report's 0–10 score of one metric: levels 1–6 → (level − 1) × 2, rates → (100 − p) ÷ 10.

    `value` in hours, percent or deployments a day over `period_days`; None where the report has no score.

    >>> score("lead_time_for_changes", 20.0)
    8.0
    >>> score("deployment_frequency", 4 / 28, period_days=28)
    6.0
    >>> score("flow_time", 1)
    """
    if metric in _TIMES:
        for n, (bound, strict) in enumerate(_SCORE_TIMES):
            if value < bound or (value == bound and not strict):
                return (5 - n) * 2.0
        return 0.0
    if metric == "deployment_frequency":
        count = round(value * period_days)  # whole deployments: no rate is compared after rounding
        for n, unit in enumerate((1 / 24, 1, 7, 30.4375, 182.625)):
            if count * unit >= period_days:
                return (5 - n) * 2.0
        return 0.0
    if metric in ("change_failure_rate", "deployment_rework_rate"):
        return (100 - value) / 10
    return None
