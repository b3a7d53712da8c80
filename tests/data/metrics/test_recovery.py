"""Incidents and time to recovery, worked out by hand. January 2025 is the period unless a test says otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from data.metrics.breakdown import by_group
from data.metrics.registry import ISSUE_METRICS
from data.values.filters import Filters, only
from tests.builders import CANCELLED, DOING, DONE, REVIEW, Item, Version, ask, facts, period, site
from tests.data.metrics.january import JANUARY, deployment, incident, january


def test_recovery_from_detection_to_resolution_is_a_proxy_in_hours():
    value = january(
        "mean_time_to_recovery",
        incident("2025-01-05 12:00", "2025-01-05 12:30"),
        incident("2025-01-06 12:00", "2025-01-06 15:00"),
        incident("2025-01-07 00:00", "2025-01-08 16:00"),
        incident("2025-01-09 00:00", None),
    )
    assert (value.value, value.unit, value.details["proxy"], value.details["open_incidents"]) == (3, "hours", True, 1)
    # 0.5, 3 and 40 hours: p90 lies at 3 + 0.8 × 37
    assert (value.details["mean"], value.details["p90"]) == pytest.approx((14.5, 32.6))
    assert value.details["title"] == "Time to recovery (median)"
    assert "1 incident is still open." in value.details["notes"]


def test_recovery_runs_from_the_failed_deployment_to_the_last_resolution_of_its_incidents():
    value = january(
        "mean_time_to_recovery",
        deployment("2025-01-05 12:00"),
        incident("2025-01-05 13:00", "2025-01-05 14:00", links=[("is caused by", 0)]),
        incident("2025-01-05 15:00", "2025-01-05 22:00", links=[("is caused by", 0)]),
        incident("2025-01-06 00:00", "2025-01-06 01:00"),
    )
    assert (value.value, value.details["proxy"]) == (10, False)
    assert value.details["exclusions"] == {"incident not linked to a deployment": 1}


def test_a_recovery_belongs_to_the_period_of_its_resolution_and_is_open_until_then():
    tables = site(
        deployment("2025-01-31 12:00"),
        incident("2025-01-31 13:00", "2025-02-02 12:00", links=[("is caused by", 0)]),
    )
    assert ask("mean_time_to_recovery", tables, *JANUARY).error_state == "no_data"
    assert ask("mean_time_to_recovery", tables, "2025-02-01", "2025-02-28").value == 48
    still = ask("mean_time_to_recovery", tables, "2025-02-01", "2025-02-28", now="2025-02-02 11:59")
    assert still.error_state == "no_data"


def test_a_deployment_with_an_open_incident_has_not_recovered():
    value = january(
        "mean_time_to_recovery",
        deployment("2025-01-05 12:00"),
        incident("2025-01-05 13:00", "2025-01-05 14:00", links=[("is caused by", 0)]),
        incident("2025-01-05 15:00", None, links=[("is caused by", 0)]),
    )
    assert value.error_state == "no_data"


def test_resolved_is_the_mapped_time_else_the_completion():
    done = [("2025-01-05 13:00", DOING), ("2025-01-05 18:00", DONE)]
    mapped = incident("2025-01-05 12:00", "2025-01-05 14:00", moves=done)
    unmapped = incident("2025-01-05 12:00", None, moves=done)
    assert january("mean_time_to_recovery", mapped).value == 2
    assert january("mean_time_to_recovery", unmapped).value == 6


def test_negative_recoveries_are_left_out_and_counted():
    value = january(
        "mean_time_to_recovery",
        incident("2025-01-05 12:00", "2025-01-05 14:00"),
        incident("2025-01-06 12:00", "2025-01-06 11:00"),
    )
    assert (value.value, value.details["exclusions"]) == (2, {"resolved before it was detected": 1})


def test_incidents_are_recognised_by_detection_type_label_or_component():
    done = [("2025-01-05 00:00", DOING), ("2025-01-05 05:00", DONE)]

    def recovered(item: Item, **how: Any) -> float | None:
        return january("mean_time_to_recovery", item, **how).value

    created = "2025-01-05 00:00"
    assert recovered(Item(created, done, type="Bug", fields={"incident_detected_at": "2025-01-05 01:00"})) == 4
    assert recovered(Item(created, done, type="INCIDENT")) == recovered(Item(created, done, type="Outage")) == 5
    assert recovered(Item(created, done, type="Bug", labels=["Sev1"])) is None
    assert recovered(Item(created, done, type="Bug", labels=["Sev1"]), incident_labels=["sev1"]) == 5
    assert recovered(Item(created, done, type="Bug", components=["Ops"]), incident_components=["ops"]) == 5
    assert recovered(Item(created, done, type="Incident"), incident_types=[]) is None


def test_the_rule_that_finds_incidents_is_shown():
    value = january("mean_time_to_recovery", incident("2025-01-05 12:00", "2025-01-05 14:00"), incident_labels=["sev1"])
    assert value.details["incident_rule"] == (
        "issues with an incident detection time; issues of type Incident or [System] Incident or Outage; issues "
        "of label sev1"
    )


@pytest.mark.usefixtures("value_alone")
def test_only_the_ends_of_a_recovery_decide_its_precision():
    """The detection is a plain date here, but the recovery runs from the deployment."""
    value = january(
        "mean_time_to_recovery",
        deployment("2025-01-05 12:00"),
        incident("2025-01-05", "2025-01-05 12:30", links=[("is caused by", 0)]),
    )
    assert (value.value, value.performance_tier, value.details["day_precision"]) == (0.5, "Elite", False)


@pytest.mark.usefixtures("value_alone")
def test_a_resolution_by_plain_date_counts_in_whole_days():
    value = january("mean_time_to_recovery", incident("2025-01-05 12:00", "2025-01-06"))
    assert (value.value, value.details["day_precision"]) == (24, True)
    same_day = january("mean_time_to_recovery", incident("2025-01-05 12:00", "2025-01-05"))
    assert (same_day.value, same_day.performance_tier, same_day.excluded_issue_count) == (0, "High", 0)


def test_an_incident_is_held_against_the_latest_deployment_of_its_project():
    items = (
        deployment("2025-01-05 00:00", project="A"),
        deployment("2025-01-05 02:00", project="A"),
        deployment("2025-01-05 01:00", project="B"),
        incident("2025-01-05 03:00", None, project="A"),
        incident("2025-01-04 03:00", None, project="B"),
    )

    def rate(hours: float, **filters: tuple[str, ...]) -> tuple[float | None, str]:
        value = january("change_failure_rate", *items, failure_window_hours=hours, filters=only(**filters))
        return value.value, value.details["count_words"]

    assert rate(24) == (pytest.approx(100 / 3), "1 of 3 deployments")
    assert rate(24, project=("A",)) == (50, "1 of 2 deployments")
    assert rate(24, project=("B",)) == (0, "0 of 1 deployment")
    assert rate(0.99) == (0, "0 of 3 deployments")


def test_a_release_is_blamed_for_an_incident_of_its_project_alone():
    items = (incident("2025-01-05 03:00", None, project="A"), incident("2025-01-05 03:00", None, project="C"))
    releases = (
        Version(release_date="2025-01-05", project="A"),
        Version(release_date="2025-01-04", project="A"),
        Version(release_date="2025-01-05", project="B"),
    )
    value = january("change_failure_rate", *items, versions=releases, failure_window_hours=48)
    assert value.details["count_words"] == "1 of 3 deployments"


def test_recovery_of_the_type_incident_is_measured_as_without_the_filter():
    items = (
        deployment("2025-01-05 00:00"),
        incident("2025-01-05 03:00", "2025-01-05 05:00", links=[("is caused by", 0)]),
    )
    for filters in (Filters(), only(type=("Incident",)), only(type=("Deployment",))):
        value = january("mean_time_to_recovery", *items, filters=filters)
        assert (value.value, value.details["proxy"]) == (5, False), filters
    about = facts(site(*items))
    by = by_group(ISSUE_METRICS["mean_time_to_recovery"], about, period(*JANUARY), "type")
    assert {each.name: each.value for each in by.parts} == {"Incident": 5, "Deployment": 5}
    assert by.several and "counts in the type of each" in " ".join(by.notes)


def test_lead_time_of_a_project_knows_the_deployments_of_another():
    items = (
        deployment("2025-01-20", project="OPS"),
        Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-10", DONE)], project="A", links=[("is deployed by", 0)]),
    )
    for filters in (Filters(), only(project=("A",))):
        assert january("lead_time_for_changes", *items, filters=filters).value == 18


def test_an_incident_that_was_not_resolved_is_no_recovery():
    ended = {"moves": [("2025-01-06 00:00", DONE)]}
    value = january(
        "mean_time_to_recovery",
        Item("2025-01-05", type="Incident", **ended),
        Item("2025-01-01", type="Incident", resolution="Cannot Reproduce", **ended),
        Item("2025-01-02", type="Incident", resolution="duplicate", **ended),
        Item("2025-01-03", type="Incident", moves=[("2025-01-06 00:00", CANCELLED)]),
    )
    assert (value.value, value.details["used"], value.details["open_incidents"]) == (24, 1, 0)
    assert value.details["exclusions"] == {
        "resolution Cannot Reproduce": 1,
        "resolution duplicate": 1,
        "discarded in status Cancelled": 1,
    }


def test_a_failed_deployment_recovers_with_its_incidents_that_were_resolved():
    link = [("is caused by", 0)]
    value = january(
        "mean_time_to_recovery",
        deployment("2025-01-05 00:00"),
        incident(None, "2025-01-05 05:00", links=link),
        incident(None, "2025-01-07 00:00", links=link, resolution="Duplicate"),
        deployment("2025-01-10 00:00"),
        incident(None, "2025-01-11 00:00", links=[("is caused by", 3)], resolution="Won't Do"),
    )
    assert (value.value, value.details["exclusions"]) == (5, {"resolution Won't Do": 1})


def test_an_incident_ends_when_it_enters_a_chosen_status():
    items = (
        Item(
            "2025-01-05 00:00",
            [("2025-01-05 02:00", REVIEW), ("2025-01-07", DOING), ("2025-01-08", DONE)],
            type="Incident",
        ),
        Item("2025-01-05 00:00", [("2025-01-05 08:00", DONE)], type="Incident"),  # never mitigated: when it was done
        Item("2025-01-05 00:00", [("2025-01-05 10:00", REVIEW)], type="Incident"),  # mitigated, and not done yet
    )
    how = {"incident_end_statuses": [REVIEW]}
    value = january("mean_time_to_recovery", *items, **how)
    assert (value.value, value.details["used"], value.details["open_incidents"]) == (8, 3, 0)
    assert "An incident ends when it enters In Review, else when it is completed." in value.details["steps"]
    assert january("mean_time_to_recovery", *items).details["open_incidents"] == 1
    mapped = incident("2025-01-05 00:00", "2025-01-05 01:00", moves=[("2025-01-05 02:00", REVIEW)])
    assert january("mean_time_to_recovery", mapped, **how).value == 1  # the mapped time wins
