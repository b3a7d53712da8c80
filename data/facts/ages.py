"""How old work is, and how long it stays: by the rule for durations that is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.facts.completions import days_out
from data.facts.dataset import Dataset
from data.facts.days import WHOLE_DAYS, spans
from data.tables.frames import NEVER
from data.values.arrays import Instants, Mask, Numbers, Positions

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
