"""The questions of the tab "Forecast" as forms, and the days that it draws from as a calendar to click in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from data.values.day_spans import DaySpan, day_spans, toggled
from data.values.forecast import HISTORY, SEED, Forecast
from data.values.problem import Problem
from ui import ids
from ui.attributes import attributes
from ui.components.day_field import day_field
from ui.url import TABS, PageView, query
from ui.words import count, day

_WEEKS = 26  # that the calendar shows
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def forms(
    view: PageView, versions: Sequence[str], today: str, answer: Forecast | Problem, teams: Sequence[str] = ()
) -> html.Div:
    """What can be asked, with what is asked filled in."""
    asks = view.asks
    amount = next((name for name in ("items", "version", "epic", "teams") if asks(name)), None)
    by = asks("by") or (answer.by if isinstance(answer, Forecast) and answer.kind == "how_many" else "") or ""
    return html.Div(
        [
            _form("How many by a date?", [_date("Day", by if not amount else "", today)], "by"),
            _form(
                "When will so many items be done?",
                [
                    _field(
                        "Items", "items", "number", asks("items") or "", min=1, max=100_000, step=1, placeholder="60"
                    ),
                    _date("How likely by (optional)", by if amount == "items" else "", today),
                ],
                "items by",
            ),
            _form(
                "When will a version or an epic be done?",
                [
                    _field(
                        "Fix version",
                        "version",
                        "text",
                        asks("version") or "",
                        list=ids.Forecast.VERSIONS,
                        placeholder=versions[0] if versions else "",
                        autocomplete="off",
                    ),
                    _field("or epic", "epic", "text", asks("epic") or "", placeholder="key", autocomplete="off"),
                    _field(
                        "by teams",
                        "teams",
                        "text",
                        asks("teams") or "",
                        placeholder=" | ".join(teams[:2]) or "saved views",
                        autocomplete="off",
                    ),
                    _date("How likely by (optional)", by if amount in ("version", "epic", "teams") else "", today),
                    html.Datalist([html.Option(value=each) for each in versions], id=ids.Forecast.VERSIONS),
                ],
                "version epic teams by",
            ),
            _drawn_from(view),
        ],
        className="ask-forms",
        key=repr(view.own),  # other answers come with fresh fields
    )


def _drawn_from(view: PageView) -> html.Form:
    asks = view.asks
    sample = asks("sample") or ""
    return _form(
        "Drawn from",
        [
            _field("Days of history", "history", "number", asks("history") or HISTORY, min=1, max=3_650, step=1),
            _field(
                "or these dates", "sample", "text", sample, placeholder="2026-03-01..2026-08-31", autocomplete="off"
            ),
            _field(
                "More days off",
                "off",
                "text",
                asks("off") or "",
                placeholder="2026-12-21..2027-01-01, 2027-01-06",
                autocomplete="off",
            ),
            _choice(
                "Days are drawn",
                "draw",
                asks("draw") or "weekdays",
                (("weekdays", "By weekday, with an urn"), ("plain", "Plainly, all days alike")),
            ),
            _choice("Counted in", "unit", asks("unit") or "items", (("items", "Items"), ("points", "Story points"))),
            _field("Seed", "seed", "number", asks("seed") or SEED, min=0, step=1),
        ],
        "history sample off draw unit seed",
        press="Use",
    )


def _form(title: str, fields: list[Any], names: str, press: str = "Forecast") -> html.Form:
    """ui/assets/forecast.js writes the fields into the address; a question takes the place of the others."""
    wide = " ask-wide" if press == "Use" else ""
    return html.Form(
        [
            html.H3(title, className="block-title"),
            html.Div(
                [*fields, html.Button(press, type="submit", className="btn-quiet")],
                className="ask-fields",
            ),
        ],
        className=f"block ask-form{wide}",
        **attributes({"data-asks": names, "aria-label": title}),
    )


def _field(label: str, name: str, kind: str, value: Any, **more: Any) -> html.Label:
    return html.Label(
        [label, dbc.Input(name=name, type=kind, value=value, class_name="form-control-sm", **more)],
        className="ask-field",
    )


def _date(label: str, value: str, first: str) -> html.Label:
    return html.Label([label, day_field(name="by", value=value, min=first)], className="ask-field")


def _choice(label: str, name: str, value: str, choices: Sequence[tuple[str, str]]) -> html.Label:
    options = [{"value": each, "label": words} for each, words in choices]
    known = value if value in dict(choices) else choices[0][0]
    return html.Label(
        [label, dbc.Select(options=options, value=known, name=name, class_name="form-select-sm")], className="ask-field"
    )


def days_drawn(answer: Forecast, view: PageView) -> html.Section:
    """The days of the history, week by week: a click takes a day out of the sample, or puts it back."""
    first, size = date.fromisoformat(answer.history_start), len(answer.daily)
    start = max(0, size - 7 * _WEEKS)
    off = day_spans(",".join(answer.off))
    without = _taken_out(view)
    lead = (first + timedelta(days=start)).weekday()
    cells: list[html.A | html.Span] = [html.Span(each, className="days-name") for each in _DAYS]
    cells += [html.Span(className="days-none") for _ in range(lead)]
    cells += [_cell(answer, n, first + timedelta(days=n), off, without, view) for n in range(start, size)]
    kept = answer.drawn_days
    said = f"{count(kept, 'day')} of {size:,} {'is' if kept == 1 else 'are'} drawn from."
    hint = "Click a day to take it out, or to put it back. Days off cannot be put back here."
    if start:
        hint += f" The last {_WEEKS} weeks are shown; choose earlier ones by dates."
    back = html.A("Put all back", href=_href(view, ()), **attributes({"data-nav": "link"})) if without else None
    return html.Section(
        [
            html.H3("Days that are drawn from", className="block-title"),
            html.P([said, " ", hint, " ", back], className="muted"),
            html.Div(html.Div(cells, className="days-grid"), className="days-scroll"),
        ],
        className="block forecast-days",
    )


def _cell(
    answer: Forecast, n: int, when: date, off: tuple[DaySpan, ...], without: tuple[DaySpan, ...], view: PageView
) -> html.A | html.Span:
    done = f"{answer.daily[n]:,}"
    unit = answer.unit if answer.daily[n] != 1 else answer.unit[:-1]
    words = f"{when:%a} {day(when)}: {done} {unit}"
    if any(each.first <= when <= each.last for each in off):
        return html.Span(done, title=f"{words}; a day off, not drawn", className="days-day off")
    out = any(each.first <= when <= each.last for each in without)
    return html.A(
        done,
        href=_href(view, toggled(without, when)),
        title=f"{words}; {'taken out, click to put it back' if out else 'drawn, click to take it out'}",
        className="days-day out" if out else "days-day none" if not answer.daily[n] else "days-day",
        **attributes({"data-nav": "link", "aria-label": f"{words}, {'put back' if out else 'take out'}"}),
    )


def _taken_out(view: PageView) -> tuple[DaySpan, ...]:
    try:
        return day_spans(view.asks("without") or "")
    except ValueError:
        return ()


def _href(view: PageView, without: tuple[DaySpan, ...]) -> str:
    said = dict(view.own) | {"without": ",".join(str(each) for each in without)}
    own = tuple((name, said[name]) for name in TABS["forecast"].own if said.get(name))
    return query(replace(view, own=own)) or "?"
