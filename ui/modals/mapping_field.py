"""The right side of the mapping modal: one of our fields, and the Jira fields that it could be."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from data.settings.fields import FIELDS, MappedField, field_ids
from data.values.fields import Coverage, FieldInfo, Suggestion
from data.values.names import name_key
from data.values.problem import Problem
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.notice import notice
from ui.modals.mapping_needs import BY_NAME, steps, users_of
from ui.words import day

KINDS = {
    "datetime": "date and time",
    "date": "date",
    "number": "number",
    "text": "text",
    "select": "one choice",
    "multiselect": "several choices",
    "checkbox": "checkboxes",
    "user": "person",
    "sla": "service level agreement",
    "assets": "objects of Assets",
    "unreadable": "values that cannot be read",
    "other": "other",
}
SHOWN_SUGGESTIONS = 4
MOST_OTHERS = 40  # fields that may count where the first is empty, the most used
MOST_OPTIONS = 400  # what one answer to the browser may carry; more are found by typing


def field_pane(
    place: str,
    chosen: str | None,
    fields: list[FieldInfo],
    suggestions: list[Suggestion],
    problem: Problem | None,
    error: str = "",
    values: html.Div | None = None,
    rule: str = "",
) -> html.Div:
    """`place` is "<group>/<our field>"; `chosen` the Jira field id in force; `problem` what the type check says;
    `values` what the values of the field mean; `rule` what Jira says of it when issues are created."""
    group, _, name = place.partition("/")
    ours = FIELDS[name]
    by_id = {each.id: each for each in fields}
    first, *more = field_ids(chosen) or (None,)
    offered = {each.field_id for each in suggestions[:SHOWN_SUGGESTIONS]}
    return html.Div(
        [
            back_button(),
            html.H3(ours.title, className="pane-title", tabIndex=-1),
            html.P([ours.help, " ", _fits(ours)], className="pane-help"),
            _users(name, group),
            _suggested(ours, suggestions, by_id, first),
            _picker(ours, fields, first, bool(suggestions)),
            _more(ours, fields, first, more),
            html.Div(
                _verdict([by_id.get(each) for each in (first, *more) if each], first, problem, error, offered),
                className="pane-verdict",
                **attributes({"aria-live": "polite"}),
            ),
            html.P(rule, className="pane-help pane-rule") if rule else None,
            values,
            _walk(place),
        ]
    )


def back_button(words: str = "All fields") -> html.Button:
    """On a narrow screen the list and the choice take turns."""
    return html.Button(
        [icon("arrow-left"), words],
        id=ids.mapping_go("list", "back"),
        type="button",
        className="btn-quiet pane-back",
    )


def _fits(ours: MappedField) -> html.Span:
    kinds = [title for kind, title in KINDS.items() if ours.fits(kind)]
    words = kinds[0] if len(kinds) == 1 else ", ".join(kinds[:-1]) + f" or {kinds[-1]}"
    return html.Span(f"Fits: {words}.", className="pane-fits")


def _users(name: str, group: str) -> html.P | None:
    titles = users_of(name)
    note = BY_NAME[group].note if group in BY_NAME else ""
    if not titles:
        return None
    return html.P(["Used by ", html.Strong(", ".join(titles)), ". ", note], className="pane-users")


def _suggested(
    ours: MappedField, suggestions: list[Suggestion], by_id: dict[str, FieldInfo], chosen: str | None
) -> Component:
    offers = [each for each in suggestions if each.field_id in by_id][:SHOWN_SUGGESTIONS]
    if not offers:
        return html.P(
            f"No field of your Jira looks like “{ours.title.lower()}”. Search below, or leave it unmapped.",
            className="pane-none",
        )
    head = html.H4("Suggested from your Jira", className="pane-sub")
    cards = [_offer(ours.name, each, by_id[each.field_id], each.field_id == chosen) for each in offers]
    return html.Div([head, html.Div(cards, className="offers")])


def _offer(name: str, offer: Suggestion, info: FieldInfo, taken: bool) -> html.Button:
    return html.Button(
        [
            html.Span(icon("check-circle-fill" if taken else "circle"), className="offer-mark"),
            html.Span(
                [
                    html.Span(
                        [
                            html.Strong(info.name),
                            html.Span(KINDS.get(info.kind, info.kind), className="kind"),
                            html.Code(info.id),
                        ],
                        className="offer-head",
                    ),
                    coverage(info.coverage),
                    _examples(info.coverage),
                    html.Span(offer.why.split("; set on")[0], className="offer-why") if offer.why else None,
                ],
                className="offer-words",
            ),
        ],
        id=ids.mapping_suggestion(name, info.id),
        type="button",
        className="offer" + (" is-taken" if taken else ""),
        **attributes({"aria-pressed": "true" if taken else "false"}),
    )


def coverage(seen: Coverage | None) -> html.Span:
    """A bar with "set on 412 of the newest 800 issues"."""
    if seen is None:
        return html.Span("Not counted: the site did not say how often it is set.", className="coverage-none")
    if not seen.of:
        return html.Span("No issues to look at yet.", className="coverage-none")
    share = 100 * seen.set / seen.of
    return html.Span(
        [
            html.Span(
                html.Span(style={"width": f"{share:.1f}%"}, className="coverage-part"),
                className="coverage-bar",
                **attributes({"aria-hidden": "true"}),
            ),
            html.Span(f"set on {seen.set:,} of the newest {seen.of:,} issues", className="coverage-words"),
        ],
        className="coverage" + (" is-low" if share < 5 else ""),
    )


def _examples(seen: Coverage | None) -> html.Span | None:
    if seen is None or not seen.examples:
        return None
    return html.Span(
        [html.Span(_plain(each), className="example") for each in seen.examples[:3]],
        className="examples",
    )


def _plain(example: str) -> str:
    """A date as people write it, in its own zone; other values as they are, cut."""
    try:
        moment = datetime.fromisoformat(example) if "T" in example else None
    except ValueError:
        moment = None
    return f"{day(moment.date())}, {moment:%H:%M}" if moment else example[:60]


def options(ours: MappedField, fields: list[FieldInfo], chosen: str | None, typed: str = "") -> list[dict[str, Any]]:
    """All Jira fields, those that fit first and the most used of them on top; what does not fit says so."""
    names: dict[str, int] = {}
    for each in fields:
        names[each.name] = names.get(each.name, 0) + 1

    def rank(info: FieldInfo) -> tuple[bool, float, str]:
        seen = info.coverage
        return not ours.fits(info.kind), -(seen.set / seen.of if seen and seen.of else 0), name_key(info.name)

    def label(info: FieldInfo) -> str:
        which = f" ({info.id})" if names[info.name] > 1 else ""
        kind = KINDS.get(info.kind, info.kind)
        return f"{info.name}{which} · {kind}" + ("" if ours.fits(info.kind) else " · does not fit")

    words = name_key(typed).split()
    found = [
        each
        for each in fields
        if each.id == chosen or all(word in name_key(f"{each.name} {each.id}") for word in words)
    ]
    rows = [{"label": label(each), "value": each.id} for each in sorted(found, key=rank)[:MOST_OPTIONS]]
    if chosen and all(row["value"] != chosen for row in rows):
        gone = all(each.id != chosen for each in fields)
        rows.insert(0, {"label": f"{chosen} · not in this Jira" if gone else chosen, "value": chosen})
    return rows


def dom_id(component: ids.Id) -> str:
    """The id that Dash gives the element of a component with a dictionary as id; for labels."""
    return json.dumps(component, sort_keys=True, separators=(",", ":"))


def _picker(ours: MappedField, fields: list[FieldInfo], chosen: str | None, offered: bool) -> html.Div:
    control = ids.mapping_choice(ours.name)
    return html.Div(
        [
            html.Label(
                "Any other field" if offered else "Choose a field",
                htmlFor=dom_id(control),
                className="pane-sub",
            ),
            html.Div(
                [
                    dcc.Dropdown(
                        options(ours, fields, chosen),
                        chosen,
                        id=control,
                        placeholder=f"Search {len(fields):,} fields by name or id",
                        clearable=False,
                        maxHeight=260,
                        className="pane-dropdown",
                    ),
                    html.Button(
                        "Clear",
                        id=ids.mapping_action(f"clear:{ours.name}"),
                        type="button",
                        className="btn btn-quiet",
                        disabled=not chosen,
                        **attributes({"aria-label": f"Clear the mapping of {ours.title}"}),
                    ),
                ],
                className="pane-row",
            ),
        ]
    )


def _more(ours: MappedField, fields: list[FieldInfo], first: str | None, more: list[str]) -> html.Div | None:
    """The fields that count, in this order, where the first is empty."""
    if first is None:
        return None
    control = ids.mapping_more(ours.name)
    fitting = [each for each in fields if each.kind in ours.kinds and each.id != first]
    rows = options(ours, fitting, None)[:MOST_OTHERS]
    rows += [{"label": each, "value": each} for each in more if all(row["value"] != each for row in rows)]
    return html.Div(
        [
            html.Label("Where it is empty, in this order", htmlFor=dom_id(control), className="pane-sub"),
            dcc.Dropdown(
                rows,
                more,
                id=control,
                multi=True,
                placeholder="No other field",
                maxHeight=220,
                className="pane-dropdown",
            ),
        ]
    )


def _verdict(
    chain: list[FieldInfo | None], chosen: str | None, problem: Problem | None, error: str, offered: set[str]
) -> list[Any]:
    info = chain[0] if chain else None
    if error:
        return [notice(Problem("This choice was not saved.", error, level="danger"))]
    if problem:
        return [notice(problem)]
    if not chosen:
        return [html.P("Not mapped.", className="verdict-none")]
    if info is None:
        return [
            notice(
                Problem(
                    f"Mapped to {chosen}, which this Jira does not have.",
                    "It may have been deleted, or belongs to another site.",
                    "Choose another field, or clear the mapping.",
                )
            )
        ]
    return [
        html.Div(
            [
                html.Span([icon("check-circle"), f"Mapped to {_in_order(chain)}"], className="verdict-good"),
                *([] if info.id in offered else [coverage(info.coverage), _examples(info.coverage)]),
            ],
            className="verdict",
        )
    ]


def _in_order(chain: list[FieldInfo | None]) -> str:
    return ", else ".join(each.name if each else "a field that this Jira does not have" for each in chain)


def _walk(place: str) -> html.Div:
    order = steps()
    at = order.index(place) if place in order else 0
    before, after = (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)

    def button(target: str | None, by: str, words: Any) -> html.Button | html.Span:
        if target is None:
            return html.Span()
        return html.Button(
            words, id=ids.mapping_go(f"fields/{target}", by), type="button", className="btn-quiet pane-step"
        )

    def title(target: str | None) -> str:
        return FIELDS[target.partition("/")[2]].title if target else ""

    return html.Div(
        [
            button(before, "previous", [icon("chevron-left"), title(before)]),
            button(after, "next", [title(after), icon("chevron-right")]),
        ],
        className="pane-walk",
    )
