"""Dates, ages and numbers as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from tests.fake_services import FakeServices, metric_value, without_value
from ui import words

PERIOD = FakeServices().view("30d").period


def test_dates():
    assert words.day(date(2026, 11, 6)) == "6 Nov 2026"
    assert words.span("2026-10-18", "2026-11-16") == "18 Oct – 16 Nov 2026"
    assert words.span("2025-12-18", "2026-01-16") == "18 Dec 2025 – 16 Jan 2026"
    assert words.span("2026-01-01", "2026-01-01") == "1 Jan 2026"


def test_moments_are_in_the_zone():
    assert words.moment("2026-01-01T23:30:00.000Z", "Europe/Berlin") == "2 Jan 2026, 00:30"
    assert words.moment(None) == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        (0, "0"),
        (12.0, "12"),
        (2.41, "2.41"),
        (2.4166667, "2.417"),
        (1234.5678, "1,235"),
        (0.00123, "0.0012"),
        (66.666, "66.67"),
    ],
)
def test_numbers_have_no_exponent_and_no_tail(value, said):
    assert words.number(value) == said


def test_change_says_which_way_is_good():
    assert words.change(metric_value("lead_time_for_changes", PERIOD)) == ("↓", "18 % better", "better")
    assert words.change(metric_value("change_failure_rate", PERIOD)) == ("↑", "22 % worse", "worse")
    assert words.change(metric_value("mean_time_to_recovery", PERIOD)) == ("→", "unchanged", "unchanged")
    assert words.change(metric_value("flow_distribution", PERIOD)) == ("↑", "4 % higher", "neutral")
    assert (
        words.change(metric_value("flow_time", PERIOD, trend_percentage=0.2, trend_verdict="worse"))[1] == "< 1 % worse"
    )
    assert words.change(metric_value("flow_time", PERIOD, trend_percentage=None))[1] == "better"
    assert words.change(metric_value("flow_time", PERIOD, trend_direction=None)) == ("", "", "")
    assert words.change(without_value("flow_time", PERIOD, "no_data", "Nothing.")) == ("", "", "")


def test_headline():
    assert words.headline(metric_value("lead_time_for_changes", PERIOD)) == ("2.4", "days")
    assert words.headline(metric_value("flow_distribution", PERIOD)) == ("58", "% Feature")
    assert words.headline(without_value("flow_time", PERIOD, "no_data", "Nothing.")) == ("–", "")


def test_counts():
    assert words.count(1, "issue") == "1 issue"
    assert words.count(1200, "issue") == "1,200 issues"
