"""The named spans in the mapping modal: a row each, with its name, where it begins and where it ends."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html

from data.values import spans
from data.values.fields import StatusInfo
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon

SETTING, ADD = "spans", "add-span"
NAME, START, END = PARTS = ("name", "start", "end")


def spans_editor(lines: Sequence[str], statuses: Sequence[StatusInfo]) -> html.Div:
    """`lines`: the spans as the settings keep them; one that is not whole yet keeps what it has."""
    rows = [_row(n, line, statuses) for n, line in enumerate(lines)]
    return html.Div(
        [
            html.Ul(rows, className="span-rows") if rows else None,
            html.Button(
                [icon("plus"), "Add a span"],
                id=ids.mapping_action(ADD),
                type="button",
                className="btn-quiet span-add",
            ),
        ],
        className="spans-editor",
    )


def _row(n: int, line: str, statuses: Sequence[StatusInfo]) -> html.Li:
    name, start, end = spans.parts(line)
    called = name or f"span {n + 1}"
    return html.Li(
        [
            html.Label(
                [
                    "Name",
                    dbc.Input(
                        value=name,
                        id=ids.mapping_span(str(n), NAME),
                        debounce=True,
                        maxLength=60,
                        autocomplete="off",
                        autofocus=line == spans.EMPTY,
                        placeholder="development",
                    ),
                ],
                className="span-part",
            ),
            _statuses(n, START, "From", start, called, statuses),
            _statuses(n, END, "To", end, called, statuses),
            html.Button(
                icon("x"),
                id=ids.mapping_span_gone(str(n)),
                type="button",
                className="btn-icon span-gone",
                **attributes({"aria-label": f"Remove {called}"}),
            ),
        ],
        className="span-row",
    )


def _statuses(
    n: int, part: str, title: str, chosen: Sequence[str], called: str, statuses: Sequence[StatusInfo]
) -> html.Div:
    named = [{"label": each.name, "value": spans.status_as_written(each.name, each.id)} for each in statuses]
    known = {option["value"] for option in named}
    missing = [{"label": f"{each} · not in this Jira", "value": each} for each in chosen if each not in known]
    return html.Div(
        [
            html.Span(title, className="span-title"),
            dcc.Dropdown(
                [*named, *missing],
                list(chosen),
                id=ids.mapping_span(str(n), part),
                multi=True,
                placeholder="Choose statuses",
                className="pane-dropdown",
            ),
        ],
        className="span-part",
        role="group",
        **attributes({"aria-label": f"{called}: {title.lower()}"}),
    )


def changed_span(lines: Sequence[str], row: str, part: str, value: object) -> list[str]:
    """The lines after one control of a row said `value`: a text or a list of statuses; no row, no change.

    >>> changed_span(["dev: Open -> Review"], "0", "end", ["Review", "Test"])
    ['dev: Open -> Review; Test']
    >>> changed_span([], "0", "name", "dev")
    []
    """
    out = list(lines)
    if not row.isdecimal() or int(row) >= len(out) or part not in PARTS:
        return out
    name, start, end = spans.parts(out[int(row)])
    if part == NAME:
        name = str(value or "")
    else:
        statuses = tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()
        start, end = (statuses, end) if part == START else (start, statuses)
    out[int(row)] = spans.written(name, start, end)
    return out


def without_span(lines: Sequence[str], row: str) -> list[str]:
    """The lines without one of them."""
    return [line for n, line in enumerate(lines) if str(n) != row]
