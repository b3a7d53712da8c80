"""Rows: what a metric looks at, ordered by the instant that puts each row in a period, with the reason where one is
left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.facts.columns import Subject
from data.values.arrays import Codes, Column, Instants, Mask, Positions
from data.values.exclusion import Exclusion


@dataclass(frozen=True)
class Subjects:
    """What each row is about: the kind of thing, and its id, which is its place in the table of that kind.

    >>> both = Subjects.joined([Subjects.all(Subject.ISSUE, [4, 7]), Subjects.all(Subject.VERSION, [2])])
    >>> both.ids_of(Subject.ISSUE).tolist(), both.ids_of(Subject.VERSION).tolist()
    ([4, 7, -1], [-1, -1, 2])
    """

    kind: Codes  # a Subject
    id: Positions

    @classmethod
    def all(cls, kind: Subject, id: Positions | Sequence[int]) -> Subjects:
        """Rows that are all about one kind of thing."""
        places = np.asarray(id, dtype=np.int32)
        return cls(np.full(len(places), kind, dtype=np.int8), places)

    @classmethod
    def joined(cls, parts: Sequence[Subjects]) -> Subjects:
        """One after the other."""
        return cls(np.concatenate([part.kind for part in parts]), np.concatenate([part.id for part in parts]))

    def ids_of(self, kind: Subject) -> Positions:
        """The ids of one kind; -1 where a row is about something else."""
        is_it = self.kind == kind
        return self.id if is_it.all() else np.where(is_it, self.id, -1).astype(np.int32)

    def take(self, chosen: Mask | Positions | slice) -> Subjects:
        """Those of some rows."""
        return Subjects(self.kind[chosen], self.id[chosen])


@dataclass(frozen=True)
class Rows:
    """at: int64 µs, ascending. subjects: what each row is about. reason: 0 used, else a place in `reasons`.

    `columns` hold one value a row; `rows["days"]` gives those of the used rows only.

    >>> rows = example(days=[1.0, 2.0, 6.0], reason=[0, 1, 0], reasons=("", "no history"))
    >>> rows["days"].tolist(), rows.exclusions()
    ([1.0, 6.0], {'no history': 1})
    """

    at: Instants
    subjects: Subjects
    reason: Codes
    reasons: tuple[str, ...]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, name: str) -> Column:
        out: Column = self.columns[name][self.reason == 0]
        return out

    @property
    def issue(self) -> Positions:
        """Places in the table of issues; -1 where a row is about something else."""
        return self.subjects.ids_of(Subject.ISSUE)

    @property
    def version(self) -> Positions:
        """Places in the table of versions; -1 where a row is about something else."""
        return self.subjects.ids_of(Subject.VERSION)

    @property
    def used(self) -> int:
        """How many rows are used."""
        return int(np.count_nonzero(self.reason == 0))

    def exclusions(self) -> dict[str, int]:
        """reason → number of rows left out for it, most first."""
        counts = np.bincount(self.reason, minlength=len(self.reasons))
        found = {self.reasons[n]: int(count) for n, count in enumerate(counts) if n and count}
        return dict(sorted(found.items(), key=lambda each: -each[1]))

    def take(self, chosen: Mask | Positions | slice) -> Rows:
        """Some of the rows."""
        return Rows(
            self.at[chosen],
            self.subjects.take(chosen),
            self.reason[chosen],
            self.reasons,
            {name: values[chosen] for name, values in self.columns.items()},
        )

    def between(self, start: int, end: int) -> Rows:
        """The rows with start ≤ at < end (µs)."""
        low, high = np.searchsorted(self.at, [start, end], side="left")
        return self.take(slice(int(low), int(high)))


def joined(parts: Sequence[Rows]) -> Rows:
    """Rows of several sources as one table, in order of time; all have the same columns."""
    sieve = Sieve.joined([Sieve.of(part) for part in parts])
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    at = np.concatenate([part.at for part in parts])
    return sieve.rows(at, Subjects.joined([part.subjects for part in parts]), **columns)


class Sieve:
    """Collects reasons to leave rows out; the first reason given to a row stays."""

    def __init__(self, count: int) -> None:
        self.reason: Codes = np.zeros(count, dtype=np.int16)
        self.reasons: list[str] = [""]

    @classmethod
    def of(cls, rows: Rows) -> Sieve:
        """Goes on from rows of which some are left out already."""
        sieve = cls(0)
        sieve.reason, sieve.reasons = rows.reason.copy(), list(rows.reasons)
        return sieve

    @classmethod
    def joined(cls, parts: Sequence[Sieve]) -> Sieve:
        """Sieves over one set of rows after the other as one."""
        sieve = cls(0)
        for part in parts:
            codes = [0]
            for why in part.reasons[1:]:
                if why not in sieve.reasons:
                    sieve.reasons.append(why)
                codes.append(sieve.reasons.index(why))
            sieve.reason = np.concatenate((sieve.reason, np.array(codes, dtype=np.int16)[part.reason]))
        return sieve

    def take(self, chosen: Mask | Positions) -> Sieve:
        """A sieve over some of the rows."""
        sieve = Sieve(0)
        sieve.reason, sieve.reasons = self.reason[chosen], list(self.reasons)
        return sieve

    def drop(self, rows: Mask, why: Exclusion, name: object = "") -> Sieve:
        """Leave these rows (boolean array) out; `name` is what the reason is about, where it has one."""
        return self.drop_as(rows, why.text(name))

    def drop_as(self, rows: Mask, why: str) -> Sieve:
        """The same for a reason that other rows have already, as text."""
        fresh = rows & (self.reason == 0)
        if fresh.any():
            if why not in self.reasons:
                self.reasons.append(why)
            self.reason[fresh] = self.reasons.index(why)
        return self

    def rows(self, at: Instants, about: Positions | Subjects, **columns: Column) -> Rows:
        """The rows in order of time; `about`: what each is about, places of issues where nothing else is said."""
        order = np.argsort(at, kind="stable")
        subjects = about if isinstance(about, Subjects) else Subjects.all(Subject.ISSUE, about)
        return Rows(
            at[order],
            subjects.take(order),
            self.reason[order],
            tuple(self.reasons),
            {name: values[order] for name, values in columns.items()},
        )


def example(reason: list[int] | None = None, reasons: tuple[str, ...] = ("",), **columns: Sequence[Any]) -> Rows:
    """Rows for examples: only the columns that the formula reads."""
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    count = len(next(iter(arrays.values()), np.zeros(0)))
    return Rows(
        np.arange(count, dtype=np.int64),
        Subjects.all(Subject.ISSUE, np.arange(count)),
        np.asarray(reason if reason is not None else [0] * count, dtype=np.int16),
        reasons,
        arrays,
    )
