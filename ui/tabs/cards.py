"""The cards of one tab, and what is shown when there are none."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from dash import dcc, html

from data.values.metric_value import ErrorState
from data.values.numbers import Answer
from data.values.periods import Period
from data.values.problem import Problem
from data.values.status import Status
from ui import ids
from ui.attributes import attributes
from ui.components.about_line import about_line
from ui.components.metric_card import data_days, metric_card, skeletons
from ui.components.notice import notice
from ui.url import PageView, query
from ui.words import moment, span

SMALL = 10  # cards on the overview
SMALL_STYLE, ROW_STYLE = "cards-small", "cards-small cards-row"  # of the overview; of a tab whose charts stand below


def cards(
    answer: Answer,
    status: Status,
    view: PageView,
    period: Period,
    measured: Mapping[str, str] = MappingProxyType({}),
    *,
    renewing: bool = False,
    kept: bool = False,
) -> list[Any]:
    """The line above the cards, if there is something to say, and the grid.

    `renewing`: the numbers are old and new ones are on their way, so they are dimmed and their age is said;
    `kept`: they are old, and there will be no new ones for now. `measured`: the definitions that each number obeys.
    """
    overview = view.tab == "overview"
    nothing = _nothing_at_all(answer, view, status)
    covered = "" if nothing else data_days(answer.covered or _span_of(status))
    action = None if nothing else _way_out(answer, view)
    return [
        _line(answer, status, renewing, kept),
        nothing,
        html.Div(
            [
                *(
                    metric_card(
                        value,
                        href=query(view.with_metric(value.metric_name)) or "?",
                        covered=covered,
                        action=action,
                        measured=measured.get(value.metric_name, ""),
                        place=view.tab,
                        line=overview,
                    )
                    for value in answer.values
                ),
            ],
            className=f"cards {SMALL_STYLE if overview else ROW_STYLE}{' cards-old' if renewing else ''}",
        ),
        about_line(answer, status, period, filtered=bool(view.filters)),
    ]


def _line(answer: Answer, status: Status, renewing: bool, kept: bool) -> html.Div | None:
    if not (renewing or kept):
        return None
    exact = moment(answer.calculated_at, status.zone)
    return html.Div(
        [
            "Calculated ",
            html.Time(exact, dateTime=answer.calculated_at, **attributes({"data-age": "1"})),
            " · calculating again …" if renewing else "",
        ],
        className="line-old",
        role="status",
    )


def _nothing_at_all(answer: Answer, view: PageView, status: Status) -> html.Div | None:
    """One message instead of five when no card has a number because the period is empty."""
    states = {value.error_state for value in answer.values}
    if ErrorState.SUCCESS in states or ErrorState.NO_DATA not in states:
        return None
    covered = answer.covered or _span_of(status)
    if view.filters and not answer.suggestion:
        what, todo = "No issue matches these filters in this period.", "Clear a filter, or choose other days."
    else:
        what, todo = "Nothing happened in this period.", data_days(covered)
    return html.Div(
        [notice(Problem(what, todo=todo, level="info")), _way_out(answer, view, raised=False)], className="line-empty"
    )


def _span_of(status: Status) -> tuple[str, str] | None:
    return (status.first_day, status.last_day) if status.first_day and status.last_day else None


def _way_out(answer: Answer, view: PageView, *, raised: bool = True) -> Any:
    """A link to a period that has data."""
    if not answer.suggestion:
        return None
    first, last = answer.suggestion
    return html.A(
        f"Show {span(first, last)}",
        href=query(view.with_dates(first, last)),
        className="btn-quiet btn-raised" if raised else "btn-quiet",
        **attributes({"data-nav": "link"}),
    )


def waiting(component_id: ids.Id, order: dict[str, str]) -> dcc.Store:
    """An order for new numbers: acts as soon as it is on the page."""
    return dcc.Store(id=component_id, data=order)


def first_sync(status: Status, tab: str = "") -> list[Any]:
    """Before the first sync has ended: the cards' places, and what is going on."""
    if status.sync.state in ("failed", "cancelled"):
        problem = status.sync.problem or Problem(
            "There are no issues yet.", "The first sync was cancelled.", level="info"
        )
        ways = [_press("Sync again", ids.Header.SYNC), _press("Check the connection", ids.Header.CONNECT)]
        return [notice(problem), html.Div(ways if not status.is_sample else ways[:1], className="line-ways")]
    words = (
        "Reading the sample site for the first time." if status.is_sample else "Reading your Jira for the first time."
    )
    return [
        html.Div(
            [html.Span(words), html.Span(" The numbers appear here when it is done.", className="muted")],
            className="line-first",
        ),
        skeletons(SMALL, style=SMALL_STYLE) if tab == "overview" else skeletons(style=ROW_STYLE),
    ]


def _press(words: str, button: str) -> html.Button:
    """A second place for a button that is on the page already; ui/assets/page.js presses that one."""
    return html.Button(words, type="button", className="btn-quiet", **attributes({"data-press": button}))


def unusable_period(view: PageView) -> list[Any]:
    """The page was opened with a period that is none; why, the period picker says."""
    return [
        html.Div(
            [
                notice(Problem("This period cannot be shown.", todo="Choose other dates above.", level="info")),
                html.A(
                    "Show the last 30 days",
                    href=query(PageView(tab=view.tab, filters=view.filters)) or "?",
                    className="btn-quiet",
                    **attributes({"data-nav": "link"}),
                ),
            ],
            className="line-empty",
        )
    ]
