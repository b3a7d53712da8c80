"""Downloads as plain links: CSV and XLSX of all numbers, of one number, of the issues behind it."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import BadRequest, NotFound

from callbacks.context import known_metric, question_of, services
from data.services.downloads import Sheet
from data.services.view import View
from data.values.csv_style import csv_written, style_named
from data.values.periods import Period
from ui.url import PageView, parse

downloads = Blueprint("downloads", __name__, url_prefix="/export")
CSV, XLSX = "csv", "xlsx"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@downloads.before_request
def choose_style() -> None:
    """CSV is written in the style that the address names (`csv=excel-semicolon`); without one, for programs."""
    g.csv_style = ExitStack()
    g.csv_style.enter_context(csv_written(style_named(request.args.get("csv"))))


@downloads.teardown_request
def forget_style(_error: BaseException | None) -> None:
    """The next request of this thread chooses anew."""
    if chosen := g.pop("csv_style", None):
        chosen.close()


@downloads.get("/numbers.<kind>")
def numbers(kind: str) -> Response:
    """Every metric for the period and filters of the query."""
    _, question = asked_file(kind)
    if kind == CSV:
        return csv_file(services().numbers.csv_all(question), "throughline", question.period)
    return workbook_file(services().downloads.numbers(question), "throughline", question)


@downloads.get("/metric.<kind>")
def metric(kind: str) -> Response:
    """The metric named in the query, with its details."""
    view, question = asked_file(kind)
    name = _metric(view)
    is_of_jobs = not services().catalogue.entry(name).by_issues
    narrowed = {each: view.asks(each) for each in ("persona", "job")} if is_of_jobs else {}
    if kind == CSV:
        return csv_file(services().numbers.csv_metric(name, question, **narrowed), name, question.period)
    return workbook_file(services().downloads.metric(name, question, **narrowed), name, question)


@downloads.get("/issues.<kind>")
def issues(kind: str) -> Response:
    """The issues behind the metric named in the query, used and left out."""
    view, question = asked_file(kind)
    name = _metric(view)
    if kind == CSV:
        return csv_file(services().numbers.csv_issues(name, question), f"{name}_issues", question.period)
    return workbook_file(services().downloads.issues(name, question), f"{name}_issues", question)


@downloads.get("/stages.<kind>")
def stages(kind: str) -> Response:
    """When each item in view entered each stage of the workflow, for flow tools."""
    _, question = asked_file(kind)
    if kind == CSV:
        return csv_file(services().stages.csv(question), "stages", question.period)
    return workbook_file(services().stages.sheet(question), "stages", question)


def asked_file(kind: str) -> tuple[PageView, View]:
    """What the query of a download asks: as the address says it, and as a question. Raises NotFound for a kind of file
    that there is not.
    """
    check_kind(kind, CSV, XLSX)
    view = parse(request.query_string.decode("utf-8", "replace"))
    return view, question_of(view)


def check_kind(kind: str, *kinds: str) -> None:
    """Raises NotFound, which names the kinds of file that this download has, for any other."""
    if kind not in kinds:
        *others, last = (f".{each}" for each in kinds)
        raise NotFound(f"This download is {', '.join(others)} or {last}.")


def _metric(view: PageView) -> str:
    name = known_metric(view.metric)
    if name is None:
        raise BadRequest("There is no such metric. Open the download from its card.")
    return name


def csv_file(text: str, name: str, period: Period) -> Response:
    """A table as a file to download, named after what it is and its days."""
    return _file(text.encode("utf-8"), "text/csv", f"{name}_{period.first}_{period.last}.{CSV}")


def workbook_file(sheet: Sheet, name: str, question: View) -> Response:
    """A table as a workbook to download."""
    made, period = services().downloads.xlsx(sheet, question), question.period
    return _file(made, _WORKBOOK, f"{name}_{period.first}_{period.last}.{XLSX}")


def _file(content: bytes, kind: str, file_name: str) -> Response:
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{file_name}"'})
