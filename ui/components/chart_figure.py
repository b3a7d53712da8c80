"""A chart's answer as a figure: a plain dict in Plotly's JSON shape, whose colours are names of the stylesheet's
variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from data.values.charts import ChartAnswer, Line, Series
from ui.components.chart_points import name_places, region_names, region_shapes, sized_trace
from ui.figures import escape
from ui.words import unit_words

HEIGHT, TALL, PLANE, ROOMY = 300, 400, 440, 360  # px
_TOP, _BOTTOM, _LEFT, _RIGHT = 12, 40, 44, 12
_LABEL = 15  # px that a line of labels needs
_WIDE = 6.4  # px of a letter of a label
# The browser puts the value of the variable in place, so that a figure follows the theme: ui/assets/charts.js.
ACCENT, TEXT, MUTED, CARD = "var(--tl-accent)", "var(--tl-text)", "var(--tl-muted)", "var(--tl-card)"
COLORS = {
    "main": "var(--tl-share-0)",
    "strong": ACCENT,
    "second": "var(--tl-share-1)",
    "muted": "var(--tl-share-2)",
    "faint": "var(--tl-share-3)",
    "failure": TEXT,
    "recovery": "var(--tl-share-2)",
    "now": TEXT,
    **{name: f"var(--tl-{name}-dot)" for name in ("elite", "high", "medium", "low")},
    **{f"share-{n}": f"var(--tl-share-{n})" for n in range(4)},
}
_SYMBOLS = {"failure": "x", "recovery": "diamond", "signal": "circle"}
_STROKES = {True: {"width": 1.4, "dash": "solid"}, False: {"width": 1.1, "dash": "4px,3px"}}
_BANDS = 12
_FEW = 4  # upright lines whose labels fit above the usual height
_FAR = 0.6  # of the width: labels of lines further to the right stand before their line


def color(role: str) -> str:
    """The stylesheet's name of a role's colour.

    >>> color("main"), color("band-0")
    ('var(--tl-share-0)', 'var(--tl-chart-band-0)')
    """
    if role in ("band-todo", "band-done", "band-discarded") or role.startswith("pace-"):
        return f"var(--tl-chart-{role})"
    if role.startswith("served-"):
        return f"var(--tl-{role})"
    if role.startswith("band-"):
        return f"var(--tl-chart-band-{int(role.removeprefix('band-')) % _BANDS})"
    if role == "signal":
        return "var(--tl-accent-text)"
    return COLORS.get(role, COLORS["main"])


def figure(answer: ChartAnswer) -> dict[str, Any]:
    """data and layout; every text that comes from Jira is escaped, because Plotly reads markup in it."""
    answer = replace(answer, series=tuple(each for each in answer.series if len(each.x)))
    lying = any(each.kind == "lying" for each in answer.series)
    top = _top(answer)
    usual = TALL if any(each.kind == "area" for each in answer.series) else PLANE if answer.regions else HEIGHT
    places = _places(answer)
    height = max(usual, 28 * places + top + _BOTTOM) if lying else usual
    if _named_places(answer):
        height = max(usual, 30 * places + top + _BOTTOM, min(56 * places, ROOMY) + top + _BOTTOM)
    height += _LABEL * max(sum(each.axis == "x" for each in answer.lines) - _FEW, 0)
    labels = _line_labels(answer, top, height)
    right = max([_RIGHT, *(12 + _WIDE * len(each.label) for each in answer.lines if each.axis == "y")])
    right = max(
        right,
        *(14 + _WIDE * max(map(len, each.name.split("\n"))) for each in answer.regions if each.side == "beside"),
        0,
    )
    named = name_places(answer)
    layout = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, -apple-system, Segoe UI, Roboto, sans-serif", "size": 12, "color": MUTED},
        "showlegend": _parts(answer) > 1,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "font": {"size": 11},
            "traceorder": "normal",
            "itemsizing": "constant",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {
            "font": {"size": 12, "color": CARD},
            "bgcolor": TEXT,
            "bordercolor": TEXT,
            "align": "left",
            "namelength": 0,
        },
        "xaxis": _x_axis(answer, lying),
        "yaxis": _y_axis(answer, lying),
        "shapes": [*region_shapes(answer.regions), *(_line(each) for each in answer.lines)],
        "annotations": [*region_names(answer.regions), *labels],
        "height": height,
        "margin": {"l": _LEFT, "r": round(right), "t": top, "b": _BOTTOM},
        "barmode": "stack" if any(each.kind in ("stacked", "bands", "lying") for each in answer.series) else "group",
        "bargap": 0.18,
    }
    return {"data": [_trace(answer, each, named.get(n, ())) for n, each in enumerate(answer.series)], "layout": layout}


def _top(answer: ChartAnswer) -> int:
    """Room above for a legend and for the labels of upright lines."""
    upright = sum(each.axis == "x" for each in answer.lines)
    return _TOP + (24 if _parts(answer) > 1 else 0) + _LABEL * upright


def _parts(answer: ChartAnswer) -> int:
    """How many things need a name in a legend."""
    return len({each.name for each in answer.series if each.name})


def _places(answer: ChartAnswer) -> int:
    return len({y for each in answer.series for y in each.y if y is not None})


def _named_places(answer: ChartAnswer) -> bool:
    """Whether the y axis lists names, each with sized points."""
    return any(each.kind == "sized" and any(isinstance(y, str) for y in each.y) for each in answer.series)


def _trace(answer: ChartAnswer, series: Series, named: Sequence[str] = ()) -> dict[str, Any]:
    base: dict[str, Any] = {
        "name": escape(series.name),
        "x": [escape(each) if isinstance(each, str) else each for each in series.x],
        "y": [escape(each) if isinstance(each, str) else each for each in series.y],
        "hovertemplate": _hover(answer, series),
        "showlegend": bool(series.name),
    }
    if series.picks is not None:
        base["customdata"] = list(series.picks)
    if series.text is not None:
        base["hovertext"] = [escape(each) for each in series.text]
    shade = color(series.role)
    if series.kind == "sized":
        return base | sized_trace(series, shade, named)
    if series.kind == "points":
        return base | {
            "type": "scatter",
            "mode": "markers",
            "marker": {
                "color": shade,
                "size": 9 if series.role in ("failure", "signal") else 7,
                "symbol": _SYMBOLS.get(series.role, "circle"),
                "opacity": 1 if series.role in ("failure", "signal", "strong") else 0.62,
                "line": {"width": 0},
            },
        }
    if series.kind == "across":
        return base | {
            "type": "scatter",
            "mode": "lines",
            "line": {"color": ACCENT if series.role == "mean" else TEXT, **_STROKES[series.role == "mean"]},
        }
    if series.kind in ("line", "steps"):
        return base | {
            "type": "scatter",
            "mode": "lines+markers" if series.kind == "line" and len(series.x) <= 80 else "lines",
            "line": {"color": shade, "width": 2, "shape": "hv" if series.kind == "steps" else "linear"},
            "marker": {"color": shade, "size": 6},
        }
    if series.kind == "spans":
        return base | {
            "type": "scatter",
            "mode": "lines",
            "line": {"color": shade, "width": 3},
            "connectgaps": False,
            **({"hoverinfo": "skip", "hovertemplate": None} if series.role == "served-between" else {}),
        }
    if series.kind == "area":
        return base | {
            "type": "scatter",
            "mode": "lines",
            "stackgroup": "one",
            "fillcolor": shade,
            "line": {"color": shade, "width": 0.5},
        }
    return base | _bar(series, shade)


def _bar(series: Series, shade: str) -> dict[str, Any]:
    bar: dict[str, Any] = {"type": "bar", "marker": {"color": shade, "line": {"width": 0}}}
    if series.width is not None:
        bar["width"] = list(series.width)
    if series.kind == "bands":
        bar |= {"width": 0.92, "hoverinfo": "skip", "hovertemplate": None}
    if series.kind == "lying":
        bar |= {"orientation": "h"}
    return bar


def _hover(answer: ChartAnswer, series: Series) -> str:
    unit = f" {unit_words(answer.unit)}" if answer.unit else ""
    where = "%{x|%-d %b %Y, %H:%M}" if answer.x_kind == "time" else "%{x}"
    if series.kind == "points" and series.text is not None and series.picks is not None:
        return f"<b>%{{customdata}}</b> %{{hovertext}}<br>%{{y:,.1f}}{unit} · {where}<extra></extra>"
    if series.text is not None:
        return "%{hovertext}<extra></extra>"
    if series.kind == "lying":
        return f"%{{y}}: %{{x:,}}{unit}<extra></extra>"
    name = f"{escape(series.name)}: " if series.name else ""
    return f"{where}<br>{name}%{{y:,}}{unit}<extra></extra>"


def _axis(**more: Any) -> dict[str, Any]:
    grey = "var(--tl-line-strong)"
    return {
        "fixedrange": True,
        "ticks": "",
        "linecolor": grey,
        "gridcolor": "var(--tl-line)",
        "zerolinecolor": grey,
        "tickfont": {"size": 11},
        "automargin": True,
        **more,
    }


def _x_axis(answer: ChartAnswer, lying: bool) -> dict[str, Any]:
    axis = _axis(
        showgrid=lying, zeroline=False, title={"text": escape(answer.x_title), "font": {"size": 11}, "standoff": 8}
    )
    if answer.x_kind == "time":
        axis |= {"type": "date", "hoverformat": "%-d %b %Y", "nticks": 7, "tickangle": 0, "tickformat": "%-d %b"}
        axis |= _bar_dates(answer)
    elif answer.x_kind == "category" and not lying:
        axis |= {"type": "category", "tickangle": 0 if _letters(answer) < 60 else -35, "nticks": 14}
    if lying:
        axis |= {
            "rangemode": "tozero",
            "nticks": 6,
            **_whole(answer, max((v or 0 for each in answer.series for v in each.x), default=0)),
        }
    if answer.x_kind == "log":
        axis |= {"type": "log", "showgrid": True}
    if _named_places(answer):
        axis |= {"showgrid": True}
    if answer.x_ticks:
        axis |= {
            "tickmode": "array",
            "tickvals": [at for at, _ in answer.x_ticks],
            "ticktext": [escape(words).replace(" ", "<br>") for _, words in answer.x_ticks],
            "tickangle": 0,
        }
        if any(" " in words for _, words in answer.x_ticks):  # names of several lines take the room of the title
            axis["title"] = {"text": ""}
    if answer.x_range is not None:
        axis["range"] = list(answer.x_range)
    return axis


def _bar_dates(answer: ChartAnswer) -> dict[str, Any]:
    """Days or weeks that have bars, and weeks or longer steps of lines, are named by their own first days, as many as
    there is room for.
    """
    bars = next((each for each in answer.series if each.kind in ("bars", "stacked")), None)
    places = list(bars.x) if bars else _steps(answer)
    if not places:
        return {}
    shown = places[:: -(-len(places) // 7)]
    named = [date.fromisoformat(each) for each in shown]
    return {"tickmode": "array", "tickvals": shown, "ticktext": [f"{each.day} {each:%b}" for each in named]}


def _steps(answer: ChartAnswer) -> list[str]:
    """The days at which lines have values, where these are weeks or longer steps; the first step may be cut off."""
    places = sorted({str(x) for each in answer.series if each.kind == "line" for x in each.x})
    if len(places) < 3 or any(len(each) != len("2026-01-01") for each in places):
        return []
    days = [date.fromisoformat(each) for each in places]
    return places if all((after - day).days >= 7 for day, after in pairwise(days[1:])) else []


def _whole(answer: ChartAnswer, top: float) -> dict[str, Any]:
    """Counts are whole: no marks between them."""
    return {"dtick": 1, "tickformat": ",d"} if not answer.unit and 0 < top <= 5 else {}


def _letters(answer: ChartAnswer) -> int:
    return sum(len(str(each)) for each in (answer.series[0].x if answer.series else ()))


def _y_axis(answer: ChartAnswer, lying: bool) -> dict[str, Any]:
    title = {"text": escape(answer.y_title), "font": {"size": 11}, "standoff": 6}
    axis = _axis(title=title, zeroline=True)
    if lying:
        return axis | {"autorange": "reversed", "type": "category", "showgrid": False, "title": {"text": ""}}
    if _named_places(answer):
        order = list(dict.fromkeys(escape(y) for each in answer.series for y in each.y if isinstance(y, str)))
        return axis | {
            "type": "category",
            "categoryorder": "array",
            "categoryarray": order[::-1],
            "title": {"text": ""},
            "zeroline": False,
            "range": [-0.6, len(order) - 0.4],
        }
    if answer.y_range is not None:
        return axis | {"range": list(answer.y_range), "nticks": 6}
    if any(isinstance(y, str) for each in answer.series for y in each.y):
        return axis | {"type": "category", "categoryorder": "category descending", "title": {"text": ""}}
    low, high = _extent(answer)
    shown = {"range": [low, high], "nticks": 6, "tickformat": "~s" if high >= 10_000 else ",~f"}
    return axis | shown | _whole(answer, high)


def _extent(answer: ChartAnswer) -> tuple[float, float]:
    """Lowest and highest of the y axis: from zero, or below it where values are."""
    stacked: dict[Any, float] = {}
    values = [0.0]
    for each in answer.series:
        for x, y in zip(each.x, each.y, strict=True):
            if not isinstance(y, int | float):
                continue
            if each.kind in ("stacked", "area", "bands"):
                key = ("bands", x) if each.kind == "bands" else x
                stacked[key] = stacked.get(key, 0.0) + y
            else:
                values.append(float(y))
    values += [*stacked.values(), *(float(each.at) for each in answer.lines if each.axis == "y")]
    low, high = min(values), max(values)
    room = 0.06 * ((high - low) or 1)
    return (low - room if low < 0 else 0.0), high + room


def _line(line: Line) -> dict[str, Any]:
    across = {"x0": 0, "x1": 1, "xref": "paper", "y0": line.at, "y1": line.at}
    upright = {"y0": 0, "y1": 1, "yref": "paper", "x0": line.at, "x1": line.at}
    shade = {"main": ACCENT, "now": TEXT, "limit": TEXT}.get(line.role, MUTED)
    dash = "solid" if line.role in ("main", "centre") else "4px,3px"
    return {
        "type": "line",
        **(across if line.axis == "y" else upright),
        "layer": "above",
        "line": {"width": 1.4 if line.role == "main" else 1.1, "dash": dash, "color": shade},
    }


def _line_labels(answer: ChartAnswer, top: int, height: int) -> list[dict[str, Any]]:
    """Beside their lines at the right edge, pushed apart where lines are close; above upright ones, a row each."""
    across = sorted((each for each in answer.lines if each.axis == "y"), key=lambda each: float(each.at))
    upright = sorted((each for each in answer.lines if each.axis == "x"), key=lambda each: str(each.at))
    made = []
    if across:
        low, high = _extent(answer)
        scale = (height - top - _BOTTOM) / ((high - low) or 1)
        wanted = [(float(each.at) - low) * scale for each in across]
        for each, at, place in zip(across, wanted, _apart(wanted, _LABEL), strict=True):
            made.append(
                _label(
                    each,
                    x=1,
                    xref="paper",
                    xanchor="left",
                    xshift=4,
                    y=each.at,
                    yanchor="middle",
                    yshift=round(place - at),
                )
            )
    rows = sorted(upright, key=lambda each: float(each.at) if not isinstance(each.at, str) else 0.0)
    for n, each in enumerate(reversed(rows)):
        side = {"xanchor": "right", "xshift": -3} if _share(answer, each) > _FAR else {"xanchor": "left", "xshift": 3}
        made.append(_label(each, x=each.at, y=1, yref="paper", yanchor="bottom", yshift=_LABEL * n - 2, **side))
    return made


def _share(answer: ChartAnswer, line: Line) -> float:
    """How far to the right an upright line stands, 0 to 1."""
    if answer.x_range is None or isinstance(line.at, str):
        return 0.0
    low, high = (float(each) for each in answer.x_range)
    return (float(line.at) - low) / ((high - low) or 1)


def _label(line: Line, **where: Any) -> dict[str, Any]:
    shade = {"main": ACCENT, "now": TEXT}.get(line.role, MUTED)
    return {"text": escape(line.label), "showarrow": False, "font": {"size": 11, "color": shade}, **where}


def _apart(wanted: list[float], gap: float) -> list[float]:
    """Places in ascending order, at least `gap` apart, as near to the wanted ones as pushing upwards allows.

    >>> _apart([10, 12, 80], 15)
    [10, 25, 80]
    """
    placed: list[float] = []
    for each in wanted:
        placed.append(max(each, placed[-1] + gap) if placed else each)
    return placed
