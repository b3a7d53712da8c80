"""Every spec, sensible or hostile, ends in an answer or in an error that names the field; what runs is one SELECT over
tables of the catalogue, and each value is a parameter.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from data.facts.catalogue import FACTS
from data.metrics.registry import CATALOG, ISSUE_METRICS
from data.query.answer import Answered
from data.query.checked import DIMENSIONS, check, days
from data.query.problems import BadSpec
from data.query.reading import read, read_json
from data.query.spec import AGGREGATES, GRAINS, AnalyticsSpec
from data.values.filters import OPS
from tests import seeding
from tests.data.query.asking import ask, generated

GOOD = {"metrics": ["closed"]}
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({}, "metrics", "needed"),
    ({"metrics": []}, "metrics", "at least 1"),
    ({"metrics": ["closd"]}, "metrics.0", "closed"),
    ({"metrics": ["closed"] * 2}, "metrics", "twice"),
    ({"metrics": ["closed", 3]}, "metrics.1", ""),
    ({"metrics": [{"name": "n", "fact": "closed"}]}, "metrics.0.agg", "needed"),
    ({"metrics": [{"name": "n", "fact": "close", "agg": "count"}]}, "metrics.0.fact", "closed"),
    ({"metrics": [{"name": "n", "fact": "lead_times", "agg": "sum"}]}, "metrics.0.column", "column"),
    ({"metrics": [{"name": "n", "fact": "lead_times", "column": "day", "agg": "sum"}]}, "metrics.0.column", "days"),
    ({"metrics": [{"name": "n", "fact": "lead_times", "column": "days", "agg": "p99"}]}, "metrics.0.agg", "p95"),
    ({"metrics": [{"name": "n", "fact": "lead_times", "column": "days", "agg": "share"}]}, "metrics.0.agg", "flag"),
    ({"metrics": [{"name": "closed", "fact": "closed", "agg": "count"}]}, "metrics.0.name", "another"),
    ({"metrics": [{"name": "Bad name", "fact": "closed", "agg": "count"}]}, "metrics.0.name", ""),
    ({**GOOD, "group": ["type"]}, "group", "group_by"),
    ({**GOOD, "group_by": ["asignee"]}, "group_by.0", "assignee"),
    ({**GOOD, "group_by": ["day", "week"]}, "group_by", "one grain"),
    ({**GOOD, "group_by": ["type", "type"]}, "group_by", "twice"),
    ({**GOOD, "filters": [{"field": "typ", "value": "Bug"}]}, "filters.0.field", "type"),
    ({**GOOD, "filters": [{"field": "type", "op": "equals", "value": "Bug"}]}, "filters.0.op", ""),
    ({**GOOD, "filters": [{"field": "type", "op": "lt", "value": "Bug"}]}, "filters.0", "cannot"),
    ({**GOOD, "filters": [{"field": "type", "value": 3}]}, "filters.0.value", "texts"),
    ({**GOOD, "filters": [{"field": "type", "op": "in", "value": []}]}, "filters.0", "no value"),
    ({**GOOD, "filters": {"type": "Bug"}}, "filters", ""),
    ({**GOOD, "dates": {"preset": "60d"}}, "dates.preset", "90d"),
    ({**GOOD, "dates": {"relative": "lastmonth"}}, "dates.relative", "last_month"),
    ({**GOOD, "dates": {"until": "2026-01-01"}}, "dates.until", ""),
    ({**GOOD, "compare": "previus"}, "compare", "previous"),
    ({**GOOD, "sort_by": [{"field": "created"}]}, "sort_by.0.field", "closed"),
    ({**GOOD, "sort_by": [{"field": "closed", "direction": "down"}]}, "sort_by.0.direction", ""),
    ({**GOOD, "limit": 0}, "limit", "1"),
    ({**GOOD, "limit": 1001}, "limit", "1,000"),
    ({**GOOD, "limit": "many"}, "limit", ""),
    ({"metrics": ["job_completion_rate"], "group_by": ["type"]}, "metrics.0", "jobs"),
]


@pytest.mark.parametrize(("spec", "field", "hint"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_an_error_names_the_field_and_what_is_right(spec, field, hint):
    with pytest.raises(BadSpec) as caught:
        check(read(spec))
    assert caught.value.field == field and str(caught.value).startswith(f"{field}: ")
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "{", '"x"', "[" * 50_000, "x" * 100_001, b"\xff\xfe", '{"metrics": NaN}']
)
def test_what_is_no_spec_is_refused(text):
    with pytest.raises(BadSpec):
        read_json(text)


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        ({"preset": "7d", "from": "2026-01-01", "to": "2026-01-31"}, "dates"),
        ({"relative": "today", "preset": "7d"}, "dates"),
        ({"to": "2026-01-31"}, "dates.from"),
        ({"from": "2026-02-30", "to": "2026-03-01"}, "dates.from"),
        ({"from": "2026-02-01", "to": "soon"}, "dates.to"),
    ],
)
def test_days_are_said_once_and_exist(dates, field):
    from datetime import date

    with pytest.raises(BadSpec) as caught:
        days(read({**GOOD, "dates": dates}).dates, date(2026, 11, 28))
    assert caught.value.field == field


def test_the_schema_is_published_and_closed():
    schema = AnalyticsSpec.model_json_schema(by_alias=True)
    assert schema["additionalProperties"] is False and schema["required"] == ["metrics"]
    assert set(schema["$defs"]) == {"Dates", "Measure", "Sort", "SpecFilter"}
    assert schema["$defs"]["Dates"]["properties"].keys() == {"preset", "from", "to", "relative"}
    assert json.dumps(schema)


HOSTILE = (
    "'; DROP TABLE closed; --", "closed\" OR 1=1", "read_csv('/etc/passwd')", "$1", "\x00", "\ud83d", "💥" * 400, "",
    "%", "\\", "/etc/passwd", "http://127.0.0.1/", "select 1", "duckdb_settings()", "closed; attach 'x.db'", "Bug",
)  # a table: kept in its rows  # fmt: skip
FIELDS = [*AnalyticsSpec.model_fields, "extra"]


def word(chance: random.Random, right: Any) -> str:
    """A right name mostly, else something else."""
    return chance.choice(list(right)) if chance.random() < 0.97 else chance.choice(HOSTILE)


def condition(chance: random.Random, fields: Any) -> Any:
    if chance.random() < 0.6:
        return {"field": word(chance, fields), "op": chance.choice(["in", "eq", "ne"]), "value": chance.choice(HOSTILE)}
    value = chance.choice(
        [chance.choice(HOSTILE), "Bug", None, 3, 1.5e308, True, ["Bug", None], [], {"a": 1}, ["x"] * 3]
    )
    return {"field": word(chance, fields), "op": word(chance, OPS), "value": value}


def measure(chance: random.Random) -> Any:
    fact = FACTS[chance.choice(list(FACTS))]
    columns = [each.name for each in fact.columns]
    return {
        "name": word(chance, ["n", "m"]),
        "fact": word(chance, [fact.name]),
        "column": word(chance, [*columns]) if chance.random() < 0.8 else None,
        "agg": word(chance, AGGREGATES),
        "filters": [condition(chance, columns) for _ in range(chance.choice([0, 0, 0, 1, 2]))],
    }


def random_spec(chance: random.Random) -> Any:
    """A spec that is right in most of its parts."""
    made = chance.randint(1, 3)
    metrics: list[Any] = [word(chance, CATALOG) if chance.random() < 0.8 else measure(chance) for _ in range(made)]
    spec: dict[str, Any] = {"metrics": metrics}
    if chance.random() < 0.7:
        dimensions = ["project", "type", "status", "assignee", "priority", "component", "label", *GRAINS[1:]]
        spec["group_by"] = [word(chance, dimensions) for _ in range(chance.choice([1, 1, 1, 2]))]
    if chance.random() < 0.5:
        spec["filters"] = [condition(chance, DIMENSIONS) for _ in range(chance.randint(1, 2))]
    if chance.random() < 0.3:
        spec["sort_by"] = [
            {"field": word(chance, [str(metrics[0]), "type"]), "direction": word(chance, ["asc", "desc"])}
        ]
    if chance.random() < 0.3:
        spec["compare"] = word(chance, ["none", "previous", "same_last_year"])
    if chance.random() < 0.3:
        spec["limit"] = chance.choice([1, 5, 100, 1_000, 1_000, 0, -1, 10**9, "5", None, 2.5])
    if chance.random() < 0.05:
        spec[chance.choice(FIELDS)] = chance.choice([None, 3, "x", [[]], {"a": {}}, [None], True])
    return spec


def texts_in(spec: Any) -> set[str]:
    """Every text of a spec that is a value, not a name that the model or the catalogue knows."""
    return {
        each for each in HOSTILE if len(each) > 3 and each != "Bug" and each in json.dumps(spec, ensure_ascii=False)
    }


def must_be_one_select(found: Answered, spec: Any) -> None:
    """Raises AssertionError where the text is anything but one SELECT over tables of the catalogue."""
    if found.statement is None:
        return
    text = found.statement.text
    trees = sqlglot.parse(text, read="duckdb")
    assert len(trees) == 1 and isinstance(trees[0], exp.Select), text
    tree = trees[0]
    own = {each.alias for each in tree.find_all(exp.CTE)}
    known = {*FACTS, *DIMENSIONS, *(f"{fact}_by_{field}" for fact in FACTS for field in DIMENSIONS)}
    read_tables = {each.name for each in tree.find_all(exp.Table)}
    assert read_tables <= known | own, read_tables - known - own
    assert "NUMERIC" not in text, "DuckDB keeps three digits of a NUMERIC"
    values = [
        each for each in tree.find_all(exp.Literal) if not isinstance(each.parent, exp.Parameter | exp.Placeholder)
    ]
    assert not values, [str(each) for each in values]
    assert not list(tree.find_all(exp.Insert, exp.Update, exp.Delete, exp.Drop, exp.Command, exp.Create))
    assert not [each for each in texts_in(spec) if each in text]


def try_spec(number: int) -> bool:
    """Whether a random spec is answered; else its error names a field."""
    chance = seeding.dice(f"spec {number}")
    spec = random_spec(chance)
    try:
        found = ask(generated(200), spec, "2026-08-03", "2026-10-11")
    except BadSpec as error:
        top = error.field.partition(".")[0]
        assert top in FIELDS or top in spec, (spec, error)
        assert str(error).startswith(error.field) and len(str(error)) < 3_000
        return False
    must_be_one_select(found, spec)
    assert len(found.rows) <= spec.get("limit", 100_000)
    return True


@pytest.mark.seeded
def test_random_specs_end_in_an_answer_or_an_error_that_names_the_field():
    answered = [try_spec(number) for number in seeding.numbers(160, times=1)]
    assert 0.2 < sum(answered) / len(answered) < 0.95


@pytest.mark.torture
def test_ten_thousand_random_specs_end_in_an_answer_or_an_error():
    answered = [try_spec(number) for number in range(10_000)]
    assert 2_000 < sum(answered) < 9_500


@pytest.mark.parametrize("name", [name for name, each in ISSUE_METRICS.items() if each.sql])
def test_the_sql_of_each_metric_is_one_select_without_a_value_in_it(name):
    spec = {
        "metrics": [name],
        "group_by": ["week", "type"],
        "filters": [{"field": "priority", "op": "ne", "value": "x'y"}],
    }
    must_be_one_select(ask(generated(200), {**spec, "compare": "previous"}, "2026-09-01", "2026-09-30"), spec)
