"""Days off in forecasts: the shared case, and a made-up team that needs no case."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Cases

OFF = "2026-12-21..2027-01-01"


@pytest.mark.parametrize("by_setting", [False, True])
def test_a_steady_team_does_about_16_items_in_15_working_days(case: Cases, by_setting: bool) -> None:
    settings = {"definitions": {"working_time": {"holidays": [OFF]}}} if by_setting else None
    site = case("c05_steady", settings=settings)
    words = [] if by_setting else ["--days-off", OFF]
    answered = site.run("forecast", "--by", "2027-01-03", "--format", "json", *words)
    assert answered.code == 0, answered.err
    made = answered.json
    assert made["working_days_ahead"] == 15
    assert made["days_off"] == [OFF]
    assert made["p50"] == pytest.approx(16, abs=1)
    assert made["trials_percent"]["p50"] >= 50
    out = site.run("forecast", "--by", "2027-01-03", *words).out
    assert "15 working days until then." in " ".join(out.split())


def test_without_days_off_the_holidays_are_worked(case: Cases) -> None:
    answered = case("c05_steady").run("forecast", "--by", "2027-01-03", "--format", "json")
    assert answered.json["p50"] == pytest.approx(27, abs=1)
    assert answered.json["days_off"] == []
