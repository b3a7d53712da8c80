"""Downloads as plain links: CSV of all numbers, of one number, of the issues behind it."""

from __future__ import annotations

from flask import Blueprint, Response, request

from callbacks.context import known_metric, period_of, problem_of, workspace
from data.periods import Period
from ui.url import View, parse

downloads = Blueprint("downloads", __name__, url_prefix="/export")


class NoSuchMetric(Exception):
    """The link names a metric that the catalogue does not have."""


@downloads.get("/numbers.csv")
def numbers() -> Response:
    """Every metric for the period and filters of the query."""
    view, period = _asked()
    return _file(workspace().csv_all(period, view.filters), "throughline", period)


@downloads.get("/metric.csv")
def metric() -> Response:
    """The metric named in the query, with its details."""
    view, period = _asked()
    return _file(workspace().csv_metric(_metric(view), period, view.filters), _metric(view), period)


@downloads.get("/issues.csv")
def issues() -> Response:
    """The issues behind the metric named in the query, used and left out."""
    view, period = _asked()
    return _file(workspace().csv_issues(_metric(view), period, view.filters), f"{_metric(view)}_issues", period)


@downloads.errorhandler(Exception)
def refused(error: Exception) -> tuple[Response, int]:
    """A sentence instead of a page: the link was wrong, or the file could not be made."""
    if isinstance(error, NoSuchMetric):
        return _sentence("There is no such metric. Open the download from its card."), 400
    problem, request_id = problem_of(error)
    if request_id:
        return _sentence(f"{problem} Request {request_id}."), 500
    return _sentence(str(problem)), 400


def _sentence(words: str) -> Response:
    return Response(f"{words}\n", mimetype="text/plain")


def _asked() -> tuple[View, Period]:
    view = parse(request.query_string.decode("utf-8", "replace"))
    return view, period_of(view)


def _metric(view: View) -> str:
    name = known_metric(view.metric)
    if name is None:
        raise NoSuchMetric
    return name


def _file(text: str, name: str, period: Period) -> Response:
    file_name = f"{name}_{period.first}_{period.last}.csv"
    return Response(
        text.encode("utf-8"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )
