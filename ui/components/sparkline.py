"""Small pictures of recent values: the line of a card, and the process behaviour chart of a change in the overview."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import quote

from dash import html

from data.values.sparkline import Limits, Look, svg

# One set of colours that keeps a contrast of 3 on white and on the dark card: pictures cannot see the theme.
_BLUE, _GREY, _SHADE = "#5c7fe6", "#7d8899", "#8a94a6"
_ROUND = 'stroke-linejoin="round" stroke-linecap="round" vector-effect="non-scaling-stroke"'
CARD = Look(
    width=240,
    height=40,
    margin=3,
    line=f'fill="none" stroke="{_BLUE}" stroke-width="1.6" {_ROUND}',
    point=f'stroke="{_BLUE}" stroke-width="5" {_ROUND}',
    area=f'fill="{_BLUE}" fill-opacity=".12"',
    gap=f'stroke="{_BLUE}" stroke-opacity=".4" stroke-width="1.2" stroke-dasharray="2 3" {_ROUND}',
    shade=f'fill="{_SHADE}" fill-opacity=".14"',
    picture='preserveAspectRatio="none"',
)
CHANGE = Look(
    width=240,
    height=56,
    margin=5,
    line=f'fill="none" stroke="{_GREY}" stroke-width="1.5" {_ROUND}',
    point=f'stroke="{_GREY}" stroke-width="3" {_ROUND}',
    marked=f'stroke="{_BLUE}" stroke-width="7" {_ROUND}',
    limit=f'stroke="{_GREY}" stroke-opacity=".75"',
    dashed=' stroke-dasharray="3 3"',
    shade=f'fill="{_GREY}" fill-opacity=".13"',
    every_point=True,
)


def sparkline(points: Sequence[float | None] | None, *, shaded: float = 0.0, words: str = "") -> html.Div:
    """The line through `points` (oldest first, None where nothing was measured).

    `shaded` is the share of the width, from the right, that the period covers (0 to 1; 0 and 1: no shading);
    `words` say the same for those who cannot see it. Without two points an empty box of the same size.
    """
    if points is None or sum(point is not None for point in points) < 2:
        return html.Div("No trend for these days", className="sparkline sparkline-empty")
    shaded_from = (1 - shaded) * (len(points) - 1) if 0 < shaded < 1 else None
    picture = data_uri(svg(points, CARD, shaded_from=shaded_from))
    return html.Div(html.Img(src=picture, alt=words, draggable="false"), className="sparkline")


def limits_line(
    values: Sequence[float | None], limits: Limits, *, before: int, marked: Collection[int], words: str
) -> html.Img:
    """Weekly values with their mean and natural limits, and the weeks that stand out.

    `limits`: lower, mean, upper; weeks from `before` on are shaded: they are the period. `marked`: places of the
    weeks that stand out. `words` say the same for those who cannot see it.
    """
    picture = data_uri(svg(values, CHANGE, limits=limits, shaded_from=before - 0.5, marked=marked))
    return html.Img(
        src=picture, alt=words, className="limits-line", draggable="false", width=CHANGE.width, height=CHANGE.height
    )


def data_uri(drawing: str) -> str:
    """A drawing as the address of a picture. Single quotes need no escape there."""
    return "data:image/svg+xml," + quote(drawing.replace('"', "'"), safe="~()*!.'/:;= ,")
