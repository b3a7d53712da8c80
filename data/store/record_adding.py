"""Adding records: which of them are stored already, and when a try of a job goes on instead of being another."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import Connection, and_, func, select, update

from data.store import record_schema as schema
from data.store.record_days import take_open, was_removed
from data.store.record_engine import upsert
from data.values.records import ENDED, JobCompletion, Record, UserSatisfaction, at, event_id, kind_of
from data.values.scales import LEVELS, SCALES

Added = Literal["new", "further", "filled", "known"]
_DAY = 86_400_000_000
_OPEN = ("started", "in_progress")


@dataclass
class Adding:
    """One transaction that adds records, which are complete.

    A record is known by its event id. A try of a job that was told as started goes on when it is told again with the
    same job, persona and start, and a later status. With `imported` that holds only where the file gives no event id
    and the start is more exact than a day: a different event id is a different record.
    """

    connection: Connection
    tenant: str
    imported: bool = False
    _told: Counter[str] = field(default_factory=Counter)

    def add(self, record: Record) -> Added:
        """What became of it: it is new, a known try went further, what a known answer lacked is filled in, or known."""
        nth = self._nth(record)
        if at(record) < self._removed_before and was_removed(self.connection, self.tenant, self._names(record, nth)):
            return "known"  # and in the counts of its day
        if isinstance(record, JobCompletion):
            return self._add_job(record, nth)
        if isinstance(record, UserSatisfaction):
            return self._add_answer(record, nth)
        return self._insert(record)

    @cached_property
    def _removed_before(self) -> int:
        """Retention has removed records of before this instant (µs)."""
        table = schema.retention_run
        return self.connection.scalar(select(func.max(table.c.before)).where(table.c.tenant == self.tenant)) or 0

    @staticmethod
    def _names(record: Record, nth: int | None) -> list[str]:
        """Every event id that this record may have been stored under: an answer with a scale also without one."""
        if nth is None or not isinstance(record, UserSatisfaction):
            return [record.event_id]
        return [record.event_id, *(event_id(record._replace(scale=each), nth) for each in (None, *SCALES))]

    def _nth(self, record: Record) -> int | None:
        """How many equal records were added before it, where its event id follows from its fields; None for its own."""
        first = event_id(record)
        nth = self._told[first]
        if record.event_id != event_id(record, nth):
            return None
        self._told[first] += 1
        return nth

    def _insert(self, record: Record) -> Added:
        table = schema.RECORD_TABLES[kind_of(record)]
        values = {"tenant": self.tenant, **record._asdict()}
        made = self.connection.execute(upsert(self.connection)(table).values(**values).on_conflict_do_nothing())
        return "new" if made.rowcount else "known"

    # ---- jobs

    def _add_job(self, record: JobCompletion, nth: int | None) -> Added:
        table = schema.job_completions
        mine = and_(table.c.tenant == self.tenant, table.c.event_id == record.event_id)
        if self.connection.scalar(select(table.c.id).where(mine)) is not None:
            return "known"
        if self.imported and (nth is None or record.started_at % _DAY == 0):
            return self._insert(record)
        same = and_(
            table.c.tenant == self.tenant,
            table.c.job_id == record.job_id,
            table.c.persona == record.persona,
            table.c.started_at == record.started_at,
        )
        if record.status in _OPEN:
            later = [*ENDED, *_OPEN[_OPEN.index(record.status) + 1 :]]
            told = self.connection.scalar(select(func.count()).where(same, table.c.status.in_(later)))
            if (told or 0) > (nth or 0):
                return "known"  # as something that has gone further since
        done = self._go_on(record, same)
        if done is None and record.status != "started" and self._was_open(record):
            self._insert(record)
            return "further"
        return done or self._insert(record)

    def _was_open(self, record: JobCompletion) -> bool:
        """Whether it goes on from an open try that was removed; that one is in no count any more."""
        begun = record.started_at
        return begun < self._removed_before and take_open(
            self.connection, self.tenant, record.job_id, record.persona, begun
        )

    def _go_on(self, record: JobCompletion, same: Any) -> Added | None:
        """The first open record of the same try gets the later status; None where there is none."""
        table = schema.job_completions
        earlier = _OPEN[: _OPEN.index(record.status)] if record.status in _OPEN else _OPEN
        for status in reversed(earlier):
            found = self.connection.scalar(select(func.min(table.c.id)).where(same, table.c.status == status))
            if found is not None:
                values = {
                    name: getattr(record, name) for name in ("status", "completed_at", "duration_seconds", "event_id")
                }
                self.connection.execute(update(table).where(table.c.id == found).values(**values))
                return "further"
        return None

    # ---- answers

    def _add_answer(self, record: UserSatisfaction, nth: int | None) -> Added:
        """An answer without its own event id is the same with its scale declared, and without."""
        if nth is not None and self._was_no(record, nth):
            return "filled"
        if record.satisfaction_level in LEVELS:
            return self._insert(record)
        if record.scale is not None:
            plain = record.event_id if nth is None else event_id(record._replace(scale=None), nth)
            return "filled" if self._declare(record, plain) else self._insert(record)
        if nth is not None:
            table = schema.user_satisfaction
            ids = [event_id(record._replace(scale=each), nth) for each in SCALES]
            known = select(table.c.id).where(table.c.tenant == self.tenant, table.c.event_id.in_(ids)).limit(1)
            if self.connection.scalar(known) is not None:
                return "known"
        return self._insert(record)

    def _declare(self, record: UserSatisfaction, plain: str) -> bool:
        """Whether an answer was known without its scale; it has it now."""
        table = schema.user_satisfaction
        known = and_(
            table.c.tenant == self.tenant,
            table.c.event_id == plain,
            table.c.scale.is_(None),
            table.c.satisfaction_level == record.satisfaction_level,
        )
        values = {"scale": record.scale, "event_id": record.event_id}
        return bool(self.connection.execute(update(table).where(known).values(**values)).rowcount)

    def _was_no(self, record: UserSatisfaction, nth: int) -> bool:
        """Whether it is stored by a version that wrote "no" for what nobody was asked; it says that now."""
        asked = (record.met_expectations, record.would_recommend)
        if nth or None not in asked:
            return False
        table, meta = schema.user_satisfaction, schema.meta
        until = self.connection.scalar(select(meta.c.value).where(meta.c.name == schema.NO_WAS_DEFAULT))
        if until is None:
            return False
        said = record._replace(met_expectations=bool(asked[0]), would_recommend=bool(asked[1]), scale=None)
        known = and_(table.c.tenant == self.tenant, table.c.event_id == event_id(said), table.c.id <= int(until))
        values = {
            "met_expectations": asked[0],
            "would_recommend": asked[1],
            "event_id": record.event_id,
            "scale": record.scale,
        }
        return bool(self.connection.execute(update(table).where(known).values(**values)).rowcount)
