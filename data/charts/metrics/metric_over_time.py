"""A metric of the catalogue, step by step through the period."""

from __future__ import annotations

from datetime import UTC, date, datetime
from operator import itemgetter

import numpy as np

from data.charts.bars import pickable
from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import Drawing, by_code, nothing
from data.charts.metrics.chosen_metric import COUNTED, joined, metric_of, step_of, unit_of
from data.charts.metrics.xmr_limits import limits_of, whole_steps, xmr_limits
from data.charts.natural_limits import COLUMNS, DEFINITIONS, signal_points
from data.facts.dataset import Dataset
from data.facts.query import MetricQuery
from data.metrics.breakdown import over_time, steps
from data.metrics.catalogue import IssueMetric
from data.metrics.measure import STILL_TO_COME, rows_for
from data.values.charts import Line, Series
from data.values.numbers import Breakdown, Part
from data.values.periods import Period, local_date, zone_named


@chart(family="catalogue", order=1, title="Over time")
def metric_over_time(query: ChartQuery) -> Drawing:
    """Each point or bar is the number for one day, week or month, calculated from its own issues, never from other
    numbers.

    Weeks begin on Monday; the first and the last may be cut off by the period, and what is not over yet is drawn in
    grey. A gap is a step for which there is no number. The dashed line is the number of the whole period. With natural
    limits it is a process behaviour (XmR) chart: mean ± 2.66 × the mean difference from one whole step to the next.
    Between the limits is noise; a signal is a step outside, 8 in a row on one side of the mean, or 3 of 4 nearer a
    limit than the mean. Limits are made of all whole steps that are shown, of those of a baseline, or anew from dated
    marks on. With fewer than 6 steps, with steps that are all alike, or where one step makes nearly all the difference
    between them, limits say nothing, and the chart says so.
    """
    metric = metric_of(query)
    if isinstance(metric, Drawing):
        return metric
    step = step_of(query)
    found = query.facts.once(_found, metric.name, query.period, step)
    begun = [each for each in found.parts if each.why != STILL_TO_COME]
    if all(each.value is None for each in begun):
        return nothing(metric.nothing, todo="Choose other days, or clear a filter.")
    rows = [rows_for(metric, MetricQuery(query.facts, each)) for each in steps(query.period, step)[: len(begun)]]
    code = np.repeat(np.arange(len(rows)), [len(each) for each in rows])
    tokens = [each.first for each in begun]
    named = {each.first: each.name for each in begun}
    picks = by_code(joined(rows), code, tokens).showing(
        label=lambda token: named[token],
        values=metric.measures,
        unit=unit_of(metric),
        outcome_title=metric.outcome_title,
        outcome=metric.outcome,
    )
    links = pickable(tokens, [each.used + each.left_out for each in begun])
    since = _first_day(query)
    whole = whole_steps(begun, step, since)
    rule = xmr_limits(metric, query, begun, whole, step, since) if limits_of(query) else None
    cells = rule.rows if rule else ((),) * len(begun)
    texts = [f"{each.name}: {each.shown}" for each in begun]
    return Drawing(
        " ".join(filter(None, (_reading(found, begun), rule.reading if rule else ""))),
        (
            *_series(metric, begun, links, faint=bool(rule and rule.told)),
            *((*rule.series, signal_points(rule, whole, texts, links)) if rule else ()),
        ),
        lines=rule.lines if rule and rule.told else _whole(metric, found),
        x_title={"day": "Days", "week": "Weeks, by their first day", "month": "Months, by their first day"}[step],
        y_title=metric.unit[:1].upper() + metric.unit[1:],
        x_kind="time",
        unit=metric.unit,
        columns=("From", "To", f"Value, {metric.unit}", "Used", "Left out", *(COLUMNS if rule else ())),
        table=lambda: (
            (each.first, each.last, each.value, each.used, each.left_out, *more)
            for each, more in zip(begun, cells, strict=True)
        ),
        table_picks=lambda: links,
        row_count=len(begun),
        drilldown=picks,
        notes=rule.notes if rule else (),
        title=f"{metric.title} over time",
        switches=(*metric.switches, *(DEFINITIONS if rule else ())),
    )


def _first_day(query: ChartQuery) -> date:
    """The first day on which anything happened: no process is there before it."""
    known = query.facts.activity[:1].tolist()
    zone = zone_named(query.period.zone)
    return local_date(datetime.fromtimestamp(known[0] / 1e6, UTC), zone) if known else query.period.first


def _found(facts: Dataset, name: str, period: Period, step: str) -> Breakdown:
    from data.metrics.registry import ISSUE_METRICS

    return over_time(ISSUE_METRICS[name], facts, period, step)


def _series(metric: IssueMetric, begun: list[Part], links: list[str], *, faint: bool) -> tuple[Series, ...]:
    """The steps that are over, and the one that is not in grey. `faint`: beside limits and signals, as a line."""
    bars = metric.aggregation in COUNTED and not faint

    def of(kind: str, which: list[int], role: str) -> Series:
        return Series(
            "",
            kind,
            [begun[n].first for n in which],
            [begun[n].value for n in which],
            text=[
                f"{begun[n].name}: {begun[n].shown}{' so far' * begun[n].so_far}, {begun[n].used:,} used" for n in which
            ],
            picks=[links[n] for n in which],
            role=role,
        )

    whole = [n for n, each in enumerate(begun) if not each.so_far]
    rest = [n for n, each in enumerate(begun) if each.so_far]
    return (
        of("bars" if bars else "line", whole, "faint" if faint else "main"),
        of("bars" if bars else "points", rest, "muted"),
    )


def _whole(metric: IssueMetric, breakdown: Breakdown) -> tuple[Line, ...]:
    """The number of the whole period, where steps can be compared with it."""
    if breakdown.total is None or breakdown.total.value is None or metric.aggregation in COUNTED:
        return ()
    return (Line("y", breakdown.total.value, f"All {breakdown.total.shown}"),)


def _reading(breakdown: Breakdown, begun: list[Part]) -> str:
    over = [each for each in begun if each.value is not None and not each.so_far] or begun
    known = [(each.value, each) for each in over if each.value is not None]
    (least, low), (most, high) = min(known, key=itemgetter(0)), max(known, key=itemgetter(0))
    last = begun[-1]
    when = "today" if breakdown.by == "day" else f"this {breakdown.by}"
    now = f" {last.shown} so far {when}." if last.so_far and last.value is not None else ""
    if len(known) == 1 or least == most:
        return (
            f"{breakdown.title}: {high.shown} in each {breakdown.by}.{now}"
            if len(known) > 1
            else f"{breakdown.title}: {high.shown} in {high.name}.{now}"
        )
    return (
        f"{breakdown.title} for each {breakdown.by}: from {low.shown} ({low.name}) to {high.shown} ({high.name}).{now}"
    )
