"""Dates, ages and numbers as people write them."""

from __future__ import annotations

import re
from datetime import date

import pytest

from data.metrics.verdicts import compared
from data.values.change import change, change_of, interval_words, tier_words, why_no_verdict
from tests.fake_services import FakeServices
from tests.fake_values import metric_value, without_value
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
    assert change(metric_value("lead_time_for_changes", PERIOD)) == ("↓", "18 % better", "better")
    assert change(metric_value("change_failure_rate", PERIOD)) == ("↑", "22 % worse", "worse")
    assert change(metric_value("mean_time_to_recovery", PERIOD)) == ("→", "unchanged", "unchanged")
    assert change(metric_value("flow_distribution", PERIOD)) == ("↑", "4 % higher", "neutral")
    assert change(metric_value("flow_time", PERIOD, trend_percentage=0.2, trend_verdict="worse"))[1] == "< 1 % worse"
    assert change(metric_value("flow_time", PERIOD, trend_percentage=None))[1] == "better"
    assert change(metric_value("flow_time", PERIOD, trend_direction=None)) == ("", "", "")
    assert change(without_value("flow_time", PERIOD, "no_data", "Nothing.")) == ("", "", "")


def test_a_change_that_may_be_chance_is_neither_better_nor_worse_and_says_why():
    noise = metric_value(
        "flow_time", PERIOD, trend_percentage=-18.0, trend_direction="down", trend_verdict="within_noise"
    )
    assert change(noise) == ("↓", "18 % lower, within noise", "neutral")
    assert "95 % interval of the change includes zero" in why_no_verdict(noise)
    few = metric_value(
        "flow_time",
        PERIOD,
        trend_percentage=-18.0,
        trend_direction="down",
        trend_verdict="cannot_tell",
        trend_reason="Fewer than 5.",
    )
    assert change(few) == ("↓", "18 % lower, chance not known", "neutral")
    assert why_no_verdict(few) == "Fewer than 5."
    assert why_no_verdict(metric_value("lead_time_for_changes", PERIOD)) == ""


def test_a_tier_names_its_neighbour_where_the_interval_meets_it():
    one = metric_value("lead_time_for_changes", PERIOD, tier_range=["High"])
    two = metric_value("lead_time_for_changes", PERIOD, tier_range=["High", "Medium"])
    assert (tier_words(one), tier_words(two)) == ("High", "High, or Medium")


def test_an_interval_says_its_method_and_what_is_not_bounded():
    def said(low: float | None, high: float | None) -> str:
        return interval_words(
            metric_value("change_failure_rate", PERIOD, interval=[low, high], interval_method="Wilson")
        )

    assert said(1.78, 40.42) == "1.78 to 40.4 % (Wilson)"
    assert said(6, None) == "at least 6 % (Wilson)"
    assert said(None, None) == ""


def test_headline():
    assert words.headline(metric_value("lead_time_for_changes", PERIOD)) == ("2.4", "days")
    assert words.headline(metric_value("flow_distribution", PERIOD)) == ("58", "% Feature")
    assert words.headline(without_value("flow_time", PERIOD, "no_data", "Nothing.")) == ("–", "")


def test_counts():
    assert words.count(1, "issue") == "1 issue"
    assert words.count(1200, "issue") == "1,200 issues"


SIZE = re.compile(r"\d[\d.,]* ?(?:%|points?\b)")


@pytest.mark.parametrize("unit", ["percent", "score", "days", "items", "deployments/day"])
@pytest.mark.parametrize(
    ("before", "now"), [(5.1, 29.1), (0.02, 24.0), (40.0, 43.0), (43.0, 40.0), (1.0, 2.9), (0.0, 3.0)]
)
@pytest.mark.parametrize("lower", [True, False, None])
def test_a_change_is_said_once_in_the_unit_that_fits(unit, before, now, lower):
    told = compared(unit, lower, (now, None), (before, None))
    words = change_of(told["trend_direction"], told["trend_percentage"], told["trend_points"], "better").words
    sizes = SIZE.findall(words)
    assert len(sizes) <= 1, words
    if unit in ("percent", "score"):
        assert sizes and "point" in sizes[0] and "%" not in words
    elif before < now / 3:
        assert not sizes, f"{words}: a percentage of so little misleads"
        assert words == ("much better" if before else "better")
    else:
        assert sizes[0].endswith("%")
