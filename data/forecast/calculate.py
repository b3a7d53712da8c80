"""A forecast from facts: past, question and seed in, answer out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from data.facts.dataset import Dataset
from data.forecast.backtest import Work, how_many_held, when_held
from data.forecast.history import Past, Sample, day_of, off_days, past, sample_of, weekdays, worked_days
from data.forecast.remaining import of_epic, of_version
from data.forecast.simulate import Urn, count_answer, date_answer, days_until, totals
from data.forecast.words import caveats, how_drawn, how_many_steps, when_steps
from data.platform.telemetry import span
from data.values.arrays import Counts, Numbers
from data.values.backtest import Backtest
from data.values.day_spans import DaySpan, joined
from data.values.forecast import (
    DRAWS,
    MOST_HISTORY,
    MOST_ITEMS,
    SHARES,
    UNITS,
    Forecast,
    ForecastRefused,
    Question,
    Remaining,
    whole,
)
from data.values.periods import PeriodError

HORIZON = 1_826  # days ahead: five years
BARS = 40


@span("calculation", family="forecast")
def answered(facts: Dataset, question: Question) -> Forecast:
    """The answer to any question; `facts.once(answered, question)` works it out the first time only.

    Raises ForecastRefused, PeriodError.
    """
    if question.teams:
        raise ForecastRefused("Several teams are forecast together only.", "Ask without teams.")
    amounts = [each for each in (question.items, question.version, question.epic) if each is not None]
    if len(amounts) > 1 or (not amounts and question.by is None):
        raise ForecastRefused(
            "A forecast answers one question.",
            "Give a number of items, a version or an epic; or a date; or a date with one of them.",
        )
    if question.version is not None:
        return forecast(facts, question, of_version(facts, question.version))
    if question.epic is not None:
        return forecast(facts, question, of_epic(facts, question.epic))
    return forecast(facts, question)


def forecast(facts: Dataset, question: Question, remaining: Remaining | None = None) -> Forecast:
    """The answer to a question about `items`, `by`, or what `remaining` says is left.

    Today counts from now on: for it, what was completed after the same time of day on the days of the history is drawn.
    The same facts, question and seed give the same answer. Raises PeriodError for a date that cannot be,
    ForecastRefused where there is too little history.
    """
    amount = _left(remaining, question) if remaining else question.items
    check(question, amount)
    known: Past = facts.once(past, question.unit)
    if question.by is not None:
        check_date(question.by, known)
    asked = _asked(known, question, amount, remaining)
    return _how_many(asked) if question.by is not None else _when(asked)


@dataclass(frozen=True)
class _Asked:
    """All that one answer is made from. `ahead`: ordinals of the worked days ahead, the first perhaps today."""

    question: Question
    amount: float | None
    known: Past
    sample: Sample
    ahead: Counts
    urn: Urn
    random: np.random.Generator
    remaining: Remaining | None

    @property
    def daily(self) -> Numbers:
        """Completions of each day that is drawn from."""
        out: Numbers = self.sample.daily[self.sample.in_sample]
        return out

    @property
    def rest(self) -> Numbers | None:
        """The same after this time of day, for today; None where today is a day off."""
        here = bool(len(self.ahead)) and int(self.ahead[0]) == self.known.today
        return self.sample.later[self.sample.in_sample] if here else None


def _asked(known: Past, question: Question, amount: float | None, remaining: Remaining | None) -> _Asked:
    sample = sample_of(known, question)
    last = question.by.toordinal() if question.by is not None else known.today + HORIZON - 1
    ahead = worked_days(known.today, last, off_days(known, question))
    random = np.random.default_rng(question.seed)
    urn = Urn(sample.weekdays, weekdays(ahead), trials=question.trials, random=random, plain=question.draw == "plain")
    return _Asked(question, amount, known, sample, ahead, urn, random, remaining)


def _left(remaining: Remaining, question: Question) -> float:
    if question.unit == "items":
        return len(remaining.keys)
    if not remaining.points:
        raise ForecastRefused(
            f"What is left of {remaining.what[0].lower()}{remaining.what[1:]} has no estimates.",
            "Estimate it, or forecast items.",
        )
    return remaining.points


def check(question: Question, amount: float | None) -> None:
    """Raises ForecastRefused for a question that cannot be answered, whatever the past was."""
    if amount is None and question.by is None:
        raise ForecastRefused("A forecast needs either a number of items or a date.", "Give one of the two.")
    if amount is not None and not 0 < amount <= MOST_ITEMS:
        raise ForecastRefused(
            f"{amount} {question.unit} cannot be forecast.", f"Give a whole number from 1 to {MOST_ITEMS:,}."
        )
    if not 1 <= question.history <= MOST_HISTORY:
        raise ForecastRefused(
            f"A history of {question.history} days cannot be used.", f"Give 1 to {MOST_HISTORY:,} days."
        )
    if question.seed < 0 or question.trials < 1:
        raise ForecastRefused("Seed and number of trials must be whole numbers, not below zero.")
    if question.draw not in DRAWS or question.unit not in UNITS:
        raise ForecastRefused(f"Days are drawn {' or '.join(DRAWS)}, in {' or '.join(UNITS)}.")
    if question.sample is not None and question.sample.days > MOST_HISTORY:
        raise ForecastRefused(f"{question.sample} are too many days.", f"Draw from at most {MOST_HISTORY:,} days.")


def check_date(by: date, known: Past) -> None:
    """Raises PeriodError for a date that has passed or is too far ahead."""
    if by.toordinal() < known.today:
        today = day_of(known.today)
        raise PeriodError(f"{by} lies in the past; today is {today} in {known.zone}. Give today or a later date.")
    if by.toordinal() > known.today + HORIZON:
        raise PeriodError(f"{by} is more than five years ahead. Give a date until {day_of(known.today + HORIZON)}.")


def _how_many(asked: _Asked) -> Forecast:
    question, known = asked.question, asked.known
    by = question.by or date.fromordinal(known.today)
    counts = totals(asked.urn.draw(len(asked.ahead)), asked.daily, asked.rest)
    found = {share: count_answer(counts, share) for share in SHARES}
    days = by.toordinal() - known.today + 1
    about = replace(question, items=None if asked.amount is None else max(round(asked.amount), 1))
    chance = None if asked.amount is None else 100 * float(np.mean(counts >= asked.amount - 1e-9))
    made = _made(
        asked,
        {share: whole(each) for share, each in found.items()},
        how_many_held(known, about, len(asked.sample.daily), days, asked.random),
        {share: 100 * float(np.mean(counts >= each)) for share, each in found.items()},
        tuple(binned(np.floor(counts + 1e-9).astype(np.int64))),
        how_many_steps(question, by, days, len(asked.ahead), asked.rest is not None, counts, found, asked.amount),
    )
    kind = "how_many" if chance is None else "how_likely"
    return replace(
        made,
        kind=kind,
        by=by.isoformat(),
        worked=int(np.isin(weekdays(asked.ahead), known.working).sum()),
        chance=chance,
    )


def _when(asked: _Asked) -> Forecast:
    question, known, amount = asked.question, asked.known, asked.amount or 0
    beyond = known.today + HORIZON  # the ordinal that stands for "later than five years"
    later = asked.sample.later[asked.sample.in_sample]
    ends = ends_of(asked.urn, amount, asked.daily, later, asked.ahead, known.today)
    found = {share: date_answer(ends, share) for share in SHARES}
    answers: dict[int, str | int | float | None] = {
        share: None if each >= beyond else day_of(each) for share, each in found.items()
    }
    if answers[SHARES[0]] is None:
        raise too_long(amount, question)
    reached = {share: 100 * float(np.mean(ends <= each)) for share, each in found.items() if each < beyond}
    in_time = np.minimum(ends, beyond - 1)
    outcomes = tuple((day_of(each), count) for each, count in binned(in_time))
    return _made(
        asked,
        answers,
        when_held(known, question, len(asked.sample.daily), [Work(amount, known.daily)], asked.random),
        reached,
        outcomes,
        when_steps(question, amount, outcomes[0][0], day_of(int(in_time.max())), answers, reached),
    )


def ends_of(urn: Urn, amount: float, daily: Numbers, later: Numbers, ahead: Counts, today: int) -> Counts:
    """The day (ordinal) on which each trial completes `amount`; today + HORIZON: later than five years.

    `daily`: completions of each day that is drawn from; `later`: those after this time of day; `ahead`: worked days.
    """
    rest = later if len(ahead) and int(ahead[0]) == today else None
    out: Counts = np.append(ahead, today + HORIZON)[days_until(urn, amount, daily, rest, len(ahead)) - 1]
    return out


def too_long(amount: float, question: Question) -> ForecastRefused:
    """Most trials do not end within the horizon."""
    return ForecastRefused(
        f"At this pace {whole(amount):,} {question.unit} take more than five years in most trials, so no date would "
        "mean anything.",
        f"Forecast fewer {question.unit}, or take a history with more completions.",
    )


def _made(
    asked: _Asked,
    answers: dict[int, str | int | float | None],
    test: Backtest,
    reached: dict[int, float],
    outcomes: tuple[tuple[str | int, int], ...],
    steps: tuple[str, ...],
) -> Forecast:
    question, known, sample = asked.question, asked.known, asked.sample
    return Forecast(
        kind="when",
        items=None if asked.amount is None else whole(asked.amount),
        by=None,
        answers=answers,
        reached=reached,
        seed=question.seed,
        trials=question.trials,
        history_start=day_of(sample.first),
        history_end=day_of(sample.last),
        zone=known.zone,
        today=day_of(known.today),
        horizon=day_of(known.today + HORIZON - 1),
        daily=tuple(whole(each) for each in sample.daily.tolist()),
        left_out=sample.left_out,
        outcomes=outcomes,
        backtest=test,
        remaining=asked.remaining,
        notes=(*sample.notes, *caveats(sample, question, asked.remaining)),
        steps=(*how_drawn(sample, question, asked.urn.by_weekday), *steps),
        in_sample=tuple(sample.in_sample.tolist()),
        off=days_off_shown(known, sample, question, question.by or date.fromisoformat(str(outcomes[-1][0]))),
        unit=question.unit,
        draw=question.draw,
    )


def days_off_shown(known: Past, sample: Sample, question: Question, end: date) -> tuple[str, ...]:
    """Days off that can have moved this answer: from the first day of the history to the last day ahead, `end`."""
    first = date.fromordinal(sample.first)
    spans = joined(
        DaySpan(max(each.first, first), min(each.last, end))
        for each in off_days(known, question)
        if each.last >= first and each.first <= end
    )
    return tuple(str(each) for each in spans)


def binned(values: Counts) -> tuple[tuple[int, int], ...]:
    """(lowest value, trials) of at most BARS runs of whole numbers, without gaps."""
    low, high = int(values.min()), int(values.max())
    width = -(-(high - low + 1) // BARS)
    counts = np.bincount((values - low) // width)
    return tuple((low + n * width, int(count)) for n, count in enumerate(counts))
