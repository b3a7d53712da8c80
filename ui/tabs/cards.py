"""The cards of one tab, and what is shown when there are none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from dash import dcc, html

from data.values.metric_value import ErrorState
from data.values.numbers import Answer
from data.values.periods import Period, zone_named
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
    if (unknown := _unknown_days(answer, view, status, period)) is not None:
        return [_line(answer, status, renewing, kept), unknown]
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


def is_future(period: Period, zone: str) -> bool:
    """Whether a period has not begun yet."""
    return period.first > datetime.now(zone_named(zone or "UTC")).date()


def _unknown_days(answer: Answer, view: PageView, status: Status, period: Period) -> html.Div | None:
    """In place of the cards: one message where nothing is known of these days, for one reason that all of them have."""
    reasons = {value.error_message for value in answer.values}
    if {value.error_state for value in answer.values} != {ErrorState.NO_DATA} or len(reasons) > 1:
        return None
    if not is_future(period, status.zone) and _has_begun(answer, status, period):
        return None
    what, why = "The data does not reach these days.", next(iter(reasons)) or ""
    if is_future(period, status.zone):
        what, why = "These days are in the future.", ""
    covered = answer.covered or _span_of(status)
    return html.Div(
        [notice(Problem(what, why, data_days(covered), level="info")), _way_out(answer, view, raised=False)],
        className="line-empty days-unknown",  # what stands below would say the same again
    )


def _has_begun(answer: Answer, status: Status, period: Period) -> bool:
    """Whether the data covers some of these days."""
    first, last = answer.covered or _span_of(status) or ("", "")
    return not first or (period.last.isoformat() >= first and period.first.isoformat() <= last)


def _nothing_at_all(answer: Answer, view: PageView, status: Status) -> html.Div | None:
    """One message where nothing happened in the period, though a card may have a number (what is in progress)."""
    states = {value.error_state for value in answer.values}
    if not answer.suggestion and (ErrorState.SUCCESS in states or ErrorState.NO_DATA not in states):
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
