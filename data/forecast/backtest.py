"""Whether the answers would have held: the same question asked of every week of the last year, and a proper score of
the answers beside that of a naive forecast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from data.forecast.history import Past, day_of, off_days, weekdays, worked_days
from data.forecast.score import pinball
from data.forecast.simulate import Urn, count_answer, date_answer
from data.values.arrays import Counts, Mask, Numbers, Positions
from data.values.backtest import Backtest
from data.values.day_spans import within
from data.values.forecast import SHARES, Question

STEP, YEAR = 7, 365  # days
TRIALS = 1_000
LONGEST = 366  # days ahead that are looked at


@dataclass(frozen=True)
class Work:
    """What one team has to do, and what it completed on each day that is known."""

    amount: float
    daily: Numbers


@dataclass
class _Tally:
    """What the windows found so far."""

    held: dict[int, int] = field(default_factory=lambda: dict.fromkeys(SHARES, 0))
    stated: dict[int, float] = field(default_factory=lambda: dict.fromkeys(SHARES, 0.0))
    loss: float = 0.0
    naive: float = 0.0
    starts: list[int] = field(default_factory=list)
    chance: float = 0.0
    reached: int = 0


class _Windows:
    """The windows of one question: what each of them may draw from, and which of its days ahead are worked."""

    def __init__(self, known: Past, question: Question, history: int, random: np.random.Generator) -> None:
        self._off = off_days(known, question)
        self._known, self._plain, self._random = known, question.draw == "plain", random
        self.history = history
        self.kept: Mask = ~(within(known.days, self._off) | within(known.days, question.without))
        self._urns: dict[tuple[bytes, bytes], Urn] = {}

    def starts(self, last: int) -> Positions:
        """First days (positions in `daily`): one a week, back from `last`, with the whole history before."""
        known, history = self._known, self.history
        earliest = max(history, len(known.daily) - YEAR)
        starts = np.arange(last, earliest - 1, -STEP)[::-1]
        busy = (known.daily > 0) & self.kept
        return np.array(
            [each for each in starts.tolist() if np.count_nonzero(busy[each - history : each]) >= 2], np.int64
        )

    def sample(self, start: int, daily: Numbers) -> Numbers:
        """Of `daily`, aligned with the days that are known, those that the window draws from."""
        before = slice(start - self.history, start)
        out: Numbers = daily[before][self.kept[before]]
        return out

    def ahead(self, start: int, days: int) -> Counts:
        """Ordinals of the worked days among the first `days` days of the window."""
        first = self._known.first + start
        return worked_days(first, first + days - 1, self._off)

    def urn(self, start: int) -> Urn:
        """Draws for the window; windows that draw from and for the same weekdays share theirs."""
        before = slice(start - self.history, start)
        sample = weekdays(self._known.days[before][self.kept[before]])
        ahead = weekdays(self.ahead(start, LONGEST))
        key = (sample.tobytes(), ahead.tobytes())
        if key not in self._urns:
            self._urns[key] = Urn(sample, ahead, trials=TRIALS, random=self._random, plain=self._plain)
        return self._urns[key]


def how_many_held(known: Past, question: Question, history: int, days: int, random: np.random.Generator) -> Backtest:
    """ "How many in `days` days", asked on a day of each week; an answer held if at least so many were completed."""
    if days > LONGEST:
        return _nothing()
    windows, tally = _Windows(known, question, history, random), _Tally()
    starts = windows.starts(len(known.daily) - days)
    for start in starts.tolist():
        sample, ahead = windows.sample(start, known.daily), len(windows.ahead(start, days))
        counts = sample[windows.urn(start).draw(ahead)].sum(axis=0)
        actual = float(known.daily[start : start + days].sum())
        answers = {share: count_answer(counts, share) for share in SHARES}
        usual = float(sample.mean()) * ahead
        tally.starts.append(start)
        tally.loss += pinball(answers, actual, reached=True)
        tally.naive += pinball(dict.fromkeys(SHARES, usual), actual, reached=True)
        for share, found in answers.items():
            tally.held[share] += int(actual >= found)
            tally.stated[share] += 100 * float(np.mean(counts >= found))
        if question.items is not None:
            tally.chance += 100 * float(np.mean(counts >= question.items))
            tally.reached += int(actual >= question.items)
    if not tally.starts:
        return _nothing()
    span = tally.starts[-1] - tally.starts[0] + days
    return _found(known, question, tally, max(span // days, 1), tally.starts[-1] + days - 1, unit=question.unit)


def when_held(
    known: Past, question: Question, history: int, work: Sequence[Work], random: np.random.Generator
) -> Backtest:
    """ "When is all of this done", asked on a day of each week; an answer held if all was completed by its date.

    Only windows count whose four dates have all come: otherwise those that went well would be counted early. Losses are
    those of the date or the end of what is known, whichever comes first, for the answer, the naive forecast and the
    outcome alike: quantiles stay quantiles under such a limit, so that the score remains proper.
    """
    size = len(known.daily)
    windows, tally = _Windows(known, question, history, random), _Tally()
    so_far = [np.concatenate(([0.0], np.cumsum(each.daily))) for each in work]
    waiting, took = 0, []
    for start in windows.starts(size - 1).tolist():
        limit = min(size - start, LONGEST)  # days whose outcome is known
        ahead = windows.ahead(start, limit) - known.first - start + 1  # 1: the day that the window begins on
        samples = [(each.amount, windows.sample(start, each.daily)) for each in work]
        found = _dates(windows.urn(start), samples, ahead)
        if found is None:
            waiting += 1
            continue
        answers, stated = found
        known_days = slice(start + 1, start + limit + 1)
        done = np.all(
            [each[known_days] - each[start] >= one.amount - 1e-9 for each, one in zip(so_far, work, strict=True)],
            axis=0,
        )
        actual = int(done.argmax()) + 1 if done.any() else limit + 1
        usual = max(_usual(amount, sample, len(ahead)) for amount, sample in samples)
        naive = int(ahead[usual - 1]) if usual <= len(ahead) else limit + 1
        tally.starts.append(start)
        took.append(actual)
        tally.loss += pinball(answers, actual, reached=False)
        tally.naive += pinball(dict.fromkeys(SHARES, naive), actual, reached=False)
        for share, days in answers.items():
            tally.held[share] += int(actual <= days)
            tally.stated[share] += stated[share]
    if not tally.starts:
        return Backtest(0, 0, tally.held, waiting=waiting)
    usual_days = max(int(np.median(took)), 1)
    apart = max((tally.starts[-1] - tally.starts[0] + usual_days) // usual_days, 1)
    return _found(known, question, tally, apart, size - 1, waiting, unit="days")


def _usual(amount: float, sample: Numbers, most: int) -> int:
    """Worked days that the average pace takes; most + 1: longer."""
    mean = float(sample.mean())
    return min(int(np.ceil(amount / mean - 1e-9)), most + 1) if mean > 0 else most + 1


def _dates(
    urn: Urn, samples: Sequence[tuple[float, Numbers]], ahead: Counts
) -> tuple[Mapping[int, int], Mapping[int, float]] | None:
    """percent → days from the beginning of the window, and percent → percent of the trials; None when the last of the
    answers has not come due on the worked days `ahead`.
    """
    if not len(ahead):
        return None
    days = min(len(ahead), 56)
    while True:
        drawn = urn.draw(days)
        reached = np.ones(drawn.shape, dtype=bool)
        for amount, daily in samples:
            reached &= np.cumsum(daily[drawn], axis=0) >= amount - 1e-9
        if np.count_nonzero(reached[-1]) * 100 >= SHARES[-1] * urn.trials:
            took = np.where(reached[-1], reached.argmax(axis=0) + 1, days + 1)
            found = {share: date_answer(took, share) for share in SHARES}
            stated = {share: 100 * float(np.mean(took <= each)) for share, each in found.items()}
            return {share: int(ahead[each - 1]) for share, each in found.items()}, stated
        if days == len(ahead):
            return None
        days = min(len(ahead), 2 * days)


def _found(
    known: Past, question: Question, tally: _Tally, apart: int, last: int, waiting: int = 0, *, unit: str
) -> Backtest:
    count = len(tally.starts)
    asked = question.items is not None and question.by is not None
    return Backtest(
        count,
        min(apart, count),
        tally.held,
        day_of(known.first + tally.starts[0]),
        day_of(known.first + last),
        waiting,
        stated={share: each / count for share, each in tally.stated.items()},
        loss=tally.loss / count,
        naive=tally.naive / count,
        unit=unit,
        chance_stated=tally.chance / count if asked else None,
        chance_held=tally.reached if asked else None,
    )


def _nothing() -> Backtest:
    return Backtest(0, 0, dict.fromkeys(SHARES, 0))
