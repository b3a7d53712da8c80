"""Jobs to be done, as the workspace offers them: cards, tables, records and register for a period, a persona, a job."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from data.cache.metric_cache import Key
from data.jtbd import cards, pages, report
from data.jtbd.dashboard import as_data
from data.jtbd.investment import investment, job_satisfaction, landscape
from data.jtbd.measured import filters_for, measured
from data.jtbd.picture import Bound, Picture, Wanted, picture, sorted_by_opportunity
from data.jtbd.progress import register_rows
from data.jtbd.records import Records
from data.jtbd.register import Register, RegisterError
from data.jtbd.serving import Serving
from data.jtbd.specs import Specs
from data.jtbd.storage import JobsStorage, shelf_of
from data.jtbd.store import RecordsError, Where
from data.jtbd.verify import verify
from data.services import numbers
from data.settings.connection import HomeError
from data.store import schema
from data.tables.tidy import microseconds
from data.values.filters import Filters
from data.values.jobs import CheckRow, JobChoices, Overview, RecordPage, RegisterRow
from data.values.metric_value import MetricValue, iso
from data.values.numbers import Answer
from data.values.periods import Period
from data.values.retention import RetentionRun

if TYPE_CHECKING:
    from data.services.workspace import Workspace

log = logging.getLogger(__name__)
NO_FILTERS = Filters()
_KEPT = 24
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    """One view: period, filters of issues, persona and job (ids; None: all)."""

    period: Period
    filters: Filters = NO_FILTERS
    persona: str | None = None
    job: str | None = None

    @property
    def wanted(self) -> Wanted:
        before = self.period.previous()
        return Wanted(
            *(microseconds(each) for each in (self.period.start, self.period.end, before.start)), self.persona, self.job
        )


class Jtbd:
    """`workspace.jtbd`. Safe in several threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.RLock()
        self._shelves: dict[tuple[str, str], JobsStorage] = {}
        self._kept: dict[Any, Any] = {}

    # ---- what is there

    @property
    def shelf(self) -> JobsStorage:
        """Specs, records and register of the site in force. Raises HomeError, RecordsError."""
        space = self._workspace
        place = space.place
        settings = place.loaded().settings
        made = shelf_of(space.home, space.site, settings, space._env, space.clock, self._examples())
        key = (str(made.folder), str(made.specs_folder))
        with self._lock:
            shelf = self._shelves.setdefault(key, made)
            shelf.settings = settings.jtbd
            return shelf

    def _examples(self) -> Path | None:
        return getattr(self._workspace.sample, "jobs", None)

    def _has_issues(self, shelf: JobsStorage) -> bool:
        """Whether issues may be put beside the jobs: never the sample site's beside somebody's own."""
        place = self._workspace.place
        return place.synced() is not None and (not place.is_sample or shelf.is_example)

    def retain(self) -> RetentionRun | None:
        """The daily run of the retention job for records; None where nothing was to be done, or it failed (logged)."""
        try:
            return self.shelf.retain()
        except (RecordsError, HomeError, OSError) as error:
            log.warning("old job records were not removed: %s", error)
            return None

    def warm(self) -> None:
        """Read specs and records ahead of the first question; what is wrong with them is said when somebody asks."""
        with suppress(RecordsError):
            self.shelf.specs()
            self.shelf.records()

    def serving(self, filters: Filters = NO_FILTERS) -> Serving | None:
        """Which issues serve which job; None without issues. Raises JiraError."""
        shelf = self.shelf
        if not self._has_issues(shelf):
            return None
        facts, specs = self._workspace.facts(filters), shelf.specs()
        return self._once(
            ("serving", id(facts), shelf.revision()),
            lambda: (facts, Serving(facts, specs, tuple(shelf.settings.job_links))),
        )[1]

    def _once(self, key: Any, make: Any) -> Any:
        with self._lock:
            if key not in self._kept:
                while len(self._kept) >= _KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = make()
            return self._kept[key]

    def revision(self) -> str:
        """Changes whenever a number of this pillar may. Raises RecordsError."""
        place = self._workspace.place
        return f"{self._workspace.revision(place.synced())}|{self.shelf.revision()}"

    def choices(self) -> JobChoices:
        """What can be filtered by, and chosen in forms. Raises RecordsError."""
        shelf = self.shelf
        specs, records = shelf.specs(), shelf.records()
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
            tuple(each.id for each in specs.outcomes.values() if each.binding and self._has_issues(shelf)),
        )

    def unknown(self, persona: str | None = None, job: str | None = None) -> tuple[tuple[str, str], ...]:
        """(persona or job, name) of those that neither specs nor records nor issues know. Raises RecordsError, JiraError."""
        specs, found = self.shelf.specs(), []
        for kind, name in (("persona", persona), ("job", job)):
            known = name is None or specs.resolve(kind, name) in specs.of(kind)
            if not known and specs.resolve(kind, name or "") not in self._named(kind):
                found.append((kind, str(name)))
        return tuple(found)

    def _named(self, kind: str) -> set[str]:
        """What records and issues name: personas or jobs."""
        column, specs = "persona" if kind == "persona" else "job_id", self.shelf.specs()
        told = self._records(NO_FILTERS)
        rows = [each for part in told for each in part] if kind == "persona" else told.jobs
        return {specs.resolve(kind, str(getattr(each, column) or "")) for each in rows}

    # ---- numbers

    def _picture(self, asked: Question) -> Picture:
        """Raises RecordsError, JiraError."""
        shelf = self.shelf
        key = ("picture", self.revision(), asked, self._minute())
        return self._once(key, lambda: self._drawn(shelf, asked))

    def _minute(self) -> int:
        return int(self._workspace.clock().timestamp()) // 60

    def _drawn(self, shelf: JobsStorage, asked: Question) -> Picture:
        specs, wanted = shelf.specs(), asked.wanted
        serving = self.serving(asked.filters)
        told: Mapping[str, Any] = {}
        if serving:
            told = serving.reported(wanted.start or 0, wanted.end or 0, self._persona(specs, asked))
        return picture(
            self._records(asked.filters), specs, wanted,
            bound=self._bound(shelf, asked), reported=told, formula=shelf.settings.opportunity,
        )  # fmt: skip

    def _persona(self, specs: Specs, asked: Question) -> str | None:
        return None if asked.persona is None else specs.resolve("persona", asked.persona)

    def _records(self, filters: Filters) -> Records:
        """What was recorded, and the issues that count as records."""
        return self.shelf.records() + self._issues(filters)

    def _issues(self, filters: Filters) -> Records:
        """The issues that count as records."""
        serving = self.serving(filters)
        if serving is None or not self.shelf.settings.issues_count:
            return Records((), (), (), (), ())
        return self._once(("issues", id(serving)), lambda: (serving, serving.records(self._severities())))[1]

    def _severities(self) -> dict[int, float]:
        """Issue id → its severity before the first change of that field."""
        from data.jtbd.dialects import rating

        place = self._workspace.place
        head, mapping = place.synced(), place.loaded().settings.mapping
        if head is None or "painpoint_severity" not in mapping:
            return {}
        table, found = schema.change, {}
        query = (
            select(table.c.issue_id, table.c.from_name, table.c.from_id)
            .where(table.c.scope == head.scope, table.c.field == mapping["painpoint_severity"])
            .order_by(table.c.issue_id, table.c.at, table.c.history_id)
        )
        with place.store.reading() as connection:
            for issue_id, name, other in connection.execute(query):
                if issue_id not in found:
                    found[issue_id] = rating(str(name or other or ""))
        return {issue_id: value for issue_id, value in found.items() if value is not None}

    def _bound(self, shelf: JobsStorage, asked: Question) -> dict[str, Bound]:
        """Outcomes that Jira measures."""
        if not self._has_issues(shelf):
            return {}
        found = {
            each.id: measured(each, self._workspace.facts, asked.filters, asked.period)
            for each in shelf.specs().outcomes.values()
            if each.binding
        }
        return {name: each for name, each in found.items() if each is not None}

    def answer(
        self,
        period: Period,
        filters: Filters = NO_FILTERS,
        *,
        persona: str | None = None,
        job: str | None = None,
        stale_ok: bool = False,
    ) -> Answer:
        """The four cards, from the same cache as all others. Raises RecordsError, JiraError."""
        place, space = self._workspace.place, self._workspace
        settings = space.settings_for(filters)
        question = numbers.question("jtbd", place.known_as, place.jql, settings, filters, period.zone)
        question |= {
            "persona": persona,
            "job": job,
            "jtbd": settings.jtbd.model_dump(),
            "specs": str(self.shelf.specs_folder),
        }
        key = Key("jtbd", period.first.isoformat(), period.last.isoformat(), question, self.revision())
        found = place.cache.get(key)
        if found is not None and (found.state == "fresh" or stale_ok):
            return numbers.answer(found, found.state)
        asked = Question(period, filters, persona, job)
        return numbers.answer(place.cache.calculate_once(key, lambda: self._values(asked)), "calculated")

    def _values(self, asked: Question) -> list[MetricValue]:
        shelf, space = self.shelf, self._workspace
        records, specs = self._records(asked.filters), shelf.specs()
        earlier = replace(asked, period=asked.period.previous())

        def part(period: Period) -> Picture:
            span = replace(
                asked.wanted, start=microseconds(period.start), end=microseconds(period.end), previous_start=None
            )
            return picture(records, specs, span, formula=shelf.settings.opportunity)

        return cards.values(
            asked.period, space.clock(), asked.period.zone, self._picture(asked), self._picture(earlier), part
        )

    # ---- the tab

    def overview(
        self, period: Period, filters: Filters = NO_FILTERS, *, persona: str | None = None, job: str | None = None
    ) -> Overview:
        """Everything that the tab shows. Raises RecordsError, JiraError; what is wrong with files is in it."""
        asked = Question(period, filters, persona, job)
        return self._once(("overview", self.revision(), asked, self._minute()), lambda: self._overview(asked))

    def _overview(self, asked: Question) -> Overview:
        shelf, period, filters = self.shelf, asked.period, asked.filters
        specs, found, serving = shelf.specs(), self._picture(asked), self.serving(filters)
        who, wanted = self._persona(specs, asked), asked.wanted
        span = (wanted.start or 0, wanted.end or 0)
        which = None if asked.job is None else specs.resolve("job", asked.job)
        notes = [str(shelf.problem)] if shelf.problem else []
        rows: tuple[RegisterRow, ...] = ()
        checks: tuple[CheckRow, ...] = ()
        try:
            register = shelf.register()
            rows = tuple(register_rows(register, self.serving()))
            checks = tuple(verify(register)) if register.jobs else ()
        except RegisterError as error:
            notes.append(str(error))
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
            investment=tuple(investment(serving, found.outcomes, *span, who, which)) if serving else (),
            register=rows,
            checks=checks,
            quality=tuple(found.quality),
            forces=tuple(
                (each.job, each.kind, each.description or each.name)
                for each in specs.forces.values()
                if which in (None, each.job)
            ),
            spec_problems=tuple(str(each) for each in specs.problems),
            notes=tuple(notes),
            is_example=shelf.is_example,
            formula=shelf.settings.opportunity,
            period_label=period.label,
            summary=found.summary,
            bound={name: filters_for(each.binding, filters) for name, each in specs.outcomes.items() if each.binding},
        )

    def chart(self, name: str, period: Period, filters: Filters, options: Options) -> tuple[Any, Any, Any]:
        """(chart, facts or None, drawing) for the desk of charts; `options` may name persona and job. Raises KeyError."""
        from data.jtbd.charts import drawn

        asked = {each: value for each, value in options if each in ("persona", "job")}
        serving = self.serving(filters)
        chart, drawing = drawn(name, self.overview(period, filters, **asked), serving, period)
        return chart, serving.facts if serving else None, drawing

    def dashboard(
        self, period: Period, filters: Filters = NO_FILTERS, *, persona: str | None = None, job: str | None = None
    ) -> dict[str, Any]:
        """The same as plain JSON types. Raises RecordsError, JiraError."""
        asked, shelf = Question(period, filters, persona, job), self.shelf
        data = as_data(self._picture(asked), asked.wanted, shelf.settings.opportunity)
        return {
            "period": {"first": period.first.isoformat(), "last": period.last.isoformat(), "zone": period.zone},
            **data,
        }

    def build(self, start: int | None = None, end: int | None = None) -> bytes:
        """jtbd-metrics.json of specs and records. Raises RecordsError."""
        return self.shelf.build(start, end)

    def report(
        self, period: Period, filters: Filters = NO_FILTERS, *, persona: str | None = None, job: str | None = None
    ) -> str:
        """The tab as Markdown. Raises RecordsError, JiraError."""
        return report.markdown(
            self.overview(period, filters, persona=persona, job=job),
            list(self.answer(period, filters, persona=persona, job=job).values),
            iso(self._workspace.clock()),
        )

    # ---- what is behind a number

    def record_page(
        self,
        kind: str,
        period: Period,
        filters: Filters = NO_FILTERS,
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
        shelf = self.shelf
        wanted = replace(Question(period, filters, persona, job).wanted, previous_start=None)
        told = shelf.store.all(Where(start=wanted.start, end=wanted.end)) + self._issues(filters)
        return pages.page(told, shelf.specs(), wanted, kind, about, first, count, self._workspace.browse_url())

    def csv(
        self,
        table: str,
        period: Period,
        filters: Filters = NO_FILTERS,
        *,
        persona: str | None = None,
        job: str | None = None,
    ) -> str:
        """A table of the tab as CSV: jobs, outcomes, painpoints, times, satisfaction, landscape, investment, register,
        quality or records. Raises LookupError for any other.
        """
        if table == "records":
            asked = Question(period, filters, persona, job).wanted
            told = self.shelf.store.all()
            return pages.csv_records(pages.within(told, self.shelf.specs(), replace(asked, previous_start=None)))
        return pages.csv_table(self.overview(period, filters, persona=persona, job=job), table)

    def csv_metrics(
        self, period: Period, filters: Filters = NO_FILTERS, *, persona: str | None = None, job: str | None = None
    ) -> str:
        """The dashboard as CSV: section, id, title, metric, value."""
        return pages.csv_metrics(self.dashboard(period, filters, persona=persona, job=job))

    def export_data(
        self, period: Period, filters: Filters = NO_FILTERS, *, persona: str | None = None, job: str | None = None
    ) -> dict[str, Any]:
        """The dashboard and its records as plain JSON types; `jtbd import` reads the records back."""
        wanted = replace(Question(period, filters, persona, job).wanted, previous_start=None)
        told = pages.within(self.shelf.store.all(), self.shelf.specs(), wanted)
        return pages.export_data(self.dashboard(period, filters, persona=persona, job=job), told)

    # ---- the register

    def register(self) -> Register:
        """Raises RegisterError."""
        return self.shelf.register()

    def register_rows(self) -> list[RegisterRow]:
        """The register with progress from Jira. Raises RegisterError, JiraError."""
        return register_rows(self.register(), self.serving())
