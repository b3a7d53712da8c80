"""Forecasts a second time, in plain Python: urns of balls, dates of the calendar, sorted lists. Nothing of
data/forecast.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count


@dataclass(frozen=True)
class Team:
    """Completions of each day of the sample, and those after this time of day; days off, and days that are left out."""

    daily: Mapping[date, float]
    later: Mapping[date, float]
    today: date
    off: frozenset[date] = frozenset()
    without: frozenset[date] = frozenset()
    plain: bool = False
    seed: int = 11
    _sample: list[date] = field(default_factory=list)

    def trial(self, draw: random.Random, stop: Callable[[list[tuple[date, float]]], bool]) -> list[tuple[date, float]]:
        """(day, completed) of each worked day ahead, until `stop` of what is there so far."""
        sample = [day for day in self.daily if day not in self.off and day not in self.without]
        urns = {n: [day for day in sample if self.plain or day.weekday() == n] for n in range(7)}
        done: list[tuple[date, float]] = []
        for n in count():
            if stop(done) or n > 3_000:
                return done
            day = self.today + timedelta(days=n)
            if day in self.off:
                continue
            ball = draw.choice(urns[day.weekday()])
            if not self.plain:
                urns[day.weekday()].append(ball)
            done.append((day, (self.daily if day > self.today else self.later)[ball]))
        raise AssertionError

    def totals(self, by: date, trials: int) -> list[float]:
        """Completed from now to the end of `by`, of each trial."""
        draw = random.Random(self.seed)  # noqa: S311 - not a secret
        worked = sum(self.today + timedelta(days=n) not in self.off for n in range((by - self.today).days + 1))
        return [sum(found for _, found in self.trial(draw, lambda done: len(done) == worked)) for _ in range(trials)]

    def ends(self, amount: float, trials: int) -> list[date]:
        """The day on which the last of `amount` is completed, of each trial."""
        draw = random.Random(self.seed)  # noqa: S311 - not a secret
        enough = [self.trial(draw, lambda done: sum(each for _, each in done) >= amount - 1e-9) for _ in range(trials)]
        return [each[-1][0] for each in enough]


def earliest(ends: Sequence[date], percent: int) -> date:
    """The first day by which at least `percent` of the trials are done, tried day by day."""
    day = min(ends)
    while 100 * sum(each <= day for each in ends) < percent * len(ends):
        day += timedelta(days=1)
    return day


def days_of(first: date, last: date) -> frozenset[date]:
    """All days from the first to the last."""
    return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))
