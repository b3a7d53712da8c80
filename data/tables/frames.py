"""How tidy tables are made of rows, and the two instants that stand for none and for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data.values.instants import NEVER as NEVER
from data.values.names import name_key

FOREVER = int(np.iinfo(np.int64).max)  # still so


def frame(rows: Sequence[tuple[Any, ...]], **columns: Any) -> pd.DataFrame:
    """Rows as a frame with the given column types, also when there is none."""
    parts = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame(
        {name: np.array(part, dtype=kind) for part, (name, kind) in zip(parts, columns.items(), strict=True)}
    )


def spelled_once(names: Iterable[str | None]) -> pd.Categorical[object]:
    """A column of names in which each name has one spelling: the most frequent of those that are the same name.

    >>> list(spelled_once(["bug", "Bug", None, "Bug", "Story"]))
    ['Bug', 'Bug', nan, 'Bug', 'Story']
    """
    found = pd.Categorical(list(names))
    known = [str(each) for each in found.categories]
    counts = np.bincount(found.codes[found.codes >= 0], minlength=len(known))
    first: dict[str, int] = {}
    for n in sorted(range(len(known)), key=lambda place: (-counts[place], known[place])):
        first.setdefault(name_key(known[n]), n)
    if len(first) == len(known):
        return found
    spelling: list[str | None] = [*(known[first[name_key(each)]] for each in known), None]  # the last is that of -1
    return pd.Categorical([spelling[code] for code in found.codes.tolist()])


def columns_of(connection: Connection, query: Any, width: int) -> list[list[Any]]:
    """The answer of a query, one list a column."""
    columns: list[list[Any]] = [[] for _ in range(width)]
    for part in connection.execution_options(yield_per=20_000).execute(query).partitions():
        for column, values in zip(columns, zip(*part, strict=True), strict=True):
            column.extend(values)
    return columns
