"""A small process behaviour chart as a picture: weekly values, their mean and natural limits, and the weeks that stand
out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import quote

from dash import html

WIDTH, HEIGHT = 240, 56
_PAD = 5
# One set of colours that keeps a contrast of 3 on white and on the dark card: pictures cannot see the theme.
_LINE, _SIGNAL = "#7d8899", "#5c7fe6"


def limits_line(
    values: Sequence[float | None],
    limits: tuple[float, float, float],
    *,
    before: int,
    marked: Collection[int],
    words: str,
) -> html.Img:
    """`limits`: lower, mean, upper; weeks from `before` on are shaded: they are the period. `marked`: places of the
    weeks that stand out. `words` say the same for those who cannot see it.
    """
    drawn = "data:image/svg+xml," + quote(svg(values, limits, before, marked), safe="~()*!.'/:;= ,")
    return html.Img(src=drawn, alt=words, className="limits-line", draggable="false", width=WIDTH, height=HEIGHT)


def svg(
    values: Sequence[float | None], limits: tuple[float, float, float], before: int, marked: Collection[int]
) -> str:
    """The drawing: zero is the floor; where nothing was measured the line has a gap."""
    top = max([*limits, *(each for each in values if each is not None)], default=0.0) or 1.0
    step = (WIDTH - 2 * _PAD) / max(len(values) - 1, 1)

    def x(n: float) -> float:
        return round(_PAD + n * step, 1)

    def y(value: float) -> float:
        return round(HEIGHT - _PAD - value / top * (HEIGHT - 2 * _PAD), 1)

    left = x(max(before - 0.5, 0))
    parts = [f"<rect x='{left}' y='0' width='{WIDTH - left}' height='{HEIGHT}' fill='{_LINE}' fill-opacity='.13'/>"]
    for n, at in enumerate(limits):
        dash = "" if n == 1 else " stroke-dasharray='3 3'"
        parts.append(f"<path d='M0 {y(at)}H{WIDTH}' stroke='{_LINE}' stroke-opacity='.75'{dash}/>")
    run: list[str] = []
    for n, value in enumerate([*values, None]):
        if value is not None:
            run.append(f"{x(n)},{y(value)}")
        elif run:
            parts.append(
                f"<polyline points='{' '.join(run)}' fill='none' stroke='{_LINE}' stroke-width='1.5' "
                "stroke-linejoin='round' stroke-linecap='round'/>"
            )
            run = []
    for n, value in enumerate(values):
        if value is not None:
            radius, colour = (3.5, _SIGNAL) if n in marked else (1.5, _LINE)
            parts.append(f"<circle cx='{x(n)}' cy='{y(value)}' r='{radius}' fill='{colour}'/>")
    return f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}'>{''.join(parts)}</svg>"
