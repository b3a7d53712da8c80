"""Days and weeks of a chart: which bucket an instant at an edge falls into, and which weeks are whole."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from data.charts.moments import buckets, weeks
from data.facts.query import MetricQuery
from tests.builders import at, facts, period, site

ZONE = "Europe/Berlin"


def cut(first: str, last: str, now: str = "2026-01-01", unit: str = ""):
    return buckets(MetricQuery(facts(site(zone=ZONE), now=now), period(first, last, ZONE)), unit=unit)


@pytest.mark.parametrize("unit", ["day", "week"])
def test_the_first_instant_of_a_bucket_is_in_it_and_its_end_is_in_the_next(unit: str):
    made = cut("2025-03-24", "2025-04-06", unit=unit)  # the clocks change within
    edges = np.array(made.starts)
    count = len(made)
    assert count == {"day": 14, "week": 2}[unit]
    assert made.place(edges[:-1]).tolist() == list(range(count))
    assert made.place(edges[1:] - 1).tolist() == list(range(count))
    assert made.place(np.array([edges[0] - 1, edges[-1]])).tolist() == [-1, -1]


def test_longer_periods_are_counted_in_weeks():
    assert cut("2025-01-01", "2025-02-14").unit == "day"
    assert cut("2025-01-01", "2025-02-15").unit == "week"


def test_a_week_that_the_period_cuts_is_not_whole():
    made = cut("2025-01-08", "2025-01-28", unit="week")  # Wednesday to Tuesday
    assert made.days == (date(2025, 1, 8), date(2025, 1, 13), date(2025, 1, 20), date(2025, 1, 27))
    assert made.last == (date(2025, 1, 12), date(2025, 1, 19), date(2025, 1, 26), date(2025, 1, 28))
    assert made.whole.tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ("now", "count", "whole"),
    [
        ("2025-01-13 00:00", 2, [True, False]),
        ("2025-01-12 23:59", 1, [False]),
        ("2025-01-20 00:00", 3, [True, True, False]),
        ("2025-01-19 23:59:59", 2, [True, False]),
        ("2025-01-05 12:00", 0, []),
    ],
)
def test_a_week_is_whole_once_it_is_over_and_none_lies_ahead(now: str, count: int, whole: list[bool]):
    made = cut("2025-01-06", "2025-01-26", now=now, unit="week")
    assert (len(made), made.whole.tolist()) == (count, whole)


def test_weeks_around_some_days_begin_on_monday_and_end_on_sunday():
    made = weeks(date(2025, 1, 8), date(2025, 1, 14), ZONE, at("2026-01-01", ZONE))
    assert (made.days, made.last) == ((date(2025, 1, 6), date(2025, 1, 13)), (date(2025, 1, 12), date(2025, 1, 19)))
    assert made.tokens == ["2025-01-06", "2025-01-13"]
