"""What is claimed from a number: a tier only where its interval allows one, better or worse only beyond noise."""

from __future__ import annotations

import pytest

from tests.builders import DOING, DONE, Item, ask, at, site

HOUR = 3_600_000_000  # µs
LONG = ("2025-01-01", "2025-02-28")


def recovered(hours: list[float]):
    start = at("2025-01-10")
    incidents = [
        Item("2025-01-09", fields={"incident_detected_at": start, "incident_resolved_at": start + int(each * HOUR)})
        for each in hours
    ]
    return ask("mean_time_to_recovery", site(*incidents), *LONG, now="2025-03-05")


def test_two_incidents_give_no_tier_and_say_that_it_is_too_uncertain():
    value = recovered([2.0, 3.0])
    assert value.value == 2.5
    assert value.performance_tier is None and value.performance_tier_color is None
    assert value.details["tier_range"] == ["Elite", "High", "Medium", "Low"]
    assert "No tier: too uncertain." in " ".join(value.details["notes"])
    assert value.details["score_2025"] is None


def test_many_like_values_give_the_tier_of_the_value():
    value = recovered([2.0] * 20)
    assert (value.performance_tier, value.details["tier_range"]) == ("High", ["High"])
    assert value.details["interval"] == [2.0, 2.0]


def test_an_interval_that_meets_two_tiers_keeps_that_of_the_value_and_names_both():
    value = recovered([20.0] * 10 + [30.0] * 9)
    assert (value.performance_tier, value.details["tier_range"]) == ("High", ["High", "Medium"])


def deployed(days: list[str], until: str):
    tickets = [Item("2025-01-01", fields={"deployment_date": f"{day} 12:00"}) for day in days]
    return ask("deployment_frequency", site(*tickets), "2025-01-01", until, now="2025-03-05")


def test_a_frequency_needs_28_days_for_a_tier():
    days = [f"2025-01-{n:02}" for n in range(1, 15)]
    short, long = (
        deployed(days, "2025-01-14"),
        deployed([*days, *(f"2025-01-{n}" for n in range(15, 29))], "2025-01-28"),
    )
    assert short.performance_tier is None
    assert "a frequency needs 28 days" in short.details["tier_reason"]
    assert long.performance_tier == "Elite"


def test_none_of_something_has_an_upper_bound():
    value = deployed(["2025-02-20"], "2025-01-31")
    assert value.value == 0
    low, high = value.details["interval"]
    assert low == 0 and high == pytest.approx(3.689 / 31, rel=0.01)


def done(month: str, many: int, hours: int = 1) -> list[Item]:
    """Items that took so many hours, from the 4th of the month on: in January as many days as February has."""
    days = [f"2025-{month}-{n % 25 + 4:02}" for n in range(many)]
    return [Item(f"{day} 08:00", [(f"{day} 09:00", DOING), (f"{day} {9 + hours:02}:00", DONE)]) for day in days]


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [(50, 20, "worse"), (20, 50, "better"), (40, 36, "within_noise"), (3, 1, "within_noise"), (13, 0, "worse")],
)
def test_a_count_is_better_or_worse_only_beyond_what_chance_does(before: int, now: int, verdict: str):
    value = ask(
        "flow_velocity", site(*done("01", before), *done("02", now)), "2025-02-01", "2025-02-28", now="2025-03-05"
    )
    assert (value.value, value.details["previous_value"], value.details["trend_verdict"]) == (now, before, verdict)


def test_of_so_few_that_nothing_can_be_told_the_reason_is_said():
    value = ask(
        "flow_time", site(*done("01", 3), *done("02", 3, hours=2)), "2025-02-01", "2025-02-28", now="2025-03-05"
    )
    assert (value.details["trend_direction"], value.details["trend_verdict"]) == ("up", "cannot_tell")
    assert "Fewer than 5" in value.details["trend_reason"]


def test_a_count_of_a_period_that_is_not_over_is_not_compared():
    sites = site(*done("01", 40), *done("02", 5))
    value = ask("flow_velocity", sites, "2025-02-01", "2025-02-28", now="2025-02-06")
    assert value.details["trend_direction"] is None and value.details["trend_verdict"] is None
    assert value.details["trend_reason"] == "22 of 28 days are still to come: no change is given yet."
