"""The five DORA metrics on sites small enough to work out by hand. January 2025 is the period unless a test says
otherwise.
"""

from __future__ import annotations

import pytest

from tests.builders import DOING, DONE, Item, Version, ask, site
from tests.data.metrics.january import JANUARY, change, deployment, incident, january

# ---- what a deployment is ----------------------------------------------------------------------------------------


def test_frequency_is_deployments_over_the_days_of_the_period():
    value = january("deployment_frequency", *(deployment(f"2025-01-{day:02} 12:00") for day in range(1, 32, 2)))
    assert value.value == 16 / 31
    assert value.details["count"] == 16


def test_deployments_of_one_project_environment_and_instant_are_one():
    items = [
        deployment("2025-01-05 12:00", target_environment="Production"),
        deployment("2025-01-05 12:00", target_environment="production"),
        deployment("2025-01-05 12:00", target_environment="prod"),  # another environment by name
        deployment("2025-01-05 12:00", target_environment="production", project="Q"),
        deployment("2025-01-05 12:01", target_environment="production"),
    ]
    value = january("deployment_frequency", *items)
    assert (value.details["count"], value.details["used"]) == (4, 5)
    assert january("deployment_frequency", *items, deployment_merge="each_issue").details["count"] == 5


def test_a_date_without_time_merges_a_day_and_the_card_says_so():
    value = january("deployment_frequency", *(deployment("2025-01-05") for _ in range(3)), deployment("2025-01-06"))
    assert value.details["count"] == 2
    assert any("no time of day" in note for note in value.details["notes"])


def test_only_production_counts_and_its_names_are_a_setting():
    items = [
        deployment("2025-01-05 12:00", target_environment=name, project=name or "-")
        for name in ("production", "PROD", "Prd", " live", "staging", "preprod")
    ]
    items.append(deployment("2025-01-07 12:00"))
    value = january("deployment_frequency", *items)
    assert (value.details["count"], value.total_issue_count) == (4, 7)
    assert value.details["exclusions"] == {"not production": 2, "target environment is empty": 1}
    assert january("deployment_frequency", *items, production_environments=["Staging"]).details["count"] == 1


def test_without_an_environment_mapped_all_count():
    assert (
        january("deployment_frequency", deployment("2025-01-05 12:00"), deployment("2025-01-06 12:00")).details["count"]
        == 2
    )


def test_dates_in_the_future_are_left_out():
    value = january(
        "deployment_frequency", deployment("2025-01-05 12:00"), deployment("2025-01-25 12:00"), now="2025-01-20"
    )
    assert (value.details["count"], value.details["exclusions"]) == (1, {"date in the future": 1})


def test_deployments_may_be_limited_to_types():
    items = [deployment("2025-01-05 12:00"), deployment("2025-01-06 12:00", type="Story")]
    value = january("deployment_frequency", *items, deployment_types=["deployment"])
    assert (value.details["count"], value.details["exclusions"]) == (1, {"not a deployment type": 1})


def test_failed_deployments_count_as_deployments():
    assert (
        january("deployment_frequency", deployment("2025-01-05 12:00", deployment_successful="no")).details["count"]
        == 1
    )


def test_released_versions_are_the_deployments_where_no_date_is_mapped():
    versions = [
        Version("1.0", "2025-01-03"),
        Version("1.1", "2025-01-03", project="Q"),  # of another project: another deployment
        Version("1.2", "2025-01-31"),
        Version("1.3", "2025-02-01"),
        Version("2.0", "2025-01-20", released=False),
        Version("2.1", None),
    ]
    value = january("deployment_frequency", Item("2025-01-01"), versions=versions)
    assert (value.value, value.total_issue_count) == (3 / 31, 5)
    assert value.details["exclusions"] == {"version not released": 1, "released version without a release date": 1}
    assert "From released versions." in value.details["notes"]


def test_issues_and_versions_are_never_added_up():
    items, versions = [deployment("2025-01-05 12:00")], [Version("1.0", "2025-01-06"), Version("1.1", "2025-01-07")]
    counts = {
        source: january("deployment_frequency", *items, versions=versions, deployment_source=source).details["count"]
        for source in ("auto", "issues", "versions")
    }
    assert counts == {"auto": 1, "issues": 1, "versions": 2}


def test_a_mapped_but_empty_deployment_date_does_not_fall_back_to_versions():
    value = january(
        "deployment_frequency", Item("2025-01-01"), mapped=("deployment_date",), versions=[Version("1", "2025-01-05")]
    )
    assert (value.error_state, value.value) == ("success", 0)


def test_a_version_is_deployed_on_its_release_date_in_the_local_zone():
    tables = site(Item("2025-01-01"), zone="Pacific/Auckland", versions=[Version("1.0", "2025-01-01")])
    assert ask("deployment_frequency", tables, "2025-01-01", "2025-01-01").value == 1
    assert ask("deployment_frequency", tables, "2024-12-31", "2024-12-31").value == 0


def test_days_with_a_deployment_a_week_and_the_longest_gap():
    """Four weeks from 6 January: two days, one day (twice on it), none, three days with a deployment."""
    days = ["06 09:00", "08 09:00", "14 09:00", "14 17:00", "27 09:00", "28 09:00", "29 09:00"]
    tables = site(*(deployment(f"2025-01-{day}") for day in days))
    details = ask("deployment_frequency", tables, "2025-01-06", "2025-02-02").details
    assert details["deployment_days_per_week"] == 1.5  # median of 2, 1, 0, 3
    assert details["longest_gap_days"] == 12  # 15 to 26 January


def test_without_any_source_frequency_asks_for_the_deployment_date():
    value = january("deployment_frequency", Item("2025-01-01"))
    assert (value.error_state, value.details["needs"]) == ("missing_mapping", ["deployment_date"])


# ---- lead time ---------------------------------------------------------------------------------------------------


def test_lead_time_is_the_median_from_commit_to_production():
    value = january(
        "lead_time_for_changes",
        change("2025-01-01 00:00", "2025-01-02 00:00"),
        change("2025-01-01 00:00", "2025-01-03 00:00"),
        change("2024-12-25 00:00", "2025-01-04 00:00"),
        change("2025-01-01 00:00", "2025-02-01 00:00"),  # deployed in February
    )
    assert (value.value, value.total_issue_count) == (2, 3)
    # 1, 2 and 10 days: p75 lies half way between 2 and 10, p90 at 2 + 0.8 × 8
    assert {name: value.details[name] for name in ("mean", "p75", "p90")} == pytest.approx(
        {"mean": 13 / 3, "p75": 6, "p90": 8.4}
    )
    assert value.details["proxy"] is False


def test_a_change_without_commit_date_is_left_out_and_never_mixed_with_the_proxy():
    started = [("2025-01-01", DOING), ("2025-01-04", DONE)]
    value = january(
        "lead_time_for_changes",
        change("2025-01-01 00:00", "2025-01-02 00:00"),
        change(None, "2025-01-05 00:00", moves=started),
    )
    assert (value.value, value.details["exclusions"]) == (1, {"code commit date is empty": 1})


def test_with_no_commit_date_mapped_the_start_of_work_stands_for_it():
    value = january(
        "lead_time_for_changes", change(None, "2025-01-05 00:00", moves=[("2025-01-01", DOING), ("2025-01-04", DONE)])
    )
    assert (value.value, value.details["proxy"]) == (4, True)
    assert value.details["notes"][0].startswith("Proxy")


def test_deployed_is_the_mapped_date_else_the_release_else_the_linked_deployment():
    commit = {"code_commit_date": "2025-01-01 00:00"}
    ticket = deployment("2025-01-11 00:00")
    mapped = Item(
        "2024-12-01",
        fix_versions=[0],
        links=[("is deployed by", 0)],
        fields={**commit, "deployed_to_production_date": "2025-01-03 00:00"},
    )
    released = Item("2024-12-01", fix_versions=[0, 1, 2], links=[("is deployed by", 0)], fields=commit)
    linked = Item("2024-12-01", fix_versions=[2], links=[("is deployed by", 0)], fields=commit)
    neither = Item("2024-12-01", [("2025-01-02", DOING), ("2025-01-08", DONE)], fix_versions=[2], fields=commit)
    versions = [
        Version("1.0", "2025-01-09"),
        Version("1.1", "2025-01-06"),
        Version("2.0", "2025-01-02", released=False),
    ]
    for item, days in ((mapped, 2), (released, 5), (linked, 10)):
        assert january("lead_time_for_changes", ticket, item, versions=versions).value == days
    value = january("lead_time_for_changes", ticket, neither, mapped, versions=versions)
    assert value.details["exclusions"] == {"no deployment found": 1}


def test_a_change_is_counted_at_its_first_deployment():
    first, second = deployment("2025-01-11 00:00"), deployment("2025-02-11 00:00")
    item = Item(
        "2024-12-01", links=[("relates to", 1), ("relates to", 0)], fields={"code_commit_date": "2025-01-01 00:00"}
    )
    tables = site(first, second, item)
    assert ask("lead_time_for_changes", tables, *JANUARY).value == 10
    assert ask("lead_time_for_changes", tables, "2025-02-01", "2025-02-28").error_state == "no_data"


def test_a_link_held_by_the_deployment_alone_is_read_too_and_staging_is_no_production():
    item = Item("2024-12-01", fields={"code_commit_date": "2025-01-01 00:00"})
    staging = deployment("2025-01-05 00:00", target_environment="staging", links=[("deploys", 0)])
    production = deployment("2025-01-09 00:00", target_environment="prod", links=[("deploys", 0)])
    assert january("lead_time_for_changes", item, staging, production).value == 8


@pytest.mark.parametrize(("types", "changes"), [(["rollout"], 2), ([], 2), (["Story"], 1)])
def test_deployment_tickets_and_subtasks_are_no_changes(types: list[str], changes: int):
    """A ticket is of a chosen type; where none is chosen, it is any issue with a deployment date."""
    dates = {"code_commit_date": "2025-01-01 00:00", "deployed_to_production_date": "2025-01-02 00:00"}
    value = january(
        "lead_time_for_changes",
        Item("2024-12-01", fields=dates),
        Item("2024-12-01", fields=dates, hierarchy=-1),
        Item("2024-12-01", fields={**dates, "deployment_date": "2025-01-02 00:00"}),
        Item("2024-12-01", fields=dates, type="Rollout"),
        deployment_types=types,
    )
    assert value.total_issue_count == changes


def test_negative_lead_times_are_left_out_and_counted():
    value = january(
        "lead_time_for_changes",
        change("2025-01-01 00:00", "2025-01-02 00:00"),
        change("2025-01-03 12:00", "2025-01-03 11:59"),
    )
    assert (value.value, value.details["exclusions"]) == (1, {"deployed before it was started": 1})


def test_a_release_on_the_day_of_the_commit_takes_zero_days():
    item = Item("2024-12-01", fix_versions=[0], fields={"code_commit_date": "2025-01-05 16:00"})
    value = january("lead_time_for_changes", item, versions=[Version("1.0", "2025-01-05")], zone="America/New_York")
    assert (value.value, value.excluded_issue_count, value.details["day_precision"]) == (0, 0, True)


def test_without_any_deployment_lead_time_asks_for_the_production_date():
    value = january("lead_time_for_changes", Item("2025-01-01", [("2025-01-02", DOING), ("2025-01-04", DONE)]))
    assert (value.error_state, value.details["needs"]) == ("missing_mapping", ["deployed_to_production_date"])


# ---- failure rate ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["no", "No", "FALSE", "failed", "Failure", "0", "0.0"])
def test_a_no_is_a_failure(answer):
    items = [
        deployment("2025-01-05 12:00", deployment_successful=answer),
        deployment("2025-01-06 12:00", deployment_successful="yes"),
    ]
    assert january("change_failure_rate", *items).value == 50


@pytest.mark.parametrize("answer", ["yes", "True", "succeeded", "done", "1", "Ja", "成功", "ERFOLGREICH"])
def test_a_yes_is_no_failure(answer):
    assert january("change_failure_rate", deployment("2025-01-05 12:00", deployment_successful=answer)).value == 0


@pytest.mark.parametrize(
    "answer", ["Rolled back", "Unsuccessful", "Fehlgeschlagen", "Nein", "失敗", "Aborted", "  rolled\u00a0Back "]
)
def test_a_no_in_another_language_is_a_failure(answer):
    assert january("change_failure_rate", deployment("2025-01-05 12:00", deployment_successful=answer)).value == 100


def test_a_word_in_no_list_leaves_both_sides_and_is_named_with_its_number():
    items = [
        deployment("2025-01-05 12:00", deployment_successful="no"),
        deployment("2025-01-06 12:00", deployment_successful="yes"),
        deployment("2025-01-07 12:00", deployment_successful="Canary"),
        deployment("2025-01-08 12:00", deployment_successful="Canary"),
        deployment("2025-01-09 12:00"),
    ]
    value = january("change_failure_rate", *items)
    assert (value.value, value.details["count"]) == (50, 2)
    assert value.details["exclusions"] == {
        "deployment successful “Canary” is in no list of words": 2,
        "outcome unknown (deployment successful is empty)": 1,
    }
    said = january("change_failure_rate", *items, failure_words=["No", "canary"])
    assert (said.value, said.details["count"]) == (75, 4)
    assert january("change_failure_rate", *items, success_words=["Yes", "CANARY "]).value == 25


def test_an_unknown_word_stays_unknown_beside_a_yes_and_beside_other_evidence():
    items = [
        deployment("2025-01-05 12:00", deployment_successful="yes", production_impact="Sev 4"),
        deployment("2025-01-06 12:00", deployment_successful="yes"),
        deployment("2025-01-07 12:00", deployment_successful="Canary"),
        incident("2025-01-06 13:00", None, links=[("is caused by", 1)]),
    ]
    value = january("change_failure_rate", *items)
    assert (value.value, value.details["count"]) == (100, 1)
    assert value.details["exclusions"] == {
        "production impact “Sev 4” is in no list of words": 1,
        "deployment successful “Canary” is in no list of words": 1,
    }


def test_an_empty_answer_is_unknown_and_leaves_both_sides():
    items = [
        deployment("2025-01-05 12:00", deployment_successful="no"),
        deployment("2025-01-06 12:00", deployment_successful="yes"),
        deployment("2025-01-07 12:00"),
        deployment("2025-01-08 12:00"),
    ]
    value = january("change_failure_rate", *items)
    assert (value.value, value.details["count"], value.total_issue_count) == (50, 2, 4)
    assert value.details["exclusions"] == {"outcome unknown (deployment successful is empty)": 2}
    assert january("change_failure_rate", *items, empty_success_means="no").value == 75


def test_with_incidents_linked_no_incident_means_no_failure():
    items = [
        deployment("2025-01-05 12:00", deployment_successful="yes"),
        deployment("2025-01-06 12:00"),
        deployment("2025-01-07 12:00"),
        deployment("2025-01-08 12:00"),
        incident("2025-01-06 13:00", None, links=[("is caused by", 1)]),
    ]
    value = january("change_failure_rate", *items)
    assert (value.value, value.excluded_issue_count) == (25, 0)
    assert value.details["sources"] == ["deployment successful", "linked incidents"]


@pytest.mark.parametrize(
    ("impact", "rate"),
    [("Outage", 100), ("Major outage", 100), ("None", 0), ("NO", 0), ("n/a", 0), (None, 0)]
    + [(word, 0) for word in ("No impact", "Keine", "なし", "N/A", "Nothing")]
    + [("Slow", None), ("Minor / Localised", None)],
)
def test_a_production_impact_is_a_failure_unless_it_is_none(impact, rate):
    item = deployment("2025-01-05 12:00", **({"production_impact": impact} if impact else {}))
    assert january("change_failure_rate", item, mapped=("production_impact",)).value == rate


def test_a_deployment_with_two_failures_is_one_failed_deployment():
    items = [
        deployment("2025-01-05 12:00", deployment_successful="no", production_impact="Outage"),
        deployment("2025-01-05 12:00", deployment_successful="no"),
        deployment("2025-01-06 12:00", deployment_successful="yes"),
        incident("2025-01-05 13:00", None, links=[("is caused by", 0)]),
        incident("2025-01-05 14:00", None, links=[("is caused by", 0), ("is caused by", 1)]),
    ]
    value = january("change_failure_rate", *items)
    assert (value.value, value.details["failed"], value.details["count"]) == (50, 1, 2)


def test_only_chosen_links_from_incidents_blame_a_deployment():
    items = [
        deployment("2025-01-05 12:00", deployment_successful="yes"),
        incident("2025-01-05 13:00", None, links=[("relates to", 0)]),
        Item("2025-01-05", links=[("is caused by", 0)]),  # not an incident
    ]
    assert january("change_failure_rate", *items).value == 0
    assert january("change_failure_rate", *items, incident_links=["Relates to"]).value == 100


def test_incidents_within_hours_after_a_deployment_are_off_until_chosen():
    items = [deployment("2025-01-05 12:00", deployment_successful="yes"), incident("2025-01-05 14:00", None)]
    assert january("change_failure_rate", *items).value == 0
    assert january("change_failure_rate", *items, failure_window_hours=2).value == 100
    assert january("change_failure_rate", *items, failure_window_hours=1.99).value == 0


def test_failures_are_known_at_now_for_deployments_dated_in_the_period():
    late = Item("2025-03-01", type="Incident", links=[("is caused by", 0)])
    items = [deployment("2025-01-05 12:00", deployment_successful="yes"), late]
    assert january("change_failure_rate", *items, now="2025-02-01").value == 0
    assert january("change_failure_rate", *items, now="2025-04-01").value == 100


def test_incidents_of_a_released_version_blame_its_issues():
    items = [
        Item("2025-01-01", fix_versions=[0]),
        Item("2025-01-01", fix_versions=[1]),
        Item("2025-01-07", type="outage", links=[("is caused by", 1)]),
    ]
    versions = [Version("1.0", "2025-01-05"), Version("1.1", "2025-01-06")]
    value = january("change_failure_rate", *items, versions=versions)
    assert (value.value, value.total_issue_count) == (50, 2)


def test_no_deployments_is_no_data_and_no_source_is_a_missing_mapping():
    unknown = january("change_failure_rate", deployment("2025-01-05 12:00"))
    assert (unknown.error_state, unknown.details["needs"]) == (
        "missing_mapping",
        ["deployment_successful", "production_impact"],
    )
    outside = january("change_failure_rate", deployment("2024-11-05 12:00", deployment_successful="yes"))
    assert outside.error_state == "no_data"


# ---- rework ------------------------------------------------------------------------------------------------------


def test_rework_is_a_type_or_a_label_that_the_user_chose():
    items = [
        deployment("2025-01-05 12:00", labels=["Hotfix"]),
        deployment("2025-01-06 12:00", type="Patch"),
        deployment("2025-01-07 12:00"),
        deployment("2025-01-08 12:00", deployment_successful="no"),
    ]
    assert january("deployment_rework_rate", *items, rework_labels=["hotfix"]).value == 25
    value = january("deployment_rework_rate", *items, rework_labels=["hotfix"], rework_types=["patch"])
    assert (value.value, value.unit, value.details["count"]) == (50, "percent", 4)
    assert "DORA asks about six months; this is 31 days." in value.details["notes"]


def test_a_version_is_rework_if_every_issue_in_it_is_a_bug():
    items = [
        Item("2025-01-01", type="Bug", fix_versions=[0]),
        Item("2025-01-01", type="Bug", fix_versions=[0, 1]),
        Item("2025-01-01", type="Story", fix_versions=[1]),
    ]
    versions = [
        Version("1.0.1", "2025-01-05"),
        Version("1.1", "2025-01-06"),
        Version("empty", "2025-01-07"),
        Version("2.0", "2025-01-08", project="Q"),
    ]
    assert january("deployment_rework_rate", *items, versions=versions, rework_version_types=["bug"]).value == 25


def test_without_a_rule_rework_asks_for_one():
    value = january("deployment_rework_rate", deployment("2025-01-05 12:00"))
    assert (value.error_state, value.details["needs_settings"]) == (
        "missing_mapping",
        ["rework_types", "rework_labels"],
    )
    value = january("deployment_rework_rate", Item("2025-01-01"), versions=[Version("1", "2025-01-05")])
    assert value.details["needs_settings"] == ["rework_version_types"]


def test_frequency_failure_rate_and_rework_share_one_set_of_deployments():
    items = [
        deployment("2025-01-05 12:00", target_environment="prod", deployment_successful="no"),
        deployment("2025-01-05 12:00", target_environment="prod", deployment_successful="yes"),
        deployment("2025-01-06 12:00", target_environment="prod", deployment_successful="yes"),
        deployment("2025-01-07 12:00", target_environment="test", deployment_successful="yes"),
    ]
    names = ("deployment_frequency", "change_failure_rate", "deployment_rework_rate")
    values = [january(name, *items, rework_types=["Deployment"]) for name in names]
    assert {value.details["count"] for value in values} == {2}
    assert {value.total_issue_count for value in values} == {4}
