"""Instants that are the first of the next period: every snapshot is the state just before the end."""

from __future__ import annotations

import pytest

from data.charts.catalogue import ChartQuery
from data.overview.ageing import too_old
from data.services.charts import drawn
from tests.builders import DOING, DONE, Item, ask, facts, period, site
from tests.data.metrics.january import JANUARY

STAYS = Item("2025-01-02", [("2025-01-10", DOING)])
ENDS_AT_THE_EDGE = Item("2025-01-02", [("2025-01-11", DOING), ("2025-02-01", DONE)])
BEGINS_AT_THE_EDGE = Item("2025-01-02", [("2025-02-01", DOING)])
ENDED_BEFORE = Item("2025-01-02", [("2025-01-12", DOING), ("2025-01-31 23:59:59.999", DONE)])
EDGES = site(STAYS, ENDS_AT_THE_EDGE, BEGINS_AT_THE_EDGE, ENDED_BEFORE)


@pytest.mark.parametrize("load", ["in_progress", "started"])
@pytest.mark.parametrize("now", ["2030-01-01", "2025-02-01"])
def test_all_that_look_at_one_instant_count_the_same_items(load: str, now: str):
    about = facts(EDGES, now=now, load=load)
    january = period(*JANUARY)
    assert ask("flow_load", EDGES, *JANUARY, now=now, load=load).value == 2
    assert ask("wip", EDGES, *JANUARY, now=now, load=load).value == 2
    assert ask("wip_no_assignee", EDGES, *JANUARY, now=now, load=load).value == 2
    ageing = drawn(about, "ageing_work", january)
    assert [row[0] for row in ageing.table()] == ["P-1", "P-2"]
    assert sum(row[1] for row in drawn(about, "load_by_status", january).table()) == 2
    assert too_old(about, january).in_progress == 2
    flow = drawn(about, "cumulative_flow", january)
    last = dict(zip(flow.columns, list(flow.table())[-1], strict=True))
    assert (last["In Progress"], last["Done"]) == (2, 1)
    assert "to 2 items, and the number of done items grew by 1." in flow.reading
    assert ask("flow_velocity", EDGES, *JANUARY, now=now).value == last["Done"]


def test_the_next_period_begins_with_what_happens_at_its_first_instant():
    february = ("2025-02-01", "2025-02-28")
    assert ask("flow_velocity", EDGES, *february).value == 1
    assert ask("flow_load", EDGES, *february).value == 2


def test_the_average_of_the_days_ends_with_the_load():
    """Load on 10 January 1, from the 11th 2, from the 12th 3; at the end of the 31st 2 again."""
    average = ask("flow_load", EDGES, *JANUARY).details["daily_average"]
    assert average == pytest.approx((9 * 0 + 1 * 1 + 1 * 2 + 19 * 3 + 1 * 2) / 31)


def test_what_happens_now_has_happened():
    assert ask("flow_load", EDGES, *JANUARY, now="2025-01-10").value == 1
    asked = ChartQuery(facts(EDGES, now="2025-01-10"), period(*JANUARY))
    assert asked.edge == asked.snapshot + 1


def test_an_incident_resolved_at_the_end_was_open_just_before_it():
    incident = Item(
        "2025-01-02",
        type="Incident",
        fields={"incident_detected_at": "2025-01-03", "incident_resolved_at": "2025-02-01"},
    )
    begun = Item("2025-01-02", type="Incident", fields={"incident_detected_at": "2025-02-01"})
    solved = Item(
        "2025-01-02",
        type="Incident",
        fields={"incident_detected_at": "2025-01-04", "incident_resolved_at": "2025-01-05"},
    )
    value = ask("mean_time_to_recovery", site(incident, begun, solved), *JANUARY)
    assert value.details["open_incidents"] == 1


def test_an_item_that_is_done_and_reopened_at_one_instant_came_back():
    noon = "2025-01-05 12:00"
    back = Item("2025-01-01", [("2025-01-03", DOING), (noon, DONE), (noon, DOING)])
    again = Item("2025-01-01", [("2025-01-03", DOING), (noon, DONE), (noon, DOING), (noon, DONE)])
    created_so = Item(noon, [(noon, DONE), (noon, DOING)])
    stays = Item("2025-01-01", [("2025-01-03", DOING), (noon, DONE)])
    value = ask("reopen_rate", site(back, again, created_so, stays), *JANUARY)
    assert (value.value, value.details["reopened"], value.details["used"]) == (75, 3, 4)
    assert ask("reopened_count", site(back, again, created_so, stays), *JANUARY).value == 3
