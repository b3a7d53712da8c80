"""The dashboard's data, and jtbd-metrics.json (J-06, J-07)."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.jtbd import library, pages
from data.jtbd.cards import shown
from data.jtbd.dashboard import built, generate_dashboard_data
from data.jtbd.inputs import Bound, RecordSelection, Reported
from data.jtbd.kept_specs import kept_specs
from data.jtbd.picture import picture
from data.jtbd.specs import Job, Outcome, Painpoint, Persona, Specs
from data.metrics.registry import JOB_METRICS
from data.metrics.verdicts import compared
from data.settings.operation import JtbdSettings
from data.store.record_store import RecordStore
from data.values.intervals import Rate
from data.values.records import (
    JobCompletion,
    OutcomeAchieved,
    PainpointResolved,
    Records,
    TimeToOutcome,
    UserSatisfaction,
    complete,
)
from sample.jobs import ExampleJobs, example_records
from ui.tabs.jobs_tables import trend

EXAMPLES = Path(__file__).parents[3] / "examples" / "jtbd"
SPECS = Specs(
    jobs={"buy": Job("buy", "Buy"), "sell": Job("sell", "Sell")},
    outcomes={
        "fast": Outcome("fast", "Fast", job="buy", direction="minimise", target=10, importance=9, satisfaction=3)
    },
    personas={"ann": Persona("ann", "Ann the first")},
    painpoints={"fees": Painpoint("fees", "Fees", job="buy", severity=8)},
)
DONE = JobCompletion("buy", "Ann the first", "cart", "completed", 100, 1_000_100, 1.0)


def records(**parts) -> Records:
    return Records(**{name: [complete(each) for each in rows] for name, rows in parts.items()})


def test_a_row_for_each_spec_and_for_each_stranger():
    found = picture(records(jobs=[DONE, DONE._replace(job_id="steal")]), SPECS)
    assert [(row.job_id, row.in_specs, row.tracked) for row in found.jobs] == [
        ("buy", True, 1),
        ("sell", True, 0),
        ("steal", False, 1),
    ]
    assert found.jobs[1].completion.value is None
    assert found.quality[3].todo == "Not in the specs: steal."


TWO = RecordSelection(10, 20, 0)
BETTER = compared("days", True, (8.0, Rate(8)), (120.0, Rate(120)))


def test_periods_are_half_open_and_compared():
    rows = [
        DONE._replace(started_at=n, completed_at=None, status=status)
        for n, status in ((0, "failed"), (10, "completed"), (19, "completed"), (20, "failed"))
    ]
    found = picture(records(jobs=rows), SPECS, RecordSelection(10, 20, 0))
    assert (found.jobs[0].tracked, found.jobs[0].completion.value, found.jobs[0].previous_rate) == (2, 1.0, 0.0)


def test_a_persona_by_id_or_title_and_a_job():
    rows = records(jobs=[DONE, DONE._replace(persona="bob", job_id="sell")], outcomes=[])
    for name in ("ann", "Ann the first", "ANN THE FIRST"):
        assert generate_dashboard_data(rows, SPECS, RecordSelection(persona=name))["summary"]["total_jobs"] == 1
    found = picture(rows, SPECS, RecordSelection(job="sell"))
    assert [row.job_id for row in found.jobs] == ["sell"]
    assert found.outcomes == []
    assert [row.outcome_id for row in picture(rows, SPECS, RecordSelection(job="Buy")).outcomes] == ["fast"]


def test_a_trend_knows_which_way_is_better():
    told = OutcomeAchieved("fast", "time", 10, 20, None, "cart", "ann", "unknown", 5)
    rows = [
        told._replace(actual_value=value + n % 2, measured_at=when)
        for value, when in ((9.5, 15), (19.5, 5))
        for n in range(10)
    ]
    [row] = picture(records(outcomes=rows), SPECS, RecordSelection(10, 20, 0)).outcomes
    assert (row.actual, row.previous_actual, row.achievement, row.previous_achievement) == (10, 20, 100, 50)
    assert (row.trend_direction, row.trend_percentage, row.trend_verdict) == ("down", -50, "better")
    assert (row.met.count, row.met.n) == (5, 10)


def test_a_few_measurements_say_nothing_of_a_change():
    told = OutcomeAchieved("fast", "time", 10, 20, None, "cart", "ann", "unknown", 5)
    rows = records(outcomes=[told, told._replace(actual_value=10, measured_at=15)])
    [row] = picture(rows, SPECS, RecordSelection(10, 20, 0)).outcomes
    assert (row.trend_direction, row.trend_percentage, row.trend_verdict) == ("down", -50, "cannot_tell")
    assert "Fewer than 5" in row.trend_reason and row.trend_reason in str(trend(row))


def test_nothing_is_compared_with_a_period_that_is_not_wholly_known():
    told = OutcomeAchieved("fast", "time", 10, 20, None, "cart", "ann", "unknown", 5)
    rows = records(outcomes=[told, told._replace(actual_value=10, measured_at=15)], jobs=[DONE._replace(started_at=5)])
    why = {"outcome": "No change is given: the first record is of 3 Oct 2026.", "job": "x"}
    found = picture(rows, SPECS, RecordSelection(10, 20, 0, uncovered=why))
    row = found.outcomes[0]
    assert (row.previous_actual, row.trend_direction, row.trend_reason) == (None, None, why["outcome"])
    assert found.jobs[0].previous_rate is None
    assert why["outcome"] in str(trend(row))


def test_what_jira_measures_wins_over_records():
    told = OutcomeAchieved("fast", "time", 10, 99, None, "cart", "ann", "unknown", 5)
    found = picture(
        records(outcomes=[told]), SPECS, TWO, bound={"fast": Bound("flow_time", 8.0, 12.0, 7, change=BETTER)}
    )
    row = found.outcomes[0]
    assert (row.actual, row.achievement, row.source, row.metric, row.n) == (8.0, 125, "jira", "flow_time", 7)
    assert row.trend_verdict == "better"
    missing = picture(records(), SPECS, bound={"fast": Bound("flow_time", None, reason="Not mapped.")}).outcomes[0]
    assert (missing.achievement, missing.reason) == (None, "Not mapped.")


@pytest.mark.parametrize(
    ("target", "measured", "headline"),
    [(10, [0] * 9 + [20], "9 of 10 met"), (0, [0], "1 of 1 met"), (0, [0, 1], "1 of 2 met"), (5, [6], "0 of 1 met")],
)
def test_the_headline_of_achievement_is_in_how_many_measurements_the_target_was_met(target, measured, headline):
    told = OutcomeAchieved("fast", "time", 99, 0, None, "cart", "ann", "unknown", 5)
    specs = Specs(outcomes={"fast": Outcome("fast", direction="minimise", target=target)})
    found = picture(records(outcomes=[told._replace(actual_value=each) for each in measured]), specs)
    metric = JOB_METRICS["outcome_achievement"]
    made = metric(found)
    assert " ".join(shown(metric, made)) == headline
    assert made.value == pytest.approx(100 * found.summary["met_rate"])
    low, high = made.details["interval"]
    assert low <= made.value <= high


def test_what_jira_measures_is_one_measurement():
    for actual, met in ((8.0, (1, 1)), (10.0, (1, 1)), (12.0, (0, 1))):
        [row] = picture(records(), SPECS, bound={"fast": Bound("flow_time", actual, n=7)}).outcomes
        assert (row.met.count, row.met.n) == met


def test_why_jira_says_no_change_is_said():
    bound = Bound("flow_time", 8.0, n=7, why_no_change="No change is given: the last sync was on 3 Oct 2026.")
    [row] = picture(records(), SPECS, TWO, bound={"fast": bound}).outcomes
    assert (row.trend_verdict, row.trend_reason) == (None, bound.why_no_change)


def test_an_outcome_that_no_spec_knows_has_no_direction():
    told = OutcomeAchieved("odd", "time", 10, 5, None, "cart", "ann", "unknown", 5)
    row = next(row for row in picture(records(outcomes=[told]), SPECS).outcomes if row.outcome_id == "odd")
    assert (row.achievement, row.reason) == (None, "No spec says whether less or more is better.")


def test_days_of_delivery_are_not_mixed_with_seconds_of_people():
    issue = DONE._replace(started_at=5, completed_at=None, duration_seconds=400_000.0, source="jira")
    row = picture(records(jobs=[DONE, issue]), SPECS).jobs[0]
    assert (row.median_seconds, row.tracked, row.from_jira, row.without_duration) == (1.0, 2, 1, 0)
    assert picture(records(jobs=[issue]), SPECS).jobs[0].median_seconds == 400_000


def test_quality_says_how_far_to_trust_it():
    rows = records(
        jobs=[DONE, DONE._replace(started_at=7, completed_at=None, duration_seconds=None)],
        painpoints=[
            PainpointResolved("fees", "", "", "cart", "ann", 8, 2, None, 5),
            PainpointResolved("fees", "", "", "cart", "ann", 8, 9, None, 6),
        ],
    )
    found = picture(rows, SPECS, reported={"fees": Reported(3, 1)})
    assert [(row.count, row.of) for row in found.quality] == [(1, 2), (0, 1), (2, 5), (4, 4)]


def test_painpoints_times_and_answers():
    rows = records(
        painpoints=[PainpointResolved("fees", "", "", "cart", "ann", 8, 2, None, 5)],
        times=[TimeToOutcome("fast", "ann", "cart", 0, 5_000_000), TimeToOutcome("fast", "ann", "cart", 1)],
        satisfaction=[
            UserSatisfaction("fast", "cart", "ann", level, True, False, 3, None, n, scale="1-10")
            for n, level in enumerate(("satisfied", "neutral", "9", "4"))
        ],
    )
    found = picture(rows, SPECS)
    assert (found.painpoints[0].before, found.painpoints[0].after, found.painpoints[0].effectiveness) == (8, 2, 75)
    assert (found.times[0].n, found.times[0].open, found.times[0].p50) == (1, 1, 5.0)
    told = found.satisfaction[0]
    assert (told.satisfied.value, told.satisfied.enough, told.mean_rating, told.ratings) == (0.5, False, 6.5, 2)
    assert (told.met_expectations.value, told.would_recommend.value, told.mean_effort) == (1.0, 0.0, 3)


def test_nothing_at_all_is_no_error():
    data = generate_dashboard_data(Records(), Specs())
    assert data["jobs"] == data["outcomes"] == []
    assert data["summary"]["completion_rate"] is None
    json.dumps(data, allow_nan=False)


# ---- jtbd-metrics.json


@pytest.fixture
def example(tmp_path):
    store = RecordStore(tmp_path / "jobs.db")
    library.sync(store, EXAMPLES, 1)
    yield kept_specs(store), example_records(EXAMPLES, 1_800_000_000_000_000)
    store.close()


def test_equal_inputs_give_equal_bytes_in_whatever_order_they_came(example):
    specs, told = example
    first = built(told, specs)
    mixed = Records(*(random.Random(n).sample(list(part), len(part)) for n, part in enumerate(told)))  # noqa: S311
    turned = Specs(
        **{
            f"{kind}s": dict(reversed(specs.of(kind).items()))
            for kind in ("job", "outcome", "persona", "painpoint", "force")
        }
    )
    assert built(mixed, specs) == first
    assert json.loads(built(mixed, turned))["summary"] == json.loads(first)["summary"]
    assert json.loads(first)["summary"]["total_jobs"] == len(told.jobs)


def test_other_inputs_give_other_bytes(example):
    specs, told = example
    first = json.loads(built(told, specs))
    fewer = json.loads(built(told._replace(jobs=told.jobs[1:]), specs))
    outcome = replace(specs.outcomes["out-time-to-pay"], target=61)
    other = json.loads(built(told, replace(specs, outcomes={**specs.outcomes, outcome.id: outcome})))
    assert first["inputs"]["records"] != fewer["inputs"]["records"]
    assert first["inputs"]["specs"] == fewer["inputs"]["specs"] != other["inputs"]["specs"]


def test_two_storages_with_the_same_content_build_the_same(tmp_path):
    def storage(name: str) -> ExampleJobs:
        return ExampleJobs(tmp_path / name, EXAMPLES, JtbdSettings(), lambda: datetime(2026, 10, 31, tzinfo=UTC))

    assert storage("a").build() == storage("b").build()


def test_both_formulas_are_in_the_dashboard(example):
    specs, told = example
    rows = generate_dashboard_data(told, specs, formula="linear")["outcomes"]
    over = next(row for row in rows if row["outcome_id"] == "out-statement-errors")["opportunity"]
    assert over["score"] == over["linear"] < over["clamped"]
    assert "out-statement-errors" in pages.csv_metrics(generate_dashboard_data(told, specs))


def test_the_example_ends_now(example):
    _, told = example
    ends = [max(each.started_at, each.completed_at or 0) for each in told.jobs] + [
        each.recorded_at for each in told.satisfaction
    ]
    assert max(ends) == 1_800_000_000_000_000
