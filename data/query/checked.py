"""Checks a spec against what there is: metrics, facts and their columns, dimensions, filters, definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from data.facts.catalogue import FACTS, Fact
from data.facts.columns import Column, Kind
from data.metrics.catalogue import IssueMetric, JobMetric
from data.metrics.registry import CATALOG
from data.query.problems import BadSpec
from data.query.relative_days import days_of
from data.query.spec import GRAINS, MOST_ROWS, AnalyticsSpec, Dates, Measure, SpecFilter
from data.settings.filter_fields import FILTER_FIELDS
from data.values.filters import BadFilter, Filter, Filters, checked, nearest
from data.values.periods import PRESETS, PeriodError, parse_day

DIMENSIONS = {name: each.title for name, each in FILTER_FIELDS.items()}
Metric = IssueMetric | JobMetric
_NUMBERS = (Kind.NUMBER, Kind.COUNT, Kind.DURATION)
_SHOWN_COLUMNS = frozenset({Kind.NUMBER, Kind.COUNT, Kind.DURATION, Kind.FLAG, Kind.TEXT})
_COMPARED = ("eq", "ne", "in", "not_in", "lt", "lte", "gt", "gte", "between", "is_null", "not_null")


@dataclass(frozen=True)
class Condition:
    """A filter of an own measure: a column of its fact, an operator and numbers or texts."""

    column: Column
    op: str
    values: tuple[float | str | bool, ...]


@dataclass(frozen=True)
class OwnMeasure:
    """A measure of the spec whose fact and columns exist."""

    name: str
    fact: Fact
    column: Column | None
    agg: str
    conditions: tuple[Condition, ...]

    @property
    def title(self) -> str:
        """What it is, in words."""
        of = f" of {self.column.name}" if self.column else ""
        return f"{self.name} ({self.agg}{of}, {self.fact.title.lower()})"

    @property
    def unit(self) -> str:
        """The unit of its number."""
        if self.agg == "share":
            return "percent"
        if self.agg in ("count", "count_distinct") or self.column is None:
            return "rows" if self.agg == "count" else "values"
        return "hours" if self.column.kind is Kind.DURATION else self.column.unit


@dataclass(frozen=True)
class Question:
    """A spec all of whose names exist. `groups`: dimensions; `grain`: the step of time, empty for none."""

    spec: AnalyticsSpec
    metrics: tuple[Metric | OwnMeasure, ...]
    groups: tuple[str, ...]
    grain: str
    filters: Filters


def check(spec: AnalyticsSpec, most_rows: int = MOST_ROWS) -> Question:
    """The question that a spec asks. Raises BadSpec."""
    metrics = tuple(_metric(f"metrics.{n}", each) for n, each in enumerate(spec.metrics))
    names = [each.name for each in metrics]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadSpec("metrics", f"{twice!r} is there twice.", "Name each metric once.")
    groups, grain = _grouped(spec.group_by)
    _sorted(spec, names)
    if spec.limit > most_rows:
        raise BadSpec("limit", f"At most {most_rows:,} rows are answered at once.", "Ask for more as a file.")
    for n, each in enumerate(metrics):
        if groups and isinstance(each, JobMetric):
            raise BadSpec(f"metrics.{n}", f"{each.title} comes from records of jobs, which have no {groups[0]}.")
    return Question(spec, metrics, groups, grain, _filters(spec))


def _metric(place: str, named: str | Measure) -> Metric | OwnMeasure:
    if isinstance(named, Measure):
        return _own(place, named)
    found = CATALOG.get(named)
    if not isinstance(found, IssueMetric | JobMetric):
        raise BadSpec(place, f"There is no metric {named!r}.", _near(named, list(CATALOG)))
    return found


def _near(name: str, names: Sequence[str]) -> str:
    told = nearest(name, names)
    return told if len(names) < 40 or told.startswith("Did") else f"There are {len(names)}."


def _own(place: str, measure: Measure) -> OwnMeasure:
    if measure.name in CATALOG or measure.name in DIMENSIONS or measure.name in GRAINS:
        raise BadSpec(f"{place}.name", f"{measure.name!r} is the name of something else.", "Choose another name.")
    fact = FACTS.get(measure.fact)
    if fact is None:
        raise BadSpec(f"{place}.fact", f"There is no fact {measure.fact!r}.", nearest(measure.fact, FACTS))
    column = None if measure.column is None else _column(f"{place}.column", fact, measure.column)
    _fits(place, measure.agg, column)
    conditions = [_condition(f"{place}.filters.{n}", fact, each) for n, each in enumerate(measure.filters)]
    return OwnMeasure(measure.name, fact, column, measure.agg, tuple(conditions))


def columns_of(fact: Fact) -> dict[str, Column]:
    """The columns of a fact that own measures may read, by name: numbers, flags and texts, not codes and instants."""
    return {each.name: each for each in fact.columns if each.kind in _SHOWN_COLUMNS}


def _column(place: str, fact: Fact, name: str) -> Column:
    found = columns_of(fact)
    if name not in found:
        known = nearest(name, found) if found else "It has no columns to measure: count its rows."
        raise BadSpec(place, f"{fact.title} has no column {name!r} to measure.", known)
    return found[name]


def _fits(place: str, agg: str, column: Column | None) -> None:
    """Raises BadSpec where an aggregate cannot be made of a column."""
    if column is None:
        if agg != "count":
            raise BadSpec(f"{place}.column", f"{agg!r} needs a column.")
        return
    if agg == "share" and column.kind is not Kind.FLAG:
        raise BadSpec(f"{place}.agg", f"A share needs a flag; {column.name} is a {column.kind}.")
    if agg not in ("count", "count_distinct", "share") and column.kind not in _NUMBERS:
        raise BadSpec(f"{place}.agg", f"{agg!r} needs a number; {column.name} is a {column.kind}.")


def _condition(place: str, fact: Fact, wanted: SpecFilter) -> Condition:
    column = _column(f"{place}.field", fact, wanted.field)
    if wanted.op not in _COMPARED:
        raise BadSpec(f"{place}.op", f"A column cannot be compared with {wanted.op!r}.", nearest(wanted.op, _COMPARED))
    given = wanted.value if isinstance(wanted.value, list) else [wanted.value]
    if wanted.op in ("is_null", "not_null"):
        return Condition(column, wanted.op, ())
    values = tuple(_typed(f"{place}.value", column, each) for each in given)
    wants = {"between": 2, "in": None, "not_in": None}.get(wanted.op, 1)
    if (wants is not None and len(values) != wants) or not values:
        raise BadSpec(f"{place}.value", f"{wanted.op!r} needs {wants or 'at least one'} value(s), not {len(values)}.")
    if column.kind is Kind.FLAG and wanted.op not in ("eq", "ne"):
        raise BadSpec(f"{place}.op", f"{column.name} is a flag.", "Compare it with eq or ne.")
    return Condition(column, wanted.op, values)


def _typed(place: str, column: Column, value: object) -> float | str | bool:
    if column.kind is Kind.FLAG and isinstance(value, bool):
        return value
    if column.kind is Kind.TEXT and isinstance(value, str):
        return value
    if column.kind in _NUMBERS and isinstance(value, float | int) and not isinstance(value, bool):
        return float(value)
    raise BadSpec(place, f"{column.name} is a {column.kind}; this value is none.")


def _grouped(names: Sequence[str]) -> tuple[tuple[str, ...], str]:
    grains = [each for each in names if each in GRAINS]
    if len(grains) > 1:
        raise BadSpec("group_by", f"There can be one grain of time, not {' and '.join(grains)}.")
    if len(set(names)) < len(names):
        raise BadSpec("group_by", "A dimension is there twice.", "Name each once.")
    for n, each in enumerate(names):
        if each not in GRAINS and each not in DIMENSIONS:
            known = nearest(each, [*DIMENSIONS, *GRAINS])
            raise BadSpec(f"group_by.{n}", f"There is no dimension {each!r}.", known)
    return tuple(each for each in names if each not in GRAINS), grains[0] if grains else ""


def _sorted(spec: AnalyticsSpec, metrics: Sequence[str]) -> None:
    known = [*metrics, *spec.group_by]
    for n, each in enumerate(spec.sort_by):
        if each.field not in known:
            raise BadSpec(
                f"sort_by.{n}.field", f"The answer has no {each.field!r} to sort by.", nearest(each.field, known)
            )


def _filters(spec: AnalyticsSpec) -> Filters:
    """The filters of the spec as the typed list that everything else uses."""
    made: list[Filter] = []
    for n, each in enumerate(spec.filters):
        place = f"filters.{n}"
        if each.field not in DIMENSIONS:
            raise BadSpec(f"{place}.field", f"There is no dimension {each.field!r}.", nearest(each.field, DIMENSIONS))
        given = each.value if isinstance(each.value, list) else [] if each.value is None else [each.value]
        if any(isinstance(value, bool | float) for value in given):
            raise BadSpec(f"{place}.value", f"{DIMENSIONS[each.field]} has names: write them as texts.")
        values = tuple("" if value is None else str(value) for value in given)
        if each.value is None and each.op in ("eq", "ne", "in", "not_in"):
            values = ("",)
        made.append(Filter(each.field, each.op, values))
        try:
            checked(Filters((made[-1],)), FILTER_FIELDS)
        except BadFilter as error:
            raise BadSpec(place, error.problem.what, error.hint) from error
    out = Filters(tuple(made), tuple(sorted(spec.definitions.items())))
    try:
        return checked(out, FILTER_FIELDS)
    except BadFilter as error:
        raise BadSpec("filters", error.problem.what, error.hint) from error


def days(dates: Dates, today: date) -> tuple[date, date]:
    """First and last local day of a spec. Raises BadSpec."""
    ways = [name for name, given in (("preset", dates.preset), ("relative", dates.relative)) if given]
    if dates.first or dates.last:
        ways.append("from")
    if len(ways) > 1:
        raise BadSpec("dates", f"Days are said once, not as {' and '.join(ways)}.")
    if dates.relative:
        return days_of(dates.relative, today)
    if dates.first or dates.last:
        if not dates.first:
            raise BadSpec("dates.from", "The first day is needed too.")
        first, last = _day("from", dates.first), _day("to", dates.last) if dates.last else today
        return first, last
    from datetime import timedelta

    return today - timedelta(days=PRESETS[dates.preset or "30d"] - 1), today


def _day(name: str, text: str) -> date:
    try:
        return parse_day(text)
    except PeriodError as error:
        raise BadSpec(f"dates.{name}", error.problem.what, error.hint) from error
