"""Whether records and issues are complete enough for the numbers of jobs to be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.jtbd.imported import doubt
from data.jtbd.opportunity import without_scale
from data.values.jobs import JobRow, OutcomeRow, PainpointRow, QualityRow
from data.values.records import UserSatisfaction
from data.values.scales import CHOICES, LEVELS, WORDS, doubted


def quality_rows(
    jobs: Sequence[JobRow], outcomes: Sequence[OutcomeRow], painpoints: Sequence[PainpointRow]
) -> list[QualityRow]:
    """Each with how many of how many are complete, and what to do about the others."""
    done = sum(row.completed for row in jobs)
    timed = done - sum(row.without_duration for row in jobs)
    specified = [row for row in outcomes if row.in_specs]
    covered = sum(row.actual is not None for row in specified)
    pains = sum(row.improved + row.issues_done for row in painpoints)
    all_pains = sum(row.n + row.issues for row in painpoints)
    rows: list[JobRow | OutcomeRow | PainpointRow] = [*jobs, *outcomes, *painpoints]
    strange = [row for row in rows if not row.in_specs]
    return [
        _row(
            "Completed jobs with a duration",
            timed,
            done,
            "Say when each job was started: track it with the status started first, or give --started.",
        ),
        _row(
            "Outcomes that were measured",
            covered,
            len(specified),
            "Track the others, or bind them to a metric of Jira with tl:measuredBy.",
        ),
        _row("Painpoint reports resolved", pains, all_pains, ""),
        _row(
            "Names in records that the specs know",
            len(rows) - len(strange),
            len(rows),
            "Not in the specs: " + ", ".join(_id_of(row) for row in strange[:8]) + "." if strange else "",
        ),
    ]


def answer_rows(answers: Mapping[str, Sequence[UserSatisfaction]]) -> list[QualityRow]:
    """Whether the scales of answers are known, one for each outcome, and likely; nothing where nobody answered."""
    every = sum(len(part) for part in answers.values())
    if not every:
        return []
    unknown = {name: count for name, part in answers.items() if (count := without_scale(part))}
    named = ", ".join(f"{name} ({count})" for name, count in sorted(unknown.items()))
    todo = f"Import the file again with --scale ({CHOICES}) or with a column scale. Without one: {named}."
    rows = [_row("Answers whose scale is known", every - sum(unknown.values()), every, todo)]
    found = [finding for name, part in sorted(answers.items()) for finding in _findings(name, part)]
    return rows + ([QualityRow("Scales of answers", 0, len(found), None, " ".join(found), "")] if found else [])


def _findings(name: str, answers: Sequence[UserSatisfaction]) -> list[str]:
    by_scale: dict[str, list[str]] = {}
    for each in answers:
        scale = WORDS if each.satisfaction_level in LEVELS else each.scale
        if scale:
            by_scale.setdefault(scale, []).append(each.satisfaction_level)
    found = [f"{name}: {doubt(scale, part)}" for scale, part in sorted(by_scale.items()) if doubted(part, scale)]
    if len(by_scale) > 1:
        told = ", ".join(f"{len(part)} on {scale}" for scale, part in sorted(by_scale.items()))
        found.append(f"{name}: answers on {len(by_scale)} scales ({told}), each read on its own.")
    return found


def _row(name: str, count: int, of: int, todo: str) -> QualityRow:
    whole = count == of
    message = "Nothing in the period." if not of else f"{count} of {of}."
    return QualityRow(name, count, of, count / of if of else None, message, "" if whole else todo)


def _id_of(row: JobRow | OutcomeRow | PainpointRow) -> str:
    if isinstance(row, JobRow):
        return row.job_id
    return row.outcome_id if isinstance(row, OutcomeRow) else row.painpoint_id
