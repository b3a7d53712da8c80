"""When each sprint was open, and why nothing can be said of some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.facts.dataset import Dataset
from data.tables.frames import NEVER
from data.values.arrays import Codes, Instants, Mask

FUTURE, ACTIVE, CLOSED = 0, 1, 2
STATES = ("future", "active", "closed")
PROBLEMS = (
    "",
    "Jira gives no date on which it was completed",
    "Jira gives no date on which it started",
    "it was completed before it started",
    "it started before the first day that the query holds completely",
)
NO_CLOSE, NO_START, BACKWARDS, BEFORE_DATA = 1, 2, 3, 4


@dataclass(frozen=True)
class Windows:
    """Per sprint: its state at now, and the instants (µs) at which its scope is read.

    start: what is in it then was committed. close: everything that happened before it counts; one tick after now where
    the sprint is still open. problem: place in PROBLEMS; 0 where there is none.
    """

    state: Codes
    start: Instants
    close: Instants
    problem: Codes

    def __len__(self) -> int:
        return len(self.state)

    @property
    def readable(self) -> Mask:
        """Sprints of which something can be counted."""
        out: Mask = (self.problem == 0) | (self.problem == BEFORE_DATA)
        return out

    @property
    def counts(self) -> Mask:
        """Closed sprints whose numbers stand: these make averages, ranges and z-scores."""
        out: Mask = (self.state == CLOSED) & (self.problem == 0)
        return out


def windows(facts: Dataset) -> Windows:
    """The windows of all sprints. What lies after `now` has not happened: a sprint closed later is still active.

    One that Jira says is active or future is not closed, whatever completion date an earlier close has left.
    """
    table, now = facts.tables.sprints, facts.now
    started, completed = table["started"].to_numpy(), table["completed"].to_numpy()
    said = table["state"].to_numpy(dtype=object)
    begun = (started != NEVER) & (started <= now)
    over = (said == "closed") & (completed != NEVER) & (completed <= now)
    undated = (said == "closed") & (completed == NEVER)
    state = np.where(over | undated, CLOSED, np.where(begun & (said != "future"), ACTIVE, FUTURE)).astype(np.int8)
    # One that Jira calls active though no start is known is active, and nothing can be said of its scope.
    state[(said == "active") & (started == NEVER) & ~over] = ACTIVE
    start = np.where(state == FUTURE, now, started)
    close = np.where(state == CLOSED, completed, now + 1)
    problem = np.zeros(len(state), dtype=np.int8)
    if facts.complete_from is not None:
        problem[start < facts.complete_from] = BEFORE_DATA
    problem[(start != NEVER) & (close <= start)] = BACKWARDS
    problem[undated] = NO_CLOSE
    problem[start == NEVER] = NO_START
    return Windows(state, start, close, problem)
