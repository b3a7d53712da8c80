"""Bulk changes: many items completed in one instant, and what they do to the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from data.facts.completions import completed_rows
from data.facts.dataset import Dataset
from data.metrics.display import display
from data.metrics.measure import measure
from data.metrics.registry import ISSUE_METRICS
from data.tables.tidy import DAY
from data.values.arrays import Positions
from data.values.metric_value import MetricValue
from data.values.periods import Period, zone_named
from data.values.quality import Finding

MANY = 10  # items; nobody finishes so many by hand one after the other
GAP = 10_000_000  # µs between one completion and the next of the same change: Jira works through a bulk change
DESCRIBED = 3  # bulk changes, the largest, whose effect is measured
RECENT = 180 * DAY  # changes within it are in the numbers of 90 days or in those that they are compared with
METRICS = ("flow_velocity", "flow_time", "flow_efficiency", "lead_time_p50")


@dataclass(frozen=True)
class BulkChange:
    """Items that were completed in one instant: positions in the issues, first and last instant (µs)."""

    issues: Positions
    first: int
    last: int


@dataclass(frozen=True)
class Effect:
    """A number of the week of a bulk change, with it and without it, as they are shown."""

    metric: str
    title: str
    with_it: str
    without: str


def bulk_changes(facts: Dataset) -> tuple[BulkChange, ...]:
    """Runs of at least 10 completions, each within 10 seconds of the one before; the largest first.

    Looked at are the items of flow velocity. Completions that are known by their day alone are no instants.
    """
    rows = completed_rows(facts)
    used = rows.reason == 0
    if facts.date_only("work_completed_date"):
        used &= ~rows.columns["by_end_field"].astype(bool)
    at, issue = rows.at[used], rows.issue[used]
    order = np.argsort(at, kind="stable")
    at, issue = at[order], issue[order]
    runs = np.split(np.arange(len(at)), np.flatnonzero(np.diff(at) > GAP) + 1)
    found = [BulkChange(issue[run], int(at[run[0]]), int(at[run[-1]])) for run in runs if len(run) >= MANY]
    return tuple(sorted(found, key=lambda each: (-len(each.issues), each.first)))


def effects(facts: Dataset, change: BulkChange) -> tuple[Effect, ...]:
    """The numbers of the calendar week of a bulk change that it moves, with and without its items."""
    day = _local(change.first, facts.zone).date()
    monday = day - timedelta(days=day.weekday())
    week = Period(monday, monday + timedelta(days=6), facts.zone)
    others = np.ones(len(facts.tables), dtype=bool)
    others[change.issues] = False
    rest = facts.only(others)
    out = []
    for name in METRICS:
        metric = ISSUE_METRICS[name]
        whole, without = measure(metric, facts, week), measure(metric, rest, week)
        if whole.value is not None and whole.value != without.value:
            out.append(Effect(name, metric.title, _shown(metric.shows, whole), _shown(metric.shows, without)))
    return tuple(out)


def bulk_findings(facts: Dataset) -> tuple[Finding, ...]:
    """Each of the largest bulk changes as a finding, and the others in one."""
    changes = facts.once(bulk_changes)
    found = [_finding(facts, each) for each in changes[:DESCRIBED]]
    if more := changes[DESCRIBED:]:
        found.append(_others(facts, more))
    return tuple(found)


def _finding(facts: Dataset, change: BulkChange) -> Finding:
    begin, seconds = _local(change.first, facts.zone), (change.last - change.first) // 1_000_000
    how_long = f"within {seconds} second{'s' * (seconds != 1)}" if seconds else "in one instant"
    day = f"{begin.day} {begin:%b %Y}"
    count = len(change.issues)
    monday = begin.date() - timedelta(days=begin.weekday())
    moved = "; ".join(
        f"{each.title} {each.with_it} with them, {each.without} without" for each in effects(facts, change)
    )
    effect = (
        "That is a bulk change, not work that was finished then: they count on that day, however long ago they were "
        f"done. In the week {_week(monday)}: {moved or 'no number of flow moves'}. Charts over time and forecasts that "
        "draw from that day show it too."
    )
    return Finding(
        f"{count:,} items were completed {how_long} on {day}, {begin:%H:%M}",
        count,
        effect,
        "If they were done earlier, map the field that says when (Work completed). If they were given up, let their "
        f"status or resolution say so. For a forecast, take {begin.date()} out of the sample.",
        "warning" if facts.now - change.last <= RECENT else "info",
    )


def _others(facts: Dataset, changes: Sequence[BulkChange]) -> Finding:
    days = sorted({_local(each.first, facts.zone).date() for each in changes})
    shown = ", ".join(f"{each.day} {each:%b %Y}" for each in days[:6])
    return Finding(
        f"{len(changes):,} more bulk change{'s' * (len(changes) != 1)} of {MANY} items or more",
        sum(len(each.issues) for each in changes),
        f"They were on {shown}{f' and {len(days) - 6} other days' if len(days) > 6 else ''}. Their items count on "
        "these days, however long ago they were done.",
        "Look at the days in the chart of throughput, and take them out of the sample of a forecast.",
        "info",
    )


def _shown(shows: str, value: MetricValue) -> str:
    return "no number" if value.value is None else " ".join(display(shows, value.value)).strip()


def _local(instant: int, zone: str) -> datetime:
    return datetime.fromtimestamp(instant / 1e6, UTC).astimezone(zone_named(zone))


def _week(monday: date) -> str:
    return Period(monday, monday + timedelta(days=6)).label
