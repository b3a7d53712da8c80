"""Jobs to be done: cards, tables, records and register for a view, a persona, a job."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from data.cache.metric_cache import Key
from data.exports.csv import csv_text
from data.jtbd import cards, pages, report
from data.jtbd.dashboard import as_data
from data.jtbd.investment import investment, job_satisfaction, landscape, scale_notes
from data.jtbd.measured import filters_for
from data.jtbd.picture import Picture, picture, sorted_by_opportunity
from data.jtbd.progress import register_rows
from data.jtbd.register import Register, RegisterError
from data.jtbd.serving import Serving
from data.jtbd.specs import not_understood
from data.jtbd.storage import JobsStorage
from data.jtbd.verify import verify
from data.services import numbers
from data.services.jobs_data import JobsData, Question
from data.services.sites import Sites, browse_url
from data.services.view import NO_FILTERS, Snapshot, View
from data.settings.connection import HomeError
from data.store.record_problems import RecordsError
from data.store.record_store import Where
from data.tables.tidy import microseconds
from data.values.jobs import CheckRow, InvestmentRow, JobChoices, Overview, RecordPage, RecordRow, RegisterRow
from data.values.metric_value import MetricValue, iso
from data.values.numbers import Answer
from data.values.periods import Period
from data.values.records import KINDS, Record, Records
from data.values.retention import RetentionRun

if TYPE_CHECKING:
    from data.charts.catalogue import Chart
    from data.charts.drawing import Drawing
    from data.facts.dataset import Dataset

log = logging.getLogger(__name__)
RECORD_COLUMNS = (
    "kind",
    "about",
    "title",
    "at",
    "ended",
    "persona",
    "feature",
    "status",
    "value",
    "unit",
    "note",
    "source",
    "key",
)
_TRIES = 3  # records that may be added, one after the other, while one answer is calculated
Options = tuple[tuple[str, str], ...]


class JobsService:
    """Jobs of the site in force. Safe in several threads."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._data = JobsData(sites)

    # ---- what is there

    def storage(self, snapshot: Snapshot) -> JobsStorage:
        """Specs, records and register of the site that was looked at. Raises HomeError, RecordsError."""
        return self._data.storage(snapshot)

    def serving(self, view: View) -> Serving | None:
        """Which issues serve which job; None without issues. Raises RecordsError, JiraError."""
        return self._data.serving(view)

    def revision(self, snapshot: Snapshot) -> str:
        """Changes whenever a number of jobs may. Raises RecordsError, StoreError."""
        return self._data.revision(snapshot)

    def retain(self, snapshot: Snapshot) -> RetentionRun | None:
        """The daily run of the retention job for records; None where nothing was to be done, or it failed (logged)."""
        try:
            return self.storage(snapshot).retain()
        except (RecordsError, HomeError, OSError) as error:
            log.warning("old job records were not removed: %s", error)
            return None

    def records_of(self, view: View) -> Records:
        """What was recorded in the days of the view, and the issues that count as records. Raises RecordsError,
        JiraError.
        """
        first, end = (round(each.timestamp() * 1e6) for each in (view.period.start, view.period.end))
        found = [
            tuple(each for each in some if first <= getattr(each, at) < end)
            for (_, _, at), some in zip(KINDS.values(), self._data.records(view), strict=True)
        ]
        return Records._make(found)

    def retention_is_due(self, snapshot: Snapshot) -> bool:
        """Whether old records are to be removed now."""
        try:
            return self.storage(snapshot).retention_is_due()
        except (RecordsError, HomeError, OSError) as error:
            log.warning("whether old job records are to be removed is not known: %s", error)
            return False

    def warm(self, snapshot: Snapshot) -> None:
        """Read specs and records ahead of the first question; what is wrong with them is said when somebody asks."""
        with suppress(RecordsError):
            storage = self.storage(snapshot)
            storage.specs()
            storage.records()

    def choices(self, snapshot: Snapshot) -> JobChoices:
        """What can be filtered by, and chosen in forms. Raises RecordsError, StoreError."""
        storage = self.storage(snapshot)
        specs, records = storage.specs(), storage.records()
        features = {each.feature_used for each in records.jobs} | {each.feature for each in records.outcomes}
        named = {
            kind: tuple((each.id, each.name) for each in specs.of(kind).values())
            for kind in ("job", "outcome", "persona", "painpoint")
        }
        return JobChoices(
            named["job"],
            named["outcome"],
            named["persona"],
            named["painpoint"],
            tuple(sorted(each for each in features if each)),
            tuple(
                each.id for each in specs.outcomes.values() if each.binding and self._data.has_issues(snapshot, storage)
            ),
        )

    def unknown(
        self, snapshot: Snapshot, *, persona: str | None = None, job: str | None = None
    ) -> tuple[tuple[str, str], ...]:
        """(persona or job, name) of those that neither specs nor records nor issues know. Raises RecordsError,
        JiraError.
        """
        specs, found = self.storage(snapshot).specs(), []
        for kind, name in (("persona", persona), ("job", job)):
            known = name is None or specs.resolve(kind, name) in specs.of(kind)
            if not known and specs.resolve(kind, name or "") not in self._named(snapshot, kind):
                found.append((kind, str(name)))
        return tuple(found)

    def _named(self, snapshot: Snapshot, kind: str) -> set[str]:
        """What records and issues name: personas or jobs."""
        column, specs = "persona" if kind == "persona" else "job_id", self.storage(snapshot).specs()
        records = self._data.records(snapshot.view())
        rows = [each for part in records for each in part] if kind == "persona" else records.jobs
        return {specs.resolve(kind, str(getattr(each, column) or "")) for each in rows}

    # ---- numbers

    def answer(
        self,
        view: View,
        *,
        persona: str | None = None,
        job: str | None = None,
        stale_ok: bool = False,
        known_only: bool = False,
    ) -> Answer:
        """The metrics of jobs, from the same cache as all others. With `stale_ok` numbers of older data may come, and
        say so; with `known_only` nothing is calculated. Raises RecordsError, JiraError.
        """
        cache = self._sites.data(view.snapshot).cache
        found = cache.get(self._key(Question(view, persona, job)))
        if found is not None and (found.state == "fresh" or stale_ok):
            return numbers.answer(found, found.state)
        if known_only:
            return numbers.answer(found, found.state) if found is not None and stale_ok else Answer((), "unknown", "")
        view, _ = self._sites.data(view.snapshot).current(view)
        asked = Question(view, persona, job)
        # A record may be added while numbers are calculated: key and numbers are of the same revision.
        for _ in range(_TRIES):
            key = self._key(asked)
            calculated = cache.calculate_once(key, lambda: self._values(asked))
            if self._key(asked).revision == key.revision:
                break
        return numbers.answer(calculated, "calculated")

    def _key(self, asked: Question) -> Key:
        view, specs = asked.view, self.storage(asked.view.snapshot).specs_folder
        question = numbers.question("jtbd", view) | {
            "persona": asked.persona,
            "job": asked.job,
            "jtbd": view.settings.jtbd.model_dump(),
            "specs": str(specs),
        }
        days = (view.period.first.isoformat(), view.period.last.isoformat())
        return Key("jtbd", *days, question, self.revision(view.snapshot))

    def _values(self, question: Question) -> list[MetricValue]:
        view = question.view
        records, specs = self._data.records(view), self.storage(view.snapshot).specs()
        earlier = replace(question, view=view.over(view.period.previous()), compares=False)

        def part(period: Period) -> Picture:
            span = replace(
                question.selection, start=microseconds(period.start), end=microseconds(period.end), previous_start=None
            )
            return picture(records, specs, span, formula=view.settings.jtbd.opportunity)

        return cards.values(
            cards.CardQuestion(
                view.period,
                view.now,
                view.zone,
                self._data.picture(question),
                self._data.picture(earlier),
                part,
                self._data.uncovered(view),
                {kind: _removed(n, self._data.lost(view)) for kind, n in self._data.removed(view).items()},
            )
        )

    # ---- the tab

    def overview(self, view: View, *, persona: str | None = None, job: str | None = None) -> Overview:
        """Everything that the tab shows. Raises RecordsError, JiraError; what is wrong with files is in it."""
        asked = Question(view, persona, job)
        key = ("overview", self.revision(view.snapshot), *asked.key)
        return self._data.once(key, lambda: self._overview(asked))

    def _overview(self, question: Question) -> Overview:
        view, storage = question.view, self.storage(question.view.snapshot)
        specs, found, serving = storage.specs(), self._data.picture(question), self.serving(view)
        who, wanted = question.persona_in(specs), question.selection
        span = (wanted.start or 0, wanted.end or 0)
        which = None if question.job is None else specs.resolve("job", question.job)
        notes = [str(storage.problem)] if storage.problem else []
        rows: tuple[RegisterRow, ...] = ()
        checks: tuple[CheckRow, ...] = ()
        try:
            register = storage.register()
            rows = tuple(register_rows(register, self.serving(view.narrowed(NO_FILTERS))))
            checks = tuple(verify(register)) if register.jobs else ()
        except RegisterError as error:
            notes.append(str(error))
        notes += _removed(sum(self._data.removed(view).values()), self._data.lost(view))
        if serving is not None:
            notes += scale_notes(serving, *span, who)
        if serving is None:
            notes.append("Without issues from Jira there is no delivery to put beside the jobs.")
        return Overview(
            jobs=tuple(found.jobs),
            outcomes=tuple(sorted_by_opportunity(found.outcomes)),
            painpoints=tuple(found.painpoints),
            times=tuple(found.times),
            satisfaction=(
                *found.satisfaction,
                *(job_satisfaction(serving, *span, who, which) if serving else ()),
            ),
            landscape=tuple(landscape(found.outcomes, specs, serving, *span, who)),
            investment=self._investment(serving, question) if serving else (),
            register=rows,
            checks=checks,
            quality=tuple(found.quality),
            forces=tuple(
                (each.job, each.kind, each.description or each.name)
                for each in specs.forces.values()
                if which in (None, each.job)
            ),
            spec_problems=tuple(str(each) for each in specs.problems),
            not_understood=not_understood(specs.problems),
            notes=tuple(notes),
            is_example=storage.is_example,
            formula=view.settings.jtbd.opportunity,
            period_label=view.period.label,
            summary=found.summary,
            bound={
                name: filters_for(each.binding, view.filters) for name, each in specs.outcomes.items() if each.binding
            },
        )

    def _investment(self, serving: Serving, question: Question) -> tuple[InvestmentRow, ...]:
        """Shares are taken over all jobs, also where one is asked for."""
        everything, specs = self._data.picture(replace(question, job=None)), serving.specs
        wanted, job = question.selection, question.job
        which = None if job is None else specs.resolve("job", job)
        span = (wanted.start or 0, wanted.end or 0)
        return tuple(investment(serving, everything.outcomes, *span, question.persona_in(specs), which))

    def chart(self, name: str, view: View, options: Options) -> tuple[Chart, Dataset | None, Drawing]:
        """(chart, facts or None without issues, drawing); `options` may name persona and job. Raises KeyError."""
        from data.jtbd.drilldown import drawn

        asked = dict(options)
        serving = self.serving(view)
        overview = self.overview(view, persona=asked.get("persona"), job=asked.get("job"))
        chart, drawing = drawn(name, overview, serving, view.period)
        return chart, serving.facts if serving else None, drawing

    def dashboard(self, view: View, *, persona: str | None = None, job: str | None = None) -> dict[str, Any]:
        """The same as plain JSON types. Raises RecordsError, JiraError."""
        asked, period = Question(view, persona, job), view.period
        data = as_data(self.overview(view, persona=persona, job=job), asked.selection, view.settings.jtbd.opportunity)
        return {
            "period": {"first": period.first.isoformat(), "last": period.last.isoformat(), "zone": period.zone},
            **data,
        }

    def report(self, view: View, *, persona: str | None = None, job: str | None = None) -> str:
        """The tab as Markdown. Raises RecordsError, JiraError."""
        return report.markdown(
            self.overview(view, persona=persona, job=job),
            list(self.answer(view, persona=persona, job=job).values),
            iso(view.now),
        )

    # ---- what is behind a number

    def record_page(
        self,
        kind: str,
        view: View,
        *,
        about: str | None = None,
        persona: str | None = None,
        job: str | None = None,
        first: int = 0,
        count: int = 50,
    ) -> RecordPage:
        """Records of a kind (job, outcome, painpoint, time, satisfaction), newest first, issues that count among them.

        `about`: id of a job, outcome or painpoint. Raises LookupError for an unknown kind, RecordsError, JiraError.
        """
        storage = self.storage(view.snapshot)
        wanted = replace(Question(view, persona, job).selection, previous_start=None)
        records = storage.store.all(Where(start=wanted.start, end=wanted.end)) + self._data.issues(view)
        return pages.page(records, storage.specs(), wanted, kind, about, first, count, browse_url(view.snapshot))

    def csv(self, table: str, view: View, *, persona: str | None = None, job: str | None = None) -> str:
        """A table of the tab as CSV: jobs, outcomes, painpoints, times, satisfaction, landscape, investment, register,
        quality or records. Raises LookupError for any other, RecordsError, JiraError.
        """
        if table == "records":
            return pages.csv_records(self._recorded(Question(view, persona, job)))
        return pages.csv_table(self.overview(view, persona=persona, job=job), table)

    def csv_of_records(self, rows: Iterable[RecordRow]) -> str:
        """Rows of `record_page` as CSV."""
        return csv_text(RECORD_COLUMNS, ([getattr(row, each) for each in RECORD_COLUMNS] for row in rows))

    def csv_metrics(self, view: View, *, persona: str | None = None, job: str | None = None) -> str:
        """The dashboard as CSV: section, id, title, metric, value. Raises RecordsError, JiraError."""
        return pages.csv_metrics(self.dashboard(view, persona=persona, job=job))

    def export_data(self, view: View, *, persona: str | None = None, job: str | None = None) -> dict[str, Any]:
        """The dashboard and its records as plain JSON types; `jtbd import` reads the records back."""
        records = self._recorded(Question(view, persona, job))
        return pages.export_data(self.dashboard(view, persona=persona, job=job), records)

    def _recorded(self, question: Question) -> list[Record]:
        """The records that were noted down for a question."""
        storage = self.storage(question.view.snapshot)
        return pages.within(storage.store.all(), storage.specs(), replace(question.selection, previous_start=None))

    # ---- the register

    def register(self, snapshot: Snapshot) -> Register:
        """Raises RegisterError."""
        return self.storage(snapshot).register()

    def register_rows(self, snapshot: Snapshot) -> list[RegisterRow]:
        """The register with progress from Jira. Raises RegisterError, JiraError."""
        return register_rows(self.register(snapshot), self.serving(snapshot.view()))


def _removed(count: int, lost: str) -> list[str]:
    """What is said of records that retention has removed."""
    verb, noun = ("was", "record") if count == 1 else ("were", "records")
    said = [f"{count:,} {noun} of this period {verb} removed because of age; the daily counts of them are used."]
    return [*(said if count else ()), *((lost,) if lost else ())]
