"""Teams side by side: only differences beyond chance are named, and all cells of a row are drawn on one scale."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from data.values.metric_value import MetricValue
from data.values.periods import Period
from data.values.teams import Compared, ComparedRow, Comparison, Difference, TeamList, TeamView
from tests.callbacks.acting import words
from tests.fake_values import metric_value
from ui.tabs.teams import apart, teams_page
from ui.url import PageView

MONTH = Period(date(2026, 1, 1), date(2026, 1, 31), "UTC")
NAMES = ("One", "Two", "Three")


def cell(value: float, interval: tuple[float, float] | None) -> Compared:
    made: MetricValue = metric_value("flow_time", MONTH)
    details = {**made.details, "interval": list(interval) if interval else None}
    return Compared(replace(made, value=value, details=details), 40)  # type: ignore[arg-type]  # a plain dict of them


def row(*cells: Compared, differences: tuple[Difference, ...] = ()) -> ComparedRow:
    return ComparedRow("flow_time", "Flow time", cells, differences)


APART = row(cell(2.0, (1.0, 3.0)), cell(2.5, (2.0, 3.5)), cell(9.0, (8.0, 10.0)))


def test_only_numbers_whose_intervals_do_not_meet_differ() -> None:
    assert apart(APART, NAMES) == [("One", "Three"), ("Two", "Three")]
    assert apart(row(cell(2.0, (1.0, 3.0)), cell(3.0, (3.0, 4.0)), cell(9.0, None)), NAMES) == []


def test_numbers_that_are_measured_differently_are_not_compared() -> None:
    assert apart(replace(APART, differences=(Difference("Percentiles", ("a", "b", "c")),)), NAMES) == []


def test_a_row_has_one_scale_and_names_who_differs() -> None:
    views = tuple(TeamView(name) for name in NAMES)
    comparison = Comparison(views, (("2026-01-01", "2026-01-31"),) * 3, (APART,))
    text = words(teams_page(TeamList(views, 1), PageView(tab="teams", own=(("team", "|".join(NAMES)),)), comparison))
    assert "Differ beyond chance: One and Three; Two and Three" in text and "no ranking" in text
    spots = [float(each) for each in re.findall(r'"team-dot", "style": {"left": "([\d.]+)%"', text)]
    assert spots == pytest.approx([20.0, 25.0, 90.0])  # of 10, the furthest end of an interval
