"""DORA tiers at their limits: exactly there, just inside and just outside, for the three report years (D-08)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.metrics.tiers import LIMITS, TIERS, benchmark_numbers, benchmarks, score, tier_of, tier_of_frequency
from tests import seeding
from tests.builders import DOING, DONE, Item, ask, at, site

pytestmark = pytest.mark.usefixtures("value_alone")
MS = 1_000
MINUTE, HOUR, DAY = 60_000 * MS, 3_600_000 * MS, 86_400_000 * MS
WEEK, MONTH, HALF_YEAR = 7 * DAY, 30 * DAY + 10 * HOUR + 30 * MINUTE, 182 * DAY + 15 * HOUR
BEST = ("Elite", "High", "Medium", "Low")

# limit, what lies exactly on it, what lies one millisecond above it
LEAD = {
    2023: [(DAY, "High", "High"), (WEEK, "High", "Medium"), (MONTH, "Medium", "Low")],
    2021: [(HOUR, "High", "High"), (WEEK, "High", "Medium"), (HALF_YEAR, "Medium", "Low")],
    2024: [(DAY, "High", "High"), (WEEK, "High", "Medium"), (MONTH, "Medium", "Low")],
}
RECOVERY = {
    2023: [(HOUR, "High", "High"), (DAY, "Medium", "Medium"), (WEEK, "Medium", "Low")],
    2021: [(HOUR, "High", "High"), (DAY, "Medium", "Medium"), (WEEK, "Medium", "Low")],
    2024: [(HOUR, "High", "High"), (DAY, "Low", "Low")],
}


def lead_time(span: int, year: int, **how):
    start = at("2025-01-02")
    fields = {"code_commit_date": start, "deployed_to_production_date": start + span}
    return ask(
        "lead_time_for_changes",
        site(Item("2025-01-01", fields=fields)),
        "2025-01-01",
        "2025-12-31",
        tier_year=year,
        **how,
    )


def recovery(span: int, year: int, **how):
    start = at("2025-01-02")
    fields = {"incident_detected_at": start, "incident_resolved_at": start + span}
    return ask(
        "mean_time_to_recovery",
        site(Item("2025-01-01", fields=fields)),
        "2025-01-01",
        "2025-12-31",
        tier_year=year,
        **how,
    )


def cases(table):
    return [(year, *row) for year, rows in table.items() for row in rows]


def better(tier: str, strict: bool) -> str:
    return BEST[BEST.index(tier) - 1] if strict else tier


@pytest.mark.parametrize(("year", "limit", "there", "above"), cases(LEAD))
def test_lead_time_at_its_limits(year, limit, there, above):
    strict = limit in (HOUR, DAY)  # "under": the limit itself is already the next tier
    assert lead_time(limit, year).performance_tier == there
    assert lead_time(limit + MS, year).performance_tier == above
    assert lead_time(limit - MS, year).performance_tier == better(there, strict)


@pytest.mark.parametrize(("year", "limit", "there", "above"), cases(RECOVERY))
def test_recovery_at_its_limits(year, limit, there, above):
    assert recovery(limit, year).performance_tier == there
    assert recovery(limit + MS, year).performance_tier == above
    below = "High" if (year, limit) == (2024, DAY) else better(there, limit in (HOUR, DAY))
    assert recovery(limit - MS, year).performance_tier == below


def test_recovery_of_2024_has_no_medium():
    assert {recovery(span, 2024).performance_tier for span in (1, HOUR, DAY - 1, DAY, WEEK, 50 * DAY)} == {
        "Elite",
        "High",
        "Low",
    }


def frequency(count: int, days: int, year: int):
    items = [Item("2025-01-01", fields={"deployment_date": at("2025-01-01") + n * MINUTE}) for n in range(count)]
    items.append(Item("2025-01-01"))
    last = date(2025, 1, 1) + timedelta(days=days - 1)
    return ask(
        "deployment_frequency", site(*items, mapped=["deployment_date"]), "2025-01-01", str(last), tier_year=year
    )


@pytest.mark.parametrize(
    ("year", "count", "days", "tier"),
    [
        (2023, 30, 30, "Elite"),
        (2023, 29, 30, "High"),  # one a day, and one less
        (2023, 1, 7, "High"),
        (2023, 1, 8, "Medium"),
        (2023, 4, 28, "High"),
        (2023, 4, 29, "Medium"),
        (2023, 1, 30, "Medium"),
        (2023, 1, 31, "Low"),
        (2023, 3, 91, "Medium"),
        (2023, 3, 92, "Low"),
        (2023, 0, 7, "Low"),
        (2024, 30, 30, "Elite"),
        (2024, 29, 30, "High"),
        (2024, 1, 7, "High"),
        (2024, 1, 8, "Medium"),
        (2024, 1, 30, "Medium"),
        (2024, 1, 31, "Low"),
        (2024, 0, 7, "Low"),
        (2021, 30, 30, "Elite"),
        (2021, 29, 30, "High"),
        (2021, 1, 30, "High"),
        (2021, 1, 31, "Medium"),
        (2021, 1, 182, "Medium"),
        (2021, 1, 183, "Low"),
        (2021, 2, 365, "Medium"),
        (2021, 2, 366, "Low"),
        (2021, 0, 7, "Low"),
    ],
)
def test_frequency_at_its_limits(year, count, days, tier):
    assert frequency(count, days, year).performance_tier == tier
    assert tier_of_frequency(count, days, year) == tier


def failure_rate(failed: int, of: int, year: int):
    items = [
        Item("2025-01-01", fields={"deployment_date": at("2025-01-01") + n * MINUTE, "deployment_successful": answer})
        for n, answer in enumerate(["no"] * failed + ["yes"] * (of - failed))
    ]
    return ask("change_failure_rate", site(*items), "2025-01-01", "2025-01-31", tier_year=year)


@pytest.mark.parametrize(
    ("year", "failed", "of", "tier"),
    [
        (2023, 0, 20, "Elite"),
        (2023, 1, 20, "Elite"),
        (2023, 11, 200, "High"),
        (2023, 9, 200, "Elite"),
        (2023, 2, 20, "High"),
        (2023, 21, 200, "Medium"),
        (2023, 3, 20, "Medium"),
        (2023, 31, 200, "Low"),
        (2023, 20, 20, "Low"),
        (2021, 3, 20, "Elite"),
        (2021, 0, 20, "Elite"),
        (2021, 31, 200, None),
        (2021, 20, 20, None),
        (2024, 0, 20, None),
        (2024, 1, 20, None),
        (2024, 20, 20, None),
    ],
)
def test_failure_rate_at_its_limits(year, failed, of, tier):
    value = failure_rate(failed, of, year)
    assert value.performance_tier == tier
    assert (value.performance_tier_color is None) == (tier is None)


@pytest.mark.parametrize("year", [2021, 2024])
def test_a_failure_rate_without_tier_says_why(year):
    value = failure_rate(5, 20, year)
    assert any(str(year) in note and "no tier" in note for note in value.details["notes"])
    assert not any("no tier" in note for note in failure_rate(5, 20, 2023).details["notes"])


def test_2023_is_the_default_year():
    tables = site(Item("2025-01-01", fields={"deployment_date": "2025-01-02 00:00"}))
    assert ask("deployment_frequency", tables, "2025-01-01", "2025-01-07").details["benchmarks"]["year"] == 2023


@pytest.mark.parametrize("name", ["lead_time_for_changes", "mean_time_to_recovery"])
@pytest.mark.parametrize("year", [2021, 2023, 2024])
def test_day_precision_awards_no_tier_with_an_hour_threshold(name, year):
    ends = {
        "lead_time_for_changes": ("code_commit_date", "deployed_to_production_date"),
        "mean_time_to_recovery": ("incident_detected_at", "incident_resolved_at"),
    }
    item = Item("2025-01-01", fields=dict.fromkeys(ends[name], "2025-01-02"))
    value = ask(name, site(item), "2025-01-01", "2025-01-31", tier_year=year)
    by_days = name == "lead_time_for_changes" and year != 2021  # "under 1 day" is no threshold in hours
    assert value.value == 0 and value.performance_tier == ("Elite" if by_days else "High")
    assert value.details["day_precision"] is True
    assert "Day precision: plain dates are involved." in value.details["notes"]


@pytest.mark.parametrize("durations", ["exact", "inclusive_days", "exclusive_days", "working_days"])
def test_a_tier_compares_exact_calendar_time_whatever_is_displayed(durations):
    """Friday to Monday: 3 days exactly, 4 counting both ends, 1 working day."""
    start, end = "2025-01-03 12:00", "2025-01-06 12:00"
    item = Item("2025-01-01", fields={"code_commit_date": start, "deployed_to_production_date": end})
    value = ask("lead_time_for_changes", site(item), "2025-01-01", "2025-01-31", durations=durations)
    assert value.value == {"exact": 3, "inclusive_days": 4, "exclusive_days": 3, "working_days": 1}[durations]
    assert value.performance_tier == "High"
    short = Item("2025-01-01", fields={"code_commit_date": start, "deployed_to_production_date": "2025-01-04 11:59"})
    assert (
        ask("lead_time_for_changes", site(short), "2025-01-01", "2025-01-31", durations=durations).performance_tier
        == "Elite"
    )


def test_the_score_of_2025_stands_beside_the_tier():
    assert lead_time(DAY, 2023).details["score_2025"] == 6
    assert recovery(HOUR - 1, 2023).details["score_2025"] == 10
    assert frequency(4, 28, 2023).details["score_2025"] == 6
    assert failure_rate(1, 20, 2024).details["score_2025"] == 9.5


@pytest.mark.parametrize(
    ("hours", "points"),
    [(0.99, 10), (1, 8), (23.99, 8), (24, 6), (168, 6), (168.01, 4), (730.5, 4), (730.51, 2), (4383, 2), (4383.01, 0)],
)
def test_scores_of_times(hours, points):
    assert score("lead_time_for_changes", hours) == points
    assert score("mean_time_to_recovery", hours) == points


@pytest.mark.parametrize(
    ("count", "days", "points"),
    [
        (24, 1, 10),
        (23, 1, 8),
        (720, 30, 10),
        (719, 30, 8),
        (30, 30, 8),
        (29, 30, 6),
        (1, 7, 6),
        (1, 8, 4),
        (1, 30, 4),
        (1, 31, 2),
        (1, 182, 2),
        (1, 183, 0),
        (0, 7, 0),
    ],
)
def test_scores_of_frequency(count, days, points):
    assert score("deployment_frequency", count / days, period_days=days) == points


def test_scores_of_rates():
    assert [score("change_failure_rate", rate) for rate in (0, 5, 100)] == [10, 9.5, 0]
    assert score("deployment_rework_rate", 12.5) == 8.75
    assert score("flow_time", 1) is None


def test_benchmarks_name_every_tier_that_the_report_has():
    assert list(benchmarks("lead_time_for_changes", 2023)) == ["year", *TIERS]
    assert list(benchmarks("change_failure_rate", 2021)) == ["year", "Elite"]
    assert list(benchmarks("mean_time_to_recovery", 2024)) == ["year", "Elite", "High", "Low"]
    assert benchmarks("change_failure_rate", 2024) == {} == benchmarks("flow_time", 2023)


@pytest.mark.parametrize("metric", sorted({metric for _, metric in LIMITS}))
def test_benchmarks_are_also_numbers_in_the_unit_of_the_value_and_say_the_same_tiers(metric):
    in_hours = 24 if metric == "lead_time_for_changes" else 1
    for year in (2021, 2023, 2024):
        bounds = {name.removeprefix("benchmark_").title(): x for name, x in benchmark_numbers(metric, year).items()}
        assert set(bounds) == {limit.tier for limit in LIMITS.get((year, metric), ()) if limit.bound is not None}
        for tier, bound in bounds.items():
            if metric == "deployment_frequency":
                assert tier_of_frequency(bound * (1 + 1e-9) * 730.5, 730.5, year) == tier
            else:
                assert tier_of(metric, bound * in_hours * (1 - 1e-9), year) == tier


times = st.floats(0, 10_000, allow_nan=False)


@seeding.examples(100)
@given(
    times, times, st.sampled_from(sorted({pair for pair in LIMITS if pair[1] != "deployment_frequency"})), st.booleans()
)
def test_a_smaller_number_never_has_a_worse_tier(one, two, which, day_precision):
    year, name = which
    low, high = sorted((one, two))
    tiers = [tier_of(name, value, year, day_precision=day_precision) for value in (low, high)]
    if None not in tiers:
        assert BEST.index(tiers[0]) <= BEST.index(tiers[1])


@seeding.examples(100)
@given(st.integers(0, 500), st.integers(1, 366), st.sampled_from([2021, 2023, 2024]))
def test_more_deployments_never_have_a_worse_tier(count, days, year):
    tiers = [tier_of_frequency(count + n, days, year) for n in (0, 1)]
    assert BEST.index(tiers[0]) >= BEST.index(tiers[1])


def test_limits_go_from_elite_to_low():
    for rows in LIMITS.values():
        assert [each.tier for each in rows] == [tier for tier in TIERS if tier in {each.tier for each in rows}]
        bounds = [each.bound for each in rows if each.bound is not None]
        assert all(one < two for one, two in pairwise(bounds))


def test_started_work_stands_for_the_commit_and_still_has_a_tier():
    item = Item(
        "2025-01-01",
        [("2025-01-02", DOING), ("2025-01-03", DONE)],
        fields={"deployed_to_production_date": "2025-01-04 00:00"},
    )
    value = ask("lead_time_for_changes", site(item), "2025-01-01", "2025-01-31")
    assert (value.value, value.performance_tier, value.details["proxy"]) == (2, "High", True)
