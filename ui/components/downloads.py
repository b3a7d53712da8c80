"""Links to files of what is shown: each table as CSV and as a workbook."""

from __future__ import annotations

from dash import html

from data.values.csv_style import PLAIN, STYLES
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.menu import menu

KINDS = ("CSV", "XLSX")
_WORDS = {"CSV": "plain text, for any program", "XLSX": "a workbook with real numbers and dates"}


def download_menu() -> html.Div:
    """All numbers in view; ui/assets/page.js keeps the query of the links that of the page."""
    rows = [
        html.A(
            [
                html.Span(f"{what} as {kind}", className="option-name"),
                html.Span(said or _WORDS[kind].capitalize(), className="muted"),
            ],
            href=f"/export/{name}.{kind.lower()}",
            className="menu-link",
            download="",
            **attributes({"data-keep-query": f"/export/{name}.{kind.lower()}"}),
        )
        for what, name, said in (
            ("All numbers", "numbers", ""),
            ("Stages of each item", "stages", "A column a stage with its entry day, for flow tools"),
        )
        for kind in KINDS
    ]
    foot = html.Div(
        "DORA and Flow, this period and these filters. The issues behind a number: open its card.",
        className="menu-foot",
    )
    label = [icon("download"), "Download"]
    more = html.Button(
        [
            html.Span("More exports …", className="option-name"),
            html.Span("Issues, charts, sprints, records, the report; CSV, JSON, XLSX, PDF", className="muted"),
        ],
        id=ids.Background.MORE,
        type="button",
        className="menu-link menu-more",
    )
    return menu(label, [*rows, _styles(), more, foot], name="download", words="Download all numbers", align="end")


def _styles() -> html.Div:
    """How CSV files are written: ui/assets/downloads.js remembers the choice in this browser and puts it into the
    links.
    """
    return html.Div(
        [
            html.Span("CSV files", className="csv-title"),
            *(
                html.Button(
                    each.words,
                    type="button",
                    className="csv-style",
                    **attributes({"data-csv-style": each.name, "aria-pressed": str(each is PLAIN).lower()}),
                )
                for each in STYLES.values()
            ),
        ],
        className="csv-styles",
        role="group",
        **attributes({"aria-label": "CSV files"}),
    )


def download_links(what: str, name: str, query: str) -> html.Div:
    """`what` in both kinds; `name` is the file below /export, `query` as the page writes it."""
    return html.Div(
        [
            html.Span([icon("download"), what], className="download-what"),
            *(
                html.A(
                    kind,
                    href=f"/export/{name}.{kind.lower()}{query}",
                    className="btn-quiet download-kind",
                    download="",
                    title=f"{what} as {kind}: {_WORDS[kind]}",
                    **attributes({"aria-label": f"{what} as {kind}"}),
                )
                for kind in KINDS
            ),
        ],
        className="download-links",
    )
