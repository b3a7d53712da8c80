"""How underserved one outcome is: importance and satisfaction by the same method, or a reason why there is no score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import fmean

from data.jtbd.operations import calculate_opportunity_score, opportunity_band, opportunity_interval
from data.jtbd.specs import Outcome
from data.metrics.jobs import interval
from data.values.jobs import BAND_TITLES, Interval, Opportunity
from data.values.records import UserSatisfaction
from data.values.scales import CHOICES, is_top_two, rating
from data.values.shares import ENOUGH, Share, wilson


def satisfied(answers: Sequence[UserSatisfaction]) -> Share:
    """The share that gave one of the two highest answers of their scale, among the answers whose scale is known."""
    told = [is_top_two(each.satisfaction_level, each.scale) for each in answers]
    return wilson(sum(each is True for each in told), sum(each is not None for each in told))


def said_yes(told: Iterable[bool | None]) -> Interval:
    """The share that said yes, among those who were asked."""
    asked = [bool(each) for each in told if each is not None]
    return interval(wilson(sum(asked), len(asked)))


def ratings(answers: Sequence[UserSatisfaction]) -> list[float]:
    """The answers that are numbers on a known scale, each mapped to 1 to 10."""
    found = (rating(each.satisfaction_level, each.scale) for each in answers)
    return [each for each in found if each is not None]


def without_scale(answers: Sequence[UserSatisfaction]) -> int:
    """How many answers are numbers of which nobody said the scale."""
    return sum(is_top_two(each.satisfaction_level, each.scale) is None for each in answers)


def _asks_for_scale(answers: Sequence[UserSatisfaction]) -> str:
    """Why answers are not counted, where their scale is not known; else nothing."""
    count = without_scale(answers)
    if not count:
        return ""
    verb, noun = ("is", "answer") if count == 1 else ("are", "answers")
    return (
        f"{count} {noun} {verb} not counted, because nobody said on which scale. Import the file again with --scale "
        f"({CHOICES}) or with a column scale."
    )


def opportunity_of(outcome: Outcome, answers: Sequence[UserSatisfaction], formula: str = "clamped") -> Opportunity:
    """From the specs, and from what people answered where enough of them did.

    >>> ulwick = Outcome("pay", answers=270, important=200, satisfied=75)
    >>> found = opportunity_of(ulwick, [])
    >>> round(found.importance, 1), round(found.satisfaction, 1), round(found.score, 1), found.band
    (7.4, 2.8, 12.0, 'strong')
    """
    if outcome.important is not None and outcome.answers:
        return _counted(outcome, wilson(outcome.important, outcome.answers), answers, formula)
    if outcome.importance is not None:
        return _rated(outcome, outcome.importance, answers, formula)
    return Opportunity(reason="The specs do not say how important it is.")


def _counted(outcome: Outcome, important: Share, answers: Sequence[UserSatisfaction], formula: str) -> Opportunity:
    """Both are shares of people."""
    importance = 10 * (important.value or 0)
    told, specified = satisfied(answers), None
    if outcome.satisfied is not None and outcome.answers:
        specified = wilson(outcome.satisfied, outcome.answers)
    share = told if told.enough or (specified is None and told.n) else specified
    if share is None or share.value is None:
        reason = _asks_for_scale(answers) or "Nobody was asked how satisfied they are."
        if outcome.satisfaction is not None:
            reason = "Importance is a share of answers and satisfaction a rating: the two cannot be compared."
        return Opportunity(importance, None, "top2", reason=reason)
    bounds = opportunity_interval(important, share, formula) or (None, None)
    base = _scored(importance, 10 * share.value, formula)
    enough = share.enough and important.enough
    return _judged(
        replace(
            base,
            method="top2",
            satisfied_from="records" if share is told else "specs",
            low=bounds[0],
            high=bounds[1],
            n=share.n,
            enough=enough,
        ),
        min(share.n, important.n),
    )


def _rated(outcome: Outcome, importance: float, answers: Sequence[UserSatisfaction], formula: str) -> Opportunity:
    """Both are ratings from 1 to 10; answers on other scales are mapped to it."""
    told = ratings(answers)
    if len(told) >= ENOUGH or (told and outcome.satisfaction is None):
        base = _scored(importance, fmean(told), formula)
        enough = len(told) >= ENOUGH
        return _judged(replace(base, method="rating", satisfied_from="records", n=len(told), enough=enough), len(told))
    if outcome.satisfaction is not None:
        base = _scored(importance, outcome.satisfaction, formula)
        return _judged(replace(base, method="rating", satisfied_from="specs"), ENOUGH)
    reason = _asks_for_scale(answers) or "Nobody was asked how satisfied they are."
    if satisfied(answers).n or outcome.satisfied is not None:
        reason = "Importance is a rating and satisfaction a share of answers: the two cannot be compared."
    return Opportunity(importance, None, "rating", reason=reason)


def _scored(importance: float, satisfaction: float, formula: str) -> Opportunity:
    return Opportunity(
        importance,
        satisfaction,
        score=calculate_opportunity_score(importance, satisfaction, formula),
        clamped=calculate_opportunity_score(importance, satisfaction),
        linear=calculate_opportunity_score(importance, satisfaction, "linear"),
        band=opportunity_band(importance, satisfaction, formula),
    )


def _judged(found: Opportunity, n: int) -> Opportunity:
    """The band in words; none where too few answered."""
    if not found.enough:
        return replace(found, band=None, band_title="", reason=f"Not enough answers: {n} of {ENOUGH}.")
    return replace(found, band_title=BAND_TITLES[found.band or "appropriate"])
