"""What a sprint completed, by Jira's own rule: what became done while in it. The rest has lists of its own."""

from __future__ import annotations

from typing import Any

import pytest

from data.facts.dataset import Dataset
from data.facts.sprint_statistics import stats
from data.settings.model import Definitions, Workflow
from data.sprints.lists import burnup, issue_lists
from data.sprints.values import sprint_row
from data.values.filters import Filters, only
from tests.builders import DOING, DONE, Item, ask, at
from tests.data.sprints.stories import Company, Sprint, Story

FIRST = Sprint(1, "2025-03-03 09:00", "2025-03-14 17:00", name="First")
SECOND = Sprint(2, "2025-03-17 09:00", "2025-03-28 17:00", name="Second")
NOW = "2025-06-01"
BEFORE, EARLY, MIDDLE, LATE, BETWEEN, AFTER = (
    "2025-03-01",
    "2025-03-05",
    "2025-03-10",
    "2025-03-12",
    "2025-03-15",
    "2025-04-20",
)


def story(*moves: tuple[str, str], sprints: Any = (), into: Any = (), points: float | None = 1.0, **item: Any) -> Story:
    return Story(Item(BEFORE, moves, **item), sprints, into, points)


def facts_of(*stories: Story, sprints: Any = (FIRST, SECOND), now: str = NOW, **more: Any) -> Dataset:
    filters = more.pop("filters", Filters())
    company = Company(stories, sprints, points=more.pop("points", True))
    return Dataset(company.tables(), Definitions(**more), Workflow(), at(now), filters)


def lists(facts: Dataset, place: int = 0) -> dict[str, list[tuple[str, str]]]:
    """Name of each list → (key, note) of its issues."""
    told = issue_lists(facts, place, lambda _: {}, "")
    return {each.name: [(issue.key, issue.note) for issue in each.issues] for each in told}


def sums(facts: Dataset, place: int = 0) -> tuple[float, ...]:
    """committed, added, removed, completed, spilled"""
    return tuple(float(each[place]) for each in stats(facts).sums.values())


# ---- a small company of the shape that people report: closed late, closed between sprints, edited long after

PLAIN = story((EARLY, DOING), (MIDDLE, DONE), sprints=[1], points=2.0)
CANCELLED_LATER = story(
    (EARLY, DOING),
    (MIDDLE, DONE),
    (AFTER, DOING),
    ("2025-04-21", DONE),
    sprints=[1],
    points=4.0,
    resolution="Won't Do",
    edits=[(MIDDLE, "resolution", None), (AFTER, "resolution", "Done"), ("2025-04-21", "resolution", None)],
)
BETWEEN_SPRINTS = story((EARLY, DOING), (BETWEEN, DONE), sprints=[1], into=[("2025-03-14 17:00", [1, 2])], points=8.0)
STAYED_ON = story((EARLY, DOING), (LATE, DONE), sprints=[1], into=[("2025-03-14 18:00", [1, 2])], points=1.0)
BEFORE_IT_STARTED = story((EARLY, DOING), ("2025-03-16", DONE), into=[(MIDDLE, [2])], points=16.0)
OWN = story(("2025-03-18", DOING), ("2025-03-20", DONE), sprints=[2], points=32.0)
COMPANY = (PLAIN, CANCELLED_LATER, BETWEEN_SPRINTS, STAYED_ON, BEFORE_IT_STARTED, OWN)


def test_a_closed_sprint_keeps_what_it_completed_when_somebody_edits_later():
    facts = facts_of(*COMPANY)
    assert sums(facts, 0) == (15, 0, 0, 7, 8)
    assert "discarded" not in lists(facts, 0)
    assert lists(facts, 0)["completed"] == [("P-1", ""), ("P-2", ""), ("P-4", "")]


def test_what_became_done_elsewhere_is_its_own_list_and_in_no_sum():
    facts = facts_of(*COMPANY)
    assert sums(facts, 1) == (32, 0, 0, 32, 0)
    assert lists(facts, 1)["outside"] == [
        ("P-3", "done before the start"),
        ("P-4", "done before the start"),
        ("P-5", "done before the start"),
    ]
    [note] = sprint_row(facts, 1, "Board").notes
    assert note.startswith("3 issues were completed outside of this sprint")


def test_each_completion_counts_once():
    made = stats(facts_of(*COMPANY))
    assert made.counts["completed"].tolist() == [3, 1]


def test_the_old_rule_counts_what_is_done_at_the_close():
    facts = facts_of(*COMPANY, sprint_completion="done_at_close")
    assert sums(facts, 0) == (15, 0, 0, 7, 8)
    assert sums(facts, 1) == (32, 0, 0, 8 + 1 + 16 + 32, 0)
    assert "outside" not in lists(facts, 1)


def test_velocity_as_of_the_end_of_the_period_stays_too():
    march = ("2025-03-01", "2025-03-31")
    tables = Company(COMPANY, [FIRST, SECOND]).tables()
    assert ask("flow_velocity", tables, *march, now=NOW, completed_as_of="period_end").value == 6
    value = ask("flow_velocity", tables, *march, now=NOW)
    assert (value.value, value.details["exclusions"]) == (5, {}), "reopened since: not completed in March any more"


# ---- each rule on its own


def test_done_while_taken_out_is_completed_outside():
    """It was committed, so it is among what was committed; it was not completed here, and did not spill over."""
    facts = facts_of(story((EARLY, DOING), (MIDDLE, DONE), sprints=[1], into=[(EARLY, []), (LATE, [1])]))
    assert sums(facts) == (1, 0, 0, 0, 0)
    assert lists(facts) == {
        "committed": [("P-1", "completed outside of this sprint")],
        "outside": [("P-1", "done while not in the sprint")],
    }


def test_done_in_it_taken_out_and_put_back_is_completed():
    facts = facts_of(story((EARLY, DOING), (MIDDLE, DONE), sprints=[1], into=[(LATE, []), ("2025-03-13", [1])]))
    assert sums(facts) == (1, 0, 0, 1, 0)


def test_what_comes_in_done_is_not_added():
    facts = facts_of(story((EARLY, DONE), into=[(MIDDLE, [1])]))
    assert sums(facts) == (0, 0, 0, 0, 0)
    assert lists(facts) == {"outside": [("P-1", "done while not in the sprint")]}


def test_what_comes_in_and_becomes_done_at_one_instant_is_added_and_completed():
    assert sums(facts_of(story((MIDDLE, DONE), into=[(MIDDLE, [1])]))) == (0, 1, 0, 1, 0)


@pytest.mark.parametrize(("again", "completed"), [((), 0), (((LATE, DONE),), 1)])
def test_done_at_the_start_and_reopened_in_it_is_added(again, completed):
    before = ("2025-03-02", DONE)
    facts = facts_of(story(before, (MIDDLE, DOING), *again, sprints=[1]))
    assert sums(facts) == (0, 1, 0, completed, 0)


def test_the_estimate_of_what_is_reopened_is_that_of_its_reopening():
    item = Item(BEFORE, [("2025-03-02", DONE), (MIDDLE, DOING)])
    facts = facts_of(Story(item, [1], (), 2.0, [(MIDDLE, 3.0), (LATE, 8.0)]))
    assert sums(facts) == (0, 3, 0, 0, 0)


def test_discarded_is_neither_completed_nor_spilled_over():
    facts = facts_of(
        story((EARLY, DOING), (MIDDLE, DONE), sprints=[1], resolution="Duplicate"),
        story((MIDDLE, DONE), into=[(EARLY, [1])], resolution="won\u2019t do"),
        story(sprints=[1]),
    )
    assert sums(facts) == (2, 1, 0, 0, 1)
    assert lists(facts)["discarded"] == [("P-1", "committed"), ("P-2", "added")]
    assert lists(facts)["committed"] == [("P-1", "discarded"), ("P-3", "spilled over")]
    assert sprint_row(facts, 0, "Board").issues["discarded"] == 2


def test_an_issue_in_two_sprints_at_once_is_completed_in_the_one_that_it_came_into_last():
    other = Sprint(2, "2025-03-03 09:00", "2025-03-14 17:00", name="Other")
    facts = facts_of(story((MIDDLE, DONE), sprints=[1], into=[(EARLY, [1, 2])]), sprints=[FIRST, other])
    assert (sums(facts, 0), sums(facts, 1)) == ((1, 0, 0, 0, 0), (0, 1, 0, 1, 0))
    assert lists(facts, 0)["outside"] == [("P-1", "counted in Other")]


def test_a_sprint_that_was_reopened_is_active():
    """Jira keeps the date of the first close."""
    again = Sprint(1, "2025-03-03 09:00", "2025-03-07 17:00", "active")
    facts = facts_of(story((LATE, DONE), sprints=[1]), sprints=[again], now="2025-03-13")
    row = sprint_row(facts, 0, "Board")
    assert (row.state, row.close, row.completed) == ("active", None, 1)


def test_what_spills_over_is_not_known_before_the_close():
    unfinished, running = story((EARLY, DOING), sprints=[1]), Sprint(1, "2025-03-03 09:00", None, "active")
    row = sprint_row(facts_of(unfinished, sprints=[running], now="2025-03-13"), 0, "Board")
    assert (row.committed, row.spilled, row.spillover, row.accuracy, row.churn) == (1, None, None, None, 0)
    assert {each.name for each in row.parts if each.value is None} >= {"spillover", "accuracy"}
    closed = sprint_row(facts_of(unfinished, sprints=[FIRST]), 0, "Board")
    assert (closed.committed, closed.spilled, closed.spillover, closed.accuracy) == (1, 1, 1, 1)


def test_type_project_and_level_are_those_at_the_close():
    was_sub_task = story((MIDDLE, DONE), sprints=[1], edits=[(AFTER, "hierarchy", -1)])
    was_elsewhere = story((MIDDLE, DONE), sprints=[1], project="Q", edits=[(AFTER, "project", "P")])
    was_bug = story((MIDDLE, DONE), sprints=[1], edits=[(AFTER, "type", "Bug")])
    [issue] = issue_lists(facts_of(was_bug), 0, lambda _: {}, "")[0].issues
    assert issue.type == "Bug"
    assert sums(facts_of(was_sub_task))[0] == 0
    assert sums(facts_of(was_elsewhere, filters=only(project=("P",))))[0] == 1
    assert sums(facts_of(was_elsewhere, filters=only(project=("Q",))))[0] == 0
    assert stats(facts_of(was_bug)).measures["bugs"][0] == 1
    assert sums(facts_of(was_bug, filters=only(type=("Bug",))))[0] == 1


def test_the_numbers_of_a_period_leave_out_what_is_in_no_sum_and_say_why():
    came_done = story((EARLY, DONE), into=[(MIDDLE, [1])])
    gone_before = story(("2025-03-02", DONE), sprints=[1], resolution="Duplicate")
    tables = Company([PLAIN, came_done, gone_before], [FIRST], points=True).tables()
    value = ask("completed_sp", tables, "2025-03-01", "2025-03-31", now=NOW)
    assert value.value == 2
    assert value.details["exclusions"] == {"completed outside of this sprint": 1, "discarded": 1}


def test_the_burn_up_ends_with_the_sums():
    facts = facts_of(*COMPANY, story((LATE, DONE), into=[(MIDDLE, [1])]), points=False)
    for place in (0, 1):
        drawn = burnup(facts, place)
        committed, added, removed, completed, _ = sums(facts, place)
        assert (drawn.scope[-1], drawn.completed[-1]) == (committed + added - removed, completed)
    assert burnup(facts, 0).completed[0] == 0 and burnup(facts, 0).scope[0] == 4
