"""The tables that the SQL reads: one for each fact, and for each dimension its names and which rows have which.

They are views of the columns that the facts hold in memory; nothing is copied but texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from data.facts.attributes import Attribute, attribute
from data.facts.columns import Fact, Kind
from data.facts.dataset import Dataset
from data.facts.rows import Rows
from data.metrics.breakdown import STANDING, membership
from data.values.arrays import Column, Instants
from data.values.names import name_key

Arrays = Mapping[str, Column]
RENAMED = {"group": "deployed_with", "left": "left_at", "end": "ended_at", "at": "happened_at"}  # words of SQL
_OF_SEVERAL = ("deployment", "sprint", "group")  # columns of facts whose rows are made of several issues
NOBODY = -1


def column_name(name: str) -> str:
    """What a column of a fact is called in SQL."""
    return RENAMED.get(name, name)


def is_of_single_issues(fact: Fact) -> bool:
    """Whether each row is of one issue and does not depend on other issues: then filters can be part of the SQL.
    Elsewhere they decide which rows there are: a release with a bug in it is still one release.
    """
    return len(fact.subjects) == 1 and not any(each.name in _OF_SEVERAL for each in fact.columns)


def rows_of(facts: Dataset, fact: Fact) -> Rows:
    """The rows of a fact."""
    return facts.once(fact.rows)


@dataclass(frozen=True)
class Relation:
    """One table of the SQL."""

    name: str
    columns: Arrays


def fact_relation(facts: Dataset, fact: Fact) -> Relation:
    """The rows of a fact, each with its number, instant, reason (0: used), issue and columns."""
    return facts.once(_fact_relation, fact.name)


def _fact_relation(facts: Dataset, name: str) -> Relation:
    from data.facts.catalogue import FACTS

    fact = FACTS[name]
    rows = rows_of(facts, fact)
    columns = {column_name(each.name): rows.columns[each.name] for each in fact.columns if each.kind is not Kind.TEXT}
    texts = {each.name: _texts(rows.columns[each.name]) for each in fact.columns if each.kind is Kind.TEXT}
    own: dict[str, Column] = {
        "row_id": np.arange(len(rows), dtype=np.int64),
        "happened_at": rows.at,
        "issue": rows.issue.astype(np.int64),
        "reason": rows.reason,
    }
    return Relation(name, {**own, **columns, **texts})


def _texts(values: Column) -> Column:
    return np.array([None if each is None else str(each) for each in values], dtype=object)


def dimension_relation(facts: Dataset, field: str, chosen: Dataset) -> Relation:
    """The names of a dimension. `standing`: whether it is a row of the answer even where nothing happened in it, since
    issues that pass the filters of `chosen` have it.
    """
    found = facts.once(_names, field)
    standing = np.zeros(len(found.columns["code"]), dtype=bool)
    if field in STANDING:
        known = attribute(chosen.tables, field)
        standing[1 + np.unique(known.code[chosen.chosen[known.issue]])] = True
    return Relation(field, {**found.columns, "standing": standing})


def _names(facts: Dataset, field: str) -> Relation:
    found: Attribute = attribute(facts.tables, field)
    names = ["", *found.names]
    aliases = ["", *(found.aliases or found.names)]
    columns: dict[str, Column] = {
        "code": np.arange(-1, len(found.names), dtype=np.int64),
        "name": np.array(names, dtype=object),
        "key": np.array([name_key(each) for each in names], dtype=object),
        "alias": np.array([name_key(each) for each in aliases], dtype=object),
    }
    return Relation(field, columns)


def bridge_name(fact: str, field: str) -> str:
    """What the table of rows of a fact and values of a dimension is called."""
    return f"{fact}_by_{field}"


def bridge_relation(facts: Dataset, fact: Fact, field: str) -> Relation:
    """Which rows of a fact have which values of a dimension; -1 stands for none."""
    return facts.once(_bridge, fact.name, field)


def _bridge(facts: Dataset, name: str, field: str) -> Relation:
    from data.facts.catalogue import FACTS

    rows = rows_of(facts, FACTS[name])
    row, code = membership(rows, facts, field, _seen(rows))
    columns: dict[str, Column] = {"row_id": np.asarray(row, np.int64), "code": np.asarray(code, np.int64)}
    return Relation(bridge_name(name, field), columns)


def _seen(rows: Rows) -> Instants | None:
    """By row: the instant just before which its issue is looked at; of a sprint its close; None: now."""
    if "seen" in rows.columns:
        return rows.columns["seen"]
    return rows.columns["completed"] if "sprint" in rows.columns else None
