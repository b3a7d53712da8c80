"""The tab "Overview": three sentences, the cards of the headline families, what changed by more than noise, what is
ageing, what needs care.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html

from data.values.overview import Ageing, Caveat, Change, KeyPoint, Overview
from data.values.problem import Problem
from data.values.status import Status
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.issue_links import issue_links
from ui.components.metric_card import skeletons
from ui.components.notice import notice
from ui.components.sparkline import limits_line
from ui.tabs.cards import SMALL, SMALL_STYLE
from ui.url import PageView, query
from ui.words import number

PLACE, POINTS = "overview-doubts", "overview-points"
AGEING = "overview-ageing"  # where the list of ageing items stands
_LEVELS = {"danger": "Serious", "warning": "Warning", "info": "Good to know"}


def pane() -> list[Any]:
    """Places of the final size, before anything is asked."""
    return [
        html.Div(id=ids.Overview.STEPS),
        html.Div(points_skeleton(), id=ids.Overview.POINTS, className="points"),
        html.Div(skeletons(SMALL, style=SMALL_STYLE), id=ids.Overview.CARDS, className="pane-cards"),
        html.Div(skeleton(), id=ids.Overview.BODY, className="overview"),
    ]


def skeleton() -> list[Any]:
    """The places of the three lists."""
    lines = [html.Div(className=f"sk {each}") for each in ("sk-title", "sk-line", "sk-line", "sk-line", "sk-line")]
    return [html.Div(lines, className=f"block overview-{each}") for each in ("changes", "ageing", "doubts")]


def points_skeleton() -> list[Any]:
    """The places of the three sentences."""
    return [html.Div([html.Div(className=f"sk {each}") for each in ("sk-title", "sk-line")], className="point")] * 3


def points(overview: Overview, view: PageView) -> list[Any]:
    """What changed, what is at risk and what to do next: a sentence each, with its evidence and a way there."""
    return [_point(each, view) for each in overview.points]


def overview_page(overview: Overview, view: PageView) -> list[Any]:
    """The three lists."""
    return [_changes(overview, view), _ageing(overview, view), _caveats(overview.caveats, view)]


def overview_problem(problem: Problem, request_id: str = "") -> list[Any]:
    """When nothing can be said."""
    return [notice(problem, request_id=request_id)]


def not_yet(status: Status) -> list[Any]:
    """Before the first sync has ended: what will stand here; what is going on, the cards say."""
    if status.sync.state == "running":
        return skeleton()
    words = "What changed, what is ageing and what to be careful with appear here after the first sync."
    return [html.P(words, className="muted")]


def nothing_to_list() -> list[Any]:
    """For a view that cannot be measured; what is wrong with it stands above."""
    return [html.P("What changed and what is ageing appear here when the view can be shown.", className="muted")]


# ── in three sentences


def _point(point: KeyPoint, view: PageView) -> html.Section:
    return html.Section(
        [
            html.P(point.question, className="point-question"),
            html.P(point.sentence, className="point-sentence"),
            html.P(
                [html.Span(f"{point.evidence} ", className="point-evidence"), _explained(point, view)],
                className="muted",
            ),
        ],
        className="point",
    )


def _explained(point: KeyPoint, view: PageView) -> Any:
    if point.action == "ageing":
        return html.A("See the list", href=f"#{AGEING}", className="overview-way")
    return _way_of(point.action, point.metric, point.question, view, POINTS)


# ── what changed


def _changes(overview: Overview, view: PageView) -> html.Section:
    return html.Section(
        [
            html.H3("What changed", className="block-title"),
            html.P(overview.changes_words, className="overview-said"),
            html.Ul([_change(each, view) for each in overview.changes], className="overview-list")
            if overview.changes
            else None,
        ],
        className="block overview-changes",
    )


def _change(change: Change, view: PageView) -> html.Li:
    shift = html.Span(change.shift, className="change change-neutral")
    picture = limits_line(
        change.weeks,
        (change.lower, change.mean, change.upper),
        before=change.before,
        marked=change.marked,
        words=f"{change.title} by week, {_course(change.weeks)}; the weeks of the period are shaded",
    )
    return html.Li(
        [
            html.Div(
                [
                    html.Div([_opens(change.title, change.metric, view), shift], className="overview-head"),
                    html.P(change.sentence),
                    html.P([f"{change.basis} Rule: {change.rule}."], className="muted"),
                    html.P(change.todo, className="overview-todo"),
                ],
                className="overview-words",
            ),
            picture,
        ],
        className="overview-entry",
    )


def _course(weeks: Sequence[float | None]) -> str:
    known = [each for each in weeks if each is not None]
    return f"from {number(known[0], 2)} to {number(known[-1], 2)}" if known else "without values"


def _opens(title: str, metric: str, view: PageView) -> html.A:
    """Opens the same detail as the card of the metric."""
    href = query(view.with_metric(metric)) or "?"
    return html.A(title, href=href, className="overview-open", **attributes({"data-nav": "link"}))


# ── what is ageing


def _ageing(overview: Overview, view: PageView) -> html.Section:
    more = overview.over - len(overview.ageing)
    return html.Section(
        [
            html.H3("Ageing dangerously", className="block-title"),
            html.P(overview.ageing_words, className="overview-said"),
            _table(overview.ageing, view) if overview.ageing else None,
            html.P(f"The oldest are shown; {more:,} more are too old.", className="muted") if more > 0 else None,
        ],
        className="block overview-ageing",
        id=AGEING,
    )


def _table(items: Sequence[Ageing], view: PageView) -> html.Div:
    heads = [
        html.Th(words, scope="col", className="right" if words == "Age" else None)
        for words in ("Item", "Status", "Assignee", "Age", "Compared with")
    ]
    return html.Div(
        html.Table(
            [html.Thead(html.Tr(heads)), html.Tbody([_row(each, view) for each in items])],
            className="plain-table ageing-table",
        ),
        className="overview-scroll",
        tabIndex="0",
        role="region",
        **attributes({"aria-label": "Items that are ageing dangerously"}),
    )


def _row(item: Ageing, view: PageView) -> html.Tr:
    return html.Tr(
        [
            html.Th(
                [
                    html.Span(issue_links(item.key, item.url, view), className="ageing-key"),
                    html.Span(item.summary, className="ageing-summary"),
                    html.Span(item.type, className="ageing-type"),
                ],
                scope="row",
            ),
            html.Td(item.status),
            html.Td(item.assignee or html.Span("nobody", className="muted")),
            html.Td(f"{item.age:,.0f} d", className="right ageing-age"),
            html.Td(item.compared, className="muted"),
        ]
    )


# ── what cannot be trusted


def _caveats(found: Sequence[Caveat], view: PageView) -> html.Section:
    shown: Any = html.P("Nothing was found that makes these numbers doubtful.", className="overview-said")
    if found:
        shown = html.Ul([_caveat(each, view) for each in found], className="overview-list")
    return html.Section(
        [
            html.H3("Before you trust these numbers", className="block-title"),
            html.P(
                [
                    "About these days and filters. What all data lacks is on ",
                    html.A(
                        "Data quality",
                        href=query(replace(view.with_metric(None), tab="quality", own=())) or "?",
                        **attributes({"data-nav": "link"}),
                    ),
                    ".",
                ],
                className="quality-about",
            ),
            shown,
        ],
        className="block overview-doubts",
    )


def _caveat(caveat: Caveat, view: PageView) -> html.Li:
    level = caveat.level if caveat.level in _LEVELS else "warning"
    return html.Li(
        [
            html.Div(
                [
                    html.Span(className=f"dot level-{level}", title=_LEVELS[level]),
                    html.Strong(caveat.title),
                    html.Span(_LEVELS[level], className="visually-hidden"),
                ],
                className="overview-head",
            ),
            html.P(caveat.sentence),
            html.P(
                [caveat.todo, " ", _way_of(caveat.action, caveat.metric, caveat.title, view, PLACE)],
                className="overview-todo",
            ),
        ],
        className="overview-doubt",
    )


def _way_of(action: str, metric: str, about: str, view: PageView, place: str) -> Any:
    """The link or button that leads to where something is explained or put right; None where there is no such place."""
    if action == "mapping":
        return html.Button(
            [icon("sliders2"), "Configure mappings"],
            id=ids.configure(metric, place),
            className="btn-link-quiet",
            type="button",
            **attributes({"aria-label": f"Configure mappings: {about}"}),
        )
    if action == "metric":
        return _way("Open", query(view.with_metric(metric)), about)
    if action == "quality":
        there = replace(view.with_metric(None), tab="quality", own=())
        return _way("Data quality", query(there), about)
    return None


def _way(words: str, href: str, about: str) -> html.A:
    names = attributes({"data-nav": "link", "aria-label": f"{words}: {about}"})
    return html.A(words, href=href or "?", className="overview-way", **names)
