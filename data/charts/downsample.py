"""Reduces the points of a chart: extremes and outliers stay, the others are sampled evenly."""

from __future__ import annotations

import numpy as np

from data.values.arrays import Numbers, Positions

MOST_POINTS = 1_500


def thin(y: Numbers, most: int = MOST_POINTS, *, keep_above: float | None = None) -> tuple[Positions, str]:
    """Places of the points to draw, ascending, and how many they are in words ("" for all).

    The lowest and the highest stay, and all above `keep_above` as far as they take half of the room; the rest is every
    n-th of what is left, in the order given, so that each stretch keeps its share.

    >>> thin(np.arange(10.0), 4)[1]
    '4 of 10 points are drawn; lines, table and CSV are made from all of them.'
    """
    count = len(y)
    if count <= most:
        return np.arange(count), ""
    must = np.zeros(count, dtype=bool)
    must[[int(np.argmin(y)), int(np.argmax(y))]] = True
    if keep_above is not None:
        above = np.flatnonzero(y > keep_above)
        if len(above) > most // 2:
            above = above[np.argsort(-y[above], kind="stable")[: most // 2]]
        must[above] = True
    rest = np.flatnonzero(~must)
    room = most - int(must.sum())
    if room > 0:
        must[rest[np.linspace(0, len(rest) - 1, min(room, len(rest))).astype(np.int64)]] = True
    shown = np.flatnonzero(must)
    return shown, f"{len(shown):,} of {count:,} points are drawn; lines, table and CSV are made from all of them."
