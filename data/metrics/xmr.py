"""Process behaviour (XmR): natural limits of a series of values, the signals that stand out of its noise, and where
such limits say nothing, the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from data.values.arrays import Mask, Numbers, Positions

FACTOR = 2.66  # 3 standard deviations, estimated from the mean moving range of single values: 3 ÷ 1.128
RUN = 8  # so many values in a row on one side of the mean
NEAR, OF = 3, 4  # so many of so many nearer a limit than the mean
LEAST = 6  # values, below which limits say little
MOST_OF_ALL = 0.9  # of all moving ranges: where so much of them is due to one value, limits are made of it alone


@dataclass(frozen=True)
class Limits:
    """mean ± 2.66 × mean moving range; `lower` is cut at 0 for values that cannot be negative."""

    mean: float
    moving_range: float
    lower: float
    upper: float

    @property
    def reach(self) -> float:
        """From the mean to either limit, before anything is cut."""
        return FACTOR * self.moving_range


@dataclass(frozen=True)
class Signal:
    """Values `first` to `last` (places, both included) are no noise. `kind`: outside | run | near; `side`: above |
    below.
    """

    kind: str
    side: str
    first: int
    last: int

    @property
    def words(self) -> str:
        """
        >>> Signal("run", "above", 3, 11).words
        '9 in a row above the mean'
        """
        if self.kind == "outside":
            return f"{self.side} the {'upper' if self.side == 'above' else 'lower'} limit"
        if self.kind == "run":
            return f"{self.last - self.first + 1} in a row {self.side} the mean"
        return f"{NEAR} of {OF} nearer the {'upper' if self.side == 'above' else 'lower'} limit than the mean"


@dataclass(frozen=True)
class Judgement:
    """What XmR says of the values at the places `first` to `last`, both included.

    `limits`: None where it cannot tell; `why` then says so, as the end of a sentence. `basis`: how many values the
    limits are made of. Places of `signals` are those of the whole series.
    """

    first: int
    last: int
    limits: Limits | None
    signals: tuple[Signal, ...] = ()
    basis: int = 0
    why: str = ""


def judged(
    values: Sequence[float] | Numbers,
    *,
    basis: Sequence[float] | Numbers | None = None,
    floor: float | None = 0.0,
    step: str = "week",
    first: int = 0,
) -> Judgement:
    """Limits made of `basis` (of the values themselves where it is None), and the signals among the values.

    `step`: what one value is of, in words; `first`: the place of the first value in a longer series.

    >>> judged([0, 0, 0, 30, 0, 0, 0]).why
    '1 of these 7 weeks makes all the difference between them, and limits would be made of it alone'
    >>> judged([4, 6, 5, 9, 4, 5, 20], basis=[4, 6, 5, 9, 4, 5]).signals
    (Signal(kind='outside', side='above', first=6, last=6),)
    """
    made_of = values if basis is None else basis
    last = first + len(values) - 1
    if why := cannot_tell(made_of, step):
        return Judgement(first, last, None, basis=len(made_of), why=why)
    rule = limits(made_of, floor=floor)
    found = tuple(replace(each, first=each.first + first, last=each.last + first) for each in signals(values, rule))
    return Judgement(first, last, rule, found, len(made_of))


def divided(
    values: Sequence[float] | Numbers, starts: Sequence[int], *, floor: float | None = 0.0, step: str = "week"
) -> tuple[Judgement, ...]:
    """Each part of the values judged by itself; a part begins at each of `starts`, and the first at 0.

    >>> [(each.first, each.last, each.basis) for each in divided([1, 2] * 8, [7])]
    [(0, 6, 7), (7, 15, 9)]
    """
    edges = sorted({0, len(values), *(each for each in starts if 0 < each < len(values))})
    return tuple(judged(values[begin:end], floor=floor, step=step, first=begin) for begin, end in pairwise(edges))


def cannot_tell(values: Sequence[float] | Numbers, step: str = "week") -> str:
    """Why no limits can be made of these values, as the end of a sentence; empty where they can.

    They are too few; or all alike, so that there is no noise to measure; or one value makes nearly all the difference
    between neighbours (the moving ranges to either side of it are 90 % of all or more), so that limits would say how
    large that one was and nothing of the others.

    >>> cannot_tell([3, 3, 3, 3, 3, 3])
    'these 6 weeks are all alike, so there is no noise to measure a change by'
    >>> cannot_tell([3, 4, 5]), cannot_tell([3, 4, 5, 3, 4, 2])
    ('3 weeks have a number, and limits need 6', '')
    """
    data = np.asarray(values, dtype=float)
    steps = f"{step}{'s' * (len(data) != 1)}"
    if len(data) < LEAST:
        return f"{len(data)} {steps} {'has' if len(data) == 1 else 'have'} a number, and limits need {LEAST}"
    moving = np.abs(np.diff(data))
    if moving.sum() <= 1e-9 * float(np.abs(data).sum()):
        return f"these {len(data)} {steps} are all alike, so there is no noise to measure a change by"
    beside = np.convolve(moving, [1, 1])  # of each value: the differences to those before and after it
    share = float(beside.max() / moving.sum())
    if share < MOST_OF_ALL:
        return ""
    much = "all" if share > 1 - 1e-9 else f"{100 * share:.0f} % of"
    return (
        f"1 of these {len(data)} {steps} makes {much} the difference between them, and limits would be made of it alone"
    )


def limits(values: Sequence[float] | Numbers, *, floor: float | None = 0.0) -> Limits:
    """Natural limits of at least two values in order of time.

    >>> limits([4, 6, 5, 9])
    Limits(mean=6.0, moving_range=2.3333333333333335, lower=0.0, upper=12.206666666666667)
    """
    found = np.asarray(values, dtype=float)
    mean, moving = float(found.mean()), float(np.abs(np.diff(found)).mean()) if len(found) > 1 else 0.0
    lower = mean - FACTOR * moving
    return Limits(mean, moving, lower if floor is None else max(lower, floor), mean + FACTOR * moving)


def signals(values: Sequence[float] | Numbers, limits: Limits) -> list[Signal]:
    """Values outside the limits; runs of 8 or more on one side of the mean; 3 of 4 in a row on one side and nearer its
    limit than the mean. In order of their first value.

    >>> [each.words for each in signals([5, 5.1, 5, 4.9, 5, 20, 5, 5.1], Limits(5, 0.5, 3.67, 6.33))]
    ['above the upper limit']
    """
    data = np.asarray(values, dtype=float)
    out: list[Signal] = []
    tiny = 1e-9 * abs(limits.mean)  # values that are all alike differ from their mean in the last digit
    for side, way in (("above", data - limits.mean), ("below", limits.mean - data)):
        edge = limits.upper - limits.mean if side == "above" else limits.mean - limits.lower
        out += [Signal("outside", side, n, n) for n in np.flatnonzero(way > edge + tiny).tolist()]
        out += [Signal("run", side, first, last) for first, last in _runs(way > tiny) if last - first + 1 >= RUN]
        near = way > limits.reach / 2
        hits = np.convolve(near.astype(int), np.ones(OF, dtype=int), mode="valid") if len(data) >= OF else np.zeros(0)
        starts = np.flatnonzero((hits >= NEAR) & (limits.reach > tiny))
        out += [Signal("near", side, first, last + OF - 1) for first, last in _stretches(starts)]
    order = {"outside": 0, "run": 1, "near": 2}
    return sorted(out, key=lambda each: (each.first, order[each.kind], each.side))


def _runs(there: Mask) -> list[tuple[int, int]]:
    """(first, last) of each stretch of True."""
    edges = np.diff(np.concatenate(([0], there.astype(int), [0])))
    return list(zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True))


def _stretches(starts: Positions) -> list[tuple[int, int]]:
    """Windows that begin one after the other are one."""
    if not len(starts):
        return []
    parts = np.split(starts, np.flatnonzero(np.diff(starts) > 1) + 1)
    return [(int(part[0]), int(part[-1])) for part in parts]
