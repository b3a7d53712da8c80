"""The tab "Data quality": how the last sync went, and what in the data makes numbers doubtful."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import html

from data.values.overview import Caveat
from data.values.problem import Problem
from data.values.quality import Finding, Quality
from data.values.status import Status
from ui.attributes import attributes
from ui.components.notice import notice
from ui.components.still import still
from ui.url import PageView, query
from ui.words import count, moment, parse_instant

NOTHING = "No gaps found in the data that was read. What each number leaves out is on its card."
EVERYTHING = PageView(tab="quality")
_LEVELS = {"danger": "Serious", "warning": "Warning", "info": "Good to know"}
_MODES = {
    "full": "everything was read",
    "incremental": "what had changed was read",
    "fill": "what had changed and newly mapped fields were read",
}
_MOST_WARNINGS = 50


def quality_page(
    quality: Quality,
    status: Status,
    view: PageView = EVERYTHING,
    days: str = "",
    caveats: Sequence[Caveat] | None = None,
) -> html.Div:
    """Findings first, the worst at the top; then the last sync, and the numbers of the view's `days` that need care,
    with which the overview must agree. `doubts`: None where they are not calculated.
    """
    parts = [
        _findings(quality, status),
        _last_sync(quality.sync, status),
        _numbers(view, days, caveats) if days else None,
    ]
    return html.Div([each for each in parts if each is not None], className="quality-page")


def skeleton() -> html.Div:
    """The places of both, before they are known."""
    lines = [html.Div(className=f"sk {each}") for each in ("sk-title", "sk-line", "sk-line", "sk-line")]
    return html.Div([html.Div(lines, className="block"), html.Div(lines, className="block")], className="quality-page")


def quality_problem(problem: Problem, request_id: str = "") -> html.Div:
    """When the data could not be looked at."""
    return html.Div(notice(problem, request_id=request_id), className="quality-page")


# ── findings


def _findings(quality: Quality, status: Status) -> html.Section:
    order = list(_LEVELS)
    found = sorted(quality.findings, key=lambda each: order.index(each.level) if each.level in order else 1)
    doubtful = [each for each in found if each.level != "info"]
    if doubtful:
        shown: Any = still(html.Ul([_finding(each) for each in doubtful], className="findings"))
    elif status.synced_at:
        shown = html.P(_dotted("ok", NOTHING), className="quality-nothing")
    else:
        shown = html.P("There is no data yet. What is found in it appears here after the first sync.")
    notes = [each for each in found if each.level == "info"]
    about = f"In all {count(status.issue_count, 'issue')}, whatever period and filters are chosen."
    return html.Section(
        [
            html.H3("What makes numbers doubtful", className="block-title"),
            html.P(about, className="quality-about") if status.synced_at else None,
            shown,
            html.H3("Good to know", className="block-title findings-more") if notes else None,
            still(html.Ul([_finding(each) for each in notes], className="findings")) if notes else None,
        ],
        className="block",
    )


def _finding(finding: Finding) -> html.Li:
    level = finding.level if finding.level in _LEVELS else "warning"
    return html.Li(
        [
            html.Div(
                [
                    html.H4(
                        [
                            html.Span(className="dot", role="img", **attributes({"aria-label": _LEVELS[level]})),
                            finding.title,
                        ],
                        className=f"finding-title level-{level}",
                    ),
                    html.Span(count(finding.issues, "issue"), className="finding-count")
                    if finding.issues is not None
                    else None,
                ],
                className="finding-head",
            ),
            html.Dl(
                [
                    part
                    for name, words in (("Effect", finding.effect), ("To do", finding.todo))
                    if words
                    for part in (html.Dt(name), html.Dd(words))
                ],
                className="facts finding-facts",
            ),
        ],
        className="finding",
    )


# ── the numbers


def _numbers(view: PageView, days: str, caveats: Sequence[Caveat] | None) -> html.Section:
    """What the data lacks is above; what the numbers of some days leave out of it is told here and on the overview."""
    there = replace(view.with_metric(None), own=())
    if caveats:
        shown: Any = still(html.Ul([_careful(each, there) for each in caveats], className="findings findings-short"))
    elif caveats is None:
        shown = html.P("They are not calculated yet; the overview does it.")
    else:
        shown = html.P("None of these numbers leaves out much or waits for a field.")
    narrowed = ", with the filters and definitions of the view" if view.filters else ""
    way = html.A(
        "Before you trust these numbers",
        href=query(replace(there, tab="overview")) or "?",
        **attributes({"data-nav": "link"}),
    )
    return html.Section(
        [
            html.H3("Numbers to be careful with", className="block-title"),
            html.P(f"Of {days}{narrowed}; the findings above are about all data.", className="quality-about"),
            shown,
            html.P(["More on the overview: ", way, "."], className="quality-more"),
        ],
        className="block",
    )


def _careful(caveat: Caveat, view: PageView) -> html.Li:
    level = caveat.level if caveat.level in _LEVELS else "warning"
    href = query(replace(view, tab="overview", metric=caveat.metric)) or "?"
    return html.Li(
        [
            html.Div(
                [
                    html.Span(className="dot", role="img", **attributes({"aria-label": _LEVELS[level]})),
                    html.A(caveat.title, href=href, **attributes({"data-nav": "link"})),
                ],
                className=f"finding-title level-{level}",
            ),
            html.P(caveat.sentence, className="finding-why"),
        ],
        className="finding",
    )


# ── the last sync


def _last_sync(sync: Mapping[str, Any] | None, status: Status) -> html.Section:
    if not sync:
        body: list[Any] = [html.P("No sync has ended yet.", className="muted")]
    else:
        body = [
            html.P(_outcome(sync), className="sync-outcome"),
            _error(sync.get("error")),
            html.Dl(
                [part for row in _rows(sync, status) for part in (html.Dt(row[0]), html.Dd(row[1]))], className="facts"
            ),
            _warnings(sync.get("warnings") or ()),
        ]
    return html.Section([html.H3("Last sync", className="block-title"), *body], className="block block-sync")


def _outcome(sync: Mapping[str, Any]) -> list[Any]:
    error = sync.get("error") or {}
    if error.get("code") == "cancelled":
        return _dotted("info", "Cancelled: the data is as it was before.")
    if error:
        return _dotted("danger", "It did not work: the data is as it was before.")
    how = _MODES.get(str(sync.get("mode")), "")
    if sync.get("complete"):
        return _dotted("ok", f"Complete{': ' if how else ''}{how}.")
    return _dotted("warning", "Not complete: some of what Jira has could not be read.")


def _error(error: Mapping[str, Any] | None) -> Any:
    if not error or error.get("code") == "cancelled":
        return None
    return notice(Problem(str(error.get("message") or ""), todo=str(error.get("hint") or ""), level="danger"))


_COUNTED = (
    ("Jira counted", "expected", "issue"),
    ("Read", "fetched", "issue"),
    ("New or changed", "changed", "issue"),
    ("Gone from the query", "removed", "issue"),
    ("Sent twice", "duplicates", "issue"),
    ("Incomplete history", "incomplete_histories", "issue"),
    ("Taken over from a try before", "resumed", "issue"),
    ("Queries begun anew", "restarts", ""),
    ("Requests to Jira", "requests", ""),
    ("Held now", "issues", "issue"),
)
_RARE = {"resumed", "restarts"}  # not worth a line when there were none
_COUNTED_IN_VAIN = _COUNTED[-2:]  # what a sync had read before it failed is not held


def _rows(sync: Mapping[str, Any], status: Status) -> list[tuple[str, str]]:
    """When, how long, and what it counted; what it did not count is left out."""
    rows: list[tuple[str, str]] = []
    if ended := sync.get("finished_at"):
        rows.append(("Ended", moment(ended, status.zone)))
        if began := sync.get("started_at"):
            rows.append(("It took", took((parse_instant(ended) - parse_instant(began)).total_seconds())))
    for title, name, noun in _COUNTED_IN_VAIN if sync.get("error") else _COUNTED:
        if isinstance(number := sync.get(name), int) and (number or name not in _RARE):
            rows.append((title, count(number, noun) if noun else f"{number:,}"))
    return rows


def took(seconds: float) -> str:
    """0.8 seconds, 42 seconds, 3 min 20 s, 2 h 5 min."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} seconds"
    if seconds < 100:
        return f"{seconds:.0f} seconds"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _warnings(warnings: list[Any] | tuple[Any, ...]) -> html.Details | None:
    if not warnings:
        return None
    return html.Details(
        [
            html.Summary(f"Messages ({len(warnings):,})"),
            html.Ul([html.Li(str(each)) for each in warnings[:_MOST_WARNINGS]], className="notes"),
        ],
        className="as-table",
    )


def _dotted(level: str, words: str) -> list[Any]:
    return [
        html.Span(html.Span(className="dot", **attributes({"aria-hidden": "true"})), className=f"level-{level}"),
        html.Span(words),
    ]
