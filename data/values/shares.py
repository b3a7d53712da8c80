"""Shares with their 95 % interval, medians and quantiles of plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

ENOUGH = 30  # fewer answers than this: the share says so
_Z = 1.959963984540054  # 95 %


@dataclass(frozen=True)
class Share:
    """How many of how many, with the 95 % interval of Wilson. All shares from 0 to 1; None without answers."""

    count: int
    n: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def enough(self) -> bool:
        return self.n >= ENOUGH


def wilson(count: int, n: int) -> Share:
    """A share with its 95 % interval, without continuity correction.

    >>> share = wilson(75, 270)
    >>> round(share.low, 4), round(share.value, 4), round(share.high, 4), share.enough
    (0.2278, 0.2778, 0.334, True)
    >>> wilson(0, 0).value is None
    True
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no share.")
    if n == 0:
        return Share(0, 0, None, None, None)
    share, square = count / n, _Z * _Z / n
    middle = (share + square / 2) / (1 + square)
    half = _Z * math.sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
    return Share(count, n, share, min(max(0.0, middle - half), share), max(min(1.0, middle + half), share))


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """R-7 of values in order; None without any.

    >>> quantile([1.0, 2.0, 4.0], 0.9), quantile([], 0.5) is None
    (3.6, True)
    """
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def middle(values: Iterable[float | None]) -> float | None:
    """The median of those that are numbers.

    >>> middle([None, 3.0, 1.0]), middle([None])
    (2.0, None)
    """
    found = [each for each in values if each is not None]
    return median(found) if found else None
