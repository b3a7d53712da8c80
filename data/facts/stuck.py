"""Work that does not move: time blocked, and items that stay in a status for longer than is usual."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

from data.facts.ages import days_between, until
from data.facts.columns import Column, Kind, fact
from data.facts.dataset import Dataset
from data.facts.efficiency import blocked_spans
from data.facts.levels import recorded
from data.facts.load import all_in_progress, at_snapshot
from data.facts.rows import Rows, Sieve
from data.tables.frames import FOREVER, NEVER
from data.tables.status_intervals import merged
from data.values.arrays import Codes, Instants, Numbers, Positions, Spans
from data.values.exclusion import Exclusion

if TYPE_CHECKING:
    from data.facts.query import MetricQuery

HOUR = 3_600_000_000
LEAST_STAYS = 10  # ended stays in a status, before they say what is usual there
USUAL = 85  # percentile of them


@fact(
    "blocked",
    Column("end", Kind.INSTANT, "when it was no longer blocked"),
    Column("hours", Kind.NUMBER, "0; worked out for the period that is asked for", "hours"),
    Column("started", Kind.INSTANT, "when it was blocked"),
    Column("completed", Kind.INSTANT, "when it was no longer blocked"),
    title="Time blocked while in progress",
    at="start of the block",
)
def blocked_rows(facts: Dataset) -> Rows:
    """Time blocked while in progress, a row for each span, at its start. Columns: end (µs), hours (0), started,
    completed.
    """
    stays = facts.stays.within(facts.stays.are(facts.roles.progress))
    busy = merged(stays.issue.astype(np.int64), stays.entered, np.minimum(stays.left, facts.now))
    issue, start, end = common(facts.once(blocked_spans), busy)
    keep = facts.chosen[issue]
    issue, start, end = issue[keep], start[keep], end[keep]
    return recorded(facts, issue).rows(start, issue, end=end, hours=np.zeros(len(end)), started=start, completed=end)


def common(one: Spans, other: Spans) -> Spans:
    """What lies in both kinds of span of the same issue.

    >>> one = (np.array([0, 1]), np.array([0, 0]), np.array([9000, 9000]))
    >>> other = (np.array([0, 0, 1]), np.array([1000, 8000, 9000]), np.array([2000, 9500, 9900]))
    >>> [part.tolist() for part in common(one, other)]
    [[0, 0], [1000, 8000], [2000, 9000]]
    """
    if not len(one[0]) or not len(other[0]):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    low = min(int(one[1].min()), int(other[1].min()))
    stride = (max(int(one[2].max()), int(other[2].max())) - low) // 1000 + 2  # ms, so that all issues fit in an int64

    def place(who: Positions, when: Instants) -> Positions:
        return who.astype(np.int64) * stride + (when - low) // 1000

    first = np.searchsorted(place(other[0], other[2]), place(one[0], one[1]), side="left")
    last = np.searchsorted(place(other[0], other[1]), place(one[0], one[2]), side="right")
    count = np.maximum(last - first, 0)
    left = np.repeat(np.arange(len(count)), count)
    right = np.repeat(first, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    start, end = np.maximum(one[1][left], other[1][right]), np.minimum(one[2][left], other[2][right])
    good = (one[0][left] == other[0][right]) & (end > start)
    return one[0][left][good].astype(np.int64), start[good], end[good]


def blocked_within(rows: Rows, query: MetricQuery) -> Rows:
    """One row for each issue that was blocked in the period: `hours` of it that lie in the period, up to now."""
    start, end = query.start, max(query.snapshot, query.start)
    before = int(np.searchsorted(rows.at, end, side="left"))
    there = np.flatnonzero(rows.columns["end"][:before] > start)
    found = rows.take(there)
    begun, ended = np.maximum(found.at, start), np.minimum(found.columns["end"], end)
    issue, first, inverse = np.unique(found.issue, return_index=True, return_inverse=True)
    hours = np.bincount(inverse, weights=(ended - begun) / HOUR, minlength=len(issue))
    last = np.full(len(issue), NEVER, dtype=np.int64)
    np.maximum.at(last, inverse, found.columns["end"])
    kept, order = found.take(first), np.argsort(found.at[first], kind="stable")
    columns = {**kept.columns, "hours": hours, "end": last, "completed": last}
    return Rows(kept.at, kept.subjects, kept.reason, kept.reasons, columns).take(order)


def usual(query: MetricQuery) -> dict[int, float]:
    """Status code → days that are long there: the percentile of the stays in progress that had ended before the edge
    of the snapshot.

    Statuses with too few ended stays are not in it.
    """
    status, days, left = query.facts.once(stays_by_length)
    ended = left < query.edge
    status, days = status[ended], days[ended]
    edges = np.searchsorted(status, np.arange(-1, len(query.facts.tables.statuses) + 1))
    codes, first, count = np.arange(-1, len(edges) - 2), edges[:-1], np.diff(edges)
    nearest = query.facts.definitions.percentile == "nearest_rank"
    return {
        int(code): of_sorted(days[begin : begin + n], USUAL, nearest)
        for code, begin, n in zip(codes, first, count, strict=True)
        if n >= LEAST_STAYS
    }


def stays_by_length(facts: Dataset) -> tuple[Codes, Numbers, Instants]:
    """status, days, left (µs) of the stays in progress that count, by status and length; filters do not apply here."""
    rows = facts.once(all_in_progress)
    entered, left = rows.columns["entered"], rows.columns["left"]
    used = (rows.reason == 0) & (left > entered) & rows.columns["ends"]
    status, left = rows.columns["status"][used], left[used]
    days = days_between(facts, entered[used], np.where(left < FOREVER, left, NEVER))
    order = np.lexsort((days, status))
    return status[order], days[order], left[order]


def of_sorted(values: Numbers, share: float, nearest: bool) -> float:
    """Percentile of values in order, R-7 or nearest rank: the same as `percentile`, without sorting again.

    >>> of_sorted(np.array([1.0, 2.0, 3.0, 10.0]), 50, False), of_sorted(np.array([1.0, 2.0, 3.0, 10.0]), 50, True)
    (2.5, 2.0)
    """
    if nearest:
        return float(values[max(ceil(share * len(values) / 100), 1) - 1])
    place = share * (len(values) - 1) / 100
    low = floor(place)
    high = min(low + 1, len(values) - 1)
    return float(values[low] + (values[high] - values[low]) * (place - low))


def stuck(rows: Rows, query: MetricQuery) -> Rows:
    """Items in progress at the snapshot that have been in their status longer than is usual. Adds: in_status, limit
    (days).
    """
    there = at_snapshot(rows, query)
    in_status = days_between(query.facts, there.columns["entered"], until(query, np.zeros(len(there), dtype=bool)))
    fixed = query.facts.definitions.stuck_days
    if fixed is None:
        known = usual(query)
        limit = np.array([known.get(code, np.nan) for code in there.columns["status"].tolist()], dtype=float)
    else:
        limit = np.full(len(there), fixed, dtype=float)
    sieve = Sieve.of(there)
    sieve.drop(np.isnan(limit), Exclusion.TOO_FEW_EARLIER, LEAST_STAYS)
    columns = {**there.columns, "in_status": in_status, "limit": limit, "started": there.columns["entered"]}
    shown = Rows(there.at, there.subjects, sieve.reason, tuple(sieve.reasons), columns)
    return shown.take(np.isnan(limit) | (in_status > limit))


def unassigned(rows: Rows, query: MetricQuery) -> Rows:
    """Items in progress at the snapshot that nobody is assigned to now."""
    there = at_snapshot(rows, query)
    return there.take(query.facts.tables.issues["assignee"].cat.codes.to_numpy()[there.issue] < 0)
