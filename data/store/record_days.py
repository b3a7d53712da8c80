"""Daily counts of records that retention has removed: what the numbers of jobs read stays, the records themselves go.

For each day, kind of record, what it is about and persona a row says how often each combination of values occurred:
status and duration of jobs, target and value of outcomes, severities, durations, answers. Features, notes, feedback,
times of day and whatever else was sent with a record are not kept. Of each removed record its event id stays, so that
the same file imported again adds nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, delete, func, insert, select, update

from data.store import record_schema as schema
from data.store.record_engine import plain_rows
from data.values.periods import first_instant, local_date, zone_named
from data.values.records import KINDS, Record, Records
from data.values.retention import RetentionRun

SUMMED = "summed"  # the source of records that are made of daily counts
EXAMPLE = "example"  # records of this source are made anew each day: retention leaves them alone
# Kind of record → what its daily counts keep of a record; the first field says what it is about.
VALUES: dict[str, tuple[str, ...]] = {
    "job": ("status", "duration_seconds"),
    "outcome": ("expected_value", "actual_value", "status"),
    "painpoint": ("severity_before", "severity_after"),
    "time": ("end_time", "duration_seconds"),
    "satisfaction": ("satisfaction_level", "met_expectations", "would_recommend", "effort_score", "scale"),
}
_OPEN = ("started", "in_progress")
_LONGEST_DAY = 26 * 3_600_000_000  # µs

Values = tuple[Any, ...]
Day = tuple[str, str, str]  # local date, about, persona


@dataclass(frozen=True)
class Counted:
    """Daily counts of one kind, day, about and persona: values → how many records had them."""

    kind: str
    day: date
    about: str
    persona: str
    counts: Mapping[Values, int]

    def records(self, instant: int) -> Iterator[Record]:
        """As many records as were counted, all at one instant (µs) of the day, with nothing but what was kept."""
        made, about, when = KINDS[self.kind]
        base: dict[str, Any] = dict.fromkeys(made._fields, "")
        base |= {"context": None, "steps": None, "feedback_text": None, "completed_at": None, "achievement_rate": None}
        base |= {"resolution_effectiveness": None, "source": SUMMED, about: self.about, "persona": self.persona}
        base[when] = instant
        for values, n in self.counts.items():
            kept = base | dict(zip(VALUES[self.kind], values, strict=True))
            if self.kind == "time" and kept["end_time"] is not None:
                kept["end_time"] = instant
            record = made(**{name: kept[name] for name in made._fields})
            yield from (record for _ in range(n))


def old(table: Table, kind: str, tenant: str, before: int) -> Any:
    """Which records of a kind are too old; examples never are."""
    when = table.c[KINDS[kind][2]]
    return (table.c.tenant == tenant) & (when < before) & (table.c.source != EXAMPLE)


def too_old(connection: Connection, tenant: str, run: RetentionRun) -> RetentionRun:
    """The run with what it would remove."""
    removed = {
        kind: int(connection.scalar(select(func.count()).where(old(table, kind, tenant, run.before))) or 0)
        for kind, table in schema.RECORD_TABLES.items()
    }
    return replace(run, removed=removed)


def remove(connection: Connection, tenant: str, site: str, zone: str, run: RetentionRun) -> RetentionRun:
    """Remove what happened before `run.before`, keep its counts by day of a zone, write the run down."""
    sum_up(connection, tenant, site, zone, run.before)
    removed = {
        kind: connection.execute(delete(table).where(old(table, kind, tenant, run.before))).rowcount
        for kind, table in schema.RECORD_TABLES.items()
    }
    row = {"tenant": tenant, "site": site, "ran_at": run.ran_at, "days": run.days, "before": run.before}
    connection.execute(insert(schema.retention_run).values(**row, removed=json.dumps(removed), counted=True))
    return replace(run, removed=removed, counted=True)


def runs(connection: Connection, tenant: str, site: str) -> list[RetentionRun]:
    """The runs of the retention job for a site, the newest first."""
    table = schema.retention_run
    query = select(table).where(table.c.tenant == tenant, table.c.site == site)
    return [
        RetentionRun(row.ran_at, row.days, row.before, json.loads(row.removed), bool(row.counted))
        for row in connection.execute(query.order_by(table.c.ran_at.desc(), table.c.id.desc()))
    ]


def sum_up(connection: Connection, tenant: str, site: str, zone: str, before: int) -> None:
    """Add the records of before an instant (µs) to the counts of their days, and note their event ids."""
    for kind, table in schema.RECORD_TABLES.items():
        _, about, when = KINDS[kind]
        names = (when, about, "persona", "event_id", *VALUES[kind])
        rows = plain_rows(
            connection, select(*(table.c[each] for each in names)).where(old(table, kind, tenant, before))
        )
        if not rows:
            continue
        days: dict[Day, Counter[Values]] = {}
        local: dict[int, str] = {}
        named = zone_named(zone)
        for at, what, persona, _, *values in rows:
            hour = at // 900_000_000  # a quarter of an hour lies in one date, in every zone of today
            if hour not in local:
                local[hour] = local_date(datetime.fromtimestamp(at / 1e6, UTC), named).isoformat()
            if kind == "time":
                values[0] = None if values[0] is None else 1  # that it ended; when is not kept
            days.setdefault((local[hour], what, persona or ""), Counter())[tuple(values)] += 1
        _add(connection, {"tenant": tenant, "site": site, "zone": zone, "kind": kind}, days)
        ids = [{"tenant": tenant, "site": site, "event_id": row[3]} for row in rows]
        connection.execute(insert(schema.removed_record), ids)


def _add(connection: Connection, head: Mapping[str, str], days: Mapping[Day, Counter[Values]]) -> None:
    """Add counts to those that are there."""
    table = schema.record_day
    same = [table.c[name] == value for name, value in head.items()]
    for (day, about, persona), counts in days.items():
        mine = (*same, table.c.day == day, table.c.about == about, table.c.persona == persona)
        found = connection.execute(select(table.c.id, table.c.counts).where(*mine)).first()
        if found is None:
            values = {**head, "day": day, "about": about, "persona": persona, "counts": _text(counts)}
            connection.execute(insert(table).values(**values))
        else:
            whole = Counter(_counts(found.counts)) + counts
            connection.execute(update(table).where(table.c.id == found.id).values(counts=_text(whole)))


def _text(counts: Mapping[Values, int]) -> str:
    return json.dumps([[*values, n] for values, n in sorted(counts.items(), key=repr)], ensure_ascii=False)


def _counts(text: str) -> dict[Values, int]:
    return {tuple(values): n for *values, n in json.loads(text)}


def counted(
    connection: Connection, tenant: str, site: str, first: date | None = None, last: date | None = None
) -> list[Counted]:
    """The daily counts of the days `first` to `last`, both included; None: all before or after."""
    table = schema.record_day
    query: Select[Any] = select(table.c.kind, table.c.day, table.c.about, table.c.persona, table.c.counts).where(
        table.c.tenant == tenant, table.c.site == site
    )
    if first is not None:
        query = query.where(table.c.day >= first.isoformat())
    if last is not None:
        query = query.where(table.c.day <= last.isoformat())
    rows = connection.execute(query.order_by(table.c.day, table.c.id))
    return [Counted(row.kind, date.fromisoformat(row.day), row.about, row.persona, _counts(row.counts)) for row in rows]


def first_days(connection: Connection, tenant: str, site: str) -> dict[str, date]:
    """Kind of record → the first day that has counts."""
    table = schema.record_day
    query = select(table.c.kind, func.min(table.c.day)).where(table.c.tenant == tenant, table.c.site == site)
    return {kind: date.fromisoformat(day) for kind, day in connection.execute(query.group_by(table.c.kind))}


def as_records(found: Sequence[Counted], zone: str) -> Records:
    """Daily counts as records, each day at its first instant in a zone."""
    named, starts = zone_named(zone), {}
    kinds: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for each in found:
        if each.day not in starts:
            starts[each.day] = round(first_instant(each.day, named).timestamp() * 1e6)
        kinds[each.kind] += each.records(starts[each.day])
    return Records(*kinds.values())


# ---- records that come again, or go on


def was_removed(connection: Connection, tenant: str, event_ids: Sequence[str]) -> bool:
    """Whether retention has removed a record with one of these event ids."""
    table = schema.removed_record
    query = select(table.c.id).where(table.c.tenant == tenant, table.c.event_id.in_(event_ids)).limit(1)
    return connection.scalar(query) is not None


def take_open(connection: Connection, tenant: str, job: str, persona: str, started_at: int) -> bool:
    """Take one open try of a job that began on the day of an instant (µs) out of the counts, because it has gone on."""
    table = schema.record_day
    mine = (table.c.tenant == tenant, table.c.kind == "job", table.c.about == job, table.c.persona == persona)
    for row in connection.execute(select(table).where(*mine)):
        begin = round(first_instant(date.fromisoformat(row.day), zone_named(row.zone)).timestamp() * 1e6)
        if not begin <= started_at < begin + _LONGEST_DAY:
            continue
        counts = Counter(_counts(row.counts))
        found = next((values for values in counts if values[0] in _OPEN), None)
        if found is not None:
            counts[found] -= 1
            here = table.c.id == row.id
            left = +counts
            connection.execute(
                update(table).where(here).values(counts=_text(left)) if left else delete(table).where(here)
            )
            return True
    return False
