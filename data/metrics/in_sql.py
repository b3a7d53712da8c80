"""How a formula reads in SQL. A metric declares it beside its formula; the query engine writes the SELECT.

The formula in Python stays the definition: a test holds both to the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RowCount:
    """How many used rows there are. `where`, `unless`: flags that must or must not be set; `dated`: an instant that
    must be there.
    """

    where: str = ""
    unless: str = ""
    dated: str = ""


@dataclass(frozen=True)
class Different:
    """How many different values the used rows have in a column; `where`: only rows with this flag."""

    column: str
    where: str = ""


@dataclass(frozen=True)
class Total:
    """The sum of columns over the used rows. `or_zero`: 0 where rows are there and none is used, else nothing."""

    columns: tuple[str, ...]
    or_zero: bool = False


@dataclass(frozen=True)
class Mean:
    """The mean of a column over the used rows."""

    column: str


@dataclass(frozen=True)
class Quantile:
    """The percentile of a column over the used rows, by the method of the definitions. `percent`: 0 to 100."""

    column: str
    percent: float


Term = RowCount | Different | Total


@dataclass(frozen=True)
class Quotient:
    """One number by another, times a factor; nothing where the lower one is 0."""

    top: Term
    bottom: Term
    times: float = 1.0


@dataclass(frozen=True)
class PerDay:
    """A number by the days of the period. 0 is no answer where nothing is known about the period."""

    top: Term


Value = RowCount | Different | Total | Mean | Quantile | Quotient | PerDay


@dataclass(frozen=True)
class InSql:
    """The SQL of a metric. `zero_if_known`: without any rows the number is 0 in days that are known."""

    value: Value
    zero_if_known: bool = False


COUNT = InSql(RowCount(), zero_if_known=True)


def quantile(column: str, percent: float) -> InSql:
    """A percentile of a column."""
    return InSql(Quantile(column, percent))


def quotient(top: Term, bottom: Term, times: float = 1.0) -> InSql:
    """A ratio of two numbers."""
    return InSql(Quotient(top, bottom, times))


def total(*columns: str, or_zero: bool = False, zero_if_known: bool = False) -> InSql:
    """A sum of columns."""
    return InSql(Total(columns, or_zero), zero_if_known)
