"""Two sections of the mapping modal: what each status means, and what each issue type is."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from data.values.fields import StatusInfo, TypeInfo
from data.values.names import name_key
from data.values.problem import Problem
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.notice import notice
from ui.modals.draft import DISCARDED, DONE, FLOW_ITEMS, NEW, PHASES, STARTED, WORK, Draft
from ui.words import count

NO_BREAK = "\u00a0"  # keeps a number and its word on one line
ORDER = {NEW: 0, STARTED: 1, DONE: 2, DISCARDED: 3}


def workflow_pane(statuses: list[StatusInfo], values: Draft, base: Draft, problem: str = "") -> html.Div:
    """Every status with Jira's category, its number of issues, and what it means here."""
    if not statuses:
        return _nothing("statuses")
    rows = sorted(
        (each for each in statuses if not each.is_gone),
        key=lambda each: (ORDER.get(each.usual, 1), -each.issues, name_key(each.name)),
    )
    changed = any(values.get(key) != base.get(key) for key in values if key.startswith(("phase/", "work/")))
    return html.Div(
        [
            html.H3("Workflow", className="pane-title", tabIndex=-1),
            html.P(
                "Work starts when an item first enters a status in progress, and is completed when it crosses into a "
                "done one. In a discarded status it was given up: it is neither completed nor in progress, and "
                "each number "
                "says how many it leaves out. Flow efficiency is the share of time in active statuses.",
                className="pane-help",
            ),
            html.Div(notice(Problem(problem, level="danger")) if problem else None, className="pane-verdict"),
            html.Div([_status(each, values) for each in rows], className="rows rows-workflow"),
            *_no_longer_there([each for each in statuses if each.is_gone], values),
            _reset("workflow", "Follow Jira’s categories", changed or _differs(statuses, values)),
        ]
    )


def _no_longer_there(statuses: list[StatusInfo], values: Draft) -> list[html.H4 | html.P | html.Div]:
    """Statuses that histories name and Jira no longer lists, those about which their entries say least first."""
    if not statuses:
        return []
    rows = sorted(statuses, key=lambda each: (-1.0 if each.fit is None else each.fit, -each.entries, each.name))
    return [
        html.H4("No longer in Jira", className="pane-part"),
        html.P(
            "Histories name these statuses, and Jira does not say any more what they meant. What is assumed fits the "
            "share of entries that is shown: finished work gets a resolution then and does not go on, other work "
            "does. The least sure come first.",
            className="pane-help",
        ),
        html.Div([_status(each, values) for each in rows], className="rows rows-workflow"),
    ]


def _differs(statuses: list[StatusInfo], values: Draft) -> bool:
    return any(values.get(f"phase/{each.id}") != each.usual or values.get(f"work/{each.id}") for each in statuses)


def _status(status: StatusInfo, values: Draft) -> html.Fieldset:
    phase = values.get(f"phase/{status.id}", NEW)
    own = phase != status.usual
    if status.is_gone:
        note = f"assumed to be {PHASES.get(status.usual, 'In progress').lower()}" + ("" if own else f": {status.why}")
    else:
        note = f"Jira says {PHASES.get(status.category, 'in progress').lower()}" if own else status.why or "as in Jira"
    return html.Fieldset(
        [
            html.Legend(
                [
                    html.Span(className=f"dot category-{status.usual}"),
                    html.Span(status.name, className="row-name"),
                    html.Span(note, className="row-note" + (" is-own" if own else "")),
                ]
            ),
            html.Span(_how_often(status), className="row-count"),
            segments(ids.mapping_phase(status.id), PHASES, phase, f"{status.name}: phase"),
            segments(
                ids.mapping_work(status.id),
                WORK | {"": "Neither"},
                values.get(f"work/{status.id}", ""),
                f"{status.name}: active or waiting",
                extra="" if phase == STARTED else " is-off",
            ),
        ],
        className=f"row-line phase-{phase}",
    )


def _how_often(status: StatusInfo) -> str:
    if status.is_gone:
        often = count(status.entries, "entry", "entries").replace(" ", NO_BREAK)
        fit = "" if status.fit is None else f" {int(100 * status.fit)} % fit"
        return often + fit.replace(" % ", f"{NO_BREAK}%{NO_BREAK}")
    return count(status.issues, "issue")


def segments(component: ids.Id, choices: dict[str, str], value: str, words: str, extra: str = "") -> html.Div:
    """A row of choices of which one is on; arrow keys move."""
    return html.Div(
        dbc.RadioItems(
            options=[{"label": label, "value": each} for each, label in choices.items()],
            value=value,
            id=component,
            class_name="segments",
            input_class_name="btn-check",
            label_class_name="segment",
            label_checked_class_name="is-on",
        ),
        className=f"segments-box{extra}",
        role="group",
        **attributes({"aria-label": words}),
    )


def types_pane(types: list[TypeInfo], values: Draft, base: Draft, used: str = "") -> html.Div:
    """Every issue type with what it counts as; `used` names the mapped field that wins over the issue type."""
    known = {each.name: each for each in types}
    names = [each.name for each in sorted(types, key=lambda each: (-each.issues, name_key(each.name)))]
    names += sorted(
        key.removeprefix("type/")
        for key in values
        if key.startswith("type/") and key.removeprefix("type/") not in known
    )
    if not names:
        return _nothing("issue types")
    lead = f"The field “{used}” decides; these are its values. " if used else ""
    return html.Div(
        [
            html.H3("Work item types", className="pane-title", tabIndex=-1),
            html.P(
                [
                    lead,
                    "Each kind of work counts as one of four flow items. Types that are not counted are left out of "
                    "flow distribution, and the card says how many.",
                ],
                className="pane-help",
            ),
            html.Div(
                [_type(name, known.get(name), values, base) for name in names],
                className="rows rows-types",
            ),
            _reset("types", "Use the suggestions", _any_chosen(types, values)),
        ]
    )


def _any_chosen(types: list[TypeInfo], values: Draft) -> bool:
    return any(
        (each.flow_item and not each.suggested) or values.get(f"type/{each.name}", "") != (each.flow_item or "")
        for each in types
    )


def _type(name: str, info: TypeInfo | None, values: Draft, base: Draft) -> html.Fieldset:
    item = values.get(f"type/{name}", "")
    untouched = item == base.get(f"type/{name}", "")
    note = "not in the data now" if info is None else "suggested" if info.suggested and item and untouched else ""
    return html.Fieldset(
        [
            html.Legend(
                [
                    html.Span(name, className="row-name"),
                    html.Span(note, className="row-note" + (" is-suggested" if info else "")) if note else None,
                ]
            ),
            html.Span(count(info.issues, "issue") if info else "", className="row-count"),
            segments(ids.mapping_flow_item(name), FLOW_ITEMS | {"": "Not counted"}, item, f"{name} counts as"),
        ],
        className="row-line",
    )


def _reset(part: str, words: str, shown: bool) -> html.Div | None:
    if not shown:
        return None
    return html.Div(
        html.Button(
            [icon("arrow-clockwise"), words],
            id=ids.mapping_action(f"reset:{part}"),
            type="button",
            className="btn btn-quiet",
        ),
        className="pane-row",
    )


def _nothing(what: str) -> html.Div:
    return html.Div(
        [
            html.H3("Nothing read yet", className="pane-title", tabIndex=-1),
            html.P(f"The {what} appear here after the first sync.", className="pane-help"),
        ]
    )
