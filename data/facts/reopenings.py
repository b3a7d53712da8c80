"""Reopenings: moves out of a done status, from the status history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.facts.columns import Column, Kind, fact
from data.facts.dataset import Dataset
from data.facts.levels import recorded
from data.facts.rows import Rows
from data.tables.frames import NEVER
from data.tables.status_intervals import crossings
from data.values.arrays import Mask

if TYPE_CHECKING:
    from data.facts.query import MetricQuery


def _returns(facts: Dataset) -> Mask:
    """True where a stay begins with a move from a done status to one that is neither done nor discarded, by stay."""
    done = facts.stays.are(facts.roles.done)
    before = np.zeros(len(done), dtype=bool)
    before[1:] = done[:-1]
    return before & ~facts.stays.are(facts.roles.ended) & ~facts.stays.opening


@fact(
    "reopenings",
    Column("times", Kind.COUNT, "1 for each reopening", "times"),
    Column("started", Kind.INSTANT, "the reopening"),
    Column("completed", Kind.INSTANT, "never"),
    title="Moves out of done",
    at="reopening",
)
def reopening_rows(facts: Dataset) -> Rows:
    """Reopenings, a row each. Columns: times (1), started (the reopening), completed (NEVER)."""
    stays = facts.stays
    back = _returns(facts) & (stays.entered <= facts.now) & facts.chosen[stays.issue]
    issue, at = stays.issue[back], stays.entered[back]
    return recorded(facts, issue).rows(
        at, issue, times=np.ones(len(at), dtype=np.int64), started=at, completed=np.full(len(at), NEVER)
    )


@fact(
    "finished",
    Column("reopened", Kind.INSTANT, "the next move out of done; never where there is none"),
    Column("times", Kind.COUNT, "1 for each entry", "times"),
    Column("started", Kind.INSTANT, "the entry into done"),
    Column("completed", Kind.INSTANT, "the reopening"),
    title="Entries into done",
    at="entry into done",
)
def finished_rows(facts: Dataset) -> Rows:
    """Entries into done, a row each. Columns: reopened (the next move out of done, µs; NEVER), times (1), started
    (the entry), completed (the reopening)."""
    stays = facts.stays
    entry = np.flatnonzero(
        crossings(stays, stays.are(facts.roles.done)) & (stays.entered <= facts.now) & facts.chosen[stays.issue]
    )
    back = np.flatnonzero(_returns(facts))
    following = np.append(back, -1)[np.searchsorted(back, entry, side="right")]
    same = (following >= 0) & (stays.issue[following] == stays.issue[entry])
    reopened = np.where(same & (stays.entered[following] <= facts.now), stays.entered[following], NEVER)
    issue, at = stays.issue[entry], stays.entered[entry]
    return recorded(facts, issue).rows(
        at, issue, reopened=reopened, times=np.ones(len(at), dtype=np.int64), started=at, completed=reopened
    )


def once_each(rows: Rows, query: MetricQuery) -> Rows:
    """The rows of the period, the first of each issue only; `times` says how many there were."""
    found = rows.between(query.start, query.end)
    _, first, count = np.unique(found.issue, return_index=True, return_counts=True)
    order = np.argsort(first, kind="stable")
    kept = found.take(first[order])
    return Rows(kept.at, kept.subjects, kept.reason, kept.reasons, {**kept.columns, "times": count[order]})
