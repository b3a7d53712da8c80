"""The tab "Forecast": three questions as forms, the answer in words, then the data that it is based on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from data.values.backtest import Backtest, past_words
from data.values.forecast import Forecast
from data.values.forecast_words import (
    SHARES_SAID,
    basis_words,
    days_off_words,
    headline,
    question_words,
    share_rows,
    team_words,
)
from data.values.problem import Problem
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.notice import notice
from ui.tabs.forecast_forms import days_drawn, forms
from ui.url import PageView, query
from ui.words import count

_NAMED = 30  # issues that are listed


def skeleton() -> html.Div:
    """The places of forms and answer before anything is known."""
    lines = [html.Div(className=f"sk {each}") for each in ("sk-title", "sk-value", "sk-line")]
    return html.Div(
        [
            html.Div([html.Div(lines, className="block") for _ in range(3)], className="ask-forms"),
            html.Div([*lines, *lines], className="block forecast-answer"),
        ],
        className="forecast-page",
    )


def forecast_page(
    answer: Forecast | Problem,
    view: PageView,
    versions: Sequence[str],
    today: str,
    browse: str,
    teams: Sequence[str] = (),
) -> html.Div:
    """Forms with what is asked in them, and the answer or why there is none. `browse`: address of issues, may be
    empty.
    """
    shown = [notice(answer)] if isinstance(answer, Problem) else _answer(answer, view, browse)
    return html.Div([forms(view, versions, today, answer, teams), *shown], className="forecast-page")


def forecast_problem(problem: Problem, request_id: str = "") -> html.Div:
    """When not even the forms can be filled."""
    return html.Div(notice(problem, request_id=request_id), className="forecast-page")


# ── the answer


def _answer(answer: Forecast, view: PageView, browse: str) -> list[Any]:
    return [
        html.Section(
            [
                html.P(question_words(answer), className="forecast-question"),
                html.P(headline(answer), className="forecast-headline"),
                html.Dl([part for row in share_rows(answer) for part in _share(*row)], className="forecast-shares"),
                *(html.P(each, className="forecast-team") for each in team_words(answer)),
                html.P(SHARES_SAID, className="forecast-note"),
                html.P(answer.confidence, className=f"forecast-confidence {answer.backtest.verdict}")
                if answer.confidence
                else None,
                html.P(basis_words(answer), className="forecast-basis"),
                html.P(days_off_words(answer), className="forecast-note") if answer.off else None,
                *(html.P(each, className="forecast-note") for each in answer.notes),
                html.Div(
                    html.A(
                        [icon("download"), "CSV"],
                        href=f"/export/forecast.csv{query(view)}",
                        className="btn-quiet",
                        download="",
                        **attributes({"aria-label": "This forecast as CSV"}),
                    ),
                    className="forecast-ways",
                ),
            ],
            className="block forecast-answer",
            **attributes({"aria-live": "polite"}),
        ),
        html.Section(
            [html.H3("Would it have held?", className="block-title"), *_backtest(answer.backtest)],
            className="block forecast-test",
        ),
        days_drawn(answer, view),
        _remaining(answer, browse),
        html.Details(
            [
                html.Summary("How this was calculated"),
                html.Ol([html.Li(each) for each in answer.steps], className="forecast-steps"),
            ],
            className="block forecast-how",
        ),
    ]


def _share(share: int, shown: str, held: str) -> list[Any]:
    return [
        html.Dt(f"{share} %", className="main" if share == 85 else ""),
        html.Dd([shown, html.Small(held, className="forecast-held-by")]),
    ]


def _backtest(test: Backtest) -> list[Any]:
    rows: list[Any] = [html.P(past_words(test))]
    if test.windows:
        cells = [
            html.Tr(
                [
                    html.Td(f"{share} %"),
                    html.Td(f"{test.stated_share(share):.0f} %", className="right"),
                    html.Td(f"{test.share(share):.0f} %", className="right"),
                ]
            )
            for share in test.hits
        ]
        head = html.Tr(
            [html.Th("Answer", scope="col")]
            + [html.Th(each, scope="col", className="right") for each in ("Stated", "Held")]
        )
        rows.append(html.Table([html.Thead(head), html.Tbody(cells)], className="plain-table forecast-held"))
    return rows


def _remaining(answer: Forecast, browse: str) -> html.Section | None:
    left = answer.remaining
    if left is None:
        return None
    more = len(left.keys) - _NAMED
    out = ", ".join(f"{n:,} {why}" for why, n in left.left_out)
    return html.Section(
        [
            html.H3("What is counted", className="block-title"),
            html.P(
                f"{count(len(left.keys), 'item')} of {left.what[0].lower()}{left.what[1:]} not done, "
                f"{left.done:,} done." + (f" Not done and left out: {out}." if out else "")
            ),
            html.Ul([html.Li(_issue(key, browse)) for key in left.keys[:_NAMED]], className="key-list"),
            html.P(f"and {more:,} more; the CSV has them all", className="muted") if more > 0 else None,
        ],
        className="block forecast-left",
    )


def _issue(key: str, browse: str) -> Any:
    if not browse:
        return key
    return html.A(key, href=f"{browse}/browse/{key}", target="_blank", rel="noopener noreferrer")
