"""Answers a question: SQL where a metric has one, its formula elsewhere, joined by step and group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.facts.attributes import OF_SPRINTS
from data.facts.catalogue import FACTS, Fact
from data.facts.dataset import Dataset
from data.metrics.catalogue import IssueMetric
from data.query.build import Order, Part, Statement, Wanted, statement
from data.query.checked import Metric, OwnMeasure, Question
from data.query.engine import SECONDS, run
from data.query.formula import Cell, Keys, cells, empty
from data.query.picks import PICKS
from data.query.problems import BadSpec
from data.query.relations import (
    Relation,
    bridge_relation,
    dimension_relation,
    fact_relation,
    is_of_single_issues,
)
from data.query.steps import Step, instants_of, steps_of
from data.settings.filter_fields import FILTER_FIELDS
from data.values.periods import Period

_FACTS = {each.rows: each for each in FACTS.values()}
Place = tuple[int, Keys]


@dataclass(frozen=True)
class Number:
    """One number of a row, with that of the days it is compared with."""

    value: float | None
    used: int
    left_out: int
    before: float | None
    why: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the answer: its step, a name for each group ("" for none), a number for each metric."""

    step: Step
    keys: Keys
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Answered:
    """`by_formula`: metric → why it is not SQL. `limited`: there are more rows."""

    rows: tuple[Row, ...]
    steps: tuple[Step, ...]
    by_formula: Mapping[str, str]
    statement: Statement | None
    seconds: float
    limited: bool


def why_formula(metric: IssueMetric, facts: Dataset, groups: Sequence[str]) -> str:
    """Why the numbers of a metric come from its formula and not from SQL; empty where SQL gives them."""
    if metric.sql is None:
        return metric.not_sql
    if metric.select not in PICKS or metric.rows not in _FACTS:
        return "Its rows are selected in a way that has no SQL."
    if metric.as_of_rows is not None and facts.definitions.completed_as_of == "period_end":
        return "Its rows are looked at as of the end of each step, which the definitions ask for."
    if len(groups) > 1 and not is_of_single_issues(_FACTS[metric.rows]):
        return "Its rows are made of several issues: a combination of groups is counted issue by issue."
    return ""


def answer(
    question: Question, period: Period, everything: Dataset, chosen: Dataset, seconds: float = SECONDS
) -> Answered:
    """The rows of a question. `everything`: the facts of all issues; `chosen`: of those that pass the filters. Metrics
    of jobs have no cells here. Raises BadSpec, QueryStopped.
    """
    _must_be_known(question, chosen)
    steps = steps_of(period, question.grain, question.spec.compare)
    formulas: dict[str, str] = {}
    parts: list[Part] = []
    for each in question.metrics:
        if isinstance(each, OwnMeasure):
            parts.append(_part(each, each.fact, question))
        elif isinstance(each, IssueMetric) and not each.lacking(chosen):
            why = why_formula(each, chosen, question.groups)
            if why:
                formulas[each.name] = why
            else:
                parts.append(_part(each, _FACTS[each.rows], question))
    found: dict[str, dict[Place, Cell]] = {}
    whole = len(parts) == len(question.metrics)
    made, took = None, 0.0
    order: list[Place] = []
    if parts:
        wanted = _wanted(question, parts, steps, chosen, alone=whole)
        made = statement(wanted)
        answered = run(made, _relations(wanted, everything, chosen), seconds)
        took = answered.seconds
        order = _read(wanted, answered.rows, steps, found)
    by_name = {each.name: each for each in question.metrics if isinstance(each, IssueMetric)}
    for name in formulas:
        found[name] = dict(cells(by_name[name], chosen, steps, question.groups))
    if not whole:
        _fill(found, question, chosen, steps)
    rows = _joined(question, steps, found, order if whole else None)
    limit = question.spec.limit
    return Answered(tuple(rows[:limit]), steps, formulas, made, took, len(rows) > limit)


def _must_be_known(question: Question, facts: Dataset) -> None:
    """Raises BadSpec for a dimension of which nothing is known here."""
    for n, each in enumerate(question.spec.group_by):
        if each in question.groups and FILTER_FIELDS[each].mapped and facts.field(each) is None:
            todo = "Sync to fill it in." if each in facts.pending else "Map it in the field mapping, then sync."
            raise BadSpec(f"group_by.{n}", f"{FILTER_FIELDS[each].title} is not known here.", todo)
        if each in OF_SPRINTS and not len(facts.tables.sprints):
            todo = "If this Jira has sprints, sync everything again."
            raise BadSpec(f"group_by.{n}", "No sprints are known here.", todo)


def _fill(found: dict[str, dict[Place, Cell]], question: Question, facts: Dataset, steps: Sequence[Step]) -> None:
    """Cells of groups that have no rows in a step, where they have some in another step or of another metric."""
    groups = dict.fromkeys(keys for of in found.values() for _, keys in of if keys)
    for metric in question.metrics:
        if metric.name not in found or not groups:
            continue
        for step in steps:
            none = _none(metric, facts, step)
            for keys in groups:
                found[metric.name].setdefault((step.number, keys), none)


def _none(metric: Metric | OwnMeasure, facts: Dataset, step: Step) -> Cell:
    """The cell of a group without any rows in a step."""
    if isinstance(metric, IssueMetric):
        return empty(metric, facts, step)
    known = instants_of(facts, step).known
    return Cell(0.0 if known and isinstance(metric, OwnMeasure) and metric.agg == "count" else None, 0, 0)


def _part(measured: IssueMetric | OwnMeasure, fact: Fact, question: Question) -> Part:
    return Part(measured, fact, question.filters.where if is_of_single_issues(fact) else ())


def _wanted(
    question: Question, parts: Sequence[Part], steps: Sequence[Step], chosen: Dataset, *, alone: bool
) -> Wanted:
    return Wanted(
        parts=tuple(parts),
        groups=question.groups,
        grain=question.grain,
        steps=tuple(instants_of(chosen, each) for each in steps),
        order=tuple(Order(each.field, each.direction == "desc") for each in question.spec.sort_by),
        limit=question.spec.limit + 1 if alone else None,
        nearest_rank=chosen.definitions.percentile == "nearest_rank",
    )


def _relations(wanted: Wanted, everything: Dataset, chosen: Dataset) -> list[Relation]:
    """The tables that the SELECT reads."""
    out: dict[str, Relation] = {}
    fields = dict.fromkeys(wanted.groups)
    for part in wanted.parts:
        facts = everything if is_of_single_issues(part.fact) else chosen
        pick = None if isinstance(part.measured, OwnMeasure) else PICKS[part.measured.select]
        read = [*wanted.groups, *(each.field for each in part.where), *([pick.nobody] if pick and pick.nobody else [])]
        fields.update(dict.fromkeys(read))
        for each in (fact_relation(facts, part.fact), *(bridge_relation(facts, part.fact, name) for name in read)):
            out.setdefault(each.name, each)
    for name in fields:
        out.setdefault(name, dimension_relation(everything, name, chosen))
    return list(out.values())


def _read(
    wanted: Wanted, rows: Sequence[tuple[object, ...]], steps: Sequence[Step], found: dict[str, dict[Place, Cell]]
) -> list[Place]:
    """Put the rows of the SELECT into cells; their places, in their order."""
    compared = any(each.before >= 0 for each in wanted.steps)
    before = {each.number: each.before for each in steps}
    wide = 4 if compared else 3
    order = []
    for row in rows:
        step, keys = int(str(row[0])), tuple(str(each) for each in row[1 : 1 + len(wanted.groups)])
        order.append((step, keys))
        for n, part in enumerate(wanted.parts):
            numbers = row[1 + len(wanted.groups) + n * wide :][:wide]
            name = part.measured.name
            cell = Cell(_float(numbers[0]), int(str(numbers[1])), int(str(numbers[2])))
            found.setdefault(name, {})[step, keys] = cell
            if compared:
                found[name][before[step], keys] = Cell(_float(numbers[3]), 0, 0)
    return order


def _float(value: object) -> float | None:
    return None if value is None else float(str(value)) if not isinstance(value, float) else value


def _joined(
    question: Question, steps: Sequence[Step], found: Mapping[str, Mapping[Place, Cell]], order: list[Place] | None
) -> list[Row]:
    """Rows of all steps and groups that any metric has, in the order of the spec."""
    by_number = {each.number: each for each in steps}
    places = order
    if places is None:
        groups = dict.fromkeys(keys for of in found.values() for _, keys in of) if question.groups else {(): None}
        places = [(each.number, keys) for each in steps if each.shown for keys in groups]
    names = [each.name for each in question.metrics]
    rows = [
        Row(by_number[step], keys, tuple(_number(found.get(name, {}), by_number[step], keys) for name in names))
        for step, keys in places
    ]
    return _sorted(question, rows) if order is None else rows


def _number(of: Mapping[Place, Cell], step: Step, keys: Keys) -> Number:
    cell = of.get((step.number, keys)) or Cell(None, 0, 0)
    before = of.get((step.before, keys))
    return Number(cell.value, cell.used, cell.left_out, before.value if before else None, cell.why)


def _sorted(question: Question, rows: list[Row]) -> list[Row]:
    """The rows in the order of the spec, what has no value last; then by time, by rows used, and by name."""
    names = [each.name for each in question.metrics]
    out = sorted(rows, key=lambda row: (row.step.number, -row.numbers[0].used, row.keys))
    for each in reversed(question.spec.sort_by):
        down = each.direction == "desc"
        if each.field in names:
            n = names.index(each.field)
            nothing = [row for row in out if row.numbers[n].value is None]
            some = [row for row in out if row.numbers[n].value is not None]
            out = sorted(some, key=lambda row: row.numbers[n].value or 0.0, reverse=down) + nothing
        elif each.field == question.grain:
            out = sorted(out, key=lambda row: row.step.number, reverse=down)
        else:
            n = question.groups.index(each.field)
            out = sorted(out, key=lambda row: row.keys[n], reverse=down)
    return out
