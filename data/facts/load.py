"""Work in progress at an instant, from status history."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from data.facts.ages import age, plain_starts, until
from data.facts.columns import SEEN, STARTED, Column, Kind, fact
from data.facts.completions import completions
from data.facts.dataset import Dataset
from data.facts.levels import recorded
from data.facts.past import chosen_at, cut
from data.facts.rows import Rows
from data.facts.status_groups import status_groups
from data.tables.frames import FOREVER, NEVER
from data.tables.tidy import DAY, microseconds
from data.values.arrays import Counts, Microseconds
from data.values.periods import first_instant, zone_named

if TYPE_CHECKING:
    from data.facts.query import MetricQuery


@fact(
    "work_in_progress",
    Column("left", Kind.INSTANT, "when it left the status, or when its project, type or level changed"),
    Column("entered", Kind.INSTANT, "when it entered the status"),
    Column("ends", Kind.FLAG, "it left the status then"),
    SEEN,
    Column("since", Kind.INSTANT, "the instant that its age counts from"),
    Column("held", Kind.FLAG, "its age stands still at the entry into the status"),
    Column("status", Kind.CODE, "place in the table of statuses, of the one that stands for it"),
    STARTED,
    Column("completed", Kind.INSTANT, "never: it is in progress"),
    Column("age", Kind.NUMBER, "now less since; at a snapshot by the rule for durations in force", "days"),
    title="Stays in progress",
    at="entry into the status; a change of project, type or level begins a row of its own",
)
def load_rows(facts: Dataset) -> Rows:
    """Stays in progress of the issues that pass the filters, at their entry. Columns: left (µs), since (the instant
    that age counts from: the start of work, later by the time that is left out), held (age stands still at the entry),
    status, started, completed, age.
    """
    rows = facts.once(all_in_progress)
    chosen = chosen_at(facts, rows.issue, rows.columns["seen"])
    return rows if chosen.all() else rows.take(chosen)


def all_in_progress(facts: Dataset) -> Rows:
    """The same of all issues: what is usual in a status does not depend on the filters."""
    stays = facts.stays
    begun = facts.begun
    if facts.definitions.load == "started":
        counts = ~stays.are(facts.roles.ended) & (begun != NEVER) & (stays.entered >= begun)
    else:
        counts = stays.are(facts.roles.progress)
    counts &= stays.left > stays.entered
    own, begun, waited = stays.within(counts), begun[counts], np.zeros(int(counts.sum()), dtype=np.int64)
    held = np.zeros(len(begun), dtype=bool)
    if facts.definitions.backward_moves == "pause":
        waited, held = _time_back(facts)[counts], facts.back[counts]
    mapped = facts.field("work_started_date")
    if mapped is not None:
        mapped = mapped[own.issue]
        begun = np.where((mapped != NEVER) & (mapped <= facts.now), mapped, begun)
    # An item finished by the mapped date is no longer in progress, whatever its status says.
    ended = np.full(len(facts.tables), FOREVER, dtype=np.int64)
    if facts.field("work_completed_date") is not None:
        found = facts.once(completions)
        ended = np.where(found.by_end_field & (found.completed != NEVER), found.completed, ended)
    left = np.minimum(own.left, np.maximum(ended[own.issue], own.entered))
    since = begun + waited
    now = np.where(held, own.entered, facts.now)
    row, start, end = cut(facts, own.issue, own.entered, left)
    issue, seen = own.issue[row], start + 1
    return recorded(facts, issue, seen).rows(
        start,
        issue,
        left=end,
        entered=own.entered[row],
        ends=end == left[row],
        seen=seen,
        since=since[row],
        held=held[row],
        status=facts.once(status_groups)[own.status[row]],
        started=begun[row],
        completed=np.full(len(row), NEVER),
        age=((now - since) / DAY)[row],
    )


def at_snapshot(rows: Rows, query: MetricQuery) -> Rows:
    """The rows that are in progress just before the end of the period (or now); ages are counted up to it."""
    if query.start > query.facts.now:
        return rows.take(slice(0, 0))
    before = int(np.searchsorted(rows.at, query.edge, side="left"))
    there = np.flatnonzero(rows.columns["left"][:before] >= query.edge) if "left" in rows.columns else np.arange(before)
    found = rows.take(there)
    if "since" in found.columns:
        begun = found.columns["started"]
        plain = plain_starts(query.facts, found.issue, begun)
        found.columns["age"][:] = age(query.facts, found.issue, begun, until(query, plain), plain)
    return found


def _time_back(facts: Dataset) -> Microseconds:
    """By stay: µs that its issue had spent moved back before it."""
    stays = facts.stays
    length = np.where(facts.back & (stays.left < FOREVER), stays.left - stays.entered, 0)
    passed = np.cumsum(length) - length
    first = np.flatnonzero(stays.opening)
    out: Microseconds = passed - np.repeat(passed[first], np.diff(np.append(first, len(length))))
    return out


def daily(rows: Rows, query: MetricQuery) -> Counts:
    """Items in progress at the end of each local day of the period that has begun."""
    zone = zone_named(query.period.zone)
    days = (query.period.first + timedelta(days=n + 1) for n in range(query.period.days))
    ends = np.array([microseconds(first_instant(day, zone)) for day in days], dtype=np.int64)
    ends = np.minimum(ends[: np.searchsorted(ends, query.edge, side="left") + 1], query.edge)
    used = rows.reason == 0
    left = np.sort(rows.columns["left"][used])
    return np.searchsorted(rows.at[used], ends, side="left") - np.searchsorted(left, ends, side="left")
