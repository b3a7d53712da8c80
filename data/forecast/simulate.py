"""The simulation: possible futures drawn from the days of the past, as NumPy arrays."""

from __future__ import annotations

import math

import numpy as np

from data.values.arrays import Counts, Positions

WEEKS_FOR_WEEKDAYS = 4  # with fewer weeks of history the days of the week are not told apart


class Urn:
    """Draws days of a history for the days ahead, in many trials at once.

    A day ahead is drawn from the days of the history that fell on the same weekday (from all days, when there are fewer
    than four weeks). Each day that is drawn is put back twice within its trial (Pólya's urn, the Bayesian bootstrap):
    the history is only a sample of what happens, so trials differ in what a usual day is, and long forecasts become
    wider.
    """

    def __init__(
        self, days: int, *, weekday: int, first_weekday: int, trials: int, random: np.random.Generator
    ) -> None:
        """`days` of history, the first of them on `weekday` (0–6); the first day ahead is on `first_weekday`."""
        every = 7 if days >= 7 * WEEKS_FOR_WEEKDAYS else 1
        self._every = every
        places = np.arange(days, dtype=np.int16)
        # pools[n]: what the nth, (n + every)th, … day ahead is drawn from
        self._pools = [places[(places + weekday - first_weekday - n) % every == 0] for n in range(every)]
        self.trials = trials
        self._trials = np.arange(trials)
        self._random = random
        self._drawn = np.empty((0, trials), dtype=np.int16)

    def draw(self, days: int) -> Positions:
        """Positions in the history for the first `days` days ahead, shape (days, trials); longer asks go on from there."""
        known = len(self._drawn)
        if days > known:
            grown = np.empty((days, len(self._trials)), dtype=np.int16)
            grown[:known] = self._drawn
            for day in range(known, days):
                grown[day] = self._one(grown, day)
            self._drawn = grown
        return self._drawn[:days]

    def _one(self, drawn: Positions, day: int) -> Positions:
        pool: Positions = self._pools[day % self._every]
        before = day // self._every  # days drawn from this pool so far
        pick = self._random.integers(0, len(pool) + before, size=len(self._trials))
        fresh: Positions = pool[np.minimum(pick, len(pool) - 1)]
        if not before:
            return fresh
        row = day % self._every + self._every * np.maximum(pick - len(pool), 0)
        out: Positions = np.where(pick < len(pool), fresh, drawn[row, self._trials])
        return out


def totals(drawn: Positions, daily: Counts, rest: Counts | None = None) -> Counts:
    """Items completed in each trial. `daily`: completions of each day of the history; `rest`: the same for the first
    day ahead, of which only a part is left (None: it is a whole day).
    """
    out: Counts = completed(drawn, daily, rest).sum(axis=0)
    return out


def completed(drawn: Positions, daily: Counts, rest: Counts | None = None) -> Counts:
    """Items completed on each day ahead in each trial, shape of `drawn`."""
    found = daily[drawn]
    if rest is not None and len(drawn):
        found[0] = rest[drawn[0]]
    return found


def days_until(urn: Urn, items: int, daily: Counts, rest: Counts | None, most: int) -> Counts:
    """How many days ahead it takes each trial to complete `items` (1: on the first day); most + 1: longer than `most`."""
    mean = max(float(daily.mean()), 1 / len(daily))
    begun, days = 0, min(most, math.ceil(1.5 * items / mean) + 14)
    so_far, needed = np.zeros(urn.trials, dtype=np.int64), np.ones(urn.trials, dtype=np.int64)
    while True:
        ahead = urn.draw(days)
        for day in range(begun, days):
            so_far += (daily if day or rest is None else rest)[ahead[day]]
            needed += so_far < items
        if days == most or (so_far >= items).all():
            return needed
        begun, days = days, min(most, 2 * days)


def date_answer(days: Counts, share: int, most: int) -> int:
    """The day by which nearest to `share` percent of the trials are done; more than `most` where it is not one of
    those.

    A day is a coarse measure: always taking the next one would make answers hold more often than they say.

    >>> trials = np.array([1, 2, 2, 2, 3, 3, 3, 3, 4, 9])
    >>> [date_answer(trials, share, 20) for share in (50, 70, 85, 95)]
    [2, 3, 4, 9]
    """
    ordered = np.sort(days)
    found = ordered[_place(len(days), share)]
    before, until = (np.searchsorted(ordered, found, side=side) * 100 / len(days) for side in ("left", "right"))
    if before and found <= most and share - before < until - share:
        return int(ordered[np.searchsorted(ordered, found, side="left") - 1])
    return int(found)


def count_answer(counts: Counts, share: int) -> int:
    """The number that at least `share` percent of the trials reach.

    >>> count_answer(np.array([3, 1, 2, 9]), 50), count_answer(np.array([3, 1, 2, 9]), 85)
    (3, 1)
    """
    return int(np.sort(counts)[::-1][_place(len(counts), share)])


def _place(count: int, share: int) -> int:
    return -(-count * share // 100) - 1
