"""Zero is an answer: inside the days that the query vouches for, a count of nothing is 0, compared and drawn as any
other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from data.facts.dataset import Dataset
from data.metrics.breakdown import by_group, over_time
from data.metrics.measure import measure
from data.metrics.registry import ISSUE_METRICS
from data.overview.changes import changes
from data.services.charts import drawn
from data.services.numbers import with_hints
from data.values.filters import only
from data.values.periods import Period
from tests.builders import DOING, DONE, Item, at, facts, period, site

MONDAY = date(2026, 1, 5)
COUNTS = ("flow_velocity", "flow_load", "created", "closed", "wip", "reopened_count", "deployment_frequency")
APRIL, MARCH = ("2026-04-01", "2026-04-30"), ("2026-03-02", "2026-03-31")


def worked(weeks: list[int], **more: Any) -> list[Item]:
    """So many items in each week from 5 January 2026: created, begun and done on its Tuesday, and deployed."""
    return [
        Item(
            f"{day} 09:00",
            [(f"{day} 10:00", DOING), (f"{day} 15:00", DONE)],
            fields={"deployment_date": f"{day} 16:00"},
            **more,
        )
        for week, many in enumerate(weeks)
        for day in [MONDAY + timedelta(days=7 * week + 1)]
        for _ in range(many)
    ]


def about(*items: Item, now: str = "2026-05-01", as_of: str | None = None, **known: Any) -> Dataset:
    tables = replace(site(*items), as_of=as_of and at(as_of, "UTC"))
    return replace(facts(tables, now=now), **known)


def asked(name: str, known: Dataset, days: tuple[str, str] = APRIL):
    return measure(ISSUE_METRICS[name], known, period(*days, "UTC"))


@pytest.mark.parametrize("name", COUNTS)
def test_in_a_month_in_which_nothing_happened_a_count_is_zero(name: str):
    value = asked(name, about(*worked([3] * 12)))
    assert (value.error_state, value.value) == ("success", 0)


@pytest.mark.parametrize("name", ["flow_velocity", "created", "closed", "deployment_frequency"])
def test_nothing_after_something_is_a_fall_of_100_percent(name: str):
    details = asked(name, about(*worked([3] * 12))).details
    assert (details["trend_percentage"], details["trend_direction"]) == (-100, "down")
    # Four deployments, one a week, may be followed by none by chance.
    verdicts = {"created": None, "deployment_frequency": "within_noise"}
    assert details["trend_verdict"] == verdicts.get(name, "worse")
    assert details["sparkline"][-1] == 0


def test_what_has_no_value_without_items_says_that_nothing_happened_and_not_that_nothing_is_known():
    value = asked("flow_time", about(*worked([3] * 12)))
    assert (value.error_state, value.error_message) == ("no_data", ISSUE_METRICS["flow_time"].nothing)
    assert "Nothing is known" not in ISSUE_METRICS["flow_time"].nothing


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"complete_from": at("2026-05-01", "UTC")}, "the query holds only issues updated since 1 May 2026."),
        (
            {"complete_from": at("2026-06-01", "UTC"), "begins": "created"},
            "the query holds only issues created since 1 Jun 2026.",
        ),
        ({"complete_until": at("2026-03-15", "UTC")}, "the query holds only issues created before 15 Mar 2026."),
        ({"as_of": "2026-03-28 10:00"}, "the last sync was on 28 Mar 2026."),
        (
            {"conditions": ("status", "labels")},
            "the query also looks at status and labels, so only what it returned is known.",
        ),
    ],
)
@pytest.mark.parametrize("name", COUNTS)
def test_outside_of_what_the_query_vouches_for_nothing_is_known(name: str, known: dict[str, Any], why: str):
    value = asked(name, about(*worked([3] * 12), **known))
    assert (value.error_state, value.value) == ("no_data", None)
    assert value.error_message == f"Nothing is known about these dates: {why}"


def test_without_any_issue_nothing_is_known():
    value = asked("flow_velocity", about())
    assert value.error_message == "Nothing is known about these dates: no issue is there yet."


def test_a_query_with_other_conditions_says_what_it_returned_and_no_change():
    value = asked("flow_velocity", about(*worked([3] * 12), conditions=("resolution",)), MARCH)
    assert value.value == 12
    assert value.details["trend_direction"] is None and not value.details["previous_complete"]
    said = "The query also looks at resolution: only what it returned is known, and no change is given."
    assert said in value.details["notes"]


def test_a_period_that_ends_after_the_last_sync_says_so():
    value = asked("flow_velocity", about(*worked([3] * 12), as_of="2026-03-20 10:00"), MARCH)
    assert "Not complete: the last sync was on 20 Mar 2026." in value.details["notes"]


def test_a_project_in_which_nothing_happened_is_a_row_of_zero():
    known = about(*worked([3] * 12, project="A"), *worked([3] * 16, project="B"))
    rows = {
        each.name: each.value
        for each in by_group(ISSUE_METRICS["flow_velocity"], known, period(*APRIL, "UTC"), "project").parts
    }
    assert rows == {"B": 9, "A": 0}
    filtered = replace(known, filters=only(project=("A",)), _kept={})
    assert asked("flow_velocity", filtered).value == rows["A"]


@pytest.mark.parametrize("group", ["type", "component", "label"])
def test_so_is_anything_else_that_can_be_filtered_by(group: str):
    old = {"type": "Bug", "components": ("Old",), "labels": ["old"]}
    known = about(*worked([3] * 12, **old), *worked([3] * 16))
    rows = {
        each.name: each.value
        for each in by_group(ISSUE_METRICS["flow_velocity"], known, period(*APRIL, "UTC"), group).parts
    }
    assert rows[{"type": "Bug", "component": "Old", "label": "old"}[group]] == 0


def test_weeks_in_which_nothing_happened_are_kept_over_time():
    known = about(*worked([6, 0, 0] * 5))
    found = over_time(
        ISSUE_METRICS["flow_velocity"], known, Period(MONDAY, MONDAY + timedelta(days=7 * 15 - 1), "UTC"), "week"
    )
    assert [each.value for each in found.parts] == [6, 0, 0] * 5


def limits_of(known: Dataset, first: date, weeks: int) -> Any:
    options = (("measure", "flow_velocity"), ("over", "week"), ("limits", "xmr"))
    return drawn(known, "metric_over_time", Period(first, first + timedelta(days=7 * weeks - 1), "UTC"), options)


def test_natural_limits_see_weeks_in_which_nothing_happened():
    drawing = limits_of(about(*worked([6, 0, 0] * 5)), MONDAY, 15)
    mean, upper, _ = (line.at for line in drawing.lines)
    # The first week is not whole: its Monday is before the first issue.
    assert (mean, upper) == pytest.approx((24 / 14, 24 / 14 + 2.66 * 48 / 13))
    assert [row[2] for row in drawing.table()] == [6, 0, 0] * 5


def test_weeks_before_the_first_issue_are_none_of_the_process():
    drawing = limits_of(about(*worked([5, 4, 6] * 4)), MONDAY - timedelta(weeks=10), 22)
    assert drawing.lines[0].at == pytest.approx(55 / 11)  # from the Monday after the first issue on


def test_a_team_that_stopped_is_a_signal_on_the_overview():
    known = about(*worked([4, 5, 6, 5] * 4), now="2026-05-10")
    found = changes(known, Period(MONDAY + timedelta(weeks=16), MONDAY + timedelta(weeks=17, days=-1), "UTC"))
    told = {each.metric: each for each in found.changes}
    assert told["flow_velocity"].verdict == "worse"
    assert told["flow_velocity"].weeks[-1] == 0


def test_the_days_that_are_said_to_be_covered_reach_to_the_last_sync():
    known = about(*worked([3] * 12), as_of="2026-04-30 12:00")
    shown = with_hints([asked(name, known) for name in ("flow_velocity", "flow_time")], known, period(*APRIL, "UTC"))
    assert shown[1].details["covered"] == ["2026-01-06", "2026-04-30"]
