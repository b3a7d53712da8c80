"""Metrics of jobs in the catalogue: what each says of itself, and its worked example."""

from __future__ import annotations

import doctest

import pytest

from data.metrics import CATALOG, ISSUE_METRICS, JOB_METRICS
from data.metrics.catalogue import AGGREGATIONS, metric_families
from data.metrics.jobs import Example, example_job, example_outcome, example_painpoint
from data.services.catalogue import entry_of
from data.services.numbers import family_code, family_of, named
from data.values.errors import NotThere
from data.values.families import FAMILIES, JOBS, MEASURED

every = pytest.mark.parametrize("name", JOB_METRICS)


def test_the_catalogue_holds_metrics_of_issues_and_of_jobs():
    assert set(CATALOG) == set(ISSUE_METRICS) | set(JOB_METRICS)
    assert not set(ISSUE_METRICS) & set(JOB_METRICS)
    assert JOB_METRICS and {family_of(name) for name in JOB_METRICS} == {JOBS}


def test_the_families_with_a_question_are_those_that_have_metrics():
    assert metric_families() == MEASURED == tuple(name for name in FAMILIES if FAMILIES[name].question)


@every
def test_it_says_what_it_is(name):
    metric = JOB_METRICS[name]
    assert metric.title and metric.unit and metric.tags and metric.nothing.endswith(".")
    assert metric.aggregation in AGGREGATIONS
    assert metric.summary.endswith((".", "20."))
    assert metric.formula_words
    assert not entry_of(metric).by_issues


@every
def test_its_worked_example_holds(name):
    metric = JOB_METRICS[name]
    names = {name: metric, "Example": Example, "example_job": example_job, "example_outcome": example_outcome}
    names |= {"example_painpoint": example_painpoint}
    found = doctest.DocTestParser().get_doctest(metric.help, names, name, None, 0)
    assert found.examples
    assert doctest.DocTestRunner().run(found).failed == 0


@every
def test_without_rows_it_has_no_value(name):
    assert JOB_METRICS[name](Example()).value is None


def test_rows_that_are_left_out_have_a_reason():
    rows = Example(outcomes=[example_outcome(1, 2, score=9.0), example_outcome(unjudged=3), example_outcome()])
    assert JOB_METRICS["outcome_achievement"](rows).exclusions == {"no target": 3}
    assert JOB_METRICS["opportunity_score"](rows).exclusions == {"no score": 2}


def test_achievement_is_the_share_of_measurements_that_met_their_target():
    rows = Example(outcomes=[example_outcome(9, 10), example_outcome(0, 1)])
    made = JOB_METRICS["outcome_achievement"](rows)
    assert made.value == pytest.approx(100 * 9 / 11)
    assert (made.used, made.details["counted"]) == (11, [9, 11])
    low, high = made.details["interval"]
    assert (low, high) == pytest.approx(made.estimate.interval(0.95))


def test_single_issues_behind_it_are_refused_in_words():
    with pytest.raises(NotThere, match="records of jobs"):
        named("job_completion_rate")


def test_its_code_is_part_of_the_cache_key(monkeypatch):
    from data.services import numbers

    modules = []
    monkeypatch.setattr(numbers, "code_version", lambda names: modules.append(set(names)) or "x")
    family_code.__wrapped__(JOBS)
    assert {JOB_METRICS[name].module for name in JOB_METRICS} < modules[0]
    assert "data.jtbd.picture" in modules[0]
