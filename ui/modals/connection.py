"""The connection form: which Jira, who asks, which issues; and what a test of it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from data.values.problem import Problem
from data.values.status import ConnectionReport
from ui import ids
from ui.attributes import attributes
from ui.components.dialog import dialog
from ui.components.icon import icon
from ui.components.notice import notice
from ui.modals.field_mapping import discard_question

C = ids.Connection

DEFAULT_JQL = "updated >= -365d"
TOKEN_STORED = "stored – leave empty to keep"  # noqa: S105
ENVIRONMENT = {"url": "JIRA_URL", "email": "JIRA_EMAIL", "token": "JIRA_TOKEN", "jql": "JIRA_JQL"}
TITLES = {"url": "Site address", "email": "E-mail", "token": "Token", "jql": "Query"}
FLAVOURS = {"cloud": "Jira Cloud", "dc": "Jira Data Center"}


@dataclass(frozen=True)
class FormValues:
    """What the form shows first; the token itself is never among it."""

    url: str = ""
    email: str = ""
    jql: str = ""
    token_stored: bool = False
    from_environment: frozenset[str] = field(default_factory=frozenset)  # of url, email, token, jql
    problem: Problem | None = None  # why it cannot be saved


# Where people make tokens: on Cloud one page for all sites; on Data Center a page of the site, whose address
# ui/assets/modals.js puts before this path.
CLOUD_TOKENS = "https://id.atlassian.com/manage-profile/security/api-tokens"
DATA_CENTER_TOKENS = (
    "/secure/ViewProfile.jspa?selectedTab=com.atlassian.pats.pats-plugin:jira-user-personal-access-tokens"
)
SCOPES = (
    "read:jira-work", "read:jira-user", "and for sprints read:board-scope:jira-software", "read:project:jira",
    "read:sprint:jira-software",
)  # a table: kept in its rows  # fmt: skip


def connection_modal() -> html.Div:
    """The closed form with its stores."""
    return html.Div(
        [
            dcc.Store(id=C.SESSION),
            dcc.Store(id=C.RESULT),
            dialog(
                [
                    html.Div(
                        [
                            html.H2("Connect your Jira", id=C.TITLE, className="modal-title"),
                            html.Button(
                                icon("x-lg"),
                                id=C.CANCEL,
                                type="button",
                                className="btn-icon modal-x",
                                **attributes({"aria-label": "Close", "data-escape": "true"}),
                            ),
                        ],
                        className="modal-header",
                    ),
                    dbc.ModalBody(_form()),
                    _footer(),
                ],
                id=C.MODAL,
                fullscreen="sm-down",
                backdrop="static",
                keyboard=False,  # Escape asks first when something is changed: ui/assets/modals.js
                labelledby=C.TITLE,
                class_name="tl-modal connection-modal",
            ),
        ]
    )


def _form() -> html.Div:
    return html.Div(
        [
            html.Div(id=C.NOTE, className="form-note"),
            _line(
                C.URL,
                "url",
                "The start of your Jira pages, for example https://example.atlassian.net.",
                type="url",
                placeholder="https://example.atlassian.net",
                autofocus=True,
                autocomplete="url",
            ),
            _line(
                C.EMAIL,
                "email",
                "Of your Atlassian account. Leave it empty for Data Center: the token is then sent as a personal "
                "access token.",
                type="email",
                placeholder="you@example.com",
                autocomplete="username",
            ),
            _line(
                C.TOKEN,
                "token",
                _token_help(),
                type="password",
                autocomplete="off",
            ),
            _line(
                C.JQL,
                "jql",
                f"Which issues to read, in JQL. Empty: {DEFAULT_JQL}.",
                type="text",
                placeholder=DEFAULT_JQL,
                autocomplete="off",
            ),
            html.Div(id=C.REPORT, className="form-report", **attributes({"aria-live": "polite"})),
        ],
        className="form",
    )


def _token_help() -> list[Any]:
    """Where a token is made, and what it must be allowed to do."""
    cloud = html.A("make an API token", href=CLOUD_TOKENS, target="_blank", rel="noopener noreferrer")
    scopes = ", ".join(SCOPES)
    return [
        html.Div(["Cloud: ", cloud, f". One with scopes needs {scopes}."]),
        html.Div(
            [
                "Data Center: ",
                html.A(  # a link once the site's address is filled in
                    "Profile, Personal Access Tokens, Create token",
                    target="_blank",
                    rel="noopener noreferrer",
                    **attributes({"data-token-page": DATA_CENTER_TOKENS}),
                ),
                ". It may do what its account may do.",
            ]
        ),
        html.Div("It must be allowed to browse the projects. It is kept where Throughline runs and never shown again."),
    ]


def _line(component: str, name: str, help_text: Any, **props: Any) -> html.Div:
    return html.Div(
        [
            html.Label(TITLES[name], htmlFor=component, className="form-label"),
            dbc.Input(id=component, value="", debounce=False, **props),
            html.Div(help_text, className="form-help"),
        ],
        className="form-line",
    )


def _footer() -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.Button(
                        [icon("plug"), "Test connection"],
                        id=C.TEST,
                        type="button",
                        className="btn btn-quiet",
                    ),
                    html.Button("Save and sync", id=C.SAVE, type="button", className="btn btn-primary"),
                ],
                className="modal-line modal-buttons",
            ),
            discard_question(C.ASK, C.KEEP, C.DISCARD),
        ],
        className="modal-footer",
    )


def form_note(first: FormValues) -> list[Any]:
    """Why something cannot be edited or saved."""
    lines = [notice(first.problem) if first.problem else None, environment_note(first.from_environment)]
    return [each for each in lines if each is not None]


def environment_note(fixed: frozenset[str]) -> html.Div | None:
    """Why some boxes cannot be edited."""
    if not fixed:
        return None
    names = [name for name in ENVIRONMENT if name in fixed]
    titles = " and ".join(
        filter(None, [", ".join(TITLES[each].lower() for each in names[:-1]), TITLES[names[-1]].lower()])
    )
    variables = ", ".join(ENVIRONMENT[each] for each in names)
    is_one = len(names) == 1
    return notice(
        Problem(
            f"{titles.capitalize()} {'comes' if is_one else 'come'} from the environment.",
            f"{variables} {'is' if is_one else 'are'} set where Throughline was started.",
            f"Change {'it' if is_one else 'them'} there; the rest can be edited here.",
            "info",
        )
    )


def report(connection: ConnectionReport) -> html.Div:
    """Site, kind, account and zone; or what is wrong and what to do."""
    if not connection.ok:
        return notice(connection.problem or Problem("The connection does not work.", level="danger"))
    facts = {
        "Site": connection.title,
        "Kind": FLAVOURS.get(connection.flavour, connection.flavour),
        "Account": connection.account,
        "Time zone": connection.zone,
        "Issues of the query": "" if connection.matches is None else f"{connection.matches:,}",
    }
    rows = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts.items() if value]
    return html.Div(
        [
            html.Div([icon("check-circle-fill"), html.Strong("The connection works")], className="report-head"),
            html.Dl(rows, className="report-facts"),
            *([notice(connection.problem)] if connection.problem else []),
        ],
        className="report-good",
        role="status",
    )
