"""The three sentences that open the overview: each from what the rest of the page says, with its evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from data.overview.key_points import key_points
from data.values.metric_value import MetricValue
from data.values.overview import KeyPoint, Overview
from data.values.periods import Period
from tests.fake_overview import AGEING, CHANGES, DOUBTS, QUIET
from tests.fake_values import metric_value

PERIOD = Period(date(2026, 10, 18), date(2026, 11, 16), "UTC")


def number(name: str, verdict: str | None, percent: float = 20.0, *, few: bool = False) -> MetricValue:
    value = metric_value(name, PERIOD)
    details = {
        **value.details,
        "trend_verdict": verdict,
        "trend_direction": "up",
        "trend_percentage": percent,
        "trend_points": None,
        "previous_display": "2 days",
        "previous_label": "18 Sep – 17 Oct 2026",
        "low_confidence": few,
    }
    return replace(value, details=details)


def points(*values: MetricValue, **parts: object) -> dict[str, KeyPoint]:
    overview: Overview = replace(QUIET, **parts)
    return {each.question: each for each in key_points(values, overview)}


def test_there_is_one_sentence_for_each_question_in_this_order():
    assert list(points()) == ["What changed", "At risk", "Next step"]


def test_the_number_that_became_worse_comes_before_those_that_became_better():
    said = points(
        number("flow_time", "better", 70), number("flow_efficiency", "worse", 5), number("flow_load", "worse", 9)
    )["What changed"]
    assert said.metric == "flow_load"
    assert said.sentence.startswith("Flow load is 9 % worse than in the period before: ")
    assert said.sentence.endswith(", before 2 days.")
    assert "Also worse: Flow efficiency. Also better: Flow time." in said.evidence
    assert "18 Sep – 17 Oct 2026" in said.evidence


def test_noise_is_no_change():
    said = points(number("flow_time", "within_noise"), number("flow_load", "cannot_tell"))["What changed"]
    assert said.sentence == "No number that can be judged changed by more than chance explains; 1 cannot be judged."
    assert said.evidence.startswith("2 numbers are compared with 18 Sep – 17 Oct 2026")


def test_where_no_change_can_be_judged_none_is_denied():
    said = points(number("flow_load", "cannot_tell"))["What changed"]
    assert said.sentence == "Whether a change is more than chance cannot be told."
    assert said.evidence.startswith("1 number is compared with")


def test_a_change_of_few_is_no_headline():
    said = points(number("flow_time", "worse", 300, few=True), number("flow_load", "within_noise"))["What changed"]
    assert said.sentence == "No number changed by more than chance explains."


def test_without_a_clear_change_a_shift_of_weekly_values_is_told():
    said = points(number("flow_time", "within_noise"), changes=CHANGES)["What changed"]
    assert said.metric == CHANGES[0].metric
    assert CHANGES[0].shift in said.sentence
    assert "26 whole weeks before the period" in said.evidence


def test_without_earlier_data_no_change_can_be_told():
    assert points(number("flow_time", None))["What changed"].sentence == "No change can be told yet."


def test_the_oldest_work_is_named():
    said = points(ageing=AGEING, over=2, in_progress=37, compared=180)["At risk"]
    assert said.sentence == (
        f"2 of 37 items in progress are unusually old; the oldest, {AGEING[0].key}, was begun {AGEING[0].age:,.0f} "
        f"days ago and has the status “{AGEING[0].status}”."
    )
    assert said.action == "ageing"
    assert points(in_progress=37, compared=180)["At risk"].sentence == "No item in progress is unusually old."


def test_the_next_step_is_the_most_serious_doubt_then_the_oldest_work_then_what_became_worse():
    worse = number("flow_load", "worse")
    assert points(worse, ageing=AGEING, over=2, caveats=DOUBTS)["Next step"].sentence == DOUBTS[0].todo
    warning = points(worse, ageing=AGEING, over=2, caveats=DOUBTS[1:])["Next step"]
    assert (warning.action, warning.metric) == ("mapping", "change_failure_rate")
    only_info = points(worse, ageing=AGEING, over=2, caveats=DOUBTS[2:])["Next step"]
    assert AGEING[0].key in only_info.sentence
    assert "Flow load" in points(worse)["Next step"].sentence
    assert points()["Next step"].sentence == "Nothing here asks for action."
