"""The charts of the tab Explore draw the answer to its question, and each point opens the issues of its number."""

from __future__ import annotations

import json

import pytest

from data.charts.catalogue import ChartQuery
from data.charts.explore.explored import explored, token_of
from data.charts.registry import ISSUE_CHARTS
from data.metrics import ISSUE_METRICS
from data.values.explore import spec_of
from data.values.periods import Period, parse_day
from tests.data.query.asking import generated

DAYS = ("2026-08-03", "2026-10-11")
QUESTIONS = (
    (("m1", "flow_velocity"), ("grain", "week")),
    (("m1", "flow_velocity"), ("split", "type"), ("grain", "month")),
    (("m1", "flow_time"), ("split", "project")),
    (("m1", "blocked_hours"), ("split", "component")),
    (("m1", "bug_count"), ("split", "component"), ("and", "priority")),
    (("m1", "deployment_frequency"), ("split", "project"), ("grain", "week")),
    (("m1", "wip"), ("compare", "previous")),
    (("m1", "reopen_rate"), ("grain", "quarter"), ("compare", "previous")),
)


def asked(options: tuple[tuple[str, str], ...]) -> ChartQuery:
    facts = generated()
    return ChartQuery(facts, Period(parse_day(DAYS[0]), parse_day(DAYS[1]), facts.zone), options)


@pytest.mark.parametrize("options", QUESTIONS, ids=lambda each: "-".join(value for _, value in each))
def test_each_point_opens_the_rows_that_its_number_was_made_of(options):
    query = asked(options)
    drawing = ISSUE_CHARTS["explored_1"](query)
    found = query.facts.once(explored, query.period, options)
    assert drawing.problem is None and drawing.series and drawing.reading
    assert drawing.switches == ISSUE_METRICS[options[0][1]].switches
    numbers = {token_of(each): each.numbers[0] for each in found.answer.rows}
    picks = [pick for series in drawing.series for pick in series.picks or ()]
    assert picks and set(picks) <= set(numbers)
    for token in [*picks[:6], *list(drawing.table_picks())[-3:]]:
        rows = drawing.drilldown.rows_of(token)
        assert (rows.used, len(rows) - rows.used) == (numbers[token].used, numbers[token].left_out), token
        assert drawing.drilldown.label(token)
    assert len(list(drawing.table())) == drawing.row_count == len(drawing.table_picks())
    assert all(len(row) == len(drawing.columns) for row in drawing.table())


def test_the_lowest_and_the_highest_step_are_whole_ones():
    drawing = ISSUE_CHARTS["explored_1"](asked((("m1", "flow_velocity"), ("grain", "month"))))
    whole = {row[0]: row[2] for row in drawing.table() if row[0] in ("2026-08-01", "2026-09-01")}
    assert list(whole) == ["2026-09-01"], "August begins on its third day, October ends on its eleventh"
    assert drawing.reading.startswith("1 Sep – 30 Sep 2026: ") and "Lowest" not in drawing.reading
    drawing = ISSUE_CHARTS["explored_1"](asked(QUESTIONS[0]))
    values = [row[2] for row in drawing.table()]
    assert drawing.reading.startswith(f"Lowest: {min(values):g} ") and f"Highest: {max(values):g} " in drawing.reading


def test_a_point_that_is_not_there_is_said_to_be_missing():
    drawing = ISSUE_CHARTS["explored_1"](asked(QUESTIONS[1]))
    for token in ("[]", "x", json.dumps(["2026-08-01", "2026-08-31", "No such type"])):
        with pytest.raises(LookupError):
            drawing.drilldown.rows_of(token)


def test_a_question_that_cannot_be_answered_says_why():
    drawing = ISSUE_CHARTS["explored_1"](asked((("m1", "flow_velocty"),)))
    assert drawing.problem is not None and "flow_velocity" in str(drawing.problem)
    assert ISSUE_CHARTS["explored_3"](asked(QUESTIONS[0])).problem is not None


def test_the_address_is_a_spec():
    options = (
        ("m1", "closed"),
        ("m2", "closed"),
        ("m3", "none"),
        ("split", "type"),
        ("and", "type"),
        ("grain", "week"),
    )
    spec = spec_of(options)
    assert spec["metrics"] == ["closed"] and spec["group_by"] == ["week", "type"] and spec["compare"] == "none"


def test_a_step_without_a_number_is_a_gap_and_not_bridged_by_the_line():
    options = (("m1", "flow_time"), ("split", "type"), ("grain", "day"))
    query = asked(options)
    drawing = ISSUE_CHARTS["explored_1"](query)
    days = query.period.days
    assert all(len(series.x) == days for series in drawing.series)
    assert any(value is None for series in drawing.series for value in series.y)
