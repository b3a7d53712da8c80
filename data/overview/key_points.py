"""The overview in three sentences: what changed, what is at risk, what to do next."""

from __future__ import annotations

from collections.abc import Iterable

from data.values.change import BETTER, CANNOT_TELL, CLEAR, WORSE, change
from data.values.metric_value import MetricValue
from data.values.overview import OLD, KeyPoint, Overview

_URGENT = ("danger", "warning")


def key_points(values: Iterable[MetricValue], overview: Overview) -> tuple[KeyPoint, ...]:
    """One point a question, each with its evidence and where it is explained.

    A number changed where its card says better or worse, and is based on enough (see `data/metrics/verdicts.py`); where
    no card does, a shift of weekly values counts. The next step is the most serious doubt about the numbers, else the
    oldest work, else the number that became worse.
    """
    numbers = [each for each in values if each.ok and not each.details.get("low_confidence")]
    return (_changed(numbers, overview), _at_risk(overview), _next(numbers, overview))


def _clear(numbers: Iterable[MetricValue]) -> list[MetricValue]:
    """The numbers that are better or worse beyond noise: the worse ones first, then the larger changes."""
    found = [each for each in numbers if each.details.get("trend_verdict") in CLEAR and change(each).mood in CLEAR]
    return sorted(
        found,
        key=lambda each: (
            each.details.get("trend_verdict") != WORSE,
            -abs(float(each.details.get("trend_percentage") or 0)),
        ),
    )


def _changed(numbers: list[MetricValue], overview: Overview) -> KeyPoint:
    if clear := _clear(numbers):
        first, *others = clear
        details = first.details
        before = details.get("previous_display")
        return KeyPoint(
            "What changed",
            f"{_title(first)} is {change(first).words} than in the period before: {_shown(first)}"
            f"{f', before {before}' if before else ''}.",
            f"{_also(others)}Compared with {details.get('previous_label')}; the difference is larger than chance "
            "explains.",
            "metric",
            first.metric_name,
        )
    if overview.changes:
        shift = overview.changes[0]
        return KeyPoint(
            "What changed",
            f"{shift.title} is {shift.shift}: {shift.sentence[:1].lower()}{shift.sentence[1:]}",
            f"Compared with {overview.usual_weeks}. From the period before to this one, no card "
            "changed by more than chance explains.",
            "metric",
            shift.metric,
        )
    judged = [each for each in numbers if each.details.get("trend_verdict")]
    if not judged:
        return KeyPoint("What changed", "No change can be told yet.", "There is too little earlier data to compare.")
    return _unchanged(judged)


def _unchanged(judged: list[MetricValue]) -> KeyPoint:
    """When no number is better or worse: how many of the compared ones could be judged at all."""
    unknown = sum(each.details.get("trend_verdict") == CANNOT_TELL for each in judged)
    many = len(judged)
    compared = (
        f"{many:,} number{'s are' if many != 1 else ' is'} compared with {judged[0].details.get('previous_label')}."
    )
    if unknown == many:
        return KeyPoint("What changed", "Whether a change is more than chance cannot be told.", compared)
    if unknown:
        return KeyPoint(
            "What changed",
            f"No number that can be judged changed by more than chance explains; {unknown:,} cannot be judged.",
            compared,
        )
    return KeyPoint("What changed", "No number changed by more than chance explains.", compared)


def _also(others: list[MetricValue]) -> str:
    """What else became better or worse, by name."""
    worse = [_title(each) for each in others if each.details.get("trend_verdict") == WORSE]
    better = [_title(each) for each in others if each.details.get("trend_verdict") == BETTER]
    return "".join(
        f"Also {word}: {', '.join(titles)}. " for word, titles in ((WORSE, worse), (BETTER, better)) if titles
    )


def _at_risk(overview: Overview) -> KeyPoint:
    if not overview.over:
        return KeyPoint("At risk", "No item in progress is unusually old.", overview.ageing_words, "ageing")
    many = overview.over
    oldest = overview.ageing[0] if overview.ageing else None
    words = f"{many:,} of {overview.in_progress:,} items in progress {'is' if many == 1 else 'are'} unusually old"
    if oldest is not None:
        words += (
            f"; the oldest, {oldest.key}, was begun {oldest.age:,.0f} days ago and has the status “{oldest.status}”"
        )
    return KeyPoint(
        "At risk",
        f"{words}.",
        f"Of {overview.compared:,} completed items, {OLD} % were younger when they left the same status.",
        "ageing",
    )


def _next(numbers: list[MetricValue], overview: Overview) -> KeyPoint:
    for level in _URGENT:
        for caveat in overview.caveats:
            if caveat.level == level:
                return KeyPoint(
                    "Next step", caveat.todo, f"{caveat.title}. {caveat.sentence}", caveat.action, caveat.metric
                )
    if overview.ageing:
        keys = ", ".join(each.key for each in overview.ageing[:3])
        return KeyPoint(
            "Next step", f"Talk about the oldest work first: {keys}.", "Split it, unblock it, or stop it.", "ageing"
        )
    if (clear := _clear(numbers)) and clear[0].details.get("trend_verdict") == WORSE:
        return KeyPoint(
            "Next step",
            f"Open {_title(clear[0])} and look at the issues behind it.",
            "It is the number that became worse the most.",
            "metric",
            clear[0].metric_name,
        )
    return KeyPoint(
        "Next step", "Nothing here asks for action.", "No doubt about the data, no old work, nothing worse."
    )


def _title(value: MetricValue) -> str:
    return str(value.details.get("title") or value.metric_name)


def _shown(value: MetricValue) -> str:
    return f"{value.details.get('display_value')} {value.details.get('display_unit') or ''}".strip()
