"""The p % answer holds p ± 5 % of the time: futures come from the process itself, which the forecast never sees."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from data.facts.rows import example
from data.forecast.calculate import forecast
from data.forecast.history import Past
from data.values.forecast import SHARES, Question
from tests.some import some

RUNS, HISTORY = 500, 90
TODAY = date(2026, 5, 13).toordinal()  # a Wednesday
RATES = np.array([4, 5, 5, 4, 3, 0.5, 0])  # items a day, Monday first
AFTERNOON = 0.55  # of a day's items are completed after this time of day


class _Facts:
    def __init__(self, found: Past) -> None:
        self.found = found

    def once(self, _make, *_args):
        return self.found


def world(run: int, ahead: int) -> tuple[np.ndarray, np.ndarray]:
    """Completions of each day from 90 days ago on, and those after the time of day that it is now: bursty, with weekends."""
    random = np.random.default_rng([20_260_513, run])
    days = np.arange(TODAY - HISTORY, TODAY + ahead)
    daily = random.poisson(RATES[(days - 1) % 7] * random.gamma(2, 0.5, len(days)))
    return daily, random.binomial(daily, AFTERNOON)


@pytest.mark.parametrize(("asked", "size"), [("days", 30), ("days", 90), ("items", 100), ("items", 250)])
def test_answers_hold_as_often_as_they_say(asked, size):
    held = dict.fromkeys(SHARES, 0)
    for run in range(RUNS):
        daily, later = world(run, 400)
        known = Past(TODAY - HISTORY, daily[:HISTORY], later[:HISTORY], TODAY, "UTC", example(a=[0.0]))
        future = daily[HISTORY:].copy()
        future[0] = later[HISTORY]
        by = date.fromordinal(TODAY + size - 1) if asked == "days" else None
        question = Question(items=size if by is None else None, by=by, seed=run, trials=1_000)
        answer = forecast(_Facts(known), question)
        for share, found in answer.answers.items():
            if by is not None:
                held[share] += int(future[:size].sum() >= found)
            else:
                held[share] += int(future[: date.fromisoformat(found).toordinal() - TODAY + 1].sum() >= size)
    off = {share: 100 * count / RUNS - share for share, count in held.items()}
    assert all(abs(each) <= 5 for each in some(off.values(), 3)), off
