"""The check-list after the first sync, above the numbers of the overview."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, callback, no_update

from callbacks.context import problem_of, services
from ui import ids
from ui.components.first_steps import first_steps


@callback(
    Output(ids.Overview.STEPS, "children"),
    Input(ids.tab_view("overview"), "data"),
    Input(ids.Teams.KEPT, "data"),
    prevent_initial_call=True,
)
def show_first_steps(view: dict[str, str] | None, _saved: object) -> Any:
    """The steps that there are; a list that cannot be made leaves its place empty, and the log says why."""
    if not view:
        return no_update
    try:
        return first_steps(services().first_steps.of(services().snapshot()))
    except Exception as error:  # noqa: BLE001 - the numbers below do not need it
        problem_of(error)
        return None
