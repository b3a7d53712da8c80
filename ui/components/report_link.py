"""The one-click report: a link to the view as one HTML file; ui/assets/page.js keeps its query that of the page."""

from __future__ import annotations

from dash import html

from ui.attributes import attributes
from ui.components.icon import icon

ADDRESS = "/report.html"


def report_link() -> html.A:
    """Opens it in a new tab, where it can be read, printed and saved."""
    return html.A(
        [icon("file-earmark-text"), html.Span("Report", className="report-words")],
        href=ADDRESS,
        target="_blank",
        rel="noopener",
        className="btn-quiet",
        title="The overview of this view as one file that opens without a network",
        **attributes({"data-keep-query": ADDRESS, "aria-label": "Report: the overview of this view as one file"}),
    )
