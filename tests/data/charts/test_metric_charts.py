"""The two charts of any metric: what they draw is what the breakdown says; natural limits equal a slow calculation."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.metrics import CATALOG
from data.metrics.breakdown import GROUPS, by_group, over_time
from data.services.charts import drawn
from data.settings.parts import LimitsOf
from data.values.periods import Period
from tests import seeding
from tests.builders import DOING, DONE, Item, facts, site

FIRST = date(2025, 1, 6)  # a Monday
quick = seeding.examples(60)


def finished(counts: list[int], **rules: object):
    """So many items done in each week, on its Wednesday; in a week without any nothing happens at all."""
    items = [Item("2024-12-20")]
    for week, n in enumerate(counts):
        day = FIRST + timedelta(days=7 * week + 2)
        items += [Item("2024-12-20", [("2024-12-21", DOING), (f"{day} 12:00", DONE)]) for _ in range(n)]
    return facts(site(*items), now=f"{FIRST + timedelta(weeks=len(counts), days=3)}", **rules)


def asked(about, weeks: int, **options: str):
    days = Period(FIRST, FIRST + timedelta(days=7 * weeks - 1), about.zone)
    return drawn(about, "metric_over_time", days, (("measure", "flow_velocity"), ("over", "week"), *options.items()))


def slow(counts: list[int]) -> tuple[float, float, float, dict[int, set[str]]]:
    """Mean, limits, and the kinds of signal of each week: from the rules as they are written."""
    mean = sum(counts) / len(counts)
    moving = sum(abs(one - other) for one, other in pairwise(counts)) / (len(counts) - 1)
    upper, lower = mean + 2.66 * moving, max(mean - 2.66 * moving, 0)
    said: dict[int, set[str]] = {}
    for way in (1, -1):
        off = [way * (each - mean) for each in counts]
        edge = upper - mean if way > 0 else mean - lower
        for n in range(len(counts)):
            if off[n] > edge:
                said.setdefault(n, set()).add("limit")
            if n + 8 <= len(counts) and all(each > 0 for each in off[n : n + 8]):
                for at in range(n, n + 8):
                    said.setdefault(at, set()).add("in a row")
            if n + 4 <= len(counts) and moving and sum(each > 1.33 * moving for each in off[n : n + 4]) >= 3:
                for at in range(n, n + 4):
                    said.setdefault(at, set()).add("3 of 4")
    return mean, lower, upper, said


def says_nothing(counts: list[int]) -> bool:
    """Whether limits of these counts would be made of nothing, or of one of them alone."""
    moving = [abs(one - other) for one, other in pairwise(counts)]
    beside = [sum(moving[max(n - 1, 0) : n + 1]) for n in range(len(counts))]
    return sum(moving) == 0 or max(beside) >= 0.9 * sum(moving)


@quick
@given(st.lists(st.integers(0, 12), min_size=6, max_size=24).filter(any))
def test_natural_limits_and_signals_equal_the_rules(counts):
    drawing = asked(finished(counts), len(counts), limits="xmr")
    if says_nothing(counts):
        assert "cannot be told" in drawing.reading
        assert all(each.role not in ("signal", "limit") or not len(each.x) for each in drawing.series)
        assert all(line.role != "limit" for line in drawing.lines)
        return
    mean, lower, upper, said = slow(counts)
    assert [line.at for line in drawing.lines] == pytest.approx([mean, upper, lower])
    table = list(drawing.table())
    assert [row[2] for row in table] == counts
    for n, row in enumerate(table):
        kinds = {kind for kind in ("in a row", "3 of 4") if kind in row[5]}
        if any(word.strip() in ("above the upper limit", "below the lower limit") for word in row[5].split(";")):
            kinds.add("limit")
        assert kinds == said.get(n, set()), (counts, n, row)
    marked = set(drawing.series[-1].x)
    assert marked == {table[n][0] for n in said}
    assert bool(drawing.notes) == bool(said)


def test_few_whole_weeks_have_no_limits_and_say_so():
    drawing = asked(finished([3, 4, 5, 4, 3]), 5, limits="xmr")
    assert "cannot be told: 5 weeks have a number, and limits need 6." in drawing.reading
    assert not drawing.lines and drawing.series[0].kind == "bars"


def test_weeks_cut_off_by_the_period_count_for_no_limit():
    about = finished([5, 5, 6, 5, 4, 6, 4, 5])
    days = Period(FIRST + timedelta(days=3), FIRST + timedelta(days=7 * 7 + 1), about.zone)
    options = (("measure", "flow_velocity"), ("over", "week"), ("limits", "xmr"))
    drawing = drawn(about, "metric_over_time", days, options)
    assert [row[2] for row in drawing.table()] == [0, 5, 6, 5, 4, 6, 4, 0]
    assert drawing.lines[0].at == 5


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ([0, 0, 0, 0, 30, 0, 0, 0], "1 of these 8 weeks makes all the difference between them"),
        ([5, 5, 5, 9, 5, 5, 5], "1 of these 7 weeks makes all the difference between them"),
        ([4] * 10, "these 10 weeks are all alike, so there is no noise to measure a change by"),
        ([3, 5, 4], "3 weeks have a number, and limits need 6"),
    ],
)
@pytest.mark.parametrize("name", ["metric_over_time", "process_behaviour"])
def test_limits_that_say_nothing_are_not_drawn_and_the_chart_says_that_it_cannot_tell(name, counts, why):
    about = finished(counts)
    if name == "process_behaviour":  # it looks back to the first issue: two empty weeks more
        counts = [0, 0, *counts]
        if not says_nothing(counts) and len(counts) >= 6:
            return
    days = Period(FIRST, FIRST + timedelta(days=7 * (len(counts) - 2 * (name != "metric_over_time")) - 1), about.zone)
    options = (("measure", "flow_velocity"), ("over", "week"), ("limits", "xmr"))
    shown = drawn(about, name, days, options)
    assert "cannot be told" in shown.reading
    assert all(line.role != "limit" for line in shown.lines)
    if name == "metric_over_time":
        assert why in shown.reading
        assert {row[-1] for row in shown.table()} == {f"cannot tell: {shown.reading.partition('told: ')[2][:-1]}"}


BASELINE = f"{FIRST}..{FIRST + timedelta(days=7 * 8 - 1)}"
MARK = FIRST + timedelta(weeks=8)
BEFORE, AFTER = [4, 6, 5, 4, 6, 5, 4, 6], [12, 14, 13, 12, 14, 13, 12, 14]


def weekly_limits(name: str, first: int = 0, weeks: int = 16, **rules: object):
    about = finished(BEFORE + AFTER, **rules)
    start = FIRST + timedelta(weeks=first)
    days = Period(start, FIRST + timedelta(days=7 * weeks - 1), about.zone)
    return drawn(about, name, days, (("measure", "flow_velocity"), ("over", "week"), ("limits", "xmr")))


@pytest.mark.parametrize("first", [0, 8])
def test_limits_locked_to_a_baseline_judge_all_weeks_whatever_the_period_is(first):
    drawing = weekly_limits("metric_over_time", first, limits={"baseline": BASELINE})
    mean, upper, lower = (line.at for line in drawing.lines)
    assert (mean, upper, lower) == pytest.approx((5, 5 + 2.66 * 10 / 7, 5 - 2.66 * 10 / 7))
    assert "Limits are locked to the 8 whole weeks in 6 Jan – 2 Mar 2025." in drawing.reading
    rows = list(drawing.table())
    assert all("above the upper limit" in row[5] for row in rows if row[0] >= str(MARK))
    assert {row[9] for row in rows} == {"8 weeks 6 Jan – 2 Mar 2025"}


def test_a_baseline_that_says_nothing_says_so():
    drawing = weekly_limits("metric_over_time", limits={"baseline": f"{FIRST}..{FIRST + timedelta(days=20)}"})
    assert "locked to the 3 whole weeks" in drawing.reading
    assert "cannot be told: 3 weeks have a number, and limits need 6" in drawing.reading


@pytest.mark.parametrize("name", ["metric_over_time", "process_behaviour"])
def test_limits_divided_at_a_mark_are_made_of_each_part_alone(name):
    drawing = weekly_limits(name, limits={"divided": [str(MARK)]})
    assert not drawing.lines
    assert "Limits are divided at 3 Mar 2025." in drawing.reading
    assert "mean 13" in drawing.reading and "no signal of a change" in drawing.reading
    assert ("mean 5" if name == "metric_over_time" else "mean 4.0") in drawing.notes[0]  # with two empty weeks more
    means = [each.y[0] for each in drawing.series if each.kind == "across" and each.role == "mean"]
    assert means == pytest.approx([5, 13] if name == "metric_over_time" else means)
    rows = {row[0]: row for row in drawing.table()}
    assert rows[str(MARK)][-1] == "8 weeks 3 Mar – 27 Apr 2025"
    assert rows[str(MARK)][-4] == pytest.approx(13)


def test_without_the_mark_the_same_weeks_are_signals():
    assert "no signal" not in weekly_limits("metric_over_time").reading


def test_a_week_in_which_the_mark_lies_belongs_to_the_part_before():
    drawing = weekly_limits("metric_over_time", limits={"divided": [str(MARK + timedelta(days=1))]})
    assert next(row for row in drawing.table() if row[0] == str(MARK))[-1].startswith("9 weeks 6 Jan")


def test_a_mark_outside_of_what_is_shown_divides_nothing_and_the_chart_says_so():
    drawing = weekly_limits("metric_over_time", limits={"divided": ["2030-01-01"]})
    assert "1 Jan 2030 divides nothing" in " ".join(drawing.notes)
    assert len(drawing.lines) == 3 and "divided" not in drawing.reading


def test_limits_are_locked_or_divided_but_not_both():
    with pytest.raises(ValueError, match="not both"):
        LimitsOf(baseline=BASELINE, divided=[str(MARK)])


def test_a_score_may_lie_below_zero():
    assert CATALOG["sprint_problematic_score"].aggregation == "score"


@pytest.mark.parametrize("name", ["flow_velocity", "flow_time", "created", "reopen_rate"])
@pytest.mark.parametrize("by", [*GROUPS, "over"])
def test_charts_draw_what_the_breakdown_says(name, by):
    about = finished([2, 0, 3, 1, 4, 2, 2])
    days = Period(FIRST, FIRST + timedelta(days=48), about.zone)
    if by == "over":
        found = over_time(CATALOG[name], about, days, "week")
        drawing = drawn(about, "metric_over_time", days, (("measure", name), ("over", "week")))
        wanted = [(each.first, each.last, each.value, each.used, each.left_out) for each in found.parts]
    else:
        found = by_group(CATALOG[name], about, days, by)
        drawing = drawn(about, "metric_by_group", days, (("measure", name), ("by", by)))
        wanted = [(each.name, each.value, each.used, each.left_out, each.share) for each in found.parts]
        if by == "week":
            wanted = [(each.first, each.last, each.value, each.used, each.left_out) for each in found.parts]
    if drawing.problem is not None:
        assert found.problem or all(each.value is None for each in found.parts)
        return
    assert list(drawing.table()) == wanted
    drawn_values = [value for series in drawing.series for value in (series.x if series.kind == "lying" else series.y)]
    assert sorted(each for each in drawn_values if each is not None) == sorted(
        each.value for each in found.parts if each.value is not None
    )


def test_no_metric_chosen_says_where_to_choose():
    assert "No metric is chosen" in str(drawn(finished([1]), "metric_over_time", Period(FIRST, FIRST, "UTC")).problem)
