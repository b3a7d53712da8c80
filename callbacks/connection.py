"""The connection form: open, test, save; the token goes in and never comes out."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, ctx, no_update, set_props

from callbacks.context import problem_of, services
from data.jira.errors import JiraError
from data.services.view import Snapshot
from data.settings.store import Conflict, SettingsError
from data.values.json_types import JsonObject
from data.values.problem import Problem
from data.values.status import ConnectionReport
from ui import ids
from ui.components.notice import notice
from ui.modals.connection import TOKEN_STORED, FormValues, form_note, report

C = ids.Connection


def form_values(snapshot: Snapshot) -> FormValues:
    """What the form starts with: the site in force and where each value comes from."""
    start = services().connection.form(snapshot)
    fixed = frozenset(name for name, source in start.sources.items() if source == "environment")
    return FormValues(start.url, start.email, start.jql, start.token_present, fixed, start.problem)


@callback(
    Output(C.MODAL, "is_open"),
    Output(C.SESSION, "data"),
    Output(C.ASK, "hidden"),
    Input(ids.Header.CONNECT, "n_clicks"),
    Input(ids.Banner.CONNECT, "n_clicks"),
    Input(C.CANCEL, "n_clicks"),
    Input(C.KEEP, "n_clicks"),
    Input(C.DISCARD, "n_clicks"),
    Input(C.RESULT, "data"),
    State(C.URL, "value"),
    State(C.EMAIL, "value"),
    State(C.TOKEN, "value"),
    State(C.JQL, "value"),
    State(C.SESSION, "data"),
    prevent_initial_call=True,
)
def open_or_close(
    _header: int | None,
    _banner: int | None,
    _cancel: int | None,
    _keep: int | None,
    _discard: int | None,
    result: JsonObject | None,
    *values: Any,
) -> tuple[Any, Any, bool]:
    """Open from the header or the banner; close when saved, or at once without changes, else ask first."""
    *typed, session = values
    n = (session or {}).get("n", 0)
    match ctx.triggered_id:
        case ids.Header.CONNECT | ids.Banner.CONNECT:
            if not ctx.triggered[0]["value"]:
                return no_update, no_update, True
            return True, {"n": n + 1, "open": True}, True
        case C.CANCEL if is_changed(*typed):
            return no_update, no_update, False
        case C.KEEP:
            return no_update, no_update, True
        case C.RESULT if not (result and result["ok"] and result["session"] == n):
            return no_update, no_update, True  # not saved, or saved by a form that was left meanwhile
    return False, {"n": n + 1, "open": False}, True


def is_changed(url: str | None, email: str | None, token: str | None, jql: str | None) -> bool:
    """Whether leaving would lose something."""
    first = form_values(services().snapshot())
    return bool(token) or (clean(url), clean(email), clean(jql)) != (first.url, first.email, first.jql)


def clean(text: str | None) -> str:
    return (text or "").strip()


@callback(
    Output(C.URL, "value"),
    Output(C.EMAIL, "value"),
    Output(C.TOKEN, "value"),
    Output(C.JQL, "value"),
    Output(C.URL, "disabled"),
    Output(C.EMAIL, "disabled"),
    Output(C.TOKEN, "disabled"),
    Output(C.JQL, "disabled"),
    Output(C.TOKEN, "placeholder"),
    Output(C.NOTE, "children"),
    Input(C.SESSION, "data"),
    prevent_initial_call=True,
)
def fill_form(_session: JsonObject | None) -> tuple[Any, ...]:
    """The values in force, the token box empty; also on closing, so that nothing typed stays behind."""
    first = form_values(services().snapshot())
    fixed = first.from_environment
    placeholder = TOKEN_STORED if first.token_stored else "paste the token here"
    return (
        first.url,
        first.email,
        "",
        first.jql,
        *(name in fixed for name in ("url", "email", "token", "jql")),
        "from the environment" if "token" in fixed else placeholder,
        form_note(first),
    )


@callback(
    Output(C.REPORT, "children"),
    Input(C.TEST, "n_clicks"),
    Input(C.SAVE, "n_clicks"),
    Input(C.URL, "n_submit"),
    Input(C.EMAIL, "n_submit"),
    Input(C.TOKEN, "n_submit"),
    Input(C.JQL, "n_submit"),
    Input(C.SESSION, "data"),
    State(C.URL, "value"),
    State(C.EMAIL, "value"),
    State(C.TOKEN, "value"),
    State(C.JQL, "value"),
    State(C.RESULT, "data"),
    running=[
        (Output(C.TEST, "disabled"), True, False),
        (Output(C.SAVE, "disabled"), True, False),
        (Output(C.REPORT, "className"), "form-report is-busy", "form-report"),
    ],
    prevent_initial_call=True,
)
def test_or_save(*values: Any) -> Any:
    """Ask Jira who we are; for a save, then keep the connection, and the first sync starts.

    The result of a save is set, not returned: as an output it would keep the form from closing while Jira is asked.
    """
    url, email, token, jql = (clean(each) for each in values[-5:-1])
    if ctx.triggered_id == C.SESSION:
        return None
    snapshot = services().snapshot()
    found = tested(url, email, token, jql, snapshot)
    if ctx.triggered_id != C.TEST and found.ok:
        if problem := save_connection(url, email, token, jql, snapshot):
            return notice(problem)
        saved = {"ok": True, "n": (values[-1] or {}).get("n", 0) + 1, "session": (values[6] or {}).get("n", 0)}
        set_props(C.RESULT, {"data": saved})
    return report(found)


def tested(url: str, email: str, token: str, jql: str, snapshot: Snapshot) -> ConnectionReport:
    """What a test finds; what is missing is said without asking Jira."""
    if not url:
        return ConnectionReport(
            False,
            problem=Problem(
                "The site address is missing.", todo="Enter it like https://example.atlassian.net.", level="danger"
            ),
        )
    first = form_values(snapshot)
    if not token and first.token_stored and not services().connection.same_site(url, first.url):
        return ConnectionReport(
            False,
            problem=Problem(
                "The token is missing.",
                f"The stored one belongs to {first.url} and is sent nowhere else.",
                "Enter a token for this address.",
                "danger",
            ),
        )
    if not token and not first.token_stored:
        return ConnectionReport(
            False,
            problem=Problem(
                "The token is missing.",
                todo="Jira Cloud: make an API token in your Atlassian account. Data Center: a personal access token.",
                level="danger",
            ),
        )
    try:
        return services().connection.test(url, email, token or None, jql, snapshot)
    except JiraError as error:
        return ConnectionReport(False, problem=danger(problem_of(error)[0]))


def danger(problem: Problem) -> Problem:
    return Problem(problem.what, problem.why, problem.todo, "danger")


def save_connection(url: str, email: str, token: str, jql: str, snapshot: Snapshot) -> Problem | None:
    """Save the connection; a problem when it was not saved."""
    try:
        services().connection.connect(url, email, token or None, jql, snapshot)
    except Conflict:
        return Problem(
            "Not saved: somebody else changed the connection at the same moment.",
            todo="Save again to replace it with yours.",
            level="danger",
        )
    except SettingsError as refused:
        return danger(refused.problem)
    except JiraError as error:
        return danger(problem_of(error)[0])
    return None


@callback(
    Output(ids.Store.CONNECTED, "data"),
    Input(C.RESULT, "data"),
    State(ids.Store.CONNECTED, "data"),
    prevent_initial_call=True,
)
def tell_connected(result: JsonObject | None, connected: int | None) -> Any:
    """The page takes note: another site, and a sync that runs."""
    return (connected or 0) + 1 if result and result["ok"] else no_update
