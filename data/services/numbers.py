"""Questions about numbers, answered from facts: cards, details, the issues behind them, CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data.cache.metric_cache import Found
from data.exports.csv import csv_text
from data.facts.dataset import Dataset
from data.facts.days import calendar
from data.facts.query import MetricQuery
from data.metrics.catalogue import Metric
from data.metrics.code_version import code_version
from data.metrics.detail import Behind
from data.metrics.detail import detail as explain
from data.metrics.registry import CATALOG
from data.settings.model import Settings
from data.tables.tidy import Tables
from data.values.errors import NotThere
from data.values.filters import Choices, Filters
from data.values.kept import Kept, kept_with_object
from data.values.metric_value import ErrorState, MetricValue
from data.values.numbers import JOB_METRICS, Answer, Detail, IssuePage, IssueRow
from data.values.periods import Period

if TYPE_CHECKING:
    from data.services.site_data import SiteData

MOST_CHOICES = 200


def question(family: str, site: str, jql: str, settings: Settings, filters: Filters, zone: str) -> dict[str, Any]:
    """Everything besides period and revision that a number depends on."""
    return {
        "site": site,
        "jql": jql,
        "zone": zone,
        "filters": [sorted(each) for each in (filters.projects, filters.types, filters.labels, filters.components)],
        "mapping": settings.mapping,
        "workflow": settings.workflow.model_dump(),
        "definitions": settings.definitions.model_dump(),
        "code": family_code(family),
    }


@cache
def family_code(family: str) -> str:
    """A digest of the code that the numbers of a family come from: it changes when a formula does."""
    modules = {each.formula.__module__ for each in CATALOG.values() if each.family == family}
    return code_version({*modules, "data.metrics.measure"} if modules else {"data.jtbd.cards", "data.jtbd.picture"})


def named(metric: str) -> Metric:
    """The metric of that name. Raises LookupError that lists the names."""
    if metric not in CATALOG:
        raise NotThere(f"There is no metric {metric!r}. Choose one of: {', '.join(CATALOG)}.")
    return CATALOG[metric]


def family_of(metric: str) -> str:
    """The family of a metric of the catalogue, or "jtbd" for a number of jobs. Raises LookupError that lists the names."""
    if metric in JOB_METRICS:
        return "jtbd"
    if metric not in CATALOG:
        raise NotThere(f"There is no metric {metric!r}. Choose one of: {', '.join((*CATALOG, *JOB_METRICS))}.")
    return CATALOG[metric].family


@kept_with_object
def choices(tables: Tables) -> Choices:
    """Names to filter by, most used first."""
    issues = tables.issues
    return Choices(
        _counted(issues["project"]),
        _counted(issues["type"]),
        _counted(tables.labels["name"]),
        _counted(tables.components["name"]),
    )


def _counted(column: pd.Series) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(column.cat.codes[column.cat.codes >= 0], minlength=len(column.cat.categories))
    found = [(str(name), int(n)) for name, n in zip(column.cat.categories, counts, strict=True) if n]
    return tuple(sorted(found, key=lambda each: (-each[1], each[0]))[:MOST_CHOICES])


def with_hints(values: list[MetricValue], facts: Dataset, period: Period) -> list[MetricValue]:
    """Where there is no data: which days have some, and a period of the same length that does."""
    activity = facts.activity
    if not len(activity) or all(value.error_state != ErrorState.NO_DATA for value in values):
        return values
    local = calendar(facts.zone, activity)
    first, last = (date.fromordinal(int(each)) for each in local.ordinals(activity[[0, -1]]))
    hint: dict[str, Any] = {"covered": [first.isoformat(), last.isoformat()]}
    asked = MetricQuery(facts, period)
    if not facts.active_between(asked.start, asked.snapshot):
        start = max(last - timedelta(days=period.days - 1), first)
        hint["suggestion"] = [start.isoformat(), last.isoformat()]
    return [
        replace(value, details={**value.details, **hint}) if value.error_state == ErrorState.NO_DATA else value
        for value in values
    ]


def answer(found: Found, state: str) -> Answer:
    """Cached or calculated values, with the hints that they carry."""
    hinted = next((each.details for each in found.values if each.details.get("covered")), {})
    covered, suggestion = hinted.get("covered"), hinted.get("suggestion")
    empty = all(each.error_state != ErrorState.SUCCESS for each in found.values)
    return Answer(
        tuple(found.values),
        state,
        found.calculated_at,
        tuple(covered) if covered else None,
        tuple(suggestion) if suggestion and empty else None,
    )


def detail(facts: Dataset, metric: str, period: Period) -> Detail:
    return explain(named(metric), MetricQuery(facts, period))


def issue_page(
    facts: Dataset,
    metric: str,
    period: Period,
    place: SiteData,
    site_url: str,
    first: int,
    count: int,
    *,
    sort: tuple[str, str] | None,
    text: str,
    reason: str | None,
    used: bool | None,
) -> IssuePage:
    """The rows behind a number, filtered, sorted and cut; only the rows of the page ask the store for summaries."""
    behind = Behind.of(named(metric), MetricQuery(facts, period))
    return page_of(behind, place, site_url, first, count, sort=sort, text=text, reason=reason, used=used)


def page_of(
    behind: Behind,
    place: SiteData,
    site_url: str,
    first: int,
    count: int,
    *,
    sort: tuple[str, str] | None,
    text: str,
    reason: str | None,
    used: bool | None,
) -> IssuePage:
    """Rows filtered, sorted and cut; only the rows of the page ask the store for summaries."""
    keep = np.ones(len(behind.rows), dtype=bool)
    if used is not None:
        keep &= (behind.rows.reason == 0) == used
    if reason:
        keep &= behind.reasons() == reason
    places = np.flatnonzero(keep)
    if text.strip():
        places = _matching(behind, places, text.strip().casefold(), place)
    places = _sorted(behind, places, sort, place)
    page = places[first : first + count]
    return IssuePage(behind.page(page, _summaries(behind, page, place), site_url), len(places))


def _summaries(behind: Behind, places: np.ndarray, place: SiteData) -> dict[int, tuple[str, str]]:
    head = place.synced()
    ids = [each for each in behind.issue_ids()[places].tolist() if each >= 0]
    return place.store.summaries(head.scope, ids) if head and ids else {}


def _matching(behind: Behind, places: np.ndarray, text: str, place: SiteData) -> np.ndarray:
    """Rows whose key, type, status, project or summary holds the text."""
    summaries = _summaries(behind, places, place)
    ids = behind.issue_ids()
    columns = [behind.column(name) for name in ("key", "type", "status", "project")]
    hit = [
        any(text in str(column[n]).casefold() for column in columns)
        or text in summaries.get(int(ids[n]), ("", ""))[1].casefold()
        for n in places.tolist()
    ]
    return places[np.array(hit, dtype=bool)]


def _sorted(behind: Behind, places: np.ndarray, sort: tuple[str, str] | None, place: SiteData) -> np.ndarray:
    """By a column; without one the newest first. What is missing comes last either way."""
    name, direction = sort or ("end", "desc")
    down = direction == "desc"
    if name == "summary":
        summaries, ids = _summaries(behind, places, place), behind.issue_ids()
        keys: list[Any] = [summaries.get(int(ids[n]), ("", ""))[1].casefold() for n in places.tolist()]
    elif name == "used":
        keys = (behind.rows.reason[places] != 0).tolist()
    elif name in ("key", "type", "project", "status", "start", "end", "value", "reason", "outcome"):
        values = behind.column(name)[places]
        if name == "key":
            keys = [_natural(str(each)) for each in values]
        elif name in ("start", "end", "value"):
            numbers = values.astype(float)
            missing = ~np.isfinite(numbers) | (numbers <= -9e18)
            order = np.argsort(np.where(missing, 0, -numbers if down else numbers), kind="stable")
            return places[np.concatenate((order[~missing[order]], order[missing[order]]))]
        else:
            keys = [str(each).casefold() for each in values]
    else:
        raise NotThere(f"There is no column {name!r} to sort by.")
    order = sorted(range(len(places)), key=keys.__getitem__, reverse=down)
    return places[np.array(order, dtype=np.int64)]


def _natural(key: str) -> tuple[str, int, str]:
    """ABC-9 before ABC-10."""
    project, _, number = key.rpartition("-")
    return (project, int(number), "") if number.isdigit() else (key, 0, "")


COLUMNS = (
    "metric_name", "title", "metric_type", "value", "unit", "performance_tier", "error_state", "error_message",
    "time_period_start", "time_period_end", "used", "excluded_issue_count", "total_issue_count", "exclusions",
    "previous_value", "trend_percentage", "trend_verdict", "definition", "notes", "calculation_timestamp",
)  # fmt: skip


_csv: Kept[str] = Kept(most=32)


def csv_values(values: Iterable[MetricValue]) -> str:
    """Metrics as CSV, values as exact as JSON has them."""
    rows = list(values)
    name = repr([(each.metric_name, each.time_period_start, each.time_period_end) for each in rows])
    return _csv.get(
        name, rows, lambda: csv_text(COLUMNS, [[cell_of(each, column) for column in COLUMNS] for each in rows])
    )


def cell_of(value: MetricValue, name: str) -> Any:
    """What the column `name` says of a metric."""
    if name == "exclusions":
        return "; ".join(f"{reason}: {n}" for reason, n in value.details.get("exclusions", {}).items())
    if name == "notes":
        return " ".join(value.details.get("notes", ()))
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
