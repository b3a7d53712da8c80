"""The five flow metrics on sites small enough to work out by hand. January 2025 is the period unless a test says
otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import CLOSED, DOING, DONE, REVIEW, TODO, WAITING, Item, ask, site
from tests.data.metrics.january import JANUARY, january

FEBRUARY = ("2025-02-01", "2025-02-28")


def took(start: str, end: str, **more: Any) -> Item:
    """An item created on 1 January, started and completed at two instants."""
    return Item("2025-01-01", [(start, DOING), (end, DONE)], **more)


# ---- velocity ----------------------------------------------------------------------------------------------------


def test_velocity_counts_items_completed_in_the_period():
    value = january(
        "flow_velocity",
        took("2025-01-02", "2025-01-03"),
        took("2025-01-02", "2025-01-31 23:59:59.999"),
        took("2025-01-02", "2025-02-01 00:00"),  # the first instant after the period
        Item("2024-12-01", [("2024-12-31 23:59:59.999", DONE)]),  # just before it
        Item("2024-12-01", [("2025-01-01 00:00", DONE)]),  # its first instant
        Item("2025-01-05", [("2025-01-06", DOING)]),
    )
    assert (value.value, value.total_issue_count, value.excluded_issue_count) == (3, 3, 0)


@pytest.mark.parametrize("as_of", ["now", "period_end"])
@pytest.mark.parametrize("metric", ["flow_velocity", "flow_time", "flow_efficiency", "flow_distribution", "closed"])
def test_a_completion_at_the_first_instant_after_a_period_belongs_to_the_next_one(metric, as_of):
    items = [took("2024-12-30", each) for each in ("2025-01-01 00:00", "2025-01-31 23:59:59.999", "2025-02-01 00:00")]
    items += [took("2024-12-30", "2025-02-28 23:59:59.999"), took("2024-12-30", "2025-03-01 00:00")]
    for days, count in ((JANUARY, 2), (FEBRUARY, 2)):
        value = ask(metric, site(*items), *days, workflow=ACTIVE, completed_as_of=as_of)
        assert value.total_issue_count == value.details["used"] == count, days


@pytest.mark.parametrize("as_of", ["now", "period_end"])
def test_a_completion_at_this_very_instant_counts_and_one_still_to_come_does_not(as_of):
    items = [took("2025-01-02", "2025-01-15 12:00"), took("2025-01-02", "2025-01-15 12:00:00.001")]
    assert january("flow_velocity", *items, now="2025-01-15 12:00", completed_as_of=as_of).value == 1


def test_velocity_says_who_is_left_out_and_why():
    value = january(
        "flow_velocity",
        took("2025-01-02", "2025-01-03"),
        took("2025-01-02", "2025-01-03", type="Sub-task", hierarchy=-1),
        took("2025-01-02", "2025-01-03", type="Epic", hierarchy=1),
        took("2025-01-02", "2025-01-03", type="Initiative", hierarchy=2),
        took("2025-01-02", "2025-01-03", resolution="Won't Do"),
        took("2025-01-02", "2025-01-03", resolution="DUPLICATE"),
        took("2025-01-02", "2025-01-03", resolution="Done"),
    )
    assert value.value == 2
    assert value.details["exclusions"] == {
        "sub-task": 1,
        "epic or higher level": 2,
        "resolution Won't Do": 1,
        "resolution DUPLICATE": 1,
    }


@pytest.mark.parametrize("metric", ["flow_velocity", "flow_time", "flow_efficiency", "flow_distribution"])
def test_an_item_whose_history_is_incomplete_is_left_out(metric):
    value = january(
        metric,
        took("2025-01-02", "2025-01-03"),
        took("2025-01-02", "2025-01-04", history_complete=False),
        workflow=ACTIVE,
    )
    assert (value.total_issue_count, value.details["exclusions"]) == (2, {"incomplete history": 1})
    assert value.value == january(metric, took("2025-01-02", "2025-01-03"), workflow=ACTIVE).value


def test_load_leaves_an_item_with_an_incomplete_history_out():
    known, unknown = Item("2025-01-01", status=DOING), Item("2025-01-01", status=DOING, history_complete=False)
    value = january("flow_load", known, unknown)
    assert (value.value, value.details["exclusions"]) == (1, {"incomplete history": 1})
    assert value.details["daily_average"] == 1


@pytest.mark.parametrize("resolution", ["Won't Do", "Won't Fix", "Duplicate", "Declined", "Cannot Reproduce"])
def test_five_resolutions_are_no_completions(resolution):
    assert january("flow_velocity", took("2025-01-02", "2025-01-03", resolution=resolution)).value == 0


def test_which_resolutions_do_not_count_is_a_setting():
    items = [took("2025-01-02", "2025-01-03", resolution=each) for each in ("Won't Do", "Obsolete")]
    value = january("flow_velocity", *items, not_completed_resolutions=["obsolete"])
    assert (value.value, value.details["exclusions"]) == (1, {"resolution Obsolete": 1})


def test_subtasks_and_epics_count_if_the_setting_says_so():
    items = [took("2025-01-02", "2025-01-03", hierarchy=level) for level in (-1, 0, 1)]
    assert january("flow_velocity", *items).value == 1
    assert january("flow_velocity", *items, all_levels=True).value == 3


def test_points_stand_beside_velocity_when_mapped():
    items = [took("2025-01-02", "2025-01-03", fields={"story_points": points}) for points in (3.0, 5.0, None)]
    details = january("flow_velocity", *items).details
    assert (details["points"], details["points_on"], details["used"]) == (8, 2, 3)
    assert "points" not in january("flow_velocity", took("2025-01-02", "2025-01-03")).details


def test_nothing_completed_in_a_month_with_work_is_zero():
    value = january("flow_velocity", Item("2025-01-05", [("2025-01-06", DOING)]))
    assert (value.error_state, value.value) == ("success", 0)


def test_a_month_in_which_nothing_happened_is_zero():
    value = january("flow_velocity", Item("2024-06-05", [("2024-06-06", DOING)]))
    assert (value.error_state, value.value) == ("success", 0)


# ---- which completion --------------------------------------------------------------------------------------------

REOPENED = Item(
    "2025-01-01",
    [("2025-01-02", DOING), ("2025-01-10", DONE), ("2025-01-20", DOING), ("2025-02-11", DONE)],
)


def test_an_item_reopened_and_done_again_is_completed_at_the_last_crossing():
    tables = site(REOPENED)
    assert ask("flow_velocity", tables, *JANUARY).value == 0
    assert ask("flow_velocity", tables, *FEBRUARY).value == 1


def test_the_first_crossing_completes_if_the_setting_says_so():
    tables = site(REOPENED)
    assert ask("flow_velocity", tables, *JANUARY, completion="first").value == 1
    assert ask("flow_velocity", tables, *FEBRUARY, completion="first").value == 0


def test_an_item_reopened_and_not_done_again_is_not_completed_by_either():
    item = Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-10", DONE), ("2025-02-02", DOING)])
    for completion in ("last", "first"):
        assert january("flow_velocity", item, completion=completion).value == 0


def test_as_of_the_end_of_the_period_it_was_done_then():
    item = Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-10", DONE), ("2025-02-02", DOING)])
    assert january("flow_velocity", item, completed_as_of="period_end").value == 1
    on_the_dot = Item("2025-01-01", [("2025-01-10", DONE), ("2025-02-01 00:00", TODO)])
    assert january("flow_velocity", on_the_dot, completed_as_of="period_end").value == 1
    just_before = Item("2025-01-01", [("2025-01-10", DONE), ("2025-01-31 23:59:59.999", TODO)])
    assert january("flow_velocity", just_before, completed_as_of="period_end").value == 0


def test_what_happens_after_now_is_not_known_yet():
    item = Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-10", DONE), ("2025-01-20", TODO)])
    assert january("flow_velocity", item, now="2025-01-15").value == 1
    assert january("flow_velocity", item, now="2025-01-10").value == 1  # done at this very instant
    assert january("flow_velocity", item, now="2025-01-20").value == 0
    assert january("flow_velocity", item, now="2025-01-09").value == 0


def test_done_statuses_are_those_that_the_user_chose():
    item = Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-10", DONE), ("2025-01-20", CLOSED)])
    assert january("flow_time", item).value == 8
    assert january("flow_time", item, workflow={"done": [CLOSED]}).value == 18


# ---- flow time ---------------------------------------------------------------------------------------------------


def test_flow_time_is_the_median_with_mean_and_percentiles_beside_it():
    value = january(
        "flow_time",
        took("2025-01-02", "2025-01-03"),  # 1 day
        took("2025-01-02", "2025-01-04"),  # 2
        took("2025-01-02", "2025-01-08"),  # 6
    )
    assert value.value == 2
    # place of p75 is (3 − 1) × 0.75 = 1.5 → 2 + 0.5 × 4; of p85 1.7; of p95 1.9
    assert {name: value.details[name] for name in ("mean", "p50", "p75", "p85", "p95")} == pytest.approx(
        {"mean": 3, "p50": 2, "p75": 4, "p85": 4.8, "p95": 5.6}
    )


def test_percentiles_by_nearest_rank_are_values_that_occurred():
    items = [took("2025-01-02", f"2025-01-{2 + days:02}") for days in (1, 2, 6, 10)]
    details = january("flow_time", *items, percentile="nearest_rank").details
    assert [details[name] for name in ("p50", "p75", "p85", "p95")] == [2, 6, 10, 10]
    assert january("flow_time", *items).value == 4


def test_flow_time_has_fractions_of_days():
    assert january("flow_time", took("2025-01-02 09:00", "2025-01-03 15:00")).value == 1.25


def test_work_starts_at_the_first_entry_into_progress_even_after_a_return_to_the_backlog():
    item = Item(
        "2025-01-01", [("2025-01-03", DOING), ("2025-01-04", TODO), ("2025-01-10", DOING), ("2025-01-13", DONE)]
    )
    assert january("flow_time", item).value == 10


def test_an_item_created_in_progress_starts_at_its_creation():
    assert january("flow_time", Item("2025-01-05", [("2025-01-08", DONE)], status=DOING)).value == 3


def test_a_waiting_status_has_started_the_work_like_any_other_in_progress():
    assert january("flow_time", Item("2025-01-05", [("2025-01-06", WAITING), ("2025-01-08", DONE)])).value == 2


def test_the_commitment_point_is_the_users_choice():
    item = Item("2025-01-01", [("2025-01-03", DOING), ("2025-01-06", REVIEW), ("2025-01-07", DONE)])
    assert january("flow_time", item, workflow={"started": [REVIEW]}).value == 1


def test_completed_without_ever_being_in_progress_is_in_velocity_and_not_in_flow_time():
    item = Item("2025-01-05", [("2025-01-08", DONE)])
    assert january("flow_velocity", item).value == 1
    value = january("flow_time", item)
    assert (value.error_state, value.total_issue_count, value.details["exclusions"]) == (
        "no_data",
        1,
        {"never in progress": 1},
    )


def test_done_without_history_is_completed_at_its_resolution_with_start_unknown():
    item = Item("2025-01-05", status=DONE, resolved="2025-01-08", type="Bug")
    velocity = january("flow_velocity", item)
    assert velocity.value == 1
    assert any("resolution date" in note for note in velocity.details["notes"])
    assert january("flow_distribution", item).details["distribution"]["Defect"] == 100
    for name in ("flow_time", "flow_efficiency"):
        value = january(name, item, workflow={"active": [DOING]})
        assert (value.value, value.details["exclusions"]) == (None, {"no history": 1})


def test_done_without_history_and_without_resolution_is_in_no_period():
    value = january("flow_velocity", Item("2025-01-05", status=DONE), took("2025-01-02", "2025-01-03"))
    assert (value.value, value.total_issue_count) == (1, 1)
    assert any("no date at all" in note for note in value.details["notes"])


def test_a_flow_time_of_an_earlier_completion_includes_its_stay_in_done():
    tables = site(REOPENED)  # started 2 January, done 10–20 January, done for good 11 February
    assert ask("flow_time", tables, *FEBRUARY).value == 40
    assert ask("flow_time", tables, *FEBRUARY, subtract_reopened=True).value == 30


def test_same_instant_changes_give_a_flow_time_of_zero():
    value = january("flow_time", Item("2025-01-05", [("2025-01-08", DOING), ("2025-01-08", DONE)]))
    assert (value.value, value.details["used"]) == (0, 1)


def test_a_mapped_flow_time_is_a_cross_check_in_the_details():
    items = [took("2025-01-02", "2025-01-04", fields={"flow_time_days": days}) for days in (1.5, 2.5, None)]
    value = january("flow_time", *items)
    assert (value.value, value.details["mapped_flow_time_median"]) == (2, 2)


# ---- mapped dates ------------------------------------------------------------------------------------------------


def test_mapped_dates_win_for_each_issue_that_has_them_and_history_serves_the_others():
    value = january(
        "flow_time",
        took("2025-01-02", "2025-01-04", fields={"work_started_date": "2025-01-01 12:00"}),  # 2.5 days
        took("2025-01-02", "2025-01-04", fields={"work_completed_date": "2025-01-12 00:00"}),  # 10 days
        took("2025-01-02", "2025-01-03"),  # 1 day
    )
    assert value.value == 2.5 and value.details["mean"] == 4.5
    assert value.details["notes"] == [
        "1 by the mapped start date, 2 from history.",
        "1 by the mapped completion date, 2 from history.",
    ]


def test_a_mapped_completion_moves_the_item_to_its_own_period():
    tables = site(took("2025-01-02", "2025-02-10", fields={"work_completed_date": "2025-01-20 00:00"}))
    assert ask("flow_velocity", tables, *JANUARY).value == 1
    assert ask("flow_velocity", tables, *FEBRUARY).value == 0


@pytest.mark.parametrize("as_of", ["now", "period_end"])
def test_a_mapped_completion_counts_once_even_if_the_history_says_another_month(as_of):
    tables = site(took("2025-01-02", "2025-01-20", fields={"work_completed_date": "2025-02-10 00:00"}))
    assert ask("flow_velocity", tables, *JANUARY, completed_as_of=as_of).value == 0
    assert ask("flow_velocity", tables, *FEBRUARY, completed_as_of=as_of).value == 1


def test_status_entry_is_used_only_where_history_is_missing():
    entered = {"status_entry_timestamp": "2025-01-20 00:00"}
    without = Item("2025-01-05", status=DONE, resolved="2025-02-08", fields=entered)
    with_history = took("2025-01-02", "2025-02-10", fields=entered)
    assert january("flow_velocity", without, with_history).value == 1


def test_completed_on_the_plain_date_of_the_start_takes_zero_days():
    item = took("2025-01-05 14:00", "2025-01-05 15:00", fields={"work_completed_date": "2025-01-05"})
    value = january("flow_time", item, zone="Europe/Berlin")
    assert (value.value, value.excluded_issue_count) == (0, 0)
    assert "Day precision: plain dates are involved." in value.details["notes"]


def test_completed_on_a_plain_date_before_the_start_is_left_out():
    item = took("2025-01-05 14:00", "2025-01-05 15:00", fields={"work_completed_date": "2025-01-04"})
    assert january("flow_time", item).details["exclusions"] == {"completed before it was started": 1}


# ---- efficiency --------------------------------------------------------------------------------------------------

ACTIVE = {"active": [DOING]}


def test_efficiency_is_active_time_over_flow_time_of_all_items_together():
    value = january(
        "flow_efficiency",
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-04", REVIEW), ("2025-01-10", DONE)]),  # 2 of 8 days
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-04", DONE)]),  # 2 of 2 days
        workflow=ACTIVE,
    )
    assert value.value == 40  # (2 + 2) ÷ (8 + 2); the mean of 25 % and 100 % would be 62.5 %
    assert value.details["median"] == 62.5


def test_active_time_is_cut_to_the_time_between_start_and_completion():
    item = Item(
        "2025-01-01",
        [("2025-01-02", DOING), ("2025-01-06", DONE)],
        fields={"work_started_date": "2025-01-04 00:00", "work_completed_date": "2025-01-08 00:00"},
    )
    assert january("flow_efficiency", item, workflow=ACTIVE).value == 50  # 4–6 January of 4–8 January


def test_blocked_time_is_taken_out_once_though_flag_and_status_overlap():
    item = Item(
        "2025-01-01",
        [("2025-01-02", DOING), ("2025-01-06", WAITING), ("2025-01-08", DOING), ("2025-01-12", DONE)],
        flags=[("2025-01-04", "2025-01-07"), ("2025-01-06", "2025-01-09")],
    )
    tables = site(item)
    # Active 2–6 and 8–12 January: 8 of 10 days. Flagged 4–9 January: 2 days of the first, 1 of the second stay.
    assert ask("flow_efficiency", tables, *JANUARY, workflow=ACTIVE).value == 50
    assert ask("flow_efficiency", tables, *JANUARY, workflow=ACTIVE, blocked_flag=False).value == 80
    both = ask("flow_efficiency", tables, *JANUARY, workflow={"active": [DOING, WAITING]}, blocked_statuses=[WAITING])
    assert both.value == 50  # all 10 days active, 4–9 January blocked
    assert both.details["blocked_hours"] == 120


def test_a_flag_that_is_still_up_blocks_until_completion():
    item = Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-06", DONE)], flags=[("2025-01-05", None)])
    assert january("flow_efficiency", item, workflow=ACTIVE).value == 75


def test_a_flag_before_the_start_blocks_nothing():
    item = Item("2025-01-01", [("2025-01-04", DOING), ("2025-01-06", DONE)], flags=[("2025-01-01", "2025-01-04")])
    assert january("flow_efficiency", item, workflow=ACTIVE).value == 100


def test_logged_hours_over_calendar_hours_where_no_active_status_is_chosen():
    value = january(
        "flow_efficiency",
        took("2025-01-02", "2025-01-04", fields={"active_work_hours": 12.0}),  # 12 of 48 hours
        took("2025-01-02", "2025-01-03", fields={"active_work_hours": 6.0}),  # 6 of 24 hours
        took("2025-01-02", "2025-01-03", fields={"active_work_hours": 24.5}),  # more than a day has
        took("2025-01-02", "2025-01-03"),
    )
    assert value.value == 25
    assert value.details["exclusions"] == {
        "more hours logged than the flow time has": 1,
        "active work hours is empty": 1,
    }
    assert "Logged hours over calendar hours." in value.details["notes"]


def test_active_statuses_win_over_logged_hours():
    item = took("2025-01-02", "2025-01-04", fields={"active_work_hours": 1.0})
    assert january("flow_efficiency", item, workflow=ACTIVE).value == 100


def test_without_active_statuses_and_hours_efficiency_asks_for_them():
    value = january("flow_efficiency", took("2025-01-02", "2025-01-04"))
    assert (value.error_state, value.details["needs"]) == ("missing_mapping", ["active_work_hours"])
    assert value.details["needs_settings"] == ["workflow.active"]


def test_no_flow_time_at_all_is_no_efficiency():
    item = Item("2025-01-05", [("2025-01-08", DOING), ("2025-01-08", DONE)])
    assert january("flow_efficiency", item, workflow=ACTIVE).error_state == "no_data"


# ---- load --------------------------------------------------------------------------------------------------------


def test_load_counts_items_in_progress_at_the_end_of_the_period():
    value = january(
        "flow_load",
        Item("2025-01-01", [("2025-01-02", DOING)], assignee="Ada"),
        Item("2025-01-01", [("2025-01-02", WAITING)]),
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-09", TODO)]),
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-09", DONE)]),
        Item("2025-01-01", [("2025-02-02", DOING)]),
        Item("2025-01-01", [("2025-01-02", DOING)], hierarchy=-1),
        Item("2025-01-22", status=REVIEW, assignee="Ada"),
    )
    assert (value.value, value.total_issue_count, value.details["exclusions"]) == (3, 4, {"sub-task": 1})
    assert value.details["per_status"] == {"In Progress": 1, "Waiting": 1, "In Review": 1}
    assert value.details["per_person"] == {"Ada": 2, "nobody": 1}
    assert value.details["age_p50"] == 30  # ages at 1 February: 30, 30 and 10 days


def test_load_may_count_all_that_was_started_and_is_not_finished():
    items = [
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-09", TODO)]),
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-09", DONE)]),
        Item("2025-01-01", [("2025-02-02", DOING)]),
    ]
    assert january("flow_load", *items).value == 0
    assert january("flow_load", *items, load="started").value == 1


def test_load_of_a_period_that_goes_on_is_taken_now():
    item = Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-20", DONE)])
    assert january("flow_load", item, now="2025-01-15").value == 1
    assert january("flow_load", item, now="2025-01-15").details["age_p50"] == 13
    assert january("flow_load", item, now="2025-01-20").value == 0


def test_the_daily_average_of_load_is_taken_at_the_end_of_each_day():
    item = Item("2025-01-01", [("2025-01-02 12:00", DOING), ("2025-01-05 12:00", DONE)])
    value = ask("flow_load", site(item), "2025-01-01", "2025-01-06")
    assert value.details["daily_average"] == 0.5  # in progress at the end of 2, 3 and 4 January, 3 of 6 days


def test_the_daily_average_has_what_is_begun_within_a_day_and_still_open_at_its_end():
    begun = Item("2025-01-01", [("2025-01-02 12:00", DOING)])
    value = ask("flow_load", site(begun), "2025-01-01", "2025-01-04")
    assert value.details["daily_average"] == 0.75  # at the end of 2, 3 and 4 January
    ended = Item("2024-12-01", [("2024-12-02", DOING), ("2025-01-01 12:00", DONE)])
    assert ask("flow_load", site(ended), "2025-01-01", "2025-01-04").details["daily_average"] == 0
    assert (
        ask("flow_load", site(begun), "2025-01-01", "2025-01-04", now="2025-01-02 18:00").details["daily_average"]
        == 0.5
    )


def test_an_item_finished_by_its_mapped_date_is_no_longer_in_progress():
    item = Item("2025-01-01", [("2025-01-02", DOING)], fields={"work_completed_date": "2025-01-20 00:00"})
    assert january("flow_load", item).value == 0
    assert january("flow_load", item, now="2025-01-19").value == 1


# ---- distribution ------------------------------------------------------------------------------------------------


def finished(*types: str, **more: Any) -> list[Item]:
    return [took("2025-01-02", "2025-01-03", type=each, **more) for each in types]


def test_distribution_shows_four_shares_and_the_value_is_that_of_features():
    value = january(
        "flow_distribution", *finished("Story", "Task", "Bug", "Security", "Refactoring", "Story", "Bug", "Story")
    )
    assert value.details["distribution"] == {"Feature": 50.0, "Defect": 25.0, "Risk": 12.5, "Technical_Debt": 12.5}
    assert value.value == 50
    assert value.details["suggested"] is True and any("Suggested" in note for note in value.details["notes"])


@pytest.mark.parametrize(
    ("types", "shares"),
    [
        (["Story", "Bug", "Security"], [33.4, 33.3, 33.3, 0.0]),  # a tie: the first of the four gets the tenth
        (["Bug", "Security", "Tech Debt"], [0.0, 33.4, 33.3, 33.3]),
        (["Story", "Story", "Bug"], [66.7, 33.3, 0.0, 0.0]),
        (["Story"] * 5 + ["Bug"], [83.3, 16.7, 0.0, 0.0]),
        (["Story", "Bug", "Security", "Tech Debt", "Story", "Bug", "Story"], [42.8, 28.6, 14.3, 14.3]),
    ],
)
def test_shares_have_one_decimal_by_largest_remainder_and_sum_to_100(types, shares):
    found = january("flow_distribution", *finished(*types)).details["distribution"]
    assert list(found) == ["Feature", "Defect", "Risk", "Technical_Debt"]
    assert list(found.values()) == shares
    assert round(sum(round(10 * share) for share in found.values())) == 1000


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("Feature", ["Story", "New Feature", "Improvement", "Feature", "Task"]),
        ("Defect", ["Bug", "Defect", "Incident"]),
        ("Risk", ["Risk", "Security", "Vulnerability"]),
        ("Technical_Debt", ["Technical Debt", "Tech Debt", "Refactoring"]),
    ],
)
def test_suggested_kinds_of_types(kind, names):
    for name in (*names, names[0].upper()):
        assert january("flow_distribution", *finished(name)).details["distribution"][kind] == 100


def test_types_of_no_kind_are_left_out_counted_and_listed():
    value = january("flow_distribution", *finished("Story", "Spike", "Spike", "Chore"))
    assert value.value == 100
    assert value.details["exclusions"] == {"type Spike is not mapped": 2, "type Chore is not mapped": 1}


def test_nothing_of_a_known_kind_is_no_data():
    value = january("flow_distribution", *finished("Spike"))
    assert (value.error_state, value.details["exclusions"]) == ("no_data", {"type Spike is not mapped": 1})


def test_kinds_that_the_user_chose_replace_the_suggestion():
    value = january(
        "flow_distribution", *finished("Story", "Bug", "Spike"), flow_types={"spike": "Risk", "Bug": "Defect"}
    )
    assert value.details["distribution"] == {"Feature": 0.0, "Defect": 50.0, "Risk": 50.0, "Technical_Debt": 0.0}
    assert value.details["exclusions"] == {"type Story is not mapped": 1}
    assert value.details["suggested"] is False and value.value == 0


def test_a_mapped_flow_item_type_decides_instead_of_the_issue_type():
    items = finished("Bug", fields={"flow_item_type": "Feature"}) + finished("Story", fields={"flow_item_type": "Risk"})
    assert january("flow_distribution", *items).details["counts"] == {
        "Feature": 1,
        "Defect": 0,
        "Risk": 1,
        "Technical_Debt": 0,
    }


def test_the_four_flow_metrics_of_completed_items_share_one_set():
    items = [
        took("2025-01-02", "2025-01-03"),
        took("2025-01-02", "2025-01-03", hierarchy=-1),
        took("2025-01-02", "2025-01-03", resolution="Duplicate"),
        Item("2025-01-01", [("2025-01-04", DONE)]),
        Item("2025-01-01", status=DONE, resolved="2025-01-05"),
    ]
    names = ("flow_velocity", "flow_time", "flow_efficiency", "flow_distribution")
    totals = {name: january(name, *items, workflow=ACTIVE).total_issue_count for name in names}
    assert set(totals.values()) == {5}


# ---- deployment tickets ------------------------------------------------------------------------------------------

TICKET = took("2025-01-02", "2025-01-03", type="Deployment", fields={"deployment_date": "2025-01-03"})
STORY = took("2025-01-02", "2025-01-06", fields={"deployment_date": "2025-01-06"})


@pytest.mark.parametrize("metric", ["flow_velocity", "flow_time", "flow_distribution", "created", "closed"])
def test_a_deployment_ticket_is_no_flow_item_and_a_story_with_a_deployment_date_is_one(metric: str):
    value = january(metric, TICKET, STORY, deployment_types=["deployment"])
    assert (value.details["used"], value.details["exclusions"]) == (1, {"deployment ticket": 1})


def test_nor_is_it_work_in_progress():
    under_way = [Item("2025-01-01", [("2025-01-02", DOING)], type=kind) for kind in ("Deployment", "Story")]
    value = january("flow_load", *under_way, deployment_types=["Deployment"])
    assert (value.value, value.details["exclusions"]) == (1, {"deployment ticket": 1})


def test_where_no_type_is_chosen_none_is_left_out_and_what_looks_like_a_ticket_is_named():
    value = january("flow_velocity", TICKET, STORY)
    assert (value.value, value.details["exclusions"]) == (2, {})
    assert value.details["notes"] == [
        "1 of 2 are of type Deployment: if these are deployment tickets, choose so under Definitions."
    ]
