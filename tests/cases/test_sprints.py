"""c01_sprints: closed sprints by Jira's own rule, seen as they were at their close."""

from __future__ import annotations

import csv
import io

import pytest

from tests.cases.conftest import Cases
from tests.cases.site import OCTOBER, CaseSite


@pytest.fixture(scope="module")
def site(case: Cases) -> CaseSite:
    return case("c01_sprints")


def test_sprints_completed_what_was_done_while_in_them(site: CaseSite) -> None:
    rows = {each.name: each for each in site.services.sprints.page(site.view()).rows}
    assert rows["S1"].completed == 10
    assert rows["S2"].completed == 3
    assert rows["S2"].issues["outside"] == 3


def test_what_was_completed_elsewhere_is_listed(site: CaseSite) -> None:
    ids = {each.name: each.id for each in site.services.sprints.page(site.view()).rows}
    lists = {
        name: {
            each.name: [issue.key for issue in each.issues]
            for each in site.services.sprints.sprint(ids[name], site.view()).lists
        }
        for name in ("S1", "S2")
    }
    assert lists["S1"]["completed"] == ["P-1", "P-2", "P-4"]
    assert lists["S2"]["outside"] == ["P-3", "P-4", "P-5"]


def test_the_old_rule_is_a_setting(site: CaseSite) -> None:
    view = site.view(definitions=(("sprint_completion", "done_at_close"),))  # type: ignore[arg-type]  # pairs
    rows = {each.name: each for each in site.services.sprints.page(view).rows}
    assert (rows["S1"].completed, rows["S2"].completed) == (10, 14)


def test_velocity_as_of_the_end_of_october_is_what_it_was_then(site: CaseSite) -> None:
    view = site.view(definitions=(("completed_as_of", "period_end"),))  # type: ignore[arg-type]  # pairs
    assert site.value("flow_velocity", view).value == 6


def test_terminal_and_file_say_the_same(site: CaseSite) -> None:
    words = ("--from", OCTOBER[0], "--to", OCTOBER[1], "--set", "completed_as_of=period_end", "--format", "json")
    told = site.run("metrics", "--metric", "flow_velocity", *words)
    assert told.code == 0, told.err
    [value] = told.json
    assert value["value"] == 6
    rows = {row["sprint"]: row for row in csv.DictReader(io.StringIO(site.services.sprints.csv(site.view())))}
    found = [float(rows["S2"][name]) for name in ("completed", "completed_outside_issues", "discarded_issues")]
    assert found == [3, 3, 0]
    points = site.run(
        "metrics", "--metric", "completed_sp", "--from", OCTOBER[0], "--to", OCTOBER[1], "--format", "json"
    )
    assert points.json[0]["value"] == 13
