"""A forecast from facts: past, question and seed in, answer out."""

from __future__ import annotations

from datetime import date

import numpy as np

from data.facts.dataset import Dataset
from data.forecast.backtest import how_many_held, when_held
from data.forecast.history import Past, Window, day_of, past, weekday, window
from data.forecast.remaining import of_epic, of_version
from data.forecast.simulate import Urn, count_answer, date_answer, days_until, totals
from data.platform.telemetry import span
from data.values.arrays import Counts
from data.values.forecast import (
    MOST_HISTORY,
    MOST_ITEMS,
    SHARES,
    Backtest,
    Forecast,
    ForecastRefused,
    Question,
    Remaining,
)
from data.values.periods import PeriodError

HORIZON = 1_826  # days ahead: five years
BARS = 40


@span("calculation", family="forecast")
def answered(facts: Dataset, question: Question) -> Forecast:
    """The answer to any question; `facts.once(answered, question)` works it out the first time only.

    Raises ForecastRefused, PeriodError.
    """
    given = [each for each in (question.items, question.by, question.version, question.epic) if each is not None]
    if len(given) != 1:
        raise ForecastRefused(
            "A forecast answers one question.", "Give a number of items, a date, a version or an epic."
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
    items = len(remaining.keys) if remaining else question.items
    _check(question, items)
    known: Past = facts.once(past)
    if question.by is not None:
        _check_date(question.by, known)
    drawn_from = window(known, question.history)
    random = np.random.default_rng(question.seed)
    urn = Urn(
        len(drawn_from.daily),
        weekday=weekday(drawn_from.first),
        first_weekday=weekday(known.today),
        trials=question.trials,
        random=random,
    )
    if question.by is not None:
        return _how_many(question, known, drawn_from, urn, random)
    return _when(question, items or 0, known, drawn_from, urn, random, remaining)


def _check(question: Question, items: int | None) -> None:
    if (items is None) == (question.by is None):
        raise ForecastRefused("A forecast needs either a number of items or a date.", "Give one of the two.")
    if items is not None and not 1 <= items <= MOST_ITEMS:
        raise ForecastRefused(f"{items} items cannot be forecast.", f"Give a whole number from 1 to {MOST_ITEMS:,}.")
    if not 1 <= question.history <= MOST_HISTORY:
        raise ForecastRefused(
            f"A history of {question.history} days cannot be used.", f"Give 1 to {MOST_HISTORY:,} days."
        )
    if question.seed < 0 or question.trials < 1:
        raise ForecastRefused("Seed and number of trials must be whole numbers, not below zero.")


def _check_date(by: date, known: Past) -> None:
    if by.toordinal() < known.today:
        today = day_of(known.today)
        raise PeriodError(f"{by} lies in the past; today is {today} in {known.zone}. Give today or a later date.")
    if by.toordinal() > known.today + HORIZON:
        raise PeriodError(f"{by} is more than five years ahead. Give a date until {day_of(known.today + HORIZON)}.")


def _how_many(question: Question, known: Past, drawn_from: Window, urn: Urn, random: np.random.Generator) -> Forecast:
    by = question.by or date.fromordinal(known.today)
    days = by.toordinal() - known.today + 1
    counts = totals(urn.draw(days), drawn_from.daily, drawn_from.later)
    found_counts = {share: count_answer(counts, share) for share in SHARES}
    answers: dict[int, str | int | None] = {**found_counts}
    test = how_many_held(known, len(drawn_from.daily), days, random)
    ahead = f"the rest of today and {days - 1} whole day{'s' if days != 2 else ''}" if days > 1 else "the rest of today"
    return _made(
        question,
        known,
        drawn_from,
        answers,
        test,
        None,
        reached={share: 100 * float(np.mean(counts >= found)) for share, found in found_counts.items()},
        kind="how_many",
        items=None,
        by=by.isoformat(),
        outcomes=_binned(counts),
        steps=(
            f"Each trial draws {ahead}, until {by.isoformat()}, and adds up what was completed.",
            f"{question.trials:,} trials give {int(counts.min()):,} to {int(counts.max()):,} items; "
            f"{np.mean(counts >= found_counts[85]) * 100:.0f} % of them reach {answers[85]:,} or more.",
        ),
    )


def _when(
    question: Question,
    items: int,
    known: Past,
    drawn_from: Window,
    urn: Urn,
    random: np.random.Generator,
    remaining: Remaining | None,
) -> Forecast:
    days = days_until(urn, items, drawn_from.daily, drawn_from.later, HORIZON)
    found = {share: date_answer(days, share, HORIZON) for share in SHARES}
    answers: dict[int, str | int | None] = {
        share: None if each > HORIZON else day_of(known.today + each - 1) for share, each in found.items()
    }
    if answers[SHARES[0]] is None:
        raise ForecastRefused(
            f"At this pace {items:,} items take more than five years in most trials, so no date would mean anything.",
            "Forecast fewer items, or take a history with more completions.",
        )
    reached = {share: 100 * float(np.mean(days <= each)) for share, each in found.items() if each <= HORIZON}
    test = when_held(known, len(drawn_from.daily), items, random)
    in_time = np.minimum(days, HORIZON)
    outcomes = tuple((day_of(known.today + int(each) - 1), count) for each, count in _binned(in_time))
    in_words = (
        f"{reached[85]:.0f} % of them end by {answers[85]}" if answers[85] else "many take longer than five years"
    )
    return _made(
        question,
        known,
        drawn_from,
        answers,
        test,
        remaining,
        reached=reached,
        kind="when",
        items=items,
        by=None,
        outcomes=outcomes,
        steps=(
            f"Each trial draws day after day, from now on, until {items:,} item{'s are' if items != 1 else ' is'} completed.",
            f"{question.trials:,} trials end between {outcomes[0][0]} and {day_of(known.today + int(in_time.max()) - 1)}; "
            f"{in_words}.",
        ),
    )


def _made(
    question: Question,
    known: Past,
    drawn_from: Window,
    answers: dict[int, str | int | None],
    test: Backtest,
    remaining: Remaining | None,
    *,
    steps: tuple[str, ...],
    reached: dict[int, float],
    kind: str,
    items: int | None,
    by: str | None,
    outcomes: tuple[tuple[str | int, int], ...],
) -> Forecast:
    size, last = len(drawn_from.daily), known.last
    same = "that fell on the same weekday" if size >= 28 else "(all weekdays together: fewer than four weeks)"
    how = (
        f"{int(drawn_from.daily.sum()):,} items were completed in {size} whole days, {day_of(drawn_from.first)} to "
        f"{day_of(last)}: the items of flow velocity, with the same filters and definitions.",
        f"A day ahead is drawn from the days of the history {same}. Of today only the rest is left, so for it counts what "
        "was completed after this time of day.",
        "Within a trial a day that was drawn is more likely to be drawn again: 90 days are only a sample of what the team "
        "does, and this makes long forecasts as wide as they have to be.".replace("90", str(size)),
    )
    return Forecast(
        answers=answers,
        seed=question.seed,
        trials=question.trials,
        history_start=day_of(drawn_from.first),
        history_end=day_of(last),
        zone=known.zone,
        today=day_of(known.today),
        horizon=day_of(known.today + HORIZON - 1),
        daily=tuple(drawn_from.daily.tolist()),
        left_out=drawn_from.left_out,
        backtest=test,
        remaining=remaining,
        notes=(*drawn_from.notes, *_caveats(drawn_from, remaining)),
        steps=(*how, *steps),
        reached=reached,
        kind=kind,
        items=items,
        by=by,
        outcomes=outcomes,
    )


def _caveats(drawn_from: Window, remaining: Remaining | None) -> list[str]:
    out = []
    size, busy = len(drawn_from.daily), int(np.count_nonzero(drawn_from.daily))
    if size < 28 or busy < 10:
        out.append(
            f"Little to go by: {busy} days with completions in {size} days of history. Take the answer as a rough one."
        )
    if remaining:
        out.append("It assumes that what gets completed from now on are these items, before anything else.")
    return out


def _binned(values: Counts) -> tuple[tuple[int, int], ...]:
    """(lowest value, trials) of at most BARS runs of whole numbers, without gaps."""
    low, high = int(values.min()), int(values.max())
    width = -(-(high - low + 1) // BARS)
    counts = np.bincount((values - low) // width)
    return tuple((low + n * width, int(count)) for n, count in enumerate(counts))
