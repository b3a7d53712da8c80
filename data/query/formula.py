"""Numbers that only Python calculates, for the same steps and groups as the SQL: by the formula of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.facts.dataset import Dataset
from data.facts.query import MetricQuery
from data.metrics.breakdown import NONE, by_group
from data.metrics.catalogue import IssueMetric
from data.metrics.measure import rows_for, why_nothing
from data.query.problems import BadSpec
from data.query.steps import Step
from data.values.filters import Filter
from data.values.numbers import Part

Keys = tuple[str, ...]  # a name for each group; "" stands for none
MOST_ASKED = 2_000  # numbers of one metric that are calculated one by one
MOST_OF_ONE = 100_000  # groups of one dimension


@dataclass(frozen=True)
class Cell:
    """One number of the answer: value, rows used and left out, and why there is no value."""

    value: float | None
    used: int
    left_out: int
    why: str = ""


def cells(
    metric: IssueMetric, facts: Dataset, steps: Sequence[Step], groups: Sequence[str]
) -> Mapping[tuple[int, Keys], Cell]:
    """The cells of a metric by step and group. Raises BadSpec where there would be too many."""
    out: dict[tuple[int, Keys], Cell] = {}
    budget = _Budget(metric)
    for step in steps:
        for keys, cell in _of_step(metric, facts, step, tuple(groups), budget):
            out[step.number, keys] = cell
    return out


class _Budget:
    """How many numbers may still be calculated one by one."""

    def __init__(self, metric: IssueMetric) -> None:
        self._left = MOST_ASKED
        self._title = metric.title

    def spend(self, count: int) -> None:
        """Raises BadSpec when there are too many."""
        self._left -= count
        if self._left < 0:
            raise BadSpec(
                "group_by",
                f"{self._title} is calculated by its formula, group by group: {MOST_ASKED:,} numbers are the most.",
                "Take fewer groups, fewer steps or a filter.",
            )


def _of_step(
    metric: IssueMetric, facts: Dataset, step: Step, groups: Keys, budget: _Budget
) -> Iterator[tuple[Keys, Cell]]:
    if not groups:
        budget.spend(1)
        yield (), whole(metric, facts, step)
        return
    found = by_group(metric, facts, step.period, groups[0], MOST_OF_ONE)
    budget.spend(len(found.parts))
    for part in found.parts:
        name = "" if part.rest and part.name == NONE else part.name
        if len(groups) == 1:
            yield (name,), _cell(part)
            continue
        one = Filter(groups[0], "in", (name,)) if name else Filter(groups[0], "is_null")
        inside = facts.narrowed(facts.filters.also(one))
        for keys, cell in _of_step(metric, inside, step, groups[1:], budget):
            yield (name, *keys), cell


def _cell(part: Part) -> Cell:
    return Cell(part.value, part.used, part.left_out, part.why)


def whole(metric: IssueMetric, facts: Dataset, step: Step) -> Cell:
    """The number of a step, not taken apart."""
    asked = MetricQuery(facts, step.period)
    if asked.start > facts.now:
        return Cell(None, 0, 0, why_nothing(metric, None, asked))
    rows = rows_for(metric, asked)
    value = metric(rows, asked)
    why = "" if value is not None else why_nothing(metric, rows, asked)
    return Cell(None if value is None else float(value), rows.used, len(rows) - rows.used, why)


def empty(metric: IssueMetric, facts: Dataset, step: Step) -> Cell:
    """The cell of a group that has no rows in a step."""
    asked = MetricQuery(facts, step.period)
    if asked.start > facts.now:
        return Cell(None, 0, 0, why_nothing(metric, None, asked))
    rows = rows_for(metric, asked).take(slice(0, 0))
    value = metric(rows, asked)
    why = "" if value is not None else why_nothing(metric, rows, asked)
    return Cell(None if value is None else float(value), 0, 0, why)
