"""Several teams on one delivery: it is done when the last of them is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

import numpy as np

from data.facts.dataset import Dataset
from data.forecast.backtest import Work, when_held
from data.forecast.calculate import (
    HORIZON,
    binned,
    check,
    check_date,
    days_off_shown,
    ends_of,
    too_long,
)
from data.forecast.history import Past, Sample, day_of, off_days, past, sample_of, weekdays, worked_days
from data.forecast.remaining import of_epic, of_version
from data.forecast.simulate import Urn, date_answer
from data.forecast.words import how_drawn, joint_steps
from data.platform.telemetry import span
from data.values.arrays import Counts, Numbers
from data.values.forecast import SHARES, Forecast, ForecastRefused, Question, Remaining, TeamPart, whole

FEWEST, MOST = 2, 6
MAIN = 85


@dataclass(frozen=True)
class Team:
    """One of the teams: the facts that its filters let through, and its number of items, where that was given."""

    name: str
    facts: Dataset
    amount: int | None = None


@dataclass(frozen=True)
class _Lane:
    """What one team has to do, and what it completed on the days that all teams have in common."""

    name: str
    amount: float
    daily: Numbers
    later: Numbers


@span("calculation", family="forecast")
def joint_forecast(teams: Sequence[Team], question: Question, whole_site: Dataset) -> Forecast:
    """When all teams are done, each with its own items. All of them draw the same days in a trial, so that a week
    that was bad for all stays so. `whole_site`: the facts in which the version or the epic is looked for.

    Raises ForecastRefused, PeriodError.
    """
    if not FEWEST <= len(teams) <= MOST:
        raise ForecastRefused(f"{len(teams)} teams are chosen.", f"Choose {FEWEST} to {MOST}.")
    work, remaining, notes = _work(teams, question, whole_site)
    check(question, sum(amount for _, amount in work))
    pasts = [each.facts.once(past, question.unit) for each, _ in work]
    known, lanes = _aligned(pasts, [(each.name, amount) for each, amount in work])
    if question.by is not None:
        check_date(question.by, known)
    sample = sample_of(known, question)
    begin = sample.first - known.first
    for lane in lanes:
        drawn = lane.daily[begin : begin + len(sample.daily)][sample.in_sample]
        if np.count_nonzero(drawn) < 2:
            raise ForecastRefused(
                f"“{lane.name}” completed something on fewer than two of the days that are drawn from.",
                "Take a longer history, or leave the team out.",
            )
    return _answer(known, lanes, sample, question, remaining, notes)


def _work(
    teams: Sequence[Team], question: Question, whole_site: Dataset
) -> tuple[list[tuple[Team, float]], Remaining | None, list[str]]:
    """Each team with what it has to do; what is left in all; what has to be said."""
    if question.version is None and question.epic is None:
        if missing := [each.name for each in teams if each.amount is None]:
            raise ForecastRefused(
                f"How many items does “{missing[0]}” have to do?", "Write NAME=NUMBER, or give a version or an epic."
            )
        return [(each, float(each.amount or 0)) for each in teams], None, []
    everything = _left(whole_site, question)
    parts = [(each, _left_or_none(each, question)) for each in teams]
    keys = Counter(key for _, left in parts if left for key in left.keys)
    if twice := [key for key, count in keys.items() if count > 1]:
        more = f" and {len(twice) - 1} more" if len(twice) > 1 else ""
        raise ForecastRefused(
            f"{twice[0]}{more} would count for several of these teams.", "Choose saved views that share no items."
        )
    notes = [f"“{each.name}” has nothing left to do of it." for each, left in parts if not left]
    if nobody := len([key for key in everything.keys if key not in keys]):
        notes.insert(0, f"{nobody:,} of the items left belong to none of these teams and are not in this forecast.")
    work = [(each, _amount(left, question)) for each, left in parts if left]
    if not work:
        raise ForecastRefused("None of these teams has anything left to do of it.", "Choose other saved views.")
    return work, replace(everything, keys=tuple(key for key in everything.keys if key in keys)), notes


def _left(facts: Dataset, question: Question) -> Remaining:
    return of_version(facts, question.version) if question.version is not None else of_epic(facts, question.epic or "")


def _left_or_none(team: Team, question: Question) -> Remaining | None:
    try:
        return _left(team.facts, question)
    except ForecastRefused:  # nothing of it is left, or in these filters nothing of it is there
        return None


def _amount(left: Remaining, question: Question) -> float:
    if question.unit == "items":
        return float(len(left.keys))
    if not left.points:
        raise ForecastRefused("What a team has left has no estimates.", "Estimate it, or forecast items.")
    return left.points


def _aligned(pasts: Sequence[Past], work: Sequence[tuple[str, float]]) -> tuple[Past, list[_Lane]]:
    """The days that all know, what all completed on them together, and each alone."""
    first, last = max(each.first for each in pasts), min(each.last for each in pasts)
    if last < first:
        raise ForecastRefused("These teams have no whole day of history in common.", "Forecast them one by one.")

    def common(past: Past, daily: Numbers) -> Numbers:
        return daily[first - past.first : last + 1 - past.first]

    lanes = [
        _Lane(name, amount, common(each, each.daily), common(each, each.later))
        for each, (name, amount) in zip(pasts, work, strict=True)
    ]
    together = replace(
        pasts[0],
        first=first,
        daily=reduce(np.add, (each.daily for each in lanes)),
        later=reduce(np.add, (each.later for each in lanes)),
        notes=tuple(dict.fromkeys(note for each in pasts for note in each.notes)),
        bare=None
        if pasts[0].bare is None
        else reduce(np.add, (common(each, each.bare) for each in pasts if each.bare is not None)),
    )
    return together, lanes


def _answer(
    known: Past,
    lanes: Sequence[_Lane],
    sample: Sample,
    question: Question,
    remaining: Remaining | None,
    notes: list[str],
) -> Forecast:
    beyond = known.today + HORIZON
    ahead = worked_days(known.today, beyond - 1, off_days(known, question))
    random = np.random.default_rng(question.seed)
    urn = Urn(sample.weekdays, weekdays(ahead), trials=question.trials, random=random, plain=question.draw == "plain")
    begin = sample.first - known.first
    days = slice(begin, begin + len(sample.daily))
    each_ends = [
        ends_of(
            urn, lane.amount, lane.daily[days][sample.in_sample], lane.later[days][sample.in_sample], ahead, known.today
        )
        for lane in lanes
    ]
    ends: Counts = reduce(np.maximum, each_ends)
    found = {share: date_answer(ends, share) for share in SHARES}
    amount = sum(lane.amount for lane in lanes)
    if found[SHARES[0]] >= beyond:
        raise too_long(amount, question)
    answers: dict[int, str | int | float | None] = {
        share: None if each >= beyond else day_of(each) for share, each in found.items()
    }
    outcomes = tuple((day_of(each), count) for each, count in binned(np.minimum(ends, beyond - 1)))
    work = [Work(lane.amount, lane.daily) for lane in lanes]
    chance = None if question.by is None else 100 * float(np.mean(ends <= question.by.toordinal()))
    return Forecast(
        kind="when",
        items=whole(amount),
        by=None if question.by is None else question.by.isoformat(),
        answers=answers,
        reached={share: 100 * float(np.mean(ends <= each)) for share, each in found.items() if each < beyond},
        seed=question.seed,
        trials=question.trials,
        history_start=day_of(sample.first),
        history_end=day_of(sample.last),
        zone=known.zone,
        today=day_of(known.today),
        horizon=day_of(beyond - 1),
        daily=tuple(whole(each) for each in sample.daily.tolist()),
        left_out=(),
        outcomes=outcomes,
        backtest=when_held(known, replace(question, items=None), len(sample.daily), work, random),
        remaining=remaining,
        notes=(*notes, *sample.notes, _ASSUMED),
        steps=(*how_drawn(sample, question, urn.by_weekday), *joint_steps(question, len(lanes), answers)),
        in_sample=tuple(sample.in_sample.tolist()),
        off=days_off_shown(known, sample, question, date.fromisoformat(outcomes[-1][0])),
        chance=chance,
        unit=question.unit,
        draw=question.draw,
        teams=tuple(_part(lane, mine, ends, beyond) for lane, mine in zip(lanes, each_ends, strict=True)),
    )


_ASSUMED = (
    "It assumes that each team does these items before anything else, and that no team waits for another or helps it."
)


def _part(lane: _Lane, mine: Counts, ends: Counts, beyond: int) -> TeamPart:
    alone = date_answer(mine, MAIN)
    last = 100 * float(np.mean(mine == ends))
    return TeamPart(lane.name, whole(lane.amount), None if alone >= beyond else day_of(alone), last)
