"""A small picture of values over time as SVG: no chart library is needed to see a trend. Card, overview and report
draw with it, each in its own look.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

Limits = tuple[float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class Look:
    """Size of a picture in pixels, and the SVG attributes of each of its parts; a part without attributes is not
    drawn.
    """

    width: int
    height: int
    margin: int
    line: str
    point: str
    marked: str = ""
    area: str = ""
    gap: str = ""
    limit: str = ""
    dashed: str = ""  # added to `limit` for the lower and the upper one
    shade: str = ""
    picture: str = ""
    every_point: bool = False  # otherwise only the last one and those without a neighbour


def svg(
    values: Sequence[float | None],
    look: Look,
    *,
    limits: Limits | None = None,
    shaded_from: float | None = None,
    marked: Collection[int] = (),
    words: str = "",
) -> str:
    """The drawing of `values`, oldest first; the floor is zero, or the least value where that is negative; None leaves
    a gap.

    `limits`: lower, mean, upper; the outer ones are dashed. `shaded_from`: the place in `values`, which may lie
    between two, from which on the background is shaded. `marked`: places of the values that stand out. `words` say the
    same for those who cannot see it.
    """
    scale = _Scale(look, values, limits)
    runs = _runs(values)
    parts = [_shade(scale, shaded_from)] if shaded_from is not None and look.shade else []
    parts += [
        f'<path d="M0 {scale.y(at)}H{look.width}" {look.limit}{"" if n == 1 else look.dashed}/>'
        for n, at in enumerate(limits or ())
    ]
    lines = [[(scale.x(n), scale.y(value)) for n, value in run] for run in runs]
    if look.area:
        parts += [_area(line, scale.floor, look.area) for line in lines if len(line) > 1]
    if look.gap:
        parts += [_segment(left[-1], right[0], look.gap) for left, right in pairwise(lines)]
    parts += [f'<polyline points="{_pairs(line)}" {look.line}/>' for line in lines if len(line) > 1]
    for line, run in zip(lines, runs, strict=True):
        last = run is runs[-1]
        for at, (n, _) in zip(line, run, strict=True):
            if n in marked and look.marked:
                parts.append(_segment(at, at, look.marked))
            elif look.every_point or len(run) == 1 or (last and at is line[-1]):
                parts.append(_segment(at, at, look.point))
    label = f' role="img" aria-label="{escape(words)}"' if words else ""
    size = f'viewBox="0 0 {look.width} {look.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look.picture}{label}>{"".join(parts)}</svg>'


class _Scale:
    """From places and values to pixels."""

    def __init__(self, look: Look, values: Sequence[float | None], limits: Limits | None) -> None:
        self._look = look
        shown = [*(limits or ()), *(value for value in values if value is not None)]
        self._least = min(shown, default=0.0)
        if self._least > 0:
            self._least = 0.0
        self._range = max(max(shown, default=0.0), 0.0) - self._least or 1.0
        self._step = (look.width - 2 * look.margin) / max(len(values) - 1, 1)
        self.floor = look.height - look.margin
        self.left, self.right = look.margin, look.width - look.margin

    def x(self, place: float) -> float:
        return round(self.left + place * self._step, 1)

    def y(self, value: float) -> float:
        return round(self.floor - (value - self._least) / self._range * (self._look.height - 2 * self._look.margin), 1)

    def shade(self, left: float) -> str:
        width = round(max(self.right - left, 0), 1)
        return f'<rect x="{left}" y="0" width="{width}" height="{self._look.height}" {self._look.shade}/>'


def _shade(scale: _Scale, place: float) -> str:
    return scale.shade(scale.x(max(place, 0)))


def _area(line: Sequence[Point], floor: float, attributes: str) -> str:
    return f'<polygon points="{line[0][0]},{floor} {_pairs(line)} {line[-1][0]},{floor}" {attributes}/>'


def _segment(start: Point, end: Point, attributes: str) -> str:
    """A line; one of no length has round ends, thus is a dot that stays round where the picture is stretched."""
    return f'<line x1="{start[0]}" y1="{start[1]}" x2="{end[0]}" y2="{end[1]}" {attributes}/>'


def _pairs(line: Sequence[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in line)


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Neighbouring values with their places, in one list each."""
    runs: list[list[tuple[int, float]]] = [[]]
    for n, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((n, value))
    return [run for run in runs if run]
