"""Numbers of a view: cards, details, the issues behind them, CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Protocol, Unpack

import numpy as np

from data.cache.metric_cache import CachedValues, Key
from data.exports.csv import csv_text
from data.facts.attributes import attribute
from data.facts.dataset import Dataset
from data.facts.days import calendar
from data.facts.query import MetricQuery
from data.metrics.catalogue import IssueMetric
from data.metrics.code_version import code_version
from data.metrics.detail import MetricDrilldown
from data.metrics.detail import detail as explain
from data.metrics.measure import measure_family
from data.metrics.registry import CATALOG, ISSUE_METRICS
from data.services.definitions import DefinitionsService
from data.services.issue_pages import IssueChoice, page_of
from data.services.sites import Sites, browse_url
from data.services.view import Snapshot, View
from data.settings.filter_fields import FILTER_FIELDS
from data.tables.tidy import Tables
from data.values.csv_style import style_in_force
from data.values.details import Details
from data.values.errors import NotThere
from data.values.families import HEADLINE, JOBS
from data.values.filters import Choices, FieldChoices, FilterField
from data.values.kept import Kept, kept_with_object
from data.values.metric_value import ErrorState, MetricValue, iso
from data.values.numbers import Answer, Detail, IssuePage, IssueRow
from data.values.periods import Period

MOST_CHOICES = 1_000  # of each field


class JobNumbers(Protocol):
    """The numbers of jobs, which are kept with those of issues."""

    def answer(
        self,
        view: View,
        *,
        persona: str | None = None,
        job: str | None = None,
        stale_ok: bool = False,
        known_only: bool = False,
    ) -> Answer:
        """The metrics of jobs in a view. Raises RecordsError, JiraError."""


class NumbersService:
    """Every number of a view, from the cache where it is known. Safe in several threads."""

    def __init__(self, sites: Sites, definitions: DefinitionsService, jobs: JobNumbers) -> None:
        self._sites = sites
        self._definitions = definitions
        self._jobs = jobs

    def choices(self, snapshot: Snapshot) -> Choices:
        """What can be filtered by, with numbers of issues. Raises StoreError."""
        return choices(self._sites.data(snapshot).tables(snapshot))

    def answer(self, family: str, view: View, *, stale_ok: bool = False, known_only: bool = False) -> Answer:
        """The metrics of a family. With `stale_ok` numbers of older data may come, and say so;
        with `known_only` nothing is calculated, and what is not known has no values. Raises JiraError.
        """
        if family == JOBS:
            return self._jobs.answer(view, stale_ok=stale_ok, known_only=known_only)
        data = self._sites.data(view.snapshot)
        head = view.snapshot.synced
        found = data.cache.get(key_of(family, view))
        if found is None and known_only:
            return Answer((), "unknown", "")
        if found is not None and (found.state == "fresh" or stale_ok):
            return answer(found, found.state)
        view, facts = data.current(view)  # a sync may have published meanwhile: key and numbers are of the same data
        if head is None:
            return Answer(tuple(measure_family(family, facts, view.period)), "calculated", iso(view.now))
        calculated = data.cache.calculate_once(
            key_of(family, view),
            lambda: with_hints(measure_family(family, facts, view.period), facts, view.period),
        )
        return answer(calculated, "calculated")

    def values(self, view: View, family: str | None = None) -> list[MetricValue]:
        """The metrics of a family, or those that the overview opens with, in order. Raises JiraError."""
        families = (family,) if family else HEADLINE
        return [value for each in families for value in self.answer(each, view).values]

    def detail(self, metric: str, view: View) -> Detail:
        """What one number is made of. Raises LookupError for an unknown metric, JiraError."""
        view, facts = self._sites.data(view.snapshot).current(view)
        found = explain(named(metric), MetricQuery(facts, view.period))
        return replace(found, switches=self._definitions.of_metric(metric, view))

    def issue_page(
        self,
        metric: str,
        view: View,
        **choice: Unpack[IssueChoice],
    ) -> IssuePage:
        """Some of the issues behind a number. Raises LookupError for an unknown metric or column, JiraError."""
        data = self._sites.data(view.snapshot)
        view, facts = data.current(view)
        return page_of(
            MetricDrilldown.of(named(metric), MetricQuery(facts, view.period)),
            lambda ids: data.summaries(view.snapshot, ids),
            browse_url(view.snapshot),
            **choice,
        )

    def one(
        self, metric: str, view: View, *, persona: str | None = None, job: str | None = None
    ) -> tuple[MetricValue, ...]:
        """One metric, those of jobs included; these of one persona or job. Raises LookupError, JiraError."""
        family = family_of(metric)
        jobs = family == JOBS
        found = self._jobs.answer(view, persona=persona, job=job) if jobs else self.answer(family, view)
        return tuple(each for each in found.values if each.metric_name == metric)

    def csv_metric(self, metric: str, view: View, *, persona: str | None = None, job: str | None = None) -> str:
        """One metric as CSV: a header and a row. Raises LookupError, JiraError."""
        return csv_values(self.one(metric, view, persona=persona, job=job))

    def csv_all(self, view: View, family: str | None = None) -> str:
        """The numbers of the overview as CSV, or those of one family, a row each. Raises JiraError."""
        return csv_values(self.values(view, family))

    def csv_issues(self, metric: str, view: View, count: int = 10**9) -> str:
        """The issues behind a number as CSV, those left out with their reason. Raises LookupError, JiraError."""
        return csv_issues(self.issue_page(metric, view, count=count).rows)


def question(family: str, view: View) -> dict[str, Any]:
    """Everything besides period and revision that a number depends on, as plain JSON types."""
    return {
        "site": view.snapshot.known_as,
        "jql": view.snapshot.jql,
        "zone": view.zone,
        "filters": view.filters.to_json(),
        **view.measured,
        "code": family_code(family),
    }


@cache
def family_code(family: str) -> str:
    """A digest of the code that the numbers of a family come from: it changes when a formula does."""
    modules = {each.module for each in CATALOG.values() if each.family == family}
    measuring = {"data.jtbd.cards", "data.jtbd.picture"} if family == JOBS else {"data.metrics.measure"}
    return code_version(modules | measuring)


def key_of(family: str, view: View) -> Key:
    """Under which name the numbers of a family are kept. Raises StoreError."""
    days = (view.period.first.isoformat(), view.period.last.isoformat())
    return Key(family, *days, question(family, view), view.snapshot.revision)


def named(metric: str) -> IssueMetric:
    """The metric of issues of that name. Raises LookupError that lists the names."""
    if family_of(metric) == JOBS:
        raise NotThere(f"{CATALOG[metric].title} is calculated from records of jobs, not from single issues.")
    return ISSUE_METRICS[metric]


def family_of(metric: str) -> str:
    """The family of a metric. Raises LookupError that lists the names."""
    if metric not in CATALOG:
        raise NotThere(f"There is no metric {metric!r}. Choose one of: {', '.join(CATALOG)}.")
    return CATALOG[metric].family


@kept_with_object
def choices(tables: Tables) -> Choices:
    """Names to filter by, most used first; mapped fields where they are held."""
    here = [each for each in FILTER_FIELDS.values() if not each.mapped or each.name in tables.fields]
    return Choices(tuple(_counted(tables, each) for each in here))


def _counted(tables: Tables, field: FilterField) -> FieldChoices:
    """The values of a field with numbers of issues; spellings of one name are one, told as most issues have it."""
    found = attribute(tables, field.name)
    counts = np.bincount(found.code, minlength=len(found.names)).tolist()
    named = [(name, int(n)) for name, n in zip(found.names, counts, strict=True) if n]
    named.sort(key=lambda each: (-each[1], each[0]))
    without = len(tables) - len(np.unique(found.issue))
    aliases = tuple(dict.fromkeys(found.aliases))
    return FieldChoices(field, tuple(named[:MOST_CHOICES]), without, aliases, len(named) <= MOST_CHOICES)


def with_hints(values: list[MetricValue], facts: Dataset, period: Period) -> list[MetricValue]:
    """Where there is no data: which days are covered, and a period of the same length in which something happened."""
    activity = facts.activity
    if not len(activity) or all(value.error_state != ErrorState.NO_DATA for value in values):
        return values
    ends = np.array([activity[0], activity[-1] if facts.conditions else max(facts.known_until, activity[0])])
    if facts.complete_from is not None and activity[0] < facts.complete_from <= activity[-1]:
        ends[0] = facts.complete_from
    local = calendar(facts.zone, activity, ends)
    first, last = (date.fromordinal(int(each)) for each in local.ordinals(ends))
    hint: Details = {"covered": [first.isoformat(), last.isoformat()]}
    asked = MetricQuery(facts, period)
    if not facts.active_between(asked.start, asked.snapshot):
        last = date.fromordinal(int(local.ordinals(activity[-1:])[0]))
        start = max(last - timedelta(days=period.days - 1), first)
        hint["suggestion"] = [start.isoformat(), last.isoformat()]
    return [
        replace(value, details={**value.details, **hint}) if value.error_state == ErrorState.NO_DATA else value
        for value in values
    ]


def answer(cached: CachedValues, state: str) -> Answer:
    """Cached or calculated values, with the hints that they carry."""
    nothing: Details = {}
    hinted = next((each.details for each in cached.values if each.details.get("covered")), nothing)
    covered, suggestion = hinted.get("covered"), hinted.get("suggestion")
    return Answer(
        tuple(cached.values),
        state,
        cached.calculated_at,
        (covered[0], covered[1]) if covered else None,
        (suggestion[0], suggestion[1]) if suggestion else None,
    )


COLUMNS = (
    "metric_name", "title", "metric_type", "value", "unit", "performance_tier", "error_state", "error_message",
    "time_period_start", "time_period_end", "used", "excluded_issue_count", "total_issue_count", "exclusions",
    "previous_value", "trend_percentage", "trend_verdict", "definition", "notes", "calculation_timestamp",
    "interval_low", "interval_high", "interval_method", "tier_range",
)  # a table: kept in its rows  # fmt: skip


_csv: Kept[str] = Kept(most=32)


def csv_values(values: Iterable[MetricValue]) -> str:
    """Metrics as CSV, values as exact as JSON has them."""
    rows = list(values)
    name = repr([(each.metric_name, each.time_period_start, each.time_period_end) for each in rows])
    name += style_in_force().name
    return _csv.get(
        name, rows, lambda: csv_text(COLUMNS, [[cell_of(each, column) for column in COLUMNS] for each in rows])
    )


def cell_of(value: MetricValue, name: str) -> Any:
    """What the column `name` says of a metric."""
    if name == "exclusions":
        return "; ".join(f"{reason}: {n}" for reason, n in value.details.get("exclusions", {}).items())
    if name == "notes":
        return " ".join(value.details.get("notes", ()))
    if name in ("interval_low", "interval_high"):
        bounds = value.details.get("interval") or (None, None)
        return bounds[name == "interval_high"]
    if name == "tier_range":
        return "; ".join(value.details.get("tier_range", ()))
    return getattr(value, name) if hasattr(value, name) else value.details.get(name)


ISSUE_COLUMNS = (
    "key",
    "summary",
    "type",
    "project",
    "status",
    "start",
    "end",
    "value",
    "value_unit",
    "outcome",
    "used",
    "reason",
    "url",
)


def csv_issues(rows: Sequence[IssueRow]) -> str:
    """The issues behind a number as CSV."""
    return csv_text(ISSUE_COLUMNS, [[getattr(row, name) for name in ISSUE_COLUMNS] for row in rows])
