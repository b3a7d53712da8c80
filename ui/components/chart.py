"""A chart's card: first a place of the final size, then title, reading, figure, table and downloads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from dash import dcc, html

from data.values.charts import ChartAnswer, ChartPlace
from data.values.problem import Problem
from data.values.switches import Switch
from ui import ids
from ui.attributes import attributes
from ui.components.chart_figure import figure
from ui.components.definitions import switch_row
from ui.components.icon import icon
from ui.components.notice import notice
from ui.components.still import still
from ui.url import PageView, query


def chart_card(name: str, place: str, *, wide: bool = False) -> html.Article:
    """Where a chart will be. It is asked for when it comes near the window; `place` is the tab it stands on; a `wide`
    one has a row of its own.
    """
    return html.Article(
        [
            dcc.Store(id=ids.chart_ask(name, place)),
            html.Div(_skeleton(), id=ids.chart_body(name, place), className="chart-body"),
        ],
        className="chart-card chart-wide" if wide else "chart-card",
        **attributes({"data-chart": name, "data-place": place}),
    )


def chart_cards(charts: Iterable[ChartPlace], place: str, title: str = "Charts") -> html.Section:
    """Several charts under a heading, two columns where there is room."""
    return html.Section(
        [
            html.H2(title, className="charts-title"),
            html.Div([chart_card(each.name, place, wide=each.wide) for each in charts], className="charts"),
        ],
        className="charts-part",
    )


def _skeleton() -> list[Any]:
    return [html.Div(className=f"sk {each}") for each in ("sk-title", "sk-line", "sk-chart")]


def chart_body(answer: ChartAnswer, view: PageView, switches: Sequence[Switch] = ()) -> html.Div:
    """The chart with everything around it; `switches`: definitions that are switched beside it."""
    own = query(view.with_chart(answer.name)) or "?"
    parts: list[Any] = [
        html.H3(answer.title, className="card-heading"),
        html.P(answer.reading or _summary(answer), className="chart-reading"),
        switch_row(switches),
    ]
    if answer.problem is not None:
        parts += [notice(answer.problem), still(_foot(answer, own, drawn=False))]
    else:
        parts += [
            html.Div(
                className="chart-figure",
                role="img",
                **attributes(
                    {
                        "aria-label": f"{answer.title}. {answer.reading} The same as a table is below.",
                        "data-figure": compact(figure(answer)),
                        "data-name": answer.name,
                        "data-title": answer.title,
                    }
                ),
            ),
            _said(answer),
            _table(answer),
            still(_foot(answer, own, drawn=True)),
        ]
    return html.Div([each for each in parts if each is not None], className="chart-inner")


def chart_problem(problem: Problem, request_id: str = "") -> html.Div:
    """A chart that could not be made."""
    return html.Div(
        [html.H3("This chart cannot be shown", className="card-heading"), notice(problem, request_id=request_id)],
        className="chart-inner",
    )


def no_chart() -> html.P:
    """In place of a chart of a view that cannot be shown; why, the page says once above all of them."""
    return html.P("No chart: the reason is above.", className="chart-none")


def compact(value: Any) -> str:
    """JSON without spaces. Not-a-number has no place in it: such a point is a gap."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _summary(answer: ChartAnswer) -> str:
    return answer.help.partition("\n\n")[0].replace("\n", " ")


def _said(answer: ChartAnswer) -> html.P | None:
    said = [each for each in (answer.thinned, *answer.notes) if each]
    return html.P(" ".join(said), className="chart-notes") if said else None


def _table(answer: ChartAnswer) -> html.Details:
    """The table is built in the browser when it is opened: its rows travel as plain text."""
    more = answer.row_count - len(answer.rows)
    return html.Details(
        [
            html.Summary("Show as a table"),
            html.Div(
                className="chart-table",
                tabIndex="0",
                role="region",
                **attributes({"aria-label": f"{answer.title} as a table"}),
            ),
        ],
        className="as-table",
        **attributes(
            {
                "data-table": compact(
                    {
                        "columns": answer.columns,
                        "rows": answer.rows,
                        "picks": answer.row_picks,
                        "more": f"The first {len(answer.rows):,} of {answer.row_count:,} rows; the CSV has all."
                        if more > 0
                        else "",
                    }
                ),
                "data-name": answer.name,
            }
        ),
    )


def _foot(answer: ChartAnswer, own: str, *, drawn: bool) -> html.Div:
    issues = html.A(
        f"{answer.issues:,} issue{'s' * (answer.issues != 1)}",
        href=own,
        className="btn-link-quiet",
        **attributes({"data-nav": "link"}),
    )
    return html.Div(
        [
            _about(answer),
            html.Div(
                [
                    issues if answer.issues else None,
                    *([_file(answer, own, kind) for kind in ("CSV", "XLSX")] if answer.columns else []),
                    html.Button(
                        [icon("download"), "PNG"],
                        type="button",
                        className="btn-link-quiet",
                        **attributes({"data-png": answer.name, "aria-label": f"{answer.title} as a picture (PNG)"}),
                    )
                    if drawn
                    else None,
                ],
                className="chart-ways",
            ),
        ],
        className="chart-foot",
    )


def _file(answer: ChartAnswer, own: str, kind: str) -> html.A:
    return html.A(
        [icon("download"), kind],
        href=f"/export/chart.{kind.lower()}{own}",
        className="btn-link-quiet",
        download="",
        **attributes({"aria-label": f"{answer.title} as {kind}"}),
    )


def _about(answer: ChartAnswer) -> html.Details:
    """How to read it, and the definitions in force."""
    facts = [part for name, value in answer.definitions for part in (html.Dt(name), html.Dd(value))]
    return html.Details(
        [
            html.Summary("How to read this"),
            html.Div(
                [
                    *(html.P(each.replace("\n", " ")) for each in answer.help.split("\n\n")),
                    html.Dl(facts, className="facts") if facts else None,
                ],
                className="chart-help",
            ),
        ],
        className="as-table chart-about",
    )
