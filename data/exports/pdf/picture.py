"""A chart as SVG for paper: plane, axes, points, lines, bars and areas, from the same plain values as in the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape
from itertools import pairwise
from typing import Any

from data.values.charts import ChartAnswer, Line, Series

WIDTH, HEIGHT = 560, 190
_LEFT, _TOP, _BOTTOM = 46, 10, 26
_MARGIN, _LABELS = 10, 76  # on the right: alone, and with labels of lines
DRAWN = frozenset({"points", "line", "steps", "bars", "stacked", "area"})
_INK, _SOFT, _GRID = "#1f2733", "#5a6676", "#e3e7ed"
_COLOURS = (
    "#3355d8",
    "#8fa6ee",
    "#5f6b7c",
    "#c3cad5",
    "#2f8f6b",
    "#d98a1f",
    "#a24fb4",
    "#4ba3c7",
    "#9c6b3f",
    "#7c8696",
)
_ROLES = {
    "main": "#3355d8", "second": "#8fa6ee", "muted": "#8b95a3", "faint": "#c3cad5", "failure": "#c2344a",
    "recovery": "#2f8f6b", "signal": "#c2344a",
}  # a table: kept in its rows  # fmt: skip


@dataclass(frozen=True)
class _Plane:
    """Where values lie on the paper."""

    x: Callable[[Any], float]
    low: float
    high: float
    step: float  # width of a bar
    right: float = WIDTH - _MARGIN

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _BOTTOM - _TOP), 2)


def can_draw(chart: ChartAnswer) -> bool:
    """Whether the chart is of kinds that are drawn here, and has something to show.

    >>> can_draw(ChartAnswer("empty", "Empty", ""))
    False
    """
    shown = [each for each in chart.series if len(each.x)]
    return bool(shown) and chart.problem is None and all(each.kind in DRAWN and _numbers(each.y) for each in shown)


def svg(chart: ChartAnswer) -> str:
    """The picture. Raises ValueError where `can_draw` says no."""
    if not can_draw(chart):
        raise ValueError(f"{chart.name} is no chart for paper")
    plane, ticks = _plane(chart)
    parts = [*_grid(plane), *_series(chart, plane)]
    parts += _labelled(plane, chart.lines)
    parts += [_text(at, HEIGHT - 8, words, "middle") for at, words in ticks]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    return f"{head}{''.join(parts)}</svg>"


def legend(chart: ChartAnswer) -> list[tuple[str, str]]:
    """(colour, name) of the series that have a name; empty for a single one."""
    named = [(_colour(each, n), each.name) for n, each in enumerate(chart.series) if each.name and len(each.x)]
    return named if len(named) > 1 else []


def _numbers(values: Sequence[Any]) -> bool:
    return all(value is None or isinstance(value, int | float) for value in values)


def _plane(chart: ChartAnswer) -> tuple[_Plane, list[tuple[float, str]]]:
    shown = [each for each in chart.series if len(each.x)]
    heights = _tops(shown) + [float(each.at) for each in chart.lines if each.axis == "y"]
    low, high = min(0.0, *heights), max(*heights, 0.0)
    high = _round_up(high) if high > low else low + 1
    right = WIDTH - (_LABELS if any(each.axis == "y" for each in chart.lines) else _MARGIN)
    room = right - _LEFT
    if chart.x_kind == "category":
        names = list(dict.fromkeys(str(x) for each in shown for x in each.x))
        place = {name: n for n, name in enumerate(names)}
        step = room / max(len(names), 1)
        every = max(1, math.ceil(len(names) / 12))
        ticks = [(_LEFT + (n + 0.5) * step, name[:12]) for n, name in enumerate(names) if n % every == 0]
        return _Plane(lambda x: _LEFT + (place[str(x)] + 0.5) * step, low, high, step * 0.7, right), ticks
    values = sorted({_number(x, chart.x_kind) for each in shown for x in each.x})
    first, last = values[0], values[-1]
    gap = min((b - a for a, b in pairwise(values)), default=1.0) or 1.0
    bars = any(each.kind in ("bars", "stacked") for each in shown)
    first, last = (first - gap / 2, last + gap / 2) if bars or first == last else (first, last)
    scale = room / (last - first)
    plane = _Plane(lambda x: _LEFT + (_number(x, chart.x_kind) - first) * scale, low, high, gap * scale * 0.7, right)
    return plane, [(_LEFT + (at - first) * scale, words) for at, words in _x_ticks(first, last, chart.x_kind == "time")]


def _tops(shown: Sequence[Series]) -> list[float]:
    """The heights that must fit; those of stacked series together."""
    found = [float(y) for each in shown if each.kind not in ("stacked", "area") for y in each.y if y is not None]
    together: dict[str, float] = {}
    for each in shown:
        if each.kind in ("stacked", "area"):
            for x, y in zip(each.x, each.y, strict=True):
                together[str(x)] = together.get(str(x), 0.0) + float(y or 0)
    return found + list(together.values()) or [0.0]


def _number(x: Any, kind: str) -> float:
    if kind != "time":
        return float(x)
    if isinstance(x, date) and not isinstance(x, datetime):
        x = x.isoformat()
    value = datetime.fromisoformat(str(x)) if not isinstance(x, datetime) else x
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp() / 86_400


def _x_ticks(first: float, last: float, time: bool) -> list[tuple[float, str]]:
    if not time:
        step = _nice((last - first) / 6)
        at = math.ceil(first / step) * step
        return [(at + n * step, f"{at + n * step:g}") for n in range(int((last - at) / step) + 1)]
    count = 6
    start = datetime(1970, 1, 1, tzinfo=UTC)
    step = max(1, round((last - first) / count))
    days = range(math.ceil(first), math.floor(last) + 1, step)
    return [(float(day), f"{(start + timedelta(days=day)).day} {start + timedelta(days=day):%b}") for day in days]


def _nice(size: float) -> float:
    """
    >>> _nice(0.3), _nice(3.2), _nice(60)
    (0.5, 5.0, 100.0)
    """
    power = 10.0 ** math.floor(math.log10(size)) if size > 0 else 1.0
    return next(each * power for each in (1.0, 2.0, 5.0, 10.0) if size <= each * power * 1.0001)


def _round_up(high: float) -> float:
    step = _nice(high / 4) if high > 0 else 1.0
    return math.ceil(high / step - 1e-9) * step


def _grid(plane: _Plane) -> list[str]:
    step = _nice((plane.high - plane.low) / 4)
    at = math.ceil(plane.low / step) * step
    levels = [at + n * step for n in range(int((plane.high - at) / step + 1e-9) + 1)]
    lines = [
        f'<path d="M{_LEFT} {plane.y(each)}H{plane.right}" stroke="{_INK if each == 0 else _GRID}" stroke-width=".7"/>'
        for each in levels
    ]
    return lines + [_text(_LEFT - 6, plane.y(each) + 3.5, f"{each:,.10g}", "end") for each in levels]


def _series(chart: ChartAnswer, plane: _Plane) -> list[str]:
    parts: list[str] = []
    base: dict[str, float] = {}
    side_by_side = [n for n, each in enumerate(chart.series) if each.kind == "bars"]
    for n, each in enumerate(chart.series):
        colour = _colour(each, n)
        if each.kind == "points":
            parts += [_dot(plane, x, y, colour) for x, y in zip(each.x, each.y, strict=True) if y is not None]
        elif each.kind in ("line", "steps"):
            parts += _line(plane, each, colour)
        elif each.kind == "area":
            parts.append(_area(plane, each, base, colour))
        else:
            many = len(side_by_side) if each.kind == "bars" else 1
            shift = side_by_side.index(n) if each.kind == "bars" else 0
            parts += _bars(plane, each, base if each.kind == "stacked" else {}, colour, many, shift)
    return parts


def _dot(plane: _Plane, x: Any, y: float, colour: str) -> str:
    return f'<circle cx="{plane.x(x):.2f}" cy="{plane.y(y)}" r="2.2" fill="{colour}" fill-opacity="0.75"/>'


def _line(plane: _Plane, series: Series, colour: str) -> list[str]:
    at = [(plane.x(x), plane.y(y)) for x, y in zip(series.x, series.y, strict=True) if y is not None]
    points = " ".join(f"{x:.2f},{y}" for x, y in at)
    dots = [f'<circle cx="{x:.2f}" cy="{y}" r="2" fill="{colour}"/>' for x, y in at] if len(at) <= 60 else []
    return [f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.4"/>', *dots]


def _bars(plane: _Plane, series: Series, base: dict[str, float], colour: str, many: int, shift: int) -> list[str]:
    width = plane.step / many
    parts = []
    for x, y in zip(series.x, series.y, strict=True):
        if not y:
            continue
        below = base.get(str(x), 0.0)
        base[str(x)] = below + float(y)
        top, foot = sorted((plane.y(below + float(y)), plane.y(below)))
        left = plane.x(x) - plane.step / 2 + shift * width
        size = f'width="{width:.2f}" height="{foot - top:.2f}"'
        parts.append(f'<rect x="{left:.2f}" y="{top}" {size} fill="{colour}"/>')
    return parts


def _area(plane: _Plane, series: Series, base: dict[str, float], colour: str) -> str:
    upper, lower = [], []
    for x, y in zip(series.x, series.y, strict=True):
        below = base.get(str(x), 0.0)
        base[str(x)] = below + float(y or 0)
        upper.append(f"{plane.x(x):.2f},{plane.y(base[str(x)])}")
        lower.append(f"{plane.x(x):.2f},{plane.y(below)}")
    return f'<polygon points="{" ".join(upper + lower[::-1])}" fill="{colour}"/>'


def _labelled(plane: _Plane, lines: Sequence[Line]) -> list[str]:
    """Lines across the plane, each with its label beside it; labels keep their distance from each other."""
    parts: list[str] = []
    above = -math.inf
    for each in sorted((each for each in lines if each.axis == "y"), key=lambda each: -float(each.at)):
        at = plane.y(float(each.at))
        above = max(at + 3, above + 10)
        parts.append(
            f'<path d="M{_LEFT} {at}H{plane.right}" stroke="{_SOFT}" stroke-width="0.8" stroke-dasharray="4 3"/>'
        )
        parts.append(_text(plane.right + 4, above, each.label, "start"))
    return parts


def _text(x: float, y: float, words: str, anchor: str) -> str:
    style = f'font-family="DejaVu Sans, sans-serif" font-size="9" fill="{_SOFT}" text-anchor="{anchor}"'
    return f'<text x="{x:.2f}" y="{y:.2f}" {style}>{escape(words)}</text>'


def _colour(series: Series, n: int) -> str:
    if series.kind == "line" and series.role == "faint":  # the page draws points over it
        return _ROLES["main"]
    return _ROLES.get(series.role, _COLOURS[n % len(_COLOURS)])
