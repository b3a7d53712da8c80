"""The panel of the tab "Jobs", its pages of records, and the tab as files."""

from __future__ import annotations

import json
from typing import Any

from dash import ALL, MATCH, Input, Output, State, callback, ctx, no_update
from flask import Response, request
from werkzeug.exceptions import NotFound

from callbacks.cards import question_id
from callbacks.context import known_metric, question_of, services
from callbacks.export import check_kind, csv_file, downloads
from data.services.charts import is_of_jobs
from data.services.numbers import family_of
from data.services.view import View
from data.values.families import JOBS
from data.values.jobs import RecordPage
from data.values.problem import Problem
from ui import ids
from ui.components.record_table import PAGE, record_block, record_rows
from ui.detail import detail_problem
from ui.tabs.jobs import JOB, LIST, PERSONA, TABLES
from ui.tabs.jobs_detail import RECORDS, RECORDS_OF_METRIC, issues, metric_page, part_of, point_page
from ui.url import PageView, parse, query

_TABLES = {name for name, _ in TABLES} | {"register", "quality", "landscape"}


def is_about_jobs(view: PageView) -> bool:
    """Whether the panel in the URL shows a metric or a chart of jobs."""
    if view.metric:
        return known_metric(view.metric) is not None and family_of(view.metric) == JOBS
    return is_of_jobs(view.chart)


def show_jobs_detail(page: PageView, view: dict[str, str]) -> Any:
    """The panel for one of the numbers of jobs, or for a point of a chart of jobs. Raises what the services do."""
    question, token = question_of(page), question_id(view)
    jobs, narrowed = services().jobs, _narrowed(page)
    zone = services().status.of(question.snapshot).zone
    if page.metric:
        value = next(
            each
            for each in jobs.answer(question, persona=narrowed["persona"], job=narrowed["job"]).values
            if each.metric_name == page.metric
        )
        everything = page.with_chart(LIST)
        picked = services().charts.picked(LIST, "", question, page.own)
        table = issues(picked, token, {"query": query(everything)})
        told = _records(everything, question, token, zone, (RECORDS_OF_METRIC[page.metric],), named=True)
        status = services().status.of(question.snapshot)
        return metric_page(value, page, question.period, status, told, table)
    kind, name = part_of(page)
    pick = "" if kind == "kind" else page.pick
    picked = services().charts.picked(page.chart or "", pick, question, page.own)
    found = jobs.overview(question, **narrowed)
    kinds = (name,) if kind == "kind" else RECORDS.get(kind, ())
    if kind == "kind" and name not in RECORDS[""]:
        return detail_problem(
            Problem(
                "There is no such kind of record.", "The link may be old or cut off.", "Open it from the tab Jobs."
            ),
            f"chart {page.chart} {page.pick}",
        )
    table = [] if kind == "kind" else issues(picked, token, {"query": query(page)})
    told = _records(page, question, token, zone, kinds, named=kind not in ("job", "outcome", "painpoint"))
    return point_page(picked, found, page, question.period, told, table)


def _narrowed(page: PageView) -> dict[str, str | None]:
    return {"persona": page.asks(PERSONA), "job": page.asks(JOB)}


def _page(page: PageView, question: View, kind: str, first: int, count: int) -> RecordPage:
    part, name = part_of(page)
    about = name if part in ("job", "outcome", "painpoint") else None
    return services().jobs.record_page(kind, question, about=about, first=first, count=count, **_narrowed(page))


def _records(
    asked: PageView, question: View, token: str, zone: str, kinds: tuple[str, ...], *, named: bool
) -> list[Any]:
    order, made = {"query": query(asked)}, []
    for kind in kinds:
        page = _page(asked, question, kind, 0, PAGE)
        if page.total:
            made.append(record_block(token, kind, page, zone, order, named=named))
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
    question = question_of(asked)
    page = _page(asked, question, kind, first, PAGE)
    rows = record_rows(kind, page, services().status.of(question.snapshot).zone, first, named=bool(place.get("named")))
    return rows, {**place, "first": first, "total": page.total}, first == 0, first + PAGE >= page.total


# ---- files


def _asked() -> tuple[PageView, View]:
    asked = parse(request.query_string.decode("utf-8", "replace"))
    return asked, question_of(asked)


@downloads.get("/jobs.<kind>")
def jobs_file(kind: str) -> Response:
    """Everything: numbers and records (JSON), numbers (CSV), a report (Markdown)."""
    check_kind(kind, "json", "csv", "md")
    asked, question = _asked()
    jobs, narrowed, period = services().jobs, _narrowed(asked), question.period
    if kind == "csv":
        return csv_file(jobs.csv_metrics(question, **narrowed), "jobs", period)
    if kind == "md":
        return _named(jobs.report(question, **narrowed), "text/markdown", f"jobs_{period.first}_{period.last}.md")
    made = jobs.export_data(question, **narrowed)
    return _named(
        json.dumps(made, ensure_ascii=False, indent=2), "application/json", f"jobs_{period.first}_{period.last}.json"
    )


def _named(text: str, kind: str, name: str) -> Response:
    return Response(text, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@downloads.get("/jobs-<table>.csv")
def jobs_table(table: str) -> Response:
    """One table of the tab."""
    if table not in _TABLES:
        raise NotFound(f"There is no such table. There are: {', '.join(sorted(_TABLES))}.")
    asked, question = _asked()
    return csv_file(services().jobs.csv(table, question, **_narrowed(asked)), f"jobs_{table}", question.period)


@downloads.get("/job-records.csv")
def job_records() -> Response:
    """The records that a panel shows, those from Jira among them."""
    asked, question = _asked()
    part, name = part_of(asked)
    kinds = (name,) if part == "kind" and name in RECORDS[""] else RECORDS.get(part, RECORDS[""])
    rows = [row for kind in kinds for row in _page(asked, question, kind, 0, 10**9).rows]
    text = services().jobs.csv_of_records(rows)
    return csv_file(text, "job_records", question.period)
