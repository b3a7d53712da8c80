"""The tab "Overview" around its cards: three sentences above; what changed, what is ageing, what to be careful with."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, callback, no_update

from callbacks.context import problem_of, question_of, services
from data.settings.overrides import BadOverride
from data.values.filters import BadFilter
from data.values.periods import PeriodError
from ui import ids
from ui.tabs.cards import is_future
from ui.tabs.overview import not_yet, nothing_to_list, overview_page, overview_problem, points, points_skeleton
from ui.url import parse


@callback(
    Output(ids.Overview.POINTS, "children"),
    Output(ids.Overview.BODY, "children"),
    Input(ids.tab_view("overview"), "data"),
    prevent_initial_call=True,
)
def show_findings(view: dict[str, str] | None) -> tuple[Any, Any]:
    """The three sentences and the three lists of the view, or why there are none."""
    if not view:
        return no_update, no_update
    asked = parse(view["query"])
    try:
        snapshot = services().snapshot()
        status = services().status.of(snapshot)
        if not status.synced_at:
            return points_skeleton() if status.sync.state == "running" else [], not_yet(status)
        question = question_of(asked, snapshot)
        if is_future(question.period, status.zone):
            return [], []  # the place of the cards says so, and nothing else
        overview = services().overview.answer(question)
        return points(overview, asked), overview_page(overview, asked)
    except (PeriodError, BadOverride, BadFilter):
        return [], nothing_to_list()  # the row of the period or of the definitions says what is wrong
    except Exception as error:  # noqa: BLE001 - the tab is open and must say something
        problem, request_id = problem_of(error)
        return [], overview_problem(problem, request_id)
