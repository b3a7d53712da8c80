"""The backtest asks the past in the same way, and counts honestly."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from data.facts.rows import example
from data.forecast.backtest import Work, how_many_held, when_held
from data.forecast.calculate import forecast
from data.forecast.history import Past
from data.values.backtest import Backtest
from data.values.forecast import SHARES, Question

TODAY = date(2026, 5, 13).toordinal()


def known(daily: np.ndarray) -> Past:
    """A past of whole days that ends yesterday."""
    return Past(
        TODAY - len(daily), daily.astype(float), np.zeros(len(daily)), TODAY, "UTC", example(a=[0.0], reason=[0])
    )


def asked_when(past: Past, question: Question, history: int, items: int, random: np.random.Generator) -> Backtest:
    """ "When for so many items" of one team."""
    return when_held(past, question, history, [Work(items, past.daily)], random)


def test_a_steady_team_always_holds():
    test = how_many_held(known(np.full(400, 3)), Question(), 90, 30, np.random.default_rng(1))
    assert set(test.hits.values()) == {test.windows}
    assert test.windows == len(range(400 - 30, 89, -7))
    assert test.apart == ((test.windows - 1) * 7 + 30) // 30
    when = asked_when(known(np.full(400, 3)), Question(), 90, 30, np.random.default_rng(1))
    assert set(when.hits.values()) == {when.windows}


def test_a_team_that_slows_down_never_holds():
    daily = np.concatenate([np.full(120, 9), np.repeat(np.arange(8, 0, -1), 35)])
    test = how_many_held(known(daily), Question(), 90, 30, np.random.default_rng(1))
    assert test.share(85) < 10
    assert asked_when(known(daily), Question(), 90, 60, np.random.default_rng(1)).share(85) < 20


@pytest.mark.parametrize("days", [7, 30, 90])
def test_windows_are_those_of_the_last_year(days):
    test = how_many_held(
        known(np.random.default_rng(3).poisson(2, 700)), Question(), 90, days, np.random.default_rng(1)
    )
    yesterday = date.fromordinal(TODAY - 1)
    assert test.last == yesterday.isoformat()
    assert yesterday - timedelta(days=365) <= date.fromisoformat(test.first) < yesterday - timedelta(days=350)


def test_each_window_is_counted_by_hand():
    """The held counts again, with a forecast made for each window on its own."""
    daily = np.random.default_rng(8).poisson(3, 300)
    test = how_many_held(known(daily), Question(), 90, 30, np.random.default_rng(1))
    held = dict.fromkeys(SHARES, 0)
    windows = 0
    for start in range(300 - 30, 89, -7):
        then = TODAY - 300 + start
        before = Past(then - 90, daily[start - 90 : start], daily[start - 90 : start], then, "UTC", example(a=[0.0]))
        answer = forecast(_Facts(before), Question(by=date.fromordinal(then + 29), seed=9))
        windows += 1
        for share in SHARES:
            held[share] += int(daily[start : start + 30].sum() >= answer.answers[share])
    assert windows == test.windows
    assert all(abs(held[share] - test.hits[share]) <= 2 for share in SHARES), "other draws, the same windows"


def test_windows_whose_dates_have_not_come_wait():
    test = asked_when(known(np.random.default_rng(3).poisson(1, 300)), Question(), 90, 100, np.random.default_rng(1))
    assert test.waiting > 5
    assert test.windows + test.waiting == len(range(300 - 1, 89, -7))


def test_without_enough_past_there_is_no_backtest():
    for test in (
        how_many_held(known(np.ones(100, dtype=int)), Question(), 90, 30, np.random.default_rng(1)),
        asked_when(known(np.ones(90, dtype=int)), Question(), 90, 30, np.random.default_rng(1)),
    ):
        assert test.windows == 0
        assert test.share(85) is None


class _Facts:
    """Facts whose past is given."""

    def __init__(self, found: Past) -> None:
        self.found = found

    def once(self, _make, *_args):
        return self.found
