"""The issues behind a number: a table that asks the server for the rows it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_ag_grid
import dash_bootstrap_components as dbc
from dash import dcc, html

from data.values.numbers import Detail, IssueRow
from ui import ids
from ui.words import day, moment

PAGE = 50
_ROW, _HEAD = 36, 40
_MOST_ROWS = 12
SCRIPT = "dash_ag_grid.min.js"
SORTABLE = ("key", "summary", "type", "project", "status", "value", "start", "end", "used", "reason", "outcome")

# 1.3 MB of script that only an opened detail needs: ui/assets/questions.js fetches it then.
for _resource in dash_ag_grid._js_dist:
    if _resource.get("relative_package_path") == SCRIPT:
        _resource["async"] = "lazy"

_THEME = (
    "themeQuartz.withParams({backgroundColor: 'var(--tl-card)', foregroundColor: 'var(--tl-text)', "
    "headerBackgroundColor: 'var(--tl-card)', headerTextColor: 'var(--tl-muted)', borderColor: 'var(--tl-line)', "
    "accentColor: 'var(--tl-accent)', rowHoverColor: 'var(--tl-hover)', fontFamily: 'inherit', fontSize: 13, "
    "headerFontSize: 12, headerFontWeight: 500, wrapperBorder: false, wrapperBorderRadius: 0, "
    "cellHorizontalPadding: 8, columnBorder: false, browserColorScheme: 'inherit'})"
)


def issue_table(detail: Detail, question: str, view: dict[str, str]) -> list[Any]:
    """Search, which issues to show, and the table. `question` names it; `view` is what its rows are asked with."""
    value = detail.value
    used = value.details.get("used", value.total_issue_count - value.excluded_issue_count)
    which = which_issues(value.total_issue_count, used, detail.exclusions)
    return table_of(value.total_issue_count, which, columns(_unit(detail), detail.outcome_title), question, view)


def table_of(
    total: int, which: Sequence[tuple[str, str]], shown: list[dict[str, Any]], question: str, view: dict[str, str]
) -> list[Any]:
    """The same for any set of `total` issues: what it can be narrowed to, and its columns."""
    return [
        dcc.Store(id=ids.issue_question(question), data=view),
        html.Div(
            [
                dbc.RadioItems(
                    id=ids.issue_reason(question),
                    options=[{"label": words, "value": value} for value, words in which],
                    value="all",
                    inline=True,
                    className="reasons",
                ),
                dbc.Input(
                    id=ids.issue_search(question),
                    type="search",
                    placeholder="Find by key or summary",
                    debounce=300,
                    autocomplete="off",
                ),
                html.Span(id=ids.issue_count(question), className="table-count", role="status"),
            ],
            className="table-tools",
        ),
        dash_ag_grid.AgGrid(
            id=ids.issue_table(question),
            rowModelType="infinite",
            columnDefs=shown,
            defaultColDef={"sortable": True, "resizable": True, "filter": False, "suppressHeaderMenuButton": True},
            dashGridOptions={
                "theme": {"function": _THEME},
                "cacheBlockSize": PAGE,
                "maxBlocksInCache": 20,
                "rowHeight": _ROW,
                "headerHeight": _HEAD,
                "suppressCellFocus": False,
                "enableCellTextSelection": True,
                "suppressMovableColumns": True,
                "suppressMultiSort": True,
            },
            dangerously_allow_code=False,
            style={"height": f"{height(total)}px", "width": "100%"},
            className="issue-grid",
        ),
    ]


def which_issues(total: int, used: int, exclusions: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
    """What the table can be narrowed to: (value, words)."""
    reasons = [(f"reason:{reason}", f"Left out: {reason} {n:,}") for reason, n in exclusions if n]
    return [("all", f"All {total:,}"), ("used", f"Used {used:,}"), *reasons]


def columns(unit: str, outcome: str = "") -> list[dict[str, Any]]:
    """Column definitions; `which` and `text` are hidden and carry the filters. Without a unit there are no values."""
    value = {**_column("value", unit.capitalize(), 84), "type": "rightAligned"}
    return [
        {**_column("key", "Key", 104), "cellRenderer": "IssueLink", "pinned": "left"},
        *([value] if unit else ()),  # before the summary, so that a phone shows it
        {**_column("summary", "Summary", 220), "flex": 1, "minWidth": 200, "tooltipField": "summary"},
        *([_column("outcome", outcome, 116)] if outcome else ()),
        _column("type", "Type", 104),
        _column("status", "Status", 108),
        {**_column("start", "From", 108), "tooltipField": "start_at"},
        {**_column("end", "To", 108), "tooltipField": "end_at"},
        {**_column("reason", "Left out because", 160), "tooltipField": "reason"},
        {"field": "which", "hide": True, "filter": "agTextColumnFilter"},
        {"field": "text", "hide": True, "filter": "agTextColumnFilter"},
    ]


def _column(field: str, title: str, width: int) -> dict[str, Any]:
    return {"field": field, "headerName": title, "width": width}


def rows(issues: Sequence[IssueRow], zone: str) -> list[dict[str, Any]]:
    """What the table shows of each issue: plain text, nothing that a browser would run."""
    return [
        {
            "key": row.key,
            "url": row.url,
            "summary": row.summary,
            "type": row.type,
            "status": row.status,
            "value": "" if row.value is None else f"{row.value:,.2f}",
            "start": when(row.start, zone).partition(",")[0],
            "start_at": when(row.start, zone),
            "end": when(row.end, zone).partition(",")[0],
            "end_at": when(row.end, zone),
            "reason": row.reason,
            "outcome": row.outcome,
        }
        for row in issues
    ]


def when(instant: str | None, zone: str) -> str:
    """Date and time in the zone; a plain date stays a date."""
    if not instant:
        return ""
    if len(instant) == len("2026-11-16"):
        return day(instant)
    return moment(instant, zone)


def height(total: int) -> int:
    """Pixels for as many rows as there are, up to a dozen."""
    return _HEAD + _ROW * min(max(total, 3), _MOST_ROWS) + 4


def _unit(detail: Detail) -> str:
    unit = (detail.histogram or {}).get("unit") or detail.value.unit
    return unit if unit in ("days", "hours", "points") else ""
