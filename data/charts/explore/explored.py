"""The metrics of the question on the tab "Explore", a chart each: over time, by group, or both."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.charts.catalogue import ChartQuery, chart
from data.charts.drawing import NO_ROWS, Drawing, Drilldown, NoSuchPoint, nothing
from data.charts.metrics.chosen_metric import COUNTED, unit_of
from data.facts.dataset import Dataset
from data.facts.query import MetricQuery
from data.facts.rows import Rows
from data.metrics.catalogue import IssueMetric
from data.metrics.display import display
from data.metrics.measure import rows_for
from data.settings.filter_fields import FILTER_FIELDS
from data.values.charts import Series
from data.values.errors import AppError
from data.values.explore import METRICS, spec_of
from data.values.filters import Filter
from data.values.periods import Period
from data.values.typography import listed

if TYPE_CHECKING:
    from data.query.answer import Answered, Row
    from data.query.checked import Question

MOST_LINES, MOST_BARS = 6, 20
NONE = "none"
_SHADES = (2, 5, 1, 7, 3, 6)  # of the colours of bands, those that can be told apart as lines


@dataclass(frozen=True)
class Explored:
    """A question of the tab with its answer."""

    question: Question
    answer: Answered


def explored(facts: Dataset, period: Period, options: tuple[tuple[str, str], ...]) -> Explored:
    """The answer to the question that the tab asks of facts which pass the filters already. Raises AppError."""
    from data.query.answer import answer  # the engine is imported when it is first needed
    from data.query.checked import check
    from data.query.reading import read

    question = check(read(spec_of(options)))
    return Explored(question, answer(question, period, facts, facts))


@dataclass(frozen=True)
class _Cells(Drilldown):
    """Points that stand for a step and groups of one metric."""

    behind: Callable[[str], Rows] = lambda _token: NO_ROWS

    def rows_of(self, token: str) -> Rows:
        """The rows of a point. Raises NoSuchPoint."""
        return self.behind(token)


def token_of(row: Row) -> str:
    """The name of a row in a link: its days and its groups."""
    period = row.step.period
    return json.dumps([period.first.isoformat(), period.last.isoformat(), *row.keys], ensure_ascii=False)


def name_of(row: Row, grain: str) -> str:
    """A row in words: its days, where the answer goes by time, and its groups.

    Issues without a value are called none.
    """
    return " · ".join([*([row.step.period.label] if grain else []), *(each or NONE for each in row.keys)]) or "All"


def _drawing(query: ChartQuery, place: int) -> Drawing:
    names = [name for each in METRICS if (name := query.option(each))]
    if query.options and place >= len(names) and place:
        return nothing("No such metric is chosen.", todo="Choose one on the tab Explore.")
    try:
        found = query.facts.once(explored, query.period, query.options)
    except AppError as error:
        return nothing(error.problem.what, error.problem.why, error.hint)
    if place >= len(found.question.metrics):
        return nothing("No such metric is chosen.", todo="Choose one on the tab Explore.")
    metric = found.question.metrics[place]
    if not isinstance(metric, IssueMetric):
        return nothing("This number is calculated from records of jobs.", todo="The tab Jobs shows what it is made of.")
    if missing := metric.lacking(query.facts):
        return nothing(missing.message)
    rows = [each for each in found.answer.rows if each.numbers[place].value is not None]
    drilldown = _drilldown(query, metric, found)
    if not rows:
        return nothing(metric.nothing, todo="Choose other days, or clear a filter.", drilldown=drilldown)
    series, thinned = _series(metric, place, found.answer.rows, found.question)
    grain = found.question.grain
    dimensions = [FILTER_FIELDS[each].title for each in found.question.groups]
    lying = not grain
    unit = metric.unit[:1].upper() + metric.unit[1:]
    return Drawing(
        _reading(metric, place, rows, grain),
        series,
        x_title=unit if lying else f"{grain.title()}s, by their first day",
        y_title=" · ".join(dimensions) if lying else unit,
        x_kind="category" if lying else "time",
        unit=metric.unit,
        columns=(
            *(["From", "To"] if grain else []),
            *dimensions,
            f"Value, {metric.unit}",
            "Before",
            "Used",
            "Left out",
        ),
        table=lambda: (_line(each, place, grain) for each in found.answer.rows),
        table_picks=lambda: [token_of(each) for each in found.answer.rows],
        row_count=len(found.answer.rows),
        drilldown=drilldown,
        thinned=thinned,
        title=" by ".join(
            filter(None, [metric.title, listed([*([grain] if grain else []), *map(str.lower, dimensions)])])
        ),
        switches=metric.switches,
    )


def _line(row: Row, place: int, grain: str) -> tuple[object, ...]:
    number, period = row.numbers[place], row.step.period
    days = (period.first.isoformat(), period.last.isoformat()) if grain else ()
    groups = tuple(each or NONE for each in row.keys)
    return (*days, *groups, number.value, number.before, number.used, number.left_out)


def _drilldown(query: ChartQuery, metric: IssueMetric, found: Explored) -> Drilldown:
    known = {token_of(each): each for each in found.answer.rows}

    def row(token: str) -> Row:
        if token not in known:
            raise NoSuchPoint(token)
        return known[token]

    def behind(token: str) -> Rows:
        if not token:
            return rows_for(metric, query) if query.start <= query.facts.now else NO_ROWS
        wanted = row(token)
        facts = query.facts
        if wanted.keys:
            own = [
                Filter(field, "in", (key,)) if key else Filter(field, "is_null")
                for field, key in zip(found.question.groups, wanted.keys, strict=True)
            ]
            facts = facts.narrowed(facts.filters.also(*own))
        asked = MetricQuery(facts, wanted.step.period)
        return rows_for(metric, asked) if asked.start <= facts.now else NO_ROWS

    return _Cells(
        NO_ROWS,
        lambda _token: NO_ROWS.issue,
        lambda token: name_of(row(token), found.question.grain),
        metric.measures,
        unit_of(metric),
        metric.outcome_title,
        metric.outcome,
        behind,
    )


def _series(metric: IssueMetric, place: int, rows: Sequence[Row], question: Question) -> tuple[tuple[Series, ...], str]:
    """What is drawn, and how much of it, where that is not all."""
    grain, groups = question.grain, question.groups
    if not grain:
        known = [each for each in rows if each.numbers[place].value is not None]
        drawn = sorted(known, key=lambda each: -(each.numbers[place].value or 0.0))[:MOST_BARS]
        thinned = f"{len(drawn)} of {len(known)} are drawn; the table has all." if len(drawn) < len(known) else ""
        now = _bars(metric, place, drawn, grain)
        return (now,), thinned
    kind = "bars" if metric.aggregation in COUNTED else "line"
    if not groups:
        before = _points("Before", "line", metric, place, rows, grain, role="muted", before=True)
        return (
            _points("", kind, metric, place, rows, grain),
            *([before] if question.spec.compare != "none" else []),
        ), ""
    used: dict[tuple[str, ...], int] = {}
    for each in rows:
        used[each.keys] = used.get(each.keys, 0) + each.numbers[place].used
    ranked = sorted(used, key=lambda keys: (-used[keys], keys))
    lines = []
    for n, keys in enumerate(ranked[:MOST_LINES]):
        name, own = " · ".join(each or NONE for each in keys), [each for each in rows if each.keys == keys]
        lines.append(_points(name, "line", metric, place, own, grain, role=f"band-{_SHADES[n]}"))
    hidden = f"{MOST_LINES} of {len(ranked)} groups are drawn; the table has all." if len(ranked) > MOST_LINES else ""
    return tuple(lines), hidden


def _words(metric: IssueMetric, place: int, row: Row, grain: str) -> str:
    number = row.numbers[place]
    value = "–" if number.value is None else " ".join(display(metric.shows, number.value)).strip()
    return f"{name_of(row, grain)}: {value}, {number.used:,} used"


def _bars(metric: IssueMetric, place: int, rows: Sequence[Row], grain: str) -> Series:
    names: list[str] = []
    for each in rows:
        name = name_of(each, grain)
        while name in names:  # two of one name would be one bar
            name += "\u200b"
        names.append(name)
    return Series(
        "",
        "lying",
        [each.numbers[place].value for each in rows],
        names,
        text=[_words(metric, place, each, grain) for each in rows],
        picks=[token_of(each) for each in rows],
    )


def _points(
    name: str, kind: str, metric: IssueMetric, place: int, rows: Sequence[Row], grain: str, *, role: str = "main",
    before: bool = False,
) -> Series:  # fmt: skip
    shown = [each for each in rows if not before or each.numbers[place].before is not None]
    return Series(
        name,
        kind,
        [each.step.period.first.isoformat() for each in shown],  # without a value there is a gap
        [each.numbers[place].before if before else each.numbers[place].value for each in shown],
        text=None if before else [_words(metric, place, each, grain) for each in shown],
        picks=None if before else [token_of(each) for each in shown],
        role=role,
    )


def _reading(metric: IssueMetric, place: int, rows: Sequence[Row], grain: str) -> str:
    """The least and the greatest number; steps that the period cuts off are left aside where whole ones are known."""
    from data.query.steps import is_whole

    rows = [each for each in rows if not grain or is_whole(each.step.period, grain)] or rows
    ranked = sorted(rows, key=lambda each: each.numbers[place].value or 0.0)
    low, high = ranked[0], ranked[-1]

    def words(row: Row) -> str:
        return " ".join(display(metric.shows, row.numbers[place].value or 0.0)).strip()

    if len(rows) == 1:
        return f"{name_of(low, grain)}: {words(low)}."
    if low.numbers[place].value == high.numbers[place].value:
        return f"The same everywhere: {words(low)}."
    return f"Lowest: {words(low)} ({name_of(low, grain)}). Highest: {words(high)} ({name_of(high, grain)})."


def _declare(place: int) -> None:
    def draw(query: ChartQuery) -> Drawing:
        return _drawing(query, place)

    draw.__name__ = f"explored_{place + 1}"
    draw.__doc__ = _HELP
    chart(family="explore", order=place + 1, title=f"Metric {place + 1}", on_tab=False)(draw)


_HELP = """Each point or bar is the number of one step of time or one group, calculated from its own issues, never from
other numbers.

Weeks begin on Monday; the first and the last step may be cut off by the period. An issue that is in several groups
counts in each of them. A gap is a step for which there is no number.
"""
for _place in range(len(METRICS)):
    _declare(_place)
