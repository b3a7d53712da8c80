"""Records what people did, measured or said, from plain values, the same for terminal and page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.jtbd import import_records
from data.jtbd.imported import Imported, Unscaled, imported, unscaled
from data.jtbd.operations import achievement, is_met, outcome_status
from data.values.names import name_key
from data.values.records import (
    ENDED,
    FIRST_INSTANT,
    INSTANTS,
    LAST_INSTANT,
    JobCompletion,
    OutcomeAchieved,
    PainpointResolved,
    Record,
    RecordError,
    TimeToOutcome,
    UserSatisfaction,
    complete,
    effectiveness,
)
from data.values.scales import scale_named

if TYPE_CHECKING:
    from data.jtbd.specs import Outcome, Specs
    from data.store.record_store import RecordStore

When = int | str | datetime | None
_DAY = 86_400_000_000
# Units of which there is no amount below nothing.
_AMOUNTS = frozenset({
    "%", "percent", "pct", "ms", "milliseconds", "s", "sec", "second", "seconds", "min", "minute", "minutes",
    "h", "hour", "hours", "d", "day", "days", "week", "weeks", "month", "months", "item", "items", "issue", "issues",
    "ticket", "tickets", "count", "times", "step", "steps", "click", "clicks",
})  # a table: kept in its rows  # fmt: skip


class Tracking:
    """What a storage of jobs can record. Every method raises RecordError for what cannot be true, RecordsError for the
    store.

    Instants are µs, datetimes, or ISO 8601 text (of this machine's zone where it names none); None: now.
    """

    @property
    def store(self) -> RecordStore:
        """Where records are kept."""
        raise NotImplementedError

    @property
    def now(self) -> int:
        """µs since 1970 UTC."""
        raise NotImplementedError

    def specs(self) -> Specs:
        raise NotImplementedError

    def add(self, records: list[Record]) -> int:
        """Store records; returns how many are new. Raises RecordError for what has not happened yet."""
        for each in records:
            believed(each, self.now, None)
        return self.store.add(records)

    def track_job(
        self,
        job_id: str,
        persona: str,
        feature: str = "",
        status: str = "completed",
        *,
        started: When = None,
        at: When = None,
        duration: float | None = None,
        note: str = "",
        event_id: str = "",
    ) -> JobCompletion:
        """Somebody did a job, or tried to. One that was tracked as started before is finished by it."""
        specs = self.specs()
        job, person = specs.resolve("job", job_id), specs.resolve("persona", persona)
        told, began = self._instant(at, "the time"), self._instant(started, "the start")
        finished = status in ENDED
        ended = (self.now if told is None else told) if finished else None
        if began is None and not finished:
            began = told
        if began is None and status != "started":
            known = self.store.open_job(job, person, feature)
            began = known.started_at if known else None
        timed = began is not None or duration is not None
        if began is None:
            began = (ended if ended is not None else self.now) - round((duration or 0) * 1e6)
        found = complete(
            JobCompletion(
                job,
                person,
                feature,
                status,
                began,
                ended if timed else None,
                duration,
                context=_context(note),
                event_id=event_id,
            )
        )
        _needs(found, "job_id", "persona")
        self.add([found])
        return found  # type: ignore[return-value]  # `complete` keeps the type of the record

    def track_outcome(
        self,
        outcome_id: str,
        actual: float | None = None,
        *,
        expected: float | None = None,
        metric: str = "",
        feature: str = "",
        persona: str = "",
        at: When = None,
        note: str = "",
        event_id: str = "",
    ) -> OutcomeAchieved:
        """An outcome was measured; target and metric come from the specs where they are not given. Without `actual` it
        is noted as achieved, and nothing is calculated from it.
        """
        specs = self.specs()
        name = specs.resolve("outcome", outcome_id)
        spec = specs.outcomes.get(name)
        wanted = expected if expected is not None else spec.target if spec else None
        direction = spec.direction if spec else None
        if wanted is None and actual is not None:
            raise RecordError(f"No spec says which value of {name} is wanted. Say what was expected.")
        _not_negative(spec, expected_value=wanted, actual_value=actual)
        rate, status = None, "achieved"
        if wanted is not None and actual is not None:
            rate, _ = achievement(wanted, actual, direction)
            status = outcome_status(rate, is_met(wanted, actual, direction))
        found = OutcomeAchieved(
            name,
            metric or (spec.metric if spec else ""),
            wanted,
            actual,
            rate,
            feature,
            specs.resolve("persona", persona) or None,
            status,
            self._at(at),
            context=_context(note),
            event_id=event_id,
        )
        self.add([found])
        return found

    def track_painpoint(
        self,
        painpoint_id: str,
        before: float,
        after: float,
        persona: str,
        *,
        feature: str = "",
        category: str = "",
        at: When = None,
        note: str = "",
        event_id: str = "",
    ) -> PainpointResolved:
        """A painpoint hurts less, or more, than before; severities from 0 to 10."""
        specs = self.specs()
        name = specs.resolve("painpoint", painpoint_id)
        spec = specs.painpoints.get(name)
        found = PainpointResolved(
            name,
            category or (spec.category if spec else ""),
            spec.name if spec else "",
            feature,
            specs.resolve("persona", persona),
            before,
            after,
            effectiveness(before, after),
            self._at(at),
            context=_context(note),
            event_id=event_id,
        )
        _needs(found, "persona")
        self.add([found])
        return found

    def track_satisfaction(
        self,
        outcome_id: str,
        level: str,
        persona: str,
        *,
        feature: str = "",
        met: bool | None = None,
        recommend: bool | None = None,
        effort: int | None = None,
        feedback: str = "",
        at: When = None,
        event_id: str = "",
        scale: str = "1-10",
    ) -> UserSatisfaction:
        """Somebody said how satisfied they are: a number on the scale, or very_dissatisfied to very_satisfied. Where
        `met` and `recommend` are None they were not asked.
        """
        specs = self.specs()
        found = UserSatisfaction(
            specs.resolve("outcome", outcome_id),
            feature,
            specs.resolve("persona", persona),
            level,
            met,
            recommend,
            effort,
            feedback or None,
            self._at(at),
            event_id=event_id,
            scale=scale_named(scale),
        )
        _needs(found, "persona")
        self.add([found])
        return found

    def track_time(
        self,
        outcome_id: str,
        persona: str,
        started: When,
        *,
        feature: str = "",
        at: When = None,
        still_open: bool = False,
        event_id: str = "",
    ) -> TimeToOutcome:
        """How long somebody took to reach an outcome, or that they are still on the way."""
        specs = self.specs()
        ended = None if still_open else self._at(at)
        found = complete(
            TimeToOutcome(
                specs.resolve("outcome", outcome_id),
                specs.resolve("persona", persona),
                feature,
                self._at(started, "the start"),
                ended,
                event_id=event_id,
            )
        )
        _needs(found, "persona")
        self.add([found])
        return found  # type: ignore[return-value]  # `complete` keeps the type of the record

    def import_file(self, path: Path, scale: str | None = None) -> Imported:
        """All records of a file or none; `scale` is that of answers that name none. Raises ImportFailed, ScaleError,
        OSError too.
        """
        scale = scale_named(scale) if scale else None
        left_out: Counter[str] = Counter()
        found = import_records.find_in_file(path, check=self._believed(), scale=scale, left_out=left_out)
        return self._keep(found, left_out)

    def import_text(self, text: str, name: str, scale: str | None = None) -> Imported:
        """The same for an upload; `name` ends in .csv, .tsv, .json or .jsonl."""
        scale = scale_named(scale) if scale else None
        left_out: Counter[str] = Counter()
        found = import_records.find_in_text(text, name, check=self._believed(), scale=scale, left_out=left_out)
        return self._keep(found, left_out)

    def unscaled_in(self, text: str, name: str) -> Unscaled | None:
        """The answers of an upload whose scale has to be asked for before anything is stored. Raises ImportFailed."""
        return unscaled(import_records.find_in_text(text, name, check=self._believed()))

    def _keep(self, found: list[import_records.Found], left_out: Counter[str]) -> Imported:
        return imported(found, self.store.add_each([each.record for each in found], imported=True), left_out)

    def _believed(self) -> Callable[[Record], None]:
        """What refuses a record of a file that cannot be true here."""
        specs, now = self.specs(), self.now
        return lambda record: believed(record, now, specs)

    def as_row(self, record: Record) -> dict[str, Any]:
        """A record as files hold it."""
        return import_records.as_rows([complete(record)])[0]

    def _at(self, value: When, what: str = "the time") -> int:
        found = self._instant(value, what)
        return self.now if found is None else found

    def _instant(self, value: When, what: str) -> int | None:
        if value is None or isinstance(value, int):
            return value if value is None else _happened(value, self.now, what)
        if isinstance(value, str):
            text = value.strip()
            if not text or name_key(text) == "now":
                return self.now
            try:
                value = datetime.fromisoformat(text)
            except ValueError as error:
                raise RecordError(f"{what} is {text!r}. Write it as 2026-01-31T09:30:00.") from error
        try:
            found = round(value.astimezone().timestamp() * 1e6)
        except (OverflowError, OSError, ValueError) as error:
            raise RecordError(f"{what} {value} lies outside of the calendar.") from error
        return _happened(found, self.now, what)


def believed(record: Record, now: int, specs: Specs | None) -> None:
    """Raises RecordError for an instant more than a day ahead, and for a negative amount of an outcome of the specs.

    >>> believed(TimeToOutcome("pay", "ann", "cart", 5 * _DAY), 0, None)
    Traceback (most recent call last):
    data.values.records.RecordError: start_time lies in the future (1970-01-06). Note down what has happened.
    """
    for name in record._fields:
        value = getattr(record, name) if name in INSTANTS else None
        if value is not None:
            _happened(value, now, name)
    if specs is not None and isinstance(record, OutcomeAchieved):
        spec = specs.outcomes.get(specs.resolve("outcome", record.outcome_id))
        _not_negative(spec, expected_value=record.expected_value, actual_value=record.actual_value)


def _happened(at: int, now: int, what: str) -> int:
    """The instant; a day ahead is let through, for clocks and zones that differ. Raises RecordError."""
    if not FIRST_INSTANT <= at <= LAST_INSTANT:
        raise RecordError(f"{what} lies outside of the years 1970 to 9999.")
    if at > now + _DAY:
        raise RecordError(f"{what} lies in the future ({import_records.iso_of(at)[:10]}). Note down what has happened.")
    return at


def _not_negative(spec: Outcome | None, **values: float | None) -> None:
    """A time, a count or a share is never below 0; an outcome whose target is below 0 may be."""
    if spec is None or name_key(spec.unit) not in _AMOUNTS or (spec.target or 0) < 0:
        return
    for name, value in values.items():
        if value is not None and value < 0:
            raise RecordError(f"{name} is {value:g}. This outcome is in {spec.unit}: give 0 or more.")


def _needs(record: Any, *names: str) -> None:
    empty = [name for name in names if not str(getattr(record, name)).strip()]
    if empty:
        raise RecordError(f"{', '.join(empty)} {'is' if len(empty) == 1 else 'are'} empty.")


def _context(note: str) -> str | None:
    return json.dumps({"note": note}, ensure_ascii=False) if note else None
