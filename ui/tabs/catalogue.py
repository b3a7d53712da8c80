"""The tab "Catalogue": every metric that there is, found by words and categories, each with its definition and its
number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from data.values.charts import ChartPlace
from data.values.metric_value import MetricValue
from data.values.numbers import Answer, Entry
from data.values.problem import Problem
from ui import ids
from ui.attributes import attributes, current
from ui.components.downloads import download_links
from ui.components.icon import icon
from ui.components.metric_card import metric_card
from ui.components.notice import notice
from ui.components.still import each_still
from ui.url import PageView, query
from ui.words import count, unit_words

QUERY, CATEGORY, MEASURE = "q", "category", "measure"  # names in the address
CHARTS = ("metric_over_time", "metric_by_group")
_AGGREGATIONS = {
    "count": "counted", "sum": "added up", "share": "a share", "ratio": "one count ÷ another", "median": "the median",
    "percentile": "a percentile", "mean": "the mean", "rate": "a count for each day",
    "distinct": "different ones counted", "score": "a score made of other metrics",
}  # a table: kept in its rows  # fmt: skip
_BETTER = {"lower": "Lower is better", "higher": "Higher is better", "neither": ""}


@dataclass(frozen=True)
class Part:
    """One category of the list: the entries that were found, and their numbers, as far as they are known."""

    family: str
    title: str
    entries: tuple[Entry, ...]
    values: Mapping[str, MetricValue] | None = None  # by name; None: not asked for yet
    measured: Mapping[str, str] | None = None  # by name: the definitions in force, in one line
    old: bool = False  # the values are of older data, new ones are on their way
    missing: str = ""  # why the numbers of this category are not there


def pane() -> list[Any]:
    """The places of the tab before anything is asked."""
    return [
        html.Div(
            [
                html.Label("Search metrics", htmlFor=ids.Catalogue.SEARCH, className="visually-hidden"),
                icon("search"),
                dbc.Input(
                    id=ids.Catalogue.SEARCH,
                    type="search",
                    name=QUERY,
                    placeholder="Search metrics: lead time, bugs, waiting …",
                    autocomplete="off",
                ),
            ],
            className="catalogue-find",
            role="search",
        ),
        html.Div(skeleton(), id=ids.Catalogue.BODY, className="catalogue"),
        html.Div(_charts(), id=ids.Catalogue.CHARTS, hidden=True),
        html.Div(id=ids.Catalogue.BELOW, className="catalogue-below"),
    ]


def _charts() -> html.Section:
    from ui.components.chart import chart_cards

    return chart_cards(map(ChartPlace, CHARTS), "catalogue", "Taken apart")


def skeleton() -> html.Div:
    """The places of a few entries."""
    bars = ("sk-title", "sk-line", "sk-value", "sk-spark", "sk-line")
    card = html.Div([html.Div(className=f"sk {each}") for each in bars], className="card-metric card-loading")
    return html.Div(
        [card] * 6, className="cards catalogue-cards", **attributes({"aria-busy": "true", "aria-label": "Loading"})
    )


def catalogue_problem(problem: Problem, request_id: str = "") -> html.Div:
    """When the tab could not be filled."""
    return html.Div(notice(problem, request_id=request_id))


def link_to(view: PageView, **own: str | None) -> str:
    """The address of this view with another question of the tab; None takes a name out."""
    asked = {**dict(view.own), **own}
    return query(replace(view, own=tuple((name, value) for name, value in asked.items() if value)).with_metric(None))


# ── the list


def list_page(
    parts: Sequence[Part],
    view: PageView,
    counts: Sequence[tuple[str, str, int]],
    order: Mapping[str, str],
    question: str,
    problem: Problem | None = None,
) -> list[Any]:
    """Chips, and a section for each category. `counts`: (family, title, entries that have the words). What is not known
    yet is asked for with `order`, under the name `question`. `problem`: why there are no numbers at all.
    """
    found = sum(len(each.entries) for each in parts)
    body: list[Any] = [_chips(view, counts), notice(problem) if problem else None]
    if not found:
        body.append(_nothing(view, sum(n for _, _, n in counts)))
    if found:
        asking = problem is None and any(each.values is None or each.old for each in parts)
        body += [
            dcc.Store(id=ids.catalogue_ask(question), data=dict(order)) if asking else None,
            html.Div(sections(parts, view), id=ids.catalogue_grid(question)),
        ]
    return [each for each in body if each is not None]


def _chips(view: PageView, counts: Sequence[tuple[str, str, int]]) -> html.Div:
    chosen = view.asks(CATEGORY) or ""
    every = sum(n for _, _, n in counts)
    chips = [("", "All", every), *counts]
    return html.Div(
        [
            html.Nav(
                [
                    html.A(
                        [title, html.Span(f"{n}", className="kind-count")],
                        href=link_to(view, category=family or None, measure=None) or "?",
                        className="kind",
                        **attributes({"data-nav": "in"}),
                        **current(family == chosen),
                    )
                    for family, title, n in chips
                    if n or family == chosen or not family
                ],
                className="kinds",
                **attributes({"aria-label": "Categories"}),
            ),
            download_links("These numbers", "catalogue", link_to(view, measure=None) or "?") if every else None,
        ],
        className="catalogue-head",
    )


def _nothing(view: PageView, elsewhere: int) -> html.Div:
    words = view.asks(QUERY) or ""
    what = f"No metric {'of this category ' if view.asks(CATEGORY) else ''}has every word of “{words}”."
    ways = [_way("Show all metrics", link_to(view, q=None, category=None))]
    if elsewhere:
        ways.insert(0, _way(f"Show {count(elsewhere, 'metric')} of other categories", link_to(view, category=None)))
    if not words:
        what = "There is no such category."
    todo = "Names, titles, definitions and tags are searched; use fewer or other words."
    return html.Div([notice(Problem(what, todo=todo if words else "", level="info")), *ways], className="line-empty")


def _way(words: str, href: str) -> html.A:
    return html.A(words, href=href or "?", className="btn-quiet", **attributes({"data-nav": "in"}))


def sections(parts: Sequence[Part], view: PageView, missing: str = "") -> list[html.Section]:
    """A section for each category. `missing`: why there are no numbers."""
    return [
        html.Section(
            [html.H3(each.title, className="charts-title"), entry_cards(each, view, each.missing or missing)],
            className="catalogue-part",
        )
        for each in parts
        if each.entries
    ]


def entry_cards(part: Part, view: PageView, missing: str = "") -> html.Div:
    """The entries of a category as cards, each with its number. `missing`: why there are none."""
    measured = part.measured or {}
    cards = [_entry(each, view, part.values, measured.get(each.name, ""), missing) for each in part.entries]
    return html.Div(
        each_still(cards), className="cards catalogue-cards cards-old" if part.old else "cards catalogue-cards"
    )


def _entry(
    entry: Entry, view: PageView, values: Mapping[str, MetricValue] | None, measured: str, missing: str
) -> html.Article:
    href = link_to(view, measure=entry.name)
    words = html.P(entry.description, className="catalogue-words")
    value = (values or {}).get(entry.name)
    if value is not None:
        card = metric_card(value, href=href, measured=measured, place="catalogue", extra_class="catalogue-card")
        heading, *rest = card.children
        card.children = [heading, words, *rest, _about(entry, measured)]
        return card
    heading = html.H3(
        html.A(entry.title, href=href, className="card-open", **attributes({"data-nav": "link"})),
        className="card-heading",
    )
    if missing or values is not None:
        middle: list[Any] = [html.Div(html.Span("–", className="num"), className="card-top")]
        middle.append(html.P(missing or "There is no number.", className="card-words"))
    else:
        middle = [html.Div(className=f"sk {each}") for each in ("sk-value", "sk-spark", "sk-line")]
    return html.Article(
        [heading, words, *middle, _about(entry, measured)],
        className="card-metric catalogue-card" + ("" if missing or values is not None else " card-loading"),
        **attributes({"data-metric": entry.name}),
    )


def _about(entry: Entry, measured: str) -> html.Details:
    """Formula and what else the catalogue knows; behind the link that covers the card."""
    return html.Details(
        [
            html.Summary(
                "Formula and definitions", **attributes({"aria-label": f"Formula and definitions of {entry.title}"})
            ),
            html.P(entry.formula, className="catalogue-formula") if entry.formula else None,
            _facts(entry, measured),
        ],
        className="as-table catalogue-about btn-raised",
    )


def _facts(entry: Entry, measured: str) -> html.Dl:
    told = [
        ("Category", entry.category),
        ("Unit", unit_words(entry.unit)),
        ("Calculated as", _AGGREGATIONS.get(entry.aggregation, entry.aggregation)),
        ("Direction", _BETTER.get(entry.better, "")),
        ("Measured with", measured),
        ("Fixed numbers", "; ".join(f"{name.replace('_', ' ')} {value}" for name, value in entry.parameters)),
        ("Fields it can use", ", ".join(title for _, title in entry.fields)),
        ("Made of", ", ".join(_part_words(name, weight) for name, weight in entry.depends)),
        ("Also found by", ", ".join(entry.tags)),
        ("Name, version", f"{entry.name}, {entry.version}"),
    ]
    return html.Dl([part for name, text in told if text for part in (html.Dt(name), html.Dd(text))], className="facts")


def _part_words(name: str, weight: float | None) -> str:
    said = name.replace("_", " ")
    return said if weight is None else f"{said} {100 * weight:g} %"


# ── one metric


def metric_page(
    entry: Entry, value: MetricValue | None, measured: str, view: PageView, problem: Problem | None = None
) -> list[Any]:
    """One opened metric: what it is, its card, and how it is taken apart; its charts stand below."""
    about = html.Section(
        [
            html.H3("What it is", className="block-title"),
            *(html.P(each, className="catalogue-text") for each in _paragraphs(entry)),
            _facts(entry, ""),
        ],
        className="block",
    )
    card = (
        metric_card(
            value,
            href=query(view.with_metric(entry.name)),
            measured=measured,
            place="catalogue",
            extra_class="catalogue-card",
        )
        if value is not None
        else notice(problem or Problem("There is no number.", level="info"))
    )
    return [
        html.Div(
            [
                html.A(
                    [icon("arrow-left"), "All metrics"],
                    href=link_to(view, measure=None, by=None, over=None, limits=None),
                    className="btn-quiet",
                    **attributes({"data-nav": "in"}),
                ),
                html.Div(
                    [
                        html.H3(entry.title, className="detail-title"),
                        html.Span(f"{entry.category} · {unit_words(entry.unit)}", className="sprints-about"),
                    ],
                    className="catalogue-title",
                ),
                download_links("This number", "metric", query(view.with_metric(entry.name)))
                if value is not None
                else None,
            ],
            className="sprints-head",
        ),
        html.Div([card, about], className="catalogue-one"),
        _controls(view) if value is not None else None,
    ]


def _paragraphs(entry: Entry) -> list[str]:
    return [each.replace("\n", " ") for each in entry.text.split("\n\n") if each.strip()]


GROUPS = {
    "project": "Project",
    "type": "Type",
    "status": "Status",
    "assignee": "Assignee",
    "priority": "Priority",
    "team": "Team",
    "component": "Component",
    "label": "Label",
    "sprint": "Sprint",
    "board": "Board",
    "week": "Week",
}
STEPS = {"": "Automatic", "day": "Days", "week": "Weeks", "month": "Months"}
LIMITS = {"": "Plain", "xmr": "With natural limits"}


def _controls(view: PageView) -> html.Div:
    return html.Div(
        [
            _choice(view, "Over time, in", "over", STEPS, ""),
            _choice(view, "drawn", "limits", LIMITS, ""),
            _choice(view, "By", "by", GROUPS, "project"),
        ],
        className="catalogue-controls",
    )


def _choice(view: PageView, title: str, name: str, choices: Mapping[str, str], default: str) -> html.Div:
    """One of several, as links: each is an address of its own."""
    asked = view.asks(name)
    chosen = asked if asked in choices else default
    return html.Div(
        [
            html.Span(title, className="choice-title"),
            html.Div(
                [
                    html.A(
                        words,
                        href=link_to(view, **{name: None if value == default else value}),
                        className="switch-choice",
                        **attributes({"data-nav": "in"}),
                        **current(value == chosen),
                    )
                    for value, words in choices.items()
                ],
                className="switch-choices",
                role="group",
                **attributes({"aria-label": title}),
            ),
        ],
        className="catalogue-choice",
    )


def no_such_metric(words: str, view: PageView) -> list[Any]:
    """The address names a metric that there is not."""
    problem = Problem("There is no such metric.", words, level="info")
    return [html.Div([notice(problem), _way("Show all metrics", link_to(view, measure=None))], className="line-empty")]


def values_of(answer: Answer) -> dict[str, MetricValue]:
    """The numbers of an answer by name."""
    return {each.metric_name: each for each in answer.values}
