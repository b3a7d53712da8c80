"""One question to one metric: the dataset and the period; and why it may have no answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from data.facts.dataset import Dataset
from data.facts.days import percentile
from data.facts.rows import Rows
from data.tables.tidy import microseconds
from data.values.arrays import Numbers
from data.values.periods import Period


@dataclass(frozen=True)
class Missing:
    """Why a metric cannot be calculated here, and which of our fields (or settings) would make it possible."""

    message: str
    fields: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    counts: bool = False  # whether there is something to count as left out


@dataclass(frozen=True)
class MetricQuery:
    """One question to one metric: the facts and the period."""

    facts: Dataset
    period: Period

    @cached_property
    def start(self) -> int:
        """First instant of the period, µs."""
        return microseconds(self.period.start)

    @cached_property
    def end(self) -> int:
        """First instant after the period, µs."""
        return microseconds(self.period.end)

    @cached_property
    def snapshot(self) -> int:
        """The instant up to which ages and spans are counted: min(end, now), µs."""
        return min(self.end, self.facts.now)

    @cached_property
    def edge(self) -> int:
        """First instant (µs) of which a snapshot knows nothing: the end of the period, or the tick after now.

        Load, ageing, open incidents and the last day of the cumulative flow are all the state just before it.
        """
        return min(self.end, self.facts.now + 1)

    @property
    def covered(self) -> bool:
        """Whether nothing found in the period means that nothing happened in it."""
        return self.facts.knows(self.start, self.snapshot)

    def count(self, rows: Rows) -> float | None:
        """How many of the rows are used; None where there are none and nothing is known about the period."""
        return float(rows.used) if len(rows) or self.covered else None

    def quantile(self, values: Numbers, share: float) -> float | None:
        """Percentile by the method in force; None without values."""
        return percentile(values, share, self.facts.definitions.percentile)


def in_period(rows: Rows, query: MetricQuery) -> Rows:
    """Rows whose instant lies in the period."""
    return rows.between(query.start, query.end)
