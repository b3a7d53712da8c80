"""The catalogue of metrics: find one, its value, its course over time, its groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from data.exports.csv import csv_text
from data.facts.dataset import Dataset
from data.metrics.breakdown import GROUPS, STEPS, by_group, over_time
from data.metrics.catalogue import Metric, metric_families
from data.metrics.registry import CATALOG, ISSUE_METRICS
from data.services.numbers import NumbersService
from data.services.sites import Sites
from data.services.view import View
from data.settings.definitions import expanded, table
from data.settings.fields import FIELDS
from data.values.errors import NotThere
from data.values.families import FAMILIES
from data.values.metric_value import MetricValue
from data.values.names import name_key
from data.values.numbers import Answer, Breakdown, Entry, Part
from data.values.periods import Period

COLUMNS = (
    "metric_name",
    "title",
    "by",
    "name",
    "first",
    "last",
    "value",
    "unit",
    "used",
    "excluded",
    "share",
    "reason",
)
_BETTER = {True: "lower", False: "higher", None: "neither"}


def metric_titles() -> dict[str, str]:
    """Name → title of every metric, in the order of the catalogue."""
    return {name: each.title for name, each in CATALOG.items()}


def shown_name(name: str) -> str:
    """The name under which a number is shown: `cycle_time` is shown as `flow_time`. Unknown names stay."""
    return (CATALOG[name].same_as or name) if name in CATALOG else name


def other_names(name: str) -> tuple[str, ...]:
    """The other names of a metric, by which it is found and asked for too."""
    return tuple(each.name for each in CATALOG.values() if each.same_as == name)


class CatalogueService:
    """Every metric of the app, found and measured."""

    groups = GROUPS
    steps = STEPS
    categories: Mapping[str, str] = MappingProxyType({name: FAMILIES[name].title for name in metric_families()})

    def __init__(self, sites: Sites, numbers: NumbersService) -> None:
        self._sites = sites
        self._numbers = numbers

    def named(self, name: str) -> Metric:
        """Raises LookupError that says which names are near."""
        if name not in CATALOG:
            from difflib import get_close_matches

            near = get_close_matches(name, CATALOG, n=3, cutoff=0.6) or list(CATALOG)
            raise NotThere(f"There is no metric {name!r}. Choose one of: {', '.join(near)}.")
        return CATALOG[name]

    def entry(self, name: str) -> Entry:
        """What the catalogue says of a metric. Raises LookupError."""
        return entry_of(self.named(name))

    def search(self, text: str = "", family: str | None = None, *, once: bool = False) -> tuple[Entry, ...]:
        """The metrics that have every word of the text somewhere; those that have them in the title first.

        `once`: a number that has several names is listed under one of them alone; it is found by all.
        """
        words = name_key(text).split()
        found = [each for each in CATALOG.values() if family in (None, each.family) and _holds(each, words)]
        if once:
            found = [each for each in found if not each.same_as]
        titles = {each.name: name_key(f"{each.title} {each.name}") for each in found}
        found.sort(key=lambda each: not all(word in titles[each.name] for word in words))
        return tuple(entry_of(each) for each in found)

    def value(self, name: str, view: View) -> MetricValue:
        """One number, from the cache of its family. Raises LookupError."""
        family = self.named(name).family
        values = self._numbers.answer(family, view).values
        return next(each for each in values if each.metric_name == name)

    def cached_answer(self, family: str, view: View) -> Answer:
        """The numbers of a family as far as they are in the cache, old ones too; nothing is calculated."""
        return self._numbers.answer(family, view, stale_ok=True, known_only=True)

    def over_time(self, name: str, view: View, step: str = "week") -> Breakdown:
        """The metric for each day, week or month. Raises LookupError."""
        issues_only(self.named(name))
        return self._sites.data(view.snapshot).dataset(view).once(_over_time, name, view.period, step)

    def by_group(self, name: str, view: View, group: str = "project") -> Breakdown:
        """The metric for each group of its issues. Raises LookupError."""
        issues_only(self.named(name))
        return self._sites.data(view.snapshot).dataset(view).once(_by_group, name, view.period, group)

    def breakdown(self, name: str, view: View, by: str) -> Breakdown:
        """By a step of time or by a group, whichever `by` names. Raises LookupError."""
        if by in STEPS:
            return self.over_time(name, view, by)
        return self.by_group(name, view, by)

    def csv(self, breakdown: Breakdown) -> str:
        """A breakdown as CSV: a row for each part, the whole last."""
        return csv_text(COLUMNS, rows_of(breakdown))


def _over_time(facts: Dataset, name: str, period: Period, step: str) -> Breakdown:
    return over_time(ISSUE_METRICS[name], facts, period, step)


def _by_group(facts: Dataset, name: str, period: Period, group: str) -> Breakdown:
    return by_group(ISSUE_METRICS[name], facts, period, group)


def issues_only(metric: Metric) -> None:
    """Raises LookupError for a number of jobs, which has no issues to group by."""
    if metric.name not in ISSUE_METRICS:
        raise NotThere(f"{metric.title} is calculated from records of jobs: it cannot be taken apart by time or group.")


def rows_of(breakdown: Breakdown) -> list[Sequence[Any]]:
    """The parts as rows of COLUMNS; a breakdown without parts has one row with the reason."""
    parts = [*breakdown.parts, *([breakdown.total] if breakdown.total else [])]
    if breakdown.problem:
        parts = [Part("", None, "", 0, 0, why=breakdown.problem.what)]
    return [
        (
            breakdown.metric,
            breakdown.title,
            breakdown.by,
            each.name,
            each.first,
            each.last,
            each.value,
            breakdown.unit,
            each.used,
            each.left_out,
            each.share,
            each.why,
        )
        for each in parts
    ]


def _holds(metric: Metric, words: list[str]) -> bool:
    others = [word for each in CATALOG.values() if each.same_as == metric.name for word in (each.name, each.title)]
    text = name_key(
        " ".join((metric.name, metric.title, *others, metric.category, metric.text, metric.unit, *metric.tags))
    )
    return all(word in text for word in words)


def entry_of(metric: Metric) -> Entry:
    """A metric as plain values."""
    known = table()
    return Entry(
        name=metric.name,
        title=metric.title,
        category=metric.category,
        family=metric.family,
        description=metric.summary,
        formula=metric.formula_words,
        text=metric.text,
        unit=metric.unit,
        aggregation=metric.aggregation,
        tags=metric.tags,
        version=metric.version,
        better=_BETTER[metric.lower_is_better],
        parameters=tuple((name, str(value)) for name, value in metric.parameters.items()),
        definitions=tuple((name, known[name].title) for name in expanded(metric.switches)),
        fields=tuple((name, FIELDS[name].title) for name in metric.fields),
        depends=tuple((name, metric.weights.get(name)) for name in metric.depends),
        by_issues=metric.name in ISSUE_METRICS,
        same_as=metric.same_as,
    )
