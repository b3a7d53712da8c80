"""The example jobs of the sample site: specs and records that come with the program, moved so that they end today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from data.jtbd import import_records, library
from data.jtbd.register import RegisterError, RegisterJob
from data.jtbd.storage import JobsStorage
from data.settings.operation import JtbdSettings
from data.store.record_store import RecordStore
from data.values.records import (
    INSTANTS,
    JobCompletion,
    OutcomeAchieved,
    PainpointResolved,
    Record,
    Records,
    TimeToOutcome,
    UserSatisfaction,
)
from data.values.retention import RetentionRun

T = TypeVar("T")
RECORDS = "records"
EXAMPLE = "example"  # the source under which example records are stored


class ExampleJobs(JobsStorage):
    """Jobs whose register cannot be changed and whose example records are made anew each day. Records that somebody
    adds stay. Safe in several threads.
    """

    is_example = True
    _file_name = "jobs_example.db"

    def __init__(
        self, folder: Path, specs_folder: Path, settings: JtbdSettings, clock: Callable[[], datetime], *, site: str = ""
    ) -> None:
        super().__init__(folder, specs_folder, settings, clock, site=site)
        self._day = ""

    @property
    def store(self) -> RecordStore:
        """The record store with the examples as they are today. Raises RecordsError."""
        store, today = self._store, f"{self.clock():%Y-%m-%d}"
        with self._lock:
            if self._day != today:
                self._day = today
                self._refresh(store, today)
        return store

    def save_job(self, _job: RegisterJob) -> RegisterJob:
        """Raises RegisterError always."""
        raise RegisterError(
            "The register of the sample site is an example and stays as it is. Connect Jira, or set THROUGHLINE_JTBD "
            "to a folder of your own."
        )

    def retain(self) -> RetentionRun | None:
        """None: examples are not removed."""
        return None

    def _refresh(self, store: RecordStore, today: str) -> None:
        if store.is_read_only:
            return
        state = f"{today} {library.signature(self.specs_folder / RECORDS, frozenset({'.csv'}))}"
        if store.note("looked_after") != state:
            store.replace_source(EXAMPLE, example_records(self.specs_folder, self.now))
            store.set_note("looked_after", state)


def example_records(folder: Path, now: int) -> Records:
    """The records of an example, all moved by the same time, so that the last one has just happened (`now`, in µs)."""
    rows: list[Record] = []
    for path in sorted((folder / RECORDS).glob("*.*")):
        if path.suffix in (".csv", ".json", ".jsonl"):
            rows += import_records.read_file(path, EXAMPLE)
    last = max((max(_instants(row).values()) for row in rows), default=now)
    moved = [_moved(row, now - last) for row in rows]
    return Records(
        _only(moved, JobCompletion),
        _only(moved, OutcomeAchieved),
        _only(moved, PainpointResolved),
        _only(moved, TimeToOutcome),
        _only(moved, UserSatisfaction),
    )


def _only(rows: list[Record], kind: type[T]) -> list[T]:
    return [row for row in rows if isinstance(row, kind)]


def _instants(record: Record) -> dict[str, int]:
    values = {name: value for name, value in record._asdict().items() if name in INSTANTS}
    return {name: value for name, value in values.items() if value is not None}


def _moved(record: Record, by: int) -> Record:
    moved: dict[str, Any] = {name: value + by for name, value in _instants(record).items()}
    return record._replace(**moved)
