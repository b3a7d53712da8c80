"""How far a number may lie from what it estimates: intervals by kind of number, and what they say of a change.

Each kind of number is a small frozen class that holds what it was made of and knows its interval. The interval of a
change follows from those of the two numbers (`change_bounds`), so that a metric declares one thing: its `estimate`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from statistics import NormalDist
from typing import Protocol

import numpy as np

from data.values.arrays import Numbers
from data.values.shares import wilson_bounds

SHOWN, FOR_TIERS = 0.95, 0.80  # the interval that is shown and decides on a change; the one that decides on tiers
LEAST = 5  # observations on either side before anything is said of a change
RESAMPLES, RESAMPLED = 999, 400  # bootstrap samples; with more items the normal approximation is as good
_FAR = 7.0  # a thousandfold, as a logarithm: beyond it a sample does not bound a ratio
Bounds = tuple[float | None, float | None]  # low and high; None: not bounded by this sample
NONE: Bounds = (None, None)
_NORMAL = NormalDist()


class Estimate(Protocol):
    """A number made of observations."""

    @property
    def method(self) -> str:
        """How the interval is made, in a few words."""
        ...

    @property
    def enough(self) -> bool:
        """Whether a change may be judged by it."""
        ...

    def interval(self, level: float) -> Bounds:
        """Low and high, in the unit of the metric, that hold the true value in `level` (0 to 1) of all samples."""
        ...


@dataclass(frozen=True)
class Proportion:
    """`scale` × k of n, each observation yes or no. Interval: Wilson (1927), the score interval."""

    k: int
    n: int
    scale: float = 100.0
    method = "Wilson"

    @property
    def enough(self) -> bool:
        return self.n >= LEAST

    def interval(self, level: float) -> Bounds:
        """
        >>> [round(each, 1) for each in Proportion(1, 10).interval(0.95)]
        [1.8, 40.4]
        """
        if not self.n:
            return NONE
        low, high = wilson_bounds(self.k, self.n, level)
        return self.scale * low, self.scale * high


@dataclass(frozen=True)
class Rate:
    """Events ÷ exposure (1 where the events themselves are the number). Interval: exact Poisson (Garwood, 1936).

    No events are an answer, too: they have an upper bound. The interval knows how few they are, so any count is enough.
    """

    events: int
    exposure: float = 1.0
    method = "exact Poisson"
    enough = True

    def interval(self, level: float) -> Bounds:
        """
        >>> [round(each, 2) for each in Rate(10).interval(0.95)], [round(each, 2) for each in Rate(0).interval(0.95)]
        ([4.8, 18.39], [0.0, 3.69])
        """
        low, high = _poisson(self.events, level)
        return low / self.exposure, high / self.exposure


@lru_cache(maxsize=4096)
def _poisson(events: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else _gamma_quantile(events, tail)
    return low, _gamma_quantile(events + 1, 1 - tail)


def _gamma_quantile(shape: int, p: float) -> float:
    """The p quantile of a gamma distribution of whole `shape` and scale 1, by bisection; from 500 on, by the cube root
    of Wilson and Hilferty, which is then right to five digits."""
    z = _NORMAL.inv_cdf(p)
    middle = shape * (1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape))) ** 3
    if shape >= 500:
        return middle
    low, high = 0.0, max(middle, 1.0) * 2 + 10
    for _ in range(60):
        at = (low + high) / 2
        # P(gamma(shape) <= at) = P(Poisson(at) >= shape)
        low, high = (at, high) if 1 - _poisson_below(shape, at) < p else (low, at)
    return (low + high) / 2


def _poisson_below(count: int, mean: float) -> float:
    """The probability of fewer than `count` events."""
    if mean <= 0:
        return 1.0
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count))


@dataclass(frozen=True)
class CountRatio:
    """One count ÷ another, `first` ÷ `second`. Interval: Wilson on the first's part of both, binomial when each
    count is Poisson."""

    first: int
    second: int
    method = "Wilson on the parts"

    @property
    def enough(self) -> bool:
        return self.first + self.second >= LEAST

    def interval(self, level: float) -> Bounds:
        """
        >>> [round(each, 2) for each in CountRatio(20, 20).interval(0.95)]
        [0.54, 1.84]
        """
        if not self.first + self.second:
            return NONE
        low, high = wilson_bounds(self.first, self.first + self.second, level)
        return low / (1 - low), high / (1 - high) if high < 1 else None


@dataclass(frozen=True, eq=False)
class Percentile:
    """The p-th percentile (0 to 100) of values. Interval: order statistics, free of any distribution; a side for which
    there are too few values is None."""

    values: Numbers
    p: float = 50.0
    method = "order statistics"

    @property
    def enough(self) -> bool:
        return len(self.values) >= LEAST

    @cached_property
    def _sorted(self) -> Numbers:
        return np.sort(self.values)

    def interval(self, level: float) -> Bounds:
        """
        >>> Percentile(np.arange(1.0, 21.0)).interval(0.95), Percentile(np.arange(1.0, 6.0)).interval(0.95)
        ((6.0, 15.0), (None, None))
        """
        low, high = _ranks(len(self.values), self.p / 100, level)
        ordered = self._sorted
        return (
            None if low is None else float(ordered[low]),
            None if high is None else float(ordered[high]),
        )


@lru_cache(maxsize=4096)
def _ranks(n: int, p: float, level: float) -> tuple[int | None, int | None]:
    """Positions (from 0) in the sorted values. With B of n values below the percentile, B binomial (n, p): the r-th
    smallest value lies above it when B < r, so the low rank is the largest r with P(B < r) <= tail, the high one the
    smallest r with P(B >= r) <= tail."""
    if not n:
        return None, None
    tail = (1 - level) / 2
    if n > 2000:
        z, middle, half = _NORMAL.inv_cdf(1 - tail), n * p, math.sqrt(n * p * (1 - p))
        return math.floor(middle - z * half) - 1, math.ceil(middle + z * half)
    ks = np.arange(n + 1)
    logs = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in ks]
    below = np.cumsum(np.exp(np.array(logs) + ks * math.log(p) + (n - ks) * math.log1p(-p)))  # P(B <= k)
    low = int(np.searchsorted(below, tail, side="right"))  # how many r >= 1 have P(B <= r - 1) <= tail
    high = int(np.searchsorted(below, 1 - tail)) + 1  # the smallest r with P(B <= r - 1) >= 1 - tail
    return (low - 1 if low else None), (high - 1 if high <= n else None)


@dataclass(frozen=True, eq=False)
class Ratio:
    """`scale` × sum of tops ÷ sum of bottoms, an item each; with bottoms of 1 a mean. `most`: what it cannot exceed.

    Interval: bootstrap over items, studentised on the logarithm (Efron's bootstrap t), which holds its level for skewed
    values as plain percentiles do not; for many items the normal approximation of the same logarithm. The same for the
    same items in every process. None where all items agree or nothing is positive: then the sample does not say.
    """

    tops: Numbers
    bottoms: Numbers
    scale: float = 1.0
    most: float | None = None
    method = "bootstrap over items"

    @classmethod
    def mean(cls, values: Numbers) -> Ratio:
        return cls(values, np.ones(len(values)))

    @property
    def enough(self) -> bool:
        return len(self.tops) >= LEAST

    def interval(self, level: float) -> Bounds:
        """
        >>> low, high = Ratio.mean(np.arange(1.0, 101.0)).interval(0.95)
        >>> 44 < low < 45 and 55 < high < 57
        True
        """
        tops, bottoms, n = self.tops.astype(np.float64), self.bottoms.astype(np.float64), len(self.tops)
        if n < 2 or tops.sum() <= 0 or bottoms.sum() <= 0:
            return NONE
        value = float(tops.sum() / bottoms.sum())
        error = float(_relative_error(value, np.ones((1, n)), tops, bottoms)[0])
        if error <= 1e-12:
            return NONE
        down, up = self._spread(level, value, tops, bottoms)
        low = self.scale * value * math.exp(max(down * error, -_FAR))
        high = None if up * error > _FAR else self.scale * value * math.exp(up * error)
        return low, high if self.most is None else min(self.most, high or self.most)

    def _spread(self, level: float, value: float, tops: Numbers, bottoms: Numbers) -> tuple[float, float]:
        """How many standard errors the logarithm lies below and above."""
        n, tail = len(tops), (1 - level) / 2
        z = _NORMAL.inv_cdf(1 - tail)
        if n > RESAMPLED:
            return -z, z
        weights = _weights(n)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratios = (weights @ tops) / (weights @ bottoms)
            errors = _relative_error(ratios, weights, tops, bottoms)
            away = np.log(ratios / value) / errors
        away = away[np.isfinite(away)]
        if len(away) < RESAMPLES // 2:
            return -z, z
        low, high = np.quantile(away, [tail, 1 - tail])
        return -float(high), -float(low)


@lru_cache(maxsize=8)  # of at most 3 MB each
def _weights(n: int) -> Numbers:
    """How often each of n items is in each bootstrap sample."""
    return np.random.default_rng(n).multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(np.float64)


def _relative_error(ratios: Numbers | float, weights: Numbers, tops: Numbers, bottoms: Numbers) -> Numbers:
    """The standard error of each ratio (weights: a row a sample), linearised, as a part of the ratio."""
    n = len(tops)
    squares = weights @ tops**2 - 2 * ratios * (weights @ (tops * bottoms)) + ratios**2 * (weights @ bottoms**2)
    found: Numbers = np.sqrt(np.maximum(squares, 0.0) * n / (n - 1)) / (weights @ bottoms) / ratios
    return found


def change_bounds(now: float, of_now: Bounds, then: float, of_then: Bounds) -> Bounds:
    """The interval of now − then from the intervals of both, at the level of these ("MOVER": Zou and Donner, 2008; for
    shares it is Newcombe's tenth method, 1998). None where a bound that it needs is None.

    >>> [round(each, 1) for each in change_bounds(30.0, (22.0, 40.0), 50.0, (40.0, 60.0))]
    [-32.8, -5.9]
    """
    change = now - then
    (low, high), (low_then, high_then) = of_now, of_then
    down = None if low is None or high_then is None else change - math.hypot(now - low, high_then - then)
    up = None if high is None or low_then is None else change + math.hypot(high - now, then - low_then)
    return down, up
