"""Which numbers changed in the period by more than their noise: XmR signals on weekly values."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from data.charts.flow.process_behaviour import whole_weeks
from data.charts.moments import Buckets, words
from data.charts.registry import ChartAsked
from data.metrics.catalogue import Metric
from data.metrics.display import display
from data.metrics.facts import Facts
from data.metrics.measure import value_of
from data.metrics.registry import CATALOG
from data.metrics.xmr import LEAST, Limits, Signal, limits, signals
from data.overview.views import Change
from data.periods import Period

log = logging.getLogger(__name__)
FAMILIES = ("dora", "flow")
_RANK = {"outside": 0, "run": 1, "near": 2}


@dataclass(frozen=True)
class Found:
    """Signals in the period, and the titles of the metrics that have none, or too few weeks to tell."""

    changes: tuple[Change, ...]
    steady: tuple[str, ...]
    untold: tuple[str, ...]
    weeks: int


def changes(facts: Facts, period: Period) -> Found:
    """Of the ten metrics. Weeks are whole ones (Monday to Sunday) as in the chart "Has throughput changed?"; a signal
    counts when it touches a week of the period (the last whole week, where the period has none).
    """
    over = whole_weeks(ChartAsked(facts, period))
    out: list[Change] = []
    steady, untold = [], []
    recent = next((n for n, last in enumerate(over.last) if last >= period.first), len(over) - 1)
    recent = min(recent, len(over) - 1)
    for metric in CATALOG.values():
        if metric.family not in FAMILIES or metric.missing(facts) is not None:
            continue
        values = _weekly(metric, facts, over)
        known = [n for n, value in enumerate(values) if value is not None]
        if len(known) < LEAST:
            untold.append(metric.title)
            continue
        rule = limits([values[n] for n in known])
        told = [each for each in signals([values[n] for n in known], rule) if known[each.last] >= recent]
        if told:
            signal = min(told, key=lambda each: (_RANK[each.kind], -each.last))
            out.append(_change(metric, over, values, known, rule, signal))
        else:
            steady.append(metric.title)
    out.sort(key=lambda each: {"worse": 0, "better": 1}.get(each.verdict or "", 2))
    return Found(tuple(out), tuple(steady), tuple(untold), len(over))


def _weekly(metric: Metric, facts: Facts, over: Buckets) -> list[float | None]:
    out: list[float | None] = []
    for first, last in zip(over.days, over.last, strict=True):
        try:
            out.append(value_of(metric, facts, Period(first, last, facts.zone)))
        except Exception:
            log.exception("weekly values of %s", metric.name)
            return []
    return out


def _change(
    metric: Metric, over: Buckets, values: list[float | None], known: list[int], rule: Limits, signal: Signal
) -> Change:
    up = signal.side == "above"
    verdict = None if metric.lower_is_better is None else "worse" if up == metric.lower_is_better else "better"
    return Change(
        metric=metric.name,
        title=metric.title,
        sentence=_sentence(metric, over, values, known, rule, signal),
        verdict=verdict,
        todo="Open it and look for what was different in these weeks."
        if verdict != "better"
        else "Open it, find what helped, and keep it.",
        weeks=tuple(values),
        first_week=over.days[0].isoformat(),
        mean=rule.mean,
        lower=rule.lower,
        upper=rule.upper,
    )


def _sentence(
    metric: Metric, over: Buckets, values: list[float | None], known: list[int], rule: Limits, signal: Signal
) -> str:
    first, last = known[signal.first], known[signal.last]
    week = words(over.days[last], over.last[last])
    mean = _shown(metric, rule.mean)
    if signal.kind == "outside":
        value = values[last]
        edge = rule.upper if signal.side == "above" else rule.lower
        than = "above" if signal.side == "above" else "below"
        return (
            f"{_shown(metric, value or 0.0)} in the week {week}: {than} what its weeks vary by "
            f"(limit {_shown(metric, edge)}, mean {mean})."
        )
    if signal.kind == "run":
        count = signal.last - signal.first + 1
        since = over.days[first]
        return (
            f"{'Above' if signal.side == 'above' else 'Below'} its mean of {mean} for {count} weeks in a row, "
            f"since {since.day} {since:%b %Y}."
        )
    edge = rule.upper if signal.side == "above" else rule.lower
    name = "upper" if signal.side == "above" else "lower"
    return f"Near its {name} limit of {_shown(metric, edge)} in 3 of 4 weeks, the last {week} (mean {mean})."


def _shown(metric: Metric, value: float) -> str:
    return " ".join(display(metric.shows, value)).strip()
