"""Bars over days or weeks: counts in buckets, their table, and the rows that each bar stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from data.charts.drawing import Drilldown, by_code
from data.charts.moments import Buckets
from data.facts.rows import Rows
from data.values.arrays import Codes, Column, Instants, Numbers, Positions


def places(rows: Rows, over: Buckets, instants: Instants | None = None) -> Positions:
    """Number of the bucket of each used row; -1 for those left out and those outside."""
    return np.where(rows.reason == 0, over.place(rows.at if instants is None else instants), -1)


def counts(code: Codes, size: int, weights: Numbers | None = None) -> Column:
    """How many rows (or how much weight) each bucket has."""
    inside = code >= 0
    return np.bincount(code[inside], weights=None if weights is None else weights[inside], minlength=size)


def in_buckets(rows: Rows, over: Buckets, code: Codes) -> Drilldown:
    """Points that stand for the rows of a day or week, by its first day."""
    return by_code(rows, code, over.tokens).showing(label=over.label)


def in_parts(rows: Rows, over: Buckets, code: Codes, part: Codes, names: Sequence[str]) -> Drilldown:
    """Points that stand for one part of a day or week: "2026-10-05|Defect"."""
    tokens = [f"{day}|{name}" for day in over.tokens for name in names]

    def label(token: str) -> str:
        day, _, name = token.partition("|")
        return f"{name.replace('_', ' ')}, {over.label(day)}"

    both = np.where((code >= 0) & (part >= 0), code * len(names) + part, -1)
    return by_code(rows, both, tokens).showing(label=label)


def pickable(tokens: Sequence[str], values: Column | Sequence[Any]) -> list[str]:
    """The tokens of points that stand for something; the others stand for nothing."""
    return [token if value else "" for token, value in zip(tokens, np.asarray(values).tolist(), strict=True)]
