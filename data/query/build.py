"""Writes the one SELECT of a question: a table of each metric's numbers, made of its own rows alone, then all of them
side by side. Every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    Double,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    column,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    table,
    true,
    union,
    values,
)
from sqlalchemy.dialects import postgresql

from data.facts.columns import Fact, Kind
from data.metrics.catalogue import IssueMetric
from data.query.checked import Condition, OwnMeasure
from data.query.picks import IN_STEP, PICKS, Pick
from data.query.relations import bridge_name, column_name
from data.query.steps import Instants
from data.query.values import Source, expression, own_expression, own_used
from data.values.filters import Filter
from data.values.names import name_key

_DIALECT = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # of SQLAlchemy
Expression = ColumnElement[Any]  # of any SQL type
_TYPES = {Kind.NUMBER: Double, Kind.FLAG: Boolean, Kind.TEXT: String}


@dataclass(frozen=True)
class Part:
    """One metric of the SELECT. `where`: the filters that are part of the SQL, none where the rows are filtered
    already.
    """

    measured: IssueMetric | OwnMeasure
    fact: Fact
    where: tuple[Filter, ...]


@dataclass(frozen=True)
class Order:
    """One order of the answer. `field`: a group, a grain or a metric."""

    field: str
    descending: bool


@dataclass(frozen=True)
class Wanted:
    """What the SELECT is to give. `limit`: None where other numbers are still to be joined."""

    parts: tuple[Part, ...]
    groups: tuple[str, ...]
    grain: str
    steps: tuple[Instants, ...]
    order: tuple[Order, ...]
    limit: int | None
    nearest_rank: bool


@dataclass(frozen=True)
class Statement:
    """The text and its parameters; `$1` is the first."""

    text: str
    parameters: tuple[object, ...]


def statement(wanted: Wanted) -> Statement:
    """The SELECT as text that DuckDB and PostgreSQL read."""
    compiled = _select(wanted).compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    names = compiled.positiontup or []
    return Statement(str(compiled), tuple(compiled.params[name] for name in names))


def _select(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    steps = _steps(wanted.steps)
    parts = [_numbers(wanted, n, part, steps) for n, part in enumerate(wanted.parts)]
    groups = _groups(wanted, parts)
    source: FromClause = steps if groups is None else steps.join(groups, true())
    keys = [] if groups is None else [groups.c[f"group_{n}"] for n in range(len(wanted.groups))]
    shown: list[Expression] = [steps.c.step, *keys]
    of_field: dict[str, Expression] = dict(zip(wanted.groups, keys, strict=True))
    of_field[wanted.grain] = steps.c.step
    first_used: Expression | None = None
    compared = any(each.before >= 0 for each in wanted.steps)
    for n, (part, numbers) in enumerate(zip(wanted.parts, parts, strict=True)):
        now = numbers.alias(f"now_{n}")
        source = source.outerjoin(now, _same(now, steps.c.step, keys))
        value, used = _shown(part, now, steps.c.known), func.coalesce(now.c.used, 0)
        of_field[part.measured.name] = value
        first_used = used if first_used is None else first_used
        shown += [value.label(f"value_{n}"), used.label(f"used_{n}")]
        shown += [func.coalesce(now.c.left_out, 0).label(f"left_out_{n}")]
        if compared:
            then, step = numbers.alias(f"then_{n}"), steps.alias(f"step_then_{n}")
            source = source.outerjoin(step, step.c.step == steps.c.before)
            source = source.outerjoin(then, _same(then, step.c.step, keys))
            shown.append(_shown(part, then, step.c.known).label(f"before_{n}"))
    found = select(*shown).select_from(source).where(steps.c.shown)
    if wanted.limit is None:
        return found
    orders = [_ordered(of_field[each.field], descending=each.descending) for each in wanted.order]
    usual = [steps.c.step.asc(), *([] if first_used is None else [first_used.desc()]), *(each.asc() for each in keys)]
    return found.order_by(*orders, *usual).limit(wanted.limit)


def _ordered(of: Expression, *, descending: bool) -> Expression:
    return (of.desc() if descending else of.asc()).nulls_last()


def _same(numbers: FromClause, step: Expression, keys: Sequence[Expression]) -> ColumnElement[bool]:
    return and_(numbers.c.step == step, *(numbers.c[f"group_{n}"] == key for n, key in enumerate(keys)))


def _shown(part: Part, numbers: FromClause, known: ColumnElement[bool]) -> Expression:
    """The number; without any rows 0, where that is known and the metric says so."""
    if isinstance(part.measured, OwnMeasure):
        zero = part.measured.agg == "count"
    else:
        zero = part.measured.sql is not None and part.measured.sql.zero_if_known
    if not zero:
        return numbers.c.value
    none = case((known, literal(0.0, Double)))
    return case((numbers.c.step.is_(None), none), else_=numbers.c.value)


def _steps(steps: Sequence[Instants]) -> CTE:
    named = values(
        column("step", Integer),
        column("opens", BigInteger),
        column("closes", BigInteger),
        column("edge", BigInteger),
        column("days", Integer),
        column("begun", Boolean),
        column("known", Boolean),
        column("before", Integer),
        column("shown", Boolean),
        name="steps",
    )
    rows = [
        (each.number, each.opens, each.closes, each.edge, each.days, each.begun, each.known, each.before, each.shown)
        for each in steps
    ]
    return named.data(rows).cte("steps")


def _groups(wanted: Wanted, parts: Sequence[CTE]) -> CTE | None:
    """Every group that has a row in any metric, and those that are always rows."""
    if not wanted.groups:
        return None
    names = [f"group_{n}" for n in range(len(wanted.groups))]
    found = [select(*(each.c[name] for name in names)) for each in parts]
    if len(names) == 1:
        dimension = _dimension(wanted.groups[0])
        found.append(select(dimension.c.name.label("group_0")).where(dimension.c.standing))
    return union(*found).cte("groups")


def _numbers(wanted: Wanted, n: int, part: Part, steps: CTE) -> CTE:
    """The numbers of one metric: a row for each step and group in which it has rows."""
    pick = IN_STEP if isinstance(part.measured, OwnMeasure) else PICKS[part.measured.select]
    fact = _fact(part.fact)
    rows: FromClause = fact
    conditions = [_passes(part.fact, fact, each) for each in part.where]
    if pick.nobody:
        conditions.append(_passes(part.fact, fact, Filter(pick.nobody, "is_null")))
    if isinstance(part.measured, OwnMeasure):
        conditions += [_compared(fact, each) for each in part.measured.conditions]
    step: FromClause = steps
    joined: FromClause = steps.join(fact, pick.when(fact, steps))
    if pick.first:
        rows, step, joined = _first_of_issues(n, fact, steps, joined, conditions)
        conditions = []
    keys = []
    for place, field in enumerate(wanted.groups):
        bridge, dimension = _bridge(part.fact, field), _dimension(field)
        joined = joined.join(bridge, bridge.c.row_id == rows.c.row_id).join(
            dimension, dimension.c.code == bridge.c.code
        )
        keys.append(dimension.c.name.label(f"group_{place}"))
    source = Source(rows, steps, nearest_rank=wanted.nearest_rank)
    value, used, left_out = _measured(part, source, pick)
    by = [step.c.step, *keys]
    shown = select(*by, value.label("value"), used.label("used"), left_out.label("left_out"))
    grouped = [step.c.step, *(_dimension(field).c.name for field in wanted.groups)]
    return shown.select_from(joined).where(*conditions).group_by(*grouped).cte(f"numbers_{n}")


def _first_of_issues(
    n: int, fact: FromClause, steps: FromClause, joined: FromClause, conditions: Sequence[ColumnElement[bool]]
) -> tuple[FromClause, FromClause, FromClause]:
    """Only the first row of each issue in a step."""
    rank = func.row_number().over(partition_by=(steps.c.step, fact.c.issue), order_by=fact.c.row_id).label("rank")
    ranked = select(steps.c.step, *fact.c, rank).select_from(joined).where(*conditions).cte(f"ranked_{n}")
    first = select(*(each for each in ranked.c if each.key != "rank")).where(ranked.c.rank == 1).cte(f"first_{n}")
    return first, first, first


def _measured(part: Part, source: Source, pick: Pick) -> tuple[Expression, Expression, Expression]:
    """The number, how many rows are used, and how many are left out."""
    if isinstance(part.measured, OwnMeasure):
        used = own_used(part.measured, source)
        number = own_expression(part.measured, source)
    else:
        if part.measured.sql is None:
            raise ValueError(f"{part.measured.name} has no SQL")
        used, number = source.used, expression(part.measured.sql.value, source)
    counted = func.count(source.rows.c.issue.distinct()) if pick.issues else func.count()
    out = not_(used) if own_column_is_needed(part) else source.rows.c.reason != 0
    return number, counted.filter(used), counted.filter(out)


def own_column_is_needed(part: Part) -> bool:
    """Whether rows without a value are left out besides those with a reason."""
    return isinstance(part.measured, OwnMeasure) and part.measured.column is not None


def _fact(fact: Fact) -> FromClause:
    own = [
        column("row_id", BigInteger),
        column("happened_at", BigInteger),
        column("issue", BigInteger),
        column("reason", Integer),
    ]
    return table(
        fact.name, *own, *(column(column_name(each.name), _TYPES.get(each.kind, BigInteger)) for each in fact.columns)
    )


def _bridge(fact: Fact, field: str) -> FromClause:
    return table(bridge_name(fact.name, field), column("row_id", BigInteger), column("code", BigInteger))


def _dimension(field: str) -> FromClause:
    return table(
        field,
        column("code", BigInteger),
        column("name", String),
        column("key", String),
        column("alias", String),
        column("standing", Boolean),
    )


def _passes(fact: Fact, rows: FromClause, wanted: Filter) -> ColumnElement[bool]:
    """Whether a row passes a filter: one of its values is among those that are named."""
    bridge = _bridge(fact, wanted.field).alias(f"{wanted.field}_of_row")
    dimension = _dimension(wanted.field).alias(f"{wanted.field}_named")
    keys = [name_key(each) for each in wanted.value]
    if wanted.op == "contains":
        named = or_(*(func.strpos(dimension.c.key, key) > 0 for key in keys))
    elif wanted.op == "starts_with":
        named = or_(*(func.strpos(dimension.c.key, key) == 1 for key in keys))
    else:
        named = or_(dimension.c.key.in_(keys), dimension.c.alias.in_(keys))
    of_row = and_(bridge.c.row_id == rows.c.row_id, dimension.c.code == bridge.c.code, named)
    found = exists(select(bridge.c.row_id).select_from(bridge.join(dimension, of_row)))
    return not_(found) if wanted.excludes else found


def _compared(rows: FromClause, wanted: Condition) -> ColumnElement[bool]:
    """Whether a row meets a condition of an own measure."""
    of: Expression = rows.c[column_name(wanted.column.name)]
    if wanted.column.kind is Kind.NUMBER:
        of = func.nullif(of, literal(float("nan"), Double), type_=Double())
    if wanted.column.kind is Kind.DURATION:
        of = of / literal(3_600_000_000.0, Double)
    first = wanted.values[0] if wanted.values else None
    if wanted.op == "is_null":
        return of.is_(None)
    if wanted.op == "not_null":
        return of.is_not(None)
    if wanted.op == "between":
        return of.between(wanted.values[0], wanted.values[1])
    if wanted.op in ("in", "not_in"):
        return of.in_(wanted.values) if wanted.op == "in" else of.not_in(wanted.values)
    ways = {"eq": of == first, "ne": of != first}
    if wanted.column.kind is not Kind.FLAG:
        ways |= {"lt": of < first, "lte": of <= first, "gt": of > first, "gte": of >= first}
    return ways[wanted.op]
