"""The tab "Explore": metrics, split, grain and comparison as a form, the answer as charts and as a table. Every number
opens its issues, and everything is in the address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zlib import crc32

import dash_bootstrap_components as dbc
from dash import html

from data.values.explore import COMPARE, GRAIN, METRICS, NAMES, NOTHING, SPLITS, asked
from data.values.problem import Problem
from data.values.query_answer import QueryAnswer, QueryCell, QueryRow
from ui.attributes import attributes
from ui.components.chart import chart_card
from ui.components.downloads import download_links
from ui.components.notice import notice
from ui.components.still import still
from ui.url import PageView, query
from ui.words import count

Choices = Sequence[tuple[str, str]]  # name, title
GRAINS: Choices = (
    (NOTHING, "–"), ("day", "Day"), ("week", "Week"), ("month", "Month"), ("quarter", "Quarter"), ("year", "Year"),
)  # a table: kept in its rows  # fmt: skip
COMPARISONS: Choices = (
    (NOTHING, "–"), ("previous", "The days before"), ("same_last_year", "The same days a year ago"),
)  # a table: kept in its rows  # fmt: skip
EXAMPLES: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("Completed items by week and type", {"m1": "flow_velocity", "split": "type", "grain": "week"}),
    ("Flow time by project, against the days before", {"m1": "flow_time", "split": "project", "compare": "previous"}),
    ("Created and closed by week", {"m1": "created", "m2": "closed", "grain": "week"}),
    ("Bugs by component and priority", {"m1": "bug_count", "split": "component", "and": "priority"}),
    ("Blocked hours by assignee", {"m1": "blocked_hours", "split": "assignee"}),
    ("Reopened share by type", {"m1": "reopen_rate", "split": "type"}),
)
HEATS = 5  # shades of the heat map
MOST_COLUMNS = 31  # of a heat map
NONE = "none"


@dataclass(frozen=True)
class Offered:
    """What can be chosen: metrics and dimensions, each as name and title."""

    metrics: Choices
    dimensions: Choices


def skeleton() -> html.Div:
    """The place of the form and of a chart."""
    bars = ("sk-title", "sk-line", "sk-chart")
    return html.Div([html.Div(className=f"sk {each}") for each in bars], className="block explore-form")


def explore_page(answer: QueryAnswer | Problem, view: PageView, offered: Offered) -> list[Any]:
    """The form, and below it the answer or why there is none."""
    parts: list[Any] = [_form(view, offered), _examples(view)]
    if isinstance(answer, Problem):
        return [*parts, notice(answer)]
    return [*parts, _charts(answer, view), _table(answer, view), _sql(answer)]


def explore_problem(problem: Problem, request_id: str = "") -> html.Div:
    """When the tab could not be filled."""
    return html.Div(notice(problem, request_id=request_id))


# ── the question


def _form(view: PageView, offered: Offered) -> html.Form:
    """ui/assets/forecast.js writes the fields into the address."""
    chosen = asked(view.own)
    more: Choices = ((NOTHING, "–"), *offered.metrics)
    splits: Choices = ((NOTHING, "–"), *offered.dimensions)
    fields = [
        _choice("Metric", METRICS[0], chosen, offered.metrics),
        *(_choice(f"Metric {n}", name, chosen, more) for n, name in enumerate(METRICS[1:], 2)),
        _choice("By", SPLITS[0], chosen, splits),
        _choice("and by", SPLITS[1], chosen, splits),
        _choice("By time", GRAIN, chosen, GRAINS),
        _choice("Compared with", COMPARE, chosen, COMPARISONS),
    ]
    return html.Form(
        [
            html.H3("What do you want to see?", className="block-title"),
            html.Div([*fields, html.Button("Show", type="submit", className="btn-quiet")], className="explore-fields"),
            html.P("Days and filters are those above, as on every tab.", className="muted explore-hint"),
        ],
        className="block explore-form",
        key=repr(view.own),  # other answers come with fresh fields
        **attributes({"data-asks": " ".join(NAMES), "aria-label": "What do you want to see?"}),
    )


def _choice(label: str, name: str, chosen: Mapping[str, str], choices: Choices) -> html.Label:
    value = chosen.get(name, NOTHING)
    # An address may name a metric by another of its names, or something that there is not: the answer says so.
    more = () if value in dict(choices) or value == NOTHING else ((value, value),)
    options = [{"value": each, "label": words} for each, words in (*choices, *more)]
    known = value if value in dict((*choices, *more)) else choices[0][0]
    return html.Label(
        [label, dbc.Select(options=options, value=known, name=name, class_name="form-select-sm")],
        className="ask-field",
    )


def _examples(view: PageView) -> html.Div:
    links = [
        html.A(
            words,
            href=_link(replace(view, own=tuple(own.items()))),
            className="kind",
            **attributes({"data-nav": "link"}),
        )
        for words, own in EXAMPLES
    ]
    return html.Div(
        [html.Span("For example:", className="muted"), *links], className="kinds explore-examples", role="group"
    )


def _link(view: PageView) -> str:
    return query(view.with_metric(None)) or "?"


# ── the answer


def _charts(answer: QueryAnswer, view: PageView) -> html.Section:
    """A chart for each metric; it is asked for when it comes near the window."""
    drawn = [n for n, each in enumerate(answer.metrics) if each.engine != "records"]
    place = f"explore-{crc32(_link(view).encode()):x}"
    return html.Section(
        html.Div([chart_card(f"explored_{n + 1}", place, wide=len(drawn) == 1) for n in drawn], className="charts"),
        className="charts-part",
        key=place,
    )


def _table(answer: QueryAnswer, view: PageView) -> html.Section:
    """The answer as a table, or as heat maps with the table below them."""
    days = f"{answer.period} ({answer.zone})"
    compared = f", compared with {answer.compared}" if answer.compared else ""
    heads = [
        html.H2("As a table", className="charts-title"),
        html.P(f"{count(len(answer.rows), 'row')}, {days}{compared}."),
    ]
    maps = _heat_maps(answer, view)
    whole = still(_plain(answer, view))
    told = [*answer.notes, *(f"{each.title}: {each.lacking}" for each in answer.metrics if each.lacking)]
    told += [_exclusions(each.title, each.exclusions) for each in answer.metrics if each.exclusions]
    body: list[Any] = [whole]
    if maps:
        body = [
            *maps,
            html.Details([html.Summary("All rows, with what was used and left out"), whole], className="as-table"),
        ]
    files = download_links("This table", "explore", _link(view))
    return html.Section(
        [*heads, *body, *(html.P(each, className="chart-notes") for each in told), files],
        className="block explore-table",
    )


def _exclusions(title: str, reasons: Sequence[tuple[str, int]]) -> str:
    return f"{title}: {sum(n for _, n in reasons):,} left out: {', '.join(f'{why} {n:,}' for why, n in reasons)}."


def _plain(answer: QueryAnswer, view: PageView) -> html.Div:
    groups = [html.Th(title, scope="col") for _, title in answer.columns]
    numbers: list[Any] = []
    for each in answer.metrics:
        names = [each.title, *(["Before"] if answer.compared else []), "Used", "Left out"]
        numbers += [html.Th(name, scope="col", className="right") for name in names]
    rows = [html.Tr([*_keys(answer, row), *_cells(answer, row, view)]) for row in answer.rows]
    table = html.Table(
        [html.Thead(html.Tr([*groups, *numbers])), html.Tbody(rows)], className="plain-table explore-rows"
    )
    return html.Div(
        table, className="explore-scroll", tabIndex="0", role="region", **attributes({"aria-label": "All rows"})
    )


def _keys(answer: QueryAnswer, row: QueryRow) -> list[Any]:
    so_far = " so far" if row.so_far else ""
    return [
        html.Th(f"{row.label}{so_far}" if name == _grain(answer) else key or NONE, scope="row")
        for (name, _), key in zip(answer.columns, row.keys, strict=True)
    ]


def _grain(answer: QueryAnswer) -> str:
    return next((name for name, _ in answer.columns if name in dict(GRAINS)), "")


def _cells(answer: QueryAnswer, row: QueryRow, view: PageView) -> list[Any]:
    out: list[Any] = []
    for n, cell in enumerate(row.cells):
        out.append(html.Td(_opens(answer, row, n, view), className="right", title=cell.why or None))
        if answer.compared:
            out.append(html.Td(cell.before_shown or "–", className="right muted"))
        out += [html.Td(f"{each:,}", className="right muted") for each in (cell.used, cell.left_out)]
    return out


def _opens(answer: QueryAnswer, row: QueryRow, n: int, view: PageView) -> Any:
    """A number as a link to its issues, where it has some."""
    cell = row.cells[n]
    if answer.metrics[n].engine == "records" or not cell.used + cell.left_out:
        return cell.shown
    groups = [key or "" for (name, _), key in zip(answer.columns, row.keys, strict=True) if name != _grain(answer)]
    pick = json.dumps([row.first, row.last, *groups], ensure_ascii=False)
    words = f"{answer.metrics[n].title}, {_name(answer, row)}: {cell.shown}, its issues"
    return html.A(
        cell.shown,
        href=query(view.with_chart(f"explored_{n + 1}", pick)),
        **attributes({"data-nav": "link", "aria-label": words}),
    )


def _name(answer: QueryAnswer, row: QueryRow) -> str:
    names = [
        row.label if name == _grain(answer) else key or NONE
        for (name, _), key in zip(answer.columns, row.keys, strict=True)
    ]
    return ", ".join(names) or row.label


def _heat_maps(answer: QueryAnswer, view: PageView) -> list[Any]:
    """Two things to group by: a map for each metric, the first down, the second across; none where it would be too
    wide.
    """
    if len(answer.columns) != 2 or not answer.rows:
        return []
    across = 0 if _grain(answer) else 1
    columns = list(dict.fromkeys(row.keys[across] for row in answer.rows))
    if len(columns) > MOST_COLUMNS:
        return []
    lines = list(dict.fromkeys(row.keys[1 - across] for row in answer.rows))
    by_key = {row.keys: row for row in answer.rows}
    labels = {
        row.keys[across]: _short(row, _grain(answer)) if _grain(answer) else row.keys[across] or NONE
        for row in answer.rows
    }
    maps = []
    for n, metric in enumerate(answer.metrics):
        top = max((row.cells[n].value or 0.0 for row in answer.rows), default=0.0)
        head = [html.Th(answer.columns[1 - across][1], scope="col")]
        head += [html.Th(labels[each], scope="col", className="right") for each in columns]
        body = []
        for line in lines:
            cells: list[Any] = [html.Th(line or NONE, scope="row")]
            for each in columns:
                row = by_key.get((each, line) if across == 0 else (line, each))
                cells.append(_heat(answer, row, n, top, view))
            body.append(html.Tr(cells))
        table = html.Table([html.Thead(html.Tr(head)), html.Tbody(body)], className="plain-table explore-heat")
        region = attributes({"aria-label": f"{metric.title} as a heat map"})
        scroll = html.Div(still(table), className="explore-scroll", tabIndex="0", role="region", **region)
        maps.append(html.Div([html.H3(metric.title, className="block-title"), scroll]))
    return maps


def _short(row: QueryRow, grain: str) -> str:
    """The days of a column in a few letters.

    >>> _short(QueryRow((), "2026-09-07", "2026-09-13", "", ()), "week")
    '7 Sep'
    >>> _short(QueryRow((), "2026-09-07", "2026-09-30", "", ()), "month")
    'Sep 2026'
    """
    first = date.fromisoformat(row.first)
    if grain in ("day", "week"):
        return f"{first.day} {first:%b}"
    return (
        f"{first:%b %Y}"
        if grain == "month"
        else f"Q{(first.month + 2) // 3} {first:%Y}"
        if grain == "quarter"
        else f"{first:%Y}"
    )


def _heat(answer: QueryAnswer, row: QueryRow | None, n: int, top: float, view: PageView) -> html.Td:
    if row is None:
        return html.Td("", className="right")
    cell: QueryCell = row.cells[n]
    shade = 0 if cell.value is None or top <= 0 else round(HEATS * max(cell.value, 0.0) / top)
    said = cell.why or f"{cell.used:,} used, {cell.left_out:,} left out"
    return html.Td(_opens(answer, row, n, view), className=f"right heat-{shade}", title=said)


def _sql(answer: QueryAnswer) -> html.Details | None:
    """How the numbers are calculated: the SELECT to copy, and which come from their formula."""
    told = [html.P(f"{each.title}: {each.why_not_sql}") for each in answer.metrics if each.why_not_sql]
    if not answer.sql:
        return (
            html.Details([html.Summary("How this is calculated"), *told], className="as-table block") if told else None
        )
    values = "\n".join(f"${n} = {each!r}" for n, each in enumerate(answer.parameters, 1))
    took = f"DuckDB took {1000 * answer.engine_seconds:,.0f} ms."
    return html.Details(
        [
            html.Summary("How this is calculated (SQL)"),
            *told,
            html.P(took, className="muted"),
            html.Pre(answer.sql, className="explore-sql", tabIndex="0"),
            html.Pre(values, className="explore-sql", tabIndex="0"),
        ],
        className="as-table block",
    )
