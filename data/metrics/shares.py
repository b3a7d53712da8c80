"""Shares that sum to exactly 100."""

from __future__ import annotations

from collections.abc import Iterable


def shares(counts: Iterable[int]) -> list[float]:
    """Percent with one decimal by largest remainder; ties go to the earlier one. Nothing at all gives zeros.

    >>> shares([1, 1, 1, 0])
    [33.4, 33.3, 33.3, 0.0]
    """
    parts = [int(each) for each in counts]
    total = sum(parts)
    if not total:
        return [0.0] * len(parts)
    tenths = [1000 * each // total for each in parts]
    order = sorted(range(len(parts)), key=lambda n: (-(1000 * parts[n] % total), n))
    for n in order[: 1000 - sum(tenths)]:
        tenths[n] += 1
    return [each / 10 for each in tenths]
