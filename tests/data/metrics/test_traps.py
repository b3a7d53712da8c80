"""Mistakes seen in other tools that these metrics do not make, one test for each, named after the trap."""

from __future__ import annotations

import ast
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from data.facts.days import percentile
from tests.builders import CLOSED, DOING, DONE, REVIEW, TODO, WAITING, Item, Version, ask, at, site
from tests.data.metrics.january import JANUARY
from tests.some import some

METRICS = Path(__file__).parents[3] / "data" / "metrics"


def deployed(*days: str, **fields: str) -> list[Item]:
    return [Item("2024-12-01", fields={"deployment_date": day, **fields}) for day in days]


@pytest.mark.usefixtures("value_alone")
def test_monthly_frequency_compared_with_per_day_thresholds():
    """Two deployments in a month are two a month, Medium; read as two a day they would be Elite."""
    value = ask("deployment_frequency", site(*deployed("2025-01-05 12:00", "2025-01-20 12:00")), *JANUARY)
    assert (value.value, value.unit, value.performance_tier) == (2 / 31, "deployments/day", "Medium")


def test_unmapped_failure_rate_shown_as_0_percent_elite():
    value = ask("change_failure_rate", site(*deployed("2025-01-05 12:00")), *JANUARY)
    assert (value.value, value.performance_tier, value.error_state) == (None, None, "missing_mapping")


def test_recovery_always_empty_because_two_record_shapes_name_the_field_differently():
    """A mapped resolution and a completion of another incident end recoveries alike."""
    by_field = Item(
        "2025-01-01",
        type="Incident",
        fields={"incident_detected_at": "2025-01-05 00:00", "incident_resolved_at": "2025-01-05 02:00"},
    )
    by_status = Item(
        "2025-01-01", [("2025-01-06 04:00", DONE)], type="Incident", fields={"incident_detected_at": "2025-01-06 00:00"}
    )
    value = ask("mean_time_to_recovery", site(by_field, by_status), *JANUARY)
    assert (value.value, value.details["used"]) == (3, 2)


def test_time_in_first_status_lost():
    """Created in Waiting for 2 days, then 3 days of work: 60 %, and not 100 %."""
    item = Item("2025-01-01", [("2025-01-03", DOING), ("2025-01-06", DONE)], status=WAITING)
    assert ask("flow_efficiency", site(item), *JANUARY, workflow={"active": [DOING]}).value == 60
    assert ask("flow_time", site(item), *JANUARY).value == 5
    working = Item("2025-01-01", [("2025-01-04", REVIEW), ("2025-01-05", DONE)], status=DOING)
    assert ask("flow_efficiency", site(working), *JANUARY, workflow={"active": [DOING]}).value == 75


def test_historical_load_computed_from_todays_status():
    was_there = Item("2025-01-01", [("2025-01-10", DOING), ("2025-02-10", DONE)])
    came_later = Item("2025-01-01", [("2025-02-10", DOING)])
    tables = site(was_there, was_there, came_later)
    assert ask("flow_load", tables, *JANUARY).value == 2
    assert ask("flow_load", tables, "2025-02-01", "2025-02-28").value == 1


def test_unreleased_versions_counted_as_deployments():
    versions = [Version("1.0", "2025-01-10"), Version("2.0", "2025-01-12", released=False)]
    value = ask("deployment_frequency", site(Item("2025-01-01"), versions=versions), *JANUARY)
    assert (value.details["count"], value.details["exclusions"]) == (1, {"version not released": 1})


def test_a_20_story_release_counted_as_20_deployments():
    stories = site(*deployed(*["2025-01-15 18:00"] * 20))
    assert ask("deployment_frequency", stories, *JANUARY).details["count"] == 1
    fixed = site(*(Item("2025-01-01", fix_versions=[0]) for _ in range(20)), versions=[Version("1.0", "2025-01-15")])
    assert ask("deployment_frequency", fixed, *JANUARY).details["count"] == 1


def test_same_day_releases_negative_and_dropped():
    """Started at 16:00 and released with that day's version: zero days, counted."""
    item = Item("2025-01-01", [("2025-01-10 16:00", DOING), ("2025-01-10 17:00", DONE)], fix_versions=[0])
    value = ask("lead_time_for_changes", site(item, versions=[Version("1.0", "2025-01-10")]), *JANUARY)
    assert (value.value, value.excluded_issue_count) == (0, 0)


def test_reopened_items_counted_as_done():
    item = Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-10", DONE), ("2025-01-12", DOING)])
    assert ask("flow_velocity", site(item), *JANUARY).value == 0


def test_wont_do_items_counted_as_done():
    item = Item(
        "2025-01-01", [("2025-01-02", DOING), ("2025-01-10", DONE)], resolution="Won't Do", resolved="2025-01-10"
    )
    value = ask("flow_velocity", site(item), *JANUARY)
    assert (value.value, value.details["exclusions"]) == (0, {"resolution Won't Do": 1})


def test_a_bulk_close_moving_completions_by_weeks():
    """Resolved in January, all closed by one sweep in March: completed in January."""
    sweep = ("2025-03-20 08:00", CLOSED)
    items = [Item("2025-01-01", [("2025-01-02", DOING), (f"2025-01-{day}", DONE), sweep]) for day in (10, 11, 12)]
    assert ask("flow_velocity", site(*items), *JANUARY).value == 3
    assert ask("flow_velocity", site(*items), "2025-03-01", "2025-03-31").value == 0
    assert ask("flow_time", site(*items), *JANUARY).value == 9


def test_means_of_means():
    """Efficiency of all time together, and a mean lead time of all changes, not of weekly means."""
    items = [
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-03", DONE)]),  # 1 of 1 day
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-03", WAITING), ("2025-01-11", DONE)]),  # 1 of 9 days
    ]
    assert ask("flow_efficiency", site(*items), *JANUARY, workflow={"active": [DOING]}).value == 20
    ends = ["2025-01-02", "2025-01-02", "2025-01-02", "2025-01-31"]  # 1, 1, 1 and 30 days after 1 January
    changes = [
        Item(
            "2024-12-01", fields={"code_commit_date": "2025-01-01 00:00", "deployed_to_production_date": f"{end} 00:00"}
        )
        for end in ends
    ]
    assert ask("lead_time_for_changes", site(*changes), *JANUARY).details["mean"] == 8.25


def test_integer_floors():
    """13 deployments in 90 days are 0.144 a day, and not 0."""
    days = [str(date(2025, 1, 1) + timedelta(days=7 * n)) for n in range(13)]
    value = ask("deployment_frequency", site(*deployed(*(f"{day} 12:00" for day in days))), "2025-01-01", "2025-03-31")
    assert value.value == pytest.approx(13 / 90)
    assert value.performance_tier == "High"  # 13 × 7 ≥ 90


def test_two_different_values_for_one_metric_on_one_card():
    """The value, its percentile in the details and the rows behind it are one number."""
    items = [Item("2025-01-01", [("2025-01-02", DOING), (f"2025-01-{2 + n:02}", DONE)]) for n in (1, 2, 6, 9)]
    value = ask("flow_time", site(*items), *JANUARY)
    assert value.value == value.details["p50"] == float(value.details["display_value"]) == 4
    counts = ask("flow_velocity", site(*items), *JANUARY), ask("flow_distribution", site(*items), *JANUARY)
    assert counts[0].value == counts[0].details["used"] == sum(counts[1].details["counts"].values()) == 4


def test_percentile_index_biased_low():
    """int(0.85 × n) − 1 and its like: of 1 to 10 the 85th percentile is 8.65 (R-7) or 9 (nearest rank), and not 8."""
    values = np.arange(1.0, 11.0)
    assert percentile(values, 85) == pytest.approx(8.65)
    assert percentile(values, 85, "nearest_rank") == 9
    assert percentile(values, 50) == 5.5 and percentile(values, 50, "nearest_rank") == 5
    assert percentile(np.array([7.0]), 95) == percentile(np.array([7.0]), 95, "nearest_rank") == 7
    assert percentile(values, 100, "nearest_rank") == 10 == percentile(values, 100)


@pytest.mark.usefixtures("value_alone")
def test_169_hour_weeks_turning_once_a_week_into_less():
    """The week in which Berlin's clocks go back has 169 hours and is still a week."""
    tables = site(*deployed("2025-10-22 12:00"), zone="Europe/Berlin")
    value = ask("deployment_frequency", tables, "2025-10-20", "2025-10-26")
    assert (value.value, value.performance_tier) == (1 / 7, "High")


def test_today_hidden_inside_functions():
    """Nothing below data/metrics asks the clock: `now` is a parameter everywhere."""
    clocks = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "gmtime", "localtime"}
    for path in some(METRICS.rglob("*.py"), 30):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in clocks:
                owner = node.func.value
                assert not (isinstance(owner, ast.Name) and owner.id in {"datetime", "date", "time", "pd"}), path
            assert not (isinstance(node, ast.Import) and "time" in [each.name for each in node.names]), path


def test_the_same_question_has_the_same_answer_on_any_day():
    tables = site(
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-10", DONE)]), Item("2025-01-01", [("2025-01-02", DOING)])
    )
    one, two = (ask("flow_load", tables, *JANUARY, now=now) for now in ("2025-02-01", "2029-01-01"))
    assert one.value == two.value == 1
    assert one.details["age_p50"] == two.details["age_p50"] == 30


def test_names_of_statuses_may_change_for_their_ids_decide():
    statuses = (
        ("1", "Done", "new"),
        ("2", "To Do", "indeterminate"),
        ("3", "Open", "indeterminate"),
        ("4", "Doing", "done"),
    )
    item = Item("2025-01-01", [("2025-01-02", "2"), ("2025-01-10", "4")], status=TODO)
    assert ask("flow_time", site(item, statuses=statuses), *JANUARY).value == 8


def test_changes_of_one_instant_are_read_in_their_order():
    there_and_back = [("2025-01-02", DOING), ("2025-01-10", DONE), ("2025-01-10", DOING), ("2025-01-10", DONE)]
    assert ask("flow_velocity", site(Item("2025-01-01", there_and_back)), *JANUARY).value == 1
    assert ask("flow_velocity", site(Item("2025-01-01", there_and_back[:-1])), *JANUARY).value == 0
    load = ask("flow_load", site(Item("2025-01-01", there_and_back[:-1])), *JANUARY, now=at("2025-01-10"))
    assert load.value == 1
