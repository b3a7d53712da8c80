"""Where delivery went beside how underserved each job is, and the plane of importance and satisfaction."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import numpy as np

from data.jtbd.serving import DAY, Serving
from data.jtbd.specs import Specs
from data.metrics.jobs import interval
from data.values.arrays import Numbers
from data.values.jobs import BAND_TITLES, InvestmentRow, LandscapePoint, OutcomeRow, SatisfactionRow
from data.values.jobs_words import EVEN, UNDERSERVED
from data.values.scales import doubted, is_top_two, rating
from data.values.shares import wilson


def investment(
    serving: Serving,
    outcomes: Sequence[OutcomeRow],
    start: int,
    end: int,
    persona: str | None = None,
    job: str | None = None,
) -> list[InvestmentRow]:
    """A row for each job, the most underserved first; last, the work that serves none."""
    specs = serving.specs
    items = serving.done_items(start, end, persona)
    active = np.where(serving.person(persona), serving.active(start, end), 0)
    places = serving.job + 1  # 0: none
    counts = np.bincount(places[items], minlength=len(serving.jobs) + 1)
    spent = np.bincount(places, weights=active, minlength=len(serving.jobs) + 1) / DAY
    best = {name: _best(outcomes, name) for name in serving.jobs}
    scores = {name: row.opportunity.score for name, row in best.items() if row and row.opportunity.score is not None}
    for_jobs, all_scores = int(counts[1:].sum()), sum(scores.values())
    rows = []
    for n, name in enumerate(serving.jobs, 1):
        row, score = best[name], scores.get(name)
        share = score / all_scores if score is not None and all_scores else None
        part = counts[n] / for_jobs if for_jobs else None
        gap = None if share is None or part is None else float(part - share)
        band = row.opportunity.band if row else None
        rows.append(
            InvestmentRow(
                name,
                specs.jobs[name].name,
                int(counts[n]),
                _share(counts[n], len(items)),
                float(spent[n]),
                _share(spent[n], spent.sum()),
                score,
                row.title if row else "",
                band,
                BAND_TITLES.get(band or "", ""),
                share,
                gap,
                _verdict(band, gap, int(counts[n]), row is not None),
            )
        )
    rows = [each for each in rows if job is None or each.job_id == job]
    rows.sort(key=lambda each: (each.band in (None, "overserved"), -(each.opportunity or 0), each.job_id))
    if job is None:
        rest = InvestmentRow(
            "", "No job", int(counts[0]), _share(counts[0], len(items)), float(spent[0]), _share(spent[0], spent.sum()),
            None, "", None, "", None, None, "No issue says which job this work serves." if counts[0] else "",
        )  # a row of the table: kept in one piece  # fmt: skip
        rows.append(rest)
    return rows


def _share(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None


def _best(outcomes: Sequence[OutcomeRow], job: str) -> OutcomeRow | None:
    """The most underserved outcome of a job; an overserved one only where there is no other."""
    scored = [each for each in outcomes if each.job_id == job and each.opportunity.band is not None]
    under = [each for each in scored if each.opportunity.band != "overserved"]
    return max(under or scored, key=lambda each: each.opportunity.score or 0, default=None)


def _verdict(band: str | None, gap: float | None, items: int, known: bool) -> str:
    """In words.

    >>> _verdict("extreme", -0.12, 3, True), _verdict("overserved", 0.2, 9, True)
    ('Underserved, and gets less of the work than its share.', 'Overserved, and gets more of the work than its share.')
    """
    if not known or band is None:
        return "No outcome of it has a score."
    served = "Underserved" if band in UNDERSERVED else "Overserved" if band == "overserved" else "Served"
    if gap is None:
        return f"{served}; no completed item names a job."
    if not items:
        return f"{served}, and nothing was completed for it."
    if abs(gap) < EVEN:
        return f"{served}, and gets about its share of the work."
    word = "and" if (gap < 0) == (served == "Underserved") or served == "Overserved" else "but"
    return f"{served}, {word} gets {'less' if gap < 0 else 'more'} of the work than its share."


def landscape(
    outcomes: Sequence[OutcomeRow],
    specs: Specs,
    serving: Serving | None,
    start: int,
    end: int,
    persona: str | None = None,
) -> list[LandscapePoint]:
    """Every outcome with importance and satisfaction; its size is the active time spent on it, else on its job."""
    active = None if serving is None else np.where(serving.person(persona), serving.active(start, end), 0) / DAY
    points = []
    for row in outcomes:
        found = row.opportunity
        if found.importance is None or found.satisfaction is None or found.score is None:
            continue
        effort, shared = _effort(row, specs, serving, active)
        points.append(
            LandscapePoint(
                row.outcome_id,
                row.title,
                row.job_id,
                row.job_title,
                found.importance,
                found.satisfaction,
                found.score,
                found.band,
                found.band_title,
                effort,
                shared,
                found.n,
                found.enough,
            )
        )
    return points


def _effort(
    row: OutcomeRow, specs: Specs, serving: Serving | None, active: Numbers | None
) -> tuple[float | None, bool]:
    if serving is None or active is None:
        return None, False
    spec = specs.outcomes.get(row.outcome_id)
    own = serving.labelled([row.outcome_id, *(spec.labels if spec else ())])
    if own.any():
        return float(active[own].sum()), False
    if row.job_id not in serving.jobs:
        return None, False
    return float(active[serving.job == serving.jobs.index(row.job_id)].sum()), True


def job_satisfaction(
    serving: Serving, start: int, end: int, persona: str | None, job: str | None
) -> list[SatisfactionRow]:
    """What issues say, by job, on the scale that is declared for the field; without one nothing is read of numbers."""
    nothing, scale = interval(wilson(0, 0)), serving.satisfaction_scale
    found = []
    for name, levels in sorted(serving.satisfaction(start, end, persona).items()):
        told = [is_top_two(each, scale) for each in levels]
        scores = [score for each in levels if (score := rating(each, scale)) is not None]
        if job not in (None, name) or all(each is None for each in told):
            continue
        share = wilson(told.count(True), len(told) - told.count(None))
        mean = fmean(scores) if scores else None
        title = serving.specs.jobs[name].name
        found.append(SatisfactionRow("job", name, title, interval(share), mean, len(scores), nothing, nothing, None))
    return found


def scale_notes(serving: Serving, start: int, end: int, persona: str | None) -> list[str]:
    """What is asked or doubted about the scale of the mapped field Satisfaction."""
    levels = [each for part in serving.satisfaction(start, end, persona).values() for each in part]
    scale = serving.satisfaction_scale
    unread = sum(is_top_two(each, scale) is None for each in levels)
    if unread:
        numbers = [float(each) for each in levels if is_top_two(each, scale) is None]
        verb = "issue says" if unread == 1 else "issues say"
        return [
            f"{unread} {verb} how satisfied somebody is, from {min(numbers):g} to {max(numbers):g}, on a scale that "
            "nobody declared: it is not counted. Declare it at the field Satisfaction in the mapping, or set "
            "definitions.satisfaction_scale."
        ]
    if doubted(levels, scale):
        return [
            f"None of {len(levels)} values of the field Satisfaction on the scale {scale} is above 5. If people "
            "answered from 1 to 5, the satisfaction shown is far too low: declare the scale 1-5."
        ]
    return []
