"""What became of each issue of a sprint between the start and an instant: committed, added, completed and so on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.facts.dataset import Dataset
from data.facts.past import attribute_at, points_at
from data.facts.site_names import resolutions_meant
from data.facts.sprint_stints import Stints, stints
from data.facts.timelines import Timeline
from data.tables.frames import NEVER
from data.tables.status_intervals import crossings
from data.values.arrays import Counts, Instants, Mask, Numbers, Positions


@dataclass(frozen=True)
class Reading:
    """A row for each pair of issue and sprint, ordered by them. Flags and amounts: as in `Scope`.

    finished: when it last became done before the close (µs, NEVER). joined: since when it was in the sprint then
    (NEVER: it was not, or that was before the start).
    """

    issue: Positions
    sprint: Positions
    flags: dict[str, Mask]
    at_start: Numbers
    at_add: Numbers
    at_remove: Numbers
    at_close: Numbers
    unestimated: Mask
    finished: Instants
    joined: Instants


def read(facts: Dataset, found: Stints, start: Instants, close: Instants) -> Reading:
    """Reads stints that touch the time of their sprint, [start, close) by stint (µs).

    Completed is what became done while in the sprint, from its start on, and is still in it and done just before the
    close. What is done there and became so elsewhere is `outside`: in no sum of what was done or added.
    """
    heads = found.heads
    issue, sprint = found.issue[heads], found.sprint[heads]
    low, high = np.maximum(found.start, start), np.minimum(found.end, close)
    there = {
        "at_start": _any((found.start <= start) & (start < found.end), heads),
        "at_close": _any((found.start < close) & (close <= found.end), heads),
        "opened": _any(_was_open(facts, found.issue, low, high), heads),
    }
    finished = _became_done(facts, issue, close[heads])
    own = np.repeat(finished, np.diff(np.append(heads, len(found.issue))))
    inside = (own >= start) & (found.start <= own) & (own < found.end)
    came = _latest(np.where(inside, found.start, NEVER), heads)
    joined = _latest(np.where((found.start > start) & (found.start < close), found.start, NEVER), heads)
    again = _latest(_reopened(facts, found.issue, low, high), heads)
    left = _latest(np.where((found.end > start) & (found.end < close), found.end, NEVER), heads)
    start, close = start[heads], close[heads]
    flags = _flags(facts, issue, start, close, there, came != NEVER)
    amounts = _amounts(facts, issue, start, close, np.where(joined == NEVER, again, joined), left)
    return Reading(issue, sprint, flags, *amounts, finished, came)


def _flags(
    facts: Dataset, issue: Positions, start: Instants, close: Instants, there: dict[str, Mask], mine: Mask
) -> dict[str, Mask]:
    before = ended_before(facts, issue, start)
    ended, discarded = ended_before(facts, issue, close), discarded_before(facts, issue, close)
    at_start, at_close = there["at_start"], there["at_close"]
    committed = at_start & ~before
    done = at_close & ended & ~discarded
    by_close = facts.definitions.sprint_completion == "done_at_close"
    outside = np.zeros(len(issue), dtype=bool) if by_close else done & ~mine
    added = at_close & (~at_start if by_close else ~committed & there["opened"] & ~outside)
    return {
        "committed": committed,
        "added": added,
        "removed": committed & ~at_close,
        "completed": done & ~outside,
        "outside": outside,
        "discarded": at_close & discarded,
        "spilled": committed & at_close & ~ended,
        "unfinished": at_close & ~ended,
        "done_before": at_start & before,
        "at_close": at_close,
    }


def _any(values: Mask, heads: Positions) -> Mask:
    return np.logical_or.reduceat(values, heads) if len(heads) else np.zeros(0, dtype=bool)


def _latest(values: Instants, heads: Positions) -> Instants:
    return np.maximum.reduceat(values, heads) if len(heads) else np.zeros(0, dtype=np.int64)


# ---- done, and not


@dataclass(frozen=True)
class _History:
    """Stays of issues that were ever in a sprint, and when they came to an end, left it, and became done."""

    stays: Timeline
    done: Mask  # by stay
    discarded: Mask  # by stay: in a discarded status
    switches: Timeline  # into or out of done and discarded
    reopened: Timeline
    reopened_at: Instants
    finished: Timeline
    finished_at: Instants


def _history(facts: Dataset) -> _History:
    stays = facts.stays
    mine = np.zeros(len(facts.tables), dtype=bool)
    mine[facts.once(stints).issue] = True
    kept = mine[stays.issue]
    done, discarded = stays.are(facts.roles.done), stays.are(facts.roles.discarded)
    ended = done | discarded
    before = np.zeros(len(kept), dtype=bool)
    before[1:] = ended[:-1]
    switched = (ended != before) & ~stays.opening & kept
    back, finished = switched & ~ended, crossings(stays, done) & kept
    return _History(
        Timeline(stays.issue[kept], stays.entered[kept]),
        done[kept],
        discarded[kept],
        Timeline(stays.issue[switched], stays.entered[switched]),
        Timeline(stays.issue[back], stays.entered[back]),
        np.append(stays.entered[back], NEVER),
        Timeline(stays.issue[finished], stays.entered[finished]),
        np.append(stays.entered[finished], NEVER),
    )


def _role_before(facts: Dataset, role: Mask, issue: Positions, instant: Instants) -> Mask:
    """Whether each issue was in a status of the role (by stay of `_history`) just before an instant."""
    place = facts.once(_history).stays.last(issue, instant)
    out: Mask = np.append(role, False)[place]  # -1, before its creation: none
    return out


def ended_before(facts: Dataset, issue: Positions, instant: Instants) -> Mask:
    """Whether each issue was done or discarded just before an instant, whatever its resolution."""
    found = facts.once(_history)
    return _role_before(facts, found.done | found.discarded, issue, instant)


def discarded_before(facts: Dataset, issue: Positions, instant: Instants) -> Mask:
    """Whether each issue was discarded just before an instant: by its status, or done with a resolution that is no
    completion.
    """
    found = facts.once(_history)
    refused = resolutions_meant(facts.tables, facts.definitions.not_completed_resolutions)
    with_it = np.isin(attribute_at(facts.tables, "resolution", issue, instant), refused)
    done = _role_before(facts, found.done, issue, instant)
    return (done & with_it) | _role_before(facts, found.discarded, issue, instant)


def _became_done(facts: Dataset, issue: Positions, instant: Instants) -> Instants:
    """When each issue last became done before an instant (µs, NEVER)."""
    found = facts.once(_history)
    return found.finished_at[found.finished.last(issue, instant)]


def _was_open(facts: Dataset, issue: Positions, low: Instants, high: Instants) -> Mask:
    """Whether each issue was neither done nor discarded at some moment of [low, high): after what happened at `low`, or
    between two changes.
    """
    found = facts.once(_history)
    place = found.stays.last(issue, low + 1)
    open_ = np.append(~(found.done | found.discarded), False)[place]
    out: Mask = open_ | (found.switches.between(issue, low, high) > 0)
    return out


def _reopened(facts: Dataset, issue: Positions, low: Instants, high: Instants) -> Instants:
    """When each issue was last reopened in [low, high) (µs, NEVER)."""
    found = facts.once(_history)
    at = found.reopened_at[found.reopened.last(issue, high)]
    return np.where(at >= low, at, NEVER)


# ---- amounts


def in_points(facts: Dataset) -> bool:
    """Whether sprints are counted in story points: where they are mapped. Else in issues, never mixed."""
    return facts.field("story_points") is not None


def _amounts(
    facts: Dataset, issue: Positions, start: Instants, close: Instants, joined: Instants, left: Instants
) -> tuple[Numbers, Numbers, Numbers, Numbers, Mask]:
    """Estimates at the start, when added, when removed, at the close; and whether there was none at the close."""
    if not in_points(facts):
        one: Numbers = np.ones(len(issue))
        return one, one, one, one, np.zeros(len(issue), dtype=bool)
    # A change at the very instant counts for what happens at it; what happens at the close comes too late.
    found = [points_at(facts.tables, issue, when) for when in (start + 1, joined + 1, left + 1, close)]
    at_start, at_add, at_remove, at_close = (np.nan_to_num(each) for each in found)
    return at_start, at_add, at_remove, at_close, np.isnan(found[3])


def reopenings(facts: Dataset) -> Timeline:
    """Each time an issue left done for a status that is neither done nor discarded."""
    stays, done = facts.stays, facts.stays.are(facts.roles.done)
    out = np.zeros(len(done), dtype=bool)
    out[1:] = done[:-1] & ~stays.are(facts.roles.ended)[1:] & ~stays.opening[1:]
    return Timeline(stays.issue[out], stays.entered[out])


def sums(values: Counts, heads: Positions) -> Counts:
    """The sum of each group of rows."""
    return np.add.reduceat(values, heads) if len(heads) else np.zeros(0, dtype=np.int64)
