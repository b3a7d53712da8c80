"""The numbers of metrics and of own measures as expressions of SQL."""

from __future__ import annotations

from functools import singledispatch
from math import nan
from typing import Any

from sqlalchemy import Double, FromClause, and_, case, cast, func, literal, not_
from sqlalchemy.sql.elements import ColumnElement

from data.facts.columns import Kind
from data.metrics.in_sql import Different, Mean, PerDay, Quantile, Quotient, RowCount, Total, Value
from data.query.checked import OwnMeasure
from data.query.relations import column_name
from data.tables.frames import NEVER

Number = ColumnElement[Any]  # a number of any SQL type
_HOUR = 3_600_000_000.0  # µs
_PERCENTILES = {"median": 50, "p75": 75, "p85": 85, "p90": 90, "p95": 95}


class Source:
    """What an expression is made of: rows with their step, and the method of percentiles."""

    def __init__(self, rows: FromClause, step: FromClause, *, nearest_rank: bool) -> None:
        self.rows = rows
        self.step = step
        self.nearest_rank = nearest_rank

    @property
    def used(self) -> ColumnElement[bool]:
        """Whether a row is used."""
        return self.rows.c.reason == 0

    def column(self, name: str) -> Number:
        """A column of the fact as a number with a fraction: whole numbers would be divided without one."""
        return cast(self.rows.c[column_name(name)], Double)

    def percentile(self, of: Number, percent: float) -> Number:
        """A percentile over the used rows."""
        way = func.percentile_disc if self.nearest_rank else func.percentile_cont
        return way(percent / 100).within_group(of).filter(self.used)


@singledispatch
def expression(value: Value, source: Source) -> Number:
    """A number of a metric as SQL."""
    raise NotImplementedError(type(value).__name__)


@expression.register
def _count(value: RowCount, source: Source) -> Number:
    wanted = source.used
    if value.where:
        wanted = and_(wanted, source.rows.c[column_name(value.where)])
    if value.unless:
        wanted = and_(wanted, not_(source.rows.c[column_name(value.unless)]))
    if value.dated:
        wanted = and_(wanted, source.rows.c[column_name(value.dated)] != NEVER)
    return cast(func.count().filter(wanted), Double)


@expression.register
def _different(value: Different, source: Source) -> Number:
    wanted = and_(source.used, source.rows.c[column_name(value.where)]) if value.where else source.used
    return cast(func.count(source.rows.c[column_name(value.column)].distinct()).filter(wanted), Double)


@expression.register
def _total(value: Total, source: Source) -> Number:
    sums = [cast(func.sum(source.column(name)).filter(source.used), Double) for name in value.columns]
    whole: Number = sums[0]
    for each in sums[1:]:
        whole = whole + each
    return func.coalesce(whole, literal(0.0, Double), type_=Double()) if value.or_zero else whole


@expression.register
def _mean(value: Mean, source: Source) -> Number:
    return func.avg(source.column(value.column)).filter(source.used)


@expression.register
def _quantile(value: Quantile, source: Source) -> Number:
    return source.percentile(source.column(value.column), value.percent)


@expression.register
def _quotient(value: Quotient, source: Source) -> Number:
    over = expression(value.top, source) / func.nullif(
        expression(value.bottom, source), literal(0.0, Double), type_=Double()
    )
    return over if value.times == 1 else literal(value.times, Double) * over


@expression.register
def _per_day(value: PerDay, source: Source) -> Number:
    count = expression(value.top, source)
    known = case((not_(and_(count == 0, not_(func.bool_or(source.step.c.known)))), count))
    return known / cast(func.max(source.step.c.days), Double)


def own_column(measure: OwnMeasure, source: Source) -> Number | None:
    """What an own measure is made of; NULL where a row has no value. None: the measure counts rows."""
    column = measure.column
    if column is None:
        return None
    if column.kind not in (Kind.NUMBER, Kind.COUNT, Kind.DURATION):
        return source.rows.c[column_name(column.name)]
    number = source.column(column.name)
    if column.kind is Kind.DURATION:
        number = number / literal(_HOUR, Double)
    return func.nullif(number, literal(nan, Double), type_=Double()) if column.kind is Kind.NUMBER else number


def own_used(measure: OwnMeasure, source: Source) -> ColumnElement[bool]:
    """Whether an own measure uses a row: it is not left out, and it has a value."""
    of = own_column(measure, source)
    return source.used if of is None else and_(source.used, of.is_not(None))


def own_expression(measure: OwnMeasure, source: Source) -> Number:
    """The number of an own measure."""
    used, of = own_used(measure, source), own_column(measure, source)
    rows = cast(func.count().filter(used), Double)
    if of is None or measure.agg == "count":
        return rows
    if measure.agg == "share":
        set_ = cast(func.count().filter(and_(used, of)), Double)
        return literal(100.0, Double) * set_ / func.nullif(rows, literal(0.0, Double), type_=Double())
    if measure.agg == "count_distinct":
        return cast(func.count(of.distinct()).filter(used), Double)
    if measure.agg in _PERCENTILES:
        way = func.percentile_disc if source.nearest_rank else func.percentile_cont
        return way(_PERCENTILES[measure.agg] / 100).within_group(of).filter(used)
    return cast(getattr(func, measure.agg)(of).filter(used), Double)
