"""Largest opportunity."""

from __future__ import annotations

from data.metrics.catalogue import job_metric
from data.metrics.jobs import JobNumber, JobRows, counted
from data.values.details import Details
from data.values.jobs import BAND_TITLES


@job_metric(
    order=3,
    title="Largest opportunity",
    unit="score",
    lower_is_better=None,
    aggregation="score",
    records="satisfaction",
    tags=("underserved", "importance and satisfaction"),
    nothing="No outcome has both importance and satisfaction.",
    has_sparkline=False,
)
def opportunity_score(jobs: JobRows) -> JobNumber:
    """The score of the most underserved outcome: importance + max(importance − satisfaction, 0), from 0 to 20.

    max(score) over the outcomes that are not overserved

    Importance and satisfaction are ratings from 0 to 10, or tenths of the share of people who gave one of the two
    highest answers. The setting `jtbd.opportunity` chooses the linear formula, importance + (importance −
    satisfaction).
    Left out and counted by reason: outcomes without both, and those with too few answers.
    Source: opportunity algorithm (A. Ulwick, 2005).

    >>> opportunity_score(Example(outcomes=[example_outcome(score=13.0), example_outcome(score=9.5)])).value
    13.0
    """
    scored = [row for row in jobs.outcomes if row.opportunity.band is not None]
    under = [row for row in scored if row.opportunity.band != "overserved"]
    best = max(under, key=lambda row: row.opportunity.score or 0, default=None)
    bands = {name: sum(row.opportunity.band == name for row in scored) for name in BAND_TITLES}
    left_out = counted(row.opportunity.reason for row in jobs.outcomes if row.opportunity.band is None)
    details: Details = {"bands": bands, "enough": True}
    if best:
        opportunity = best.opportunity
        details |= {
            "band": opportunity.band,
            "band_title": opportunity.band_title,
            "outcome_id": best.outcome_id,
            "outcome": best.title,
            "clamped": opportunity.clamped,
            "linear": opportunity.linear,
            "interval": [opportunity.low, opportunity.high],
            "enough": opportunity.enough,
        }
        details["steps"] = [
            f"Most underserved: {best.title}. Importance {opportunity.importance:.1f}, "
            f"satisfaction {opportunity.satisfaction:.1f}.",
            ", ".join(f"{n} {BAND_TITLES[name].lower()}" for name, n in bands.items() if n) + ".",
        ]
        details["bars"] = [[row.title, row.opportunity.score] for row in scored]
    return JobNumber(best.opportunity.score if best else None, len(scored), left_out, details)
