"""Which rows of a fact a metric looks at in a step, as SQL: the counterpart of the functions that select them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, and_, or_

from data.facts.comments import by_issue
from data.facts.deployments import with_undated
from data.facts.load import at_snapshot
from data.facts.query import MetricQuery, in_period
from data.facts.reopenings import once_each
from data.facts.rows import Rows
from data.facts.stuck import unassigned
from data.tables.frames import NEVER

Select = Callable[[Rows, MetricQuery], Rows]
Condition = Callable[[FromClause, FromClause], ColumnElement[bool]]


@dataclass(frozen=True)
class Pick:
    """`when`: which rows belong to a step. `first`: only the first row of each issue in a step. `issues`: the rows of
    an issue count as one, used or left out. `nobody`: only rows whose issue has none of this dimension.
    """

    when: Condition
    first: bool = False
    issues: bool = False
    nobody: str = ""


def _in_step(rows: FromClause, step: FromClause) -> ColumnElement[bool]:
    return and_(rows.c.happened_at >= step.c.opens, rows.c.happened_at < step.c.closes)


def _in_step_or_undated(rows: FromClause, step: FromClause) -> ColumnElement[bool]:
    return or_(_in_step(rows, step), and_(rows.c.happened_at == NEVER, step.c.begun))


def _there(rows: FromClause, step: FromClause) -> ColumnElement[bool]:
    return and_(step.c.begun, rows.c.happened_at < step.c.edge, rows.c.left_at >= step.c.edge)


IN_STEP = Pick(_in_step)
PICKS: Mapping[Select, Pick] = {
    in_period: IN_STEP,
    with_undated: Pick(_in_step_or_undated),
    at_snapshot: Pick(_there),
    unassigned: Pick(_there, nobody="assignee"),
    once_each: Pick(_in_step, first=True),
    by_issue: Pick(_in_step, issues=True),
}
