"""The overview in words: what is said with no data, with little, with nothing mapped, and of changes that were
planted.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from data.metrics.measure import measure_family
from data.overview.ageing import listed, too_old
from data.overview.caveats import caveats
from data.overview.changes import changes
from data.values.families import HEADLINE
from data.values.overview import Overview
from data.values.periods import Period
from data.values.quality import Finding
from tests.builders import DOING, DONE, Item, at, facts, site

MONDAY = date(2026, 1, 5)


def said(*items: Item, first: date, last: date, now: str | None = None, findings=(), mapped=(), **rules) -> Overview:
    """The whole answer, as the desk puts it together."""
    about = facts(site(*items, mapped=mapped), now=now or str(last + timedelta(days=1)), **rules)
    period = Period(first, last, "UTC")
    found, old = changes(about, period), too_old(about, period)
    values = [each for family in HEADLINE for each in measure_family(family, about, period)]
    return Overview(
        found.changes,
        found.steady,
        found.untold,
        found.baseline,
        found.weeks,
        listed(about, old, lambda ids: dict.fromkeys(ids, ("", "words")), ""),
        len(old.issue),
        old.in_progress,
        old.compared,
        (str(old.since.first), str(old.since.last)),
        caveats(values, findings, about, period),
        found.why,
        found.against,
    )


def done_in(week: int, many: int, days: float = 1.0) -> list[Item]:
    """Items that are created, begun and finished in a week, each taking so many days."""
    out = []
    for n in range(many):
        begun = at(str(MONDAY + timedelta(weeks=week)), "UTC") + n * 60_000_000
        out.append(Item(begun, [(begun + 1_000_000, DOING), (begun + 1_000_000 + round(days * 86_400_000_000), DONE)]))
    return out


def weekly(*counts: int) -> list[Item]:
    return [item for week, many in enumerate(counts) for item in done_in(week, many)]


def period_of(week: int, weeks: int = 1) -> dict[str, date]:
    first = MONDAY + timedelta(weeks=week)
    return {"first": first, "last": first + timedelta(weeks=weeks) - timedelta(days=1)}


def test_without_any_data_it_says_so():
    found = said(**period_of(10))
    assert (found.changes, found.ageing, found.over, found.baseline) == ((), (), 0, 0)
    assert (
        found.changes_words == "There is no whole week of data before the period, so nothing can be said about changes."
    )
    assert found.ageing_words == "Nothing is in progress at the end of this period."


def test_one_week_is_too_little():
    found = said(*weekly(5), **period_of(0))
    assert found.changes == ()
    assert "no whole week of data before the period" in found.changes_words


def test_five_weeks_are_too_few_and_six_are_enough():
    few = said(*weekly(3, 4, 3, 4, 3, 9), **period_of(5))
    assert (
        few.changes_words
        == "Whether anything changed cannot be told. Cannot tell: Flow velocity, Flow time, Flow load, "
        "Flow distribution: 5 weeks have a number, and limits need 6. Each week is compared with "
        "the 5 whole weeks before the period (XmR rules)."
    )
    enough = said(*weekly(3, 4, 3, 4, 3, 4, 9), **period_of(6))
    assert [each.metric for each in enough.changes] == ["flow_velocity"]
    assert "1 of " in enough.changes_words


def test_a_week_outside_the_limits_is_told_with_value_mean_and_limits():
    found = said(*weekly(*[4, 6] * 10, 12), **period_of(20))
    change = next(each for each in found.changes if each.metric == "flow_velocity")
    assert change.sentence == "12 items in the week 25 May – 31 May 2026, above the upper natural limit of 10 items."
    assert change.basis == (
        "Before: mean 5 items, natural limits 0 items to 10 items, from the weeks 5 Jan – 24 May 2026."
    )
    assert change.rule == "a week outside the natural limits"
    assert (change.shift, change.verdict, change.before, change.marked) == ("unusually high", "better", 20, (20,))
    assert change.mean == 5
    assert change.upper == pytest.approx(5 + 2.66 * 2)


def test_the_weeks_of_the_period_do_not_move_their_own_limits():
    """With its own weeks among them the limits would be so wide that nothing stood out."""
    found = said(*weekly(*[4, 6] * 4, 11, 30), **period_of(8, 2))
    change = next(each for each in found.changes if each.metric == "flow_velocity")
    assert change.upper == pytest.approx(5 + 2.66 * 2)
    assert change.sentence.startswith("30 items")


def test_noise_is_no_change():
    found = said(*weekly(*[4, 6] * 10, 9), **period_of(20))
    assert "Flow velocity" in found.steady
    assert found.changes_words.startswith("No number moved outside its usual weekly variation. ")
    assert "Flow time" in found.untold, "each item takes as long as every other here"


@pytest.mark.parametrize("now", [3, 40])
def test_weeks_that_were_always_the_same_have_no_noise_so_nothing_is_said_of_a_change(now):
    found = said(*weekly(*[3] * 16, now), **period_of(16))
    assert (found.changes, found.steady) == ((), ())
    assert "these 16 weeks are all alike, so there is no noise to measure a change by" in found.changes_words


def test_one_spike_that_holds_all_the_difference_is_no_yardstick():
    found = said(*weekly(*[3] * 8, 30, *[3] * 7, 9), **period_of(16))
    assert "Flow velocity" in found.untold
    assert "1 of these 16 weeks makes all the difference between them" in found.changes_words


def test_weeks_are_judged_by_the_baseline_that_limits_are_locked_to():
    weeks = [4, 6] * 6 + [12, 14] * 4 + [13]
    locked = f"{MONDAY}..{MONDAY + timedelta(weeks=12) - timedelta(days=1)}"
    free = said(*weekly(*weeks), **period_of(20))
    assert free.changes[0].mean == pytest.approx(8.2)
    found = said(*weekly(*weeks), **period_of(20), limits={"baseline": locked})
    change = next(each for each in found.changes if each.metric == "flow_velocity")
    assert change.mean == 5
    assert change.basis.endswith("from the weeks 5 Jan – 29 Mar 2026.")
    assert "compared with the 12 whole weeks of the baseline 5 Jan – 29 Mar 2026" in found.changes_words


def test_weeks_are_judged_by_those_since_the_mark_that_divides_limits():
    weeks = [4, 6] * 6 + [12, 14] * 4 + [5]
    mark = MONDAY + timedelta(weeks=12)
    found = said(*weekly(*weeks), **period_of(20), limits={"divided": [f"{mark}"]})
    change = next(each for each in found.changes if each.metric == "flow_velocity")
    assert (change.mean, change.shift) == (13, "unusually low")
    assert "compared with the 8 whole weeks before the period since 30 Mar 2026" in found.changes_words


def test_a_run_of_eight_is_told():
    found = said(*weekly(*[4, 6] * 10, *[6] * 8), **period_of(20, 8))
    change = next(each for each in found.changes if each.metric == "flow_velocity")
    assert (
        change.sentence == "9 weeks in a row above the mean of 5 items, since 18 May 2026; 6 items in the last of them."
    )
    assert change.rule == "8 or more weeks in a row on one side of the mean"
    assert change.marked == tuple(range(19, 28))


def test_what_changed_before_the_period_is_not_told_again():
    found = said(*weekly(*[4, 6] * 10, 14, *[4, 6] * 4), **period_of(25, 4))
    assert "Flow velocity" in found.steady


def test_a_period_of_a_year_is_judged_too():
    found = said(*weekly(*[4, 6] * 10), first=date(2025, 6, 1), last=date(2026, 5, 31))
    assert found.baseline == 0


def test_a_period_to_come_has_no_words_of_change():
    found = said(*weekly(*[4, 6] * 10), **period_of(40), now="2026-05-20")
    assert not found.ageing
    assert not found.in_progress


def test_work_that_is_older_than_most_is_listed_with_what_it_is_compared_with():
    stuck = Item("2026-03-02", [("2026-03-02", DOING)], assignee="Ada")
    fresh = Item("2026-03-29 12:00", [("2026-03-29 12:00", DOING)])
    found = said(*weekly(*[3] * 12), stuck, fresh, **period_of(8, 4))
    assert [each.key for each in found.ageing] == ["P-37"]
    old = found.ageing[0]
    assert (old.age, old.limit, old.assignee, old.url) == (pytest.approx(28), pytest.approx(1), "Ada", "")
    assert old.compared == "85 % were done within 1 day"
    assert found.ageing_words.startswith("1 of 2 items in progress is older than 85 % of completed items were")


def test_without_comparison_no_age_is_called_old():
    found = said(*weekly(2), Item("2025-01-01", [("2025-01-01", DOING)]), **period_of(8, 4))
    assert found.ageing == ()
    assert "too few items were completed" in found.ageing_words


def test_with_nothing_mapped_each_number_that_cannot_be_given_is_named():
    found = said(*weekly(*[3] * 12), **period_of(8, 4))
    missing = {each.metric for each in found.caveats if each.action == "mapping"}
    assert {"change_failure_rate", "flow_efficiency", "deployment_rework_rate"} <= missing
    one = next(each for each in found.caveats if each.metric == "change_failure_rate")
    assert one.title == "Change failure rate cannot be measured"
    assert one.todo


def test_findings_come_first_and_lead_to_data_quality():
    findings = (
        Finding("Good to know", 3, "Nothing.", "Nothing.", "info"),
        Finding("Issues whose history could not be read completely", 14, "They are left out.", "Sync.", "warning"),
        Finding("The data is 9 days old", None, "It is old.", "Sync.", "danger"),
    )
    found = said(*weekly(*[3] * 12), **period_of(8, 4), findings=findings).caveats
    assert [each.title for each in found][:2] == [
        "The data is 9 days old",
        "Issues whose history could not be read completely (14 issues)",
    ]
    assert {each.action for each in found[:2]} == {"quality"}
    assert "Good to know" not in str(found)


def test_few_are_said_to_be_few():
    found = said(*weekly(*[0] * 8, 2), **period_of(8)).caveats
    few = [each for each in found if each.metric == "flow_time"]
    assert [each.sentence for each in few] == ["Only 2 are used, so a single one more or less changes it a lot."]


def test_what_is_left_out_by_definition_is_no_doubt():
    subtasks = [Item("2026-03-02", [("2026-03-02", DOING), ("2026-03-03", DONE)], hierarchy=-1) for _ in range(30)]
    found = said(*weekly(*[6] * 12), *subtasks, **period_of(8, 4)).caveats
    assert not [each for each in found if "leaves out" in each.title]
    never = [Item("2026-03-02", [("2026-03-03", DONE)]) for _ in range(30)]
    found = said(*weekly(*[6] * 12), *never, **period_of(8, 4)).caveats
    told = next(each for each in found if each.metric == "flow_time")
    assert told.title == "Flow time leaves out 56 %"
    assert "30 of 54" in told.sentence
    assert "never in progress (30)" in told.sentence


def test_a_query_that_begins_inside_of_the_period_is_told():
    from dataclasses import replace

    about = replace(facts(site(*weekly(*[3] * 12)), now="2026-04-01"), complete_from=at("2026-03-10", "UTC"))

    def titles(first: str) -> list[tuple[str, str]]:
        period = Period(date.fromisoformat(first), date(2026, 3, 31), "UTC")
        return [(each.title, each.sentence) for each in caveats([], [], about, period)]

    begins = "The query holds only issues updated since 10 Mar 2026"
    assert titles("2026-03-02") == [(begins, "This period begins earlier, so its numbers are incomplete.")]
    assert titles("2026-03-15") == [(begins, "The period before begins earlier, so nothing is compared with it.")]
    assert titles("2026-03-25") == []


def test_a_period_that_is_not_over_is_told():
    found = said(*weekly(*[3] * 12), **period_of(10, 4), now="2026-03-20 12:00").caveats
    assert "The period is not over" in [each.title for each in found]


def test_a_period_before_the_data_is_told_by_the_chart_and_by_the_overview():
    from data.services.charts import drawn

    found = said(*weekly(*[3] * 12), first=date(2020, 1, 1), last=date(2020, 1, 31), now="2026-04-01")
    assert "no whole week of data before the period" in found.changes_words
    about = facts(site(*weekly(*[3] * 12)), now="2026-04-01")
    drawing = drawn(about, "process_behaviour", Period(date(2020, 1, 1), date(2020, 1, 31), "UTC"))
    assert "0 whole weeks with data" in drawing.problem.what


def test_a_field_that_is_not_read_yet_leads_to_a_sync():
    from dataclasses import replace

    about = facts(site(*weekly(*[3] * 12)), now="2026-04-01")
    about = replace(about, pending=frozenset({"deployment_date", "deployment_successful"}))
    period = Period(date(2026, 3, 2), date(2026, 3, 29), "UTC")
    told = caveats(measure_family("dora", about, period), [], about, period)
    waits = [each for each in told if each.title.endswith("waits for a sync")]
    assert waits
    assert {each.action for each in waits} == {"quality"}
