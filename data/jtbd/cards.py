"""The four numbers of the jobs pillar as MetricValues, so that cards, cache, terminal and CSV treat them like all
others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.jtbd.operations import BAND_TITLES, middle, wilson
from data.jtbd.picture import Picture
from data.metrics.display import digits
from data.tables.tidy import microseconds
from data.values.details import Details
from data.values.jobs import OutcomeRow
from data.values.metric_value import ErrorState, MetricValue, iso
from data.values.periods import Period

LOW_CONFIDENCE = 5
_FLAT = 2.0
BINS = 10  # points of a sparkline for this period, and as many for the one before


@dataclass(frozen=True)
class Card:
    """One number: what it is called, what it means, and what it is made of in a picture of the period."""

    name: str
    title: str
    unit: str
    definition: str
    nothing: str
    make: Callable[[Picture], Made]
    sparks: bool = True


@dataclass(frozen=True)
class Made:
    """A value, how many were used, why others were not, and what goes into details."""

    value: float | None
    used: int
    exclusions: dict[str, int]
    extra: Details


def _completion(found: Picture) -> Made:
    done, tracked = (sum(getattr(row, name) for row in found.jobs) for name in ("completed", "tracked"))
    share = wilson(done, tracked)
    from_jira = sum(row.from_jira for row in found.jobs)
    extra: Details = {
        "interval": _percents(share.low, share.high),
        "from_jira": from_jira,
        "enough": share.enough,
    }
    extra["steps"] = (
        [f"{done} completed of {tracked} tracked = {digits(100 * (share.value or 0))} %."] if tracked else []
    )
    if from_jira:
        extra["steps"].append(f"{from_jira} of them are issues that name a job, {tracked - from_jira} were recorded.")
    extra["bars"] = [[row.title, 100 * row.completion.value] for row in found.jobs if row.completion.value is not None]
    return Made(None if share.value is None else 100 * share.value, tracked, {}, extra)


def _achievement(found: Picture) -> Made:
    rows = [row for row in found.outcomes if row.achievement is not None]
    reached = sum((row.achievement or 0) >= 100 for row in rows)
    extra: Details = {"reached": reached, "enough": True}
    if rows:
        extra["steps"] = [f"The median of {len(rows)} outcomes; {reached} reached their target."]
        extra["bars"] = [[row.title, row.achievement] for row in rows]
    return Made(middle(row.achievement for row in rows), len(rows), _why(found.outcomes), extra)


def _opportunity(found: Picture) -> Made:
    scored = [row for row in found.outcomes if row.opportunity.band is not None]
    under = [row for row in scored if row.opportunity.band != "overserved"]
    best = max(under, key=lambda row: row.opportunity.score or 0, default=None)
    bands = {name: sum(row.opportunity.band == name for row in scored) for name in BAND_TITLES}
    why = _counted([row.opportunity.reason for row in found.outcomes if row.opportunity.band is None])
    extra: Details = {"bands": bands, "enough": True}
    if best:
        told = best.opportunity
        extra |= {
            "band": told.band,
            "band_title": told.band_title,
            "outcome_id": best.outcome_id,
            "outcome": best.title,
        }
        extra |= {
            "clamped": told.clamped,
            "linear": told.linear,
            "interval": [told.low, told.high],
            "enough": told.enough,
        }
        extra["steps"] = [
            f"Most underserved: {best.title}. Importance {told.importance:.1f}, satisfaction {told.satisfaction:.1f}.",
            ", ".join(f"{n} {BAND_TITLES[name].lower()}" for name, n in bands.items() if n) + ".",
        ]
        extra["bars"] = [[row.title, row.opportunity.score] for row in scored]
    return Made(best.opportunity.score if best else None, len(scored), why, extra)


def _resolution(found: Picture) -> Made:
    eased = sum(row.improved for row in found.painpoints)
    records = sum(row.improved + row.worse + row.unchanged for row in found.painpoints)
    done, issues = (sum(getattr(row, name) for row in found.painpoints) for name in ("issues_done", "issues"))
    share = wilson(eased + done, records + issues)
    before = sum((row.before or 0) * row.n for row in found.painpoints if row.before is not None)
    after = sum((row.after or 0) * row.n for row in found.painpoints if row.before is not None)
    extra: Details = {"interval": _percents(share.low, share.high), "enough": share.enough}
    extra["effectiveness"] = 100 * (before - after) / before if before else None
    extra["worse"] = sum(row.worse for row in found.painpoints)
    if share.n:
        extra["steps"] = [
            f"{eased} of {records} records say that it hurts less; {done} of {issues} issues that name a painpoint are done."
        ]
    if extra["effectiveness"] is not None:
        word = "fell" if extra["effectiveness"] >= 0 else "rose"
        extra["steps"].append(f"Severity {word} by {digits(abs(extra['effectiveness']))} % on average.")
    extra["bars"] = [[row.title, row.effectiveness] for row in found.painpoints if row.effectiveness is not None]
    left = sum(row.n for row in found.painpoints) - records
    return Made(
        None if share.value is None else 100 * share.value,
        share.n,
        {"severity before was 0": left} if left else {},
        extra,
    )


CARDS = (
    Card("job_completion_rate", "Job completion", "percent",
         "The share of tracked jobs that were completed; a job belongs to the period in which it was started.",
         "No job was tracked between these dates.", _completion),
    Card("outcome_achievement", "Outcome achievement", "percent",
         "The median over the outcomes of how far each came towards its target: actual ÷ target where more is better, "
         "target ÷ actual where less is better; not capped at 100 %.",
         "No outcome was measured between these dates.", _achievement, sparks=False),
    Card("opportunity_score", "Largest opportunity", "score",
         "The score of the most underserved outcome: importance + max(importance − satisfaction, 0), from 0 to 20.",
         "No outcome has both importance and satisfaction.", _opportunity, sparks=False),
    Card("painpoint_resolution", "Painpoint resolution", "percent",
         "The share of painpoint reports that were resolved: records after which it hurts less, and issues that name a "
         "painpoint and are done.",
         "No painpoint was reported between these dates.", _resolution),
)  # a table: kept in its rows  # fmt: skip


def _why(rows: Sequence[OutcomeRow]) -> dict[str, int]:
    return _counted([row.reason.rstrip(".") for row in rows if row.achievement is None])


def _counted(reasons: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in reasons:
        name = each.partition(":")[0].rstrip(".") or "no score"
        name = name[0].lower() + name[1:]
        found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def _percents(low: float | None, high: float | None) -> list[float | None]:
    return [None if each is None else 100 * each for each in (low, high)]


def values(
    period: Period, now: datetime, zone: str, current: Picture, previous: Picture, bins: Callable[[Period], Picture]
) -> list[MetricValue]:
    """The four cards of a period. `bins` draws the picture of a part of it, for the sparkline."""
    parts = [*period.previous().bins(BINS), *period.bins(BINS)]
    pictures = [bins(each) for each in parts]
    return [_value(card, period, now, zone, current, previous, parts, pictures) for card in CARDS]


def _value(
    card: Card,
    period: Period,
    now: datetime,
    zone: str,
    current: Picture,
    previous: Picture,
    parts: Sequence[Period],
    pictures: Sequence[Picture],
) -> MetricValue:
    made = card.make(current)
    ok = made.value is not None
    left_out = sum(made.exclusions.values())
    details = _details(card, made, period, zone)
    if ok:
        details |= _comparison(card, period, made.value or 0.0, card.make(previous).value)
        if card.sparks:
            points = [card.make(each).value for each in pictures]
            details |= {
                "sparkline": [None if each is None else float(f"{each:.4g}") for each in points],
                "sparkline_days": parts[0].days,
                "sparkline_period_from": len(parts) - len(period.bins(BINS)),
                "sparkline_first_day": parts[0].first.isoformat(),
            }
        if details["low_confidence"]:
            details["trend_verdict"] = None
    if microseconds(period.end) > microseconds(now):
        details["so_far"] = True
    return MetricValue(
        metric_name=card.name,
        metric_type="jtbd",
        value=made.value,
        unit=card.unit,
        performance_tier=None,
        performance_tier_color=None,
        calculation_timestamp=iso(now),
        time_period_start=iso(period.start),
        time_period_end=iso(period.end),
        error_state=(ErrorState.SUCCESS if ok else ErrorState.NO_DATA).value,
        error_message=None if ok else card.nothing,
        excluded_issue_count=left_out,
        total_issue_count=made.used + left_out,
        details=details,
    )


def _details(card: Card, made: Made, period: Period, zone: str) -> Details:
    notes = []
    if made.value is not None and not made.extra.get("enough", True):
        notes.append(f"Fewer than 30: {made.used}. The share may be very different among all.")
    shown = "–" if made.value is None else f"{made.value:.1f}" if card.unit == "score" else digits(made.value)
    return {
        "title": card.title,
        "definition": card.definition,
        "higher_is_better": None if card.unit == "score" else True,
        "used": made.used,
        "exclusions": made.exclusions,
        "period_days": period.days,
        "zone": zone,
        "display_value": shown,
        "display_unit": "" if made.value is None else "%" if card.unit == "percent" else "of 20",
        "benchmarks": {},
        "low_confidence": made.value is not None and made.used < LOW_CONFIDENCE and card.unit != "score",
        "trend_direction": None,
        "trend_percentage": None,
        "trend_verdict": None,
        "previous_value": None,
        "sparkline": [],
        "steps": [],
        "needs": [],
        "needs_titles": [],
        **made.extra,
        "notes": notes,
    }


def _comparison(card: Card, period: Period, value: float, then: float | None) -> Details:
    before = period.previous()
    out: Details = {
        "previous_value": then,
        "previous_complete": True,
        "previous_start": before.first.isoformat(),
        "previous_end": before.last.isoformat(),
        "previous_label": before.label,
    }
    if then is None:
        return out
    change = 0.0 if value == then else None if then == 0 else 100 * (value - then) / then
    flat = value == then or (change is not None and abs(change) < _FLAT)
    out["trend_percentage"] = change
    out["trend_direction"] = "flat" if flat else "up" if value > then else "down"
    if card.unit != "score":
        out["trend_verdict"] = "unchanged" if flat else "better" if value > then else "worse"
    out["previous_display"] = f"{then:.1f}" if card.unit == "score" else f"{digits(then)} %"
    return out
