"""What metrics of jobs are calculated from, and what they give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from data.values.details import Details
from data.values.jobs import Interval, JobRow, Opportunity, OutcomeRow, PainpointRow
from data.values.shares import Share, wilson


class JobRows(Protocol):
    """What is known of jobs, outcomes and painpoints in a period, from records and issues."""

    @property
    def jobs(self) -> Sequence[JobRow]: ...
    @property
    def outcomes(self) -> Sequence[OutcomeRow]: ...
    @property
    def painpoints(self) -> Sequence[PainpointRow]: ...


@dataclass(frozen=True)
class JobNumber:
    """A value, how many rows were used, how many were left out for which reason, and what else is said of it."""

    value: float | None
    used: int
    exclusions: dict[str, int] = field(default_factory=dict)
    details: Details = field(default_factory=lambda: Details())


def percents(share: Share) -> list[float | None]:
    """The 95 % interval of a share, in percent."""
    return [None if bound is None else 100 * bound for bound in (share.low, share.high)]


def counted(reasons: Iterable[str]) -> dict[str, int]:
    """How often each reason is given, the most frequent first; what stands behind a colon is left away.

    >>> counted(["No target.", "Not enough answers: 3 of 30.", "Not enough answers: 4 of 30.", ""])
    {'not enough answers': 2, 'no target': 1, 'no score': 1}
    """
    names = (reason.partition(":")[0].rstrip(".") or "no score" for reason in reasons)
    return dict(Counter(name[0].lower() + name[1:] for name in names).most_common())


# Rows for worked examples, with what one formula reads and nothing else.


@dataclass(frozen=True)
class Example:
    """Rows made by hand."""

    jobs: Sequence[JobRow] = ()
    outcomes: Sequence[OutcomeRow] = ()
    painpoints: Sequence[PainpointRow] = ()


def example_job(completed: int, tracked: int) -> JobRow:
    """A job of which so many of those tracked were completed."""
    share = wilson(completed, tracked)
    rate = Interval(share.count, share.n, share.value, share.low, share.high, share.enough)
    return JobRow("job", "Job", "", (), True, tracked, completed, 0, 0, rate, None, None, None, 0, None, 0, 0)


def example_outcome(achievement: float | None = None, score: float | None = None) -> OutcomeRow:
    """An outcome that came so far, in percent, and has so large an opportunity score."""
    opportunity = Opportunity(9.0, 5.0, "rating", score=score, band="strong" if score is not None else None)
    return OutcomeRow(
        outcome_id="outcome",
        title="Outcome",
        sentence="",
        job_id="job",
        job_title="Job",
        in_specs=True,
        direction="maximise",
        target=1.0,
        unit="",
        actual=achievement,
        achievement=achievement,
        reason="No target.",
        n=1,
        source="records",
        binding="",
        metric="",
        previous_actual=None,
        previous_achievement=None,
        trend_direction=None,
        trend_percentage=None,
        trend_verdict=None,
        opportunity=opportunity,
    )


def example_painpoint(improved: int, of: int) -> PainpointRow:
    """A painpoint that so many of all records say hurts less."""
    return PainpointRow(
        "painpoint", "Painpoint", "", "job", True, None, of, 8.0, 4.0, 50.0, improved, 0, of - improved, "", 0, 0
    )
