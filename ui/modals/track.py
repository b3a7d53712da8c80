"""The forms of the tab "Jobs": recording what happened, and adding a job to the register."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from data.values.jobs import JobChoices
from data.values.problem import Problem
from ui import ids
from ui.attributes import attributes
from ui.components.dialog import dialog
from ui.components.icon import icon
from ui.components.notice import notice

J = ids.Jobs
MEASURED = "Jira measures this outcome; what you note is kept but not shown while the binding is there."
_MARKED = (
    "Jira measures the outcomes that say so; what you note of them is kept but not shown while the binding is there."
)
LEVELS = (
    *((str(n), f"{n}{' of 10' if n in (1, 10) else ''}") for n in range(10, 0, -1)),
    ("very_satisfied", "Very satisfied"),
    ("satisfied", "Satisfied"),
    ("neutral", "Neutral"),
    ("dissatisfied", "Dissatisfied"),
    ("very_dissatisfied", "Very dissatisfied"),
)
STATUSES = (
    ("completed", "Completed"),
    ("started", "Started"),
    ("in_progress", "In progress"),
    ("failed", "Failed"),
    ("abandoned", "Abandoned"),
)
YES = (("yes", "Yes"), ("no", "No"))
IMPORT, NOT_KNOWN = "import", "not_known"
SCALES = (
    ("1-5", "1 to 5"),
    ("1-7", "1 to 7"),
    ("1-10", "1 to 10"),
    ("0-10", "0 to 10"),
    (NOT_KNOWN, "I do not know: keep the answers, count none"),
)  # answers in words need none


@dataclass(frozen=True)
class Field:
    """One control. `kind`: pick | text | area | number | moment; `of`: what is picked or suggested; `must`: not
    empty.
    """

    name: str
    title: str
    kind: str = "text"
    of: str = ""
    must: bool = False
    help: str = ""
    low: float | None = None
    high: float | None = None
    first: str = ""
    half: bool = False  # two of them stand beside each other


@dataclass(frozen=True)
class Form:
    title: str
    save: str
    fields: tuple[Field, ...]
    about: str = ""  # the field that a button beside a row fills in


_WHO = Field("persona", "Persona", of="personas", must=True, help="Who it was.", half=True)
_FEATURE = Field("feature", "Feature", of="features", help="What was used to do it.", half=True)
_NOTE = Field("note", "Note", "area")
_AT = Field("at", "When", "moment", help="Empty: now.", half=True)

FORMS: dict[str, Form] = {
    "outcome": Form(
        "Track an outcome",
        "Track",
        (
            Field("outcome", "Outcome", "pick", "outcomes", must=True),
            Field("actual", "Measured", "number", must=True, help="In the unit of the target.", half=True),
            Field("expected", "Target", "number", help="Empty: the one of the specs.", half=True),
            Field("persona", "Persona", of="personas", half=True),
            _FEATURE,
            _AT,
            _NOTE,
        ),
        "outcome",
    ),
    "job": Form(
        "Track a job",
        "Track",
        (
            Field("job", "Job", "pick", "jobs", must=True),
            _WHO,
            Field("feature", "Feature", of="features", must=True, help="What was used to do it.", half=True),
            Field("status", "How it went", "pick", "statuses", must=True, first="completed", half=True),
            Field("minutes", "Took, minutes", "number", low=0, help="Empty: not known, or from its start.", half=True),
            _AT,
            _NOTE,
        ),
        "job",
    ),
    "painpoint": Form(
        "Track a painpoint",
        "Track",
        (
            Field("painpoint", "Painpoint", "pick", "painpoints", must=True),
            Field(
                "before",
                "Severity before",
                "number",
                must=True,
                low=0,
                high=10,
                help="0 does not hurt, 10 is unbearable.",
                half=True,
            ),
            Field("after", "Severity after", "number", must=True, low=0, high=10, help="On the same scale.", half=True),
            _WHO,
            _FEATURE,
            _AT,
            _NOTE,
        ),
        "painpoint",
    ),
    "satisfaction": Form(
        "Track satisfaction",
        "Track",
        (
            Field("outcome", "Outcome", "pick", "outcomes", must=True),
            Field("level", "Answer", "pick", "levels", must=True, half=True),
            _WHO,
            Field("met", "Met expectations", "pick", "yes", help="Empty: it was not asked.", half=True),
            Field("recommend", "Would recommend", "pick", "yes", help="Empty: it was not asked.", half=True),
            Field("effort", "Effort, 1 to 7", "number", low=1, high=7, help="1 is no effort at all.", half=True),
            _FEATURE,
            Field("feedback", "What they said", "area"),
        ),
        "outcome",
    ),
    "time": Form(
        "Track time to an outcome",
        "Track",
        (
            Field("outcome", "Outcome", "pick", "outcomes", must=True),
            _WHO,
            _FEATURE,
            Field("started", "Started", "moment", must=True, half=True),
            Field("at", "Reached", "moment", help="Empty: now.", half=True),
            Field("open", "Still on the way", "pick", "open", first="no", half=True),
        ),
        "outcome",
    ),
    IMPORT: Form(
        "On which scale are the answers?",
        "Import",
        (
            Field(
                "scale",
                "Scale of the answers that name none",
                "pick",
                "scales",
                must=True,
                help="From the lowest answer that people could give to the highest, whatever was given. "
                "Answers in words, and those with a scale of their own, stay as they are.",
            ),
        ),
    ),
    "register": Form(
        "New job of the register",
        "Add to the register",
        (
            Field("title", "Title", must=True, help="A short name."),
            Field(
                "situation",
                "Given",
                "area",
                must=True,
                help="The situation: “a shopper who changes from phone to laptop”.",
            ),
            Field("pattern", "The system must", "area", must=True, help="What it does then."),
            Field(
                "metric",
                "To ensure",
                must=True,
                help="With a number, so that it can be checked: “0 baskets lost in a month”.",
            ),
            Field("superpower", "Superpower", half=True),
            Field("views", "Target views", first="Logical, Process", half=True),
            Field("issues", "Issues", help="Keys or labels: SHOP-12, label checkout."),
            Field(
                "deliverables", "Deliverables", "area", help="One a line; one of them should say how it is verified."
            ),
        ),
    ),
}


def track_modal() -> html.Div:
    """Closed, with its stores."""
    return html.Div(
        [
            *(dcc.Store(id=each) for each in (J.WISH, J.FILE, J.SESSION, J.DONE, J.IMPORTED, J.DRAWN)),
            dialog(
                [
                    html.Div(
                        [
                            html.H2(id=J.TITLE, className="modal-title"),
                            html.Button(
                                icon("x-lg"),
                                id=J.CANCEL,
                                type="button",
                                className="btn-icon modal-x",
                                **attributes({"aria-label": "Close", "data-escape": "true"}),
                            ),
                        ],
                        className="modal-header",
                    ),
                    dbc.ModalBody(
                        [
                            html.Div(id=J.REPORT, className="form-report", role="alert"),
                            html.Div(id=J.FORM, className="form jobs-form"),
                        ]
                    ),
                    html.Div(
                        html.Div(
                            html.Button("Track", id=J.SAVE, type="button", className="btn btn-primary"),
                            className="modal-line modal-buttons",
                        ),
                        className="modal-footer",
                    ),
                ],
                id=J.MODAL,
                fullscreen="sm-down",
                keyboard=True,
                labelledby=J.TITLE,
                class_name="tl-modal connection-modal jobs-modal",
            ),
        ]
    )


def form(kind: str, choices: JobChoices, about: str = "", persona: str = "") -> list[Any]:
    """The controls of a form; what it is `about` and the `persona` (its title) are chosen already."""
    made = FORMS[kind]
    named = {
        "jobs": choices.jobs,
        "outcomes": choices.outcomes,
        "personas": choices.personas,
        "painpoints": choices.painpoints,
        "features": tuple((each, each) for each in choices.features),
        "levels": LEVELS,
        "statuses": STATUSES,
        "yes": YES,
        "scales": SCALES,
        "open": (("no", "No, it was reached"), ("yes", "Yes")),
    }
    fields = made.fields
    if kind == "outcome" and choices.measured:
        named["outcomes"] = _marked(choices)
        fields = tuple(replace(each, help=_MARKED) if each.name == "outcome" else each for each in fields)
    chosen = {made.about: about, "persona": persona}
    return [_line(each, named.get(each.of, ()), chosen.get(each.name) or each.first) for each in fields]


def _marked(choices: JobChoices) -> tuple[tuple[str, str], ...]:
    """Outcomes, with a word at those that Jira measures."""
    return tuple(
        (name, f"{title} (measured by Jira)" if name in choices.measured else title) for name, title in choices.outcomes
    )


def _line(field: Field, named: Sequence[tuple[str, str]], value: str) -> html.Div:
    control = ids.jobs_field(field.name)
    must = html.Span(" (needed)", className="jobs-must") if field.must else None
    return html.Div(
        [
            html.Label([field.title, must], htmlFor=_written(control), className="form-label"),
            _control(field, control, named, value),
            html.Div(id=ids.jobs_wrong(field.name), className="jobs-wrong", role="alert"),
            html.Div(field.help, className="form-help") if field.help else None,
        ],
        className="form-line jobs-half" if field.half else "form-line",
    )


def _written(component: ids.Id) -> str:
    """A component's id as the page has it."""
    return json.dumps(component, sort_keys=True, separators=(",", ":"))


def _control(field: Field, control: ids.Id, named: Sequence[tuple[str, str]], value: str) -> Any:
    if field.kind == "pick":
        options = [{"label": words, "value": name} for name, words in named]
        return dbc.Select(id=control, options=options, value=value or None, required=field.must, placeholder="Choose …")
    if field.kind == "area":
        return dbc.Textarea(id=control, value=value, rows=2, required=field.must, maxLength=4_000)
    kind = {"number": "number", "moment": "datetime-local"}.get(field.kind, "text")
    more: dict[str, Any] = {"step": "any"} if field.kind == "number" else {}
    more |= {} if field.low is None else {"min": field.low}
    more |= {} if field.high is None else {"max": field.high}
    listed = f"jobs-list-{field.of}" if named else None
    box = dbc.Input(
        id=control, type=kind, value=value, required=field.must, autocomplete="off", maxLength=400, list=listed, **more
    )
    if not listed:
        return box
    return html.Div([box, html.Datalist([html.Option(value=words) for _, words in named], id=listed)])


def refused(problem: Problem) -> html.Div:
    """Why it was not kept."""
    return notice(problem)
