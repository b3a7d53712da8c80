"""The section "Definitions" of the mapping modal: each setting of the model as a control, with its own help text."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal
from zoneinfo import available_timezones

import dash_bootstrap_components as dbc
from dash import dcc, html

from data.settings.definitions import DAYS, PARTS, WORKFLOW, Definition, table
from data.values.fields import StatusInfo, ValueInfo
from data.values.names import name_key, name_keys
from data.values.problem import Problem
from data.values.type_names import suggested_types
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.notice import notice
from ui.modals.draft import OWN_SECTION, Draft
from ui.modals.mapping_field import back_button, dom_id
from ui.modals.mapping_spans import SETTING, spans_editor
from ui.modals.mapping_workflow import segments
from ui.words import count

MOST_OFFERS = 12  # names of the site offered for a list
ON = {"subtract_reopened": "Take it out of flow time", "all_levels": "Count them too", "blocked_flag": "Yes"}


@cache
def lines() -> dict[str, Definition]:
    """Every definition of this section by path, in the order of the model."""
    return {name: each for name, each in table().items() if not name.startswith(WORKFLOW) and name not in OWN_SECTION}


def part_of(path: str) -> str:
    """The part of the section in which a setting is shown; a new one is never lost."""
    return lines()[path].part if path in lines() else "other"


def parts() -> dict[str, str]:
    """The parts that have something in them."""
    used = {each.part for each in lines().values()}
    return {name: title for name, title in PARTS.items() if name in used}


@dataclass(frozen=True)
class Known:
    """Names on the site, offered while typing."""

    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    resolutions: tuple[ValueInfo, ...] = ()
    links: tuple[ValueInfo, ...] = ()
    used_types: tuple[ValueInfo, ...] = ()
    statuses: tuple[StatusInfo, ...] = ()
    account_zone: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)  # ids → names, as for Definition.in_words


def definitions_pane(part: str, values: Draft, errors: dict[str, str], known: Known) -> html.Div:
    """All settings of one part; `errors` by path."""
    shown = [line for line in lines().values() if part_of(line.name) == part]
    return html.Div(
        [
            back_button("All definitions"),
            html.H3(PARTS.get(part, PARTS["other"]), className="pane-title", tabIndex=-1),
            *(_line(line, values.get(f"setting/{line.name}"), errors.get(line.name, ""), known) for line in shown),
        ],
        className="definitions",
    )


def _line(line: Definition, value: Any, error: str, known: Known) -> html.Div:
    help_id = f"help-{line.name.replace('.', '-')}"
    component, labelled = _control(line, value, known)
    title = html.Label(line.title, htmlFor=labelled) if labelled else html.Span(line.title)
    return html.Div(
        [
            html.Div(title, className="setting-title"),
            html.Div(
                [
                    component,
                    html.P(line.help, id=help_id, className="setting-help"),
                    html.Div(notice(Problem("This value was not saved.", error, level="danger")), role="alert")
                    if error
                    else None,
                ],
                className="setting-body",
            ),
        ],
        className="setting" + (" is-invalid" if error else ""),
        **attributes({"data-setting": line.name}),
    )


def _control(line: Definition, value: Any, known: Known) -> tuple[Any, str | None]:
    """The control for a setting's type, and the id of the element that a label may point to."""
    component = ids.mapping_setting(line.name)
    if line.name == "zone":
        return _zone(component, value, known), dom_id(component)
    if line.name == SETTING:
        return spans_editor(list(value or []), known.statuses), None
    if line.names_of == "statuses":
        return _statuses(component, value, known), dom_id(component)
    if line.name == "working_time.weekdays":
        return _weekdays(component, value), None
    origin = typing.get_origin(line.kind)
    if origin is Literal:
        choices = {each: line.in_words(each) for each in line.choices}
        return segments(component, choices, value, line.title), None
    if line.kind is bool:
        label = ON.get(line.name, "Yes")
        return dbc.Switch(value=bool(value), id=component, label=label, class_name="setting-switch"), None
    if origin is list:
        return _words(line, list(value or []), known), dom_id(ids.mapping_word(line.name))
    if line.kind in (int, float):
        return _number(component, value, line.unit), dom_id(component)
    kind = "time" if line.name.endswith((".start", ".end")) else "text"
    return dbc.Input(value=value or "", id=component, type=kind, debounce=True, class_name="setting-text"), dom_id(
        component
    )


def _zone(component: ids.Id, value: Any, known: Known) -> dcc.Dropdown:
    account = f"The account’s zone ({known.account_zone})" if known.account_zone else "The account’s zone"
    return dcc.Dropdown(
        [{"label": account, "value": ""}, *zones()],
        value or "",
        id=component,
        clearable=False,
        className="pane-dropdown",
        maxHeight=260,
    )


@cache
def zones() -> tuple[str, ...]:
    """Zone names that people know: places, and UTC."""
    places = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ("UTC", *sorted(each for each in available_timezones() if each.startswith(places)))


def _statuses(component: ids.Id, value: Any, known: Known) -> dcc.Dropdown:
    choices = [{"label": each.name, "value": each.id} for each in known.statuses]
    missing = [
        {"label": f"{each} · not in this Jira", "value": each}
        for each in value or []
        if all(each != s.id for s in known.statuses)
    ]
    return dcc.Dropdown([*choices, *missing], list(value or []), id=component, multi=True, className="pane-dropdown")


def _weekdays(component: ids.Id, value: Any) -> html.Div:
    return html.Div(
        dbc.Checklist(
            options=[{"label": day, "value": n} for n, day in enumerate(DAYS)],
            value=list(value or []),
            id=component,
            class_name="segments",
            input_class_name="btn-check",
            label_class_name="segment",
            label_checked_class_name="is-on",
        ),
        className="segments-box",
        role="group",
        **attributes({"aria-label": "Working days"}),
    )


def _number(component: ids.Id, value: Any, unit: str) -> html.Div:
    return html.Div(
        [
            dbc.Input(
                value=value, id=component, type="number", min=0, step="any", debounce=True, class_name="setting-number"
            ),
            html.Span(unit, className="setting-unit"),
        ],
        className="pane-row",
    )


def _offers(line: Definition, words: list[str], known: Known) -> html.Div | None:
    """Names that the site has and the list does not: those that suggest themselves, else all, most frequent first. One
    click adds each.
    """
    there = _in_use(line, known)
    taken = name_keys(line.readable(words, known.titles))
    offers = [each for each in there if name_key(each.text) not in taken]
    likely = name_keys(suggested_types(line.name, tuple(each.text for each in offers)))
    if likely:
        offers = [each for each in offers if name_key(each.text) in likely]
    if not offers:
        return None
    lead = html.Span("Suggested by name" if likely else "In your Jira")
    return html.Div([lead, *(_offer(line.name, each) for each in offers[:MOST_OFFERS])], className="words-offers")


def _in_use(line: Definition, known: Known) -> tuple[ValueInfo, ...]:
    """The names on the site that a list of this kind may hold, most frequent first."""
    last = line.name.rpartition("_")[2]
    return {"types": known.used_types, "resolutions": known.resolutions, "links": known.links}.get(last, ())


def _offer(setting: str, value: ValueInfo) -> html.Button:
    return html.Button(
        [icon("plus"), value.text, html.Span(f"{value.issues:,}", className="pill")],
        id=ids.mapping_word_offered(setting, value.text),
        type="button",
        className="btn-quiet",
        **attributes({"aria-label": f"Add {value.text}, {count(value.issues, 'issue')}"}),
    )


def _words(line: Definition, words: list[str], known: Known) -> html.Div:
    offered = {
        "types": known.types,
        "labels": known.labels,
        "components": known.components,
    }.get(line.name.rpartition("_")[2], ())
    listed = f"known-{line.name}"
    gone = [
        html.Li(
            [
                name,
                html.Button(
                    icon("x"),
                    id=ids.mapping_word_gone(line.name, str(word)),
                    type="button",
                    className="btn-icon",
                    **attributes({"aria-label": f"Remove {name} from {line.title}"}),
                ),
            ]
        )
        for word in words
        for name in [line.in_words([word], known.titles)]
    ]
    box = dbc.Input(
        value="",
        id=ids.mapping_word(line.name),
        debounce=True,
        list=listed,
        placeholder="2026-12-24 or 2026-12-21..2027-01-01" if line.name.endswith("holidays") else "Add and press Enter",
        autocomplete="off",
    )
    return html.Div(
        [
            *_chosen(gone, [line.in_words([word], known.titles) for word in words], line, known),
            _offers(line, words, known),
            box,
            html.Datalist([html.Option(value=each) for each in offered if each not in words], id=listed),
        ],
        className="words",
    )


def _chosen(chips: list[html.Li], names: list[str], line: Definition, known: Known) -> list[html.Ul | html.Details]:
    """What a list holds. Of a long one, names that come with the program and that no issue has are behind a line."""
    there = name_keys(each.text for each in _in_use(line, known))
    seeds = name_keys(line.default or ()) - there if there and len(chips) > MOST_OFFERS else frozenset()
    pairs = list(zip(chips, names, strict=True))
    shown = [chip for chip, name in pairs if name_key(name) not in seeds]
    others = [chip for chip, name in pairs if name_key(name) in seeds]
    found: list[html.Ul | html.Details] = [html.Ul(shown, className="words-list")] if shown else []
    if others:
        summary = html.Summary(f"{count(len(others), 'name')} that no issue here has")
        found.append(html.Details([summary, html.Ul(others, className="words-list")], className="words-others"))
    return found
