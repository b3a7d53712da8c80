"""The cards of a tab: cached numbers at once, recalculated ones in a second request."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from dash import MATCH, Input, Output, State, callback, html, no_update

from callbacks.context import problem_of, question_of, services
from callbacks.kept_parts import KeptParts
from data.services.view import View
from data.settings.overrides import BadOverride
from data.values.families import HEADLINE
from data.values.filters import BadFilter
from data.values.numbers import Answer
from data.values.periods import PeriodError
from ui import ids
from ui.components.definitions import not_measurable
from ui.components.filter_menu import not_filterable
from ui.components.notice import notice
from ui.tabs.cards import cards, first_sync, unusable_period, waiting
from ui.url import parse

_kept = KeptParts()
FAMILIES = {"overview": HEADLINE}  # of a tab that shows more than its own


@callback(
    Output(ids.Overview.CARDS, "children"),
    Output(ids.Overview.CARDS, "data-shown"),
    Input(ids.tab_view("overview"), "data"),
    State(ids.Overview.CARDS, "data-shown"),
    prevent_initial_call=True,
)
def show_overview(view: dict[str, str] | None, shown: str | None) -> tuple[Any, Any]:
    """The metrics of every headline family, smaller."""
    return show_family("overview", view, shown)


@callback(
    Output(ids.Cards.DORA, "children"),
    Output(ids.Cards.DORA, "data-shown"),
    Input(ids.tab_view("dora"), "data"),
    State(ids.Cards.DORA, "data-shown"),
    prevent_initial_call=True,
)
def show_dora(view: dict[str, str] | None, shown: str | None) -> tuple[Any, Any]:
    """The DORA metrics."""
    return show_family("dora", view, shown)


@callback(
    Output(ids.Cards.FLOW, "children"),
    Output(ids.Cards.FLOW, "data-shown"),
    Input(ids.tab_view("flow"), "data"),
    State(ids.Cards.FLOW, "data-shown"),
    prevent_initial_call=True,
)
def show_flow(view: dict[str, str] | None, shown: str | None) -> tuple[Any, Any]:
    """The Flow metrics."""
    return show_family("flow", view, shown)


def show_family(family: str, view: dict[str, str] | None, shown: str | None) -> tuple[Any, Any]:
    """Cards for the view, and its query as a mark of what is shown.

    Numbers that are known but old are shown at once, with an order for new ones beside them (see `renew`).
    A period that is none leaves the old cards where they are.
    """
    if not view:
        return no_update, no_update
    asked = parse(view["query"])
    snapshot = services().snapshot()
    status = services().status.of(snapshot)
    if not status.synced_at:
        return first_sync(status, family), no_update
    try:
        question = question_of(asked, snapshot)
        answer = answer_of(family, question, stale_ok=True)
    except PeriodError:
        return (no_update if shown else unusable_period(asked)), no_update
    except BadOverride:
        return (no_update if shown else not_measurable()), no_update
    except BadFilter:
        return (no_update if shown else not_filterable()), no_update
    except Exception as error:
        if shown:
            raise  # the numbers before stay, and the boundary says what happened
        problem, request_id = problem_of(error)
        return notice(problem, request_id=request_id), no_update
    token, known = question_id(view), answer.state in ("fresh", "calculated")
    period, words = question.period, measured(question, answer)
    grid = _kept.get(
        f"{family} {known} {view['query']}",
        (token, answer, status, asked, period, words),
        lambda: html.Div(
            cards(answer, status, asked, period, words, renewing=not known), id=ids.cards_grid(family, token)
        ),
    )
    if known:
        return grid, view["query"]
    return html.Div([waiting(ids.cards_again(family, token), view), grid]), view["query"]


@callback(
    Output(ids.cards_grid(MATCH, MATCH), "children"),
    Input(ids.cards_again(MATCH, MATCH), "data"),
)
def renew(order: dict[str, str]) -> Any:
    """New numbers in place of old ones, once those are on the page."""
    asked = parse(order["query"])
    question = question_of(asked)
    status = services().status.of(question.snapshot)
    try:
        answer = answer_of(asked.tab, question, stale_ok=False)
    except Exception as error:  # noqa: BLE001 - the old numbers stay, and the message goes above them
        problem, request_id = problem_of(error)
        old = answer_of(asked.tab, question, stale_ok=True)
        return [
            notice(problem, request_id=request_id),
            *cards(old, status, asked, question.period, measured(question, old), kept=True),
        ]
    return cards(answer, status, asked, question.period, measured(question, answer))


def answer_of(tab: str, question: View, *, stale_ok: bool) -> Answer:
    """The numbers of a tab; of several families as one answer, as old as the oldest of them."""
    numbers = services().numbers
    found = [numbers.answer(each, question, stale_ok=stale_ok) for each in FAMILIES.get(tab, (tab,))]
    if len(found) == 1:
        return found[0]
    worst = min(found, key=lambda each: (each.state in ("fresh", "calculated"), each.calculated_at))
    return replace(
        worst,
        values=tuple(value for each in found for value in each.values),
        suggestion=next((each.suggestion for each in found if each.suggestion), None),
    )


def measured(question: View, answer: Answer) -> dict[str, str]:
    """The definitions that each number obeys, in one line."""
    words_of = services().definitions.words_of
    return {value.metric_name: words_of(value.metric_name, question) for value in answer.values}


def question_id(view: dict[str, str]) -> str:
    """Short name of a question: the same query on the same revision is the same question."""
    return hashlib.blake2s(f"{view.get('query')}\n{view.get('revision')}".encode(), digest_size=6).hexdigest()
