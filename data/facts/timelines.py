"""Rows of issues in order of time: which was the last before an instant, and how many lie between two."""

from __future__ import annotations

import numpy as np

from data.values.arrays import Counts, Instants, Positions


class Timeline:
    """Rows (issue, at) ordered by issue and instant; instants are exact, however far apart they are."""

    def __init__(self, issue: Positions, at: Instants) -> None:
        self._instants = np.unique(at)
        self._stride = len(self._instants) + 1
        self._issue = issue.astype(np.int64)
        self._keys = self._issue * self._stride + np.searchsorted(self._instants, at)

    def before(self, issue: Positions, instant: Instants) -> Positions:
        """How many rows come before each (issue, instant) in the whole order."""
        rank = np.searchsorted(self._instants, instant, side="left")
        return np.searchsorted(self._keys, issue.astype(np.int64) * self._stride + rank, side="left")

    def last(self, issue: Positions, instant: Instants) -> Positions:
        """Position of the last row of each issue with at < instant; -1 where there is none.

        >>> line = Timeline(np.array([0, 0, 2]), np.array([10, 20, 5]))
        >>> line.last(np.array([0, 0, 0, 1, 2]), np.array([10, 11, 99, 99, 6])).tolist()
        [-1, 0, 1, -1, 2]
        """
        place = self.before(issue, instant) - 1
        if not len(self._issue):
            return place
        return np.where((place >= 0) & (self._issue[place] == issue), place, -1)

    def between(self, issue: Positions, start: Instants, end: Instants) -> Counts:
        """How many rows of each issue have start ≤ at < end.

        >>> line = Timeline(np.array([0, 0, 2]), np.array([10, 20, 5]))
        >>> line.between(np.array([0, 0, 2]), np.array([10, 11, 0]), np.array([20, 21, 5])).tolist()
        [1, 1, 0]
        """
        out: Counts = np.maximum(self.before(issue, end) - self.before(issue, start), 0)
        return out
