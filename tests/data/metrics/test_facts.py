"""Facts hold what they declare: every column, its type, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from data.facts.catalogue import FACTS
from data.facts.columns import Column, Kind, Subject, dtype_of, fact
from data.facts.examples import empty_tables
from data.metrics.registry import ISSUE_METRICS
from data.tables.tidy import Tables
from sample.tables import tidy
from tests.builders import facts as dataset
from tests.builders import site
from tests.data.metrics.sites import dora_sites, flow_sites


def mismatches(tables: Tables, now: int, **rules: Any) -> dict[str, str]:
    """fact → how its rows differ from what it declares."""
    found = dataset(tables, now=now, **rules)
    return {name: wrong for name, each in FACTS.items() if (wrong := each.mismatch(each.rows(found)))}


def test_facts_of_a_large_site_hold_what_they_declare():
    tables = tidy(600, 3)
    assert mismatches(tables, int(tables.as_of or 0)) == {}
    filled = [name for name, each in FACTS.items() if len(each.rows(dataset(tables, now=int(tables.as_of or 0))))]
    assert len(filled) > len(FACTS) * 0.6, "the site is made to fill most facts"


def test_facts_of_an_empty_site_hold_what_they_declare():
    assert mismatches(empty_tables(), 1_700_000_000_000_000) == {}


@settings(max_examples=30, deadline=None)
@given(flow_sites())
def test_facts_of_any_flow_site_hold_what_they_declare(place: dict[str, Any]):
    assert mismatches(site(*place["items"], zone=place["zone"], mapped=place["mapped"]), place["now"]) == {}


@settings(max_examples=30, deadline=None)
@given(dora_sites())
def test_facts_of_any_dora_site_hold_what_they_declare(place: dict[str, Any]):
    tables = site(*place["items"], zone=place["zone"], versions=place["versions"], mapped=place["mapped"])
    assert mismatches(tables, place["now"]) == {}


@pytest.mark.parametrize("metric", ISSUE_METRICS.values(), ids=list(ISSUE_METRICS))
def test_every_metric_reads_a_declared_fact(metric):
    assert metric.rows in [each.rows for each in FACTS.values()]


def test_a_column_says_its_type_and_what_it_means():
    for each in FACTS.values():
        assert each.title and each.at and each.row and each.subjects
        for column in each.columns:
            assert column.meaning[0].islower() or column.meaning[0].isdigit() or column.meaning.startswith("Feature")
            assert (column.kind in (Kind.NUMBER, Kind.DURATION)) <= bool(column.unit), (each.name, column.name)


def test_a_difference_is_told(monkeypatch):
    tables = tidy(60, 3)
    rows = FACTS["created"].rows(dataset(tables, now=int(tables.as_of or 0)))
    del rows.columns["completed"]  # type: ignore[attr-defined]
    assert FACTS["created"].mismatch(rows) == "declared, but not there: completed"
    rows.columns["completed"] = rows.columns["started"] > 0  # type: ignore[index]
    assert FACTS["created"].mismatch(rows) == "completed is bool"
    rows.columns["other"] = rows.columns["started"]  # type: ignore[index]
    assert FACTS["created"].mismatch(rows) == "there, but not declared: other"


def test_rows_about_a_kind_of_thing_that_is_not_declared_are_told():
    tables = tidy(60, 3)
    rows = FACTS["created"].rows(dataset(tables, now=int(tables.as_of or 0)))
    kinds = rows.subjects.kind.copy()
    kinds[0] = Subject.VERSION
    assert FACTS["created"].mismatch(replace(rows, subjects=replace(rows.subjects, kind=kinds))) == (
        "rows are about a version"
    )
    assert FACTS["deployments"].subjects == (Subject.ISSUE, Subject.VERSION, Subject.DEPLOYMENT)


def test_two_facts_of_one_name_and_two_columns_of_one_name_are_refused():
    column = Column("a", Kind.COUNT, "one")
    with pytest.raises(ValueError, match="two facts"):
        fact("created", column, title="Again", at="creation")(lambda: None)
    with pytest.raises(ValueError, match="column twice"):
        fact("twice", column, column, title="Twice", at="creation")(lambda: None)
    assert "twice" not in FACTS


def test_each_type_has_a_way_to_be_kept():
    assert {kind: dtype_of(kind).kind for kind in Kind} == {
        "instant": "i",
        "duration": "i",
        "number": "f",
        "count": "i",
        "flag": "b",
        "code": "i",
        "text": "O",
    }
