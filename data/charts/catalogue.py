"""What a chart is, and how one joins the catalogue: being in a folder of data/charts is being in the app."""

from __future__ import annotations

import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

from data.charts.drawing import Drawing, nothing
from data.facts.dataset import Dataset
from data.facts.query import MetricQuery, Missing
from data.facts.site_names import titles
from data.settings.definitions import WORKFLOW, expanded, table
from data.settings.fields import FIELDS
from data.values.charts import ChartPlace
from data.values.families import FAMILIES, JOBS
from data.values.jobs import Overview
from data.values.typography import typeset

_OF_THE_PERIOD = ("dora", "flow", "catalogue", "explore")  # the charts of sprints and forecasts choose their own days
_PLACE = {name: n for n, name in enumerate(FAMILIES)}


@dataclass(frozen=True)
class ChartQuery(MetricQuery):
    """One question to one chart: facts, period, and what only its tab asks (name, value)."""

    options: tuple[tuple[str, str], ...] = ()

    def option(self, name: str) -> str:
        """What the tab's own question says under a name; empty for nothing."""
        return dict(self.options).get(name, "")


@dataclass(frozen=True)
class JobChartQuery:
    """What a chart of jobs is drawn from: everything that is known of them in the period."""

    overview: Overview


@dataclass(frozen=True, kw_only=True)
class Chart(ABC):
    """What the app says of one chart. The docstring of its drawing is the help: the first paragraph says how to read
    it.
    """

    name: str
    family: str
    title: str
    order: int
    help: str
    switches: tuple[str, ...] = ()  # names of the definitions that it obeys
    beside: tuple[str, ...] = ()  # those of them that are switched beside the chart
    fields: tuple[str, ...] = ()  # our fields that it can use
    wide: bool = False  # needs a row of its own
    on_tab: bool = True  # otherwise only the issues behind it are opened

    @abstractmethod
    def definitions(self, facts: Dataset | None, switches: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
        """The definitions in force, of the chart or of one drawing: title, value in words; none without facts."""


@dataclass(frozen=True, kw_only=True)
class IssueChart(Chart):
    """A chart that is drawn from issues."""

    draw: Callable[[ChartQuery], Drawing]
    missing: Callable[[Dataset], Missing | None] = lambda _facts: None

    def __call__(self, query: ChartQuery) -> Drawing:
        """The chart, or why there is none."""
        missing = self.missing(query.facts)
        if missing is None:
            drawing = self.draw(query)
            if drawing.problem is None or self.family not in _OF_THE_PERIOD or query.covered:
                return drawing
            why = query.facts.why_unknown(query.snapshot)
            return nothing(
                f"Nothing is known about these dates: {why}.", todo="Choose other days.", drilldown=drawing.drilldown
            )
        waits = [FIELDS[name].title for name in missing.fields if name in query.facts.pending]
        if waits:
            return nothing(f"{', '.join(waits)} is mapped but not fetched yet.", todo="Sync to fill it in.")
        return nothing(missing.message, todo="Open the field mapping (the gear at the top right).")

    def definitions(self, facts: Dataset | None, switches: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
        """The definitions in force, of the chart or of one drawing: title, value in words; none without facts."""
        if facts is None:
            return ()
        known = table()
        names = titles(facts.tables)
        return tuple(
            (known[name].title, known[name].in_words(facts.zone if name == "zone" else _value(facts, name), names))
            for name in expanded(switches or self.switches)
            if name in known
        )


def _value(facts: Dataset, name: str) -> Any:
    """The definition in force under a dotted name."""
    value: Any = facts.workflow if name.startswith(WORKFLOW) else facts.definitions
    for part in name.removeprefix(WORKFLOW).split("."):
        value = getattr(value, part)
    return value


@dataclass(frozen=True, kw_only=True)
class JobChart(Chart):
    """A chart that is drawn from what is known of jobs."""

    draw: Callable[[JobChartQuery], Drawing]
    obeys: tuple[str, ...] = ()  # names of the settings of jobs that it obeys
    formula: str = ""  # of the opportunity, in force

    def definitions(self, _facts: Dataset | None, _switches: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
        """The formula of the opportunity, where the chart shows one."""
        shown = self.formula and "opportunity" in self.obeys
        return (("Opportunity", OPPORTUNITY_FORMULAS.get(self.formula, self.formula)),) if shown else ()


OPPORTUNITY_FORMULAS = {
    "clamped": "importance + max(importance − satisfaction, 0)",
    "linear": "importance + (importance − satisfaction)",
}
_catalog: dict[str, Chart] = {}
CHARTS = MappingProxyType(_catalog)
_issue_charts: dict[str, IssueChart] = {}
ISSUE_CHARTS = MappingProxyType(_issue_charts)
_job_charts: dict[str, JobChart] = {}
JOB_CHARTS = MappingProxyType(_job_charts)
C = TypeVar("C", bound=Chart)


def places(family: str) -> tuple[ChartPlace, ...]:
    """The charts of a family, in the order in which its tab shows them; importing `registry` finds them all."""
    return tuple(ChartPlace(each.name, each.wide) for each in CHARTS.values() if each.family == family and each.on_tab)


def chart(**definition: Any) -> Callable[[Callable[[ChartQuery], Drawing]], IssueChart]:
    """Add the decorated function to the catalogue: its name is the chart's name, its docstring the help."""

    def add(draw: Callable[[ChartQuery], Drawing]) -> IssueChart:
        made = IssueChart(draw=draw, **_from(draw), **definition)
        _add(made)
        _issue_charts[made.name] = made
        return made

    return add


def job_chart(**definition: Any) -> Callable[[Callable[[JobChartQuery], Drawing]], JobChart]:
    """The same for a chart that is drawn from what is known of jobs."""

    def add(draw: Callable[[JobChartQuery], Drawing]) -> JobChart:
        made = JobChart(draw=draw, family=JOBS, **_from(draw), **definition)
        _add(made)
        _job_charts[made.name] = made
        return made

    return add


def _from(draw: Callable[..., Drawing]) -> dict[str, Any]:
    text = typeset(inspect.getdoc(draw) or "").partition(">>>")[0].strip()
    return {"name": draw.__name__, "help": text}


def _add(chart: Chart) -> None:
    if chart.name in _catalog:
        raise ValueError(f"two charts are called {chart.name!r}")
    _catalog[chart.name] = chart


def discover(package: ModuleType) -> None:
    """Import every module of every folder in the package, then put the catalogue in order."""
    for folder in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if folder.ispkg:
            inside = import_module(folder.name)
            for module in pkgutil.walk_packages(inside.__path__, f"{folder.name}."):
                import_module(module.name)
    _put_in_order(_catalog)
    _put_in_order(_issue_charts)
    _put_in_order(_job_charts)


def _put_in_order(known: dict[str, C]) -> None:
    ordered = sorted(known.items(), key=lambda item: (_PLACE[item[1].family], item[1].order, item[0]))
    known.clear()
    known.update(ordered)
