"""Days, periods and durations in zones that make them hard, and what holds for every site and period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.facts.days import backwards, percentile, spans
from data.facts.query import MetricQuery
from data.metrics.measure import rows_for, value_of
from data.metrics.registry import ISSUE_METRICS
from data.metrics.shares import shares
from data.values.filters import Filters, only
from data.values.periods import Period
from tests import seeding
from tests.builders import DOING, DONE, Item, ask, at, facts, period, site
from tests.data.metrics.oracle import shares as shares_again
from tests.data.metrics.sites import FLOW_RULES, WORKFLOWS, dora_sites, flow_sites

few = seeding.examples(40)
HOUR = 3_600_000_000


def took(start: str, end: str, zone: str, **how: Any) -> float | None:
    item = Item("2000-01-01", [(start, DOING), (end, DONE)])
    return ask("flow_time", site(item, zone=zone), end[:10], end[:10], **how).value


# ---- durations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "zone", "hours"),
    [
        ("2025-03-29 12:00", "2025-03-30 12:00", "Europe/Berlin", 23),
        ("2025-10-25 12:00", "2025-10-26 12:00", "Europe/Berlin", 25),
        ("2018-11-03 12:00", "2018-11-04 12:00", "America/Sao_Paulo", 23),
        ("2018-02-17 12:00", "2018-02-18 12:00", "America/Sao_Paulo", 25),
        ("2023-04-27 12:00", "2023-04-28 12:00", "Africa/Cairo", 23),
        ("2011-12-29 12:00", "2011-12-31 12:00", "Pacific/Apia", 24),
        ("2025-06-01 00:00", "2025-06-02 00:00", "Asia/Kathmandu", 24),
        ("2025-04-05 12:00", "2025-04-06 12:00", "Australia/Lord_Howe", 24.5),
    ],
)
def test_exact_durations_are_what_the_clocks_gave(start, end, zone, hours):
    dates = (date.fromisoformat(end[:10]) - date.fromisoformat(start[:10])).days
    assert took(start, end, zone) == pytest.approx(hours / 24, abs=1e-12)
    assert took(start, end, zone, durations="exclusive_days") == dates
    assert took(start, end, zone, durations="inclusive_days") == dates + 1


def test_both_ends_are_reduced_in_the_same_zone():
    """22:00 to 23:30 UTC is one date in London and crosses midnight in Berlin."""
    start, end = "2025-01-10 22:00+00:00", "2025-01-10 23:30+00:00"
    item = Item("2025-01-01", [(start, DOING), (end, DONE)])
    for zone, days in (("Europe/London", 0), ("Europe/Berlin", 1), ("Asia/Kathmandu", 0)):
        assert (
            ask("flow_time", site(item, zone=zone), "2025-01-01", "2025-01-31", durations="exclusive_days").value
            == days
        )


def test_working_days_leave_out_weekends_holidays_and_nights():
    friday, monday = "2025-01-03 13:00", "2025-01-06 13:00"
    assert took(friday, monday, "Europe/Berlin", durations="working_days") == 1  # half of Friday, half of Monday
    holiday = {"holidays": ["2025-01-06"]}
    assert took(friday, monday, "Europe/Berlin", durations="working_days", working_time=holiday) == 0.5
    six_days = {"weekdays": [0, 1, 2, 3, 4, 5]}
    assert took(friday, monday, "Europe/Berlin", durations="working_days", working_time=six_days) == 2
    assert took("2025-01-03 18:00", "2025-01-06 08:00", "UTC", durations="working_days") == 0
    short = {"start": "10:00", "end": "12:00"}
    assert took("2025-01-07 10:30", "2025-01-07 18:00", "UTC", durations="working_days", working_time=short) == 0.75


def test_the_zone_of_the_settings_wins_over_that_of_the_account():
    item = Item("2025-01-01", [("2025-01-31 23:30+00:00", DONE)])
    tables = site(item, zone="UTC")
    assert ask("flow_velocity", tables, "2025-01-01", "2025-01-31").value == 1
    assert ask("flow_velocity", tables, "2025-01-01", "2025-01-31", zone="Europe/Berlin").value == 0
    assert ask("flow_velocity", tables, "2025-02-01", "2025-02-28", zone="Europe/Berlin").value == 1


@pytest.mark.parametrize(
    "zone", ["", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati", "America/Sao_Paulo"]
)
def test_a_plain_date_is_that_date_in_any_zone_that_the_user_chooses(zone):
    """The account lives in Berlin, where the date begins at another instant."""
    deployed = {"deployment_date": "2025-01-10"}
    tables = site(Item("2024-12-01", fields=deployed), Item("2024-12-01", fields=deployed), zone="Europe/Berlin")
    for day, count in (("2025-01-09", 0), ("2025-01-10", 1), ("2025-01-11", 0)):
        value = ask("deployment_frequency", tables, day, day, zone=zone)
        assert (value.value or 0) == count
    dates = {"work_started_date": "2025-01-08", "work_completed_date": "2025-01-10"}
    done = site(Item("2024-12-01", status=DONE, fields=dates), zone="Europe/Berlin")
    assert ask("flow_time", done, "2025-01-10", "2025-01-10", zone=zone).value == 2


@pytest.mark.parametrize("definition", ["exact", "inclusive_days", "exclusive_days", "working_days"])
def test_a_plain_date_at_either_end_makes_whole_days(definition):
    start, end = (
        np.array([at("2025-01-07 16:00"), at("2025-01-07 16:00")]),
        np.array([at("2025-01-07"), at("2025-01-09")]),
    )
    plain = np.array([True, True])
    found = spans(start, end, plain, definition=definition, zone="UTC").tolist()
    assert found == ([1, 3] if definition == "inclusive_days" else [0, 2])
    assert backwards(start, end, plain, "UTC").tolist() == [False, False]
    assert backwards(start, end, ~plain, "UTC").tolist() == [True, False]


# ---- periods -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("2018-11-04", "America/Sao_Paulo", 23),
        ("2018-02-17", "America/Sao_Paulo", 25),
        ("2023-04-28", "Africa/Cairo", 23),
        ("2023-10-26", "Africa/Cairo", 25),
        ("2011-12-30", "Pacific/Apia", 0),
        ("2011-12-31", "Pacific/Apia", 24),
        ("2025-04-06", "Australia/Lord_Howe", 24.5),
        ("2025-10-05", "Australia/Lord_Howe", 23.5),
        ("2025-03-30", "Europe/Berlin", 23),
        ("2025-10-26", "Europe/Berlin", 25),
        ("2025-06-01", "Asia/Kathmandu", 24),
    ],
)
def test_a_day_holds_the_completions_of_its_own_hours(day, zone, hours):
    """One completion each half hour for four days around it: the day has two for each of its hours."""
    middle = at(day, zone)
    items = [Item("2000-01-01", [(middle + n * HOUR // 2, DONE)]) for n in range(-96, 97)]
    value = ask("flow_velocity", site(*items, zone=zone), day, day)
    assert (value.value or 0) == 2 * hours


def test_a_period_has_as_many_days_as_local_dates_whatever_the_hours():
    deployments = [Item("2025-01-01", fields={"deployment_date": "2025-10-22 12:00"})]
    tables = site(*deployments, zone="Europe/Berlin")
    assert ask("deployment_frequency", tables, "2025-10-01", "2025-10-31").value == 1 / 31


@few
@given(flow_sites(), FLOW_RULES, st.integers(1, 40))
def test_every_completion_is_in_exactly_one_of_consecutive_periods(place, rules, parts):
    if rules.get("completed_as_of") == "period_end":
        rules = {
            **rules,
            "completed_as_of": "now",
        }  # as of several ends an item may be done several times, by definition
    about = facts(site(*place["items"], zone=place["zone"], mapped=place["mapped"]), now=place["now"], **rules)
    whole = period(str(place["first"]), str(place["last"]), place["zone"])
    velocity = ISSUE_METRICS["flow_velocity"]
    total = value_of(velocity, about, whole) or 0
    assert sum(value_of(velocity, about, each) or 0 for each in whole.bins(parts)) == total


# ---- whatever the site -------------------------------------------------------------------------------------------


def test_efficiency_stays_below_100_percent_though_time_in_done_is_taken_out():
    item = Item(
        "2025-01-01", [("2025-01-02", DOING), ("2025-01-04", DONE), ("2025-01-10", DOING), ("2025-01-12", DONE)]
    )
    value = ask(
        "flow_efficiency",
        site(item),
        "2025-01-01",
        "2025-01-31",
        workflow={"active": [DOING, DONE]},
        subtract_reopened=True,
    )
    assert value.value == 100


def in_range(name: str, value: float | None) -> bool:
    if value is None:
        return True
    return 0 <= value <= 100 if ISSUE_METRICS[name].unit == "percent" else value >= 0


@few
@given(flow_sites(), FLOW_RULES, WORKFLOWS)
def test_flow_values_are_in_range_and_details_agree(place, rules, flow):
    tables = site(*place["items"], zone=place["zone"], mapped=place["mapped"])
    found = {}
    for name in ("flow_velocity", "flow_time", "flow_efficiency", "flow_load", "flow_distribution"):
        value = ask(name, tables, str(place["first"]), str(place["last"]), now=place["now"], workflow=flow, **rules)
        assert value.error_state != "calculation_error"
        assert in_range(name, value.value)
        assert all(in_range(name, point) for point in value.details["sparkline"])
        found[name] = value
    parts = found["flow_distribution"].details.get("distribution")
    if parts:
        assert round(10 * sum(parts.values())) == 1000 and found["flow_distribution"].value == parts["Feature"]
    details = found["flow_time"].details
    if found["flow_time"].ok:
        assert details["p50"] <= details["p75"] <= details["p85"] <= details["p95"]
    assert found["flow_velocity"].details["used"] >= found["flow_time"].details["used"]


@few
@given(dora_sites())
def test_dora_values_are_in_range(place):
    tables = site(*place["items"], zone=place["zone"], versions=place["versions"], mapped=place["mapped"])
    for name in ("deployment_frequency", "lead_time_for_changes", "change_failure_rate", "mean_time_to_recovery"):
        value = ask(name, tables, str(place["first"]), str(place["last"]), now=place["now"])
        assert value.error_state != "calculation_error"
        assert in_range(name, value.value)
        if name == "change_failure_rate" and value.ok:
            assert value.value == 100 * value.details["failed"] / value.details["count"]


@few
@given(flow_sites(), st.sampled_from(["flow_velocity", "flow_time", "flow_load"]))
def test_rows_are_in_order_and_inside_the_period(place, name):
    about = facts(site(*place["items"], zone=place["zone"], mapped=place["mapped"]), now=place["now"])
    asked = MetricQuery(about, period(str(place["first"]), str(place["last"]), place["zone"]))
    rows = rows_for(ISSUE_METRICS[name], asked)
    assert (rows.at[1:] >= rows.at[:-1]).all()
    if name == "flow_load":
        assert (rows.at <= asked.snapshot).all()
    else:
        assert ((rows.at >= asked.start) & (rows.at < asked.end) & (rows.at <= about.now)).all()


@seeding.examples(200)
@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=4).filter(any))
def test_shares_sum_to_exactly_100_and_none_is_off_by_more_than_a_tenth(counts):
    found = shares(counts)
    assert sum(round(10 * each) for each in found) == 1000
    assert found == shares_again(counts)
    assert all(abs(share - 100 * count / sum(counts)) < 0.1 + 1e-9 for share, count in zip(found, counts, strict=True))


@seeding.examples(200)
@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=30),
    st.integers(1, 100),
    st.sampled_from(["linear", "nearest_rank"]),
)
def test_a_percentile_lies_between_the_smallest_and_the_largest(values, share, method):
    found = percentile(np.array(values), share, method)
    assert min(values) - 1e-6 <= found <= max(values) + 1e-6
    if method == "nearest_rank":
        assert found in values
        assert sum(each <= found for each in values) >= share / 100 * len(values) - 1e-9


def test_a_filter_narrows_every_number_alike():
    def item(project: str, kind: str, label: str, component: str) -> Item:
        return Item(
            "2025-01-01",
            [("2025-01-02", DOING), ("2025-01-05", DONE)],
            project=project,
            type=kind,
            labels=[label],
            components=[component],
        )

    tables = site(item("P", "Story", "ui", "Web"), item("P", "Bug", "ui", "Api"), item("Q", "Story", "db", "Api"))
    for filters, count in (
        (Filters(), 3),
        (only(project=("P",)), 2),
        (only(type=("Story",)), 2),
        (only(label=("ui",)), 2),
        (only(component=("Api",)), 2),
        (only(project=("P", "Q"), type=("Bug",)), 1),
        (only(project=("Q",), label=("ui",)), 0),
        (only(project=("Z",)), 0),
    ):
        value = ask("flow_velocity", tables, "2025-01-01", "2025-01-31", filters=filters)
        assert (value.value or 0) == count == value.total_issue_count


def test_the_last_seven_days_end_today_and_are_compared_with_the_seven_before():
    week = Period.last_days(7, date(2025, 1, 20), "UTC")
    assert (week.first, week.last) == (date(2025, 1, 14), date(2025, 1, 20))
    assert week.previous() == Period(week.first - timedelta(days=7), week.first - timedelta(days=1), "UTC")


def test_whole_working_days_count_both_ends():
    def days(start: str, end: str, **how) -> float | None:
        return took(start, end, "UTC", durations="inclusive_working_days", **how)

    assert days("2025-01-03 23:00", "2025-01-06 01:00") == 2  # Friday and Monday
    assert days("2025-01-06 09:00", "2025-01-06 10:00") == 1
    assert days("2025-01-04 09:00", "2025-01-05 10:00") == 0  # a weekend
    assert days("2025-01-04 09:00", "2025-01-07 10:00") == 2
    assert days("2025-01-03", "2025-01-10", working_time={"holidays": ["2025-01-06"]}) == 5


@pytest.mark.parametrize(
    ("durations", "age"),
    [
        ("exact", 5.5),
        ("inclusive_days", 6),
        ("exclusive_days", 5),
        ("working_days", 3.625),
        ("inclusive_working_days", 4),
    ],
)
def test_ages_obey_the_rule_for_durations(durations: str, age: float):
    """In progress since Thursday noon, looked at at the end of Tuesday: the last day is Tuesday, not Wednesday."""
    tables = site(Item("2025-01-01", [("2025-01-02 12:00", DOING)]))
    value = ask("flow_load", tables, "2025-01-01", "2025-01-07", durations=durations)
    assert value.details["age_p50"] == pytest.approx(age)
    today = ask("flow_load", tables, "2025-01-01", "2025-01-31", durations=durations, now="2025-01-08 00:00")
    assert today.details["age_p50"] == pytest.approx(age + (durations not in ("exact", "working_days")))
