"""Natural limits (XmR) of a metric step by step, and the signals that stand out of its noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from data.charts.catalogue import ChartQuery
from data.charts.metrics.chosen_metric import LIMITS
from data.metrics.catalogue import IssueMetric
from data.metrics.display import display
from data.metrics.xmr import LEAST, Signal, limits, signals
from data.values.charts import Line, Series
from data.values.numbers import Part

XMR = "xmr"
_SIGNED = ("score",)  # aggregations whose numbers may lie below 0


@dataclass(frozen=True)
class Natural:
    """Limits of the whole steps: what is drawn, and what is said of each step."""

    reading: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    said: list[str]  # of each step, "" where there is no signal


def limits_of(query: ChartQuery) -> bool:
    """Whether the view asks for natural limits."""
    return query.option(LIMITS) == XMR


def is_whole(part: Part, step: str) -> bool:
    """Whether a step is as long as others of its kind, and over.

    >>> week = Part("", 1.0, "1", 1, 0, first="2025-01-06", last="2025-01-12")
    >>> is_whole(week, "week"), is_whole(week, "month"), is_whole(week, "day")
    (True, False, True)
    """
    first, last = date.fromisoformat(part.first), date.fromisoformat(part.last)
    if part.so_far:
        return False
    if step == "week":
        return first.weekday() == 0 and last - first == timedelta(days=6)
    return step == "day" or (first.day == 1 and (last + timedelta(days=1)).day == 1)


def natural(metric: IssueMetric, begun: Sequence[Part], step: str, since: date) -> Natural:
    """Limits over the whole steps that have a number; fewer than six have none, and the notes say so. A count of
    nothing is a number, but steps that begin before `since`, the first day of the data, say nothing about the process.
    """
    places = [
        n
        for n, each in enumerate(begun)
        if each.value is not None and is_whole(each, step) and date.fromisoformat(each.first) >= since
    ]
    said = [""] * len(begun)
    if len(places) < LEAST:
        whole = f"{len(places)} whole {step}{'s' * (len(places) != 1)} with a number"
        return Natural(
            "", (), (f"{whole}: natural limits need {LEAST} at least. Choose a longer period or shorter steps.",), said
        )
    values = [begun[n].value or 0.0 for n in places]
    rule = limits(values, floor=None if metric.aggregation in _SIGNED else 0.0)
    told = signals(values, rule)
    for each in told:
        for n in range(each.first, each.last + 1):
            said[places[n]] = "; ".join(filter(None, (said[places[n]], each.words)))
    shown = [" ".join(display(metric.shows, each)).strip() for each in (rule.mean, rule.lower, rule.upper)]
    reading = f"{shown[1]} to {shown[2]} is noise: " + (
        f"{len(told)} signal{'s' * (len(told) != 1)}." if told else "no signal, nothing has changed."
    )
    return Natural(
        reading,
        (
            Line("y", rule.mean, f"mean {shown[0]}", "main"),
            Line("y", rule.upper, f"upper {shown[2]}", "limit"),
            Line("y", rule.lower, f"lower {shown[1]}", "limit"),
        ),
        tuple(_in_words(each, [begun[n] for n in places]) for each in told),
        said,
    )


def signal_points(rule: Natural, begun: Sequence[Part], links: Sequence[str]) -> tuple[Series, ...]:
    """The steps with a signal, to be drawn over the line."""
    marked = [n for n, words in enumerate(rule.said) if words]
    return (
        Series(
            "",
            "points",
            [begun[n].first for n in marked],
            [begun[n].value for n in marked],
            text=[f"{begun[n].name}: {begun[n].shown}. {rule.said[n]}" for n in marked],
            picks=[links[n] for n in marked],
            role="signal",
        ),
    )


def _in_words(signal: Signal, parts: Sequence[Part]) -> str:
    first, last = parts[signal.first], parts[signal.last]
    if signal.first == signal.last:
        return f"{first.name}: {signal.words}."
    return f"{first.name.partition(' – ')[0]} to {last.name.rpartition(' – ')[2]}: {signal.words}."
