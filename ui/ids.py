"""The id of every component, so that layouts and callbacks use the same one."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from dash.dependencies import Wildcard

Part = str | Wildcard  # a name, or a pattern that stands for several: ALL, MATCH
Id = dict[str, Part]  # of a component that there are several of

# ── page ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Store(StrEnum):
    """Revisions and choices: each has one writer. The data stays on the server."""

    REVISION = "store-revision"  # ui/assets/questions.js: changes when data or settings do
    FOLLOWED = "store-followed"  # callbacks/sync.py: the revision that following the sync found
    SAVED = "store-saved"  # ui/assets/questions.js: a counter, up by one after each save
    CONNECTED = "store-connected"  # callbacks/connection.py: a counter, up by one with each new connection
    DETAIL_VIEW = "store-detail-view"  # the question of the open detail
    PERIOD_VIEW = "store-period-view"  # the period asked for
    LAST_SYNC = "store-last-sync"  # callbacks/sync.py: when the last sync ended, well or not


def tab_view(tab: str) -> str:
    """Store with the question of one tab, {"query", "revision"}; it changes only while that tab is open."""
    return f"view-{tab}"


class Page(StrEnum):
    LOCATION = "page-location"  # the URL is the state: tab, period, filters, open detail
    MAIN = "page-main"
    NOTICES = "page-notices"  # where a failed callback says so
    NO_SUCH_TAB = "page-no-such-tab"  # shown by ui/assets/page.js when the URL names a tab that there is not


class Header(StrEnum):
    SITE = "header-site"  # text inside CONNECT
    CONNECT = "header-connect"  # button with site and query: opens the connection form
    SETTINGS = "header-settings"  # gear: opens the field mapping
    FRESHNESS = "header-freshness"
    QUALITY = "header-quality"  # place of the badge that leads to the tab "Data quality"
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
    WATCH = "sync-watch"  # ticks every few minutes while the page is looked at


class Background(StrEnum):
    OPEN = "background-open"  # button in the bar
    COUNT = "background-count"  # how many wait or run
    MORE = "background-more"  # in the download menu: opens the same panel
    MODAL = "background-modal"
    TITLE = "background-title"
    CLOSE = "background-close"
    CONTENT = "background-content"
    FORMAT = "background-format"
    STYLE = "background-style"  # how CSV is written
    STYLE_FIELD = "background-style-field"  # around it; hidden for other formats
    ABOUT = "background-about"
    START = "background-start"
    SAID = "background-said"
    LIST = "background-list"
    CLOCK = "background-clock"  # ticks only while something runs that the page shows or waits for
    WATCHED = "background-watched"  # store: exports that this page asked for and waits for
    NOTICES = "background-notices"


TASK_CANCEL, TASK_RETRY, TASK_DISMISS = "task-cancel", "task-retry", "task-dismiss"


def task_cancel(number: Any) -> dict[str, Any]:
    """The button that cancels a background task; ALL: of every one."""
    return {"area": TASK_CANCEL, "index": number}


def task_retry(number: Any) -> dict[str, Any]:
    """The button that tries it again."""
    return {"area": TASK_RETRY, "index": number}


def task_dismiss(number: Any) -> dict[str, Any]:
    """The button that takes away the message that it is ready."""
    return {"area": TASK_DISMISS, "index": number}


class Period(StrEnum):
    BUTTON = "period-button"
    LABEL = "period-label"
    DATES = "period-dates"
    COMPARED = "period-compared"
    PROBLEM = "period-problem"
    FROM = "period-from"
    TO = "period-to"


class Filter(StrEnum):
    ROW = "filter-row"
    PANEL = "filter-panel"  # what can be chosen
    SEARCH = "filter-search"


class Cards(StrEnum):
    DORA = "cards-dora"
    FLOW = "cards-flow"


class Quality(StrEnum):
    BODY = "quality-body"


class Forecast(StrEnum):
    BODY = "forecast-body"
    CHARTS = "forecast-charts"  # hidden while the question is refused
    VERSIONS = "forecast-versions"  # names to choose from in the form


class Explore(StrEnum):
    BODY = "explore-body"


class Overview(StrEnum):
    STEPS = "overview-steps"  # the check-list after the first sync
    POINTS = "overview-points"
    CARDS = "overview-cards"
    BODY = "overview-body"


class Sprints(StrEnum):
    BODY = "sprints-body"
    CHARTS = "sprints-charts"  # hidden while one sprint is looked at
    BELOW = "sprints-below"


class Catalogue(StrEnum):
    SEARCH = "catalogue-search"  # ui/assets/catalogue.js writes it into the address
    BODY = "catalogue-body"
    CHARTS = "catalogue-charts"  # the charts of an opened metric; hidden while the list is shown
    BELOW = "catalogue-below"


class Detail(StrEnum):
    PANEL = "detail-panel"
    BODY = "detail-body"


def cards_grid(family: Part, view: Part) -> Id:
    """The grid of cards of one family for one question; another question is another grid."""
    return {"area": "cards-grid", "family": family, "view": view}


def cards_again(family: Part, view: Part) -> Id:
    """Put beside a grid of old numbers: asks for new ones as soon as it is on the page."""
    return {"area": "cards-again", "family": family, "view": view}


def catalogue_grid(view: Part) -> Id:
    """The entries of the catalogue for one question; another question is another grid."""
    return {"area": "catalogue-grid", "view": view}


def catalogue_ask(view: Part) -> Id:
    """Put beside entries without numbers: asks for them as soon as it is on the page."""
    return {"area": "catalogue-ask", "view": view}


def configure(metric: Part, place: Part = "") -> Id:
    """The "Configure mappings" button of a card; pass ALL twice to reach every one. `place` tells apart where it
    stands.
    """
    return {"area": "configure", "metric": metric, "place": place}


def issue_table(question: Part) -> Id:
    """The table of issues of one detail."""
    return {"area": "issue-table", "question": question}


def issue_question(question: Part) -> Id:
    """What the rows of the table are asked with."""
    return {"area": "issue-question", "question": question}


def issue_search(question: Part) -> Id:
    return {"area": "issue-search", "question": question}


def issue_reason(question: Part) -> Id:
    """Which issues the table shows: all, used, or those left out for one reason."""
    return {"area": "issue-reason", "question": question}


def issue_count(question: Part) -> Id:
    return {"area": "issue-count", "question": question}


# ── charts (ui/components/chart.py, callbacks/charts.py) ──────────────────────────────────────────────────────────────


def chart_ask(name: Part, place: Part) -> Id:
    """Store with the question of one chart, {"query", "revision"}; ui/assets/charts.js sets it when the chart is
    near.
    """
    return {"area": "chart-ask", "chart": name, "place": place}


def chart_body(name: Part, place: Part) -> Id:
    """Where the chart appears. `place` tells apart the tabs that show the same chart."""
    return {"area": "chart-body", "chart": name, "place": place}


# ── definitions (ui/components/definitions*.py, callbacks/definitions.py) ─────────────────────────────────────────────


class Definitions(StrEnum):
    VIEW = "definitions-view"  # store: what the address chooses, {"query", "revision"}; changes only with it
    ROW = "definitions-row"  # hidden while the view is measured as saved
    CHIPS = "definitions-chips"
    NOTE = "definitions-note"  # what others see, or why it cannot be saved
    SAVE = "definitions-save"  # "Save for everybody": opens the dialog
    MODAL = "definitions-modal"
    TITLE = "definitions-title"
    BODY = "definitions-body"
    SHOWN = "definitions-shown"  # store: the revision of the settings that the dialog shows
    CANCEL = "definitions-cancel"
    CONFIRM = "definitions-confirm"
    RESULT = "definitions-result"  # store: how the last save ended


# ── saved views (ui/tabs/teams.py, ui/components/save_view.py, callbacks/teams.py) ────────────────────────────────────


class Teams(StrEnum):
    BODY = "teams-body"
    KEEP = "teams-keep"  # "Save this view": opens the dialog
    MODAL = "teams-modal"
    TITLE = "teams-title"
    NAME = "teams-name"
    REPORT = "teams-report"  # why it was not saved
    WHAT = "teams-what"  # what is kept, in words
    CANCEL = "teams-cancel"
    CONFIRM = "teams-confirm"
    SEEN = "teams-seen"  # store: the view of that name that a second press replaces
    KEPT = "teams-kept"  # store: how the last save ended
    WISH = "teams-wish"  # store: what ui/assets/teams.js asks for: delete or import
    DONE = "teams-done"  # store: what became of it


# ── jobs (ui/tabs/jobs*.py, ui/modals/track.py, callbacks/jobs*.py) ───────────────────────────────────────────────────


class Jobs(StrEnum):
    HEAD = "jobs-head"
    CARDS = "jobs-cards"
    TABLES = "jobs-tables"
    MORE = "jobs-more"
    WISH = "jobs-wish"  # store: which form ui/assets/jobs.js asks for, {"n", "kind", "about"}
    FILE = "jobs-file"  # store: a file to import, {"n", "name", "size", "text"}
    SESSION = "jobs-session"  # store: the form that is open, and the name of what it will note down
    DONE = "jobs-done"  # store: what was noted down last
    IMPORTED = "jobs-imported"  # store: what became of the last file
    DRAWN = "jobs-drawn"  # store: counts how often the charts were asked for again
    MODAL = "jobs-modal"
    TITLE = "jobs-title"
    FORM = "jobs-form"
    REPORT = "jobs-report"  # why it was not kept
    CANCEL = "jobs-cancel"
    SAVE = "jobs-save"


def jobs_field(name: Part) -> Id:
    """A control of the open form; pass ALL to reach every one."""
    return {"area": "jobs-field", "field": name}


def jobs_wrong(name: Part) -> Id:
    """What is wrong with a control, beside it."""
    return {"area": "jobs-wrong", "field": name}


def record_rows(question: Part, kind: Part) -> Id:
    """One page of the records of a kind in the panel."""
    return {"area": "record-rows", "question": question, "kind": kind}


def record_turn(question: Part, kind: Part, to: Part) -> Id:
    """Newer or older records."""
    return {"area": "record-turn", "question": question, "kind": kind, "to": to}


def record_place(question: Part, kind: Part) -> Id:
    """Store: what is asked for, and at which record the page begins."""
    return {"area": "record-place", "question": question, "kind": kind}


# ── connection (ui/modals/connection.py, callbacks/connection.py) ─────────────────────────────────────────────────────


class Connection(StrEnum):
    MODAL = "connection-modal"
    SESSION = "connection-session"  # store: a number for each opening, and what the form showed first
    TITLE = "connection-title"
    URL = "connection-url"
    EMAIL = "connection-email"
    TOKEN = "connection-token"  # write-only: what is stored never comes back  # noqa: S105
    JQL = "connection-jql"
    NOTE = "connection-note"  # which values come from the environment
    TEST = "connection-test"
    SAVE = "connection-save"
    CANCEL = "connection-cancel"
    REPORT = "connection-report"  # what a test or a save found
    RESULT = "connection-result"  # store: how the last save ended
    ASK = "connection-ask"  # "Discard your changes?"
    DISCARD = "connection-discard"
    KEEP = "connection-keep"


# ── field mapping (ui/modals/field_mapping.py, callbacks/mapping_*.py) ────────────────────────────────────────────────


class Mapping(StrEnum):
    MODAL = "mapping-modal"
    TITLE = "mapping-title"
    FRAME = "mapping-frame"  # its class name says the state: is-loading, is-editing, …
    ASKED = "mapping-asked"  # store: a number for each wish to open it, and the metric it was asked for
    SESSION = "mapping-session"  # store: a number for each opening, whether it is open, the metric it was opened for
    LOADED = "mapping-loaded"  # store: the settings that the editor saw, their revision, problems
    DRAFT = "mapping-draft"  # store: what is changed and not saved
    LEAVE = "mapping-leave"  # store: a wish to close it, with the changes there are once every choice has arrived
    WISH = "mapping-wish"  # store: a wish to save, once every choice has arrived
    REDRAW = "mapping-redraw"  # store: grows when a change has to be shown in other controls too
    PLACE = "mapping-place"  # store: what is being edited
    STATE = "mapping-state"  # store: closed loading editing validating saving saved error
    CHECKED = "mapping-checked"  # store: what validation found, and what to save
    RESULT = "mapping-result"  # store: how the last save ended
    BANNER = "mapping-banner"  # Jira unreachable, settings read-only
    RETRY = "mapping-retry"
    SECTIONS = "mapping-sections"
    LIST = "mapping-list"
    PANE = "mapping-pane"
    PREVIEW = "mapping-preview"
    CONFLICT = "mapping-conflict"
    CONFLICT_ROWS = "mapping-conflict-rows"
    USE_THEIRS = "mapping-use-theirs"
    KEEP_MINE = "mapping-keep-mine"
    STATUS = "mapping-status"  # read aloud: how many changes, checking, saving, saved, what is wrong
    SAVE = "mapping-save"
    CLOSE = "mapping-close"
    ASK = "mapping-ask"  # "Discard 3 changes?"
    DISCARD = "mapping-discard"
    KEEP = "mapping-keep"
    CLOCK = "mapping-clock"  # closes the modal two seconds after saving


def mapping_go(to: Part, by: Part) -> Id:
    """A button that leads somewhere in the modal: `to` is "<section>/<group>/<name>" or "list"; `by` tells apart
    several that lead to the same place (tab, list, next, previous, back, link)."""
    return {"area": "mapping-go", "to": to, "by": by}


def mapping_choice(field: Part) -> Id:
    """The dropdown with all Jira fields for one of our fields."""
    return {"area": "mapping-choice", "field": field}


def mapping_suggestion(field: Part, jira_field: Part) -> Id:
    """The button that takes one suggested Jira field."""
    return {"area": "mapping-suggestion", "field": field, "jira": jira_field}


def mapping_more(field: Part) -> Id:
    """The fields of Jira that count, in order, where the first is empty."""
    return {"area": "mapping-more", "field": field}


def mapping_action(action: Part) -> Id:
    """A button that changes the draft: accept-all, clear:<field>, reset:<part>."""
    return {"area": "mapping-action", "action": action}


def mapping_phase(status: Part) -> Id:
    """Not started, in progress or done, for one status."""
    return {"area": "mapping-phase", "status": status}


def mapping_work(status: Part) -> Id:
    """Active or waiting, for one status."""
    return {"area": "mapping-work", "status": status}


def mapping_flow_item(issue_type: Part) -> Id:
    """Feature, Defect, Risk or Technical_Debt, for one issue type."""
    return {"area": "mapping-flow-item", "type": issue_type}


def mapping_meaning(field: Part, value: Part) -> Id:
    """What a value of one of our fields means: the setting whose list holds it."""
    return {"area": "mapping-meaning", "field": field, "value": value}


def mapping_setting(setting: Part) -> Id:
    """The control of one definition; `setting` is its dotted path below `definitions`."""
    return {"area": "mapping-setting", "setting": setting}


def mapping_span(row: Part, part: Part) -> Id:
    """A control of one named span: its name, start or end; pass ALL twice to reach every one."""
    return {"area": "mapping-span", "row": row, "part": part}


def mapping_span_gone(row: Part) -> Id:
    """The button that removes a named span."""
    return {"area": "mapping-span-gone", "row": row}


def mapping_word(setting: Part) -> Id:
    """The text box that adds a word to a list."""
    return {"area": "mapping-word", "setting": setting}


def mapping_word_offered(setting: Part, word: Part) -> Id:
    """The button that puts a name of the site, or a suggested word, on a list."""
    return {"area": "mapping-word-offered", "setting": setting, "word": word}


def mapping_word_gone(setting: Part, word: Part) -> Id:
    """The button that takes a word off a list."""
    return {"area": "mapping-word-gone", "setting": setting, "word": word}
