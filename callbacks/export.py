"""Downloads as plain links: CSV and XLSX of all numbers, of one number, of the issues behind it."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from callbacks.context import known_metric, period_of, problem_of, workspace
from data.services.downloads import Downloads, Sheet
from data.values.numbers import JOB_METRICS
from data.values.periods import Period
from ui.url import View, parse

downloads = Blueprint("downloads", __name__, url_prefix="/export")
CSV, XLSX = "csv", "xlsx"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoSuchMetric(Exception):
    """The link names a metric that the catalogue does not have."""


@downloads.get("/numbers.<kind>")
def numbers(kind: str) -> Response:
    """Every metric for the period and filters of the query."""
    view, period = asked_file(kind)
    if kind == CSV:
        return csv_file(workspace().csv_all(period, view.filters), "throughline", period)
    desk = Downloads(workspace())
    return workbook_file(desk, desk.numbers(period, view.filters), "throughline", period, view)


@downloads.get("/metric.<kind>")
def metric(kind: str) -> Response:
    """The metric named in the query, with its details."""
    view, period = asked_file(kind)
    jobs = view.metric in JOB_METRICS
    name = view.metric if jobs else _metric(view)
    narrowed = {each: view.asks(each) for each in ("persona", "job")} if jobs else {}
    if kind == CSV:
        return csv_file(workspace().csv_metric(name, period, view.filters, **narrowed), name, period)
    desk = Downloads(workspace())
    return workbook_file(desk, desk.numbers(period, view.filters, metric=name, **narrowed), name, period, view)


@downloads.get("/issues.<kind>")
def issues(kind: str) -> Response:
    """The issues behind the metric named in the query, used and left out."""
    view, period = asked_file(kind)
    name = _metric(view)
    if kind == CSV:
        return csv_file(workspace().csv_issues(name, period, view.filters), f"{name}_issues", period)
    desk = Downloads(workspace())
    return workbook_file(desk, desk.issues(name, period, view.filters), f"{name}_issues", period, view)


@downloads.errorhandler(Exception)
def refused(error: Exception) -> tuple[Response, int]:
    """A sentence instead of a page: the link was wrong, or the file could not be made."""
    if isinstance(error, NoSuchMetric):
        return _sentence("There is no such metric. Open the download from its card."), 400
    if isinstance(error, NotFound):
        return _sentence("Downloads are .csv or .xlsx."), 404
    problem, request_id = problem_of(error)
    if request_id:
        return _sentence(f"{problem} Request {request_id}."), 500
    return _sentence(str(problem)), 400


def _sentence(words: str) -> Response:
    return Response(f"{words}\n", mimetype="text/plain")


def asked_file(kind: str) -> tuple[View, Period]:
    """What the query of a download asks. Raises NotFound for a kind of file that there is not."""
    if kind not in (CSV, XLSX):
        raise NotFound
    view = parse(request.query_string.decode("utf-8", "replace"))
    return view, period_of(view)


def _metric(view: View) -> str:
    name = known_metric(view.metric)
    if name is None:
        raise NoSuchMetric
    return name


def csv_file(text: str, name: str, period: Period) -> Response:
    """A table as a file to download, named after what it is and its days."""
    return _file(text.encode("utf-8"), "text/csv", f"{name}_{period.first}_{period.last}.{CSV}")


def workbook_file(desk: Downloads, sheet: Sheet, name: str, period: Period, view: View) -> Response:
    """A table as a workbook to download."""
    made = desk.xlsx(sheet, period, view.filters)
    return _file(made, _WORKBOOK, f"{name}_{period.first}_{period.last}.{XLSX}")


def _file(content: bytes, kind: str, file_name: str) -> Response:
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{file_name}"'})
