"""Specs, records and register of one site, without Jira: light enough for a command that only writes a record."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from data.jtbd import import_records, library
from data.jtbd.register import (
    Deliverable,
    Register,
    RegisterError,
    RegisterJob,
    next_id,
    read_register,
    write_register,
)
from data.jtbd.specs import SpecProblem, Specs, not_understood
from data.jtbd.tracking import Tracking
from data.platform.files import locked
from data.settings.connection import Home, Site, resolve
from data.settings.model import Settings
from data.settings.operation import JtbdSettings
from data.settings.store import SettingsStore
from data.store.record_days import as_records
from data.store.record_store import RecordStore, Where
from data.values.jobs import CheckRow
from data.values.periods import first_instant, local_date, zone_named
from data.values.problem import Problem
from data.values.records import (
    Records,
)
from data.values.retention import RetentionRun

T = TypeVar("T")
REGISTER = "register.md"
_ZONE = "zone"  # the note that holds the zone of days as retention saw it last
_DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class JobsStorage(Tracking):
    """`folder` holds the store, `specs_folder` the Turtle files and the register. Safe in several threads.

    `is_example`: made up, for the sample site; such a register cannot be changed.
    """

    is_example = False
    _file_name = "jobs.db"

    def __init__(
        self,
        folder: Path,
        specs_folder: Path,
        settings: JtbdSettings,
        clock: Callable[[], datetime],
        *,
        site: str = "",
    ) -> None:
        self.folder, self.specs_folder = folder, specs_folder
        self.settings, self.clock, self.site = settings, clock, site
        self.zone = ""  # of days; empty: as retention saw it last
        self._lock = threading.RLock()
        self._kept: tuple[str, Records] | None = None
        self._specs: tuple[tuple[str, str], Specs] | None = None

    @cached_property
    def _store(self) -> RecordStore:
        with self._lock:
            return RecordStore(self.folder / self._file_name)

    @property
    def store(self) -> RecordStore:
        """The record store. Raises RecordsError."""
        return self._store

    @property
    def problem(self) -> Problem | None:
        return self._store.problem

    @property
    def now(self) -> int:
        """µs since 1970 UTC."""
        return (self.clock() - _EPOCH) // timedelta(microseconds=1)

    # ---- what is there

    def specs(self) -> Specs:
        """As the files are now; of a broken one the last good state. Raises RecordsError."""
        store = self.store
        with self._lock:
            key = (library.signature(self.specs_folder), store.revision())
            if self._specs is None or self._specs[0] != key:
                found = library.current(store, self.specs_folder, self.now)
                self._specs = ((key[0], store.revision()), found)
            return self._specs[1]

    def not_understood(self) -> list[str]:
        """How much of the specs is not understood, in a sentence, or nothing. Raises RecordsError."""
        found = not_understood(self.specs().problems)
        return [found] if found else []

    def sync(self) -> library.SpecSync:
        """Read all spec files again. Raises RecordsError."""
        return library.sync(self.store, self.specs_folder, self.now)

    def records(self) -> Records:
        """All records, without what people wrote; read again only when one was added. Raises RecordsError."""
        store = self.store
        with self._lock:
            revision = store.revision()
            if self._kept is None or self._kept[0] != revision:
                self._kept = (revision, store.all(lean=True))
            return self._kept[1]

    def revision(self) -> str:
        """Changes whenever a record, a spec or the register does. Raises RecordsError."""
        self.specs()
        try:
            register = (self.specs_folder / REGISTER).stat()
            told = f"{register.st_mtime_ns}.{register.st_size}"
        except OSError:
            told = "0"
        return f"{self.store.revision()}.{told}"

    def register(self) -> Register:
        """The register of jobs; an empty one where there is no file. Raises OSError, RegisterError."""
        return read_register(self.specs_folder / REGISTER)

    def build(self, start: int | None = None, end: int | None = None) -> bytes:
        """jtbd-metrics.json: from specs and records alone, those of [start, end) in µs. Raises RecordsError."""
        from data.jtbd.dashboard import built

        first, last = (None if each is None else date_of(each) for each in (start, None if end is None else end - 1))
        records = self.store.all(Where(start=start, end=end)) + self.counted(first, last, "UTC")
        span = None if start is None or end is None else (import_records.iso_of(start), import_records.iso_of(end))
        return built(records, self.specs(), self.settings.opportunity, span)

    # ---- what happens

    def save_job(self, job: RegisterJob) -> RegisterJob:
        """Put a job into the register; one without an id gets the next. Raises RegisterError, OSError."""
        path = self.specs_folder / REGISTER
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path):  # two people who add a job at once both find it in the register
            register = self.register()
            if not job.id:
                job = replace(job, id=next_id(register))
            write_register(path, register.with_job(job))
        return job

    def new_job(
        self,
        title: str,
        situation: str,
        pattern: str,
        metric: str,
        *,
        superpower: str = "",
        views: str = "",
        issues: str = "",
        deliverables: Sequence[str] = (),
        steps: bool = False,
        id: str = "",
    ) -> RegisterJob:
        """A job from plain values, in the register now. Raises RegisterError, OSError."""
        listed = tuple(Deliverable(each) for each in deliverables if each.strip())
        if not title.strip():
            raise RegisterError("The job has no title. Give it a short name.")
        return self.save_job(
            RegisterJob(id, title, situation, pattern, metric, superpower, views, issues, steps, listed)
        )

    def verify(self) -> list[CheckRow]:
        """The five checks of the register. Raises RegisterError."""
        from data.jtbd.verify import verify

        return verify(self.register())

    def validate(self) -> list[SpecProblem]:
        """What the shapes say of the spec files. Raises ShapesUnavailable."""
        from data.jtbd.shapes import validate

        return validate(self.specs_folder)

    def counted(self, first: date | None, last: date | None, zone: str) -> Records:
        """What retention removed of the days `first` to `last`, both included, made of the daily counts that it kept;
        each day at its first instant in a zone. Raises RecordsError.
        """
        return as_records(self.store.counted(self.site, first, last), zone)

    def old(self, days: int | None = None) -> RetentionRun | None:
        """What `remove_old` would remove. Raises RecordsError."""
        run = self._run(days)
        return None if run is None else self.store.old(run)

    def remove_old(self, days: int | None = None) -> RetentionRun | None:
        """Remove records older than so many days (None: of the settings) now and keep their daily counts; None where
        all are kept. Raises RecordsError.
        """
        run, zone = self._run(days), self._zone()
        if run is None:
            return None
        if self.store.note(_ZONE) != zone:
            self.store.set_note(_ZONE, zone)
        return self.store.remove_old(run, self.site, zone)

    def _run(self, days: int | None) -> RetentionRun | None:
        """A run that removes whole days: from the first instant of a day on everything is kept."""
        days = self.settings.retention_days if days is None else days
        if not days:
            return None
        zone = zone_named(self._zone())
        first = local_date(self.clock(), zone) - timedelta(days=days)
        return RetentionRun(self.now, days, round(first_instant(first, zone).timestamp() * 1e6), {})

    def _zone(self) -> str:
        return self.zone or self.store.note(_ZONE) or "UTC"

    def retain(self) -> RetentionRun | None:
        """The daily run of the retention job: after a sync, and when a server starts. Raises RecordsError.

        None where there is nothing to do: all records are kept, this user may only read them, or the last run was less
        than a day ago.
        """
        return self.remove_old() if self.retention_is_due() else None

    def retention_is_due(self) -> bool:
        """Whether the daily run would do something. Raises RecordsError."""
        if not self.settings.retention_days or self.store.is_read_only:
            return False
        last = self.store.last_retention(self.site)
        return last is None or not 0 <= self.now - last.ran_at < _DAY


def date_of(instant: int) -> date:
    """The date in UTC of an instant (µs)."""
    return datetime.fromtimestamp(instant / 1e6, UTC).date()


# The storage of example jobs: from the folder for its files, the settings and the clock.
ExamplesOf = Callable[[Path, JtbdSettings, Callable[[], datetime]], JobsStorage]


def jobs_storage_of(
    home: Home,
    site: Site,
    settings: Settings,
    env: Mapping[str, str],
    clock: Callable[[], datetime],
    examples: ExamplesOf | None = None,
) -> JobsStorage:
    """The storage of the site in force; on the sample site what `examples` makes. Raises HomeError.

    THROUGHLINE_JTBD names a folder of specs that wins everywhere; on the sample site such a folder has records of
    its own.
    """
    named = env.get("THROUGHLINE_JTBD", "").strip()
    chosen = named or settings.jtbd.folder.strip()
    if not site.configured and examples is not None and not named:
        return examples(home.sample, settings.jtbd, clock)
    specs = Path(chosen).expanduser() if chosen else Path("jtbd")
    if not specs.is_absolute():
        specs = home.settings_path.parent / specs
    folder = home.site_folder(site.url) if site.configured else home.sample
    made = JobsStorage(folder, specs, settings.jtbd, clock, site=site.url if site.configured else "")
    made.zone = settings.definitions.zone
    return made


def open_jobs_storage(
    env: Mapping[str, str],
    *,
    examples: ExamplesOf | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> JobsStorage:
    """The storage that the environment names. Raises HomeError."""
    home = Home.of(env).ensure()
    settings = SettingsStore(home.settings_path).load().settings
    site = resolve(env, settings, home.tokens)
    if not site.configured:
        settings = SettingsStore(home.sample / "settings.json").load().settings
    return jobs_storage_of(home, site, settings, env, clock, examples)
