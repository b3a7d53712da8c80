"""When items passed through the named span that the definitions choose to time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.facts.dataset import Dataset
from data.tables.frames import NEVER
from data.tables.status_intervals import StatusIntervals, first_entry, last_stay
from data.values import spans
from data.values.arrays import Instants, Mask
from data.values.names import places_of
from data.values.spans import NamedSpan


@dataclass(frozen=True)
class SpanTimes:
    """By issue: when it entered the span, and when it came to its end for the last time (µs, NEVER)."""

    begun: Instants
    ended: Instants


def timed_span(facts: Dataset) -> NamedSpan | None:
    """The span that is timed; None: from the start of work to its completion."""
    return spans.chosen(facts.definitions.timed_span, facts.definitions.spans)


def roles_of(facts: Dataset, span: NamedSpan) -> tuple[Mask, Mask]:
    """By status: whether it begins the span, and whether it ends it. Statuses are named, or given by their ids."""
    table = facts.tables.statuses
    names, ids = table["name"].astype(str).tolist(), table["status_id"].astype(str).tolist()
    out = []
    for wanted in (span.start, span.end):
        role = np.zeros(len(names), dtype=bool)
        role[[*places_of(wanted, names), *(n for n, each in enumerate(ids) if each in wanted)]] = True
        out.append(role)
    return out[0], out[1]


def unknown_statuses(facts: Dataset, span: NamedSpan) -> list[str]:
    """Statuses of the span that this Jira does not have."""
    table = facts.tables.statuses
    known = [*table["name"].astype(str), *table["status_id"].astype(str)]
    return [each for each in (*span.start, *span.end) if not places_of([each], known)]


def span_times(facts: Dataset, span: NamedSpan, last: Instants) -> SpanTimes:
    """From the history up to an instant of each issue (µs, included; NEVER: nothing counts)."""
    stays, count = facts.stays, len(facts.tables)
    start, end = (stays.are(role) for role in roles_of(facts, span))
    known = stays.entered <= last[stays.issue]
    begun = first_entry(stays, start & known, count)
    came = end & ~_before(stays, end) & known
    came &= (begun[stays.issue] != NEVER) & (stays.entered >= begun[stays.issue])
    place = last_stay(stays, came, count)
    return SpanTimes(begun, np.where(place >= 0, np.append(stays.entered, NEVER)[place], NEVER))


def _before(stays: StatusIntervals, role: Mask) -> Mask:
    """By stay: whether the stay before it was in the role."""
    out = np.zeros(len(role), dtype=bool)
    out[1:] = role[:-1]
    return out & ~stays.opening


def timed_words(facts: Dataset) -> list[str]:
    """What is timed, where it is a named span, and which of its statuses there are not."""
    span = facts.once(timed_span)
    if span is None:
        return []
    missing = [f"There is no status “{each}” here." for each in unknown_statuses(facts, span)]
    return [f"Timed is {span.name}: from {span.way}.", *missing]


def counted_words(facts: Dataset, count: int) -> str:
    """What a median of flow times is made of: median of 3 items, or median of 3 items, development."""
    span = facts.once(timed_span)
    return f"median of {count} item{'s' * (count != 1)}{f', {span.name}' if span else ''}"
