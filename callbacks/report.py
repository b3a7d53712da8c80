"""The report of a view: one HTML file that opens without a network, behind a plain link."""

from __future__ import annotations

from flask import Blueprint, Response, request

from callbacks.context import question_of, services
from data.values.errors import AppError
from data.values.problem import Problem
from data.values.program import changelog
from ui.shell import RELEASE_NOTES
from ui.url import PageView, parse, query

reports = Blueprint("reports", __name__)
# The file needs nothing but its own styles, and says so to the browser too.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class NothingYet(AppError):
    """Nothing was synced yet."""

    code = "nothing_yet"

    def __init__(self) -> None:
        super().__init__(Problem("There are no issues yet.", todo="The report can be made after the first sync."))


@reports.get(RELEASE_NOTES)
def release_notes() -> Response:
    """What changed from version to version, as plain text."""
    words = changelog() or "The release notes were not installed with this program.\n"
    return Response(words, mimetype="text/plain")


@reports.get("/report.html")
def report() -> Response:
    """The view of the query; saved, it is named after its days. With `save=1` the browser saves it at once."""
    asked = parse(request.query_string.decode("utf-8", "replace")).with_metric(None)
    snapshot = services().snapshot()
    if not services().status.of(snapshot).synced_at:
        raise NothingYet
    question = question_of(asked, snapshot)
    made, period = (
        services().overview.html(question, f"{request.host_url}{query(asked)}", _forecast(asked)),
        question.period,
    )
    how = "attachment" if request.args.get("save") == "1" else "inline"
    name = f"throughline_report_{period.first}_{period.last}.html"
    headers = {"Content-Disposition": f'{how}; filename="{name}"', "Content-Security-Policy": POLICY}
    return Response(made, mimetype="text/html", headers=headers)


def _forecast(asked: PageView) -> tuple[tuple[str, str], ...]:
    """What the tab Forecast asks, where the report is made from there."""
    return asked.own if asked.tab == "forecast" else ()
