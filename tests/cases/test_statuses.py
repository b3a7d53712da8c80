"""What statuses mean: cancelled work, projects that each have statuses of their own."""

from __future__ import annotations

import csv
import io

import pytest

from tests.cases.conftest import Cases
from tests.cases.site import CaseSite

NOVEMBER = ("2026-11-01", "2026-11-28")


def test_cancelled_work_is_neither_completed_nor_in_progress_and_is_counted(case: Cases) -> None:
    site = case("c03_cancelled")
    view = site.view(*NOVEMBER)
    velocity, load, time = (site.value(name, view) for name in ("flow_velocity", "flow_load", "flow_time"))
    assert (velocity.value, velocity.excluded_issue_count) == (6, 4)
    assert velocity.details["exclusions"] == {"discarded in status Cancelled": 4}
    assert (load.value, time.details["used"]) == (0, 6)
    ageing = site.services.charts.csv("ageing_work", view).splitlines()
    assert len(ageing) == 1  # the names of its columns


@pytest.mark.parametrize(
    "workflow", [{"done": ["30"]}, {"discarded": ["40"]}, {"done": ["30", "50"], "started": ["20", "25"]}]
)
def test_cancelled_work_stays_cancelled_however_the_rest_is_chosen(case: Cases, workflow: dict[str, list[str]]) -> None:
    site = case("c03_cancelled", settings={"workflow": workflow})
    view = site.view(*NOVEMBER)
    assert [site.value(name, view).value for name in ("flow_velocity", "flow_load")] == [6, 0]


def test_who_calls_cancelled_work_done_gets_it_counted(case: Cases) -> None:
    site = case("c03_cancelled", settings={"workflow": {"done": ["30", "40", "50"]}})
    assert site.value("flow_velocity", site.view(*NOVEMBER)).value == 10


def test_the_terminal_says_how_many_were_discarded(case: Cases) -> None:
    asked = ("--from", NOVEMBER[0], "--to", NOVEMBER[1], "--format", "json")
    answered = case("c03_cancelled").run("metrics", "--metric", "flow_velocity", *asked)
    assert answered.code == 0, answered.err
    assert answered.json[0]["details"]["exclusions"] == {"discarded in status Cancelled": 4}


# ---- projects that each have statuses of their own

SEPTEMBER_ON = ("2026-09-01", "2026-11-28")


def told(site: CaseSite, chart: str, *set_: tuple[str, str]) -> list[dict[str, str]]:
    """The table of a chart."""
    text = site.services.charts.csv(chart, site.view(*SEPTEMBER_ON, definitions=set_))
    return list(csv.DictReader(io.StringIO(text)))


def test_statuses_of_one_name_are_one_band(case: Cases) -> None:
    [first, *_] = told(case("c06_teams"), "cumulative_flow")
    assert [name for name in first if name != "Day"] == ["Not started", "In Progress", "In Review", "Done"]


def test_statuses_of_one_name_are_one_row_of_time(case: Cases) -> None:
    rows = {row["Status"]: row for row in told(case("c06_teams"), "time_in_status")}
    assert list(rows) == ["In Review", "In Progress"]
    review = rows["In Review"]
    assert round(float(review["Mean over all, days"]), 1) == 19.0
    assert round(sum(float(row["Mean over all, days"]) for row in rows.values()), 1) == 24.0
    assert round(float(review["Share, %"])) == 79


def test_statuses_of_one_name_are_compared_together(case: Cases) -> None:
    rows = told(case("c06_teams"), "ageing_work")
    assert {row["Status"] for row in rows} <= {"In Progress", "In Review"}
    assert "too few to compare" not in {row["Older than"] for row in rows}


def test_statuses_by_id_are_named_by_their_projects(case: Cases) -> None:
    by_id = ("statuses_by", "id")
    names = [row["Status"] for row in told(case("c06_teams"), "time_in_status", by_id)]
    assert len(names) == 24
    assert "In Review · T00" in names
    assert not any(name.endswith(")") for name in names)


@pytest.mark.parametrize("chart", ["cumulative_flow", "time_in_status", "ageing_work", "load_by_status"])
def test_statuses_of_one_name_can_be_told_apart_beside_the_chart(case: Cases, chart: str) -> None:
    teams, one = case("c06_teams"), case("c05_steady")
    for rule in ("name", "id"):
        view = teams.view(definitions=(("statuses_by", rule),))
        assert "statuses_by" in teams.services.charts.answer(chart, view).beside
    assert "statuses_by" not in one.services.charts.answer(chart, one.view()).beside  # it would change nothing there
