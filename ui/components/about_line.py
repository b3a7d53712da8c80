"""The line after the numbers: what they were made of, and when."""

from __future__ import annotations

from dash import html

from data.values.numbers import Answer
from data.values.periods import Period
from data.values.status import Status
from ui.words import moment, span


def about_line(answer: Answer, status: Status, period: Period, *, filtered: bool) -> html.Dl:
    """Data as of, issues, days compared, tiers in force: what one is asked in a meeting."""
    rows = _rows(answer, status, period, filtered)
    return html.Dl([html.Div(_row(*row)) for row in rows], className="about-line")


def _rows(answer: Answer, status: Status, period: Period, filtered: bool) -> list[tuple[str, str]]:
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
    return rows


def _row(name: str, words: str) -> tuple[html.Dt, html.Dd]:
    return html.Dt(name), html.Dd(words)


def _tier_year(answer: Answer) -> str:
    for value in answer.values:
        year = (value.details.get("benchmarks") or {}).get("year")
        if year:
            return str(year)
    return ""
