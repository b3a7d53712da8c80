"""Whether records and issues are complete enough for the numbers of jobs to be trusted."""

from __future__ import annotations

from collections.abc import Sequence

from data.values.jobs import JobRow, OutcomeRow, PainpointRow, QualityRow


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


def _row(name: str, count: int, of: int, todo: str) -> QualityRow:
    whole = count == of
    message = "Nothing in the period." if not of else f"{count} of {of}."
    return QualityRow(name, count, of, count / of if of else None, message, "" if whole else todo)


def _id_of(row: JobRow | OutcomeRow | PainpointRow) -> str:
    if isinstance(row, JobRow):
        return row.job_id
    return row.outcome_id if isinstance(row, OutcomeRow) else row.painpoint_id
