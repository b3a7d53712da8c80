"""Which numbers changed in the period by more than their noise: XmR signals on weekly values."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from data.charts.flow.process_behaviour import weeks_within, whole_weeks
from data.charts.moments import Buckets, words
from data.charts.natural_limits import limits_choice
from data.charts.registry import ChartQuery
from data.facts.dataset import Dataset
from data.metrics.catalogue import IssueMetric
from data.metrics.display import digits, display
from data.metrics.measure import value_of
from data.metrics.registry import ISSUE_METRICS
from data.metrics.xmr import NEAR, OF, RUN, Limits, Signal, cannot_tell, limits, signals
from data.values.families import HEADLINE
from data.values.overview import Change
from data.values.periods import Period

log = logging.getLogger(__name__)
BASELINE = 26  # weeks before the period that say what is usual, as far as the data goes
_RANK = {"outside": 0, "run": 1, "near": 2}
# From a metric's own unit to the one that is said.
_FACTORS = {
    ("per_day", "/ week"): 7,
    ("per_day", "/ month"): 30.4375,
    ("per_day", "/ day"): 1,
    ("days", "days"): 1,
    ("days", "hours"): 24,
    ("days", "minutes"): 24 * 60,
    ("hours", "days"): 1 / 24,
    ("hours", "hours"): 1,
    ("hours", "minutes"): 60,
    ("days", "day"): 1,
    ("hours", "day"): 1 / 24,
    ("items", "items"): 1,
    ("items", "item"): 1,
}
_RULES = {
    "outside": "a week outside the natural limits",
    "run": f"{RUN} or more weeks in a row on one side of the mean",
    "near": f"{NEAR} of {OF} weeks in a row nearer a natural limit than the mean",
}


@dataclass(frozen=True)
class Changes:
    """Signals in the period, and the titles of the metrics that have none, or of which limits cannot tell.

    `why`: the reason for each of `untold`; `baseline`: whole weeks that limits are made of, `weeks`: those of the
    period; `against`: what the weeks of the period are judged by, in words.
    """

    changes: tuple[Change, ...]
    steady: tuple[str, ...]
    untold: tuple[str, ...]
    baseline: int
    weeks: int
    why: tuple[str, ...] = ()
    against: str = ""


@dataclass(frozen=True)
class _Weekly:
    """Values of whole weeks; those from `recent` on belong to the period, those from `since` on to this process.
    `usual`: the values that limits are made of, `usual_words`: their weeks.
    """

    over: Buckets
    recent: int
    since: int
    values: tuple[float | None, ...]
    usual: tuple[float, ...]
    usual_words: str

    @property
    def known(self) -> list[int]:
        return [n for n, value in enumerate(self.values) if value is not None and n >= self.since]

    def worth(self, n: int) -> float:
        return self.values[n] or 0.0


def changes(facts: Dataset, period: Period) -> Changes:
    """Of the metrics of the headline families. Limits come from the 26 whole weeks (Monday to Sunday) before the
    period, as far as the data goes, 6 with a value at least; a signal counts when it touches a week that ends in the
    period (the last whole week, where none does). The weeks of the period do not move the limits that they are judged
    by. Where the definitions lock limits to a baseline, its weeks are taken instead; where they divide them, those
    since the last mark before the period.
    """
    basis = _basis(facts, period)
    out: list[Change] = []
    steady, untold, reasons = [], [], []
    for metric in ISSUE_METRICS.values():
        if metric.family not in HEADLINE or metric.lacking(facts) is not None:
            continue
        weekly = _weekly(metric, facts, basis)
        known = [weekly.worth(n) for n in weekly.known]
        why = cannot_tell(weekly.usual)
        if not any(n >= basis.recent for n in weekly.known):
            why = why or "no whole week of the period has a number"
        if why:
            untold.append(metric.title)
            reasons.append(why)
            continue
        rule = limits(weekly.usual)
        told = [each for each in signals(known, rule) if weekly.known[each.last] >= basis.recent]
        if told:
            out.append(_change(metric, weekly, rule, min(told, key=lambda each: (_RANK[each.kind], -each.last))))
        else:
            steady.append(metric.title)
    out.sort(key=lambda each: {"worse": 0, "better": 1}.get(each.verdict or "", 2))
    weeks = len(basis.over) - basis.recent
    return Changes(tuple(out), tuple(steady), tuple(untold), basis.size, weeks, tuple(reasons), basis.against)


@dataclass(frozen=True)
class _Basis:
    """Which weeks are looked at, and which of them limits are made of: those of `locked`, or of `over` those from
    `since` until before `recent`.
    """

    over: Buckets
    recent: int
    since: int
    locked: Buckets | None
    against: str

    @property
    def size(self) -> int:
        return len(self.locked) if self.locked is not None else self.recent - self.since


def _basis(facts: Dataset, period: Period) -> _Basis:
    over, recent = weeks_of(facts, period)
    choice = limits_choice(facts)
    if choice.baseline is not None:
        locked = weeks_within(ChartQuery(facts, period), choice.baseline, cut=True)
        days = words(choice.baseline.first, choice.baseline.last)
        return _Basis(over, recent, 0, locked, f"the {_weeks(len(locked))} of the baseline {days}")
    mark = max((each for each in choice.marks if each <= period.first), default=None)
    since = min(sum(day < mark for day in over.days), recent) if mark else 0
    against = f"the {_weeks(recent - since)} before the period"
    return _Basis(over, recent, since, None, f"{against} since {words(mark, mark)}" if mark else against)


def _weeks(count: int) -> str:
    return f"{count} whole week{'s' * (count != 1)}"


def _weekly(metric: IssueMetric, facts: Dataset, basis: _Basis) -> _Weekly:
    values = _values(metric, facts, basis.over)
    usual = values[basis.since : basis.recent] if basis.locked is None else _values(metric, facts, basis.locked)
    of, last = (basis.over, basis.recent - 1) if basis.locked is None else (basis.locked, len(basis.locked) - 1)
    first = basis.since if basis.locked is None else 0
    days = words(of.days[first], of.last[last]) if last >= first else ""
    known = tuple(each for each in usual if each is not None)
    return _Weekly(basis.over, basis.recent, basis.since, values, known, days)


def weeks_of(facts: Dataset, period: Period) -> tuple[Buckets, int]:
    """The whole weeks before and in the period, and the place of the period's first."""
    over = whole_weeks(ChartQuery(facts, period), before=BASELINE)
    if not len(facts.activity) or not len(over):
        return Buckets((), (), over.starts[:1], over.whole[:0], "week"), 0
    return over, next((n for n, last in enumerate(over.last) if last >= period.first), len(over) - 1)


def _values(metric: IssueMetric, facts: Dataset, over: Buckets) -> tuple[float | None, ...]:
    try:
        return tuple(
            value_of(metric, facts, Period(*days, facts.zone)) for days in zip(over.days, over.last, strict=True)
        )
    except Exception:
        log.exception("weekly values of %s", metric.name)
        return ()


def _change(metric: IssueMetric, weekly: _Weekly, rule: Limits, signal: Signal) -> Change:
    up = signal.side == "above"
    verdict = None if metric.lower_is_better is None else "worse" if up == metric.lower_is_better else "better"
    low, high = _shown(metric, rule.lower, rule.mean), _shown(metric, rule.upper, rule.mean)
    return Change(
        metric=metric.name,
        title=f"{metric.title}, share of Feature" if metric.name == "flow_distribution" else metric.title,
        sentence=_sentence(metric, weekly, rule, signal),
        rule=_RULES[signal.kind],
        basis=f"Before: mean {_shown(metric, rule.mean, rule.mean)}, natural limits {low} to {high}, from the weeks "
        f"{weekly.usual_words}.",
        shift="unusually high" if up else "unusually low",
        verdict=verdict,
        todo="Open it, find what helped, and keep it."
        if verdict == "better"
        else "Open it and look for what was different in these weeks.",
        weeks=weekly.values,
        before=weekly.recent,
        marked=tuple(weekly.known[signal.first : signal.last + 1]),
        mean=rule.mean,
        lower=rule.lower,
        upper=rule.upper,
    )


def _sentence(metric: IssueMetric, weekly: _Weekly, rule: Limits, signal: Signal) -> str:
    over, first, last = weekly.over, weekly.known[signal.first], weekly.known[signal.last]
    week, value = words(over.days[last], over.last[last]), _shown(metric, weekly.worth(last), rule.mean)
    edge, name = (rule.upper, "upper") if signal.side == "above" else (rule.lower, "lower")
    if signal.kind == "outside":
        return (
            f"{value} in the week {week}, {signal.side} the {name} natural limit of {_shown(metric, edge, rule.mean)}."
        )
    if signal.kind == "run":
        count, since = signal.last - signal.first + 1, over.days[first]
        return (
            f"{count} weeks in a row {signal.side} the mean of {_shown(metric, rule.mean, rule.mean)}, since "
            f"{since.day} {since:%b %Y}; {value} in the last of them."
        )
    return (
        f"{NEAR} of {OF} weeks nearer the {name} natural limit of {_shown(metric, edge, rule.mean)} than the mean of "
        f"{_shown(metric, rule.mean, rule.mean)}; {value} in the week {week}."
    )


def _shown(metric: IssueMetric, value: float, like: float) -> str:
    """A value in the unit in which `like` is said, so that all of a sentence is in one unit."""
    unit = display(metric.shows, like)[1]
    factor = _FACTORS.get((metric.shows, unit))
    said = digits(value * factor) if factor else display(metric.shows, value)[0]
    unit = {"item": "items", "day": "days"}.get(unit, unit) if said != "1" else unit
    return f"{said} {unit}".strip()
