"""Noting down what people did, measured or said, from plain values, the same for terminal and page."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.jtbd import intake
from data.jtbd.operations import achievement, effectiveness, outcome_status
from data.jtbd.records import (
    JobCompletion,
    OutcomeAchieved,
    PainpointResolved,
    Record,
    RecordError,
    TimeToOutcome,
    UserSatisfaction,
    complete,
)

if TYPE_CHECKING:
    from data.jtbd.specs import Specs
    from data.jtbd.store import RecordStore

When = int | str | datetime | None


class Tracking:
    """What a shelf can note down. Every method raises RecordError for what cannot be true, RecordsError for the store.

    Instants are µs, datetimes, or ISO 8601 text (of this machine's zone where it names none); None: now.
    """

    store: RecordStore
    now: int

    def specs(self) -> Specs:
        raise NotImplementedError

    def add(self, records: list[Record]) -> int:
        """Store records; returns how many are new."""
        return self.store.add(records)

    def track_job(
        self,
        job_id: str,
        persona: str,
        feature: str,
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
        finished = status in ("completed", "failed")
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
        _needs(found, "job_id", "persona", "feature_used")
        self.add([found])
        return found  # type: ignore[return-value]

    def track_outcome(
        self,
        outcome_id: str,
        actual: float,
        *,
        expected: float | None = None,
        metric: str = "",
        feature: str = "",
        persona: str = "",
        at: When = None,
        note: str = "",
        event_id: str = "",
    ) -> OutcomeAchieved:
        """An outcome was measured; target and metric come from the specs where they are not given."""
        specs = self.specs()
        name = specs.resolve("outcome", outcome_id)
        spec = specs.outcomes.get(name)
        wanted = expected if expected is not None else spec.target if spec else None
        if wanted is None:
            raise RecordError(f"No spec says which value of {name} is wanted. Say what was expected.")
        rate, _ = achievement(wanted, actual, spec.direction if spec else None)
        found = OutcomeAchieved(
            name,
            metric or (spec.metric if spec else ""),
            wanted,
            actual,
            rate,
            feature,
            specs.resolve("persona", persona) or None,
            outcome_status(rate),
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
        met: bool = False,
        recommend: bool = False,
        effort: int | None = None,
        feedback: str = "",
        at: When = None,
        event_id: str = "",
    ) -> UserSatisfaction:
        """Somebody said how satisfied they are: 1 to 10, or very_dissatisfied to very_satisfied."""
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
        return found  # type: ignore[return-value]

    def import_file(self, path: Path) -> tuple[int, int]:
        """(records in the file, new ones): all of a file or none. Raises ImportFailed, OSError too."""
        rows = intake.read_file(path)
        return len(rows), self.add(rows)

    def import_text(self, text: str, name: str) -> tuple[int, int]:
        """The same for an upload; `name` ends in .csv, .json or .jsonl."""
        rows = intake.read_text(text, name)
        return len(rows), self.add(rows)

    def as_row(self, record: Record) -> dict[str, Any]:
        """A record as files hold it."""
        return intake.as_rows([complete(record)])[0]

    def _at(self, value: When, what: str = "the time") -> int:
        found = self._instant(value, what)
        return self.now if found is None else found

    def _instant(self, value: When, what: str) -> int | None:
        if value is None or isinstance(value, int):
            return value
        if isinstance(value, str):
            text = value.strip()
            if not text or text.casefold() == "now":
                return self.now
            try:
                value = datetime.fromisoformat(text)
            except ValueError as error:
                raise RecordError(f"{what} is {text!r}. Write it as 2026-01-31T09:30:00.") from error
        try:
            return round(value.astimezone().timestamp() * 1e6)
        except (OverflowError, OSError, ValueError) as error:
            raise RecordError(f"{what} {value} lies outside of the calendar.") from error


def _needs(record: Any, *names: str) -> None:
    empty = [name for name in names if not str(getattr(record, name)).strip()]
    if empty:
        raise RecordError(f"{', '.join(empty)} {'is' if len(empty) == 1 else 'are'} empty.")


def _context(note: str) -> str | None:
    return json.dumps({"note": note}, ensure_ascii=False) if note else None
