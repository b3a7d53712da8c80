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
from data.values.periods import Period
from tests import seeding
from tests.builders import DOING, DONE, Item, facts, site

FIRST = date(2025, 1, 6)  # a Monday
quick = seeding.examples(60)


def finished(counts: list[int]):
    """So many items done in each week, on its Wednesday; in a week without any nothing happens at all."""
    items = [Item("2024-12-20")]
    for week, n in enumerate(counts):
        day = FIRST + timedelta(days=7 * week + 2)
        items += [Item("2024-12-20", [("2024-12-21", DOING), (f"{day} 12:00", DONE)]) for _ in range(n)]
    return facts(site(*items), now=f"{FIRST + timedelta(weeks=len(counts), days=3)}")


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


@quick
@given(st.lists(st.integers(0, 12), min_size=6, max_size=24).filter(any))
def test_natural_limits_and_signals_equal_the_rules(counts):
    drawing = asked(finished(counts), len(counts), limits="xmr")
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
    assert "5 whole weeks with a number: natural limits need 6" in drawing.notes[0]
    assert not drawing.lines and drawing.series[0].kind == "bars"


def test_weeks_cut_off_by_the_period_count_for_no_limit():
    about = finished([5] * 8)
    days = Period(FIRST + timedelta(days=3), FIRST + timedelta(days=7 * 7 + 1), about.zone)
    options = (("measure", "flow_velocity"), ("over", "week"), ("limits", "xmr"))
    drawing = drawn(about, "metric_over_time", days, options)
    assert [row[2] for row in drawing.table()] == [0, 5, 5, 5, 5, 5, 5, 0]
    assert drawing.lines[0].at == 5


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
