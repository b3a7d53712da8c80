"""The history of one issue: its statuses as bars on one timeline, and what each number does with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dash import html

from data.values.issue_history import Counted, IssueHistory, Stay
from ui.attributes import attributes
from ui.components.issue_links import jira_link
from ui.detail import subject
from ui.url import PageView, query
from ui.words import moment, number, parse_instant

KINDS = {
    "not started": "Not started",
    "in progress": "In progress",
    "active": "Active",
    "waiting": "Waiting",
    "blocked": "Blocked",
    "done": "Done",
    "discarded": "Discarded",
    "sprint": "Sprint",
}
_WORK = ("in progress", "active", "waiting", "blocked")
_TICKS = 5


def issue_page(history: IssueHistory, view: PageView, zone: str) -> html.Div:
    """The whole panel."""
    return html.Div(
        [_head(history, view), *sections(history, view, zone)],
        className="detail-page",
        **attributes({"data-detail-of": subject(view)}),
    )


def sections(history: IssueHistory, view: PageView, zone: str) -> list[html.Section]:
    """Timeline, statuses as a table, and the part in each number."""
    return [_line(history, zone), _counted(history.counted, view), _table(history, zone)]


def _head(history: IssueHistory, view: PageView) -> html.Div:
    back = view.with_issue(None)
    reached_from = back.metric or back.chart
    links: list[Any] = [jira_link(history.key, history.url, "Open in Jira")] if history.url else []
    if reached_from:
        links.append(html.A("Back to the list", href=query(back) or "?", **attributes({"data-nav": "in"})))
    told = [history.type, history.status, f"assigned to {history.assignee}" if history.assignee else "nobody assigned"]
    return html.Div(
        [
            html.H2(f"{history.key} {history.summary}", className="detail-title"),
            html.Div(", ".join(filter(None, told)), className="detail-when"),
            html.P(_reading(history), className="detail-definition"),
            html.Div(links, className="issue-ways") if links else None,
        ],
        className="detail-head",
    )


def _reading(history: IssueHistory) -> str:
    """How its time was spent, in a sentence or two."""
    work = sum(each.days for each in history.stays if each.kind in _WORK)
    before = sum(each.days for each in history.stays if each.kind == "not started")
    parts = {kind: sum(each.days for each in history.stays if each.kind == kind) for kind in ("active", "waiting")}
    said = f"{_days(before)} before work began, {_days(work)} in progress"
    known = [f"{_days(n)} {kind}" for kind, n in parts.items() if n]
    said += f" ({', '.join(known)})." if known else "."
    stuck = sum(each.days for each in history.blocked)
    said += f" It was blocked for {_days(stuck)}." if stuck else ""
    return said if history.complete else f"{said} Jira did not give the whole history: earlier statuses may be missing."


def _days(amount: float) -> str:
    return f"{number(amount, 2)} {'day' if number(amount, 2) == '1' else 'days'}"


def _line(history: IssueHistory, zone: str) -> html.Section:
    first, last = parse_instant(history.created), parse_instant(history.until)
    length = max((last - first).total_seconds(), 60.0)

    def spot(instant: str | None) -> float:
        at = parse_instant(instant) if instant else last
        return 100 * min(max((at - first).total_seconds() / length, 0.0), 1.0)

    names = dict.fromkeys(each.name for each in history.stays)
    rows = [_bars(name, [each for each in history.stays if each.name == name], spot, zone) for name in names]
    rows += [_bars("Blocked", history.blocked, spot, zone)] if history.blocked else []
    rows += [_bars(name, [e for e in history.sprints if e.name == name], spot, zone) for name in _names(history)]
    for event in history.deployments:
        mark = html.Span(className="past-mark", style={"left": f"{spot(event.at):.2f}%"}, title=moment(event.at, zone))
        rows.append(_row(event.name, [mark], moment(event.at, zone).partition(",")[0]))
    kinds = dict.fromkeys(each.kind for each in (*history.stays, *history.blocked, *history.sprints))
    legend = [
        html.Span([html.Span(className=f"past-dot {_style(each)}"), KINDS[each]]) for each in KINDS if each in kinds
    ]
    return html.Section(
        [
            html.H3("Timeline", className="block-title"),
            html.Div(legend, className="past-legend"),
            html.Div([*rows, _row("", _ticks(first, last, zone), "")], className="past"),
        ],
        className="block",
    )


def _names(history: IssueHistory) -> list[str]:
    return list(dict.fromkeys(each.name for each in history.sprints))


def _style(kind: str) -> str:
    return f"past-{kind.replace(' ', '-')}"


def _bars(name: str, stays: Sequence[Stay], spot: Any, zone: str) -> html.Div:
    bars = [
        html.Span(
            className=f"past-bar {_style(each.kind)}",
            style={"left": f"{spot(each.start):.2f}%", "width": f"{max(spot(each.end) - spot(each.start), 0.4):.2f}%"},
            title=f"{name}: {_span(each, zone)}, {_days(each.days)}",
        )
        for each in stays
    ]
    return _row(name, bars, f"{number(sum(each.days for each in stays), 2)} d")


def _row(name: str, inside: list[Any], amount: str) -> html.Div:
    return html.Div(
        [html.Span(name, className="past-name"), html.Span(inside, className="past-track"), html.Span(amount)],
        className="past-row",
    )


def _ticks(first: datetime, last: datetime, zone: str) -> list[Any]:
    """A few days below the bars; the first and the last are the ends of the line."""
    step = (last - first) / (_TICKS - 1)
    if last - first < timedelta(days=_TICKS):
        spots = [(0.0, first), (100.0, last)]
    else:
        spots = [(100 * n / (_TICKS - 1), first + n * step) for n in range(_TICKS)]
    words = [(place, moment(at.astimezone(UTC).isoformat(), zone).partition(",")[0]) for place, at in spots]
    return [
        html.Span(text, className="past-tick", style={"left": f"{place:.1f}%", "--at": f"{-place:.1f}%"})
        for place, text in words
    ]


def _span(stay: Stay, zone: str) -> str:
    return f"{moment(stay.start, zone)} – {moment(stay.end, zone) if stay.end else 'now'}"


def _table(history: IssueHistory, zone: str) -> html.Section:
    heads = ("Status", "Counts as", "From", "To", "Days")
    rows = [
        html.Tr(
            [
                html.Th(each.name, scope="row"),
                html.Td(KINDS[each.kind]),
                html.Td(moment(each.start, zone)),
                html.Td(moment(each.end, zone) if each.end else "now"),
                html.Td(number(each.days, 2), className="right"),
            ]
        )
        for each in history.stays
    ]
    head = html.Tr([html.Th(each, scope="col", className="right" if each == "Days" else "") for each in heads])
    return html.Section(
        [
            html.H3("Statuses", className="block-title"),
            html.Div(
                html.Table([html.Thead(head), html.Tbody(rows)], className="plain-table past-table"),
                className="overview-scroll",
                tabIndex="0",
                role="region",
                **attributes({"aria-label": "Statuses of this issue"}),
            ),
            html.P("A day is 24 hours here; numbers may count working time only.", className="muted past-note"),
        ],
        className="block",
    )


def _counted(counted: Sequence[Counted], view: PageView) -> html.Section:
    title = html.H3("In the numbers of this period", className="block-title")
    if not counted:
        words = "It is in none of them: nothing that they count happened to it in these days."
        return html.Section([title, html.P(words, className="muted")], className="block")
    facts: list[Any] = []
    for each in counted:
        link = html.A(each.title, href=query(view.with_metric(each.metric)), **attributes({"data-nav": "in"}))
        if each.used:
            value = f"counts, with {number(each.value, 3)} {each.unit}" if each.value is not None else "counts"
        else:
            value = f"left out: {each.reason}"
        facts += [html.Dt(link), html.Dd(value)]
    return html.Section([title, html.Dl(facts, className="facts")], className="block")
