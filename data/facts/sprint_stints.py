"""When each issue was in which sprint, from the history of the Sprint field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.facts.dataset import Dataset
from data.tables.frames import FOREVER
from data.values.arrays import Instants, Mask, Positions


@dataclass(frozen=True)
class Stints:
    """Times in a sprint, ordered by issue, sprint and time: issue was in `sprint` in [start, end). µs."""

    issue: Positions
    sprint: Positions
    start: Instants
    end: Instants

    def take(self, chosen: Mask | Positions) -> Stints:
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
