"""What the rows of each fact hold: every column declared once, with its type, unit and meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from data.values.arrays import Column as Values

if TYPE_CHECKING:
    from data.facts.rows import Rows

Make = TypeVar("Make", bound=Callable[..., "Rows"])


class Kind(StrEnum):
    """The type of a column, and how its values are kept in memory."""

    INSTANT = "instant"  # int64, microseconds since 1970 UTC; NEVER where there is none
    DURATION = "duration"  # int64, microseconds
    NUMBER = "number"  # float64; NaN where there is none
    COUNT = "count"  # an integer
    FLAG = "flag"  # boolean
    CODE = "code"  # an integer: the place of the value in a list that `meaning` names
    TEXT = "text"  # objects: str

    def holds(self, values: Values) -> bool:
        """Whether an array can be a column of this type."""
        kinds = {"flag": "b", "number": "f", "text": "OU", "instant": "i", "duration": "i", "count": "iu", "code": "iu"}
        return values.dtype.kind in kinds[self.value]


class Subject(IntEnum):
    """The kinds of things that a row can be about."""

    ISSUE = 0
    VERSION = 1
    DEPLOYMENT = 2  # reported by another system
    INCIDENT = 3  # reported by another system
    CHANGE = 4  # of a reported deployment

    @property
    def title(self) -> str:
        return self.name.lower() if self < Subject.DEPLOYMENT else f"reported {self.name.lower()}"


@dataclass(frozen=True)
class Column:
    """One column of a fact."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""


@dataclass(frozen=True)
class Fact:
    """One set of rows. `at` says which instant puts a row into a period; `subjects` the kinds of things that rows are
    about; `row` what there is one row for.
    """

    name: str
    title: str
    subjects: tuple[Subject, ...]
    row: str
    at: str
    columns: tuple[Column, ...]
    rows: Callable[..., Rows]

    def mismatch(self, rows: Rows) -> str:
        """What rows hold otherwise than declared, in words; empty where they hold just that."""
        declared = {each.name: each for each in self.columns}
        if missing := declared.keys() - rows.columns.keys():
            return f"declared, but not there: {', '.join(sorted(missing))}"
        if extra := rows.columns.keys() - declared.keys():
            return f"there, but not declared: {', '.join(sorted(extra))}"
        wrong = [
            f"{name} is {values.dtype}"
            for name, values in rows.columns.items()
            if not declared[name].kind.holds(values)
        ]
        kinds = {Subject(kind) for kind in np.unique(rows.subjects.kind).tolist()}
        wrong += [f"rows are about a {kind.title}" for kind in sorted(kinds - set(self.subjects))]
        return "; ".join(wrong)


_facts: dict[str, Fact] = {}
FACTS = MappingProxyType(_facts)
STARTED = Column("started", Kind.INSTANT, "when work on it began")
SEEN = Column("seen", Kind.INSTANT, "its project, type and level are those just before this instant")
COMPLETED = Column("completed", Kind.INSTANT, "when it was completed")
CREATED = Column("started", Kind.INSTANT, "when the issue was created")
BY_RESOLUTION = Column(
    "by_resolution", Kind.FLAG, "completed by its resolution date, because no entry into a done status is recorded"
)
BY_END_FIELD = Column("by_end_field", Kind.FLAG, "completed by the mapped completion date")
BY_START_FIELD = Column("by_start_field", Kind.FLAG, "started by the mapped start date")
DAY_PRECISION = Column("day_precision", Kind.FLAG, "an end of the span is a plain date, so the span counts whole days")


def fact(
    name: str,
    *columns: Column,
    title: str,
    at: str,
    subjects: tuple[Subject, ...] = (Subject.ISSUE,),
    row: str = "",
) -> Callable[[Make], Make]:
    """Declare the rows that the decorated function makes; the function itself stays as it is. Without `row` there is
    one row for each subject.
    """

    def add(make: Make) -> Make:
        if name in _facts:
            raise ValueError(f"two facts are called {name!r}")
        if len({each.name for each in columns}) < len(columns):
            raise ValueError(f"the fact {name!r} declares a column twice")
        one_for = row or " or ".join(subject.title for subject in subjects)
        _facts[name] = Fact(name, title, subjects, one_for, at, columns, make)
        return make

    return add


def dtype_of(kind: Kind) -> np.dtype[np.generic]:
    """How values of a type are kept when a table is made of them."""
    wide = {Kind.NUMBER: np.float64, Kind.FLAG: np.bool_, Kind.TEXT: np.object_}
    return np.dtype(wide.get(kind, np.int64))
