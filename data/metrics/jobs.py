"""What metrics of jobs are calculated from, and what they give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from data.values.details import Details
from data.values.intervals import Estimate
from data.values.jobs import NO_SHARE, Interval, JobRow, Opportunity, OutcomeRow, PainpointRow
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
    estimate: Estimate | None = None  # what its interval is made of


def interval(share: Share) -> Interval:
    """A share as it stands in a row."""
    return Interval(share.count, share.n, share.value, share.low, share.high, share.enough)


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
    rate = interval(wilson(completed, tracked))
    return JobRow("job", "Job", "", (), True, tracked, completed, 0, 0, rate, None, None, None, 0, NO_SHARE, 0, 0)


def example_outcome(met: int = 0, of: int = 0, score: float | None = None, unjudged: int = 0) -> OutcomeRow:
    """An outcome whose target was met in so many of its measurements, and that has so large an opportunity score."""
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
        actual=1.0 if of else None,
        achievement=None,
        reason="",
        n=of + unjudged,
        source="records",
        binding="",
        metric="",
        previous_actual=None,
        previous_achievement=None,
        trend_direction=None,
        trend_percentage=None,
        trend_verdict=None,
        opportunity=opportunity,
        met=interval(wilson(met, of)),
        unjudged=unjudged,
        met_reason="" if of else "No target.",
    )


def example_painpoint(improved: int, of: int) -> PainpointRow:
    """A painpoint that so many of all records say hurts less."""
    return PainpointRow(
        "painpoint", "Painpoint", "", "job", True, None, of, 8.0, 4.0, 50.0, improved, 0, of - improved, "", 0, 0
    )
