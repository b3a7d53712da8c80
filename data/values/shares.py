"""Shares with their 95 % interval, medians and quantiles of plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, median

ENOUGH = 30  # fewer answers than this: the share says so


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
    share = count / n
    low, high = wilson_bounds(count, n)
    return Share(count, n, share, min(low, share), max(high, share))


def wilson_bounds(count: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """The interval from 0 to 1 of a share of `count` in `n` (Wilson, 1927, without continuity correction).

    >>> [round(each, 3) for each in wilson_bounds(5, 10)], wilson_bounds(0, 10)[0], wilson_bounds(10, 10)[1]
    ([0.237, 0.763], 0.0, 1.0)
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = (count + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(count * (n - count) / n + z * z / 4)
    return (0.0 if count == 0 else max(middle - half, 0.0)), (1.0 if count == n else min(middle + half, 1.0))


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
