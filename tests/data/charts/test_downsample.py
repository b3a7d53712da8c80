"""Fewer points: what stays, what may go, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from data.charts.downsample import MOST_POINTS, thin
from tests import seeding


@pytest.fixture
def values():
    """Many small values, with the extremes at places that no regular step meets."""
    numbers = seeding.dice(3)
    y = np.array([numbers.uniform(10, 20) for _ in range(5_000)])
    y[1_237], y[3_331] = 900.0, 0.5
    return y


def test_up_to_the_most_all_points_stay():
    for count in (0, 1, 9, 10):
        shown, words = thin(np.arange(float(count)), 10)
        assert (shown.tolist(), words) == (list(range(count)), "")
    assert thin(np.arange(11.0), 10)[1].startswith("10 of 11 points")


@pytest.mark.parametrize("most", [2, 3, 10, 100, MOST_POINTS])
def test_the_lowest_and_the_highest_stay(values, most):
    shown, words = thin(values, most)
    assert {1_237, 3_331} <= set(shown.tolist())
    assert len(shown) == most
    assert words.startswith(f"{most:,} of 5,000 points")
    assert shown.tolist() == sorted(set(shown.tolist()))


def test_outliers_stay_as_far_as_they_take_half_of_the_room(values):
    values[100:140] = 500.0
    few, _ = thin(values, 100, keep_above=400.0)
    assert set(range(100, 140)) <= set(few.tolist())
    values[100:200] = np.arange(500.0, 600.0)
    many, _ = thin(values, 100, keep_above=400.0)
    kept = [each for each in many.tolist() if values[each] > 550.5]
    assert kept == [*range(151, 200), 1_237], "the highest of them stay"
    assert len(many) == 100


def test_each_stretch_keeps_its_share(values):
    shown, _ = thin(values, 500)
    shares = np.histogram(shown, bins=10, range=(0, len(values)))[0]
    assert shares.min() >= 48 and shares.max() <= 52
