"""A second opinion on the overview: plain Python, written from what metrics.md and the page say of signals and of
age.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from tests.builders import Item, at
from tests.data.charts import oracle as charts
from tests.data.metrics import oracle, oracle_dora
from tests.data.metrics.oracle import Question

FORMULAS = {**oracle_dora.DORA, **oracle.FLOW}
LOWER_IS_BETTER = {
    "lead_time_for_changes",
    "change_failure_rate",
    "mean_time_to_recovery",
    "deployment_rework_rate",
    "flow_time",
    "flow_load",
}
HIGHER_IS_BETTER = {"deployment_frequency", "flow_velocity", "flow_efficiency"}


@dataclass(frozen=True)
class ExpectedSignal:
    """A signal: places of its weeks, and the limits it is judged by."""

    kind: str
    side: str
    weeks: tuple[int, ...]
    mean: float
    lower: float
    upper: float


def another(ask: Question, first: date, last: date) -> Question:
    """The same question for other days."""
    made = replace(ask, first=first, last=last)
    made.mapped, made.plain = ask.mapped, ask.plain
    return made


def weeks(ask: Question) -> list[date]:
    """Mondays of the whole weeks that are over: 26 before the period's first day at most, none before the data."""
    begin = ask.day(min(at(item.created, ask.zone) for item in ask.items))
    first = max(ask.first - timedelta(weeks=26), begin)
    monday = first - timedelta(days=first.weekday())
    if monday < begin:
        monday += timedelta(days=7)
    out = []
    while monday + timedelta(days=6) <= ask.last and at(str(monday + timedelta(days=7)), ask.zone) <= ask.now:
        out.append(monday)
        monday += timedelta(days=7)
    return out


def course(ask: Question, formula: Callable[[Question], oracle.Verdict]) -> list[float | None]:
    """The metric of each whole week."""
    return [formula(another(ask, monday, monday + timedelta(days=6))).value for monday in weeks(ask)]


def recent(ask: Question) -> int:
    """How many weeks are before the period: those that end before it, or all but the last where none ends in it."""
    found = weeks(ask)
    inside = [n for n, monday in enumerate(found) if monday + timedelta(days=6) >= ask.first]
    return inside[0] if inside else max(len(found) - 1, 0)


def judged(values: Sequence[float | None], before: int) -> ExpectedSignal | str:
    """The strongest signal that touches the period; "steady"; or "untold" where limits say nothing: too few weeks, all
    alike, or one of them makes at least nine tenths of all the difference.
    """
    known = [(n, value) for n, value in enumerate(values) if value is not None]
    usual = [value for n, value in known if n < before]
    if len(usual) < 6 or len(known) == len(usual):
        return "untold"
    moving = [abs(b - a) for a, b in pairwise(usual)]
    beside = [sum(moving[max(n - 1, 0) : n + 1]) for n in range(len(usual))]
    if sum(moving) <= 1e-9 * sum(map(abs, usual)) or max(beside) >= 0.9 * sum(moving):
        return "untold"
    mean = sum(usual) / len(usual)
    reach = 2.66 * sum(abs(b - a) for a, b in pairwise(usual)) / (len(usual) - 1)
    lower, upper = max(mean - reach, 0.0), mean + reach
    found = [each for each in _all(known, mean, reach, lower) if each[2][-1] >= before]
    if not found:
        return "steady"
    kind, side, touched = min(found, key=lambda each: (("outside", "run", "near").index(each[0]), -each[2][-1]))
    return ExpectedSignal(kind, side, tuple(touched), mean, lower, upper)


def _all(known: list[tuple[int, float]], mean: float, reach: float, lower: float) -> list[tuple[str, str, list[int]]]:
    out: list[tuple[str, str, list[int]]] = []
    tiny = 1e-9 * max(abs(mean), 1e-9)
    for side, sign in (("above", 1), ("below", -1)):
        away = [sign * (value - mean) for _, value in known]
        edge = reach if side == "above" else mean - lower
        out += [("outside", side, [n]) for (n, _), far in zip(known, away, strict=True) if far > edge + tiny]
        run: list[int] = []
        for (n, _), far in [*zip(known, away, strict=True), ((-1, 0.0), -1.0)]:
            if far > tiny:
                run.append(n)
                continue
            if len(run) >= 8:
                out.append(("run", side, run))
            run = []
        windows = [
            n for n in range(len(known) - 3) if reach > tiny and sum(far > reach / 2 for far in away[n : n + 4]) >= 3
        ]
        while windows:
            size = next((n for n in range(1, len(windows)) if windows[n] != windows[n - 1] + 1), len(windows))
            first, last = windows[0], windows[size - 1] + 3
            out.append(("near", side, [n for n, _ in known[first : last + 1]]))
            windows = windows[size:]
    return out


def verdict(metric: str, side: str) -> str | None:
    if metric in LOWER_IS_BETTER:
        return "worse" if side == "above" else "better"
    if metric in HIGHER_IS_BETTER:
        return "better" if side == "above" else "worse"
    return None


def too_old(ask: Question, key: Callable[[Item], str]) -> list[tuple[float, str, float]]:
    """(age, key, limit) of items in progress that are older than 85 % of those completed in the 90 days before were
    when they left the same status, or were done; the oldest first."""
    wide = another(ask, min(ask.first, ask.last - timedelta(days=89)), ask.last)
    left = charts.pace(wide)
    whole = [oracle._flow_days(done, wide) for done in charts.timed(wide)]
    far = ask.percentile(whole, 85) if len(whole) >= 5 else float("inf")
    out = []
    for item, status, age in charts.in_progress(ask):
        here = ask.percentile(left[status], 85) if len(left[status]) >= 5 else far
        limit = min(here, far)
        if age > limit:
            out.append((age, key(item), limit))
    return sorted(out, key=lambda each: -each[0])
