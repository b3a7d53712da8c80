"""An incident is held against the latest deployment of its own project, within the failure window."""

from __future__ import annotations

from tests.cases.conftest import Cases

OCTOBER = ("--from", "2026-10-01", "--to", "2026-10-31", "--format", "json")


def test_an_incident_of_another_project_blames_nothing(case: Cases) -> None:
    answered = case("window").run("metrics", "--metric", "change_failure_rate", "--project", "A", *OCTOBER)
    [value] = answered.json
    assert (value["value"], value["details"]["count_words"]) == (0.0, "0 of 2 deployments")


def test_nothing_was_deployed_in_its_project_before_it(case: Cases) -> None:
    site = case("window")
    assert site.value("change_failure_rate").value == 0.0
    by = site.services.catalogue.by_group("change_failure_rate", site.view())
    assert {each.name: (each.value, each.used) for each in by.parts} == {"A": (0.0, 2), "B": (0.0, 1)}
