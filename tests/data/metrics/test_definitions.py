"""What each definition does to a number: by examples worked out by hand, and by random sites against the oracle."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.metrics import ISSUE_METRICS
from data.settings.definitions import expanded, table
from data.settings.model import Definitions, Workflow
from tests.builders import CLOSED, DOING, DONE, REVIEW, TODO, Item, Version, ask, at, facts, site
from tests.data.metrics import oracle
from tests.data.metrics.sites import FLOW_RULES, WORKFLOWS, flow_sites
from tests.data.metrics.test_against_oracle import agree, quick
from tests.data.metrics.test_real_issues import PERIODS, ZONE, journals, question

MARCH = ("2025-03-01", "2025-03-31")
NOW = "2025-04-15 12:00"


def flow_time(*items: Item, **rules: Any) -> float | None:
    return ask("flow_time", site(*items), *MARCH, now=NOW, **rules).value


# Started on the 3rd (a Monday) at 12:00, back to To Do from the 5th 12:00 to the 10th 12:00, done on the 12th 18:00.
THERE_AND_BACK = Item(
    "2025-03-01 08:00",
    [
        ("2025-03-03 12:00", DOING),
        ("2025-03-05 12:00", TODO),
        ("2025-03-10 12:00", REVIEW),
        ("2025-03-12 18:00", DONE),
    ],
)


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        ({}, 9.25),
        ({"backward_moves": "pause"}, 4.25),
        ({"backward_moves": "restart"}, 2.25),
        ({"durations": "exclusive_days"}, 9),
        ({"durations": "inclusive_days"}, 10),
        # 3 to 5 and 10 to 12 March: 2 + 2 days; the end of the whole counts once.
        ({"durations": "exclusive_days", "backward_moves": "pause"}, 4),
        ({"durations": "inclusive_days", "backward_moves": "pause"}, 5),
        ({"durations": "exclusive_days", "backward_moves": "restart"}, 2),
        # Eight working days of 9 to 17: 5/8 of the 3rd, 4th to 11th are 6, all of the 12th.
        ({"durations": "working_days"}, 7.625),
        # Without 5/8 of the 5th, the 6th, 7th and 3/8 of the 10th.
        ({"durations": "working_days", "backward_moves": "pause"}, 4.625),
        ({"durations": "working_days", "working_time": {"holidays": ["2025-03-04"]}}, 6.625),
        ({"durations": "working_days", "working_time": {"holidays": ["2025-03-04..2025-03-06"]}}, 4.625),
        ({"durations": "working_days", "working_time": {"weekdays": list(range(7))}}, 9.625),
        # 12:00 to 14:00 of the 3rd is a third of 8:00 to 14:00.
        ({"durations": "working_days", "working_time": {"start": "08:00", "end": "14:00"}}, 7 + 1 / 3),
    ],
)
def test_time_of_an_item_that_was_moved_back(rules: dict[str, Any], days: float):
    assert flow_time(THERE_AND_BACK, **rules) == pytest.approx(days, abs=1e-9)


# Done on the 4th, reopened on the 6th, done again on the 11th.
REOPENED = Item(
    "2025-03-01",
    [("2025-03-02", DOING), ("2025-03-04", DONE), ("2025-03-06", DOING), ("2025-03-11", DONE), ("2025-03-20", CLOSED)],
)


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        ({}, 9),
        ({"completion": "first"}, 2),
        ({"subtract_reopened": True}, 7),
        ({"backward_moves": "restart"}, 9),  # it came back into progress, not to before the start
        # Sunday the 2nd does not count; the 3rd, and the 6th to the 10th without the weekend, do.
        ({"subtract_reopened": True, "durations": "working_days"}, 4),
        ({"subtract_reopened": True, "durations": "inclusive_days"}, 8),
    ],
)
def test_time_of_a_reopened_item(rules: dict[str, Any], days: float):
    assert flow_time(REOPENED, **rules) == pytest.approx(days)


def test_an_item_that_is_reopened_to_before_the_start_starts_again_only_if_that_is_the_rule():
    item = Item(
        "2025-03-01",
        [
            ("2025-03-02", DOING),
            ("2025-03-04", DONE),
            ("2025-03-06", TODO),
            ("2025-03-08", DOING),
            ("2025-03-11", DONE),
        ],
    )
    assert flow_time(item) == 9
    assert flow_time(item, backward_moves="pause") == 7
    assert flow_time(item, backward_moves="restart") == 3
    assert flow_time(item, backward_moves="restart", completion="first") == 2
    assert flow_time(item, backward_moves="pause", subtract_reopened=True) == 5


def test_an_item_that_is_moved_back_and_finished_from_there_was_never_in_progress_if_it_starts_again():
    item = Item("2025-03-01", [("2025-03-02", DOING), ("2025-03-04", TODO), ("2025-03-06", DONE)])
    assert flow_time(item) == 4
    value = ask("flow_time", site(item), *MARCH, now=NOW, backward_moves="restart")
    assert value.value is None and value.details["exclusions"] == {"never in progress": 1}


def test_statuses_of_start_and_finish():
    item = Item(
        "2025-03-01",
        [("2025-03-02", DOING), ("2025-03-05", REVIEW), ("2025-03-09", DONE), ("2025-03-12", CLOSED)],
    )
    assert flow_time(item) == 7
    assert flow_time(item, workflow={"started": [REVIEW]}) == 4
    assert flow_time(item, workflow={"done": [CLOSED]}) == 10
    assert flow_time(item, workflow={"started": [DOING], "done": [REVIEW, DONE, CLOSED]}) == 3


def test_efficiency_leaves_out_what_flow_time_leaves_out():
    def share(**rules: Any) -> float:
        flow = {"active": [DOING]}
        return ask("flow_efficiency", site(THERE_AND_BACK), *MARCH, now=NOW, workflow=flow, **rules).value

    assert share() == pytest.approx(100 * 2 / 9.25)
    assert share(backward_moves="pause") == pytest.approx(100 * 2 / 4.25)
    assert share(backward_moves="restart") == pytest.approx(0)


# In progress from the 3rd to the 5th, in To Do until the 10th, in review since.
OPEN = Item(THERE_AND_BACK.created, THERE_AND_BACK.moves[:-1])


@pytest.mark.parametrize(
    ("rules", "day", "count", "age"),
    [
        ({}, "2025-03-11", 1, 8.5),
        ({"backward_moves": "pause"}, "2025-03-11", 1, 3.5),
        ({"backward_moves": "restart"}, "2025-03-11", 1, 1.5),
        ({}, "2025-03-07", 0, None),
        ({"load": "started"}, "2025-03-07", 1, 4.5),
        ({"load": "started", "backward_moves": "pause"}, "2025-03-07", 1, 2),
        ({"load": "started", "backward_moves": "restart"}, "2025-03-07", 0, None),
    ],
)
def test_load_and_age_of_an_item_that_was_moved_back(rules: dict[str, Any], day: str, count: int, age: float | None):
    value = ask("flow_load", site(OPEN), "2025-03-01", day, now=NOW, **rules)
    assert value.value == count
    assert value.details["age_p50"] == (None if age is None else pytest.approx(age))


def test_lead_time_from_the_start_of_work_obeys_backward_moves():
    deployed = Item(THERE_AND_BACK.created, THERE_AND_BACK.moves, fix_versions=[0])
    tables = site(deployed, versions=[Version("1.0", "2025-03-14")])

    def days(**rules: Any) -> float:
        return ask("lead_time_for_changes", tables, *MARCH, now=NOW, **rules).value

    # Versions are released on a day: 3 to 14 March, less 5 to 10 March; or from the 10th.
    assert (days(), days(backward_moves="pause"), days(backward_moves="restart")) == (11, 6, 4)


@pytest.mark.parametrize(("method", "median"), [("linear", 3.5), ("nearest_rank", 3)])
def test_percentile_method(method: str, median: float):
    items = [Item("2025-03-01", [("2025-03-02", DOING), (f"2025-03-{2 + n:02}", DONE)]) for n in (1, 3, 4, 12)]
    assert flow_time(*items, percentile=method) == median


def test_failure_by_links_or_by_hours():
    deployment = Item("2025-03-01", fields={"deployment_date": "2025-03-05 12:00"}, type="Deployment")
    other = Item("2025-03-01", fields={"deployment_date": "2025-03-10 12:00"}, type="Deployment")
    linked = Item("2025-03-20", type="Incident", links=[("is caused by", 0)])
    soon = Item("2025-03-10 14:00", type="Outage", links=[("relates to", 1)])
    tables = site(deployment, other, linked, soon)

    def rate(**rules: Any) -> float:
        return ask("change_failure_rate", tables, *MARCH, now=NOW, **rules).value

    assert rate() == 50
    assert rate(incident_links=["relates to"]) == 50
    assert rate(incident_links=["is caused by", "relates to"]) == 100
    assert rate(failure_window_hours=2) == 100
    assert rate(failure_window_hours=1.5) == 50
    assert rate(incident_types=["Outage"], incident_links=["is caused by"], failure_window_hours=2) == 50


def test_deployment_source():
    items = [
        Item("2025-03-01", fix_versions=[0], fields={"deployment_date": "2025-03-05 12:00"}),
        Item("2025-03-01", fix_versions=[0], fields={"deployment_date": "2025-03-06 12:00"}),
    ]
    tables = site(*items, versions=[Version("1.0", "2025-03-07")])
    found = {
        source: ask("deployment_frequency", tables, *MARCH, now=NOW, deployment_source=source).details["count"]
        for source in ("auto", "issues", "versions")
    }
    assert found == {"auto": 2, "issues": 2, "versions": 1}


@quick
@given(flow_sites(), FLOW_RULES, WORKFLOWS, st.sampled_from(["pause", "restart"]))
def test_moves_back_on_random_sites(place: dict[str, Any], rules: dict[str, Any], flow: dict[str, Any], rule: str):
    rules = {**rules, "backward_moves": rule}
    asked = oracle.Question(**place, rules=Definitions(**rules), flow=Workflow(**flow))
    tables = site(*place["items"], zone=place["zone"], mapped=place["mapped"])
    for name, formula in oracle.FLOW.items():
        got = ask(name, tables, str(place["first"]), str(place["last"]), now=place["now"], workflow=flow, **rules)
        agree(got, formula(asked))


@pytest.mark.parametrize(("first", "last"), PERIODS)
@pytest.mark.parametrize("rule", ["pause", "restart"])
def test_moves_back_of_the_journals(first: str, last: str, rule: str):
    known, tables = journals()
    rules = {"backward_moves": rule, "durations": "inclusive_days"}
    asked = question(known, first, last, ZONE, [], **rules)
    for name in ("flow_velocity", "flow_time", "flow_load"):
        agree(ask(name, tables, first, last, now=at("2026-01-15 12:00"), **rules), oracle.FLOW[name](asked))


def test_the_journals_hold_items_that_were_moved_back():
    _, tables = journals()
    assert int(facts(tables).back.sum()) > 10


@pytest.mark.parametrize("metric", ISSUE_METRICS.values(), ids=lambda each: each.name)
def test_every_metric_names_definitions_that_exist(metric: Any):
    assert set(expanded(metric.switches)) <= set(table())
    assert len(expanded(metric.switches)) >= len(metric.switches)
