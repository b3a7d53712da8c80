"""What a metric is, and how one joins the catalogue: being in the folder is being in the app."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

from data.facts.dataset import Dataset
from data.facts.query import MetricQuery, Missing, in_period
from data.facts.rows import Rows
from data.facts.unreadable import unreadable_field
from data.metrics.in_sql import InSql
from data.metrics.jobs import JobNumber, JobRows
from data.tables.tidy import microseconds
from data.values.details import Details
from data.values.families import FAMILIES
from data.values.intervals import Estimate
from data.values.periods import Period
from data.values.typography import typeset

_PLACE = {name: n for n, name in enumerate(FAMILIES)}
AGGREGATIONS = ("count", "sum", "share", "ratio", "median", "percentile", "mean", "rate", "distinct", "score")


Formula = Callable[[Rows, MetricQuery], float | None]
JobFormula = Callable[[JobRows], JobNumber]
M = TypeVar("M", bound="Metric")


@dataclass(kw_only=True)
class Metric:
    """What the app says of one number, whatever it is calculated from. The docstring of its formula is the help
    text.
    """

    name: str
    family: str
    title: str
    unit: str  # of `value` in JSON, CSV and API
    help: str
    order: int
    module: str  # where its formula is
    lower_is_better: bool | None = None
    shows: str = "number"  # how a value reads on a card: number | days | hours | percent | per_day | items
    nothing: str = "Nothing to measure between these dates."
    switches: tuple[str, ...] = ()  # names of the definitions that this metric obeys
    fields: tuple[str, ...] = ()  # our fields that it can use
    aggregation: str = ""  # how rows become the number: one of AGGREGATIONS
    tags: tuple[str, ...] = ()  # words that it is found by, besides those of its title and text
    version: str = "1.0"  # raised when the formula changes
    parameters: Mapping[str, Any] = field(default_factory=dict)  # fixed numbers of the formula: name → value
    depends: tuple[str, ...] = ()  # names of the metrics that it is made of
    same_as: str = ""  # the metric whose number it is under another name: found by both, shown to people once
    weights: Mapping[str, float] = field(default_factory=dict)  # of those, by name; they sum to 1

    @property
    def summary(self) -> str:
        """The definition in one sentence."""
        return self.help.partition("\n\n")[0].replace("\n", " ")

    @property
    def category(self) -> str:
        """The title of its family."""
        return FAMILIES[self.family].title

    @property
    def formula_words(self) -> str:
        """The formula as it is written in the help, in one line."""
        return " ".join(self.text.split("\n\n")[1].split()) if self.text.count("\n\n") else ""

    @property
    def text(self) -> str:
        """The help without its worked examples."""
        return self.help.partition(">>>")[0].strip()


@dataclass(kw_only=True)
class IssueMetric(Metric):
    """A metric that a formula calculates from the rows of a fact, which are about issues."""

    rows: Callable[[Dataset], Rows]
    formula: Formula
    select: Callable[[Rows, MetricQuery], Rows] = in_period
    # For "done as of the end of the period": the rows at an instant, of what ended since another one (µs).
    as_of_rows: Callable[[Dataset, int, int], Rows] | None = None
    missing: Callable[[Dataset], Missing | None] = lambda _facts: None
    tier: Callable[[float, Rows, MetricQuery], str | None] = lambda _value, _rows, _asked: None
    tier_value: Callable[[float, Rows, MetricQuery], float] = lambda value, _rows, _asked: value  # what tiers compare
    # What the interval of the value is made of; and of `tier_value`, where that differs.
    estimate: Callable[[Rows, MetricQuery], Estimate | None] = lambda _rows, _asked: None
    tier_estimate: Callable[[Rows, MetricQuery], Estimate | None] | None = None
    measures: str = ""  # the column of `rows` that the detail draws and lists
    outcome_title: str = ""  # what `outcome` says of each row
    outcome: Callable[[Rows], Sequence[str]] | None = None  # what each row adds to the number, in words
    explain: Callable[[Rows, MetricQuery], Details] = field(default=lambda _rows, _asked: Details())
    sql: InSql | None = None  # the same formula as SQL; None: only Python calculates it, and `not_sql` says why
    not_sql: str = ""
    compares: bool = False  # its rows are compared with each other: a group is calculated from its own issues alone

    def lacking(self, facts: Dataset) -> Missing | None:
        """Why there can be no number here: a field of it cannot be read, or nothing is mapped that it could use."""
        return unreadable_field(self.name, self.fields, facts) or self.missing(facts)

    def explains(self, function: Callable[[Rows, MetricQuery], Details]) -> Callable[[Rows, MetricQuery], Details]:
        """Decorator: what goes into details beside the value. Keys `notes` and `steps` are lists of sentences."""
        self.explain = function
        return function

    def __call__(self, rows: Rows, query: MetricQuery) -> float | None:
        return self.formula(rows, query)


@dataclass(kw_only=True)
class JobMetric(Metric):
    """A metric that a formula calculates from what is known of jobs, outcomes and painpoints in a period."""

    formula: JobFormula
    records: str  # the kind of records that it is made of: job | outcome | painpoint | satisfaction
    has_sparkline: bool = True

    def __call__(self, jobs: JobRows) -> JobNumber:
        return self.formula(jobs)


_catalog: dict[str, Metric] = {}
CATALOG = MappingProxyType(_catalog)
_issue_metrics: dict[str, IssueMetric] = {}
ISSUE_METRICS = MappingProxyType(_issue_metrics)
_job_metrics: dict[str, JobMetric] = {}
JOB_METRICS = MappingProxyType(_job_metrics)


def metric_families() -> tuple[str, ...]:
    """The families that have metrics, in order."""
    return tuple(dict.fromkeys(each.family for each in CATALOG.values()))


def metric(**definition: Any) -> Callable[[Formula], IssueMetric]:
    """Add the decorated formula to the catalogue: its name is the metric's name, its docstring the help."""

    def add(formula: Formula) -> IssueMetric:
        made = IssueMetric(formula=formula, **_from(formula), **definition)
        _add(made, formula)
        _issue_metrics[made.name] = made
        return made

    return add


def job_metric(**definition: Any) -> Callable[[JobFormula], JobMetric]:
    """The same for a formula over what is known of jobs."""

    def add(formula: JobFormula) -> JobMetric:
        made = JobMetric(formula=formula, family="jtbd", **_from(formula), **definition)
        _add(made, formula)
        _job_metrics[made.name] = made
        return made

    return add


def _from(formula: Callable[..., Any]) -> dict[str, Any]:
    text = typeset(inspect.getdoc(formula) or "")
    return {"name": formula.__name__, "module": formula.__module__, "help": text}


def _add(metric: Metric, formula: Callable[..., Any]) -> None:
    if metric.name in _catalog:
        raise ValueError(f"two metrics are called {metric.name!r}")
    metric.__doc__ = formula.__doc__
    _catalog[metric.name] = metric


def discover(package: ModuleType) -> None:
    """Import every module below the package, then put the catalogue in the order of families and metrics."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)
    _put_in_order(_catalog)
    _put_in_order(_issue_metrics)
    _put_in_order(_job_metrics)


def _put_in_order(known: dict[str, M]) -> None:
    ordered = sorted(known.items(), key=lambda item: (_PLACE[item[1].family], item[1].order))
    known.clear()
    known.update(ordered)


def example_question(days: int = 7, **definitions: Any) -> MetricQuery:
    """A question for examples: an empty site, the first `days` days of 2025 in UTC."""
    from datetime import UTC, date, timedelta

    from data.facts.examples import empty_tables
    from data.settings.model import Definitions, Workflow

    facts = Dataset(
        empty_tables(), Definitions(**definitions), Workflow(), microseconds(datetime(2026, 1, 1, tzinfo=UTC))
    )
    first = date(2025, 1, 1)
    return MetricQuery(facts, Period(first, first + timedelta(days=days - 1), "UTC"))
