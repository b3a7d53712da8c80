"""The section "Definitions" of the mapping modal: each setting of the model as a control, with its own help text."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from zoneinfo import available_timezones

import dash_bootstrap_components as dbc
from dash import dcc, html
from pydantic import BaseModel
from pydantic.fields import FieldInfo as Setting

from data.settings.model import Definitions
from data.views import Problem, StatusInfo
from ui import ids
from ui.components.icon import icon
from ui.components.notice import notice
from ui.modals.draft import OWN_SECTION, Draft
from ui.modals.mapping_field import back_button, dom_id
from ui.modals.mapping_workflow import segments

PARTS = {
    "time": "Calendar and method",
    "deployments": "Deployments",
    "incidents": "Incidents and failures",
    "rework": "Rework",
    "completion": "Completion and flow",
    "blocked": "Blocked time",
    "other": "Other",
}
_PART_OF = {
    "time": ("zone", "durations", "percentile", "working_time", "tier_year"),
    "deployments": (
        "deployment_source", "deployment_merge", "deployment_types", "production_environments",
    ),
    "incidents": (
        "incident_types", "incident_labels", "incident_components", "incident_links", "failure_window_hours",
        "empty_success_means",
    ),
    "rework": ("rework_types", "rework_labels", "rework_version_types"),
    "completion": (
        "not_completed_resolutions", "completion", "completed_as_of", "subtract_reopened", "all_levels", "load",
    ),
    "blocked": ("blocked_flag", "blocked_statuses"),
}  # fmt: skip
TITLES = {
    "zone": "Time zone",
    "percentile": "Percentiles",
    "tier_year": "Tiers of the DORA report of",
    "working_time.weekdays": "Working days",
    "working_time.holidays": "Days off",
    "working_time.start": "Working day starts",
    "working_time.end": "Working day ends",
    "deployment_merge": "Deployments at one instant",
    "failure_window_hours": "Incidents after a deployment",
    "empty_success_means": "Empty “deployment successful”",
    "completion": "Completed at",
    "completed_as_of": "Done when",
    "not_completed_resolutions": "Resolutions that do not complete",
    "all_levels": "Sub-tasks and epics",
    "subtract_reopened": "Time before a reopening",
    "blocked_flag": "Flag means blocked",
    "load": "Flow load counts",
}
CHOICES = {
    "exact": "Exact time",
    "inclusive_days": "Whole days, both ends",
    "exclusive_days": "Whole days",
    "working_days": "Working time",
    "linear": "Linear (R-7)",
    "nearest_rank": "Nearest rank",
    "issues": "Issues",
    "versions": "Versions",
    "same_instant": "One deployment",
    "each_issue": "Each issue is one",
    "last": "Last crossing",
    "first": "First crossing",
    "now": "Done now",
    "period_end": "Done at the end of the period",
    "in_progress": "In progress",
    "started": "Started, not finished",
    "no": "Failed",
    "unknown": "Unknown",
}
ON = {"subtract_reopened": "Take it out of flow time", "all_levels": "Count them too", "blocked_flag": "Yes"}
HELP = {
    "working_time.weekdays": "Used where durations are working time.",
    "working_time.holidays": "Days on which nobody works.",
}
UNITS = {"failure_window_hours": "hours"}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Line:
    """One setting: dotted path below `definitions`, and the model's own description of it."""

    path: str
    kind: Any  # the type as annotated, without None
    help: str
    default: Any

    @property
    def title(self) -> str:
        return TITLES.get(self.path) or self.path.rpartition(".")[2].replace("_", " ").capitalize()


@cache
def lines() -> dict[str, Line]:
    """Every definition by path, in the order of the model."""
    return {line.path: line for line in _lines(Definitions, "")}


def _lines(model: type[BaseModel], before: str) -> list[Line]:
    found: list[Line] = []
    for name, setting in model.model_fields.items():
        kind = _kind(setting)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += _lines(kind, f"{before}{name}.")
        elif not before and name in OWN_SECTION:
            continue
        else:
            found.append(
                Line(before + name, kind, setting.description or "", setting.get_default(call_default_factory=True))
            )
    return found  # fmt: skip


def _kind(setting: Setting) -> Any:
    kind = setting.annotation
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        kind = next(each for each in typing.get_args(kind) if each is not type(None))
    return kind


def part_of(path: str) -> str:
    """The part of the section in which a setting is shown; a new one is never lost."""
    name = path.partition(".")[0]
    return next((part for part, names in _PART_OF.items() if name in names), "other")


def parts() -> dict[str, str]:
    """The parts that have something in them."""
    used = {part_of(path) for path in lines()}
    return {name: title for name, title in PARTS.items() if name in used}


@dataclass(frozen=True)
class Known:
    """Names on the site, offered while typing."""

    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    statuses: tuple[StatusInfo, ...] = ()
    account_zone: str = ""


def definitions_pane(part: str, values: Draft, errors: dict[str, str], known: Known) -> html.Div:
    """All settings of one part; `errors` by path."""
    shown = [line for line in lines().values() if part_of(line.path) == part]
    return html.Div(
        [
            back_button("All definitions"),
            html.H3(PARTS.get(part, PARTS["other"]), className="pane-title", tabIndex=-1),
            *(_line(line, values.get(f"setting/{line.path}"), errors.get(line.path, ""), known) for line in shown),
        ],
        className="definitions",
    )


def _line(line: Line, value: Any, error: str, known: Known) -> html.Div:
    help_id = f"help-{line.path.replace('.', '-')}"
    component, labelled = _control(line, value, known)
    title = html.Label(line.title, htmlFor=labelled) if labelled else html.Span(line.title)
    return html.Div(
        [
            html.Div(title, className="setting-title"),
            html.Div(
                [
                    component,
                    html.P(HELP.get(line.path, line.help), id=help_id, className="setting-help"),
                    html.Div(notice(Problem("This value was not saved.", error, level="danger")), role="alert")
                    if error
                    else None,
                ],
                className="setting-body",
            ),
        ],
        className="setting" + (" is-invalid" if error else ""),
        **{"data-setting": line.path},
    )


def _control(line: Line, value: Any, known: Known) -> tuple[Any, str | None]:
    """The control for a setting's type, and the id of the element that a label may point to."""
    component = ids.mapping_setting(line.path)
    if line.path == "zone":
        return _zone(component, value, known), dom_id(component)
    if line.path == "blocked_statuses":
        return _statuses(component, value, known), dom_id(component)
    if line.path == "working_time.weekdays":
        return _weekdays(component, value), None
    origin = typing.get_origin(line.kind)
    if origin is Literal:
        choices = {each: CHOICES.get(each, str(each).capitalize()) for each in typing.get_args(line.kind)}
        return segments(component, choices, value, line.title), None
    if line.kind is bool:
        label = ON.get(line.path, "Yes")
        return dbc.Switch(value=bool(value), id=component, label=label, class_name="setting-switch"), None
    if origin is list:
        return _words(line, list(value or []), known), dom_id(ids.mapping_word(line.path))
    if line.kind in (int, float):
        return _number(component, value, UNITS.get(line.path, "")), dom_id(component)
    kind = "time" if line.path.endswith((".start", ".end")) else "text"
    return dbc.Input(value=value or "", id=component, type=kind, debounce=True, class_name="setting-text"), dom_id(component)  # fmt: skip


def _zone(component: dict[str, str], value: Any, known: Known) -> dcc.Dropdown:
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


def _statuses(component: dict[str, str], value: Any, known: Known) -> dcc.Dropdown:
    choices = [{"label": each.name, "value": each.id} for each in known.statuses]
    missing = [
        {"label": f"{each} · not in this Jira", "value": each}
        for each in value or []
        if all(each != s.id for s in known.statuses)
    ]
    return dcc.Dropdown([*choices, *missing], list(value or []), id=component, multi=True, className="pane-dropdown")  # fmt: skip


def _weekdays(component: dict[str, str], value: Any) -> html.Div:
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
        **{"aria-label": "Working days"},
    )


def _number(component: dict[str, str], value: Any, unit: str) -> html.Div:
    return html.Div(
        [
            dbc.Input(
                value=value, id=component, type="number", min=0, step="any", debounce=True, class_name="setting-number"
            ),
            html.Span(unit, className="setting-unit"),
        ],
        className="pane-row",
    )


def _words(line: Line, words: list[str], known: Known) -> html.Div:
    offered = {
        "types": known.types,
        "labels": known.labels,
        "components": known.components,
    }.get(line.path.rpartition("_")[2], ())
    listed = f"known-{line.path}"
    gone = [
        html.Li(
            [
                str(word),
                html.Button(
                    icon("x"),
                    id=ids.mapping_word_gone(line.path, str(word)),
                    type="button",
                    className="btn-icon",
                    **{"aria-label": f"Remove {word}"},
                ),
            ]
        )
        for word in words
    ]
    box = dbc.Input(
        value="",
        id=ids.mapping_word(line.path),
        debounce=True,
        list=listed,
        placeholder="YYYY-MM-DD" if line.path.endswith("holidays") else "Add and press Enter",
        autocomplete="off",
    )
    return html.Div(
        [
            html.Ul(gone, className="words-list") if gone else None,
            box,
            html.Datalist([html.Option(value=each) for each in offered if each not in words], id=listed),
        ],
        className="words",
    )
