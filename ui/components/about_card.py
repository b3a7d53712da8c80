"""The card after the numbers: what they were made of, and when."""

from __future__ import annotations

from dash import html

from data.periods import Period
from data.views import Answer, Status
from ui.words import moment, span


def about_card(answer: Answer, status: Status, period: Period, *, filtered: bool) -> html.Div:
    """Data as of, issues, days compared, tiers in force: what one is asked in a meeting."""
    before = period.previous()
    rows: list[tuple[str, str]] = [
        ("Data as of", moment(status.synced_at, status.zone) or "never synced"),
        ("Issues", f"{status.issue_count:,}{' before filters' if filtered else ''}"),
        ("Period", f"{period.days} day{'' if period.days == 1 else 's'}, {span(period.first, period.last)}"),
        ("Compared with", span(before.first, before.last)),
        ("Days in", period.zone),
    ]
    year = _tier_year(answer)
    if year:
        rows.append(("Tiers", f"DORA report {year}"))
    return html.Div(
        [
            html.H3("About these numbers", className="card-heading"),
            html.Dl([part for row in rows for part in _row(*row)]),
        ],
        className="card-about",
    )


def _row(name: str, words: str) -> tuple[html.Dt, html.Dd]:
    return html.Dt(name), html.Dd(words)


def _tier_year(answer: Answer) -> str:
    for value in answer.values:
        year = (value.details.get("benchmarks") or {}).get("year")
        if year:
            return str(year)
    return ""
