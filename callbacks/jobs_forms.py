"""The forms of the tab "Jobs": open one, say what is wrong beside the field, save once; and files of records."""

from __future__ import annotations

import math
import uuid
from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, html, no_update

from callbacks.context import problem_of, services
from data.jtbd.storage import JobsStorage
from data.platform.logs import SECRETS
from data.values.json_types import JsonObject
from data.values.problem import Problem
from data.values.program import COMMAND
from ui import ids
from ui.modals.track import FORMS, IMPORT, MEASURED, NOT_KNOWN, Field, form, refused
from ui.tabs.jobs import PERSONA
from ui.url import parse

J = ids.Jobs
MOST_BYTES = 900_000
_SAMPLE = Problem(
    "The register of the sample site is an example and stays as it is.",
    "",
    "Connect your Jira, or set THROUGHLINE_JTBD to a folder of your own.",
    "info",
)
# Which field an error of a record is about: its name in the message.
_NAMED = {
    "severity_before": "before", "severity_after": "after", "duration_seconds": "minutes",
    "satisfaction_level": "level", "effort_score": "effort", "expected_value": "expected", "actual_value": "actual",
    "started_at": "started", "completed_at": "at", "end_time": "at", "start_time": "started", "persona": "persona",
    "feature": "feature", "the start": "started", "the time": "at", "status": "status", "effort": "effort",
    "metric": "metric", "title": "title",
}  # a table: kept in its rows  # fmt: skip


@callback(
    Output(J.TITLE, "children"),
    Output(J.FORM, "children"),
    Output(J.SAVE, "children"),
    Output(J.SAVE, "hidden"),
    Output(J.SESSION, "data"),
    Input(J.WISH, "data"),
    State(ids.Page.LOCATION, "search"),
    prevent_initial_call=True,
)
def fill(wish: JsonObject | None, search: str | None) -> tuple[Any, ...]:
    """A fresh form for each wish, with the name under which it will be noted down."""
    kind = str((wish or {}).get("kind"))
    if kind not in FORMS:
        return (no_update,) * 5
    jobs, made = services().jobs, FORMS[kind]
    session = {"kind": kind, "event": uuid.uuid4().hex}
    try:
        snapshot = services().snapshot()
        if kind == "register" and jobs.storage(snapshot).is_example:
            return made.title, refused(_SAMPLE), made.save, True, session
        choices, who = jobs.choices(snapshot), parse(search).asks(PERSONA) or ""
        persona = dict(choices.personas).get(who, who)
        about = str((wish or {}).get("about") or "")
        shown = form(kind, choices, about, persona)
        if kind == IMPORT:
            shown = [html.P(about, className="jobs-asked"), *shown]
    except Exception as error:  # noqa: BLE001 - the dialog opens and says why it has no form
        return made.title, refused(problem_of(error)[0]), made.save, True, session
    return made.title, shown, made.save, False, session


@callback(
    Output(J.MODAL, "is_open"),
    Input(J.SESSION, "data"),
    Input(J.CANCEL, "n_clicks"),
    Input(J.DONE, "data"),
    prevent_initial_call=True,
)
def show_or_hide(_session: JsonObject | None, _cancel: int | None, _done: JsonObject | None) -> bool:
    """Open with a fresh form; closed when it is noted down, or left."""
    return bool(ctx.triggered_id == J.SESSION)


@callback(
    Output(J.DONE, "data"),
    Output(J.REPORT, "children"),
    Output(ids.jobs_wrong(ALL), "children"),
    Output(ids.jobs_field(ALL), "invalid"),
    Input(J.SAVE, "n_clicks"),
    Input(J.SESSION, "data"),
    State(ids.jobs_field(ALL), "value"),
    State(ids.jobs_field(ALL), "id"),
    State(J.DONE, "data"),
    State(J.FILE, "data"),
    running=[(Output(J.SAVE, "disabled"), True, False)],
    prevent_initial_call=True,
)
def keep(
    _clicks: int | None,
    session: JsonObject | None,
    values: list[Any],
    names: list[dict[str, str]],
    before: JsonObject | None,
    file: JsonObject | None = None,
) -> tuple[Any, Any, list[str], list[bool]]:
    """Note down what the form says, once however often it is sent, or say what is wrong where it is wrong."""
    fields = [each["field"] for each in names]
    if ctx.triggered_id != J.SAVE or not session or session.get("kind") not in FORMS:
        return no_update, None, [""] * len(fields), [False] * len(fields)
    asked = {name: str(value if value is not None else "").strip() for name, value in zip(fields, values, strict=True)}
    if session["kind"] == IMPORT:
        wrong, problem, message = _import_with_scale(asked, file or {})
    else:
        wrong, problem, said = save_record(session["kind"], asked, str(session.get("event") or ""))
        message = None if said is None else {"what": said, "level": "info"}
    marks = [wrong.get(name, "") for name in fields]
    if message is None:
        return no_update, refused(problem) if problem else None, marks, [bool(each) for each in marks]
    done = {"n": (before or {}).get("n", 0) + 1, "messages": [message]}
    return done, None, marks, [False] * len(fields)


def save_record(kind: str, asked: dict[str, str], event: str) -> tuple[dict[str, str], Problem | None, str | None]:
    """(what is wrong by field, what is wrong besides, what was noted down)."""
    found, wrong = checked(FORMS[kind].fields, asked)
    if wrong:
        return wrong, None, None
    try:
        return {}, None, _KEEPERS[kind](found, event)
    except Exception as error:  # noqa: BLE001 - the form stays open and says why
        words = str(error)
        name = next((field for named, field in _NAMED.items() if words.startswith(named)), None)
        if isinstance(error, ValueError) and name in {each.name for each in FORMS[kind].fields}:
            return {name: words[:1].upper() + words[1:].replace("_", " ")}, None, None
        return {}, problem_of(error)[0], None


def checked(fields: tuple[Field, ...], asked: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values as they are kept (None for what is empty), and what is wrong with them, by field."""
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in fields:
        text = asked.get(field.name, "")
        found[field.name] = text or None
        if not text:
            if field.must:
                wrong[field.name] = "Choose one." if field.kind == "pick" else "Fill this in."
        elif field.kind == "number":
            found[field.name], problem = _number(text, field)
            if problem:
                wrong[field.name] = problem
    return found, wrong


def _number(text: str, field: Field) -> tuple[float | None, str]:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        return None, "Give a number, such as 12.5."
    low, high = field.low, field.high
    if (low is not None and value < low) or (high is not None and value > high):
        return None, f"Give a number from {low:g} to {high:g}." if high is not None else f"Give {low:g} or more."
    return value, ""


# ---- what each form keeps


def _outcome(asked: dict[str, Any], event: str) -> str:
    jobs, snapshot = services().jobs, services().snapshot()
    jobs.storage(snapshot).track_outcome(
        asked["outcome"],
        asked["actual"],
        expected=asked["expected"],
        feature=asked["feature"] or "",
        persona=_persona(asked),
        at=asked["at"],
        note=asked["note"] or "",
        event_id=event,
    )
    hidden = f" {MEASURED}" if asked["outcome"] in jobs.choices(snapshot).measured else ""
    return (
        f"Noted down: {_title(jobs.choices(snapshot).outcomes, asked['outcome'])}, measured "
        f"{asked['actual']:g}.{hidden}"
    )


def _job(asked: dict[str, Any], event: str) -> str:
    minutes = asked["minutes"]
    jobs, snapshot = services().jobs, services().snapshot()
    jobs.storage(snapshot).track_job(
        asked["job"],
        _persona(asked),
        asked["feature"],
        asked["status"],
        at=asked["at"],
        duration=None if minutes is None else minutes * 60,
        note=asked["note"] or "",
        event_id=event,
    )
    return f"Noted down: {_title(jobs.choices(snapshot).jobs, asked['job'])}, {asked['status'].replace('_', ' ')}."


def _painpoint(asked: dict[str, Any], event: str) -> str:
    jobs, snapshot = services().jobs, services().snapshot()
    jobs.storage(snapshot).track_painpoint(
        asked["painpoint"],
        asked["before"],
        asked["after"],
        _persona(asked),
        feature=asked["feature"] or "",
        at=asked["at"],
        note=asked["note"] or "",
        event_id=event,
    )
    return (
        f"Noted down: {_title(jobs.choices(snapshot).painpoints, asked['painpoint'])}, {asked['before']:g} before "
        f"and {asked['after']:g} after."
    )


_ANSWERS = {"yes": True, "no": False}  # an empty choice: not asked


def _satisfaction(asked: dict[str, Any], event: str) -> str:
    effort = asked["effort"]
    if effort is not None and effort != int(effort):
        raise ValueError("effort is a whole number from 1 to 7.")
    jobs, snapshot = services().jobs, services().snapshot()
    jobs.storage(snapshot).track_satisfaction(
        asked["outcome"],
        asked["level"],
        _persona(asked),
        feature=asked["feature"] or "",
        met=_ANSWERS.get(asked["met"]),
        recommend=_ANSWERS.get(asked["recommend"]),
        effort=None if effort is None else int(effort),
        feedback=asked["feedback"] or "",
        event_id=event,
    )
    return f"Noted down: an answer about {_title(jobs.choices(snapshot).outcomes, asked['outcome'])}."


def _time(asked: dict[str, Any], event: str) -> str:
    jobs, snapshot = services().jobs, services().snapshot()
    jobs.storage(snapshot).track_time(
        asked["outcome"],
        _persona(asked),
        asked["started"],
        feature=asked["feature"] or "",
        at=asked["at"],
        still_open=asked["open"] == "yes",
        event_id=event,
    )
    return f"Noted down: the time to {_title(jobs.choices(snapshot).outcomes, asked['outcome'])}."


def _register(asked: dict[str, Any], event: str) -> str:
    jobs, snapshot = services().jobs, services().snapshot()
    already = _MADE.get(event)
    if already:
        return already
    made = jobs.storage(snapshot).new_job(
        asked["title"],
        asked["situation"],
        asked["pattern"],
        asked["metric"],
        superpower=asked["superpower"] or "",
        views=asked["views"] or "",
        issues=asked["issues"] or "",
        deliverables=(asked["deliverables"] or "").splitlines(),
    )
    while len(_MADE) >= _REMEMBERED:
        _MADE.pop(next(iter(_MADE)))
    _MADE[event] = f"{made.id} {made.title} is in the register."
    return _MADE[event]


_MADE: dict[str, str] = {}  # forms that were sent, so that a second press adds no second job
_REMEMBERED = 100
_KEEPERS = {
    "outcome": _outcome,
    "job": _job,
    "painpoint": _painpoint,
    "satisfaction": _satisfaction,
    "time": _time,
    "register": _register,
}


def _persona(asked: dict[str, Any]) -> str:
    return asked.get("persona") or ""


def _title(named: tuple[tuple[str, str], ...], name: str) -> str:
    return f"“{dict(named).get(name, name)}”"


# ---- files


@callback(
    Output(J.IMPORTED, "data"),
    Output(J.WISH, "data"),
    Input(J.FILE, "data"),
    State(J.IMPORTED, "data"),
    prevent_initial_call=True,
)
def import_file(file: JsonObject | None, before: JsonObject | None) -> tuple[Any, Any]:
    """All records of a file or none; each is stored once however often the file comes.

    Where answers name no scale nothing is stored yet: the dialog that asks for it opens.
    """
    if not file:
        return no_update, no_update
    n = (before or {}).get("n", 0) + 1
    if _too_large(file):
        return {"n": n, "messages": [_larger(file)]}, no_update
    try:
        asked = _storage().unscaled_in(str(file.get("text") or ""), _file_name(file))
        if asked is not None:
            wish = {"n": file.get("n"), "kind": IMPORT, "about": f"{_file_name(file)}: {asked.sentence}"}
            return no_update, wish
        message = _imported(file, None)
    except Exception as error:  # noqa: BLE001 - said above the page, nothing was stored
        message = _refused(file, f"{problem_of(error)[0]}")
    return {"n": n, "messages": [message]}, no_update


def _import_with_scale(
    asked: dict[str, str], file: JsonObject
) -> tuple[dict[str, str], Problem | None, dict[str, str] | None]:
    """As `save_record`, with the message that the page shows: the file that waited for its scale is stored."""
    found, wrong = checked(FORMS[IMPORT].fields, asked)
    if wrong:
        return wrong, None, None
    scale = None if found["scale"] == NOT_KNOWN else str(found["scale"])
    if _too_large(file):
        return {}, None, _larger(file)
    try:
        return {}, None, _imported(file, scale)
    except Exception as error:  # noqa: BLE001 - the dialog stays open and says why
        return {}, problem_of(error)[0], None


def _storage() -> JobsStorage:
    return services().jobs.storage(services().snapshot())


def _file_name(file: JsonObject) -> str:
    return SECRETS.shorten(str(file.get("name") or "file"), 120)


def _too_large(file: JsonObject) -> bool:
    return int(file.get("size") or 0) > MOST_BYTES or len(str(file.get("text") or "")) > MOST_BYTES


def _larger(file: JsonObject) -> dict[str, str]:
    return {
        "what": f"{_file_name(file)} is too large for the page.",
        "why": "It takes files of up to 900 kB.",
        "todo": f"Use: {COMMAND} jtbd import FILE",
        "level": "warning",
    }


def _refused(file: JsonObject, why: str) -> dict[str, str]:
    return {"what": f"{_file_name(file)} was not imported.", "why": why, "level": "warning"}


def _imported(file: JsonObject, scale: str | None) -> dict[str, str]:
    """Stores the records of a file and says what became of them. Raises ImportFailed."""
    name = _file_name(file)
    done = _storage().import_text(str(file.get("text") or ""), name, scale)
    if not done.records:
        return _refused(file, "It holds no record: a CSV has a header, and a row for each record.")
    said = {
        "what": f"{done.new} record{'s' * (done.new != 1)} imported from {name}.",
        "level": "warning" if done.notes else "info",
    }
    return said | ({"why": " ".join(done.sentences)} if done.sentences else {})
