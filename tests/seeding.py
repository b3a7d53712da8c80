"""Examples that tests draw: always the same ones in `make test` (half of those that a test names), a tenth in `make
check`, and fresh ones, ten times as many, in `make torture`.

`make torture` sets TEST_SEED from the clock and prints it. The same number draws the same examples again:
`TEST_SEED=1764336000 python -m pytest -m seeded tests/data/metrics`. Tests that draw have the marker "seeded"; a test
with `@given` gets it by itself.
"""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

VARIABLE = "TEST_SEED"
FEW = "FEW_EXAMPLES"  # set: only a tenth of the examples, for `make check`
TIMES = 10  # so many times as many examples are drawn in `make torture`
PART = 2  # one of so many is drawn in `make test`, so that it fits into its time
_APART = 10_000  # between the sites of two neighbouring seeds: no test draws more


def base() -> int:
    """The number that everything is drawn from; 0 means the examples of `make test`."""
    return int(os.environ.get(VARIABLE) or 0)


def examples(count: int = 100) -> settings:
    """Settings of a test with `@given`: `count` examples, the same each time, or `TIMES` as many fresh ones."""
    return settings(
        max_examples=_some(count, TIMES),
        derandomize=not base(),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def first(start: int) -> int:
    """The number of the first random site of a test that counts from `start`."""
    return start + base() * _APART


def numbers(count: int, start: int = 0, *, times: int = TIMES) -> range:
    """The numbers of `count` random sites from `start` on, or of `times` as many fresh ones."""
    return range(first(start), first(start) + _some(count, times))


def _some(count: int, times: int) -> int:
    """How many to draw of `count`."""
    if base():
        return count * times
    return -(-count // (TIMES if os.environ.get(FEW) else PART))


def seeds(count: int, start: int = 0, *, times: int = TIMES) -> list[Any]:
    """`numbers` for `parametrize`."""
    return [pytest.param(number, marks=pytest.mark.seeded) for number in numbers(count, start, times=times)]


def dice(seed: int | str) -> random.Random:
    """A generator for a test that draws: `seed` tells it apart from the others."""
    return random.Random(f"{base()} {seed}" if base() else seed)  # noqa: S311 - not a secret
