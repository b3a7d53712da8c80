"""Whether the answers would have held: the same question asked of every week of the last year."""

from __future__ import annotations

import numpy as np

from data.forecast.history import Past, day_of, weekday
from data.forecast.simulate import Urn, count_answer, date_answer
from data.values.arrays import Counts, Positions
from data.values.forecast import SHARES, Backtest

STEP, YEAR = 7, 365  # days
TRIALS = 1_000
LONGEST = 366  # days ahead that are looked at


def how_many_held(known: Past, history: int, days: int, random: np.random.Generator) -> Backtest:
    """ "How many in `days` days", asked on a day of each week; an answer held if at least so many were completed."""
    if days > LONGEST:
        return _nothing()
    size = len(known.daily)
    starts = _starts(known, history, size - days)
    if not len(starts):
        return _nothing()
    drawn = _urn(known, history, int(starts[0]), random).draw(days)
    held = dict.fromkeys(SHARES, 0)
    for start in starts.tolist():
        counts = known.daily[start - history : start][drawn].sum(axis=0)
        actual = known.daily[start : start + days].sum()
        for share in SHARES:
            held[share] += int(actual >= count_answer(counts, share))
    span = int(starts[-1] - starts[0]) + days
    return _found(known, starts, held, max(span // days, 1), int(starts[-1]) + days - 1)


def when_held(known: Past, history: int, items: int, random: np.random.Generator) -> Backtest:
    """ "When for `items`", asked on a day of each week; an answer held if all were completed by its date.

    Only windows count whose four dates have all come: otherwise those that went well would be counted early.
    """
    size = len(known.daily)
    starts = _starts(known, history, size - 1)
    if not len(starts):
        return _nothing()
    urn, so_far = _urn(known, history, int(starts[0]), random), np.concatenate(([0], np.cumsum(known.daily)))
    held, waiting, tested, took = dict.fromkeys(SHARES, 0), 0, [], []
    for start in starts.tolist():
        ahead = min(size - start, LONGEST)  # days whose outcome is known
        answers = _dates(urn, known.daily[start - history : start], items, ahead)
        if answers is None:
            waiting += 1
            continue
        tested.append(start)
        done = so_far[start + 1 :] - so_far[start] >= items
        actual = int(done.argmax()) + 1 if done.any() else size - start + 1
        took.append(actual)
        for share, days in answers.items():
            held[share] += int(actual <= days)
    if not tested:
        return Backtest(0, 0, held, waiting=waiting)
    usual = max(int(np.median(took)), 1)
    return _found(known, np.array(tested), held, max((tested[-1] - tested[0] + usual) // usual, 1), size - 1, waiting)


def _dates(urn: Urn, daily: Counts, items: int, ahead: int) -> dict[int, int] | None:
    """percent → days; None when the last of the answers has not come due after `ahead` days."""
    days = min(ahead, 56)
    while True:
        reached = np.cumsum(daily[urn.draw(days)], axis=0) >= items
        if np.count_nonzero(reached[-1]) * 100 >= SHARES[-1] * reached.shape[1]:
            took = np.where(reached[-1], reached.argmax(axis=0) + 1, days + 1)
            return {share: date_answer(took, share, days) for share in SHARES}
        if days == ahead:
            return None
        days = min(ahead, 2 * days)


def _starts(known: Past, history: int, last: int) -> Positions:
    """First days of the windows (positions in `daily`): one a week, back from `last`, with the whole history before."""
    earliest = max(history, len(known.daily) - YEAR)
    starts = np.arange(last, earliest - 1, -STEP)[::-1]
    kept = [each for each in starts.tolist() if np.count_nonzero(known.daily[each - history : each]) >= 2]
    return np.array(kept, dtype=np.int64)


def _urn(known: Past, history: int, start: int, random: np.random.Generator) -> Urn:
    """One set of draws for all windows: they start on the same weekday."""
    return Urn(
        history,
        weekday=weekday(known.first + start - history),
        first_weekday=weekday(known.first + start),
        trials=TRIALS,
        random=random,
    )


def _found(known: Past, starts: Positions, held: dict[int, int], apart: int, last: int, waiting: int = 0) -> Backtest:
    apart = min(apart, len(starts))
    return Backtest(len(starts), apart, held, day_of(known.first + int(starts[0])), day_of(known.first + last), waiting)


def _nothing() -> Backtest:
    return Backtest(0, 0, dict.fromkeys(SHARES, 0))
