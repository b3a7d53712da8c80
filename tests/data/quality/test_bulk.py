"""Bulk changes are found in the instants of completions, and what they do to the numbers is measured, not guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from data.facts.dataset import Dataset
from data.metrics.measure import measure
from data.metrics.registry import ISSUE_METRICS
from data.quality.bulk import GAP, MANY, bulk_changes, bulk_findings, effects
from data.values.periods import Period
from tests.builders import DOING, DONE, Item, at, facts, site

MONDAY = date(2026, 3, 2)
SWEPT = "2026-03-04 14:03"


def usual() -> list[Item]:
    """Two items on each day of four weeks, each begun the day before."""
    days = [MONDAY - timedelta(weeks=2) + timedelta(days=n) for n in range(28)]
    return [
        Item(str(day - timedelta(days=2)), [(str(day - timedelta(days=1)), DOING), (f"{day} {hour}:00", DONE)])
        for day in days
        for hour in ("09", "15")
    ]


def swept(count: int, apart: int = 0, when: str = SWEPT) -> list[Item]:
    """So many items that were begun long ago, closed one after the other, `apart` µs from the next."""
    end = at(when, "UTC")
    return [Item("2025-06-01", [("2025-06-02", DOING), (end + n * apart, DONE)]) for n in range(count)]


def about(*items: Item, **rules: object) -> Dataset:
    return facts(site(*items), now="2026-03-20", **rules)


def test_work_that_is_finished_one_after_the_other_is_no_bulk_change():
    known = about(*usual(), *swept(40, apart=GAP + 1))
    assert bulk_changes(known) == () == bulk_findings(known)


@pytest.mark.parametrize(("count", "found"), [(MANY - 1, 0), (MANY, 1), (60, 1)])
def test_so_many_completions_in_one_instant_are_one(count, found):
    changes = bulk_changes(about(*usual(), *swept(count)))
    assert [len(each.issues) for each in changes] == [count] * found


def test_a_bulk_change_that_jira_worked_through_for_minutes_is_one():
    (change,) = bulk_changes(about(*usual(), *swept(100, apart=3_000_000)))
    assert (len(change.issues), change.last - change.first) == (100, 99 * 3_000_000)


def test_the_numbers_with_and_without_are_those_of_the_metrics_themselves():
    known, rest = about(*usual(), *swept(60)), about(*usual())
    (change,) = bulk_changes(known)
    week = Period(MONDAY, MONDAY + timedelta(days=6), "UTC")
    told = {each.metric: each for each in effects(known, change)}
    assert told["flow_velocity"].with_it == "74 items"
    assert told["flow_velocity"].without == "14 items"
    for name, each in told.items():
        metric = ISSUE_METRICS[name]
        assert measure(metric, known, week).value != measure(metric, rest, week).value, each


def test_the_finding_says_how_many_when_and_what_it_does():
    (finding,) = bulk_findings(about(*usual(), *swept(60)))
    assert finding.title == "60 items were completed in one instant on 4 Mar 2026, 14:03"
    assert finding.issues == 60
    assert (
        "In the week 2 Mar – 8 Mar 2026: Flow velocity 74 items with them, 14 items without; Flow time"
        in finding.effect
    )
    assert "take 2026-03-04 out of the sample" in finding.todo
    assert finding.level == "warning"


def test_it_is_dated_in_the_zone_of_the_numbers():
    (finding,) = bulk_findings(about(*usual(), *swept(60, when="2026-03-04 23:30"), zone="Asia/Tokyo"))
    assert finding.title.endswith("on 5 Mar 2026, 08:30")


def test_one_of_long_ago_is_good_to_know():
    (finding,) = bulk_findings(about(*usual(), *swept(60, when="2025-07-04 10:00")))
    assert finding.level == "info"


def test_days_without_a_time_of_day_are_no_instants():
    items = [Item("2026-01-01", fields={"work_completed_date": "2026-03-04"}, moves=each.moves) for each in swept(60)]
    dated = site(*items, mapped=("work_completed_date",))
    dated.date_only["work_completed_date"] = True
    assert bulk_changes(facts(dated, now="2026-03-20")) == ()


def test_of_many_the_largest_are_described_and_the_others_counted():
    items = [item for n in range(5) for item in swept(20 + n, when=f"2026-03-1{n} 10:00")]
    found = bulk_findings(about(*items))
    assert [each.issues for each in found] == [24, 23, 22, 41]
    assert found[-1].title == "2 more bulk changes of 10 items or more"
    assert "10 Mar 2026, 11 Mar 2026" in found[-1].effect
