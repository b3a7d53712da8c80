"""Charts as plain dicts in Plotly's JSON shape. Colours of text and lines come from the stylesheet, so both themes
fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from dash import dcc

from ui.words import number

CONFIG: dcc.Graph.Config = {
    "displayModeBar": False,
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
}
_ACCENT = "#4c6fe0"
_ROWS = 3  # label rows above a histogram: neighbours do not write over each other
_CHARACTER = 0.019  # width of a letter of a label, as a share of the chart on a phone


def histogram(shape: dict[str, Any], *, noun: str = "issue") -> dict[str, Any]:
    """Bars between `edges` with `counts`, and a labelled line at each of `marks` [(label, x)]; x in `unit`."""
    edges, counts = list(shape["edges"]), list(shape["counts"])
    unit = shape.get("unit", "")
    middles = [(left + right) / 2 for left, right in pairwise(edges)]
    widths = [right - left for left, right in pairwise(edges)]
    spans = [span_words(left, right, unit) for left, right in pairwise(edges)]
    marks = sorted(shape.get("marks") or (), key=lambda mark: mark[1])
    labels = _labels(marks, edges)
    return {
        "data": [
            {
                "type": "bar",
                "x": middles,
                "y": counts,
                "width": [each * 0.94 for each in widths],
                "customdata": spans,
                "hovertemplate": f"%{{customdata}}: %{{y}} {noun}s<extra></extra>",
                "marker": {"color": _ACCENT},
            }
        ],
        "layout": _layout(
            xaxis={
                "title": {"text": unit, "font": {"size": 12}},
                "range": [edges[0], edges[-1]],
                "zeroline": False,
                "showgrid": False,
            },
            yaxis={"rangemode": "tozero", "tickformat": ",d", "dtick": _step(max(counts, default=1))},
            shapes=[_line(x) for _label, x in marks],
            annotations=labels,
            margin={"l": 40, "r": 16, "t": 12 + max((each["yshift"] + 4 for each in labels), default=0), "b": 40},
            bargap=0,
        ),
    }


def bars(rows: Sequence[tuple[str, float]], unit: str = "") -> dict[str, Any]:
    """One bar for each (label, value), in the order given: lying when few, standing when many."""
    names, values = [escape(name) for name, _value in rows], [value for _name, value in rows]
    words = [f"{number(value, 3)} {unit}".strip() for value in values]
    lying = len(rows) <= 8
    trace: dict[str, Any] = {
        "type": "bar",
        "customdata": words,
        "marker": {"color": _ACCENT},
        "hovertemplate": ("%{y}" if lying else "%{x}") + ": %{customdata}<extra></extra>",
    }
    if lying:
        trace |= {
            "orientation": "h",
            "x": values,
            "y": names,
            "text": words,
            "textposition": "outside",
            "cliponaxis": False,
            "width": 0.6,
        }
        layout = _layout(
            xaxis={"rangemode": "tozero", "showgrid": False, "showticklabels": False, "zeroline": False},
            yaxis={"autorange": "reversed", "showgrid": False, "automargin": True, "type": "category"},
            margin={"l": 8, "r": 72, "t": 4, "b": 4},
        )
    else:
        trace |= {"x": names, "y": values}
        layout = _layout(
            xaxis={"showgrid": False, "type": "category", "nticks": 10, "tickangle": 0, "automargin": True},
            yaxis={"rangemode": "tozero", "nticks": 5},
            margin={"l": 40, "r": 8, "t": 8, "b": 32},
            bargap=0.15,
        )
    return {"data": [trace], "layout": layout}


def span_words(left: float, right: float, unit: str) -> str:
    """2 – 3 days."""
    return f"{number(left, 3)} – {number(right, 3)} {unit}".strip()


def _step(top: float) -> int:
    """Whole numbers between the lines of a count axis, so that there are at most five lines."""
    for size in (10**n for n in range(12)):
        for step in (size, 2 * size, 5 * size):
            if top <= 5 * step:
                return int(step)
    return int(top)


def _layout(*, xaxis: dict[str, Any], yaxis: dict[str, Any], **more: Any) -> dict[str, Any]:
    axis = {"fixedrange": True, "ticks": "", "linecolor": "rgba(128,140,160,.35)", "tickfont": {"size": 11}}
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, -apple-system, Segoe UI, Roboto, sans-serif", "size": 12, "color": "#6b7482"},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"font": {"size": 12}},
        "xaxis": {**axis, **xaxis},
        "yaxis": {**axis, "gridcolor": "rgba(128,140,160,.2)", "zerolinecolor": "rgba(128,140,160,.35)", **yaxis},
        **more,
    }


def _line(x: float) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"width": 1.2, "dash": "4px,3px", "color": "#6b7482"},
    }


def _label(words: str, x: float, anchor: str, row: int) -> dict[str, Any]:
    return {
        "x": x,
        "y": 1,
        "yref": "paper",
        "yshift": 10 + 15 * row,
        "text": escape(words),
        "showarrow": False,
        "xanchor": anchor,
        "yanchor": "middle",
        "font": {"size": 11},
    }


def _labels(marks: Sequence[tuple[str, float]], edges: Sequence[float]) -> list[dict[str, Any]]:
    """Labels above their lines: the first ends at its line and the last begins at it, where there is room;
    those that would still overlap, on a narrow screen too, get a row of their own."""
    wide = (edges[-1] - edges[0]) or 1
    ends: list[float] = []
    made = []
    for n, (label, x) in enumerate(marks):
        words = f"{label} {number(x, 2)}"
        share, width = (x - edges[0]) / wide, _CHARACTER * len(words)
        anchor = "center"
        if len(marks) > 1:
            if n == 0 and share > width:
                anchor = "right"
            elif n == len(marks) - 1 and share < 1 - width:
                anchor = "left"
        if anchor == "center" and (share + width / 2 > 1 or share < width / 2):
            anchor = "right" if share > width else "left"
        left = share - {"right": width, "center": width / 2, "left": 0.0}[anchor]
        row = next((row for row, end in enumerate(ends) if left >= end), min(len(ends), _ROWS - 1))
        ends[row : row + 1] = [left + width]
        made.append(_label(words, x, anchor, row))
    return made


def escape(words: str) -> str:
    """Text that Plotly would read as markup, as text."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
