"""The page: its layout, and what follows from its URL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import dash_ag_grid
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, html, no_update
from dash.fingerprint import build_fingerprint
from flask import g

from callbacks.context import question_of, services
from callbacks.quality import known_quality
from data.jira.errors import JiraError
from data.services.charts import chart_places
from data.services.view import Snapshot
from data.settings.overrides import BadOverride
from data.values.callers import Caller
from data.values.charts import ChartPlace
from data.values.filters import BadFilter, Choices
from data.values.periods import PeriodError
from data.values.quality import Quality
from data.values.status import Status, SyncState
from ui import ids
from ui.attributes import attributes
from ui.components.definitions_save import save_dialog
from ui.components.filter_menu import options, unknown
from ui.components.issue_table import SCRIPT
from ui.components.period_picker import compared, label
from ui.components.save_view import keep_dialog
from ui.modals.background import background_panel
from ui.modals.connection import connection_modal
from ui.modals.field_mapping import field_mapping_modal
from ui.modals.track import track_modal
from ui.shell import shell
from ui.url import TABS, PageView, parse
from ui.words import span


@dataclass(frozen=True)
class PageContent:
    """All that the layout depends on besides the program itself."""

    status: Status
    choices: Choices
    quality: Quality | None
    who: Caller | None = None  # somebody who signed in; None: nobody has to


def page_content() -> PageContent:
    """What a new visitor sees now. Old or missing data starts a sync behind it (D-11)."""
    snapshot = services().snapshot()
    services().sync.ensure_fresh(snapshot)
    status, choices = services().status.of(snapshot), services().numbers.choices(snapshot)
    caller: Caller | None = g.get("caller")
    who = caller if caller is not None and caller.kind == "user" else None
    return PageContent(status, choices, known_quality(snapshot), who)


def layout() -> Any:
    """The page for a new visitor; of the content that the request has asked for already, if it has."""
    content = g.get("page_content") or page_content()
    return shell(
        content.status, content.choices, dialogs(), table_script(), content.quality, charts_of_tabs(), content.who
    )


@cache
def charts_of_tabs() -> dict[str, tuple[ChartPlace, ...]]:
    """Family → its charts, as their folders hold them."""
    return chart_places()


@cache
def table_script() -> str:
    """Address of the table's script, with its version, so that it can be cached for ever."""
    path = Path(dash_ag_grid.__file__).parent / SCRIPT
    version = dash_ag_grid.__version__
    name = build_fingerprint(SCRIPT, version, int(path.stat().st_mtime))  # type: ignore[no-untyped-call]  # of Dash
    return f"/_dash-component-suites/dash_ag_grid/{name}"


def blank() -> Any:
    """The page with nothing in it, for Dash to check the ids of callbacks against."""
    nothing = Status("", "", False, False, "", None, 0, False, "", 0, SyncState(), (), "UTC", None, None, False)
    return shell(nothing, Choices(), dialogs(), charts=charts_of_tabs())


def dialogs() -> list[Any]:
    """The closed modals."""
    return [connection_modal(), save_dialog(), keep_dialog(), track_modal(), field_mapping_modal(), background_panel()]


# The URL is the only place that holds what is looked at. It is taken apart in the browser into one question per tab,
# which changes only while that tab is open: opening a detail recalculates nothing, an unopened tab costs nothing.
clientside_callback(
    ClientsideFunction("throughline", "split"),
    *(Output(ids.tab_view(tab), "data") for tab in TABS),
    Output(ids.Store.PERIOD_VIEW, "data"),
    Input(ids.Page.LOCATION, "search"),
    Input(ids.Store.REVISION, "data"),
    Input(ids.Store.LAST_SYNC, "data"),
)
clientside_callback(
    ClientsideFunction("throughline", "detail"),
    Output(ids.Store.DETAIL_VIEW, "data"),
    Input(ids.Page.LOCATION, "search"),
    Input(ids.Store.REVISION, "data"),
)


@callback(
    Output(ids.Period.LABEL, "children"),
    Output(ids.Period.DATES, "children"),
    Output(ids.Period.COMPARED, "children"),
    Output(ids.Period.PROBLEM, "children"),
    Input(ids.Store.PERIOD_VIEW, "data"),
    prevent_initial_call=True,
)
def show_period(view: dict[str, str] | None) -> tuple[Any, Any, Any, Any]:
    """The period in words, or why it is none; then the words of the numbers still shown stay. And what is filtered by
    that no issue has."""
    asked = parse((view or {}).get("query"))
    snapshot = services().snapshot()
    try:
        try:
            period = question_of(asked, snapshot).period
        except BadOverride:  # the row of definitions says what is wrong; the days are those of the saved ones
            period = question_of(replace(asked, filters=replace(asked.filters, definitions=())), snapshot).period
    except (PeriodError, BadFilter) as error:
        return no_update, no_update, no_update, str(error)
    dates = html.Span(
        span(period.first, period.last),
        **attributes({"data-first": period.first.isoformat(), "data-last": period.last.isoformat()}),
    )
    told = " ".join(filter(None, (unknown_preset(asked), unknown_names(asked, snapshot))))
    return label(asked), dates, compared(period), told


def unknown_preset(page: PageView) -> str:
    """That the address names a period that there is not, and what is shown in its place; else empty."""
    if not page.unknown_period:
        return ""
    name = page.unknown_period if len(page.unknown_period) <= 12 else f"{page.unknown_period[:11]}…"
    return f"There is no period “{name}”: the {label(page).lower()} are shown."


def unknown_names(page: PageView, snapshot: Snapshot) -> str:
    """What the filters of a link name and no issue has; empty when there is no such name, or no data to look into."""
    if not page.filters:
        return ""
    try:
        choices = services().numbers.choices(snapshot)
    except JiraError:
        return ""  # the page says what is wrong with the data
    return unknown(choices, page.filters)


@callback(
    Output(ids.Filter.PANEL, "data-choices"),
    Input(ids.Store.REVISION, "data"),
    prevent_initial_call=True,
)
def show_choices(_revision: str) -> str:
    """What can be filtered by, after a sync."""
    return options(services().numbers.choices(services().snapshot()))
