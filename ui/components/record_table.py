"""Records, a page at a time, newest first: plain text, whatever people wrote into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dash import dcc, html

from data.values.amounts import duration
from data.values.jobs import RecordPage, RecordRow
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.still import still
from ui.words import moment, number, unit_words

PAGE = 10
TITLES = {
    "job": "Tries",
    "outcome": "Measurements",
    "painpoint": "Before and after",
    "time": "Times",
    "satisfaction": "Answers",
}
_SOURCES = {"manual": "noted down", "import": "imported", "example": "example", "jira": "Jira"}


def record_block(
    question: str, kind: str, page: RecordPage, zone: str, order: dict[str, str], *, named: bool
) -> html.Section:
    """The first page, and ways to the others. `named`: rows say what they are about."""
    many = page.total > PAGE
    turn = html.Div(
        [
            _turn(question, kind, "newer", "Newer", disabled=True),
            _turn(question, kind, "older", "Older", disabled=not many),
        ],
        className="record-turns",
        hidden=not many,
    )
    return html.Section(
        [
            html.Div(
                [html.H3(f"{TITLES[kind]}: {page.total:,}", className="block-title"), turn], className="jobs-block-head"
            ),
            dcc.Store(
                id=ids.record_place(question, kind), data={**order, "first": 0, "total": page.total, "named": named}
            ),
            html.Div(
                record_rows(kind, page, zone, 0, named=named),
                id=ids.record_rows(question, kind),
                className="jobs-scroll",
                tabIndex="0",
                role="region",
                **attributes({"aria-label": f"{TITLES[kind]}, newest first", "aria-live": "polite"}),
            ),
        ],
        className="block",
    )


def _turn(question: str, kind: str, to: str, words: str, *, disabled: bool) -> html.Button:
    mark = icon("chevron-left" if to == "newer" else "chevron-right")
    return html.Button(
        [mark, words] if to == "newer" else [words, mark],
        id=ids.record_turn(question, kind, to),
        type="button",
        className="btn-quiet",
        disabled=disabled,
    )


def record_rows(kind: str, page: RecordPage, zone: str, first: int, *, named: bool) -> html.Div:
    """A page of records as a table, and which ones they are."""
    heads = [("When", _when(zone)), *([("About", lambda row: row.title)] if named else ()), *_COLUMNS[kind]]
    body = [html.Tr([html.Td(say(row)) for _, say in heads]) for row in page.rows]
    last = first + len(page.rows)
    count = f"{first + 1:,} to {last:,} of {page.total:,}" if page.total > len(page.rows) else ""
    return still(
        html.Table(
            [html.Thead(html.Tr([html.Th(title, scope="col") for title, _ in heads])), html.Tbody(body)],
            className="plain-table jobs-table record-table",
        ),
        html.P(count, className="jobs-source") if count else None,
    )


Say = Callable[[RecordRow], Any]


def _when(zone: str) -> Say:
    return lambda row: html.Span(moment(row.at, zone), className="jobs-number")


def _took(row: RecordRow) -> str:
    return duration(row.value)


def _from(row: RecordRow) -> Any:
    if not row.key:
        return _SOURCES.get(row.source, row.source)
    if not row.url:
        return row.key
    return html.A(row.key, href=row.url, target="_blank", rel="noopener noreferrer")


def _value(row: RecordRow) -> str:
    return "–" if row.value is None else f"{number(row.value, 4)} {unit_words(row.unit)}".strip()


_PERSONA: tuple[str, Say] = ("Persona", lambda row: row.persona or "–")
_FEATURE: tuple[str, Say] = ("Feature", lambda row: row.feature or "–")
_NOTE: tuple[str, Say] = ("Note", lambda row: html.Span(row.note, className="record-note"))
_FROM: tuple[str, Say] = ("From", _from)
_COLUMNS: dict[str, Sequence[tuple[str, Say]]] = {
    "job": (("How it went", lambda row: row.status), ("Took", _took), _PERSONA, _FEATURE, _NOTE, _FROM),
    "outcome": (
        ("Measured", _value),
        ("Target", lambda row: row.status.removeprefix("wanted ")),
        _PERSONA,
        _FEATURE,
        _NOTE,
        _FROM,
    ),
    "painpoint": (("Severity", lambda row: row.status), _PERSONA, _FEATURE, _NOTE, _FROM),
    "time": (("Took", _took), ("State", lambda row: row.status), _PERSONA, _FEATURE, _FROM),
    "satisfaction": (("Answer", lambda row: row.status), _PERSONA, _FEATURE, ("What they said", _NOTE[1]), _FROM),
}
