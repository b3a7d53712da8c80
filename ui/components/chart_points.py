"""Points of different sizes with names beside them, and named parts of a plane, in Plotly's JSON shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.values.charts import ChartAnswer, Region, Series
from ui.figures import escape

_WIDE, _HIGH = 640, 380  # px of a plane, about; which names fit beside their points is decided with it
_LETTER, _LINE, _GAP = 6.2, 14, 4
_SIDES = (
    "middle right",
    "middle left",
    "top center",
    "bottom center",
    "top right",
    "bottom right",
    "top left",
    "bottom left",
)
HOLLOW = "served-unknown"


def sized_trace(series: Series, shade: str, places: Sequence[str]) -> dict[str, Any]:
    """What is special to a series of kind "sized"; `places`: where the name of each point stands, "" for none."""
    hollow = series.role == HOLLOW
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "color": "var(--tl-card)" if hollow else shade,
            "size": list(series.size or ()) or 12,
            "opacity": 1 if hollow else 0.9,
            "line": {"width": 1.6 if hollow else 1, "color": shade if hollow else "var(--tl-card)"},
        },
    }
    if series.text is not None:
        trace["hovertext"] = [lines(each) for each in series.text]
    if series.labels is not None and any(places):
        trace |= {
            "mode": "markers+text",
            "text": [escape(name) if place else "" for name, place in zip(series.labels, places, strict=True)],
            "textposition": [place or _SIDES[0] for place in places],
            "textfont": {"size": 11, "color": "var(--tl-text)"},
        }
    return trace


def lines(words: str) -> str:
    """Several lines, each as text; the first in bold."""
    first, *rest = escape(words).split("\n")
    return "<br>".join([f"<b>{first}</b>", *rest])


def name_places(answer: ChartAnswer) -> dict[int, list[str]]:
    """For each series with names, the side on which the name of each point stands: one where it covers nothing, in the
    order of importance (the last series first); "" where there is no room."""
    if answer.x_range is None or answer.y_range is None:
        return {}
    dots, taken = [], []
    for n, series in enumerate(answer.series):
        if series.kind == "sized":
            for at in range(len(series.x)):
                x, y = _px(answer, series.x[at], series.y[at])
                radius = (series.size[at] if series.size else 12) / 2
                dots.append((n, at, x, y, radius))
                taken.append((x - radius, y - radius, x + radius, y + radius))
    found = {n: [""] * len(each.x) for n, each in enumerate(answer.series) if each.kind == "sized" and each.labels}
    for n, at, x, y, radius in sorted(dots, key=lambda dot: (-dot[0], dot[1])):
        name = (answer.series[n].labels or ())[at] if n in found else ""
        for side in _SIDES if name else ():
            box = _box(side, x, y, radius, _LETTER * len(name))
            if box[0] >= 0 and box[2] <= _WIDE and box[1] >= 0 and box[3] <= _HIGH and not _covers(box, taken):
                taken.append(box)
                found[n][at] = side
                break
    return found


def _px(answer: ChartAnswer, x: float, y: float) -> tuple[float, float]:
    (left, right), (low, high) = answer.x_range or (0, 1), answer.y_range or (0, 1)
    return _WIDE * (x - left) / (right - left), _HIGH * (1 - (y - low) / (high - low))


def _box(side: str, x: float, y: float, radius: float, wide: float) -> tuple[float, float, float, float]:
    if side == "middle right":
        return x + radius + _GAP, y - _LINE / 2, x + radius + _GAP + wide, y + _LINE / 2
    if side == "middle left":
        return x - radius - _GAP - wide, y - _LINE / 2, x - radius - _GAP, y + _LINE / 2
    down = radius + _GAP if side.startswith("bottom") else -radius - _GAP - _LINE
    left = {"center": x - wide / 2, "right": x, "left": x - wide}[side.split()[1]]
    return left, y + down, left + wide, y + down + _LINE


def _covers(box: tuple[float, ...], others: Sequence[tuple[float, ...]]) -> bool:
    return any(box[0] < each[2] and each[0] < box[2] and box[1] < each[3] and each[1] < box[3] for each in others)


def region_shapes(regions: Sequence[Region]) -> list[dict[str, Any]]:
    """Each part of the plane, faintly filled, with a dashed edge."""
    return [
        {
            "type": "path",
            "path": "M" + "L".join(f"{x},{y}" for x, y in each.corners) + "Z",
            "fillcolor": f"var(--tl-{each.role})",
            "line": {"width": 1, "color": "var(--tl-line-strong)", "dash": "4px,3px"},
            "layer": "below",
        }
        for each in regions
    ]


def region_names(regions: Sequence[Region]) -> list[dict[str, Any]]:
    """The names of the parts."""
    sides: dict[str, dict[str, Any]] = {
        "inside": {"xanchor": "center", "yanchor": "middle"},
        "beside": {"xanchor": "left", "yanchor": "middle", "xshift": 8, "align": "left"},
        "corner": {"xanchor": "left", "yanchor": "top", "xshift": 6, "yshift": -4},
    }
    return [
        {
            "x": each.at[0],
            "y": each.at[1],
            "text": escape(each.name).replace("\n", "<br>"),
            "showarrow": False,
            "font": {"size": 11, "color": "var(--tl-muted)"},
            **sides[each.side],
        }
        for each in regions
    ]
