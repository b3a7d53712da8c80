"""The tab "Catalogue": entries at once, their numbers in a second request; an opened metric with its card; and the same
as a file.
"""

from __future__ import annotations

from typing import Any

from dash import MATCH, Input, Output, callback, no_update
from flask import Response

from callbacks.cards import question_id
from callbacks.context import problem_in_tab, question_of, services
from callbacks.export import CSV, asked_file, csv_file, downloads, workbook_file
from data.services.catalogue import shown_name
from data.services.view import Snapshot, View
from data.store.record_problems import RecordsError
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
from ui.url import PageView, parse

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


def _list(page: PageView, view: dict[str, str]) -> list[Any]:
    question, problem = _question(page, services().snapshot())
    parts = [_known(question, family, title, entries) for family, title, entries in _found(page)]
    return list_page(parts, page, _counts(page), view, question_id(view), problem)


def _counts(page: PageView) -> list[tuple[str, str, int]]:
    """How many metrics of each category have the words."""
    catalogue, words = services().catalogue, page.asks(QUERY) or ""
    return [
        (family, title, len(catalogue.search(words, family, once=True)))
        for family, title in catalogue.categories.items()
    ]


def _found(page: PageView) -> list[tuple[str, str, tuple[Any, ...]]]:
    """The categories that are listed, with their entries."""
    catalogue, words, chosen = services().catalogue, page.asks(QUERY) or "", page.asks(CATEGORY)
    listed = [each for each in catalogue.categories.items() if chosen in (None, each[0])]
    made = [(family, title, catalogue.search(words, family, once=True)) for family, title in listed]
    return [each for each in made if each[2]]


def _known(question: View | None, family: str, title: str, entries: tuple[Any, ...]) -> Part:
    """A category with what is known of it without calculating anything."""
    if question is None:
        return Part(family, title, entries, {})
    try:
        known = services().catalogue.cached_answer(family, question)
    except RecordsError as error:  # the other categories do not need the records of jobs
        return Part(family, title, entries, {}, _measured(question, entries), missing=str(error))
    values = values_of(known) if known.values else None
    return Part(
        family, title, entries, values, _measured(question, entries), known.state not in ("fresh", "calculated")
    )


def _calculated(question: View, family: str, title: str, entries: tuple[Any, ...], measured: dict[str, str]) -> Part:
    try:
        return Part(family, title, entries, values_of(services().numbers.answer(family, question)), measured)
    except RecordsError as error:
        return Part(family, title, entries, {}, measured, missing=str(error))


def _measured(question: View, entries: tuple[Any, ...]) -> dict[str, str]:
    words_of = services().definitions.words_of
    return {each.name: words_of(each.name, question) for each in entries}


def _question(page: PageView, snapshot: Snapshot) -> tuple[View | None, Problem | None]:
    """The question, or why there are no numbers: the entries are shown all the same."""
    if not services().status.of(snapshot).synced_at:
        return None, _NOT_YET
    try:
        return question_of(page, snapshot), None
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
    asked = parse(order["query"])
    found = _found(asked)
    measured: dict[str, str] = {}
    try:
        question = question_of(asked)
        measured = _measured(question, tuple(each for _, _, entries in found for each in entries))
        parts = [_calculated(question, *category, measured) for category in found]
    except Exception as error:  # noqa: BLE001 - the entries stay, and their places must say something
        problem, request_id = problem_in_tab(error)
        said = f"{problem}{f' Request {request_id}.' if request_id else ''}"
        return sections([Part(*each, {}, measured) for each in found], asked, said)
    return sections(parts, asked)


def _opened(page: PageView) -> tuple[Any, Any, Any]:
    """One metric: what it is, its number, and below its charts the definitions that can be switched."""
    name = shown_name(page.asks(MEASURE) or "")
    try:
        entry = services().catalogue.entry(name)
    except LookupError as error:
        return no_such_metric(str(error).partition(". ")[2], page), True, None
    question, problem = _question(page, services().snapshot())
    if question is None:
        return metric_page(entry, None, "", page, problem), True, None
    value = services().catalogue.value(name, question)
    measured = services().definitions.words_of(name, question)
    switches = services().definitions.of_metric(name, question)
    if page.asks("limits"):
        switches += services().definitions.of(("limits",), question)
    below = switch_section(switches)
    return metric_page(entry, value, measured, page), not entry.by_issues, below


@downloads.get("/catalogue.<kind>")
def catalogue_file(kind: str) -> Response:
    """The numbers of the metrics that the query finds."""
    view, question = asked_file(kind)
    found = services().catalogue.search(view.asks(QUERY) or "", view.asks(CATEGORY), once=True)
    sheet = services().downloads.numbers(question, tuple(each.name for each in found))
    if kind == CSV:
        return csv_file(services().downloads.csv(sheet), "catalogue", question.period)
    return workbook_file(sheet, "catalogue", question)
