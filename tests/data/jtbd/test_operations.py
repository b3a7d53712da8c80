"""The arithmetic of jobs (J-03), at its edges and in general; the formulas are those of the metrics page."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from data.jtbd.operations import (
    achievement,
    aggregate_painpoint_resolution,
    as_plain,
    calculate_job_completion_rate,
    calculate_opportunity_score,
    calculate_outcome_achievement,
    compute_time_to_outcome_stats,
    effectiveness,
    is_met,
    opportunity_band,
    opportunity_interval,
    outcome_status,
    validate_jtbd_tracking,
)
from data.jtbd.opportunity import opportunity_of, said_yes, satisfied
from data.jtbd.opportunity import ratings as ratings_of
from data.jtbd.specs import Outcome
from data.values.records import (
    STATUSES,
    JobCompletion,
    OutcomeAchieved,
    PainpointResolved,
    TimeToOutcome,
    UserSatisfaction,
)
from data.values.shares import ENOUGH, quantile, wilson

ratings = st.floats(0, 10, allow_nan=False)
amounts = st.floats(0, 1e9, allow_nan=False)
instants = st.integers(0, 10**12)
jobs = st.builds(
    lambda *row: JobCompletion(*row),
    st.sampled_from("ab"),
    st.sampled_from("pq"),
    st.just("f"),
    st.sampled_from(STATUSES),
    instants,
)
times = st.builds(
    lambda start, seconds: TimeToOutcome("o", "p", "f", start, None if seconds is None else start + 1, seconds),
    instants,
    st.none() | st.floats(0, 1e6),
)


# ---- completion


@given(st.lists(jobs))
def test_a_completion_rate_is_a_share_or_nothing(rows):
    rate = calculate_job_completion_rate(rows)
    assert (rate is None) == (not rows)
    assert rate is None or 0 <= rate <= 1
    assert rate is None or round(rate * len(rows)) == sum(each.status == "completed" for each in rows)


@given(st.lists(jobs, min_size=1), instants)
def test_two_half_open_ranges_share_nothing_and_miss_nothing(rows, cut):
    def count(span):
        found = [
            each
            for each in rows
            if (span[0] is None or each.started_at >= span[0]) and (span[1] is None or each.started_at < span[1])
        ]
        assert calculate_job_completion_rate(rows, time_range=span) == calculate_job_completion_rate(found)
        return len(found)

    assert count((None, cut)) + count((cut, None)) == len(rows)


def test_a_rate_by_job_and_persona():
    done = JobCompletion("a", "p", "f", "completed", 1, 2)
    rows = [done, done._replace(persona="q", status="failed"), done._replace(job_id="b", status="started")]
    assert calculate_job_completion_rate(rows, "a") == 0.5
    assert calculate_job_completion_rate(rows, "a", "q") == 0
    assert calculate_job_completion_rate(rows, "a", time_range=(2, None)) is None


@given(jobs)
def test_a_sound_record_has_nothing_wrong(job):
    assert validate_jtbd_tracking(job, ["a", "b"], now=10**12) == []


def test_what_is_wrong_with_a_record():
    bad = JobCompletion(" ", "", "f", "done", 9, 4, -1.0)
    said = validate_jtbd_tracking(bad, ["a"], now=5)
    assert len(said) == 7
    assert "it lies in the future" in said


# ---- achievement


@pytest.mark.parametrize(
    ("expected", "actual", "direction", "value"),
    [
        (5, 4, "minimise", 125),
        (5, 10, "minimise", 50),
        (5, 0, "minimise", None),
        (0, 4, "minimise", 0),
        (0, 0, "minimise", None),
        (80, 60, "maximise", 75),
        (80, 160, "maximise", 200),
        (80, 0, "maximise", 0),
        (0, 4, "maximise", None),
        (5, 5, None, None),
        (-5, 5, "maximise", None),
        (math.nan, 5, "maximise", None),
        (1e308, 1e-308, "minimise", None),
    ],
)
def test_achievement_at_its_edges(expected, actual, direction, value):
    rate, why = achievement(expected, actual, direction)
    assert rate == value
    assert bool(why) == (value is None)


@given(amounts, amounts, st.sampled_from(["minimise", "maximise"]))
def test_achievement_is_at_least_100_exactly_when_the_target_is_met(expected, actual, direction):
    rate, _ = achievement(expected, actual, direction)
    assume(rate is not None)
    met = actual <= expected if direction == "minimise" else actual >= expected
    assert (rate >= 100 * (1 - 1e-12)) == met or math.isclose(rate, 100)


def test_the_target_of_the_specs_wins_over_what_records_expected():
    told = OutcomeAchieved("o", "time", 10, 4, None, "f", "p", "unknown", 1)
    rows = [told, told._replace(actual_value=6, measured_at=2), told._replace(outcome_id="x", actual_value=99)]
    own = calculate_outcome_achievement(rows, "o", "minimise")
    assert (own.expected, own.actual, own.achievement, own.latest, own.n) == (10, 5, 200, 6, 2)
    assert own.exceeds
    assert calculate_outcome_achievement(rows, "o", "minimise", target=4).achievement == 80
    assert calculate_outcome_achievement(rows, "o", "minimise", persona="q").reason == "Nothing was measured."
    assert calculate_outcome_achievement(rows, "nobody").achievement is None


def test_a_ratio_of_means_is_no_mean_of_ratios():
    """Means of means are a known trap: 2 and 100 against 10 are 19.6 %, not 255 %."""
    told = OutcomeAchieved("o", "time", 10, 2, None, "f", "p", "unknown", 1)
    found = calculate_outcome_achievement([told, told._replace(actual_value=100)], "o", "minimise")
    assert found.achievement == pytest.approx(100 * 10 / 51)


@given(st.none() | st.floats(0, 1e6))
def test_a_status_for_each_achievement(rate):
    assert outcome_status(rate) in {"unknown", "exceeded", "achieved", "partially_achieved"}


# ---- opportunity


def test_ulwicks_printed_example():
    """200 of 270 find it important, 75 of 270 are satisfied: 7.4, 2.8 and 12.0."""
    found = opportunity_of(Outcome("o", answers=270, important=200, satisfied=75), [])
    assert [f"{each:.1f}" for each in (found.importance, found.satisfaction, found.score)] == ["7.4", "2.8", "12.0"]
    assert (found.band, found.method, found.n) == ("strong", "top2", 270)
    assert found.low < found.score < found.high


@given(ratings, ratings)
def test_clamped_and_linear_agree_where_something_is_missing(importance, satisfaction):
    clamped = calculate_opportunity_score(importance, satisfaction)
    linear = calculate_opportunity_score(importance, satisfaction, "linear")
    assert 0 <= clamped <= 20
    assert (clamped == linear) if satisfaction <= importance else (clamped == importance > linear)


@given(ratings, ratings)
def test_more_satisfied_than_important_is_overserved_whatever_the_score(importance, satisfaction):
    assert (opportunity_band(importance, satisfaction) == "overserved") == (satisfaction > importance)


@pytest.mark.parametrize(
    ("importance", "satisfaction", "band"),
    [
        (9.5, 9.6, "overserved"),
        (10, 10, "appropriate"),
        (10, 5, "strong"),
        (10, 4.999, "extreme"),
        (8, 4, "strong"),
        (8, 4.001, "worth_considering"),
        (6, 2, "appropriate"),
        (6, 1.999, "worth_considering"),
        (6, 2.001, "appropriate"),
        (0, 0, "appropriate"),
    ],
)
def test_bands_are_of_the_unrounded_score(importance, satisfaction, band):
    assert opportunity_band(importance, satisfaction) == band


@pytest.mark.parametrize("pair", [(11, 5), (5, -1), (math.nan, 5)])
def test_a_score_outside_of_the_scale_is_refused(pair):
    with pytest.raises(ValueError, match="from 0 to 10"):
        calculate_opportunity_score(*pair)


@given(st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_wilson_interval_holds_its_share_and_stays_within_0_and_1(pair):
    found = wilson(*pair)
    if pair[1] == 0:
        assert found.value is None
        return
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.enough == (pair[1] >= 30)


def test_wilson_against_figures_from_a_table():
    """10 of 100, without continuity correction: 5.52 % to 17.44 %; 0 of 10: 0 to 27.75 %."""
    assert [round(100 * each, 2) for each in (wilson(10, 100).low, wilson(10, 100).high)] == [5.52, 17.44]
    assert [round(100 * each, 2) for each in (wilson(0, 10).low, wilson(0, 10).high)] == [0.0, 27.75]
    with pytest.raises(ValueError, match="no share"):
        wilson(3, 2)


@given(st.integers(1, 300), st.data())
def test_the_interval_of_a_score_holds_the_score(n, data):
    important, satisfied = (wilson(data.draw(st.integers(0, n)), n) for _ in range(2))
    low, high = opportunity_interval(important, satisfied)
    score = calculate_opportunity_score(10 * important.value, 10 * satisfied.value)
    assert low <= score + 1e-9
    assert score <= high + 1e-9


def answer(level: str, at: int = 1, scale: str | None = "1-10") -> UserSatisfaction:
    return UserSatisfaction("o", "f", "p", level, True, True, None, None, at, scale=scale)


def test_too_few_answers_give_a_score_without_a_band():
    spec = Outcome("o", answers=270, important=200)
    found = opportunity_of(spec, [answer("satisfied")] * 10)
    assert (found.band, found.enough, found.n) == (None, False, 10)
    assert found.reason == f"Not enough answers: 10 of {ENOUGH}."
    assert found.score is not None
    assert opportunity_of(spec, [answer("satisfied")] * 30).band is not None


def test_no_answers_give_no_score():
    found = opportunity_of(Outcome("o", answers=270, important=200), [])
    assert (found.score, found.reason) == (None, "Nobody was asked how satisfied they are.")
    assert opportunity_of(Outcome("o"), []).reason == "The specs do not say how important it is."


def test_few_answers_do_not_replace_what_the_specs_say():
    spec = Outcome("o", importance=8, satisfaction=4)
    assert opportunity_of(spec, [answer("9")] * 29).satisfied_from == "specs"
    told = opportunity_of(spec, [answer("9")] * 30)
    assert (told.satisfied_from, told.satisfaction, told.band) == ("records", 9, "overserved")


def test_nine_zeros_and_one_twenty_are_met_in_nine_of_ten():
    told = OutcomeAchieved("o", "", 10, 0, None, "", None, "unknown", 0)
    found = calculate_outcome_achievement([told] * 9 + [told._replace(actual_value=20)], "o", "minimise", 10)
    assert (found.met.count, found.met.n) == (9, 10)
    assert round(found.met.low, 2) == 0.6


@pytest.mark.parametrize("direction", ["minimise", "maximise"])
def test_a_target_of_nothing_that_is_reached_is_met_without_a_ratio(direction):
    told = OutcomeAchieved("o", "", 0, 0, None, "", None, "unknown", 0)
    found = calculate_outcome_achievement([told], "o", direction, 0)
    assert (found.achievement, found.met.value) == (None, 1)
    assert found.reason.startswith("The target is met")
    assert outcome_status(None, is_met(0, 0, direction)) == "achieved"


FOURS_AND_FIVES = ("4", "5") * 20


def test_fours_and_fives_are_satisfied_of_five_and_not_of_ten():
    spec = Outcome("o", answers=100, important=90)
    found = {
        scale: opportunity_of(spec, [answer(each, scale=scale) for each in FOURS_AND_FIVES])
        for scale in ("1-5", "1-10")
    }
    assert (found["1-5"].satisfaction, found["1-5"].band) == (10, "overserved")
    assert (found["1-10"].satisfaction, found["1-10"].band) == (0, "extreme")


@pytest.mark.parametrize("spec", [Outcome("o", answers=100, important=90), Outcome("o", importance=9)])
def test_numbers_without_a_scale_give_no_score_and_ask_for_it(spec):
    found = opportunity_of(spec, [answer(each, scale=None) for each in FOURS_AND_FIVES])
    assert (found.score, found.satisfaction) == (None, None)
    assert found.reason.startswith("40 answers are not counted, because nobody said on which scale.")
    half = opportunity_of(spec, [answer("5", scale=each) for each in ("1-5", None) * 30])
    assert (half.n, half.satisfaction) == (30, 10), "those with a scale count"


def test_answers_on_several_scales_are_each_read_on_their_own():
    mixed = [answer(*each) for each in (("4", 1, "1-5"), ("6", 1, "1-7"), ("9", 1, "0-10"), ("satisfied", 1, None))]
    assert satisfied(mixed).value == 1
    assert ratings_of([*mixed, answer("1", 1, "1-5"), answer("3", scale=None)]) == [7.75, 8.5, pytest.approx(9.1), 1]
    assert satisfied([answer("3", scale="1-5"), answer("5", scale="1-7"), answer("8")]).value == 0


def test_whoever_was_not_asked_said_neither_yes_nor_no():
    share = said_yes([True, None, False, None, True])
    assert (share.count, share.n) == (2, 3)
    assert said_yes([None]).value is None


def test_a_rating_and_a_share_are_never_compared():
    share, rate = (
        Outcome("o", answers=100, important=80, satisfaction=5.0),
        Outcome("o", importance=8, satisfied=3, answers=9),
    )
    for spec, answers in ((share, []), (rate, []), (Outcome("o", importance=8), [answer("satisfied")] * 50)):
        found = opportunity_of(spec, answers)
        assert found.score is None
        assert "cannot be compared" in found.reason


def test_the_linear_formula_is_beside_the_clamped_one():
    found = opportunity_of(Outcome("o", importance=4, satisfaction=9), [], "linear")
    assert (found.score, found.linear, found.clamped, found.band) == (-1, -1, 4, "overserved")


# ---- painpoints and times


@pytest.mark.parametrize(("before", "after", "value"), [(8, 2, 75), (8, 8, 0), (4, 6, -50), (0, 3, None), (5, 0, 100)])
def test_effectiveness_has_a_sign_and_needs_a_before(before, after, value):
    assert effectiveness(before, after) == value


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10))))
def test_a_resolution_counts_every_record_once(pairs):
    rows = [PainpointResolved("x", "c", "d", "f", "p", *pair, None, n) for n, pair in enumerate(pairs)]
    found = aggregate_painpoint_resolution(rows, "x")
    assert found.improved + found.worse + found.unchanged + found.without_before == found.n == len(rows)
    assert (found.effectiveness is None) == all(before == 0 for before, _ in pairs)
    assert bool(found.reason) == (found.effectiveness is None)


@given(st.lists(times))
def test_times_are_ordered_and_the_open_ones_counted(rows):
    found = compute_time_to_outcome_stats(rows, "o")
    assert found.n + found.open == len(rows)
    if found.n:
        assert found.shortest <= found.p50 <= found.p75 <= found.p90 <= found.longest
    else:
        assert found.p50 is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0, 1))
def test_quantiles_are_those_of_numpy(values, share):
    import numpy as np

    assert quantile(sorted(values), share) == pytest.approx(np.quantile(values, share), rel=1e-9, abs=1e-6)


@given(
    st.recursive(
        st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    )
)
def test_plain_values_stay_what_they_are(value):
    assert as_plain(as_plain(value)) == as_plain(value)


# ---- which records an answer is made of

FROM, UNTIL = 1_000, 2_000
EACH: dict[str, tuple[Callable[..., Any], Callable[[str, str, int], Any]]] = {
    "jobs": (
        calculate_job_completion_rate,
        lambda about, who, when: JobCompletion(
            about,
            who,
            "f",
            "completed" if about == "o" and who == "p" and FROM <= when < UNTIL else "failed",
            when,
            when + 1,
        ),
    ),
    "outcomes": (
        lambda rows, about, *more: calculate_outcome_achievement(rows, about, "minimise", None, *more),
        lambda about, who, when: OutcomeAchieved(
            about, "time", 5, 1 if (about, who) == ("o", "p") and FROM <= when < UNTIL else 9, 0, "f", who, "met", when
        ),
    ),
    "painpoints": (
        aggregate_painpoint_resolution,
        lambda about, who, when: PainpointResolved(
            about, "c", "d", "f", who, 8, 1 if (about, who) == ("o", "p") and FROM <= when < UNTIL else 8, None, when
        ),
    ),
    "times": (
        compute_time_to_outcome_stats,
        lambda about, who, when: TimeToOutcome(
            about, who, "f", when, when + 1, 5.0 if (about, who) == ("o", "p") and FROM <= when < UNTIL else 500.0
        ),
    ),
}
OTHERS = [("x", "p", 1_500), ("o", "q", 1_500), ("o", "p", FROM - 1), ("o", "p", UNTIL)]


@pytest.mark.parametrize("kind", EACH)
def test_an_answer_is_made_of_the_records_of_its_subject_persona_and_days(kind):
    calculate, make = EACH[kind]
    mine = [make("o", "p", when) for when in (FROM, 1_500, UNTIL - 1)]
    want = calculate(mine, "o", "p", (FROM, UNTIL))
    for other in OTHERS:
        assert calculate([*mine, make(*other)], "o", "p", (FROM, UNTIL)) == want, other
    everybody = [*mine, make("o", "q", 1_500)]
    assert calculate(everybody, "o", None, (FROM, UNTIL)) != want
    assert calculate(everybody, "o", None, (FROM, UNTIL)) == calculate(everybody, "o")
    assert calculate([*mine, make("o", "p", 5)], "o", "p") == calculate(
        [*mine, make("o", "p", 5)], "o", "p", (None, None)
    )
