"""Active and blocked time inside the flow time of completed items."""

from __future__ import annotations

import numpy as np

from data.facts.columns import COMPLETED, STARTED, Column, Kind, fact
from data.facts.completions import bounded, day_precision, drop_without_span, flow_set, out_of_time, stayed, time_out
from data.facts.dataset import Dataset
from data.facts.rows import Rows
from data.tables.frames import FOREVER
from data.tables.status_intervals import StatusIntervals, merged, overlap
from data.values.arrays import Instants, Microseconds, Positions, Spans
from data.values.exclusion import Exclusion

_HOUR = 3_600_000_000


def from_hours(facts: Dataset) -> bool:
    """Whether logged hours give the active time: only where no active statuses are chosen."""
    return not facts.workflow.active and facts.field("active_work_hours") is not None


@fact(
    "efficiency",
    Column("active", Kind.DURATION, "time in active statuses, or hours logged", "µs"),
    Column("total", Kind.DURATION, "flow time", "µs"),
    Column("blocked", Kind.DURATION, "time blocked inside the flow time", "µs"),
    Column("share", Kind.NUMBER, "active of total", "percent"),
    STARTED,
    COMPLETED,
    title="Completed items with active and total time",
    at="completion",
)
def efficiency_rows(facts: Dataset, as_of: int | None = None, since: int | None = None) -> Rows:
    """Completed items with a flow time. Columns: active, total, blocked (µs), share (percent), started, completed."""
    found, issue, sieve = flow_set(facts, as_of, since)
    started, completed = found.started[issue], found.completed[issue]
    drop_without_span(facts, found, issue, day_precision(facts, found)[issue], sieve)
    start, end = bounded(started, completed)
    total = end - start - time_out(facts, issue, started, completed)
    logged = facts.field("active_work_hours") if from_hours(facts) else None
    if logged is not None:
        hours = logged[issue]
        facts.drop_unreadable(sieve, "active_work_hours", issue)
        sieve.drop(np.isnan(hours), Exclusion.NO_ACTIVE_HOURS)
        active = np.nan_to_num(hours * _HOUR).astype(np.int64)
        sieve.drop(active > total, Exclusion.MORE_HOURS_THAN_TIME).drop(active < 0, Exclusion.NEGATIVE_HOURS)
        blocked = np.zeros(len(issue), dtype=np.int64)
    else:
        stays = facts.once(_active_stays)
        active = stayed(stays, issue, start, end)
        hurdles = facts.once(blocked_spans)
        blocked = overlap(issue, start, end, *hurdles)
        at_work: Spans = (stays.issue, stays.entered, stays.left)
        active = active - _both(issue, start, end, together(at_work, hurdles), active, blocked)
    share = 100 * np.divide(active, total, out=np.zeros(len(issue)), where=total > 0)
    return sieve.rows(
        completed, issue, active=active, total=total, blocked=blocked, share=share, started=started, completed=completed
    )


def _active_stays(facts: Dataset) -> StatusIntervals:
    """The stays in active statuses that count."""
    return facts.stays.within(facts.stays.are(facts.roles.active) & ~facts.once(out_of_time))


def blocked_spans(facts: Dataset) -> Spans:
    """issue, start, end (µs) of the time blocked, by flag and by chosen statuses."""
    parts = []
    if facts.definitions.blocked_flag and len(facts.tables.flags):
        flags = facts.tables.flags
        parts.append((flags["issue"].to_numpy().astype(np.int64), flags["start"].to_numpy(), flags["end"].to_numpy()))
    stays = facts.stays.within(facts.stays.are(facts.roles.blocked))
    if len(stays.issue):
        parts.append((stays.issue.astype(np.int64), stays.entered, stays.left))
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    issue, start, end = (np.concatenate(each) for each in zip(*parts, strict=True))
    # An end that is still open is cut at now: nobody is blocked in the future.
    return merged(issue, np.minimum(start, facts.now), np.where(end == FOREVER, facts.now, end))


def together(one: Spans, other: Spans) -> Spans:
    """Two sets of spans as one, one after the other."""
    issue, start, end = (np.concatenate(pair, dtype=np.int64) for pair in zip(one, other, strict=True))
    return issue, start, end


def _both(
    issue: Positions, start: Instants, end: Instants, either: Spans, in_one: Microseconds, in_other: Microseconds
) -> Microseconds:
    """µs of [start, end) that lie in both kinds of span: |A| + |B| − |A or B|."""
    if not in_other.any():
        return np.zeros(len(issue), dtype=np.int64)
    return in_one + in_other - overlap(issue, start, end, *either)
