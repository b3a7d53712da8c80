"""The tab "Catalogue": entries at once, numbers behind them; an opened metric with its card; and the same as a file."""

from __future__ import annotations

from typing import Any

from dash import MATCH, Input, Output, callback, no_update
from flask import Response

from callbacks.cards import question_id
from callbacks.context import period_of, problem_in_tab, workspace
from callbacks.export import CSV, asked_file, csv_file, downloads, workbook_file
from data.services.downloads import Downloads
from data.values.periods import Period
from data.values.problem import Problem
from ui import ids
from ui.components.definitions import switch_section
from ui.tabs.catalogue import (
    CATEGORY,
    MEASURE,
    QUERY,
    Part,
    catalogue_problem,
    list_page,
    metric_page,
    no_such_metric,
    sections,
    values_of,
)
from ui.url import View, parse

_NOT_YET = Problem("There are no issues yet.", todo="Numbers appear here after the first sync.", level="info")


@callback(
    Output(ids.Catalogue.BODY, "children"),
    Output(ids.Catalogue.CHARTS, "hidden"),
    Output(ids.Catalogue.BELOW, "children"),
    Input(ids.tab_view("catalogue"), "data"),
    prevent_initial_call=True,
)
def show_catalogue(view: dict[str, str] | None) -> tuple[Any, Any, Any]:
    """The list, or the metric that the URL opens. Numbers that are not known yet follow by `show_values`."""
    if not view:
        return no_update, no_update, no_update
    asked = parse(view["query"])
    try:
        if asked.asks(MEASURE):
            return _opened(asked)
        return _list(asked, view), True, None
    except Exception as error:  # noqa: BLE001 - the tab is open and must say something
        problem, request_id = problem_in_tab(error)
        return catalogue_problem(problem, request_id), True, None


def _list(asked: View, view: dict[str, str]) -> list[Any]:
    period, problem = _period(asked)
    parts = [_known(asked, family, title, entries, period) for family, title, entries in _found(asked)]
    return list_page(parts, asked, _counts(asked), view, question_id(view), problem)


def _counts(asked: View) -> list[tuple[str, str, int]]:
    """How many metrics of each category have the words."""
    desk, words = workspace().catalogue, asked.asks(QUERY) or ""
    return [(family, title, len(desk.search(words, family))) for family, title in desk.categories.items()]


def _found(asked: View) -> list[tuple[str, str, tuple[Any, ...]]]:
    """The categories that are listed, with their entries."""
    desk, words, chosen = workspace().catalogue, asked.asks(QUERY) or "", asked.asks(CATEGORY)
    listed = [each for each in desk.categories.items() if chosen in (None, each[0])]
    made = [(family, title, desk.search(words, family)) for family, title in listed]
    return [each for each in made if each[2]]


def _known(asked: View, family: str, title: str, entries: tuple[Any, ...], period: Period | None) -> Part:
    """A category with what is known of it without calculating anything."""
    if period is None:
        return Part(family, title, entries, {})
    known = workspace().catalogue.known(family, period, asked.filters)
    values = values_of(known) if known.values else None
    return Part(family, title, entries, values, _measured(asked, entries), known.state not in ("fresh", "calculated"))


def _measured(asked: View, entries: tuple[Any, ...]) -> dict[str, str]:
    say = workspace().definitions.words_of
    return {each.name: say(each.name, asked.filters) for each in entries}


def _period(asked: View) -> tuple[Period | None, Problem | None]:
    """The period, or why there are no numbers: the entries are shown all the same."""
    if not workspace().status().synced_at:
        return None, _NOT_YET
    try:
        return period_of(asked), None
    except Exception as error:
        problem, request_id = problem_in_tab(error)
        if request_id:
            raise
        return None, problem


@callback(
    Output(ids.catalogue_grid(MATCH), "children"),
    Input(ids.catalogue_ask(MATCH), "data"),
)
def show_values(order: dict[str, str]) -> Any:
    """The numbers of what is listed, once the entries are on the page."""
    asked, ws = parse(order["query"]), workspace()
    found = _found(asked)
    try:
        period = period_of(asked)
        parts = [
            Part(family, title, entries, values_of(ws.answer(family, period, asked.filters)), _measured(asked, entries))
            for family, title, entries in found
        ]
    except Exception as error:  # noqa: BLE001 - the entries stay, and their places must say something
        problem, request_id = problem_in_tab(error)
        said = f"{problem}{f' Request {request_id}.' if request_id else ''}"
        return sections([Part(*each, {}, _measured(asked, each[2])) for each in found], asked, said)
    return sections(parts, asked)


def _opened(asked: View) -> tuple[Any, Any, Any]:
    """One metric: what it is, its number, and below its charts the definitions that can be switched."""
    ws = workspace()
    name = asked.asks(MEASURE) or ""
    try:
        entry = ws.catalogue.entry(name)
    except LookupError as error:
        return no_such_metric(str(error).partition(". ")[2], asked), True, None
    period, problem = _period(asked)
    if period is None:
        return metric_page(entry, None, "", asked, problem), True, None
    value = ws.catalogue.value(name, period, asked.filters)
    measured = ws.definitions.words_of(name, asked.filters)
    below = switch_section(ws.definitions.of_metric(name, asked.filters))
    return metric_page(entry, value, measured, asked), False, below


@downloads.get("/catalogue.<kind>")
def catalogue_file(kind: str) -> Response:
    """The numbers of the metrics that the query finds."""
    view, period = asked_file(kind)
    found = workspace().catalogue.search(view.asks(QUERY) or "", view.asks(CATEGORY))
    desk = Downloads(workspace())
    sheet = desk.numbers(period, view.filters, metrics=tuple(each.name for each in found))
    if kind == CSV:
        return csv_file(desk.csv(sheet), "catalogue", period)
    return workbook_file(desk, sheet, "catalogue", period, view)
