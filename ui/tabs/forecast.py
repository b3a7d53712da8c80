"""The tab "Forecast": three questions as forms, the answer in words, then the data that it is based on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from data.values.forecast import HISTORY, SEED, Backtest, Forecast
from data.values.problem import Problem
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.notice import notice
from ui.url import View, query
from ui.words import count, day, span

ASKED = ("by", "items", "version", "epic")
_FEW = 10  # windows
_NAMED = 30  # issues that are listed
_OFF = 10  # points by which an answer may miss in the backtest before words are made of it


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


def forecast_page(answer: Forecast | Problem, view: View, versions: Sequence[str], today: str, browse: str) -> html.Div:
    """Forms with what is asked in them, and the answer or why there is none. `browse`: address of issues, may be empty."""
    shown = [notice(answer)] if isinstance(answer, Problem) else _answer(answer, view, browse)
    return html.Div([_forms(view, versions, today, answer), *shown], className="forecast-page")


def forecast_problem(problem: Problem, request_id: str = "") -> html.Div:
    """When not even the forms can be filled."""
    return html.Div(notice(problem, request_id=request_id), className="forecast-page")


# ── the questions


def _forms(view: View, versions: Sequence[str], today: str, answer: Forecast | Problem) -> html.Div:
    asks = view.asks
    by = asks("by") or (answer.by if isinstance(answer, Forecast) and answer.kind == "how_many" else "")
    return html.Div(
        [
            # Not a field of type date: that one shows days in the order of the browser's language, 11/12 or 12/11.
            _form(
                "How many by a date?",
                [
                    _field(
                        "Year-month-day",
                        "by",
                        "text",
                        by or "",
                        placeholder=today,
                        inputmode="numeric",
                        autocomplete="off",
                    )
                ],
                "by",
            ),
            _form(
                "When for so many items?",
                [_field("Items", "items", "number", asks("items") or "", min=1, max=100_000, step=1, placeholder="60")],
                "items",
            ),
            _form(
                "When for a version or an epic?",
                [
                    _field(
                        "Fix version",
                        "version",
                        "text",
                        asks("version") or "",
                        list=ids.Forecast.VERSIONS,
                        placeholder=versions[0] if versions else "",
                        autocomplete="off",
                    ),
                    _field("or epic", "epic", "text", asks("epic") or "", placeholder="key", autocomplete="off"),
                    html.Datalist([html.Option(value=each) for each in versions], id=ids.Forecast.VERSIONS),
                ],
                "version epic",
            ),
            _form(
                "Drawn from",
                [
                    _field(
                        "Days of history", "history", "number", asks("history") or HISTORY, min=1, max=3_650, step=1
                    ),
                    _field("Seed", "seed", "number", asks("seed") or SEED, min=0, step=1),
                ],
                "history seed",
                press="Use",
            ),
        ],
        className="ask-forms",
        key=repr(view.own),  # other answers come with fresh fields
    )


def _form(title: str, fields: list[Any], names: str, press: str = "Forecast") -> html.Form:
    """ui/assets/forecast.js writes the fields into the address; a question takes the place of the others."""
    return html.Form(
        [
            html.H3(title, className="block-title"),
            html.Div(
                [*fields, html.Button(press, type="submit", className="btn-quiet")],
                className="ask-fields",
            ),
        ],
        className="block ask-form",
        **attributes({"data-asks": names, "aria-label": title}),
    )


def _field(label: str, name: str, kind: str, value: Any, **more: Any) -> html.Label:
    return html.Label(
        [label, dbc.Input(name=name, type=kind, value=value, class_name="form-control-sm", **more)],
        className="ask-field",
    )


# ── the answer


def headline(answer: Forecast) -> str:
    """The 85 % answer as people say it."""
    high = answer.answers[85]
    if answer.kind == "how_many":
        return f"85 % chance: {high:,} items or more by {day(answer.by or '')}"
    if high is None:
        return f"85 % chance: later than {day(answer.horizon)}"
    return f"85 % chance: by {day(str(high))}"


def _answer(answer: Forecast, view: View, browse: str) -> list[Any]:
    return [
        html.Section(
            [
                html.P(_question(answer), className="forecast-question"),
                html.P(headline(answer), className="forecast-headline"),
                html.Dl(
                    [part for share in answer.answers for part in _share(answer, share)], className="forecast-shares"
                ),
                html.P(_basis(answer), className="forecast-basis"),
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
        _remaining(answer, browse),
        html.Details(
            [
                html.Summary("How this was calculated"),
                html.Ol([html.Li(each) for each in answer.steps], className="forecast-steps"),
            ],
            className="block forecast-how",
        ),
    ]


def _question(answer: Forecast) -> str:
    if answer.remaining:
        left = answer.remaining
        return f"{left.what}: {count(answer.items or 0, 'item')} left, {left.done:,} done. When is it done?"
    if answer.kind == "when":
        return f"When {'are' if answer.items != 1 else 'is'} {count(answer.items or 0, 'more item')} done?"
    return f"How many items are completed from now until {day(answer.by or '')}?"


def _share(answer: Forecast, share: int) -> list[Any]:
    found = answer.answers[share]
    if answer.kind == "how_many":
        shown = f"{found:,} or more"
    else:
        shown = f"after {day(answer.horizon)}" if found is None else f"by {day(str(found))}"
    hint = f"{answer.reached[share]:.1f} % of the trials" if share in answer.reached else ""
    return [html.Dt(f"{share} %", className="main" if share == 85 else ""), html.Dd(shown, title=hint)]


def _basis(answer: Forecast) -> str:
    out = sum(n for _, n in answer.left_out)
    return (
        f"Drawn from {count(answer.completed, 'item')} completed {span(answer.history_start, answer.history_end)}"
        f" ({len(answer.daily):,} whole days, {out:,} left out), {answer.trials:,} trials, seed {answer.seed}."
    )


def backtest_words(test: Backtest) -> str:
    """What the backtest found, in a sentence or three."""
    if not test.windows:
        if test.waiting:
            return "Not to be said yet: for the same question asked in the past, the dates have not come."
        return "Not to be said: there is not enough data before the history to ask the same question in the past."
    share = test.share(85) or 0.0
    said = (
        f"In the last 12 months the 85 % answer held {share:.0f} % of the time: in {test.held[85]:,} of "
        f"{count(test.windows, 'window')}, one a week from {day(test.first or '')} on."
    )
    if share < 85 - _OFF:
        said += " So answers have been too bold: the pace has fallen."
    elif share > 85 + _OFF:
        said += " So answers have been too careful: the pace has risen, or is steadier than chance."
    alone = f"about {test.apart} stand{'s' if test.apart == 1 else ''} alone"
    few = "; take that as a hint, not as proof" if test.apart < _FEW else ""
    return f"{said} Windows overlap: {alone}{few}."


def _backtest(test: Backtest) -> list[Any]:
    rows: list[Any] = [html.P(backtest_words(test))]
    if test.windows:
        cells = [
            html.Tr([html.Td(f"{share} %"), html.Td(f"{test.share(share):.0f} %", className="right")])
            for share in test.held
        ]
        head = html.Tr([html.Th("Answer", scope="col"), html.Th("Held", scope="col", className="right")])
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
                f"{count(len(left.keys), 'item')} of {left.what[0].lower()}{left.what[1:]} not done, {left.done:,} done."
                + (f" Not done and left out: {out}." if out else "")
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
