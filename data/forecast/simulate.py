"""The simulation: possible futures drawn from the days of the past, as NumPy arrays.

Days off are in neither: callers hand in the weekdays of the days that are drawn from, and of the days that are worked.
"""

from __future__ import annotations

import math

import numpy as np

from data.values.arrays import Counts, Numbers, Positions

WEEKS_FOR_WEEKDAYS = 4  # with fewer weeks of history the days of the week are not told apart
FEWEST_OF_A_WEEKDAY = 3  # days of the history: with fewer of one weekday they are not told apart either


class Urn:
    """Draws days of a sample for the days ahead, in many trials at once.

    By weekday: a day ahead is drawn from the days of the sample that fell on the same weekday (from all days, where
    there are too few). Each day that is drawn is put back twice within its trial (Pólya's urn, the Bayesian bootstrap):
    the sample is only a part of what happens, so trials differ in what a usual day is, and long forecasts become wider.
    Plainly: each day ahead is drawn from all days of the sample alike, and put back once.
    """

    def __init__(
        self, sample: Counts, ahead: Counts, *, trials: int, random: np.random.Generator, plain: bool = False
    ) -> None:
        """`sample`, `ahead`: weekday (0–6) of each day that is drawn from, and of each day that is worked, in order."""
        self.by_weekday = not plain and tells_weekdays(sample)
        places = np.arange(len(sample), dtype=np.int16)
        self._plain = plain
        self._pool_of = ahead if self.by_weekday else np.zeros(len(ahead), dtype=np.int64)
        self._pools = [places[sample == each] for each in range(7)] if self.by_weekday else [places]
        if self.by_weekday:  # a weekday of which the sample has none is drawn from all days
            self._pools = [each if len(each) else places for each in self._pools]
        self._rows: list[list[int]] = [[] for _ in self._pools]  # days ahead drawn from each pool so far
        self.trials = trials
        self._trials = np.arange(trials)
        self._random = random
        self._drawn = np.empty((0, trials), dtype=np.int16)

    def draw(self, days: int) -> Positions:
        """Positions in the sample for the first `days` worked days, shape (days, trials); longer asks go on from
        there.
        """
        known = len(self._drawn)
        if days > known:
            grown = np.empty((days, len(self._trials)), dtype=np.int16)
            grown[:known] = self._drawn
            for day in range(known, days):
                grown[day] = self._one(grown, day)
            self._drawn = grown
        return self._drawn[:days]

    def _one(self, drawn: Positions, day: int) -> Positions:
        which = int(self._pool_of[day])
        pool, rows = self._pools[which], self._rows[which]
        before = 0 if self._plain else len(rows)  # days drawn from this pool so far
        pick = self._random.integers(0, len(pool) + before, size=len(self._trials))
        fresh: Positions = pool[np.minimum(pick, len(pool) - 1)]
        earlier = np.array(rows, dtype=np.int64)
        rows.append(day)
        if not before:
            return fresh
        row = earlier[np.maximum(pick - len(pool), 0)]
        out: Positions = np.where(pick < len(pool), fresh, drawn[row, self._trials])
        return out


def tells_weekdays(sample: Counts) -> bool:
    """Whether a sample with these weekdays has enough days to tell the days of the week apart."""
    if len(sample) >= 7 * WEEKS_FOR_WEEKDAYS:
        return True
    counts = np.bincount(sample, minlength=7)
    return len(sample) >= 5 * WEEKS_FOR_WEEKDAYS and bool(((counts == 0) | (counts >= FEWEST_OF_A_WEEKDAY)).all())


def totals(drawn: Positions, daily: Numbers, rest: Numbers | None = None) -> Numbers:
    """Items (points) completed in each trial. `daily`: completions of each day of the sample; `rest`: the same for the
    first day ahead, of which only a part is left (None: it is a whole day).
    """
    out: Numbers = completed(drawn, daily, rest).sum(axis=0)
    return out


def completed(drawn: Positions, daily: Numbers, rest: Numbers | None = None) -> Numbers:
    """Completed on each day ahead in each trial, shape of `drawn`."""
    found: Numbers = daily[drawn]
    if rest is not None and len(drawn):
        found[0] = rest[drawn[0]]
    return found


def days_until(urn: Urn, amount: float, daily: Numbers, rest: Numbers | None, most: int) -> Counts:
    """How many worked days ahead it takes each trial to complete `amount` (1: on the first day); most + 1: longer."""
    mean = max(float(daily.mean()), 1 / len(daily))
    begun, days = 0, min(most, math.ceil(1.5 * amount / mean) + 14)
    so_far, needed = np.zeros(urn.trials), np.ones(urn.trials, dtype=np.int64)
    enough = amount - 1e-9  # sums of parts of points are not exact
    while True:
        ahead = urn.draw(days)
        for day in range(begun, days):
            so_far += (daily if day or rest is None else rest)[ahead[day]]
            needed += so_far < enough
        if days == most or (so_far >= enough).all():
            return needed
        begun, days = days, min(most, 2 * days)


def date_answer(days: Counts, share: int) -> int:
    """The first day by which at least `share` percent of the trials are done.

    >>> trials = np.array([1, 2, 2, 2, 3, 3, 3, 3, 4, 9])
    >>> [date_answer(trials, share) for share in (40, 50, 70, 85, 95)]
    [2, 3, 3, 4, 9]
    """
    return int(np.sort(days)[_place(len(days), share)])


def count_answer(counts: Numbers, share: int) -> float:
    """The number that at least `share` percent of the trials reach.

    >>> count_answer(np.array([3.0, 1, 2, 9]), 50), count_answer(np.array([3.0, 1, 2, 9]), 85)
    (3.0, 1.0)
    """
    return float(np.sort(counts)[::-1][_place(len(counts), share)])


def _place(count: int, share: int) -> int:
    return -(-count * share // 100) - 1
