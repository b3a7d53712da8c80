"""The days of a question cut into days, weeks, months, quarters or years, each with those it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from data.facts.dataset import Dataset
from data.facts.query import MetricQuery
from data.query.relative_days import last_of
from data.values.periods import Period


@dataclass(frozen=True)
class Step:
    """One run of days. `number`: by which the SQL knows it; `before`: the number of the step that it is compared with,
    -1 for none; `shown`: whether it is a row of the answer, not only something to compare with.
    """

    number: int
    period: Period
    before: int
    shown: bool


def steps_of(period: Period, grain: str, compare: str) -> tuple[Step, ...]:
    """The steps of a period, then those of the days that it is compared with.

    >>> found = steps_of(Period(date(2026, 1, 30), date(2026, 2, 2)), "month", "previous")
    >>> [(each.number, str(each.period.first), str(each.period.last), each.before, each.shown) for each in found]
    [(0, '2026-01-30', '2026-01-31', 1, True), (1, '2026-01-26', '2026-01-27', -1, False), \
(2, '2026-02-01', '2026-02-02', 3, True), (3, '2026-01-28', '2026-01-29', -1, False)]
    """
    out: list[Step] = []
    for part in _cut(period, grain):
        before = -1 if compare == "none" else len(out) + 1
        out.append(Step(len(out), part, before, True))
        if compare != "none":
            out.append(Step(len(out), _moved(part, period, compare), -1, False))
    return tuple(out)


def is_whole(period: Period, grain: str) -> bool:
    """Whether a step begins and ends where its week, month, quarter or year does.

    >>> is_whole(Period(date(2026, 1, 1), date(2026, 1, 31)), "month")
    True
    >>> is_whole(Period(date(2026, 1, 2), date(2026, 1, 31)), "month")
    False
    """
    first, last = period.first, period.last
    return last_of(first, grain) == last and last_of(first - timedelta(days=1), grain) < first


def _cut(period: Period, grain: str) -> list[Period]:
    if not grain:
        return [period]
    out, first = [], period.first
    while first <= period.last:
        last = min(last_of(first, grain), period.last)
        out.append(Period(first, last, period.zone))
        first = last + timedelta(days=1)
    return out


def _moved(part: Period, whole: Period, compare: str) -> Period:
    """The days that a step is compared with: as far back as the whole period is long, or a year."""
    if compare == "previous":
        back = timedelta(days=whole.days)
        return Period(part.first - back, part.last - back, part.zone)
    return Period(_year_before(part.first), _year_before(part.last), part.zone)


def _year_before(day: date) -> date:
    """The same day a year before; of 29 February the 28th."""
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


@dataclass(frozen=True)
class Instants:
    """What the SQL has to know of a step: µs, and what is known of it. `opens` = `closes` where it has not begun."""

    number: int
    opens: int
    closes: int
    edge: int
    days: int
    begun: bool
    known: bool
    before: int
    shown: bool


def instants_of(facts: Dataset, step: Step) -> Instants:
    """A step as the SQL sees it."""
    asked = MetricQuery(facts, step.period)
    begun = asked.start <= facts.now
    opens, closes = (asked.start, asked.end) if begun else (0, 0)
    known = begun and asked.covered
    return Instants(step.number, opens, closes, asked.edge, step.period.days, begun, known, step.before, step.shown)
