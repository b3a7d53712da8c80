"""Ask a metric: rows, formula, tier, comparison with the period before and sparkline become one MetricValue."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from data.facts.dataset import Dataset
from data.facts.deployments import undated_words
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.facts.unread import missing_lists, needed_by, sentences
from data.metrics import verdicts
from data.metrics.catalogue import IssueMetric
from data.metrics.display import display
from data.metrics.registry import ISSUE_METRICS
from data.metrics.tiers import benchmark_numbers, benchmarks, score
from data.settings.fields import FIELDS
from data.tables.tidy import microseconds
from data.values.arrays import Instants
from data.values.details import Details
from data.values.exclusion import Exclusion
from data.values.intervals import Rate
from data.values.metric_value import TIER_COLORS, ErrorState, MetricValue, iso
from data.values.periods import Period, PeriodError, local_date, zone_named
from data.values.typography import listed

log = logging.getLogger(__name__)
LOW_CONFIDENCE = 5  # fewer used than this: the card says so
STILL_TO_COME = "Still to come."
ADDS_UP = ("sum", "rate", "distinct")  # what grows as a period goes on
HALF_SPARK = 10  # points for this period, and as many for the one before
NO_TREND: Details = {"trend_direction": None, "trend_percentage": None, "trend_points": None, "trend_verdict": None}
DAY = 86_400_000_000  # µs


def measure_family(family: str, facts: Dataset, period: Period) -> list[MetricValue]:
    """All metrics of a family, in the order of the catalogue."""
    return [measure(each, facts, period) for each in ISSUE_METRICS.values() if each.family == family]


def measure(metric: IssueMetric, facts: Dataset, period: Period) -> MetricValue:
    """One metric for one period. Never raises for what the data may hold: what goes wrong becomes a
    calculation_error.
    """
    facts = facts.known_to(metric.switches)
    asked = MetricQuery(facts, period)
    try:
        missing = metric.lacking(facts)
        if missing:
            details: Details = {
                "needs": list(missing.fields),
                "needs_titles": [FIELDS[name].title for name in missing.fields],
                "needs_settings": list(missing.settings),
            }
            late = [FIELDS[name].title for name in missing.fields if name in facts.pending]
            message = (
                f"{', '.join(late)} is mapped but not fetched yet. Sync to fill it in." if late else missing.message
            )
            # Without anything to map or choose there is no button to press: then the data has nothing to say.
            state = ErrorState.MISSING_MAPPING if missing.fields or missing.settings else ErrorState.NO_DATA
            rows = rows_for(metric, asked) if missing.counts else None
            return _without(metric, asked, state, message, details, rows)
        rows = rows_for(metric, asked)
        value = metric(rows, asked)
        if value is None:
            lacking = sentences(missing_lists(facts, *needed_by(metric.name, metric.family, facts)))
            message = " ".join((*lacking, why_nothing(metric, rows, asked)))
            return _without(metric, asked, ErrorState.NO_DATA, message, {}, rows)
        return _success(metric, asked, rows, value)
    except PeriodError:
        raise
    except Exception:
        log.exception("metric %s failed", metric.name)
        message = (
            f"{metric.title} could not be calculated from this data. The log names the reason; the other numbers are "
            "not affected."
        )
        return _without(metric, asked, ErrorState.CALCULATION_ERROR, message, {})


def rows_for(metric: IssueMetric, query: MetricQuery) -> Rows:
    """What the metric looks at in this period, those left out included."""
    facts, edge = query.facts, edge_of(metric, query)
    if metric.as_of_rows and edge is not None:
        return metric.select(facts.once(metric.as_of_rows, edge, query.start), query)
    return metric.select(facts.once(metric.rows), query)


class HasEdge(Protocol):
    """A metric or a chart, which may look at its rows as they were at the end of the period."""

    @property
    def as_of_rows(self) -> Callable[[Dataset, int, int], Rows] | None: ...


def edge_of(metric: HasEdge, query: MetricQuery) -> int | None:
    """The instant (µs) just before which its rows are looked at; None: now."""
    if metric.as_of_rows and query.facts.definitions.completed_as_of == "period_end":
        return query.edge
    return None


def instants_of(metric: HasEdge, query: MetricQuery, rows: Rows) -> Instants | None:
    """By row: the instant (µs) just before which its issue is looked at; None: now. Of a sprint that is its close."""
    if "seen" in rows.columns:
        seen: Instants = rows.columns["seen"]
        return seen
    if "sprint" in rows.columns:
        closes: Instants = rows.columns["completed"]
        return closes
    edge = edge_of(metric, query)
    return None if edge is None else np.full(len(rows), edge, dtype=np.int64)


def why_nothing(metric: IssueMetric, rows: Rows | None, query: MetricQuery) -> str:
    """Why there is no value: it is still to come (no rows), nothing is known, nothing happened, or everything that
    happened is left out.
    """
    if rows is None:
        return STILL_TO_COME
    left_out = rows.exclusions()
    if not len(rows) and not query.covered:
        return f"Nothing is known about these dates: {query.facts.why_unknown(query.snapshot)}."
    if not left_out or rows.used:
        return metric.nothing
    reasons = ", ".join(f"{why} ({n})" for why, n in left_out.items())
    return (
        f"Nothing to measure: {'all ' if len(rows) > 1 else ''}{len(rows)} left out. {reasons[0].upper()}{reasons[1:]}."
    )


def value_of(metric: IssueMetric, facts: Dataset, period: Period) -> float | None:
    """The bare value, for comparisons and sparklines."""
    asked = MetricQuery(facts.known_to(metric.switches), period)
    return None if asked.start > facts.now else metric(rows_for(metric, asked), asked)


def _success(metric: IssueMetric, query: MetricQuery, rows: Rows, value: float) -> MetricValue:
    facts, year = query.facts, query.facts.definitions.tier_year
    tier, of_tier = verdicts.tier(metric, value, rows, query)
    number, unit = display(metric.shows, value)
    extra = metric.explain(rows, query)
    details: Details = {
        **_common(metric, query, rows),
        "display_value": number,
        "display_unit": unit,
        "benchmarks": benchmarks(metric.name, year),
        **benchmark_numbers(metric.name, year),
        # Where deployments are counted, several tickets may be one.
        "low_confidence": extra.get("count", rows.used) < LOW_CONFIDENCE,
        "score_2025": score(
            metric.name, value * 24 if metric.shows == "days" else value, period_days=query.period.days
        ),
        **verdicts.interval(metric.estimate(rows, query)),
        **of_tier,
        **comparison(metric, query, rows, value, metric.lower_is_better),
        **_sparkline(metric, facts, query.period),
        **extra,
    }
    if reason := of_tier.get("tier_reason"):
        details["score_2025"] = None
        details["notes"] = [*details.get("notes", []), reason]
    lacking = sentences(missing_lists(facts, *needed_by(metric.name, metric.family, facts)))
    undated = [undated_words(facts)] if Exclusion.VERSION_UNDATED.text() in rows.exclusions() else []
    told = [*_reach(facts, query), *_sources(metric, facts), *lacking, *undated]
    details["notes"] = [*details.get("notes", []), *told]
    if query.end > facts.now:
        details["so_far"] = True
    return _answer(metric, query, ErrorState.SUCCESS, None, rows, details, value, tier)


def _without(
    metric: IssueMetric, query: MetricQuery, state: ErrorState, message: str, extra: Details, rows: Rows | None = None
) -> MetricValue:
    details: Details = {
        **_common(metric, query, rows),
        "display_value": "–",
        "display_unit": "",
        "benchmarks": benchmarks(metric.name, query.facts.definitions.tier_year),
        **benchmark_numbers(metric.name, query.facts.definitions.tier_year),
        "low_confidence": False,
        **NO_TREND,
        "previous_value": None,
        "sparkline": [],
        "notes": [],
        "steps": [],
        **extra,
    }
    return _answer(metric, query, state, message, rows, details, None, None)


def _common(metric: IssueMetric, query: MetricQuery, rows: Rows | None) -> Details:
    return {
        "title": metric.title,
        "definition": metric.summary,
        "higher_is_better": None if metric.lower_is_better is None else not metric.lower_is_better,
        "used": 0 if rows is None else rows.used,
        "exclusions": {} if rows is None else rows.exclusions(),
        "period_days": query.period.days,
        "zone": query.facts.zone,
    }


def _answer(
    metric: IssueMetric,
    query: MetricQuery,
    state: ErrorState,
    message: str | None,
    rows: Rows | None,
    details: Details,
    value: float | None,
    tier: str | None,
) -> MetricValue:
    total = 0 if rows is None else len(rows)
    return MetricValue(
        metric_name=metric.name,
        metric_type=metric.family,
        value=None if value is None else float(value),
        unit=metric.unit,
        performance_tier=tier,
        performance_tier_color=TIER_COLORS.get(tier or ""),
        calculation_timestamp=iso(datetime.fromtimestamp(query.facts.now / 1e6, UTC)),
        time_period_start=iso(query.period.start),
        time_period_end=iso(query.period.end),
        error_state=state.value,
        error_message=message,
        excluded_issue_count=total - (0 if rows is None else rows.used),
        total_issue_count=total,
        details=details,
    )


def comparison(
    metric: IssueMetric, query: MetricQuery, rows: Rows, value: float, lower_is_better: bool | None
) -> Details:
    """The same metric over as many days just before; no change is given where the two are not alike, and why is
    said."""
    facts, before = query.facts, MetricQuery(query.facts, query.period.previous())
    whole = facts.knows_all(before.start, before.end)
    its = rows_for(metric, before) if whole and before.start <= facts.now else None
    then = None if its is None else metric(its, before)
    out: Details = {
        "previous_value": then,
        "previous_complete": whole,
        "previous_start": before.period.first.isoformat(),
        "previous_end": before.period.last.isoformat(),
        "previous_label": before.period.label,
        **NO_TREND,
    }
    if not whole:
        out["trend_reason"] = f"No change is given: {facts.why_not_all(before.start, before.end)}."
    if its is None or then is None:
        return out
    out["previous_display"] = " ".join(display(metric.shows, then)).strip()
    estimate = metric.estimate(rows, query)
    if (metric.aggregation in ADDS_UP or isinstance(estimate, Rate)) and (left := _days_left(query)):
        out["trend_reason"] = f"{left} of {query.period.days} days are still to come: no change is given yet."
        return out
    then_measured = (then, metric.estimate(its, before))
    return {**out, **verdicts.compared(metric.unit, lower_is_better, (value, estimate), then_measured)}


def _days_left(query: MetricQuery) -> int:
    """Whole days of the period that have not begun."""
    return max(int((query.end - query.facts.now - 1) // DAY), 0)


def _reach(facts: Dataset, query: MetricQuery) -> list[str]:
    """A warning when the query does not hold all of what happened in the period."""
    zone, start = zone_named(facts.zone), query.start
    if facts.conditions:
        return [
            f"The query also looks at {listed(facts.conditions)}: only what it returned is known, and no change "
            "is given."
        ]
    if facts.complete_from is not None and start < facts.complete_from:
        day = local_date(datetime.fromtimestamp(facts.complete_from / 1e6, UTC), zone)
        held = "reports begin on" if facts.by_reports else f"the query holds only issues {facts.begins} since"
        return [f"Not complete: {held} {day:%-d %b %Y}."]
    if facts.knows(start, query.snapshot) and not facts.knows(query.snapshot - DAY, query.snapshot):
        return [f"Not complete: {facts.why_unknown(query.snapshot)}."]
    return []


def _sources(metric: IssueMetric, facts: Dataset) -> list[str]:
    """Where several Jira fields are mapped in order: how many issues have their value from which."""
    table, notes = facts.tables.sources, []
    for ours in metric.fields:
        given = table[table["field"] == ours]
        parts = [
            f"{name} ({count:,} issue{'s' * (count != 1)})"
            for name, count in zip(given["name"], given["issues"], strict=True)
        ]
        if parts:
            notes.append(f"{FIELDS[ours].title} is from {', else '.join(parts)}.")
    return notes


def _sparkline(metric: IssueMetric, facts: Dataset, period: Period) -> Details:
    """At most 20 points: the period before and this one, cut into equal runs of days."""
    bins = [*period.previous().bins(HALF_SPARK), *period.bins(HALF_SPARK)]
    since = facts.complete_from
    points = [
        None if since is not None and microseconds(each.start) < since else value_of(metric, facts, each)
        for each in bins
    ]
    return {
        "sparkline": [None if each is None else _short(each) for each in points],
        "sparkline_days": bins[0].days,
        "sparkline_period_from": len(bins) - len(period.bins(HALF_SPARK)),
        "sparkline_first_day": bins[0].first.isoformat(),
    }


def _short(value: float) -> float:
    """Enough digits for a picture."""
    return float(f"{value:.4g}")
