"""The panel of the tab "Jobs", its pages of records, and the tab as files."""

from __future__ import annotations

import json
from typing import Any

from dash import ALL, MATCH, Input, Output, State, callback, ctx, no_update
from flask import Response, request
from werkzeug.exceptions import NotFound

from callbacks.cards import question_id
from callbacks.context import period_of, workspace
from callbacks.export import check_kind, csv_file, downloads
from data.exports.csv import csv_text
from data.values.periods import Period
from data.values.problem import Problem
from ui import ids
from ui.components.record_table import PAGE, record_block, record_rows
from ui.detail import detail_problem
from ui.tabs.jobs import JOB, LIST, PERSONA, TABLES
from ui.tabs.jobs_detail import METRICS, RECORDS, issues, metric_page, part_of, point_page
from ui.url import View, parse, query

_TABLES = {name for name, _ in TABLES} | {"register", "quality", "landscape"}
_COLUMNS = ("kind", "about", "title", "at", "ended", "persona", "feature", "status", "value", "unit", "note", "source", "key")  # fmt: skip


def show_jobs_detail(asked: View, view: dict[str, str]) -> Any:
    """The panel for one of the four numbers, or for a point of a chart of jobs. Raises what the workspace does."""
    ws, period, question = workspace(), period_of(asked), question_id(view)
    desk, narrowed = ws.jtbd, _narrowed(asked)
    if asked.metric:
        value = next(
            each for each in desk.answer(period, asked.filters, **narrowed).values if each.metric_name == asked.metric
        )
        everything = asked.with_chart(LIST)
        picked = ws.charts.picked(LIST, "", period, asked.filters, asked.own)
        table = issues(picked, question, {"query": query(everything)})
        told = _records(everything, period, question, (METRICS[asked.metric],), named=True)
        return metric_page(value, asked, period, ws.status(), told, table)
    kind, name = part_of(asked)
    pick = "" if kind == "kind" else asked.pick
    picked = ws.charts.picked(asked.chart, pick, period, asked.filters, asked.own)
    found = desk.overview(period, asked.filters, **narrowed)
    kinds = (name,) if kind == "kind" else RECORDS.get(kind, ())
    if kind == "kind" and name not in RECORDS[""]:
        return detail_problem(
            Problem(
                "There is no such kind of record.", "The link may be old or cut off.", "Open it from the tab Jobs."
            ),
            f"chart {asked.chart} {asked.pick}",
        )
    table = [] if kind == "kind" else issues(picked, question, {"query": query(asked)})
    told = _records(asked, period, question, kinds, named=kind not in ("job", "outcome", "painpoint"))
    return point_page(picked, found, asked, period, told, table)


def _narrowed(asked: View) -> dict[str, str | None]:
    return {"persona": asked.asks(PERSONA), "job": asked.asks(JOB)}


def _page(asked: View, period: Period, kind: str, first: int, count: int) -> Any:
    part, name = part_of(asked)
    about = name if part in ("job", "outcome", "painpoint") else None
    return workspace().jtbd.record_page(
        kind, period, asked.filters, about=about, first=first, count=count, **_narrowed(asked)
    )


def _records(asked: View, period: Period, question: str, kinds: tuple[str, ...], *, named: bool) -> list[Any]:
    zone, order, made = workspace().status().zone, {"query": query(asked)}, []
    for kind in kinds:
        page = _page(asked, period, kind, 0, PAGE)
        if page.total:
            made.append(record_block(question, kind, page, zone, order, named=named))
    return made


@callback(
    Output(ids.record_rows(MATCH, MATCH), "children"),
    Output(ids.record_place(MATCH, MATCH), "data"),
    Output(ids.record_turn(MATCH, MATCH, "newer"), "disabled"),
    Output(ids.record_turn(MATCH, MATCH, "older"), "disabled"),
    Input(ids.record_turn(MATCH, MATCH, ALL), "n_clicks"),
    State(ids.record_place(MATCH, MATCH), "data"),
    prevent_initial_call=True,
)
def turn(_clicks: list[int | None], place: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
    """The next older or newer records."""
    button = ctx.triggered_id
    if not button or not ctx.triggered[0]["value"]:
        return (no_update,) * 4
    step = PAGE if button["to"] == "older" else -PAGE
    asked, kind = parse(place["query"]), button["kind"]
    first = max(int(place["first"]) + step, 0)
    page = _page(asked, period_of(asked), kind, first, PAGE)
    rows = record_rows(kind, page, workspace().status().zone, first, named=bool(place.get("named")))
    return rows, {**place, "first": first, "total": page.total}, first == 0, first + PAGE >= page.total


# ---- files


def _asked() -> tuple[View, Period]:
    view = parse(request.query_string.decode("utf-8", "replace"))
    return view, period_of(view)


@downloads.get("/jobs.<kind>")
def jobs_file(kind: str) -> Response:
    """Everything: numbers and records (JSON), numbers (CSV), a report (Markdown)."""
    check_kind(kind, "json", "csv", "md")
    view, period = _asked()
    desk, narrowed = workspace().jtbd, _narrowed(view)
    if kind == "csv":
        return csv_file(desk.csv_metrics(period, view.filters, **narrowed), "jobs", period)
    if kind == "md":
        return _named(desk.report(period, view.filters, **narrowed), "text/markdown", f"jobs_{period.first}_{period.last}.md")  # fmt: skip
    made = desk.export_data(period, view.filters, **narrowed)
    return _named(json.dumps(made, ensure_ascii=False, indent=2), "application/json", f"jobs_{period.first}_{period.last}.json")  # fmt: skip


def _named(text: str, kind: str, name: str) -> Response:
    return Response(text, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@downloads.get("/jobs-<table>.csv")
def jobs_table(table: str) -> Response:
    """One table of the tab."""
    if table not in _TABLES:
        raise NotFound(f"There is no such table. There are: {', '.join(sorted(_TABLES))}.")
    view, period = _asked()
    return csv_file(workspace().jtbd.csv(table, period, view.filters, **_narrowed(view)), f"jobs_{table}", period)


@downloads.get("/job-records.csv")
def job_records() -> Response:
    """The records that a panel shows, those from Jira among them."""
    view, period = _asked()
    part, name = part_of(view)
    kinds = (name,) if part == "kind" and name in RECORDS[""] else RECORDS.get(part, RECORDS[""])
    rows = [row for kind in kinds for row in _page(view, period, kind, 0, 10**9).rows]
    text = csv_text(_COLUMNS, ([getattr(row, each) for each in _COLUMNS] for row in rows))
    return csv_file(text, "job_records", period)
