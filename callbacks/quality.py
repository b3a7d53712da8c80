"""How far the data can be trusted: the tab "Data quality", asked for when it is opened."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, callback, no_update

from callbacks.context import problem_of, workspace
from data.views import Quality
from ui import ids
from ui.tabs.quality import quality_page, quality_problem


@callback(
    Output(ids.Quality.BODY, "children"),
    Input(ids.tab_view("quality"), "data"),
    prevent_initial_call=True,
)
def show_quality(view: dict[str, str] | None) -> Any:
    """The last sync and the findings, or why they cannot be shown."""
    if not view:
        return no_update
    ws = workspace()
    try:
        return quality_page(ws.quality(), ws.status())
    except Exception as error:  # noqa: BLE001 - the tab is open and must say something
        problem, request_id = problem_of(error)
        return quality_problem(problem, request_id)


def known_quality() -> Quality | None:
    """The same for the badge in the header, which must not keep the page from opening: None when it is not known."""
    try:
        return workspace().quality()
    except Exception as error:  # noqa: BLE001 - whoever opens the tab is told
        problem_of(error)
        return None
