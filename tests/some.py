"""Loops over something: a test that loops over nothing proves nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def some(found: Iterable[T], least: int = 1) -> list[T]:
    """The items as a list; the test fails where there are fewer than `least`.

    >>> some(range(2))
    [0, 1]
    """
    items = list(found)
    assert len(items) >= least, f"only {len(items)} where the test looks at each of at least {least}"
    return items
