"""Saved views: keeping one, the tab that lists and compares them, files in and out."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update
from flask import Response

from callbacks.context import problem_of, services
from callbacks.export import downloads
from data.services.teams import BadView
from data.services.view import Snapshot
from data.settings.overrides import BadOverride
from data.teams.store import NameTaken, TeamsError
from data.values.filters import BadFilter
from data.values.json_types import JsonObject
from data.values.periods import PeriodError
from data.values.problem import Problem
from data.values.teams import Comparison, TeamView
from ui import ids
from ui.components.notice import notice
from ui.components.save_view import report, what_is_kept
from ui.tabs.teams import FEWEST, chosen_names, teams_page
from ui.url import TABS, PageView, parse

T = ids.Teams


@callback(
    Output(T.BODY, "children"),
    Input(ids.tab_view("teams"), "data"),
    Input(T.KEPT, "data"),
    Input(T.DONE, "data"),
    prevent_initial_call=True,
)
def show_teams(view: dict[str, str] | None, _kept: JsonObject | None, done: JsonObject | None) -> Any:
    """The list, and what is chosen side by side."""
    if not view:
        return no_update
    asked, snapshot = parse(view["query"]), services().snapshot()
    found = services().teams.list(snapshot)
    names = [each for each in chosen_names(asked) if each in {one.name for one in found.views}]
    page = teams_page(found, asked, _compared(names, snapshot) if len(names) >= FEWEST else None)
    return [*(_said(done) if ctx.triggered_id == T.DONE else []), *page]


def _compared(names: list[str], snapshot: Snapshot) -> Comparison | Problem:
    try:
        return services().teams.compare(names, snapshot)
    except Exception as error:  # noqa: BLE001 - the list stays, and the place of the table says why
        return _why(error)[0]


def _why(error: Exception) -> tuple[Problem, str]:
    if isinstance(error, TeamsError):
        return error.problem, ""
    if isinstance(error, BadView | PeriodError):
        return Problem(str(error)), ""
    return problem_of(error)


def _said(done: JsonObject | None) -> list[Any]:
    """What the last import or removal did."""
    return [
        notice(Problem(each["what"], each.get("why", ""), level=each["level"]))
        for each in (done or {}).get("messages", ())
    ]


@callback(
    Output(T.MODAL, "is_open"),
    Output(T.WHAT, "children"),
    Output(T.NAME, "value"),
    Input(T.KEEP, "n_clicks"),
    Input(T.CANCEL, "n_clicks"),
    Input(T.KEPT, "data"),
    State(ids.Page.LOCATION, "search"),
    prevent_initial_call=True,
)
def show_dialog(
    _keep: int | None, _cancel: int | None, kept: JsonObject | None, search: str | None
) -> tuple[Any, Any, Any]:
    """Open with what the view is made of; closed again once it is kept."""
    if ctx.triggered_id != T.KEEP:
        closes = ctx.triggered_id == T.CANCEL or bool(kept and kept["state"] == "saved")
        return (False if closes else no_update), no_update, no_update
    view = parse(search)
    return (
        True,
        what_is_kept(view, services().definitions.chosen(view.filters, services().snapshot())),
        _suggested(view),
    )


NAMING = ("team", "component", "label", "project", "assignee", "board")  # a filter of one of these names a view


def _suggested(view: PageView) -> str:
    names = [name for field in NAMING for name in view.filters.names(field)]
    return names[0][:60] if len(names) == 1 else ""


# In the browser: the words of the button and the question above it are about the name that is in the box now.
clientside_callback(
    ClientsideFunction("teams", "confirm"),
    Output(T.CONFIRM, "children"),
    Output(T.REPORT, "hidden"),
    Input(T.NAME, "value"),
    Input(T.SEEN, "data"),
)


@callback(
    Output(T.KEPT, "data"),
    Output(T.REPORT, "children"),
    Output(T.SEEN, "data"),
    Input(T.CONFIRM, "n_clicks"),
    Input(T.KEEP, "n_clicks"),
    Input(T.NAME, "n_submit"),
    State(T.NAME, "value"),
    State(ids.Page.LOCATION, "search"),
    State(T.SEEN, "data"),
    State(T.KEPT, "data"),
    prevent_initial_call=True,
)
def keep(
    _n: int | None,
    _keep: int | None,
    _enter: int | None,
    name: str | None,
    search: str | None,
    seen: JsonObject | None,
    before: JsonObject | None,
) -> tuple[Any, Any, Any]:
    """Save the view; a name that is taken is replaced only after a second press, and only as it was seen then."""
    if ctx.triggered_id == T.KEEP:
        return no_update, None, None
    view, n = parse(search), (before or {}).get("n", 0) + 1
    wanted = TeamView(
        name or "", view.period, view.first, view.last, view.filters, view.tab if view.tab in TABS else ""
    )
    agreed = seen["revision"] if seen and seen["name"] == name else None
    try:
        made = services().teams.save(wanted, services().snapshot(), agreed)
    except NameTaken as taken:
        return (
            {"n": n, "state": "asked"},
            report(taken.problem),
            {"name": name, "revision": taken.existing.revision},
        )
    except Exception as error:  # noqa: BLE001 - the dialog stays open and says why
        return {"n": n, "state": "error"}, report(_why(error)[0]), None
    return {"n": n, "state": "saved", "name": made.name}, None, None


@callback(
    Output(T.DONE, "data"),
    Input(T.WISH, "data"),
    State(T.DONE, "data"),
    prevent_initial_call=True,
)
def act(wish: JsonObject | None, before: JsonObject | None) -> Any:
    """Delete a view, or add those of a file; ui/assets/teams.js sends the wish."""
    if not wish:
        return no_update
    n, teams, snapshot = (before or {}).get("n", 0) + 1, services().teams, services().snapshot()
    try:
        if wish.get("do") == "delete":
            gone = teams.delete(str(wish["name"]), snapshot, int(wish["revision"]))
            return {"n": n, "messages": [{"what": f"“{gone.name}” is deleted.", "level": "info"}]}
        found = teams.import_(str(wish.get("text") or ""), snapshot)
    except (TeamsError, BadView, BadOverride, BadFilter) as error:
        problem = _why(error)[0]
        return {
            "n": n,
            "messages": [{"what": problem.what, "why": f"{problem.why} {problem.todo}".strip(), "level": "warning"}],
        }
    said = []
    if found.added:
        said.append({"what": f"Added {', '.join(f'“{each}”' for each in found.added)}.", "level": "info"})
    if found.duplicates:
        said.append({"what": f"{found.duplicates} of them were here already.", "level": "info"})
    said += [{"what": each, "level": "warning"} for each in found.problems]
    return {"n": n, "messages": said or [{"what": "The file holds no view.", "level": "warning"}]}


@downloads.get("/teams.json")
def teams_file() -> Response:
    """Every saved view as JSON."""
    headers = {"Content-Disposition": 'attachment; filename="throughline_teams.json"'}
    return Response(services().teams.export(services().snapshot()), mimetype="application/json", headers=headers)
