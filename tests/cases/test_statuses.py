"""What statuses mean: cancelled work, projects that each have statuses of their own."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Cases

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
