"""Every component name in the app, so that a layout and its callbacks cannot drift apart."""

from __future__ import annotations

from enum import StrEnum

# ── page ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Store(StrEnum):
    """Revisions and choices: each has one writer. The data stays on the server."""

    REVISION = "store-revision"  # callbacks/sync.py: changes when data or settings do
    SAVED = "store-saved"  # callbacks/field_mapping.py: a counter, up by one with each save
    CONNECTED = "store-connected"  # callbacks/connection.py: a counter, up by one with each new connection
    DORA_VIEW = "store-dora-view"  # the question of the DORA tab; changes only while that tab is open
    FLOW_VIEW = "store-flow-view"
    DETAIL_VIEW = "store-detail-view"  # the question of the open detail


class Page(StrEnum):
    LOCATION = "page-location"  # the URL is the state: tab, period, filters, open detail
    MAIN = "page-main"
    NOTICES = "page-notices"  # where a failed callback says so


class Header(StrEnum):
    SITE = "header-site"  # text inside CONNECT
    CONNECT = "header-connect"  # button with site and query: opens the connection form
    SETTINGS = "header-settings"  # gear: opens the field mapping
    FRESHNESS = "header-freshness"
    SYNC = "header-sync"
    THEME = "header-theme"
    TABS = "header-tabs"


class Banner(StrEnum):
    SAMPLE = "banner-sample"
    CONNECT = "banner-connect"  # "Connect your Jira"
    PROBLEMS = "banner-problems"


class Sync(StrEnum):
    BAR = "sync-bar"
    PROGRESS = "sync-progress"
    CANCEL = "sync-cancel"
    CLOCK = "sync-clock"  # ticks only while a sync runs


class Period(StrEnum):
    BUTTON = "period-button"
    LABEL = "period-label"
    DATES = "period-dates"
    COMPARED = "period-compared"
    PROBLEM = "period-problem"
    MENU = "period-menu"


class Filter(StrEnum):
    ROW = "filter-row"
    LISTS = "filter-lists"


class Cards(StrEnum):
    DORA = "cards-dora"
    FLOW = "cards-flow"


class Detail(StrEnum):
    PANEL = "detail-panel"
    BODY = "detail-body"


def cards_grid(family: str, view: str) -> dict[str, str]:
    """The grid of cards of one family for one question; another question is another grid."""
    return {"area": "cards-grid", "family": family, "view": view}


def cards_again(family: str, view: str) -> dict[str, str]:
    """Put beside a grid of old numbers: asks for new ones as soon as it is on the page."""
    return {"area": "cards-again", "family": family, "view": view}


def configure(metric: str) -> dict[str, str]:
    """The "Configure mappings" button of a card; pass ALL to reach every one."""
    return {"area": "configure", "metric": metric}


def issue_table(question: str) -> dict[str, str]:
    """The table of issues of one detail."""
    return {"area": "issue-table", "question": question}


def issue_search(question: str) -> dict[str, str]:
    return {"area": "issue-search", "question": question}


def issue_reason(question: str) -> dict[str, str]:
    """Which issues the table shows: all, used, or those left out for one reason."""
    return {"area": "issue-reason", "question": question}


def issue_count(question: str) -> dict[str, str]:
    return {"area": "issue-count", "question": question}


# ── connection (ui/modals/connection.py, callbacks/connection.py) ─────────────────────────────────────────────────────


# ── field mapping (ui/modals/field_mapping.py, callbacks/field_mapping.py) ────────────────────────────────────────────
