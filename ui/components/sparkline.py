"""A small line of recent values as an SVG picture: no chart library needed to see a trend."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import quote

from dash import html

WIDTH, HEIGHT = 240, 40
_PAD = 3
# One pair of colours that keeps a contrast of 3 on white and on the dark card: pictures cannot see the theme.
_LINE, _SHADE = "#5c7fe6", "#8a94a6"


def sparkline(points: Sequence[float | None] | None, *, shaded: float = 0.0, words: str = "") -> html.Div:
    """The line through `points` (oldest first, None where nothing was measured).

    `shaded` is the share of the width, from the right, that the period covers (0 to 1; 0 and 1: no shading);
    `words` say the same for those who cannot see it. Without two points an empty box of the same size.
    """
    if points is None or sum(each is not None for each in points) < 2:
        return html.Div("No trend for these days", className="sparkline sparkline-empty")
    return html.Div(html.Img(src=data_uri(points, shaded), alt=words, draggable="false"), className="sparkline")


def data_uri(points: Sequence[float | None], shaded: float = 0.0) -> str:
    """The picture itself, as a `data:` URI."""
    return "data:image/svg+xml," + quote(svg(points, shaded), safe="~()*!.'/:;= ,")


def svg(points: Sequence[float | None], shaded: float = 0.0) -> str:
    """The drawing: zero is the floor, gaps are dotted, the last value is a dot."""
    top = max(each for each in points if each is not None) or 1.0
    step = (WIDTH - 2 * _PAD) / max(len(points) - 1, 1)
    floor = HEIGHT - _PAD
    places = [
        None if each is None else (round(_PAD + n * step, 1), round(floor - each / top * (HEIGHT - 2 * _PAD), 1))
        for n, each in enumerate(points)
    ]
    runs = _runs(places)
    lines = "".join(
        f"<polyline points='{' '.join(f'{x},{y}' for x, y in run)}' fill='none' stroke='{_LINE}' stroke-width='1.6' "
        "stroke-linejoin='round' stroke-linecap='round' vector-effect='non-scaling-stroke'/>"
        for run in runs
        if len(run) > 1
    )
    areas = "".join(
        f"<polygon points='{run[0][0]},{floor} {' '.join(f'{x},{y}' for x, y in run)} {run[-1][0]},{floor}' "
        f"fill='{_LINE}' fill-opacity='.12'/>"
        for run in runs
        if len(run) > 1
    )
    dots = "".join(
        f"<line x1='{x}' y1='{y}' x2='{x}' y2='{y}' stroke='{_LINE}' stroke-width='5' stroke-linecap='round' "
        "vector-effect='non-scaling-stroke'/>"
        for run in runs
        for x, y in (run if len(run) == 1 else run[-1:] if run is runs[-1] else ())
    )
    gaps = "".join(
        f"<line x1='{left[-1][0]}' y1='{left[-1][1]}' x2='{right[0][0]}' y2='{right[0][1]}' stroke='{_LINE}' "
        "stroke-opacity='.4' stroke-width='1.2' stroke-dasharray='2 3' vector-effect='non-scaling-stroke'/>"
        for left, right in pairwise(runs)
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'>"
        f"{_shade(shaded)}{areas}{gaps}{lines}{dots}</svg>"
    )


def _shade(share: float) -> str:
    if not 0 < share < 1:
        return ""
    width = round((WIDTH - 2 * _PAD) * share, 1)
    return f"<rect x='{WIDTH - _PAD - width}' y='0' width='{width}' height='{HEIGHT - _PAD}' fill='{_SHADE}' fill-opacity='.14'/>"


def _runs(places: list[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Neighbouring points in one list each."""
    runs: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if run]
