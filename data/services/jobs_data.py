"""What is known of the jobs of a site: storage, the issues that serve jobs, and the rows of a period."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import select

from data.cache.metric_cache import hash_of
from data.facts.dataset import Dataset
from data.jtbd.inputs import Bound, RecordSelection
from data.jtbd.measured import measured
from data.jtbd.picture import Picture, picture
from data.jtbd.serving import Serving
from data.jtbd.specs import Specs
from data.jtbd.storage import JobsStorage, jobs_storage_of
from data.services.sites import Sites
from data.services.view import Snapshot, View
from data.settings.fields import field_ids
from data.store import schema
from data.tables.tidy import microseconds
from data.values.filters import Filters
from data.values.periods import first_instant, local_date, zone_named
from data.values.records import KINDS, Records, at

T = TypeVar("T")
_KEPT = 24


@dataclass(frozen=True)
class Question:
    """A view, narrowed to a persona and a job (ids; None: all). `compares`: changes are asked for, too."""

    view: View
    persona: str | None = None
    job: str | None = None
    compares: bool = True

    @property
    def selection(self) -> RecordSelection:
        """The records of the period and those of the period before, as instants in µs."""
        period = self.view.period
        before = period.previous()
        start, end, before_start = (microseconds(each) for each in (period.start, period.end, before.start))
        return RecordSelection(start, end, before_start if self.compares else None, self.persona, self.job)

    @property
    def key(self) -> tuple[Hashable, ...]:
        """Everything that an answer depends on besides the revision of issues and records."""
        view = self.view
        return (
            view.period,
            view.filters,
            self.persona,
            self.job,
            self.compares,
            hash_of(_measured(view)),
            int(view.now.timestamp()) // 60,
        )

    def persona_in(self, specs: Specs) -> str | None:
        """The id of the persona; None for all."""
        return None if self.persona is None else specs.resolve("persona", self.persona)


def _measured(view: View) -> dict[str, Any]:
    return {**view.measured, "jtbd": view.settings.jtbd.model_dump()}


class JobsData:
    """Read once for each state of issues and records. Safe in several threads."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._lock = threading.RLock()
        self._storages: dict[tuple[str, str], JobsStorage] = {}
        self._kept: dict[Hashable, Any] = {}

    def storage(self, snapshot: Snapshot) -> JobsStorage:
        """Specs, records and register of the site that was looked at. Raises HomeError, RecordsError."""
        sites, settings = self._sites, snapshot.settings
        examples = sites.sample.jobs if sites.sample else None
        made = jobs_storage_of(sites.home, snapshot.site, settings, sites.env, sites.clock, examples)
        key = (str(made.folder), str(made.specs_folder))
        with self._lock:
            storage = self._storages.setdefault(key, made)
            storage.settings = settings.jtbd
            storage.zone = settings.definitions.zone or (snapshot.head.zone if snapshot.head else "")
            return storage

    def has_issues(self, snapshot: Snapshot, storage: JobsStorage) -> bool:
        """Whether issues may be put beside the jobs: never the sample site's beside somebody's own."""
        return snapshot.synced is not None and (not snapshot.is_sample or storage.is_example)

    def serving(self, view: View) -> Serving | None:
        """Which issues serve which job; None without issues. Raises RecordsError, JiraError."""
        storage = self.storage(view.snapshot)
        if not self.has_issues(view.snapshot, storage):
            return None
        facts, specs = self._sites.data(view.snapshot).dataset(view), storage.specs()
        links = tuple(view.settings.jtbd.job_links)
        return self.once(
            ("serving", id(facts), storage.revision(), links),
            lambda: (facts, Serving(facts, specs, links)),
        )[1]

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once for each key; the oldest are forgotten."""
        with self._lock:
            if key not in self._kept:
                while len(self._kept) >= _KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = make()
            kept: T = self._kept[key]
            return kept

    def revision(self, snapshot: Snapshot) -> str:
        """Changes whenever a number of this pillar may. Raises RecordsError, StoreError."""
        return f"{snapshot.revision}|{self.storage(snapshot).revision()}"

    def picture(self, question: Question) -> Picture:
        """All rows of jobs, outcomes and painpoints. Raises RecordsError, JiraError."""
        key = ("picture", self.revision(question.view.snapshot), *question.key)
        return self.once(key, lambda: self._drawn(question))

    def uncovered(self, view: View) -> dict[str, str]:
        """Kind of record → why the period before is not wholly known. Raises RecordsError, JiraError."""
        before = view.period.previous()
        start, end = microseconds(before.start), microseconds(before.end)
        storage, serving = self.storage(view.snapshot), self.serving(view)
        issues = serving.facts.why_not_all(start, end) if serving and view.settings.jtbd.issues_count else ""
        out = {}
        gone = storage.store.uncounted_before(storage.site)
        for kind, first in self._firsts(storage, view.zone).items():
            if gone is not None and start < gone:
                day = self._day(gone, view)
                out[kind] = f"No change is given: records from before {day} were removed without daily counts."
            elif start < first:
                day = self._day(first, view)
                out[kind] = f"No change is given: the first record is of {day}, after the period before began."
            if issues and kind in ("job", "painpoint"):
                out[kind] = f"No change is given: {issues}."
        return out

    def _firsts(self, storage: JobsStorage, zone: str) -> dict[str, int]:
        """Kind of record → the instant (µs) of the first one, removed ones included."""

        def found() -> dict[str, int]:
            parts = zip(KINDS, storage.records().parts(), strict=True)
            out = {kind: min(map(at, part)) for kind, part in parts if part}
            for kind, day in storage.store.first_counted(storage.site).items():
                began = microseconds(first_instant(day, zone_named(zone)))
                out[kind] = min(out.get(kind, began), began)
            return out

        return self.once(("firsts", str(storage.folder), storage.revision(), zone), found)

    def _drawn(self, question: Question) -> Picture:
        view = question.view
        wanted = replace(question.selection, uncovered=self.uncovered(view))
        specs = self.storage(view.snapshot).specs()
        serving = self.serving(view)
        reported: Mapping[str, Any] = {}
        if serving:
            reported = serving.reported(wanted.start or 0, wanted.end or 0, question.persona_in(specs))
        return picture(
            self.records(view),
            specs,
            wanted,
            bound=self.bound(view),
            reported=reported,
            formula=view.settings.jtbd.opportunity,
        )

    def records(self, view: View) -> Records:
        """What was recorded, what retention has removed of this period and the one before, from its daily counts, and
        the issues that count as records."""
        storage = self.storage(view.snapshot)
        return storage.records() + self.counted(view) + self.issues(view)

    def counted(self, view: View) -> Records:
        """What retention has removed of this period and the one before, made of its daily counts."""
        storage, first, last = self.storage(view.snapshot), view.period.previous().first, view.period.last
        key = ("counted", str(storage.folder), storage.revision(), first, last, view.zone)
        return self.once(key, lambda: storage.counted(first, last, view.zone))

    def removed(self, view: View) -> dict[str, int]:
        """Kind of record → how many of the period are known from daily counts alone. Raises RecordsError."""
        start, end = microseconds(view.period.start), microseconds(view.period.end)
        parts = zip(KINDS, self.counted(view).parts(), strict=True)
        return {kind: sum(start <= at(each) < end for each in part) for kind, part in parts}

    def lost(self, view: View) -> str:
        """What is said where records of the period were removed before daily counts were kept; else nothing."""
        storage = self.storage(view.snapshot)
        gone = storage.store.uncounted_before(storage.site)
        if gone is None or microseconds(view.period.start) >= gone:
            return ""
        return (
            f"Not complete: records from before {self._day(gone, view)} were removed, and no counts of them are kept. "
            "Import them again to have them counted."
        )

    @staticmethod
    def _day(instant: int, view: View) -> str:
        return f"{local_date(datetime.fromtimestamp(instant / 1e6, UTC), zone_named(view.zone)):%-d %b %Y}"

    def issues(self, view: View) -> Records:
        """The issues that count as records."""
        serving = self.serving(view)
        if serving is None or not view.settings.jtbd.issues_count:
            return Records((), (), (), (), ())
        return self.once(("issues", id(serving)), lambda: (serving, serving.records(self._severities(view))))[1]

    def _severities(self, view: View) -> dict[int, float]:
        """Issue id → its severity before the first change of that field."""
        from data.jtbd.dialects import rating

        head, mapping = view.snapshot.synced, view.settings.mapping
        if head is None or "painpoint_severity" not in mapping:
            return {}
        table, found = schema.change, {}
        query = (
            select(table.c.issue_id, table.c.from_name, table.c.from_id)
            .where(table.c.scope == head.scope, table.c.field.in_(field_ids(mapping["painpoint_severity"])))
            .order_by(table.c.issue_id, table.c.at, table.c.history_id)
        )
        with self._sites.data(view.snapshot).store.reading() as connection:
            for issue_id, name, other in connection.execute(query):
                if issue_id not in found:
                    found[issue_id] = rating(str(name or other or ""))
        return {issue_id: value for issue_id, value in found.items() if value is not None}

    def bound(self, view: View) -> dict[str, Bound]:
        """Outcomes that Jira measures."""
        storage = self.storage(view.snapshot)
        if not self.has_issues(view.snapshot, storage):
            return {}
        data = self._sites.data(view.snapshot)

        def facts(filters: Filters) -> Dataset:
            return data.dataset(view.narrowed(filters))

        found = {
            each.id: measured(each, facts, view.filters, view.period)
            for each in storage.specs().outcomes.values()
            if each.binding
        }
        return {name: each for name, each in found.items() if each is not None}
