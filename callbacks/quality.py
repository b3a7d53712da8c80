"""How far the data can be trusted: the tab "Data quality", asked for when it is opened."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, callback, no_update

from callbacks.context import problem_of, question_of, services
from data.services.view import Snapshot
from data.settings.overrides import BadOverride
from data.values.filters import BadFilter
from data.values.overview import Caveat
from data.values.periods import PeriodError
from data.values.quality import Quality
from ui import ids
from ui.tabs.quality import quality_page, quality_problem
from ui.url import PageView, parse
from ui.words import span


@callback(
    Output(ids.Quality.BODY, "children"),
    Input(ids.tab_view("quality"), "data"),
    prevent_initial_call=True,
)
def show_quality(view: dict[str, str] | None) -> Any:
    """The last sync and the findings, or why they cannot be shown."""
    if not view:
        return no_update
    asked = parse(view.get("query"))
    try:
        snapshot = services().snapshot()
        status = services().status.of(snapshot)
        days, caveats = _of_numbers(asked, snapshot) if status.synced_at else ("", None)
        return quality_page(services().status.quality(snapshot), status, asked, days, caveats)
    except Exception as error:  # noqa: BLE001 - the tab is open and must say something
        problem, request_id = problem_of(error)
        return quality_problem(problem, request_id)


def _of_numbers(page: PageView, snapshot: Snapshot) -> tuple[str, tuple[Caveat, ...] | None]:
    """The days of the view and which of their numbers need care: the same that the overview says. No days: there are
    none to show; None: nothing is calculated for this tab, so it is not known here.
    """
    try:
        question = question_of(page, snapshot)
        return span(question.period.first, question.period.last), services().overview.known_caveats(question)
    except (PeriodError, BadOverride, BadFilter):
        return "", None


def known_quality(snapshot: Snapshot) -> Quality | None:
    """The same for the badge in the header, which must not keep the page from opening: None when it is not known."""
    try:
        return services().status.quality(snapshot)
    except Exception as error:  # noqa: BLE001 - whoever opens the tab is told
        problem_of(error)
        return None
