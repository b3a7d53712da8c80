"""What charts of jobs share: words for amounts, names on an axis, and lines between two points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.values.charts import Series
from data.values.jobs_words import Sentence


def days(value: float | None) -> str:
    """26 days of work, 1 day, less than a day."""
    if value is None:
        return ""
    return (
        "no work"
        if value == 0
        else "less than a day of work"
        if value < 0.95
        else f"{value:,.0f} day{'s' * (round(value) != 1)} of work"
    )


def reading(told: Sentence | None) -> str:
    """A sentence of the story as what a chart says."""
    return "" if told is None else f"{told.lead}: {told.text}"


def short(text: str, most: int = 34) -> str:
    """A name that fits beside an axis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def unique_names(rows: Sequence[Any]) -> list[str]:
    """Names of places on an axis: two rows of one title get their id too."""
    names = [short(row.title) for row in rows]
    ids = [
        getattr(row, "outcome_id", None) or getattr(row, "painpoint_id", None) or getattr(row, "id", "") for row in rows
    ]
    return [name if names.count(name) == 1 else f"{name} ({ids[n]})" for n, name in enumerate(names)]


def percents(shares: Sequence[float]) -> list[float]:
    return [round(100 * each, 2) for each in shares]


def between(names: Sequence[str], left: Sequence[float], right: Sequence[float], factor: float = 100) -> Series:
    """The line between two points of each place."""
    x: list[float | None] = []
    y: list[str | None] = []
    for name, a, b in zip(names, left, right, strict=True):
        x += [round(factor * a, 2), round(factor * b, 2), None]
        y += [name, name, None]
    return Series("", "spans", x, y, role="served-between")
