"""What was in each sprint: committed at the start, added, removed, completed and spilled over, issue by issue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from data.facts.dataset import Dataset
from data.facts.efficiency import blocked_spans, together
from data.facts.flow_items import FLOW_ITEMS, kinds_at
from data.facts.past import attribute_at, chosen_at
from data.facts.sprint_reading import Reading, read, reopenings, sums
from data.facts.sprint_stints import Stints, stints
from data.facts.sprint_windows import Windows, windows
from data.tables.status_intervals import overlap
from data.values.arrays import Codes, Column, Counts, Instants, Mask, Microseconds, Numbers, Positions, Spans
from data.values.exclusion import Exclusion

Kind = TypeVar("Kind", bound=np.generic)
_HOUR = 3_600_000_000
EXCLUDED = (
    Exclusion.SUB_TASK,
    Exclusion.INCOMPLETE_HISTORY,
    Exclusion.SPRINT_UNREADABLE,
    Exclusion.SPRINT_UNRECORDED,
)
REASONS = ("", *(each.text() for each in EXCLUDED))
SUB_TASK, INCOMPLETE, UNREADABLE, UNRECORDED = 1, 2, 3, 4


@dataclass(frozen=True)
class Scope:
    """One row for each issue that was in a sprint in its window, ordered by issue and sprint.

    reason: place in REASONS, 0 counted. Flags: committed (in it at the start and not done before), added, removed (net,
    between start and close), completed (became done while in it, and is still both just before the close), outside
    (done just before the close, but became so before the start or while it was not in the sprint), discarded (in it and
    discarded just before the close), spilled (committed, still in it, neither done nor discarded), done_before (in it
    at the start and done before). Amounts (points where mapped, else 1): at_start, at_add, at_remove, at_close.
    reopened:
    times; blocked: hours. other: the sprint that the same completion is counted in, for what is outside because of
    that;
    -1 for the rest.
    """

    issue: Positions
    sprint: Positions
    reason: Codes
    flags: dict[str, Mask]
    at_start: Numbers
    at_add: Numbers
    at_remove: Numbers
    at_close: Numbers
    unestimated: Mask
    reopened: Counts
    blocked: Numbers  # hours
    bug: Mask
    other: Positions

    def __len__(self) -> int:
        return len(self.issue)

    def __getitem__(self, flag: str) -> Mask:
        return self.flags[flag]

    def estimate(self, flag: str) -> Numbers:
        """Each row's estimate at the instant that counts for a flag."""
        at_close = dict.fromkeys(("completed", "outside", "discarded"), self.at_close)
        return {"added": self.at_add, "removed": self.at_remove, **at_close}.get(flag, self.at_start)

    def amount(self, flag: str) -> Numbers:
        """What each row adds to the sum of a flag: its estimate at the instant that counts, 0 where it has not the
        flag.
        """
        estimate = self.estimate(flag)
        return np.where(self.flags[flag] & (self.reason == 0), estimate, 0.0)


def scope(facts: Dataset) -> Scope:
    """Every issue in every sprint of the view, at start and close."""
    open_ = facts.once(windows)
    found = facts.once(stints)
    start, close = open_.start[found.sprint], open_.close[found.sprint]
    there = open_.readable[found.sprint] & (found.start < close) & (found.end > start)
    there &= chosen_at(facts, found.issue, close, of_sprints=True)
    found, start, close = found.take(there), start[there], close[there]
    heads = found.heads
    made = read(facts, found, start, close)
    reason = _reasons(facts, made.issue, close[heads])
    other = _counted_elsewhere(facts, open_, made, reason == 0)
    flags = {**made.flags, "completed": made.flags["completed"] & (other < 0)}
    flags["outside"] = made.flags["outside"] | (made.flags["completed"] & (other >= 0))
    flags["added"] = made.flags["added"] & (other < 0)
    lows, highs = np.maximum(found.start, start), np.minimum(found.end, close)
    reopened = sums(facts.once(reopenings).between(found.issue, lows, highs), heads)
    blocked = sums(_blocked(facts, found.issue, lows, highs), heads) / _HOUR
    amounts = (made.at_start, made.at_add, made.at_remove, made.at_close, made.unestimated)
    issue, close = made.issue, close[heads]
    whole = Scope(
        issue,
        made.sprint,
        reason,
        flags,
        *amounts,
        reopened,
        blocked,
        _bugs(facts, issue, close),
        other,
    )
    return _with_unrecorded(facts, open_, found_all=facts.once(stints), scope=whole)


def _counted_elsewhere(facts: Dataset, open_: Windows, reading: Reading, counted: Mask) -> Positions:
    """For each row whose completion is counted in another sprint: that sprint; -1 for the others.

    A completion counts once, in the sprint that the issue had come into last.
    """
    other = np.full(len(reading.issue), -1, dtype=np.int64)
    if facts.definitions.sprint_completion == "done_at_close":
        return other
    rows = np.flatnonzero(reading.flags["completed"] & counted)
    sprint = reading.sprint[rows]
    order = rows[
        np.lexsort((sprint, open_.start[sprint], reading.joined[rows], reading.finished[rows], reading.issue[rows]))
    ]
    issue, finished = reading.issue[order], reading.finished[order]
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (issue[1:] != issue[:-1]) | (finished[1:] != finished[:-1])
    winner = reading.sprint[order][last][np.cumsum(np.append(False, last))[:-1]]
    other[order[~last]] = winner[~last]
    return other


def _blocked(facts: Dataset, issue: Positions, start: Instants, end: Instants) -> Microseconds:
    """µs of each [start, end) in which the issue was both in progress and blocked: |A| + |B| − |A or B|."""
    hurdles = facts.once(blocked_spans)
    if not len(hurdles[0]):
        return np.zeros(len(issue), dtype=np.int64)
    at_work = facts.stays.within(facts.stays.are(facts.roles.progress))
    work: Spans = (at_work.issue.astype(np.int64), at_work.entered, at_work.left)
    either = together(hurdles, work)
    highs = np.minimum(end, facts.now + 1)
    in_hurdles, in_work, in_either = (overlap(issue, start, highs, *each) for each in (hurdles, work, either))
    return in_hurdles + in_work - in_either


def _bugs(facts: Dataset, issue: Positions, close: Instants) -> Mask:
    out: Mask = kinds_at(facts, issue, close) == FLOW_ITEMS.index("Defect")
    return out


def _reasons(facts: Dataset, issue: Positions, close: Instants) -> Codes:
    """Places in REASONS; the level is that just before the close."""
    table, moves = facts.tables.issues, facts.tables.sprint_moves
    unreadable = np.zeros(len(facts.tables), dtype=bool)
    unreadable[moves["issue"].to_numpy()[moves["sprint"].to_numpy() < 0]] = True
    reason = np.zeros(len(issue), dtype=np.int8)
    reason[unreadable[issue]] = UNREADABLE
    reason[~table["history_complete"].to_numpy()[issue]] = INCOMPLETE
    reason[attribute_at(facts.tables, "hierarchy", issue, close) < 0] = SUB_TASK
    return reason


def _with_unrecorded(facts: Dataset, open_: Windows, found_all: Stints, scope: Scope) -> Scope:
    """Adds issues that the field puts into a sprint though their history knows nothing of it: left out, and counted."""
    members = facts.tables.sprint_members
    count = len(open_)
    known = found_all.issue.astype(np.int64) * count + found_all.sprint
    issue, sprint = members["issue"].to_numpy(), members["sprint"].to_numpy()
    lost = ~np.isin(issue.astype(np.int64) * count + sprint, known) & open_.readable[sprint]
    lost &= chosen_at(facts, issue, open_.close[sprint], of_sprints=True)
    if not lost.any():
        return scope
    issue, sprint = issue[lost], sprint[lost]
    reason = _reasons(facts, issue, open_.close[sprint])
    reason[reason == 0] = UNRECORDED
    nothing = np.zeros(len(issue))
    none = nothing.astype(bool)

    def more(values: NDArray[Kind], added: Column) -> NDArray[Kind]:
        return np.concatenate((values, added.astype(values.dtype)))

    return Scope(
        more(scope.issue, issue),
        more(scope.sprint, sprint),
        more(scope.reason, reason),
        {name: more(each, none) for name, each in scope.flags.items()},
        more(scope.at_start, nothing),
        more(scope.at_add, nothing),
        more(scope.at_remove, nothing),
        more(scope.at_close, nothing),
        more(scope.unestimated, none),
        more(scope.reopened, nothing),
        more(scope.blocked, nothing),
        more(scope.bug, none),
        more(scope.other, nothing - 1),
    )
