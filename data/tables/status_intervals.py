"""Status history: in which status every issue was at every instant, and when it crossed into and out of done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data.tables.frames import FOREVER, NEVER
from data.tables.gone_statuses import rows_of
from data.tables.tidy import Tables
from data.values.arrays import Codes, Counts, Instants, Mask, Microseconds, Positions, Spans
from data.values.status_names import says_discarded

_MS = 1_000  # µs; Jira's clock ticks in milliseconds


@dataclass(frozen=True)
class Roles:
    """What each status code means; boolean arrays by code."""

    progress: Mask
    done: Mask
    discarded: Mask  # given up: neither in progress nor done
    active: Mask
    waiting: Mask
    blocked: Mask

    @property
    def ended(self) -> Mask:
        """Statuses in which nothing is left to do: done or discarded."""
        return self.done | self.discarded

    @property
    def phases(self) -> tuple[str, ...]:
        """What each status code means: new, indeterminate, done or discarded."""
        chosen = (self.discarded, self.done, self.progress)
        words = np.select(chosen, ("discarded", "done", "indeterminate"), "new")
        return tuple(str(each) for each in words)

    @property
    def before(self) -> Mask:
        """Statuses before the start: neither in progress nor ended."""
        return ~(self.progress | self.ended)


def roles(
    tables: Tables,
    *,
    started: list[str],
    active: list[str],
    waiting: list[str],
    done: list[str],
    blocked: list[str],
    discarded: list[str] | None = None,
) -> Roles:
    """Chosen status ids, or Jira's categories where none are chosen. discarded: None means that its name decides
    about a status that is chosen for nothing else.
    """
    ids = tables.statuses["status_id"].to_numpy(dtype=object)
    category = tables.statuses["category"].to_numpy(dtype=object)

    def chosen(names: list[str]) -> Mask:
        return np.isin(ids.astype(str), names) if len(ids) else np.zeros(0, dtype=bool)

    if discarded is None:
        names = tables.statuses["name"].to_numpy(dtype=object)
        said = [says_discarded(str(name), str(each)) for name, each in zip(names, category, strict=True)]
        given_up = np.array(said, dtype=bool) & ~chosen([*started, *active, *waiting, *done])
    else:
        given_up = chosen(discarded)
    like = _likes(tables, {*started, *active, *waiting, *done, *(discarded or ()), *blocked})
    given_up = given_up[like]
    is_done = (chosen(done)[like] if done else category == "done") & ~given_up
    # A status that Jira calls done but the user does not is work that goes on.
    in_progress = chosen(started)[like] if started else (category == "indeterminate") | (category == "done")
    goes_on = ~is_done & ~given_up
    at_work, waits, stuck = (chosen(names)[like] for names in (active, waiting, blocked))
    return Roles(in_progress & goes_on, is_done, given_up, at_work & goes_on, waits, stuck)


def _likes(tables: Tables, own: set[str]) -> Codes:
    """By status code, the code whose roles it has: its own, but for a status that Jira no longer lists and that
    nobody has chosen for anything (`own`: chosen ids) the one of the same name.
    """
    out = np.arange(len(tables.statuses))
    ids = tables.statuses["status_id"].tolist()
    for each in rows_of(tables.gone_statuses):
        if each.like >= 0 and str(ids[each.status]) not in own:
            out[each.status] = each.like
    return out


@dataclass(frozen=True)
class StatusIntervals:
    """Stays in a status, ordered by issue and time: issue was in `status` in [entered, left). int64 µs.

    >>> change = [np.array([value]) for value in (0, 9, 1, 2)]
    >>> StatusIntervals.of(np.array([5]), np.array([0]), *change).left.tolist()
    [9, 9223372036854775807]
    """

    issue: Positions
    status: Codes
    entered: Instants
    left: Instants

    @classmethod
    def of(
        cls, created: Instants, now_status: Codes, issue: Positions, at: Instants, source: Codes, target: Codes
    ) -> StatusIntervals:
        """From creation instants, current statuses and ordered changes. The first status is the source of the first
        change.

        An issue without changes was in its current status since it was created.
        """
        count = len(created)
        changes = np.bincount(issue, minlength=count) if len(issue) else np.zeros(count, dtype=np.int64)
        first = np.concatenate(([0], np.cumsum(changes)[:-1])) if count else np.zeros(0, dtype=np.int64)
        start = first + np.arange(count)  # where an issue's stays begin: one more stay than changes
        total = count + len(issue)
        status = np.empty(total, dtype=np.int16)
        entered = np.empty(total, dtype=np.int64)
        owner = np.repeat(np.arange(count, dtype=np.int32), changes + 1)
        later = np.ones(total, dtype=bool)
        later[start] = False
        status[later], entered[later] = target, at
        opening = now_status.astype(np.int16).copy()
        has = changes > 0
        opening[has] = source[first[has]]
        status[start] = opening
        entered[start] = created
        left = np.full(total, FOREVER, dtype=np.int64)
        if total > 1:
            same = owner[:-1] == owner[1:]
            left[:-1][same] = entered[1:][same]
        # A change dated before the creation (imports) makes no negative stay.
        np.minimum(entered, left, out=entered)
        return cls(owner, status, entered, left)

    @classmethod
    def from_tables(cls, tables: Tables) -> StatusIntervals:
        issues, changes = tables.issues, tables.changes
        return cls.of(
            issues["created"].to_numpy(),
            issues["status"].to_numpy(),
            changes["issue"].to_numpy(),
            changes["at"].to_numpy(),
            changes["source"].to_numpy(),
            changes["target"].to_numpy(),
        )

    @cached_property
    def opening(self) -> Mask:
        """True where a stay is the first of its issue."""
        out = np.ones(len(self.issue), dtype=bool)
        out[1:] = self.issue[1:] != self.issue[:-1]
        return out

    def are(self, role: Mask) -> Mask:
        """Whether each stay is in a status of the role (by status code); an unknown status (-1) has none."""
        padded = np.append(role, False)
        return padded[self.status]

    def within(self, chosen: Mask) -> StatusIntervals:
        """The chosen stays only."""
        return StatusIntervals(self.issue[chosen], self.status[chosen], self.entered[chosen], self.left[chosen])

    def status_at(self, instant: int, count: int) -> Codes:
        """Status code of each of `count` issues at an instant; -1 before it was created."""
        there = (self.entered <= instant) & (instant < self.left)
        out = np.full(count, -1, dtype=np.int16)
        out[self.issue[there]] = self.status[there]
        return out


def first_entry(stays: StatusIntervals, chosen: Mask, count: int) -> Instants:
    """The instant of the first chosen stay of each issue; NEVER where there is none."""
    out = np.full(count, FOREVER, dtype=np.int64)
    np.minimum.at(out, stays.issue[chosen], stays.entered[chosen])
    out[out == FOREVER] = NEVER
    return out


def moved_back(stays: StatusIntervals, progress: Mask, before: Mask) -> Mask:
    """True where a stay is in a status before the start, after its issue had been in progress (both by stay).

    >>> stays = StatusIntervals(*(np.array(each) for each in ([0, 0, 0, 1], [0, 1, 0, 0], [1, 2, 3, 1], [2, 3, 9, 9])))
    >>> moved_back(stays, stays.status == 1, stays.status == 0).tolist()
    [False, False, True, False]
    """
    seen = np.cumsum(progress)
    first = np.flatnonzero(stays.opening)
    earlier: Counts = np.repeat((seen - progress)[first], np.diff(np.append(first, len(progress))))
    return before & (seen > earlier)


def start_of_run(stays: StatusIntervals, progress: Mask, back: Mask) -> Instants:
    """By stay: the first entry into progress since the issue was created or last moved back; NEVER where there is
    none.
    """
    run = np.cumsum(stays.opening | back) - 1
    out: Instants = first_entry(
        StatusIntervals(run, stays.status, stays.entered, stays.left), progress, int(run[-1]) + 1 if len(run) else 0
    )[run]
    return out


def last_stay(stays: StatusIntervals, chosen: Mask, count: int) -> Positions:
    """The place of the last chosen stay of each issue; -1 where there is none."""
    out = np.full(count, -1, dtype=np.int64)
    place = np.flatnonzero(chosen)
    out[stays.issue[place]] = place  # ordered by time: the last one stays
    return out


def first_stay(stays: StatusIntervals, chosen: Mask, count: int) -> Positions:
    """The place of the first chosen stay of each issue; -1 where there is none."""
    out = np.full(count, -1, dtype=np.int64)
    place = np.flatnonzero(chosen)[::-1]
    out[stays.issue[place]] = place
    return out


def crossings(stays: StatusIntervals, done: Mask) -> Mask:
    """True where a stay begins a completion: done now, not done just before. Being created done is not a crossing."""
    before = np.zeros(len(done), dtype=bool)
    before[1:] = done[:-1]
    return done & ~before & ~stays.opening


def merged(issue: Positions, start: Instants, end: Instants) -> Spans:
    """Spans with overlaps of the same issue joined, ordered by issue and start.

    >>> [part.tolist() for part in merged(np.array([0, 0, 1]), np.array([1, 2, 0]), np.array([3, 5, 1]))]
    [[0, 1], [1, 0], [5, 1]]
    """
    if len(issue) == 0:
        return issue, start, end
    order = np.lexsort((start, issue))
    issue, start, end = issue[order], start[order], end[order]
    # The furthest end so far within the issue; issues are kept apart by lifting each above the one before.
    span = int(end.max() - start.min()) + 1
    base = int(start.min())
    _, rank = np.unique(issue, return_inverse=True)
    if int(rank[-1] + 1) * span > FOREVER // 2:  # too far apart for one int64: whole milliseconds are enough
        joined = merged(issue, start // _MS, -(-end // _MS))
        return joined[0], joined[1] * _MS, joined[2] * _MS
    lift = rank.astype(np.int64) * span
    furthest = np.maximum.accumulate((end - base) + lift)
    fresh = np.ones(len(issue), dtype=bool)
    fresh[1:] = ((start - base) + lift)[1:] > furthest[:-1]
    heads = np.flatnonzero(fresh)
    last = np.append(heads[1:], len(issue)) - 1
    return issue[heads], start[heads], (furthest[last] - lift[last] + base).astype(np.int64)


def overlap(
    issue: Positions, start: Instants, end: Instants, other_issue: Positions, other_start: Instants, other_end: Instants
) -> Microseconds:
    """For each span [start, end) of an issue, how many µs of it lie in that issue's other spans.

    The other spans are joined first, so nothing is counted twice; precise to a millisecond.

    >>> stay = [np.array([value]) for value in (0, 1000, 9000)]
    >>> overlap(*stay, np.array([0, 0]), np.array([0, 7000]), np.array([2000, 99000])).tolist()
    [3000]
    """
    if len(issue) == 0 or len(other_issue) == 0:
        return np.zeros(len(issue), dtype=np.int64)
    low, high = int(start.min()), int(end.max())
    other_start, other_end = np.clip(other_start, low, high), np.clip(other_end, low, high)
    keep = other_end > other_start
    other_issue, other_start, other_end = merged(other_issue[keep], other_start[keep], other_end[keep])
    if len(other_issue) == 0:
        return np.zeros(len(issue), dtype=np.int64)
    stride = (high - low) // _MS + 2

    def place(who: Positions, when: Instants) -> Positions:
        return who.astype(np.int64) * stride + (when - low) // _MS

    begins, ends = place(other_issue, other_start), place(other_issue, other_end)
    before = np.concatenate(([0], np.cumsum(ends - begins)))

    def covered(keys: Positions) -> Counts:
        """Total length of the other spans that lies before each key."""
        at = np.searchsorted(begins, keys, side="right")
        return before[at] - np.where(at > 0, np.maximum(ends[at - 1] - keys, 0), 0)

    return (covered(place(issue, end)) - covered(place(issue, start))) * _MS
