"""The frame around every tab: bar, banners, filters, the tabs, the place for the detail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from data.values.callers import Caller, Role, Scope
from data.values.filters import Choices
from data.values.problem import Problem
from data.values.program import version
from data.values.quality import Quality
from data.values.status import Status
from ui import ids
from ui.attributes import attributes
from ui.components.definitions import chip_row, stores
from ui.components.downloads import download_menu
from ui.components.filter_menu import filter_bar
from ui.components.freshness import freshness
from ui.components.icon import icon
from ui.components.menu import menu
from ui.components.notice import notice, notices
from ui.components.period_picker import period_picker
from ui.components.quality_badge import last_sync, quality_badge
from ui.components.report_link import report_link
from ui.components.save_view import keep_button
from ui.components.sync_progress import progress
from ui.modals.background import open_button
from ui.tabs.panes import PANES, Charts
from ui.url import DEFAULT_TAB, TABS

PEOPLE = "/people"  # the address of people and access
RELEASE_NOTES = "/release-notes"  # the address that answers with the changelog
CLOCK_MS = 1_000
WATCH_MS = 300_000
_NO_SUCH_TAB = Problem("There is no such tab.", "", f"{TABS[DEFAULT_TAB].title} is shown instead.", "info")


def shell(
    status: Status,
    choices: Choices,
    dialogs: Sequence[Any] = (),
    table_script: str = "",
    quality: Quality | None = None,
    charts: Charts | None = None,
    who: Caller | None = None,
) -> html.Div:
    """The whole page as it first appears; `dialogs` are the closed modals, `table_script` is fetched by the detail,
    `charts` are those of each family, `who` is signed in.
    """
    return html.Div(
        [
            html.A("Skip to the numbers", href=f"#{ids.Page.MAIN}", className="skip"),
            *_state(status, quality),
            *_account_rules(who),
            _bar(status, quality, who),
            _sync_bar(status),
            html.Div(
                [
                    _sample_banner(status),
                    html.Div(notices(status.problems), id=ids.Banner.PROBLEMS, className="banners"),
                    html.Div(id=ids.Page.NOTICES, className="banners", **attributes({"aria-live": "polite"})),
                    html.Div(notice(_NO_SUCH_TAB), id=ids.Page.NO_SUCH_TAB, className="banners", hidden=True),
                    _filters(choices),
                    chip_row(),
                    html.Main(
                        [
                            html.H1("Delivery and flow", className="visually-hidden"),
                            *(_pane(tab, charts or {}) for tab in TABS),
                        ],
                        id=ids.Page.MAIN,
                        tabIndex="-1",
                    ),
                    _foot(who),
                ],
                className="page",
            ),
            _detail(table_script),
            *dialogs,
        ],
        className="app",
    )


def _foot(who: Caller | None) -> html.Footer:
    """Which version this is, what is new in it, and the way to people and roles."""
    words = [html.Span(f"Throughline {version()}"), html.A("Release notes", href=RELEASE_NOTES)]
    if who is None or who.may(Scope.ADMIN):
        words.append(html.A("People and access", href=PEOPLE))
    return html.Footer(words, className="page-foot")


def _state(status: Status, quality: Quality | None) -> list[Any]:
    return [
        dcc.Location(id=ids.Page.LOCATION, refresh="callback-nav"),
        dcc.Store(id=ids.Store.REVISION, data=status.revision),
        *(dcc.Store(id=ids.tab_view(tab)) for tab in TABS),
        dcc.Store(id=ids.Store.DETAIL_VIEW),
        dcc.Store(id=ids.Store.PERIOD_VIEW),
        dcc.Store(id=ids.Store.LAST_SYNC, data=last_sync(quality)),
        dcc.Store(id=ids.Store.FOLLOWED),
        dcc.Store(id=ids.Store.SAVED, data=0),
        dcc.Store(id=ids.Store.CONNECTED, data=0),
        *stores(),
        dcc.Interval(id=ids.Sync.CLOCK, interval=CLOCK_MS, disabled=status.sync.state != "running"),
        dcc.Interval(id=ids.Sync.WATCH, interval=WATCH_MS),  # ui/assets/page.js stops it while nobody looks
    ]


def _account_rules(who: Caller | None) -> list[html.Link]:
    """A stylesheet that hides what the server would refuse to whoever is signed in."""
    if who is None or who.role is None or who.role is Role.ADMIN:
        return []
    return [html.Link(rel="stylesheet", href=f"{PEOPLE}/{who.role}.css")]


def _account(who: Caller) -> html.A:
    """Who is signed in: leads to signing out, and for admins to people and access."""
    role = f", {who.role}" if who.role else ""
    return html.A(
        [icon("person"), html.Span(who.name, className="account-name")],
        href=PEOPLE,
        className="btn-bar account",
        title=f"{who.name}{role}: account, signing out{', people and access' if who.may(Scope.ADMIN) else ''}",
        **attributes({"aria-label": f"Account of {who.name}{role}"}),
    )


def _bar(status: Status, quality: Quality | None, who: Caller | None) -> html.Header:
    return html.Header(
        [
            html.A(
                [
                    html.Span(className="mark", **attributes({"aria-hidden": "true"})),
                    html.Span("Throughline", className="brand-name"),
                ],
                href="/",
                className="brand",
                **attributes({"data-nav": "home"}),
            ),
            html.Button(
                html.Span(site_words(status), id=ids.Header.SITE, className="site"),
                id=ids.Header.CONNECT,
                type="button",
                className="btn-bar site-button",
                title="Connection: which Jira and which issues",
            ),
            html.Nav(
                [
                    html.A(
                        tab.title,
                        href=f"?tab={name}",
                        className="tab",
                        **attributes({"data-tab": name, "data-nav": "tab", "data-own": " ".join(tab.own)}),
                    )
                    for name, tab in TABS.items()
                ],
                className="tabs",
                id=ids.Header.TABS,
                **attributes({"aria-label": "Kinds of numbers", "data-default": DEFAULT_TAB}),
            ),
            html.Div(
                [
                    html.Span(quality_badge(quality), id=ids.Header.QUALITY, className="badge-place"),
                    html.Span(freshness(status), id=ids.Header.FRESHNESS, className="freshness"),
                    _button("arrow-clockwise", "Sync now", ids.Header.SYNC),
                    _button("gear", "Field mapping and definitions", ids.Header.SETTINGS),
                    *_look_buttons(),
                    *([_account(who)] if who else []),
                ],
                className="bar-end",
            ),
        ],
        className="bar",
    )


def _look_buttons() -> list[html.Button]:
    """Full screen, and light or dark."""
    return [
        html.Button(
            icon("fullscreen"),
            type="button",
            className="btn-bar btn-icon btn-wall",
            title="Full screen, for a display on a wall; it refreshes itself",
            **attributes({"aria-label": "Full screen", "aria-pressed": "false", "data-wall-toggle": "1"}),
        ),
        html.Button(
            [icon("sun", "when-light"), icon("moon", "when-dark"), icon("circle-half", "when-auto")],
            id=ids.Header.THEME,
            type="button",
            className="btn-bar btn-icon",
            title="Theme: automatic",
            **attributes({"aria-label": "Theme: automatic", "data-theme-toggle": "1"}),
        ),
    ]


def site_words(status: Status) -> list[Any]:
    """Site and query, as the header shows them."""
    name = status.site_title or status.site_url or "No site"
    return [
        html.Span(name, className="site-name"),
        html.Span(status.jql, className="site-jql", title=status.jql) if status.jql else None,
        icon("chevron-down", "chevron"),
    ]


def _button(icon_name: str, words: str, component_id: str) -> html.Button:
    return html.Button(
        icon(icon_name),
        id=component_id,
        type="button",
        className="btn-bar btn-icon",
        title=words,
        **attributes({"aria-label": words}),
    )


def _sync_bar(status: Status) -> html.Div:
    return html.Div(
        [
            html.Div(progress(status.sync), id=ids.Sync.PROGRESS, className="sync-inner"),
            html.Button("Cancel", id=ids.Sync.CANCEL, type="button", className="btn-link-quiet"),
        ],
        id=ids.Sync.BAR,
        className="sync-bar",
        hidden=status.sync.state != "running",
        role="status",
    )


def _sample_banner(status: Status) -> html.Div:
    return html.Div(
        [
            html.Span(
                [
                    html.B("Sample data."),
                    html.Span(" Made-up projects, so that you can look around.", className="sample-more"),
                ],
                className="sample-words",
            ),
            html.Button(
                [icon("plug"), "Connect your Jira"], id=ids.Banner.CONNECT, type="button", className="btn-primary-quiet"
            ),
        ],
        id=ids.Banner.SAMPLE,
        className="sample",
        hidden=not status.is_sample,
        role="region",
        **attributes({"aria-label": "Sample data"}),
    )


def _filters(choices: Choices) -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    period_picker(),
                    html.Span(id=ids.Period.DATES, className="dates-words"),
                    html.Span(id=ids.Period.COMPARED, className="compared"),
                ],
                className="filters-period",
            ),
            filter_bar(choices),
            _fold(),
            html.Div(
                [keep_button(), report_link(), download_menu(), open_button(), _copy_link()], className="filters-end"
            ),
            html.Div(id=ids.Period.PROBLEM, className="period-problem", role="alert"),
        ],
        id=ids.Filter.ROW,
        className="filters",
        role="search",
        **attributes({"aria-label": "Period and filters"}),
    )


def _fold() -> html.Button:
    """Shown on a phone: the chosen filters and the buttons on the right are folded away behind it."""
    return html.Button(
        icon("three-dots"),
        type="button",
        className="btn-quiet btn-fold",
        title="More",
        **attributes(
            {"data-fold": "1", "aria-label": "More", "aria-expanded": "false", "aria-controls": ids.Filter.ROW}
        ),
    )


def _copy_link() -> html.Div:
    """Asks whether the link shows the same days for ever or moves on with the calendar; ui/assets/link.js copies it."""
    choices = [
        html.Button(
            [html.Span(words), html.Span(className="muted copy-what")],
            type="button",
            className="menu-link copy-choice",
            **attributes({"data-copy": name}),
        )
        for name, words in (("dates", "These dates"), ("rolling", "Rolling"))
    ]
    return menu(
        [icon("link-45deg"), html.Span("Copy link", className="copy-words")],
        choices,
        name="link",
        words="Which link to copy",
        align="end",
        button={"title": "A link to this view", **attributes({"aria-label": "Copy link", "data-copy-link": "1"})},
    )


def _pane(tab: str, charts: Charts) -> html.Section:
    return html.Section(
        [html.H2(TABS[tab].title, className="visually-hidden"), *PANES[tab](charts)],
        className="pane",
        hidden=tab != DEFAULT_TAB,  # ui/assets/page.js shows the one that the URL names
        **attributes({"data-pane": tab, "aria-label": TABS[tab].title}),
    )


def _detail(table_script: str) -> html.Div:
    return html.Div(
        [
            html.Div(className="scrim", **attributes({"data-close-detail": "1"})),
            html.Div(
                [
                    html.Button(
                        icon("x-lg"),
                        type="button",
                        className="btn-bar btn-icon detail-close",
                        title="Close (Esc)",
                        **attributes({"aria-label": "Close", "data-close-detail": "1"}),
                    ),
                    html.Div(id=ids.Detail.BODY, className="detail-body"),
                    html.Div([html.Div(className=f"sk {each}") for each in _SKELETON], className="detail-skeleton"),
                ],
                id=ids.Detail.PANEL,
                className="detail",
                role="dialog",
                tabIndex="-1",
                **attributes(
                    {"aria-label": "What this number is made of", "aria-modal": "true", "data-parts": table_script}
                ),
            ),
        ],
        className="detail-layer",
    )


_SKELETON = ("sk-title", "sk-line", "sk-value", "sk-line", "sk-line", "sk-chart", "sk-line", "sk-line", "sk-line")
