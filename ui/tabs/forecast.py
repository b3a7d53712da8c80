"""The tab "Forecast": three questions as forms, the answer in words, then the data that it is based on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from data.values.backtest import Backtest, past_words
from data.values.forecast import DRAW_WORDS, Forecast
from data.values.problem import Problem
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.notice import notice
from ui.tabs.forecast_forms import days_drawn, forms
from ui.url import PageView, query
from ui.words import count, day, span

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


def headline(answer: Forecast) -> str:
    """The 85 % answer as people say it; of "how likely", the chance itself."""
    high = answer.answers[85]
    if answer.kind == "how_likely":
        return (
            f"{_chance(answer.chance or 0.0)} chance: {answer.items:,} {answer.unit} or more by {day(answer.by or '')}"
        )
    if answer.kind == "how_many":
        return f"85 % chance: {high:,} {answer.unit} or more by {day(answer.by or '')}"
    if high is None:
        return f"85 % chance: later than {day(answer.horizon)}"
    return f"85 % chance: by {day(str(high))}"


def _chance(percent: float) -> str:
    """Never 0 or 100 %: trials are only so many."""
    if percent > 99:
        return "Over 99 %"
    return "Under 1 %" if percent < 1 else f"{percent:.0f} %"


def _answer(answer: Forecast, view: PageView, browse: str) -> list[Any]:
    return [
        html.Section(
            [
                html.P(_question(answer), className="forecast-question"),
                html.P(headline(answer), className="forecast-headline"),
                html.Dl(
                    [part for share in answer.answers for part in _share(answer, share)], className="forecast-shares"
                ),
                *(html.P(each, className="forecast-team") for each in _of_teams(answer)),
                html.P(_SHARES_SAID, className="forecast-note"),
                html.P(answer.confidence, className=f"forecast-confidence {answer.backtest.verdict}")
                if answer.confidence
                else None,
                html.P(_basis(answer), className="forecast-basis"),
                html.P(_stepped(answer), className="forecast-note") if answer.off else None,
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


_SHARES_SAID = (
    "Below each answer is the share of the trials that hold it: at least as many as its label says. Days and items are "
    "whole, so it can be more."
)


def _question(answer: Forecast) -> str:
    amount = _amount(answer)
    if answer.teams and not answer.remaining:
        return f"When are {len(answer.teams)} teams done with {amount}?"
    if answer.remaining:
        left = answer.remaining
        said = f"{left.what}: {amount} left, {left.done:,} done. "
        return said + (
            f"How likely is it done by {day(answer.by)}?" if answer.by and not answer.teams else "When is it done?"
        )
    if answer.kind == "how_likely":
        one = answer.items == 1
        return f"How likely {'is' if one else 'are'} {amount} completed from now until {day(answer.by or '')}?"
    if answer.kind == "when":
        more = amount.replace(" ", " more ", 1)
        return f"When {'are' if answer.items != 1 else 'is'} {more} done?"
    return f"How many {answer.unit} are completed from now until {day(answer.by or '')}?"


def _of_teams(answer: Forecast) -> list[str]:
    """What each of several teams has to do, and the chance that all are done by the date that was asked for."""
    out = [
        f"{each.name}: {each.amount:,} {answer.unit}, alone "
        + (f"by {day(each.alone)}" if each.alone else f"after {day(answer.horizon)}")
        + f" (85 %), the last in {each.last:.0f} % of the trials."
        for each in answer.teams
    ]
    if answer.teams and answer.chance is not None:
        out.insert(0, f"{_chance(answer.chance)} chance that all are done by {day(answer.by or '')}.")
    return out


def _amount(answer: Forecast) -> str:
    return f"{answer.items or 0:,} {answer.unit[:-1] if answer.items == 1 else answer.unit}"


def _share(answer: Forecast, share: int) -> list[Any]:
    found = answer.answers[share]
    if answer.kind != "when":
        shown = f"{found:,} or more"
    else:
        shown = f"after {day(answer.horizon)}" if found is None else f"by {day(str(found))}"
    held = f"{answer.reached[share]:.1f} % of the trials" if share in answer.reached else "not within five years"
    return [
        html.Dt(f"{share} %", className="main" if share == 85 else ""),
        html.Dd([shown, html.Small(held, className="forecast-held-by")]),
    ]


def _basis(answer: Forecast) -> str:
    out = sum(n for _, n in answer.left_out)
    days = f"{len(answer.daily):,} whole days, {out:,} left out"
    if answer.kept and answer.drawn_days != len(answer.daily):
        days = f"{answer.drawn_days:,} of {days}"
    return (
        f"Drawn from {answer.completed:,} {answer.unit} completed {span(answer.history_start, answer.history_end)}"
        f" ({days}), {DRAW_WORDS[answer.draw]}, {answer.trials:,} trials, seed {answer.seed}."
    )


def _stepped(answer: Forecast) -> str:
    runs = [each.partition("..") for each in answer.off]
    said = ", ".join(span(first, last or first) for first, _, last in runs)
    ahead = "" if answer.worked is None else f" {count(answer.worked, 'working day')} until then."
    return f"Days off, neither worked nor drawn: {said}.{ahead}"


def _backtest(test: Backtest) -> list[Any]:
    rows: list[Any] = [html.P(past_words(test))]
    if test.windows:
        cells = [
            html.Tr(
                [
                    html.Td(f"{share} %"),
                    html.Td(f"{test.said(share):.0f} %", className="right"),
                    html.Td(f"{test.share(share):.0f} %", className="right"),
                ]
            )
            for share in test.held
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
