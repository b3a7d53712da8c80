"""Values as people write them: words, names in other languages, fields that cannot be read, versions without a date.

Each right value stands twice: for a small made-up site, and for the shared case of the same kind where that is there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.metrics import CATALOG
from data.metrics.catalogue import IssueMetric
from data.metrics.measure import measure
from data.values.metric_value import MetricValue
from data.values.unread import Unread
from tests import builders
from tests.cases.conftest import Cases
from tests.cases.site import OCTOBER, CaseSite
from tests.cases.small import STATUSES, Change, Ticket, custom, moved, served

DATE = custom(10100, "Deployment Date", "datetime")
OUTCOME = custom(10101, "Deployment Outcome", "option")
IMPACT = custom(10102, "Production Impact", "option")
SLA = custom(
    10201, "Time to resolution", "sd-servicelevelagreement", type_name="com.atlassian.servicedesk:sd-sla-field"
)
ASSETS = custom(
    10203,
    "Target environment",
    "array",
    items="cmdb-object-field",
    type_name="com.atlassian.jira.plugins.cmdb:cmdb-object-cftype",
)
CYCLE = {
    "completedCycles": [
        {"startTime": {"epochMillis": 1791165600000}, "stopTime": {"epochMillis": 1791183600000}, "breached": False}
    ]
}


def deployments(values: list[Any], field: str) -> list[Ticket]:
    return [
        Ticket(
            f"P-{n + 1}",
            "Deployment",
            fields={"customfield_10100": f"2026-10-{5 + n:02d}T00:00:00.000+0000", field: value and {"value": value}},
        )
        for n, value in enumerate(values)
    ]


# ---- words


def outcome_is_right(value: MetricValue) -> None:
    assert value.value == pytest.approx(87.5)
    assert (value.details["failed"], value.details["count"]) == (7, 8)


def test_outcomes_in_several_languages(tmp_path: Path) -> None:
    words = ["Successful", "Failed", "Rolled back", "Unsuccessful", "Fehlgeschlagen", "Nein", "失敗", "Aborted"]
    mapping = {"deployment_date": DATE["id"], "deployment_successful": OUTCOME["id"]}
    tickets = deployments(words, OUTCOME["id"])
    with served(tmp_path, tickets, fields=[DATE, OUTCOME], mapping=mapping) as site:
        outcome_is_right(site.value("change_failure_rate"))


def test_outcomes_of_the_shared_case(case: Cases) -> None:
    outcome_is_right(case("outcome").value("change_failure_rate"))


def test_a_word_in_no_list_is_offered_and_once_it_is_chosen_it_counts(tmp_path: Path) -> None:
    mapping = {"deployment_date": DATE["id"], "deployment_successful": OUTCOME["id"]}
    tickets = deployments(["Yes", "Canary", "No", "Canary", "Canary", None], OUTCOME["id"])
    with served(tmp_path, tickets, fields=[DATE, OUTCOME], mapping=mapping) as site:
        value = site.value("change_failure_rate")
        assert (value.value, value.details["exclusions"]) == (
            50,
            {
                "deployment successful “Canary” is in no list of words": 3,
                "outcome unknown (deployment successful is empty)": 1,
            },
        )
        snapshot = site.services.snapshot()
        found = site.services.field_mapping.values("deployment_successful", OUTCOME["id"], snapshot)
        assert [(each.text, each.issues) for each in found] == [("Canary", 3), ("No", 1), ("Yes", 1)]
        titles = [each.title for each in site.services.status.quality(snapshot).findings]
        assert "Deployment successful: values that are not understood (“Canary”)" in titles
        words = [*snapshot.settings.definitions.failure_words, "canary"]
        site.services.field_mapping.save({"definitions": {"failure_words": words}}, snapshot.loaded.revision, snapshot)
        assert site.value("change_failure_rate").value == 80


def impact_is_right(value: MetricValue) -> None:
    assert value.value == pytest.approx(100 / 7)


def test_no_impact_in_several_languages(tmp_path: Path) -> None:
    words = ["None", "No impact", "Keine", "なし", "N/A", "Nothing", "Major outage"]
    mapping = {"deployment_date": DATE["id"], "production_impact": IMPACT["id"]}
    tickets = deployments(words, IMPACT["id"])
    with served(tmp_path, tickets, fields=[DATE, IMPACT], mapping=mapping) as site:
        impact_is_right(site.value("change_failure_rate"))


def test_impacts_of_the_shared_case(case: Cases) -> None:
    impact_is_right(case("impact").value("change_failure_rate"))


# ---- names


def sharp_is_right(site: CaseSite) -> None:
    assert site.value("change_failure_rate").value == 50
    recovery = site.value("mean_time_to_recovery")
    assert (recovery.value, recovery.details["proxy"]) == (4, False)


def test_a_link_phrase_with_a_sharp_s_is_found(tmp_path: Path) -> None:
    phrase = "Wird AUSGELÖST/schließlich verursacht durch"
    link = {
        "id": "1",
        "type": {"id": "9", "name": "Auslöser", "inward": phrase, "outward": "verursacht"},
        "inwardIssue": {"id": "1", "key": "P-1"},
    }
    tickets = [
        *deployments([None], OUTCOME["id"]),
        Ticket("P-2", "Deployment", fields={DATE["id"]: "2026-10-07T00:00:00.000+0000"}),
        Ticket(
            "P-3",
            "Incident",
            "2026-10-05T02:00:00.000+0000",
            resolved="2026-10-05T04:00:00.000+0000",
            fields={"issuelinks": [link]},
        ),
    ]
    definitions = {"incident_links": ["wird ausgelöst/schliesslich verursacht durch"]}
    with served(
        tmp_path, tickets, fields=[DATE], mapping={"deployment_date": DATE["id"]}, definitions=definitions
    ) as site:
        sharp_is_right(site)


def test_link_phrases_of_the_shared_case(case: Cases) -> None:
    sharp_is_right(case("sharp"))


def german_is_right(site: CaseSite, completed: int) -> None:
    view = site.view("2026-11-01", "2026-11-27")
    assert site.value("flow_velocity", view).value == completed
    assert site.value("blocked_hours", view).value == 48


FLAG = custom(10021, "Markierung", "array", items="option", type_name="com.example:multicheckboxes")


def flagged_site(untranslated: str) -> tuple[list[Ticket], list[dict[str, Any]]]:
    flags = (
        Change("2026-11-06T00:00:00.000+0000", "Markierung", (None, ""), (None, "Hindernis"), FLAG["id"]),
        Change("2026-11-08T00:00:00.000+0000", "Markierung", (None, "Hindernis"), (None, ""), FLAG["id"]),
    )
    dropped = {"id": "7", "name": "Wird nicht erledigt"}
    tickets = [
        Ticket(
            "P-1",
            created="2026-11-01T00:00:00.000+0000",
            resolution={"id": "6", "name": "Erledigt"},
            changes=(*moved("2026-11-05", "2026-11-12"), *flags),
            resolved="2026-11-12T00:00:00.000+0000",
        ),
        Ticket(
            "P-2", created="2026-11-01T00:00:00.000+0000", resolution=dropped, changes=moved("2026-11-05", "2026-11-12")
        ),
        Ticket(
            "P-3",
            created="2026-11-01T00:00:00.000+0000",
            changes=moved("2026-11-05", "2026-11-12"),
            resolution={"id": "8", "name": "Übergeben"},
        ),
    ]
    return tickets, [FLAG | ({"untranslatedName": untranslated} if untranslated else {})]


def test_flags_and_resolutions_are_known_in_the_language_of_the_account(tmp_path: Path) -> None:
    tickets, fields = flagged_site("Flagged")
    with served(tmp_path, tickets, fields=fields) as site:
        german_is_right(site, 2)
        titles = [each.title for each in site.services.status.quality(site.services.snapshot()).findings]
        assert "1 resolution is not known to us: “Übergeben”" in titles


def test_a_flag_that_nothing_names_is_a_choice_and_until_then_nothing_is_said_of_flags(tmp_path: Path) -> None:
    tickets, fields = flagged_site("")
    with served(tmp_path, tickets, fields=fields) as site:
        value = site.value("blocked_hours", site.view("2026-11-01", "2026-11-27"))
        assert value.value is None
        assert "never" not in (value.error_message or "") and "ever flagged" not in (value.error_message or "")
        assert value.details["needs"] == ["flagged"]
    with served(tmp_path / "mapped", tickets, fields=fields, mapping={"flagged": FLAG["id"]}) as site:
        german_is_right(site, 2)


def test_names_of_the_shared_german_case(case: Cases) -> None:
    german_is_right(case("c04_german"), 7)


# ---- incidents


def incidents_are_right(site: CaseSite, hours: float) -> None:
    assert site.value("mean_time_to_recovery").value == hours


def test_the_incident_type_of_service_management_is_one_by_default(tmp_path: Path) -> None:
    tickets = [Ticket("P-1", "[System] Incident", changes=moved(done="2026-10-04"))]
    with served(tmp_path, tickets) as site:
        incidents_are_right(site, 72)


def test_where_no_incident_is_known_the_types_that_exist_are_named(tmp_path: Path) -> None:
    tickets = [Ticket("P-1", "Störung", changes=moved()), Ticket("P-2", "Major Incident", changes=moved())]
    with served(tmp_path, tickets) as site:
        value = site.value("mean_time_to_recovery")
        assert value.error_state == "missing_mapping"
        assert "Störung" in (value.error_message or "") and "Major Incident" in (value.error_message or "")
        assert "incident_types" in value.details["needs_settings"]


def test_incidents_of_the_shared_case(case: Cases) -> None:
    incidents_are_right(case("jsm"), 48)


# ---- values that cannot be read


def unreadable_environment_is_right(value: MetricValue, total: int) -> None:
    assert value.value is None and value.performance_tier is None
    assert "Target environment cannot be read" in (value.error_message or "")
    assert value.details["exclusions"] == {"Target environment cannot be read": total}


def test_objects_of_assets_that_have_only_ids_are_told_from_empty_ones(tmp_path: Path) -> None:
    there = [{"workspaceId": "w", "id": "w:12", "objectId": "12"}]
    tickets = [
        Ticket("P-1", "Deployment", fields={DATE["id"]: "2026-10-05T00:00:00.000+0000", ASSETS["id"]: there}),
        Ticket("P-2", "Deployment", fields={DATE["id"]: "2026-10-06T00:00:00.000+0000"}),
    ]
    mapping = {"deployment_date": DATE["id"], "target_environment": ASSETS["id"]}
    with served(tmp_path, tickets, fields=[DATE, ASSETS], mapping=mapping) as site:
        value = site.value("deployment_frequency")
        assert "Target environment cannot be read" in (value.error_message or "")
        assert value.details["exclusions"] == {"Target environment cannot be read": 1, "target environment is empty": 1}


def test_unreadable_values_of_the_shared_case(case: Cases) -> None:
    unreadable_environment_is_right(case("oddassetsenv").value("deployment_frequency"), 1)


def test_the_stop_of_a_service_level_agreement_is_the_resolution_of_an_incident(tmp_path: Path) -> None:
    tickets = [Ticket("P-1", "Incident", "2026-10-05T02:00:00.000+0000", fields={SLA["id"]: CYCLE})]
    with served(tmp_path, tickets, fields=[SLA], mapping={"incident_resolved_at": SLA["id"]}) as site:
        assert site.value("mean_time_to_recovery").value == 5


def test_a_service_level_agreement_of_the_shared_case_is_read(case: Cases) -> None:
    value = case("oddslaresolved").value("mean_time_to_recovery")
    assert value.value == 24 * 4 + 7  # from the creation of the incident on 1 October to the stop on 5 October, 07:00


# ---- versions


def test_released_versions_without_a_date_are_counted_and_said(tmp_path: Path) -> None:
    versions = [{"id": str(n), "name": f"1.{n}", "released": True, "archived": False, "projectId": 80} for n in (1, 2)]
    tickets = [Ticket("P-1", changes=moved(), fields={"fixVersions": [{"id": "1", "name": "1.1"}]})]
    with served(tmp_path, tickets, versions=versions) as site:
        undated_is_right(site)
    dated = [*versions, {**versions[0], "id": "3", "name": "1.3", "releaseDate": "2026-10-12"}]
    with served(tmp_path / "mixed", tickets, versions=dated) as site:
        value = site.value("deployment_frequency")
        assert value.value == pytest.approx(1 / 31)
        assert value.details["exclusions"] == {"released version without a release date": 2}
        assert any("2 released versions have no release date" in each for each in value.details["notes"])
        assert len(site.services.numbers.issue_page("deployment_frequency", site.view()).rows) == 3


def undated_is_right(site: CaseSite) -> None:
    value = site.value("deployment_frequency")
    assert value.value is None
    assert "2 released versions have no release date" in (value.error_message or "")
    assert (value.total_issue_count, value.excluded_issue_count) == (2, 2)
    lead = site.value("lead_time_for_changes").error_message or ""
    assert "2 released versions have no release date" in lead and "set fix versions" not in lead


def test_versions_without_a_date_of_the_shared_case(case: Cases) -> None:
    undated_is_right(case("nodate"))


def test_versions_that_could_not_be_read_are_said_to_be_so(case: Cases) -> None:
    about = case.document("versions_403")
    assert "versions could not be read" in about["right"]
    _versions_could_not_be_read()


def test_a_card_says_that_the_versions_could_not_be_read() -> None:
    _versions_could_not_be_read()


def _versions_could_not_be_read() -> None:
    lists = (Unread("versions", ("P",), "Jira refused it: 403.", "Ask for permission."),)
    tables = replace(builders.site(builders.Item("2026-10-01")), unread=lists)
    for name in ("deployment_frequency", "lead_time_for_changes"):
        metric = CATALOG[name]
        assert isinstance(metric, IssueMetric)
        said = measure(metric, builders.facts(tables), builders.period("2026-10-01", "2026-10-31")).error_message or ""
        assert "The versions of P could not be read at the last sync. Jira refused it: 403." in said
        assert "release versions in Jira" not in said and "release them in Jira" not in said


# ---- the same in every process


def nullid_is_right(site: CaseSite) -> None:
    assert site.value("flow_time").value == 6
    assert site.value("flow_load").value == 0


CHANGES_BY_NAME = (
    Change("2026-10-03T00:00:00.000+0000", "status", (None, "Confirmed"), (None, "In Progress"), "status"),
    Change("2026-10-05T00:00:00.000+0000", "status", (None, "In Progress"), (None, "Testing"), "status"),
    Change("2026-10-09T00:00:00.000+0000", "status", (None, "Testing"), (None, "Done"), "status"),
)


def test_changes_that_name_statuses_without_ids_are_read_by_name(tmp_path: Path) -> None:
    statuses = (*STATUSES, ("7", "Confirmed", "new"), ("8", "Testing", "indeterminate"))
    with served(tmp_path, [Ticket("P-1", changes=CHANGES_BY_NAME)], statuses=statuses) as site:
        nullid_is_right(site)


def test_changes_without_ids_of_the_shared_case(case: Cases) -> None:
    nullid_is_right(case("nullid"))


def test_every_number_is_the_same_in_processes_with_other_hash_seeds(tmp_path: Path) -> None:
    tickets = [
        Ticket(
            f"P-{n}",
            kind,
            changes=CHANGES_BY_NAME,
            fields={
                DATE["id"]: f"2026-10-{5 + n % 9:02d}T00:00:00.000+0000",
                OUTCOME["id"]: {"value": word},
                "labels": ["a", "A", f"b{n}"],
                "components": [{"name": "Web"}, {"name": "web"}],
            },
        )
        for n, (kind, word) in enumerate(
            [("Story", "Yes"), ("story", "Canary"), ("Bug", "Blue"), ("Incident", "No"), ("Deployment", "Green")] * 3, 1
        )
    ]
    mapping = {"deployment_date": DATE["id"], "deployment_successful": OUTCOME["id"]}
    with served(tmp_path, tickets, fields=[DATE, OUTCOME], mapping=mapping) as site:
        said = {seed: _numbers(site, tmp_path / f"home{seed}", seed) for seed in ("0", "3", "11")}
    assert said["0"] == said["3"] == said["11"]
    assert '"flow_time"' in said["0"]


def _numbers(site: CaseSite, home: Path, seed: str) -> str:
    """All numbers as a fresh process prints them that has nothing but the stored issues."""
    shutil.copytree(site.home, home)
    for path in (*home.rglob("metrics_cache.json"), *home.rglob("tables")):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    env = {name: value.replace(str(site.home), str(home)) for name, value in site.env.items()}
    command = [sys.executable, "app.py", "metrics", "--from", OCTOBER[0], "--to", OCTOBER[1], "--format", "json"]
    done = subprocess.run(
        command,
        env={**os.environ, **env, "PYTHONHASHSEED": seed},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return "\n".join(line for line in done.stdout.splitlines() if "calculation_timestamp" not in line)
