"""The SQL of every metric gives what its formula gives: values, rows used and left out, for every dimension, grain and
filter.
"""

from __future__ import annotations

import itertools
import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from data.facts.catalogue import FACTS
from data.facts.columns import Kind
from data.facts.dataset import Dataset
from data.facts.query import MetricQuery
from data.metrics.breakdown import NONE, by_group
from data.metrics.measure import rows_for
from data.metrics.registry import ISSUE_METRICS
from data.query.answer import Row, why_formula
from data.query.checked import DIMENSIONS, columns_of
from data.values.filters import Filter, Filters
from data.values.numbers import Part
from data.values.periods import Period
from tests import seeding
from tests.builders import facts as facts_of
from tests.data.metrics.test_filter_is_group import RULES, delivering
from tests.data.query.asking import ask, generated

GRAINS = ("", "day", "week", "month", "quarter", "year")
# An ordinary month, the days on which clocks change, days before anything, and days that have not begun.
PERIODS = (
    ("2026-08-03", "2026-10-11"),
    ("2025-10-20", "2025-11-02"),
    ("2026-03-23", "2026-04-05"),
    ("2020-01-01", "2020-01-31"),
    ("2026-10-25", "2026-11-20"),
)
OF_COMPANIES = (("2025-01-06", "2025-02-16"), ("2025-01-20", "2025-02-02"))


def expected(name: str, facts: Dataset, period: Period, group: str) -> dict[str, Part | tuple[Any, int, int]]:
    """What the formula gives for a step: by group, "" for none; without a group under "all"."""
    metric, asked = ISSUE_METRICS[name], MetricQuery(facts, period)
    if group:
        parts = by_group(metric, facts, period, group, 10**6).parts
        return {
            "" if each.rest and each.name == NONE else each.name: (each.value, each.used, each.left_out)
            for each in parts
        }
    if asked.start > facts.now:
        return {"all": (None, 0, 0)}
    rows = rows_for(metric, asked)
    return {"all": (metric(rows, asked), rows.used, len(rows) - rows.used)}


def nothing(name: str, facts: Dataset, period: Period) -> tuple[Any, int, int]:
    """What the formula gives without any rows."""
    metric, asked = ISSUE_METRICS[name], MetricQuery(facts, period)
    if asked.start > facts.now:
        return None, 0, 0
    return metric(rows_for(metric, asked).take(slice(0, 0)), asked), 0, 0


def equal(left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return left is right
    return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9) or (math.isnan(left) and math.isnan(right))


def compare(facts: Dataset, names: list[str], days: tuple[str, str], group: str, grain: str, where: Filters) -> int:
    """Raises AssertionError where the answer and the formulas differ; how many numbers were compared."""
    spec = {
        "metrics": names,
        "group_by": [each for each in (grain, group) if each],
        "filters": where.to_json(),
    }
    found = ask(facts, spec, *days)
    chosen = facts.narrowed(where) if where else facts
    rows: dict[tuple[int, str], Row] = {
        (each.step.number, each.keys[0] if group else "all"): each for each in found.rows
    }
    assert len(rows) == len(found.rows)
    count = 0
    for step in found.steps:
        for n, name in enumerate(names):
            if ISSUE_METRICS[name].lacking(chosen):
                continue
            wanted = expected(name, chosen, step.period, group)
            none = nothing(name, chosen, step.period)
            for key in {*wanted, *(key for number, key in rows if number == step.number)}:
                row = rows.get((step.number, key))
                what = (name, group, grain, str(step.period.first), key, where.to_json())
                value, used, left_out = wanted.get(key, none)
                assert row is not None, f"{what}: no row for {value}"
                number = row.numbers[n]
                assert equal(number.value, value), f"{what}: {number.value} instead of {value}"
                assert (number.used, number.left_out) == (used, left_out), (
                    f"{what}: {number} instead of {used, left_out}"
                )
                count += 1
    return count


def filters_for(facts: Dataset, chance: Any, count: int) -> Filters:
    """Some filters that some issues pass."""
    from data.facts.attributes import attribute

    made = []
    for field in chance.sample(["project", "type", "status", "assignee", "priority", "label", "component"], count):
        names = attribute(facts.tables, field).names
        op = chance.choice(["in", "not_in", "contains", "starts_with", "is_null", "not_null"])
        picked = chance.sample(list(names), min(2, len(names))) if names else ["x"]
        if op in ("contains", "starts_with"):
            picked = [each[:2] or "x" for each in picked]
        made.append(Filter(field, op, tuple(picked)))
    return Filters(tuple(made))


def test_every_metric_has_its_sql_or_says_why_it_has_none():
    for metric in ISSUE_METRICS.values():
        assert (metric.sql is None) == bool(metric.not_sql), metric.name
    in_sql = [name for name, each in ISSUE_METRICS.items() if not why_formula(each, generated(), ())]
    assert len(in_sql) >= 25


@pytest.mark.seeded
def test_sql_gives_what_the_formulas_give_on_the_generated_company():
    chance, facts, count = seeding.dice(1), generated(), 0
    names = list(ISSUE_METRICS)
    cases = list(itertools.product(["", *DIMENSIONS], GRAINS, PERIODS))
    for group, grain, days in chance.sample(cases, min(len(seeding.numbers(24)), len(cases))):
        if group and group not in ("project", "type", "status", "assignee", "priority", "component", "label"):
            continue
        if (group and grain == "day") or group == "label":
            days = (days[0], str(date.fromisoformat(days[0]) + timedelta(days=6)))
        where = filters_for(facts, chance, chance.choice([0, 0, 1, 2]))
        count += compare(facts, chance.sample(names, 6), days, group, grain, where)
    assert count > 200


@pytest.mark.seeded
@pytest.mark.parametrize("seed", seeding.numbers(8))
def test_sql_gives_what_the_formulas_give_on_random_companies(seed):
    chance = seeding.dice(seed)
    rules = chance.choice(RULES)
    facts = company(seed, rules)
    groups = ("", "project", "type", "status", "assignee", "priority", "component", "label", "sprint", "board", "team")
    for group in chance.sample(groups, 4):
        where = filters_for(facts, chance, chance.choice([0, 0, 1, 2]))
        grain = chance.choice(GRAINS[1:]) if not group else chance.choice(("", "", "week", "month"))
        compare(facts, chance.sample(list(ISSUE_METRICS), 6), chance.choice(OF_COMPANIES), group, grain, where)


def company(seed: int, rules: dict[str, Any]) -> Dataset:
    made = delivering(seed)
    return facts_of(made.tables(), now="2025-02-20", **rules)


@pytest.mark.torture
@pytest.mark.parametrize("name", ISSUE_METRICS)
def test_sql_gives_what_the_formulas_give_everywhere(name):
    facts = generated()
    groups = ("", "project", "type", "status", "assignee", "priority", "component", "label")
    for group, grain, days in itertools.product(groups, ("day", "week", "month"), PERIODS[:4]):
        compare(facts, [name], days, group, grain, Filters())


@pytest.mark.parametrize("rule", ["linear", "nearest_rank"])
def test_percentiles_follow_the_definition(rule):
    facts = generated(percentile=rule)
    names = ["flow_time", "lead_time_p90", "lead_time_p50", "hours_to_first_comment"]
    assert compare(facts, names, PERIODS[0], "type", "month", Filters()) > 40


def test_metrics_of_different_grain_do_not_multiply_each_other():
    facts = generated()
    names = ["flow_velocity", "comment_count", "created", "wip", "deployment_frequency", "flow_time"]
    together = ask(facts, {"metrics": names, "group_by": ["project", "month"]}, *PERIODS[0])
    for n, name in enumerate(names):
        alone = ask(facts, {"metrics": [name], "group_by": ["project", "month"]}, *PERIODS[0])
        by_key = {(row.step.number, row.keys): row.numbers[0] for row in alone.rows}
        for row in together.rows:
            assert row.numbers[n] == by_key.get((row.step.number, row.keys), row.numbers[n])
        assert sum(row.numbers[n].used for row in together.rows) == sum(row.numbers[0].used for row in alone.rows)


def test_a_combination_of_groups_is_what_filters_give():
    facts = generated()
    for name in ("flow_velocity", "flow_time", "wip", "deployment_frequency", "reopen_rate", "blocked_hours"):
        found = ask(facts, {"metrics": [name], "group_by": ["project", "component"]}, *PERIODS[0])
        assert found.rows
        for row in seeding.dice(5).sample(found.rows, min(4, len(found.rows))):
            one, two = (
                Filter(field, "in", (key,)) if key else Filter(field, "is_null")
                for field, key in zip(("project", "component"), row.keys, strict=True)
            )
            wanted = expected(name, facts.narrowed(Filters((one, two))), row.step.period, "")["all"]
            assert equal(row.numbers[0].value, wanted[0]), (name, row)
            assert (row.numbers[0].used, row.numbers[0].left_out) == wanted[1:], (name, row)


def test_what_is_compared_with_is_the_same_number_of_those_days():
    facts = generated()
    names = ["flow_velocity", "flow_time", "blocked_hours", "wip"]
    found = ask(
        facts, {"metrics": names, "group_by": ["week", "type"], "compare": "previous"}, "2026-09-07", "2026-09-27"
    )
    assert [str(each.period.first) for each in found.steps if not each.shown] == [
        "2026-08-17",
        "2026-08-24",
        "2026-08-31",
    ]
    by_number = {each.number: each for each in found.steps}
    for row in found.rows:
        for n, name in enumerate(names):
            period = by_number[row.step.before].period
            wanted = expected(name, facts, period, "type").get(row.keys[0], nothing(name, facts, period))
            assert equal(row.numbers[n].before, wanted[0]), (name, row)


AGGREGATES = {
    "sum": np.sum, "avg": np.mean, "min": np.min, "max": np.max, "median": np.median,
    "p75": lambda each: np.percentile(each, 75), "p85": lambda each: np.percentile(each, 85),
    "p90": lambda each: np.percentile(each, 90), "p95": lambda each: np.percentile(each, 95),
    "count": len, "count_distinct": lambda each: len(np.unique(each)),
}  # a table: kept in its rows  # fmt: skip


@pytest.mark.parametrize("name", FACTS)
def test_an_own_measure_is_what_numpy_gives_of_the_used_rows(name):
    facts, fact = generated(), FACTS[name]
    asked = MetricQuery(facts, Period(date(2026, 8, 3), date(2026, 10, 11), facts.zone))
    rows = facts.once(fact.rows).between(asked.start, asked.end)
    wanted: list[tuple[dict[str, Any], float | None]] = [
        ({"name": "n", "fact": name, "agg": "count"}, float(rows.used))
    ]
    for column in columns_of(fact).values():
        values = rows[column.name]
        if column.kind is Kind.FLAG:
            share = 100 * float(np.mean(values)) if len(values) else None
            wanted.append(({"name": "n", "fact": name, "column": column.name, "agg": "share"}, share))
        elif column.kind is not Kind.TEXT:
            values = values.astype(float) / (3.6e9 if column.kind is Kind.DURATION else 1)
            values = values[~np.isnan(values)]
            for agg, work in AGGREGATES.items():
                value = float(work(values)) if len(values) else 0.0 if agg.startswith("count") else None
                wanted.append(({"name": "n", "fact": name, "column": column.name, "agg": agg}, value))
    for start in range(0, len(wanted), 6):
        some = [({**measure, "name": f"n{n}"}, value) for n, (measure, value) in enumerate(wanted[start : start + 6])]
        found = ask(facts, {"metrics": [measure for measure, _ in some]}, "2026-08-03", "2026-10-11")
        for (measure, value), number in zip(some, found.rows[0].numbers, strict=True):
            # Of no rows the count is 0, and nothing else has a value.
            assert equal(number.value, value) or (value == 0 and number.value is None), (measure, number, value)
