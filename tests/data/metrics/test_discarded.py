"""Work that was given up: out of what was completed, out of what is in progress, counted under its own reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.forecast.remaining import of_version
from data.settings.model import Definitions
from tests.builders import CANCELLED, CLOSED, DOING, DONE, LATER, REVIEW, TODO, Item, Version, ask, at, facts, site
from tests.data.metrics.oracle import Question, flow_time, flow_velocity

FIRST, LAST = "2025-01-01", "2025-01-31"
GIVEN_UP = "discarded in status Cancelled"
FINISHED = [Item("2025-01-01", [("2025-01-05", DOING), ("2025-01-10", DONE)]) for _ in range(6)]
DROPPED = [Item("2025-01-01", [("2025-01-05", DOING), ("2025-01-12", CANCELLED)]) for _ in range(4)]


@pytest.mark.parametrize(
    "metric", ["flow_velocity", "flow_time", "flow_distribution", "lead_time_avg", "lead_time_p50"]
)
def test_discarded_items_are_counted_as_discarded_and_not_as_completed(metric: str) -> None:
    found = ask(metric, site(*FINISHED, *DROPPED), FIRST, LAST)
    assert found.details["exclusions"] == {GIVEN_UP: 4}
    assert (found.total_issue_count, found.excluded_issue_count) == (10, 4)


def test_discarded_items_are_not_in_progress() -> None:
    tables = site(*FINISHED, *DROPPED, Item("2025-01-01", [("2025-01-05", DOING)]))
    for rule in ("in_progress", "started"):
        assert ask("flow_load", tables, FIRST, LAST, load=rule).value == 1
        assert ask("flow_load", tables, FIRST, "2025-01-11", load=rule).value == 5  # as they were then


def test_discarded_items_leave_the_backlog() -> None:
    assert ask("closed", site(*FINISHED, *DROPPED), FIRST, LAST).value == 10


HISTORIES: list[tuple[list[tuple[str, str]], float, dict[str, int]]] = [
    ([("2025-01-03", DOING), ("2025-01-05", CANCELLED), ("2025-01-07", DOING), ("2025-01-09", DONE)], 1, {}),
    ([("2025-01-03", DONE), ("2025-01-05", CANCELLED)], 0, {GIVEN_UP: 1}),
    ([("2025-01-03", CANCELLED), ("2025-01-05", CLOSED)], 1, {}),
    ([("2025-01-03", DOING), ("2025-01-05", CANCELLED), ("2025-01-07", TODO)], 0, {}),
]


@pytest.mark.parametrize(("moves", "completed", "left_out"), HISTORIES)
def test_the_status_at_the_end_decides(
    moves: list[tuple[str, str]], completed: float, left_out: dict[str, int]
) -> None:
    found = ask("flow_velocity", site(Item("2025-01-01", moves)), FIRST, LAST)
    assert (found.value, found.details["exclusions"]) == (completed, left_out)


@pytest.mark.parametrize("before", [[], [("2025-01-04", DONE)], [("2025-01-04", DONE), ("2025-01-05", DOING)]])
@pytest.mark.parametrize("resolution", [None, "Fixed", "Won't Do"])
@pytest.mark.parametrize("rules", [{}, {"completion": "first"}, {"subtract_reopened": True}])
def test_what_was_discarded_is_completed_when_it_is_moved_to_a_finished_status(
    before: list[tuple[str, str]], resolution: str | None, rules: dict[str, Any]
) -> None:
    """Discarded is not done, so the move is a crossing into done; the resolution decides as it does for every item."""
    moves = [("2025-01-03", DOING), *before, ("2025-01-07", CANCELLED), ("2025-01-09 12:00", CLOSED)]
    item = Item("2025-01-01", moves, resolution=resolution)
    wanted = Question([item], date(2025, 1, 1), date(2025, 1, 31), at(LATER), rules=Definitions(**rules))
    for metric, oracle in (("flow_velocity", flow_velocity), ("flow_time", flow_time)):
        found, right = ask(metric, site(item), FIRST, LAST, **rules), oracle(wanted)
        assert (found.value, found.details["exclusions"]) == (right.value, dict(right.exclusions))
    last = ask("flow_velocity", site(item), "2025-01-09", "2025-01-09", **rules)
    first = rules.get("completion") == "first" and bool(before)
    assert last.value == (0 if resolution == "Won't Do" or first else 1)


def test_leaving_done_for_discarded_is_no_reopening() -> None:
    moves = [("2025-01-03", DOING), ("2025-01-05", DONE), ("2025-01-07", CANCELLED)]
    reopened = [*moves[:2], ("2025-01-07", REVIEW)]
    assert ask("reopened_count", site(Item("2025-01-01", moves)), FIRST, LAST).value == 0
    assert ask("reopened_count", site(Item("2025-01-01", reopened)), FIRST, LAST).value == 1


def test_days_discarded_are_taken_out_of_flow_time_like_days_done() -> None:
    moves = [("2025-01-03", DOING), ("2025-01-05", CANCELLED), ("2025-01-09", DOING), ("2025-01-10", DONE)]
    for subtract, days in ((False, 7.0), (True, 3.0)):
        assert ask("flow_time", site(Item("2025-01-01", moves)), FIRST, LAST, subtract_reopened=subtract).value == days


def test_discarded_items_of_a_version_are_not_left_to_do() -> None:
    items = [
        Item("2025-01-01", [("2025-01-05", each)] if each else [], fix_versions=[0])
        for each in (DONE, CANCELLED, DOING, None)
    ]
    found = of_version(facts(site(*items, versions=[Version("1.0", None, released=False)])), "1.0")
    assert (len(found.keys), found.done, found.left_out) == (2, 1, ((GIVEN_UP, 1),))


CHOICES: list[tuple[dict[str, Any], float, float]] = [
    ({}, 6, 0),
    ({"done": [DONE]}, 6, 0),  # the name decides where nobody has chosen
    ({"done": [DONE, CANCELLED]}, 10, 0),
    ({"discarded": []}, 10, 0),  # nothing is discarded, and Jira says done
    ({"done": [DONE], "discarded": []}, 6, 4),
    ({"discarded": [DONE]}, 4, 0),  # a choice wins over Jira's category, and over the name
]


@pytest.mark.parametrize(("workflow", "completed", "in_progress"), CHOICES)
def test_people_may_choose_what_is_discarded(workflow: dict[str, Any], completed: float, in_progress: float) -> None:
    tables = site(*FINISHED, *DROPPED)
    found = [ask(name, tables, FIRST, LAST, workflow=workflow).value for name in ("flow_velocity", "flow_load")]
    assert found == [completed, in_progress]
