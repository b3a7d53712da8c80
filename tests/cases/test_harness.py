"""The cases are served, synced and asked as users do it."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.cases.conftest import Cases

SITES = (
    "c01_sprints",
    "c03_cancelled",
    "c04_german",
    "c05_steady",
    "c06_teams",
    "c07_epiclink",
    "impact",
    "jsm",
    "nodate",
    "nullid",
    "oddassetsenv",
    "oddslaresolved",
    "outcome",
    "sharp",
    "window",
)


@pytest.mark.parametrize("name", SITES)
def test_every_issue_of_a_case_is_held_after_its_sync(case: Cases, name: str) -> None:
    lines = gzip.decompress((case.folder(name) / "issues.jsonl.gz").read_bytes()).splitlines()
    keys = {json.loads(line)["key"] for line in lines if line.strip()}
    head = case(name).services.snapshot().synced
    assert head is not None
    assert head.issues == len(keys)


def test_days_of_a_case_are_those_of_utc(case: Cases) -> None:
    assert case("window").services.snapshot().zone() == "UTC"


def test_command_and_service_give_the_same_number(case: Cases) -> None:
    site = case("window")
    asked = ("--from", "2026-10-01", "--to", "2026-10-31", "--format", "json")
    answered = site.run("metrics", "--metric", "deployment_frequency", *asked)
    assert answered.code == 0, answered.err
    [printed] = answered.json
    assert printed["value"] == site.value("deployment_frequency").value == pytest.approx(3 / 31)


def test_a_case_is_synced_once_and_settings_give_a_site_of_their_own(case: Cases) -> None:
    assert case("window") is case("window")
    other = case("window", settings={"definitions": {"failure_window_hours": 1}})
    assert other is not case("window")
    assert other.services.snapshot().settings.definitions.failure_window_hours == 1
    assert case("window").services.snapshot().settings.definitions.failure_window_hours == 24


def test_commands_of_jobs_use_the_register_of_the_case(case: Cases) -> None:
    site = case.fresh("c10_jtbd")
    answered = site.run("jtbd", "import", str(case.folder("c10_jtbd") / "five.csv"))
    assert answered.code == 0, answered.err
    assert "sample site" not in answered.err
