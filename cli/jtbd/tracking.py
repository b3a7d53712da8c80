"""`track-…`: record what somebody did, measured or said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.jtbd import opening
from cli.printing import as_json, notice

if TYPE_CHECKING:
    from data.jtbd.storage import JobsStorage
    from data.values.records import OutcomeAchieved

JobId = Annotated[str, typer.Argument(metavar="JOB-ID", help="Id of the job, as in the specs.")]
OutcomeId = Annotated[str, typer.Argument(metavar="OUTCOME-ID", help="Id of the outcome, as in the specs.")]
Persona = Annotated[str, typer.Option("--persona", "-p", metavar="NAME", help="Who: id or title of a persona.")]
AnyFeature = Annotated[
    str, typer.Option("--feature", "-f", metavar="NAME", help="With which feature, if one is known.")
]
At = Annotated[str | None, typer.Option("--at", metavar="TIME", help="When, ISO 8601. Default: now.")]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="A remark that stays with the record.")]
Event = Annotated[
    str, typer.Option("--event-id", metavar="ID", help="The same id is stored once, however often it is sent.")
]
Format = Annotated[Literal["table", "json"], typer.Option("--format", help="How to print what was stored.")]


def track_job(
    job_id: JobId,
    persona: Persona,
    feature: AnyFeature = "",
    status: Annotated[
        Literal["started", "in_progress", "completed", "failed", "abandoned"],
        typer.Option("--status", "-s", help="How far it got."),
    ] = "completed",
    started: Annotated[
        str | None, typer.Option("--started", metavar="TIME", help="When it was started, ISO 8601.")
    ] = None,
    at: At = None,
    duration: Annotated[
        float | None, typer.Option("--duration", min=0, metavar="SECONDS", help="How long it took.")
    ] = None,
    note: Note = "",
    event_id: Event = "",
    format_: Format = "table",
) -> None:
    """Note down that somebody did a job, or tried to. A job tracked as started before is finished by it."""
    storage = opening.storage()
    job = storage.track_job(
        job_id, persona, feature, status, started=started, at=at, duration=duration, note=note, event_id=event_id
    )
    known = storage.specs().jobs
    if known and job.job_id not in known:
        notice(f"No spec names the job {job.job_id!r}; it is stored all the same. Known: {_some(list(known))}.")
    if job.status == "completed" and job.duration_seconds is None:
        notice("When it was started is not known, so it has no duration. Give --started or --duration next time.")
    done = f"{job.job_id} {job.status.replace('_', ' ')} by {job.persona}"
    _said(format_, storage, job, f"Tracked: {done}{f' with {job.feature_used}' if job.feature_used else ''}.")


def track_outcome(
    outcome_id: OutcomeId,
    actual: Annotated[
        float | None,
        typer.Option("--actual", "-a", metavar="VALUE", help="What was measured. Without it: achieved, not measured."),
    ] = None,
    expected: Annotated[
        float | None,
        typer.Option("--expected", "-e", metavar="VALUE", help="What was wanted. Default: the target of the specs."),
    ] = None,
    feature: AnyFeature = "",
    persona: Annotated[str, typer.Option("--persona", "-p", metavar="NAME", help="For whom.")] = "",
    metric: Annotated[str, typer.Option("--metric", metavar="NAME", help="What was measured, in words.")] = "",
    at: At = None,
    note: Note = "",
    event_id: Event = "",
    format_: Format = "table",
) -> None:
    """Note down what was measured of an outcome, or that it was achieved."""
    storage = opening.storage()
    found = storage.track_outcome(
        outcome_id,
        actual,
        expected=expected,
        metric=metric,
        feature=feature,
        persona=persona,
        at=at,
        note=note,
        event_id=event_id,
    )
    known = storage.specs().outcomes
    if known and found.outcome_id not in known:
        names = _some(list(known))
        notice(f"No spec names the outcome {found.outcome_id!r}; it is stored all the same. Known: {names}.")
    if found.actual_value is None:
        notice("Nothing was measured, so no achievement is calculated. Give --actual VALUE where there is one.")
    _said(format_, storage, found, f"Tracked: {_outcome_words(found)}.")


def track_painpoint(
    painpoint_id: Annotated[str, typer.Argument(metavar="PAINPOINT-ID", help="Id of the painpoint, as in the specs.")],
    before: Annotated[float, typer.Option("--before", "-b", min=0, max=10, help="Severity before, 0 to 10.")],
    after: Annotated[float, typer.Option("--after", "-a", min=0, max=10, help="Severity now, 0 to 10.")],
    persona: Persona,
    feature: AnyFeature = "",
    category: Annotated[str, typer.Option("--category", help="Default: that of the specs.")] = "",
    at: At = None,
    note: Note = "",
    event_id: Event = "",
    format_: Format = "table",
) -> None:
    """Note down how much a painpoint hurt before and hurts now."""
    storage = opening.storage()
    found = storage.track_painpoint(
        painpoint_id, before, after, persona, feature=feature, category=category, at=at, note=note, event_id=event_id
    )
    change = found.resolution_effectiveness
    word = (
        "it did not hurt before"
        if change is None
        else f"{abs(change):.0f} % {'less' if change >= 0 else 'more'} severe"
    )
    _said(format_, storage, found, f"Tracked: {found.painpoint_id} {before:g} → {after:g}, {word}.")


def track_satisfaction(
    outcome_id: OutcomeId,
    level: Annotated[
        str,
        typer.Option(
            "--level",
            "-l",
            help="A number on the scale, or very_dissatisfied, dissatisfied, neutral, satisfied, very_satisfied.",
        ),
    ],
    persona: Persona,
    feature: AnyFeature = "",
    scale: Annotated[str, typer.Option("--scale", help="Of a number: 1-5, 1-7, 1-10 or 0-10.")] = "1-10",
    met: Annotated[
        bool | None,
        typer.Option("--met/--not-met", help="Whether expectations were met. Leave it out where that was not asked."),
    ] = None,
    recommend: Annotated[
        bool | None,
        typer.Option(
            "--recommend/--not-recommend", help="Whether they would recommend it. Leave it out where not asked."
        ),
    ] = None,
    effort: Annotated[int | None, typer.Option("--effort", min=1, max=7, help="1 easy to 7 hard.")] = None,
    feedback: Annotated[str, typer.Option("--feedback", help="In their own words.")] = "",
    at: At = None,
    event_id: Event = "",
    format_: Format = "table",
) -> None:
    """Note down how satisfied somebody is with an outcome."""
    storage = opening.storage()
    found = storage.track_satisfaction(
        outcome_id,
        level,
        persona,
        feature=feature,
        met=met,
        recommend=recommend,
        effort=effort,
        feedback=feedback,
        at=at,
        event_id=event_id,
        scale=scale,
    )
    _said(format_, storage, found, f"Tracked: {found.persona} is {level.replace('_', ' ')} with {found.outcome_id}.")


def track_time(
    outcome_id: OutcomeId,
    started: Annotated[str, typer.Option("--started", metavar="TIME", help="When they set out, ISO 8601.")],
    persona: Persona,
    feature: AnyFeature = "",
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="When it was reached. Default: now.")] = None,
    still_open: Annotated[bool, typer.Option("--open", help="It is not reached yet.")] = False,
    event_id: Event = "",
    format_: Format = "table",
) -> None:
    """Note down how long somebody took to reach an outcome."""
    storage = opening.storage()
    found = storage.track_time(
        outcome_id, persona, started, feature=feature, at=at, still_open=still_open, event_id=event_id
    )
    took = "not reached yet" if found.end_time is None else f"after {(found.end_time - found.start_time) / 1e6:,.0f} s"
    _said(format_, storage, found, f"Tracked: {found.outcome_id} {took}.")


def _outcome_words(found: OutcomeAchieved) -> str:
    if found.actual_value is None or found.expected_value is None:
        return f"{found.outcome_id} achieved, without a measured value"
    told = {"unknown": "whether it is met cannot be told", "partially_achieved": "not met"}.get(found.status, "met")
    return f"{found.outcome_id} {found.actual_value:g}, wanted {found.expected_value:g}: {told}"


def _some(names: list[str]) -> str:
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")


def _said(format_: str, storage: JobsStorage, record: Any, sentence: str) -> None:
    if format_ == "json":
        as_json(storage.as_row(record))
    else:
        print(sentence)
