"""How old work is, and how long it stays: by the rule for durations that is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.facts.completions import days_out
from data.facts.dataset import Dataset
from data.facts.days import WHOLE_DAYS, spans
from data.facts.named_spans import roles_of, span_times, timed_span
from data.facts.rows import Rows, Sieve
from data.tables.frames import NEVER
from data.tables.status_intervals import last_stay
from data.values.arrays import Instants, Mask, Numbers, Positions
from data.values.exclusion import Exclusion

if TYPE_CHECKING:
    from data.facts.query import MetricQuery


def days_between(facts: Dataset, start: Instants, end: Instants, plain: Mask | None = None) -> Numbers:
    """Days from start to end (µs). `plain`: where one of them is a plain date."""
    rule = facts.definitions
    whole = np.zeros(len(start), dtype=bool) if plain is None else plain
    return spans(start, end, whole, definition=rule.durations, zone=facts.zone, working=rule.working_time)


def until(query: MetricQuery, plain: Mask) -> Instants:
    """By row: the instant up to which an age counts (µs). Whole days end with the last day of the period, not with the
    first instant of the day after it.
    """
    whole = plain | (query.facts.definitions.durations in WHOLE_DAYS)
    return np.where(whole, query.edge - 1, query.snapshot)


def plain_starts(facts: Dataset, issue: Positions, started: Instants) -> Mask:
    """Whether each start of work is a mapped plain date."""
    mapped = facts.field("work_started_date")
    if mapped is None or not facts.date_only("work_started_date"):
        return np.zeros(len(issue), dtype=bool)
    out: Mask = (mapped[issue] != NEVER) & (mapped[issue] == started)
    return out


def age(facts: Dataset, issue: Positions, started: Instants, end: Instants, plain: Mask) -> Numbers:
    """Days since the start of work, each issue once; where the definitions say so, without the time moved back."""
    days = days_between(facts, started, end, plain)
    if facts.definitions.backward_moves != "pause":
        return days
    out = days_out(facts, facts.back, issue, started, end, plain)
    return np.where(out > 0, np.maximum(days - out, 0), days)


def aged_in_span(rows: Rows, query: MetricQuery) -> Rows:
    """Items in progress at a snapshot with their ages in the timed span; those that are not in it are left out. Without
    a timed span the rows as they are.
    """
    facts, span = query.facts, query.facts.once(timed_span)
    if span is None:
        return rows
    times = span_times(facts, span, np.full(len(facts.tables), query.edge - 1, dtype=np.int64))
    start, _ = (facts.stays.are(role) for role in roles_of(facts, span))
    entered = facts.stays.entered
    place = last_stay(facts.stays, start & (entered < query.edge), len(facts.tables))
    again = np.where(place >= 0, np.append(entered, NEVER)[place], NEVER)
    begun, ended = times.begun[rows.issue], times.ended[rows.issue]
    over = (ended != NEVER) & (ended >= again[rows.issue])  # it came to the end and has not gone back since
    sieve = Sieve.of(rows).drop((begun == NEVER) | over, Exclusion.NOT_IN_SPAN, span.name)
    plain = np.zeros(len(rows), dtype=bool)
    since = np.where(begun == NEVER, query.edge, begun)
    columns = {
        **rows.columns,
        "started": since,
        "age": age(facts, rows.issue, since, until(query, plain), plain),
    }
    return Rows(rows.at, rows.subjects, sieve.reason, tuple(sieve.reasons), columns)
