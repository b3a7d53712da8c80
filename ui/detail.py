"""What one number is made of: definition, figures, steps, distribution, what was left out, the issues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from data.values.change import change, interval_words, why_no_verdict
from data.values.charts import Picked
from data.values.numbers import Detail
from data.values.periods import Period
from data.values.problem import Problem
from data.values.status import Status
from data.values.switches import Switch
from ui import figures
from ui.attributes import attributes
from ui.components.definitions import switch_section
from ui.components.downloads import download_links
from ui.components.issue_table import columns, issue_table, table_of, which_issues
from ui.components.metric_card import tier
from ui.components.notice import notice
from ui.url import PageView, query
from ui.words import FLOW_ITEMS, TIER_CLASS, confidence, headline, moment, notes, number, span, unit_words

_NOT_TIERS = ("year", "note", "source")


def detail_page(
    detail: Detail, view: PageView, period: Period, status: Status, question: str, order: dict[str, str]
) -> html.Div:
    """The whole panel. `question` names the table in it, `order` is what its rows are asked with."""
    blocks: list[Any] = [_head(detail, view, period)]
    if detail.value.ok:
        blocks.append(figures_section(detail, status))
    else:
        blocks.append(notice(Problem(detail.value.error_message or "There is no number.", level="info")))
    blocks += [steps_section(detail.steps), _chart(detail)]
    if detail.value.total_issue_count:
        blocks.append(
            html.Section(
                [html.H3("Behind this number", className="block-title"), *issue_table(detail, question, order)],
                className="block",
            )
        )
    blocks += [switch_section(detail.switches)]
    return html.Div(
        [each for each in blocks if each is not None],
        className="detail-page",
        **attributes({"data-detail-of": view.metric}),
    )


def chart_page(
    picked: Picked,
    view: PageView,
    period: Period,
    question: str,
    order: dict[str, str],
    switches: Sequence[Switch] = (),
    history: Sequence[html.Section] = (),
) -> html.Div:
    """The panel for a point of a chart, or for all of it: which issues it stands for, by which definitions.

    `history`: that of the issue, where it is one alone.
    """
    own = query(view)
    rows = "" if picked.issues == picked.used else f", in {picked.used:,} rows"
    counted = (
        f"{picked.issues:,} issue{'s' * (picked.issues != 1)} behind this {'point' if picked.label else 'chart'}{rows}"
    )
    head = html.Div(
        [
            html.H2(picked.label or picked.title, className="detail-title"),
            html.Div(
                f"{picked.title}, {span(period.first, period.last)}"
                if picked.label
                else span(period.first, period.last),
                className="detail-when",
            ),
            html.P(picked.help.partition("\n\n")[0].replace("\n", " "), className="detail-definition"),
            html.Div(download_links("These issues", "chart-issues", own), className="detail-downloads"),
        ],
        className="detail-head",
    )
    unit = picked.unit if picked.unit in ("days", "hours", "points") else ""
    table = table_of(
        picked.total,
        which_issues(picked.total, picked.used, picked.exclusions),
        columns(unit, picked.outcome_title),
        question,
        order,
    )
    return html.Div(
        [
            head,
            html.Section([html.H3(counted, className="block-title"), *table], className="block"),
            *history,
            switch_section(switches) if switches else _in_force(picked.definitions),
        ],
        className="detail-page",
        **attributes({"data-detail-of": subject(view)}),
    )


def _in_force(definitions: Sequence[tuple[str, str]]) -> html.Section | None:
    """The definitions of a chart, as they are in force."""
    if not definitions:
        return None
    facts = [part for name, value in definitions for part in (html.Dt(name), html.Dd(value))]
    title = html.H3("Definitions in force", className="block-title")
    return html.Section([title, html.Dl(facts, className="facts")], className="block")


def subject(view: PageView) -> str:
    """What the panel is about, as ui/assets/page.js names it."""
    if view.issue:
        return f"issue {view.issue}"
    return view.metric or f"chart {view.chart or ''} {view.pick}"


def detail_problem(problem: Problem, about: str, request_id: str = "") -> html.Div:
    """The panel when there is nothing to show in it."""
    kinds = {"chart": "This chart", "issue": "This issue"}
    what = kinds.get(about.partition(" ")[0], "This number")
    return html.Div(
        [html.H2(f"{what} cannot be shown", className="detail-title"), notice(problem, request_id=request_id)],
        className="detail-page",
        **attributes({"data-detail-of": about}),
    )


def _head(detail: Detail, view: PageView, period: Period) -> html.Div:
    before = period.previous()
    own = query(view)
    return html.Div(
        [
            html.H2(detail.title, className="detail-title"),
            html.Div(
                f"{span(period.first, period.last)}, compared with {span(before.first, before.last)}",
                className="detail-when",
            ),
            html.P(detail.definition, className="detail-definition"),
            html.Div(
                [
                    download_links("This number", "metric", own),
                    download_links("Its issues", "issues", own) if detail.value.total_issue_count else None,
                ],
                className="detail-downloads",
            ),
        ],
        className="detail-head",
    )


def figures_section(detail: Detail, status: Status) -> html.Section:
    """The number, its change, what it is made of, and the tiers."""
    value = detail.value
    shown, unit = headline(value)
    arrow, words, mood = change(value)
    before = value.details.get("previous_value")
    facts = [
        ("Exactly", f"{number(value.value, 6)} {unit_words(value.unit)}"),
        ("Before", f"{number(before, 6)} {unit_words(value.unit)}" if before is not None else "no number"),
        *((("95 % interval", likely),) if (likely := interval_words(value)) else ()),
        ("Used", f"{value.details.get('used', 0):,}"),
        ("Left out", f"{value.excluded_issue_count:,}"),
        ("Data as of", moment(status.synced_at, status.zone)),
    ]
    said = [each for each in (*notes(value), confidence(value), why_no_verdict(value)) if each]
    left = html.Div(
        [
            html.Div(
                [
                    html.Span(
                        [html.Span(shown, className="num"), html.Span(unit, className="unit")], className="value"
                    ),
                    tier(value),
                ],
                className="card-top",
            ),
            html.Div([html.Span(arrow, className="arrow"), words], className=f"change change-{mood}")
            if arrow
            else None,
            html.Dl([part for name, text in facts for part in (html.Dt(name), html.Dd(text))], className="facts"),
            html.Ul([html.Li(each) for each in said], className="notes") if said else None,
        ]
    )
    return html.Section([left, _tiers(detail)], className="block detail-figures")


def _tiers(detail: Detail) -> html.Div | None:
    known = detail.value.details.get("benchmarks") or {}
    rows = [(name, words) for name, words in known.items() if name not in _NOT_TIERS]
    if not rows:
        return None
    here = detail.value.performance_tier
    return html.Div(
        [
            html.H3("Tiers", className="block-title"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Span(
                                [html.Span(className="dot"), name],
                                className=f"tier tier-{TIER_CLASS.get(name, 'none')}",
                            ),
                            html.Span(str(words)),
                        ],
                        className="tier-row is-here" if name == here else "tier-row",
                    )
                    for name, words in rows
                ],
                className="tiers",
            ),
            html.Div(f"DORA report {known.get('year', '')}", className="tiers-source"),
        ]
    )


def steps_section(steps: Sequence[str]) -> html.Section | None:
    """How it was calculated, with the real figures."""
    if not steps:
        return None
    return html.Section(
        [
            html.H3("How it was calculated", className="block-title"),
            html.Ol([html.Li(each) for each in steps], className="steps"),
        ],
        className="block",
    )


def _chart(detail: Detail) -> html.Section | None:
    if detail.histogram and any(detail.histogram.get("counts") or ()):
        unit = detail.histogram.get("unit", "")
        edges = detail.histogram["edges"]
        rows = [
            (figures.span_words(left, right, unit), f"{n:,}")
            for left, right, n in zip(edges, edges[1:], detail.histogram["counts"], strict=False)
        ]
        return figure_section(
            "Distribution", figures.histogram(detail.histogram), (unit.capitalize() or "Range", "Issues"), rows
        )
    if detail.bars:
        named = [(FLOW_ITEMS.get(name, name), value) for name, value in detail.bars]
        unit = "%" if "distribution" in detail.value.details else ""
        rows = [(name, f"{number(value, 6)} {unit}".strip()) for name, value in named]
        return figure_section("Distribution" if unit else "Over time", figures.bars(named, unit), ("", "Value"), rows)
    return None


def figure_section(
    title: str, figure: dict[str, Any], head: tuple[str, str], rows: list[tuple[str, str]]
) -> html.Section:
    """A chart with the same as a table."""
    tall = 36 * len(rows) + 16 if figure["data"][0].get("orientation") == "h" else 240
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(head[0], scope="col"), html.Th(head[1], className="right", scope="col")])),
            html.Tbody([html.Tr([html.Td(left), html.Td(right, className="right")]) for left, right in rows]),
        ],
        className="plain-table",
    )
    return html.Section(
        [
            html.H3(title, className="block-title"),
            dcc.Graph(figure=figure, config=figures.CONFIG, className="chart", style={"height": f"{tall}px"}),
            html.Details([html.Summary("Show as a table"), table], className="as-table"),
        ],
        className="block",
    )


def _switches(switches: Sequence[tuple[str, str, str]]) -> html.Section | None:
    if not switches:
        return None
    return html.Section(
        [
            html.H3("Definition in force", className="block-title"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Span(name.replace("_", " ").capitalize()),
                            html.Span(str(now).replace("_", " ") or "–", className="switch-value"),
                            html.Span(words, className="switch-help"),
                        ],
                        className="switch",
                    )
                    for name, now, words in switches
                ],
                className="switches",
            ),
        ],
        className="block",
    )
