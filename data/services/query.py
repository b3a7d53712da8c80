"""Questions to the catalogue: a spec becomes an answer with its definition, counts and SQL, kept for five minutes."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from data.exports.csv import csv_text
from data.exports.xlsx import Sheet
from data.facts.dataset import Dataset
from data.facts.query import MetricQuery
from data.metrics.catalogue import IssueMetric, JobMetric
from data.metrics.display import display
from data.metrics.measure import STILL_TO_COME, rows_for
from data.metrics.registry import CATALOG
from data.query.checked import DIMENSIONS, Metric, OwnMeasure, Question, check, days
from data.query.problems import BadSpec as BadSpec  # what doors catch
from data.query.reading import read, read_json
from data.query.spec import MOST_ROWS, MOST_ROWS_OF_A_JOB
from data.query.spec import AnalyticsSpec as AnalyticsSpec
from data.query.steps import Step, steps_of
from data.services.numbers import NumbersService
from data.services.sites import Sites
from data.services.view import Snapshot, View
from data.settings.filter_fields import FILTER_FIELDS
from data.settings.overrides import BadOverride, with_overrides
from data.values.filters import BadFilter
from data.values.json_types import JsonObject
from data.values.periods import PeriodError, local_date, zone_named
from data.values.query_answer import QueryAnswer, QueryCell, QueryMetric, QueryRow

if TYPE_CHECKING:
    from data.query.answer import Answered, Number, Row

KEPT_SECONDS = 300
KEPT_ANSWERS = 128
_BETTER = {True: "lower", False: "higher", None: "neither"}


@dataclass(frozen=True)
class Usage:
    """How often an answer was there already, and how often not."""

    hits: int
    misses: int
    kept: int


class QueryService:
    """Answers specs over the facts of the site in force. Safe in several threads."""

    def __init__(self, sites: Sites, numbers: NumbersService) -> None:
        self._sites = sites
        self._numbers = numbers
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, QueryAnswer]] = OrderedDict()
        self._hits = self._misses = 0

    @staticmethod
    def schema() -> JsonObject:
        """The JSON Schema of a spec."""
        return AnalyticsSpec.model_json_schema(by_alias=True)

    @staticmethod
    def read(spec: object) -> AnalyticsSpec:
        """A spec from JSON as text, or from plain values. Raises BadSpec."""
        return read_json(spec) if isinstance(spec, str | bytes) else read(spec)

    def usage(self) -> Usage:
        """How the kept answers are used."""
        with self._lock:
            return Usage(self._hits, self._misses, len(self._kept))

    def answer(self, spec: AnalyticsSpec, snapshot: Snapshot, *, in_job: bool = False) -> QueryAnswer:
        """The answer to a spec. Raises BadSpec, QueryStopped, StoreError."""
        question, view = self.asked(spec, snapshot, in_job=in_job)
        key = _key(spec, view)
        with self._lock:
            known = self._kept.get(key)
            if known is not None and time.monotonic() - known[0] < KEPT_SECONDS:
                self._hits += 1
                self._kept.move_to_end(key)
                return known[1]
            self._misses += 1
        found = self._calculated(question, view)
        with self._lock:
            self._kept[key] = (time.monotonic(), found)
            while len(self._kept) > KEPT_ANSWERS:
                self._kept.popitem(last=False)
        return found

    def of_view(self, spec: JsonObject, view: View) -> QueryAnswer:
        """The answer to a spec without days, filters and definitions, which are those of a view. Raises BadSpec,
        QueryStopped, StoreError.
        """
        days_ = {"from": view.period.first.isoformat(), "to": view.period.last.isoformat()}
        of_view = {"dates": days_, "filters": view.filters.to_json(), "definitions": dict(view.filters.definitions)}
        return self.answer(read({**spec, **of_view}), view.snapshot)

    @staticmethod
    def metrics() -> tuple[tuple[str, str], ...]:
        """The metrics that can be asked for: name, title; one of several names of the same number."""
        return tuple((name, each.title) for name, each in CATALOG.items() if not each.same_as)

    @staticmethod
    def dimensions(view: View) -> tuple[tuple[str, str], ...]:
        """What can be grouped by here: name, title."""
        mapping = view.settings.mapping
        return tuple((name, each.title) for name, each in FILTER_FIELDS.items() if not each.mapped or name in mapping)

    @staticmethod
    def csv(answer: QueryAnswer) -> str:
        """An answer as CSV."""
        return csv_of(answer)

    @staticmethod
    def sheet(answer: QueryAnswer) -> Sheet:
        """An answer as a sheet of a workbook."""
        return Sheet("Answer", headers_of(answer), [list(each) for each in table_of(answer)])

    def asked(self, spec: AnalyticsSpec, snapshot: Snapshot, *, in_job: bool = False) -> tuple[Question, View]:
        """The question of a spec, and the view that it is asked of. Raises BadSpec, StoreError."""
        question = check(spec, MOST_ROWS_OF_A_JOB if in_job else MOST_ROWS)
        try:
            settings = with_overrides(snapshot.settings, question.filters.definitions)
        except BadOverride as error:
            raise BadSpec("definitions", str(error)) from error
        today = local_date(snapshot.now, zone_named(snapshot.zone(settings)))
        first, last = days(spec.dates, today)
        try:
            view = snapshot.view(None, first.isoformat(), last.isoformat(), question.filters)
        except PeriodError as error:
            raise BadSpec("dates", error.problem.what, error.hint) from error
        except BadFilter as error:
            raise BadSpec("filters", error.problem.what, error.hint) from error
        return question, view

    def _calculated(self, question: Question, view: View) -> QueryAnswer:
        from data.query.answer import answer  # the engine is imported when it is first needed

        data = self._sites.data(view.snapshot)
        view, chosen = data.current(view)
        everything = chosen if not view.filters else data.dataset(view.narrowed(view.filters.without(*DIMENSIONS)))
        found = answer(question, view.period, everything, chosen)
        rows = [self._row(question, view, chosen, each) for each in found.rows]
        statement = found.statement
        return QueryAnswer(
            first=view.period.first.isoformat(),
            last=view.period.last.isoformat(),
            zone=view.zone,
            period=view.period.label,
            columns=tuple((each, DIMENSIONS.get(each, each.title())) for each in question.spec.group_by),
            metrics=tuple(_metric(each, chosen, view, found) for each in question.metrics),
            rows=tuple(rows),
            compared=_compared(question, view),
            notes=_notes(question, found),
            sql=statement.text if statement else "",
            parameters=tuple(_plain(each) for each in statement.parameters) if statement else (),
            revision=view.snapshot.revision,
            engine_seconds=found.seconds,
            limited=found.limited,
        )

    def _row(self, question: Question, view: View, facts: Dataset, row: Row) -> QueryRow:
        cells = [
            self._of_jobs(each, view, row.step) if isinstance(each, JobMetric) else _cell(each, facts, row.step, number)
            for each, number in zip(question.metrics, row.numbers, strict=True)
        ]
        period, names = row.step.period, dict(zip(question.groups, row.keys, strict=True))
        keys = [
            period.first.isoformat() if each == question.grain else names[each] or None
            for each in question.spec.group_by
        ]
        asked = MetricQuery(facts, period)
        going_on = asked.start <= facts.now < asked.end
        return QueryRow(
            tuple(keys), period.first.isoformat(), period.last.isoformat(), period.label, tuple(cells), going_on
        )

    def _of_jobs(self, metric: JobMetric, view: View, step: Step) -> QueryCell:
        """A number of jobs, from their records."""
        found = self._numbers.one(metric.name, view.over(step.period))[0]
        used = int(found.total_issue_count - found.excluded_issue_count)
        shown = f"{found.details.get('display_value', '–')} {found.details.get('display_unit', '')}".strip()
        return QueryCell(found.value, used, found.excluded_issue_count, found.error_message or "", shown=shown)


def _cell(metric: IssueMetric | OwnMeasure, facts: Dataset, step: Step, number: Number) -> QueryCell:
    value = number.value
    why = "" if value is not None else number.why or _why(metric, facts, step, number)
    return QueryCell(
        value, number.used, number.left_out, why, number.before, _words(metric, value),
        "" if number.before is None else _words(metric, number.before),
    )  # a table: kept in its rows  # fmt: skip


def _why(metric: IssueMetric | OwnMeasure, facts: Dataset, step: Step, number: Number) -> str:
    """Why there is no value."""
    asked = MetricQuery(facts, step.period)
    if isinstance(metric, IssueMetric) and (missing := metric.lacking(facts)):
        return missing.message
    if asked.start > facts.now:
        return STILL_TO_COME
    if number.left_out and not number.used:
        return f"Nothing to measure: all {number.left_out:,} left out."
    if not number.used and not asked.covered:
        return f"Nothing is known about these dates: {facts.why_unknown(asked.snapshot)}."
    return metric.nothing if isinstance(metric, IssueMetric) else "Nothing to measure between these dates."


def _words(metric: IssueMetric | OwnMeasure, value: float | None) -> str:
    """A number as people read it."""
    if value is None:
        return "–"
    if isinstance(metric, OwnMeasure):
        return f"{value:,.4g} {metric.unit}".strip()
    return " ".join(display(metric.shows, value)).strip()


def _metric(metric: Metric | OwnMeasure, facts: Dataset, view: View, found: Answered) -> QueryMetric:
    if isinstance(metric, OwnMeasure):
        words = f"{metric.agg} over {metric.fact.title.lower()}"
        return QueryMetric(metric.name, metric.title, metric.unit, "number", words, "neither", "sql")
    better = _BETTER[metric.lower_is_better]
    if isinstance(metric, JobMetric):
        why = "It comes from records of jobs, not from issues."
        return QueryMetric(metric.name, metric.title, metric.unit, metric.shows, metric.summary, better, "records", why)
    missing = metric.lacking(facts)
    asked = MetricQuery(facts, view.period)
    reasons = {} if missing or asked.start > facts.now else rows_for(metric, asked).exclusions()
    why = found.by_formula.get(metric.name, "")
    return QueryMetric(
        metric.name, metric.title, metric.unit, metric.shows, metric.summary, better, "formula" if why else "sql", why,
        missing.message if missing else "", tuple(reasons.items()),
    )  # a table: kept in its rows  # fmt: skip


def _compared(question: Question, view: View) -> str:
    """The days of the comparison in words; empty where there is none."""
    compare = question.spec.compare
    if compare == "none":
        return ""
    before = next(each for each in steps_of(view.period, "", compare) if not each.shown)
    return before.period.label


def _notes(question: Question, found: Answered) -> tuple[str, ...]:
    notes = [f"{question.spec.limit:,} rows are shown; there are more."] if found.limited else []
    for field in question.groups:
        if field in ("component", "label", "sprint", "board"):
            notes.append(f"An issue with several {DIMENSIONS[field].lower()}s counts in each of them.")
    return tuple(notes)


def _plain(value: object) -> str | float | bool | None:
    if isinstance(value, float) and not isfinite(value):
        return "NaN"
    return value if value is None or isinstance(value, str | float | int | bool) else str(value)


def _key(spec: AnalyticsSpec, view: View) -> str:
    """Under which name an answer is kept: it covers everything that the answer depends on. Raises StoreError."""
    whole: Mapping[str, object] = {
        "site": view.snapshot.known_as,
        "jql": view.snapshot.jql,
        "revision": view.snapshot.revision,
        "zone": view.zone,
        "days": [view.period.first.isoformat(), view.period.last.isoformat()],
        "filters": view.filters.to_json(),
        "spec": spec.model_dump(by_alias=True, mode="json"),
        **view.measured,
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def headers_of(answer: QueryAnswer) -> list[str]:
    """The columns of an answer as a table."""
    out = [name for name, _ in answer.columns]
    for each in answer.metrics:
        out += [each.name, f"{each.name}_used", f"{each.name}_left_out"]
        out += [f"{each.name}_before"] if answer.compared else []
        out += [f"{each.name}_reason"]
    return out


def table_of(answer: QueryAnswer) -> list[Sequence[str | float | None]]:
    """The rows of an answer as a table, values as exact as JSON has them."""
    out: list[Sequence[str | float | None]] = []
    for row in answer.rows:
        line: list[str | float | None] = list(row.keys)
        for cell in row.cells:
            line += [cell.value, cell.used, cell.left_out]
            line += [cell.before] if answer.compared else []
            line += [cell.why or None]
        out.append(line)
    return out


def csv_of(answer: QueryAnswer) -> str:
    """An answer as CSV: a header, then a line for each row."""
    return csv_text(headers_of(answer), table_of(answer))
