"""What kind of work an item is: Feature, Defect, Risk or Technical_Debt."""

from __future__ import annotations

import numpy as np

from data.facts.columns import COMPLETED, STARTED, Column, Kind, fact
from data.facts.completions import flow_set
from data.facts.dataset import Dataset
from data.facts.past import attribute_at, facts_at
from data.facts.rows import Rows
from data.values.arrays import Codes, Instants, Positions
from data.values.exclusion import Exclusion
from data.values.names import name_key

FLOW_ITEMS = ("Feature", "Defect", "Risk", "Technical_Debt")
SUGGESTED = {
    "Feature": ("story", "new feature", "improvement", "feature", "task"),
    "Defect": ("bug", "defect", "incident"),
    "Risk": ("risk", "security", "vulnerability"),
    "Technical_Debt": ("technical debt", "tech debt", "refactoring", "technical_debt"),
}
_GUESS = {word: kind for kind, words in SUGGESTED.items() for word in words}


def suggested_kind(name: str) -> str | None:
    """The kind that a type's name suggests.

    >>> suggested_kind("Bug"), suggested_kind("Spike")
    ('Defect', None)
    """
    return _GUESS.get(name_key(name))


def suggested(facts: Dataset) -> bool:
    """Whether the kinds are our suggestion: the user has neither mapped a field nor chosen."""
    return not facts.definitions.flow_types and facts.field("flow_item_type") is None


def kind_of(facts: Dataset, name: str) -> int:
    """Place in FLOW_ITEMS of a type or mapped value; -1 where it has none."""
    chosen = {name_key(each): kind for each, kind in facts.definitions.flow_types.items()}
    kind = chosen.get(name_key(name))
    if kind is None and (not chosen or facts.field("flow_item_type") is not None):
        kind = suggested_kind(name)
    return FLOW_ITEMS.index(kind) if kind in FLOW_ITEMS else -1


@fact(
    "flow_items",
    Column("kind", Kind.CODE, "Feature, Defect, Risk or Technical_Debt: place in FLOW_ITEMS"),
    STARTED,
    COMPLETED,
    title="Completed items of a known kind",
    at="completion",
)
def distribution_rows(facts: Dataset, as_of: int | None = None, since: int | None = None) -> Rows:
    """Completed items of a known kind. Columns: kind (place in FLOW_ITEMS), started, completed."""
    found, issue, sieve = flow_set(facts, as_of, since)
    then = facts_at(facts, as_of)
    kind = kinds(then, issue)
    column = then.tables.issues["type"]
    codes = column.cat.codes.to_numpy()[issue]
    mapped = facts.field("flow_item_type")
    if mapped is None:
        for code, name in enumerate(column.cat.categories):
            sieve.drop((codes == code) & (kind < 0), Exclusion.TYPE_NOT_MAPPED, name)
    else:
        values = mapped[issue]
        facts.drop_unreadable(sieve, "flow_item_type", issue)
        sieve.drop(np.array([each is None for each in values], dtype=bool) & (kind < 0), Exclusion.NO_FLOW_ITEM)
        for name in sorted({each[0] for each, bad in zip(values, kind < 0, strict=True) if bad and each}):
            sieve.drop(
                np.array([bool(each) and each[0] == name for each in values], dtype=bool) & (kind < 0),
                Exclusion.VALUE_NOT_MAPPED,
                name,
            )
    return sieve.rows(
        found.completed[issue],
        issue,
        kind=np.maximum(kind, 0),
        started=found.started[issue],
        completed=found.completed[issue],
    )


def kinds(facts: Dataset, issue: Positions) -> Codes:
    """Place in FLOW_ITEMS of each of these issues; -1 where nothing says its kind."""
    return _kinds(facts, issue, facts.tables.issues["type"].cat.codes.to_numpy()[issue])


def kinds_at(facts: Dataset, issue: Positions, instant: Instants) -> Codes:
    """The same by the type that each issue had just before an instant (µs); a mapped field is that of now."""
    return _kinds(facts, issue, attribute_at(facts.tables, "type", issue, instant))


def _kinds(facts: Dataset, issue: Positions, of_type: Codes) -> Codes:
    """`of_type`: the code of the type of each issue."""
    values = facts.field("flow_item_type")
    if values is not None:
        known = {name: kind_of(facts, name) for name in dict.fromkeys(each[0] for each in values[issue] if each)}
        return np.array([known[each[0]] if each else -1 for each in values[issue]], dtype=np.int64)
    names = facts.tables.issues["type"].cat.categories
    kinds = np.array([kind_of(facts, str(name)) for name in names] or [-1], dtype=np.int64)
    return kinds[of_type]
