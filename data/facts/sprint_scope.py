"""What was in each sprint: committed at the start, added, removed, completed and spilled over, issue by issue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from data.facts.dataset import Dataset
from data.facts.efficiency import blocked_spans, together
from data.facts.flow_items import FLOW_ITEMS, kinds
from data.facts.past import points_at
from data.facts.sprint_windows import Windows, windows
from data.facts.timelines import Timeline
from data.tables.frames import FOREVER, NEVER
from data.tables.status_intervals import overlap
from data.values.arrays import Codes, Column, Counts, Instants, Mask, Microseconds, Numbers, Positions, Spans
from data.values.exclusion import Exclusion
from data.values.names import places_of

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
class Stints:
    """Times in a sprint, ordered by issue, sprint and time: issue was in `sprint` in [start, end). µs."""

    issue: Positions
    sprint: Positions
    start: Instants
    end: Instants

    def take(self, chosen: Mask) -> Stints:
        return Stints(self.issue[chosen], self.sprint[chosen], self.start[chosen], self.end[chosen])

    @property
    def heads(self) -> Positions:
        """Where each pair of issue and sprint begins."""
        fresh = np.ones(len(self.issue), dtype=bool)
        fresh[1:] = (self.issue[1:] != self.issue[:-1]) | (self.sprint[1:] != self.sprint[:-1])
        return np.flatnonzero(fresh)


def stints(facts: Dataset) -> Stints:
    """From the moves in and out. Leaving without having joined, and joining twice, mean nothing."""
    moves = facts.tables.sprint_moves
    moves = moves[moves["sprint"].to_numpy() >= 0]
    issue, sprint = moves["issue"].to_numpy(), moves["sprint"].to_numpy()
    order = np.lexsort((sprint, issue))  # stable: moves of a pair stay in order of time
    issue, sprint = issue[order], sprint[order]
    at, joined = moves["at"].to_numpy()[order], moves["joined"].to_numpy()[order]
    same = np.zeros(len(issue), dtype=bool)
    same[1:] = (issue[1:] == issue[:-1]) & (sprint[1:] == sprint[:-1])
    before = np.zeros(len(issue), dtype=bool)
    before[1:] = joined[:-1] & same[1:]
    real = joined != before
    issue, sprint, at, joined = issue[real], sprint[real], at[real], joined[real]
    end = np.full(len(issue), FOREVER, dtype=np.int64)
    if len(issue) > 1:
        goes_on = (issue[1:] == issue[:-1]) & (sprint[1:] == sprint[:-1])
        end[:-1][goes_on] = at[1:][goes_on]
    return Stints(issue[joined], sprint[joined], at[joined], end[joined])


@dataclass(frozen=True)
class Scope:
    """One row for each issue that was in a sprint in its window, ordered by issue and sprint.

    reason: place in REASONS, 0 counted. Flags: committed (in it at the start and not done before), added, removed (net,
    between start and close), completed (done just before the close), spilled (committed, still in it, not done),
    refused (done, but with a resolution that is no completion), done_before (done before the start).
    Amounts (points where mapped, else 1): at_start, at_add, at_remove, at_close. reopened: times; blocked: hours.
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

    def __len__(self) -> int:
        return len(self.issue)

    def __getitem__(self, flag: str) -> Mask:
        return self.flags[flag]

    def amount(self, flag: str) -> Numbers:
        """What each row adds to the sum of a flag: its estimate at the instant that counts, 0 where it has not the
        flag.
        """
        estimate = {"added": self.at_add, "removed": self.at_remove, "completed": self.at_close}.get(
            flag, self.at_start
        )
        return np.where(self.flags[flag] & (self.reason == 0), estimate, 0.0)


def in_points(facts: Dataset) -> bool:
    """Whether sprints are counted in story points: where they are mapped. Else in issues, never mixed."""
    return facts.field("story_points") is not None


def scope(facts: Dataset) -> Scope:
    """Every issue in every sprint of the view, at start and close."""
    open_ = facts.once(windows)
    found = facts.once(stints)
    start, close = open_.start[found.sprint], open_.close[found.sprint]
    there = open_.readable[found.sprint] & facts.chosen[found.issue] & (found.start < close) & (found.end > start)
    found, start, close = found.take(there), start[there], close[there]
    heads = found.heads
    issue, sprint = found.issue[heads], found.sprint[heads]
    at_start = _any((found.start <= start) & (start < found.end), heads)
    at_close = _any((found.start < close) & (close <= found.end), heads)
    joined = _latest(np.where((found.start > start) & (found.start < close), found.start, NEVER), heads)
    left = _latest(np.where((found.end > start) & (found.end < close), found.end, NEVER), heads)
    start, close = start[heads], close[heads]
    flags = _flags(facts, issue, start, close, at_start, at_close)
    amounts = _amounts(facts, issue, start, close, joined, left)
    lows, highs = np.maximum(found.start, open_.start[found.sprint]), np.minimum(found.end, open_.close[found.sprint])
    reopened = _sums(_reopenings(facts).between(found.issue, lows, highs), heads)
    blocked = _sums(_blocked(facts, found.issue, lows, highs), heads)
    made = Scope(issue, sprint, _reasons(facts, issue), flags, *amounts, reopened, blocked / _HOUR, _bugs(facts, issue))
    return _with_unrecorded(facts, open_, found_all=facts.once(stints), made=made)


def _any(values: Mask, heads: Positions) -> Mask:
    return np.logical_or.reduceat(values, heads) if len(heads) else np.zeros(0, dtype=bool)


def _latest(values: Instants, heads: Positions) -> Instants:
    return np.maximum.reduceat(values, heads) if len(heads) else np.zeros(0, dtype=np.int64)


def _sums(values: Counts, heads: Positions) -> Counts:
    return np.add.reduceat(values, heads) if len(heads) else np.zeros(0, dtype=np.int64)


def _stays(facts: Dataset) -> tuple[Timeline, Mask]:
    """Stays of issues that were ever in a sprint, and whether each is in a done status."""
    stays, mine = facts.stays, np.zeros(len(facts.tables), dtype=bool)
    mine[facts.once(stints).issue] = True
    kept = mine[stays.issue]
    return Timeline(stays.issue[kept], stays.entered[kept]), stays.are(facts.roles.done)[kept]


def done_before(facts: Dataset, issue: Positions, instant: Instants) -> Mask:
    """Whether each issue was done just before an instant."""
    line, done = facts.once(_stays)
    place = line.last(issue, instant)
    out: Mask = (place >= 0) & np.append(done, False)[place]
    return out


def _flags(
    facts: Dataset, issue: Positions, start: Instants, close: Instants, at_start: Mask, at_close: Mask
) -> dict[str, Mask]:
    before, done = done_before(facts, issue, start), done_before(facts, issue, close)
    column = facts.tables.issues["resolution"]
    codes = places_of(facts.definitions.not_completed_resolutions, column.cat.categories)
    refused = np.isin(column.cat.codes.to_numpy()[issue], codes)
    committed = at_start & ~before
    return {
        "committed": committed,
        "added": ~at_start & at_close,
        "removed": committed & ~at_close,
        "completed": at_close & done & ~refused,
        "spilled": committed & at_close & ~done,
        "unfinished": at_close & ~done,
        "refused": at_close & done & refused & ~before,
        "done_before": at_start & before,
        "at_close": at_close,
    }


def _amounts(
    facts: Dataset, issue: Positions, start: Instants, close: Instants, joined: Instants, left: Instants
) -> tuple[Numbers, Numbers, Numbers, Numbers, Mask]:
    """Estimates at the start, when added, when removed, at the close; and whether there was none at the close."""
    if not in_points(facts):
        one = np.ones(len(issue))
        return one, one, one, one, np.zeros(len(issue), dtype=bool)
    # A change at the very instant counts for what happens at it; what happens at the close comes too late.
    found = [points_at(facts.tables, issue, when) for when in (start + 1, joined + 1, left + 1, close)]
    at_start, at_add, at_remove, at_close = (np.nan_to_num(each) for each in found)
    return at_start, at_add, at_remove, at_close, np.isnan(found[3])


def amounts_at(facts: Dataset, issue: Positions, instant: Instants) -> Numbers:
    """What each issue counts just before an instant: its points, 0 without an estimate; 1 where issues are counted."""
    return np.nan_to_num(points_at(facts.tables, issue, instant)) if in_points(facts) else np.ones(len(issue))


def _reopenings(facts: Dataset) -> Timeline:
    """Each time an issue left done for a status that is not done."""
    stays, done = facts.stays, facts.stays.are(facts.roles.done)
    out = np.zeros(len(done), dtype=bool)
    out[1:] = done[:-1] & ~done[1:] & ~stays.opening[1:]
    return Timeline(stays.issue[out], stays.entered[out])


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


def _bugs(facts: Dataset, issue: Positions) -> Mask:
    out: Mask = kinds(facts, issue) == FLOW_ITEMS.index("Defect")
    return out


def _reasons(facts: Dataset, issue: Positions) -> Codes:
    table, moves = facts.tables.issues, facts.tables.sprint_moves
    unreadable = np.zeros(len(facts.tables), dtype=bool)
    unreadable[moves["issue"].to_numpy()[moves["sprint"].to_numpy() < 0]] = True
    reason = np.zeros(len(issue), dtype=np.int8)
    reason[unreadable[issue]] = UNREADABLE
    reason[~table["history_complete"].to_numpy()[issue]] = INCOMPLETE
    reason[table["hierarchy"].to_numpy()[issue] < 0] = SUB_TASK
    return reason


def _with_unrecorded(facts: Dataset, open_: Windows, found_all: Stints, made: Scope) -> Scope:
    """Adds issues that the field puts into a sprint though their history knows nothing of it: left out, and counted."""
    members = facts.tables.sprint_members
    count = len(open_)
    known = found_all.issue.astype(np.int64) * count + found_all.sprint
    issue, sprint = members["issue"].to_numpy(), members["sprint"].to_numpy()
    lost = ~np.isin(issue.astype(np.int64) * count + sprint, known) & open_.readable[sprint] & facts.chosen[issue]
    if not lost.any():
        return made
    issue, sprint = issue[lost], sprint[lost]
    reason = _reasons(facts, issue)
    reason[reason == 0] = UNRECORDED
    nothing = np.zeros(len(issue))
    none = nothing.astype(bool)

    def more(values: NDArray[Kind], added: Column) -> NDArray[Kind]:
        return np.concatenate((values, added.astype(values.dtype)))

    return Scope(
        more(made.issue, issue),
        more(made.sprint, sprint),
        more(made.reason, reason),
        {name: more(each, none) for name, each in made.flags.items()},
        more(made.at_start, nothing),
        more(made.at_add, nothing),
        more(made.at_remove, nothing),
        more(made.at_close, nothing),
        more(made.unestimated, none),
        more(made.reopened, nothing),
        more(made.blocked, nothing),
        more(made.bug, none),
    )
