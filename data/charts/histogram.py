"""Histograms of days: how many items took how long, with the percentiles marked."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from data.charts.catalogue import ChartQuery
from data.charts.drawing import Drawing, by_code, left_out, nothing
from data.charts.percentiles import percentile_lines
from data.facts.days import WHOLE_DAYS
from data.facts.rows import Rows
from data.values.arrays import Codes, Numbers
from data.values.charts import Series

BINS = 24
_MOST_TICKS = 6
_TAIL = 98  # percent of the values that have bars of their own width; the rest is one bar "and more"


def bins(values: Numbers, least: float = 0.0) -> tuple[Codes, float, int]:
    """Number of the bin of each value, the width of a bin, and how many bins there are; the last one may hold all
    longer.

    A bin holds its lower edge, not its upper one. Widths are 1, 2 or 5 times a power of ten.
    """
    top = float(np.percentile(values, _TAIL)) if len(values) > 20 else float(values.max())
    width = _nice(max(top / BINS, least, 1e-3))
    count = math.floor(top / width) + 1
    code = np.floor(values / width).astype(np.int64)
    if code.max() >= count:
        code, count = np.minimum(code, count), count + 1
    return code, width, count


def _nice(least: float) -> float:
    """The smallest of 1, 2, 5, 10, … that is not below `least`.

    >>> _nice(0.3), _nice(2.0), _nice(2.1)
    (0.5, 2.0, 5.0)
    """
    power = 10.0 ** math.floor(math.log10(least))
    return next(round(step * power, 12) for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))


def histogram(query: ChartQuery, rows: Rows, reading: str, empty: str) -> Drawing:
    """Bars over the column `days` of the used rows. `reading` has places for {n}, {half} and {high}."""
    used = np.flatnonzero(rows.reason == 0)
    if not len(used):
        return nothing(
            empty, todo="Choose other days, or clear a filter.", drilldown=by_code(rows, rows.reason * 0 - 1, [])
        )
    days = rows.columns["days"][used]
    whole = query.facts.definitions.durations in WHOLE_DAYS
    code, width, count = bins(days, 1.0 if whole else 0.0)
    beyond = bool((days >= width * (count - 1)).any() and days.max() >= width * count)
    tokens = [_token(n, width, last=beyond and n == count - 1) for n in range(count)]
    of_row = np.full(len(rows), -1, dtype=np.int64)
    of_row[used] = code
    counts = np.bincount(code, minlength=count)
    words = [_words(token) for token in tokens]
    picks = by_code(rows, of_row, tokens).showing(values="days", unit="days", label=_words)

    def table() -> Iterator[tuple[Any, ...]]:
        yield from zip(words, counts.tolist(), (np.cumsum(counts) / len(days) * 100).round(1).tolist(), strict=True)

    series = Series(
        "",
        "bars",
        [round((n + 0.5) * width, 6) for n in range(count)],
        counts.tolist(),
        text=[f"{word}: {n:,} item{'s' * (n != 1)}" for word, n in zip(words, counts.tolist(), strict=True)],
        picks=[token if n else "" for token, n in zip(tokens, counts.tolist(), strict=True)],
        width=[width * 0.92] * count,
    )
    half, high = query.quantile(days, 50) or 0.0, query.quantile(days, 85) or 0.0
    lines = tuple(each for each in percentile_lines(query, days, "x") if float(each.at) <= width * count)
    return Drawing(
        reading.format(n=f"{len(days):,}", half=f"{half:,.1f}", high=f"{high:,.1f}"),
        (series,),
        lines,
        x_title="Days",
        y_title="Items",
        x_range=(0.0, round(width * count, 6)),
        x_ticks=_ticks(width, count) if beyond else (),
        columns=("Days", "Items", "Up to here, %"),
        table=table,
        table_picks=lambda: [token if n else "" for token, n in zip(tokens, counts.tolist(), strict=True)],
        row_count=count,
        drilldown=picks,
        notes=left_out(rows),
    )


def _ticks(width: float, count: int) -> tuple[tuple[float, str], ...]:
    """The edges of some bars, and below the middle of the last one "15+", as it holds all that took longer.

    >>> _ticks(1.0, 16)
    ((0.0, '0'), (3.0, '3'), (6.0, '6'), (9.0, '9'), (12.0, '12'), (15.5, '15+'))
    """
    step = -(-count // _MOST_TICKS)
    edges = [round(n * width, 6) for n in range(0, count - 1, step) if count - 1 - n > step / 2]
    last = round((count - 1) * width, 6)
    return (*((edge, f"{edge:g}") for edge in edges), (round(last + width / 2, 6), f"{last:g}+"))


def _token(n: int, width: float, *, last: bool) -> str:
    low, high = round(n * width, 6), round((n + 1) * width, 6)
    return f"{low:g}+" if last else f"{low:g}-{high:g}"


def _words(token: str) -> str:
    """
    >>> _words("2-4"), _words("40+")
    ('2 to under 4 days', '40 days and more')
    """
    return f"{token[:-1]} days and more" if token.endswith("+") else f"{token.replace('-', ' to under ')} days"
