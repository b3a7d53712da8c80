"""What the values of a mapped field mean: the values that occur, most frequent first, each with a choice."""

from __future__ import annotations

from dash import html

from data.settings.fields import VALUE_LISTS, MappedField
from data.values.fields import ValueInfo
from data.values.names import name_key, name_keys
from ui import ids
from ui.modals.draft import Draft, in_force, with_change
from ui.modals.mapping_definitions import lines
from ui.modals.mapping_workflow import segments
from ui.words import count

SCALE = "satisfaction_scale"  # the definition that says on which scale the field Satisfaction is
MOST = 60  # values that are offered


def meaning_of(field: str, value: str, values: Draft) -> str:
    """The setting whose list holds the value; empty text where none does."""
    key = name_key(value)
    return next(
        (each for each in VALUE_LISTS[field].lists if key in name_keys(values.get(f"setting/{each}") or ())), ""
    )


def put_meaning(draft: Draft, base: Draft, field: str, value: str, setting: str) -> Draft:
    """The draft in which the value is in that list and in no other; with an empty setting it is in none."""
    if field not in VALUE_LISTS or meaning_of(field, value, in_force(draft, base)) == setting:
        return draft
    for each in VALUE_LISTS[field].lists:
        words = [
            word for word in in_force(draft, base).get(f"setting/{each}") or [] if name_key(word) != name_key(value)
        ]
        draft = with_change(draft, base, f"setting/{each}", [*words, value] if each == setting else words)
    return draft


def values_section(ours: MappedField, found: list[ValueInfo], values: Draft) -> html.Div | None:
    """Every value with its number of issues and what it means; None for a field whose values mean nothing by
    themselves.
    """
    known = VALUE_LISTS.get(ours.name)
    if known is None or not found:
        return None
    unknown = [each for each in found if not meaning_of(ours.name, each.text, values)]
    more = len(found) - MOST
    return html.Div(
        [
            html.H4("What its values mean", className="pane-sub"),
            html.P([known.help, _unknown(unknown) if known.closed else None], className="pane-help"),
            html.Div([_value(ours.name, each, values) for each in found[:MOST]], className="rows rows-types"),
            html.P(f"{count(more, 'rarer value')} not shown; add them under Definitions.", className="pane-help")
            if more > 0
            else None,
        ],
        className="pane-values",
    )


def scale_section(values: Draft) -> html.Div:
    """Asks on which scale the mapped field Satisfaction is; until it is declared, values are counted and not read."""
    line = lines()[SCALE]
    now = values.get(f"setting/{SCALE}") or "unknown"
    choices = {each: line.in_words(each) for each in line.choices}
    asked = "Without it no value is read: 4 is much on a scale to 5, and little on one to 10."
    return html.Div(
        [
            html.H4("On which scale?", className="pane-sub"),
            html.P(html.Strong(asked) if now == "unknown" else asked, className="pane-help"),
            segments(ids.mapping_setting(SCALE), choices, now, line.title),
        ],
        className="pane-values",
    )


def _unknown(unknown: list[ValueInfo]) -> html.Strong | None:
    if not unknown:
        return None
    issues = sum(each.issues for each in unknown)
    are = "is" if len(unknown) == 1 else "are"
    return html.Strong(f" {count(len(unknown), 'value')} on {count(issues, 'issue')} {are} not known yet.")


def _value(field: str, value: ValueInfo, values: Draft) -> html.Fieldset:
    known = VALUE_LISTS[field]
    meaning = meaning_of(field, value.text, values)
    return html.Fieldset(
        [
            html.Legend(
                [
                    html.Span(value.text, className="row-name"),
                    html.Span("not known", className="row-note is-own") if known.closed and not meaning else None,
                ]
            ),
            html.Span(count(value.issues, "issue"), className="row-count"),
            segments(
                ids.mapping_meaning(field, value.text),
                {**known.lists, "": known.otherwise},
                meaning,
                f"{value.text} means",
            ),
        ],
        className="row-line",
    )
