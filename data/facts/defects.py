"""Defects: which issues are one, and which of them were found in production."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data.facts.arrivals import created_rows
from data.facts.columns import COMPLETED, CREATED, Column, Kind, fact
from data.facts.dataset import Dataset
from data.facts.flow_items import FLOW_ITEMS, kinds
from data.facts.incidents import incidents_in_jira, rule_in_words
from data.facts.outcome_words import BAD, UNKNOWN_WORD, UNREADABLE, reason, says
from data.facts.rows import Rows, Sieve
from data.tables.frames import NEVER
from data.values.arrays import Codes, Mask
from data.values.names import name_keys

EVIDENCE = ("incident", "label", "found in production", "production impact")


def defects(facts: Dataset) -> Mask:
    """Issues whose kind is Defect, boolean: by the mapped flow item type, else by issue type."""
    out: Mask = kinds(facts, np.arange(len(facts.tables))) == FLOW_ITEMS.index("Defect")
    return out


@fact("defects", CREATED, COMPLETED, title="Defects", at="creation")
def defect_rows(facts: Dataset) -> Rows:
    """Defects at their creation."""
    rows = facts.once(created_rows)
    return rows.take(facts.once(defects)[rows.issue])


def bugs(facts: Dataset) -> Mask:
    """Defects that are no deployment tickets, boolean by issue."""
    dates = facts.field("deployment_date")
    found: Mask = facts.once(defects)
    return found if dates is None else found & (dates == NEVER)


def evidence(facts: Dataset) -> Codes:
    """Why an issue counts as a defect that escaped: place in EVIDENCE, -1 where nothing says so."""
    out = np.full(len(facts.tables), -1, dtype=np.int64)
    bug = facts.once(bugs)
    production = name_keys(facts.definitions.production_environments)
    hits = (
        facts.once(incidents_in_jira).mask,
        bug & facts.named(facts.tables.labels, facts.definitions.escaped_labels),
        bug & _words(facts, "target_environment", lambda words: bool(words & production)),
        bug & _impact(facts, BAD),
    )
    for n, hit in reversed(list(enumerate(hits))):
        out[hit] = n
    return out


def _impact(facts: Dataset, what: int) -> Mask:
    """Issues of which the production impact says so (BAD, UNKNOWN_WORD), boolean."""
    said = facts.once(says, "production_impact")
    return np.zeros(len(facts.tables), dtype=bool) if said is None else said == what


def _words(facts: Dataset, field: str, holds: Callable[[frozenset[str]], bool]) -> Mask:
    """Issues of which a field of words says so, boolean."""
    values = facts.field(field)
    out = np.zeros(len(facts.tables), dtype=bool)
    if values is not None:
        there = np.flatnonzero([each is not None for each in values])
        out[there] = [holds(name_keys(values[n])) for n in there.tolist()]
    return out


def sources(facts: Dataset) -> list[str]:
    """What on this site can say that a defect was found in production, in words."""
    found = []
    if facts.once(incidents_in_jira).mask.any():
        found.append(rule_in_words(facts))
    if facts.named(facts.tables.labels, facts.definitions.escaped_labels).any():
        found.append(f"defects labelled {' or '.join(facts.definitions.escaped_labels)}")
    if facts.field("target_environment") is not None:
        found.append("defects whose environment is production")
    if facts.field("production_impact") is not None:
        found.append("defects with a production impact")
    return found


@fact(
    "escaped_defects",
    CREATED,
    COMPLETED,
    Column("evidence", Kind.CODE, "what says that it was found in production: place in EVIDENCE"),
    title="Defects found in production",
    at="creation",
)
def escaped_rows(facts: Dataset) -> Rows:
    """Defects that were found in production, at their creation. Column: evidence (place in EVIDENCE)."""
    rows = facts.once(created_rows)
    why = facts.once(evidence)[rows.issue]
    unknown = (why < 0) & (facts.once(bugs) & (_impact(facts, UNKNOWN_WORD) | _impact(facts, UNREADABLE)))[rows.issue]
    shown = (why >= 0) | unknown
    found, why, unknown = rows.take(shown), why[shown], unknown[shown]
    sieve = Sieve.of(found)
    values = facts.field("production_impact")
    for place in np.flatnonzero(unknown).tolist():
        why_not = reason("production_impact", None if values is None else values[found.issue[place]])
        sieve.drop_as(np.arange(len(found)) == place, why_not)
    return Rows(found.at, found.subjects, sieve.reason, tuple(sieve.reasons), {**found.columns, "evidence": why})
