"""Brings the issue store up to date with a Jira site: everything, what changed, or a newly mapped field."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.issues import parse, schema
from data.issues.intake import Intake, Tally
from data.issues.store import IssueStore, ScopeRow, StoreError, Writer
from data.jira import reading
from data.jira.answers import JiraField, Page, Version
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.errors import Forbidden, JiraError, NotFound, Shrunk, SyncBusy
from data.jira.reading import Census, Found
from data.jira.sender import never

DEFAULT_JQL = "updated >= -365d"
OVERLAP = timedelta(minutes=15)  # changes may reach Jira's index late
FULL_EVERY = timedelta(days=7)
SHRINK_SHARE, SHRINK_LEAST = 0.2, 20
_SECOND = 1_000_000
log = logging.getLogger(__name__)


@dataclass
class Progress:
    """How far a sync is; `total` is None while unknown."""

    phase: str  # connecting | reading | filling | versions | saving
    done: int
    total: int | None
    message: str


@dataclass(frozen=True)
class SyncResult:
    """How a sync ended. With `error` the store is as it was before; times are ISO 8601 in UTC."""

    complete: bool
    mode: str  # full | incremental | fill (what changed, and newly mapped fields)
    expected: int | None
    fetched: int
    changed: int
    removed: int
    duplicates: int
    requests: int
    incomplete_histories: int
    warnings: list[str]
    started_at: str
    finished_at: str
    revision: int
    issues: int  # held now
    error: dict | None = None  # code, message, hint

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def sync(
    connection: Connection,
    store: IssueStore,
    *,
    jql: str = DEFAULT_JQL,
    mapped_fields: Collection[str] = (),
    full: bool = False,
    accept_fewer: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = never,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    jira: Jira | None = None,
    known_as: str = "",
) -> SyncResult:
    """One sync of one query. Readers see its outcome whole at the end, or the old data if it fails.

    Raises nothing that Jira or the store can cause: `SyncResult.error` says it. `accept_fewer` takes a result that
    lacks more than a fifth of the issues held before. `known_as`: the address under which the store knows the site, if
    it answers at another one (the sample site's port differs each time).
    """
    site_url = known_as or connection.url
    query = jql.strip() or DEFAULT_JQL
    client = jira or Jira(connection, cancelled=cancelled)
    tally, started = Tally(), now()
    error: JiraError | None = None
    try:
        scope = store.open_scope(site_url, query)
        with store.lock(scope):
            run = _Sync(client, store, scope, query, frozenset(mapped_fields), tally, report, cancelled)
            run.go(full, accept_fewer, started, now)
    except JiraError as problem:
        log.info("sync of %s ended with %s", connection.url, problem.code)
        error = problem
    finally:
        if jira is None:
            client.close()
    held = None
    if not isinstance(error, StoreError):
        try:
            held = store.scope_for(site_url, query)
        except StoreError as problem:
            error = problem
    result = _result(tally, error, held, client.requests, started, now())
    if held and not isinstance(error, SyncBusy):
        try:
            store.note_result(held.scope, result.to_dict())
        except JiraError as problem:
            log.warning("the result of the sync was not kept: %s", problem)
    return result


def _result(
    tally: Tally, error: JiraError | None, held: ScopeRow | None, requests: int, started: datetime, ended: datetime
) -> SyncResult:
    return SyncResult(
        complete=error is None and not tally.incomplete and not tally.odd,
        mode=tally.mode,
        expected=tally.expected,
        fetched=tally.fetched,
        changed=tally.changed,
        removed=0 if error else tally.removed,
        duplicates=tally.duplicates,
        requests=requests,
        incomplete_histories=len(tally.incomplete),
        warnings=tally.warnings,
        started_at=_iso(started),
        finished_at=_iso(ended),
        revision=held.revision if held else 0,
        issues=held.issues if held else 0,
        error=error.to_dict() if error else None,
    )


class _Sync:
    """One run; everything it writes is in one transaction."""

    def __init__(
        self,
        jira: Jira,
        store: IssueStore,
        scope: int,
        jql: str,
        mapped: frozenset[str],
        tally: Tally,
        report: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self.jira, self.store, self.scope, self.jql, self.mapped = jira, store, scope, jql, mapped
        self.tally, self.report, self.cancelled = tally, report, cancelled

    def go(self, full: bool, accept_fewer: bool, started: datetime, now: Callable[[], datetime]) -> None:
        """Reads, writes and ends well, or raises JiraError and leaves all as it was."""
        self.report(Progress("connecting", 0, None, "Connecting to Jira"))
        info, account = reading.patiently(lambda: (self.jira.server_info(), self.jira.myself()), self.cancelled)
        before = self.store.scope_row(self.scope)
        if before is None:
            raise StoreError
        fields, statuses, types = self._site_lists()
        wants = parse.wanted(fields, self.mapped)
        everything = full or _full_is_due(before, started)
        missing = frozenset() if everything else wants.values - before.fetched_fields
        self.tally.mode = "full" if everything else "fill" if missing else "incremental"
        self._name_unknown(fields)
        with self.store.writing(self.scope) as writer:
            held = writer.updated()
            intake = Intake(writer, wants, self.tally, () if everything else held)
            if everything:
                self._read_all(intake, held, accept_fewer)
            else:
                self._read_changed(intake, before, account.zone)
                known = held.keys() | intake.fresh.keys()
                seen = self._fill(intake, missing, known) if missing else self._recount(known)
                self._reconcile(intake, seen, known, accept_fewer)
            self.tally.changed = sum(held.get(number) != updated for number, updated in intake.fresh.items())
            intake.finish()
            self._write_lists(writer, intake.seen, fields, statuses, types)
            self.report(Progress("saving", self.tally.fetched, self.tally.expected, "Saving"))
            # What changed while we read may have been missed: the next sync starts where this one did.
            newest = min(intake.newest or before.cursor or 0, info.at or _micros(started))
            writer.finish(
                flavour=info.flavour,
                site_title=info.title,
                base_url=info.base_url or None,
                zone=account.zone,
                synced_at=_micros(now()),
                cursor=newest if everything else max(before.cursor or 0, newest),
                full_at=_micros(started) if everything else before.full_at,
                # Not what was mapped once: it is no longer kept up to date, and is read again when it is mapped again.
                fetched_fields=json.dumps(sorted(wants.values)),
            )

    # ---- issues

    def _read_all(self, intake: Intake, held: dict[int, int], accept_fewer: bool) -> None:
        intake.writer.clear(schema.issue, schema.change, schema.field_value, schema.link, schema.project)
        search, history = intake.wants.search, sorted(intake.wants.history)
        asked: set[int] = set()
        for found in reading.read(self.jira, self.jql, search, histories=history, cancelled=self.cancelled):
            self._take(intake, found, asked)
        lacking = (self.tally.expected or 0) - len(intake.fresh) - self.tally.odd
        if lacking > 0 and not asked:
            # Data Center: an issue that was deleted while we read moved others into pages that were read already.
            rest = self._census() - intake.fresh.keys()
            for found in reading.read_these(self.jira, rest, search, histories=history, cancelled=self.cancelled):
                self._take(intake, found, set())
        intake.drop(asked - intake.fresh.keys())
        self._guard(held.keys(), intake.fresh.keys(), accept_fewer)
        self.tally.removed = len(held.keys() - intake.fresh.keys())

    def _read_changed(self, intake: Intake, before: ScopeRow, zone: str) -> None:
        since = jql_instant((before.cursor or 0) - int(OVERLAP.total_seconds()) * _SECOND, zone)
        for found in reading.read(
            self.jira,
            self.jql,
            intake.wants.search,
            histories=sorted(intake.wants.history),
            also=f'updated >= "{since}"',
            few=True,
            cancelled=self.cancelled,
        ):
            self._take(intake, found, set())

    def _take(self, intake: Intake, found: Found, asked: set[int]) -> None:
        if isinstance(found, Census):
            self.tally.expected = len(found.ids)
            asked.update(found.ids)
        elif isinstance(found, Page):
            if found.total is not None and self.tally.mode == "full":
                self.tally.expected = max(self.tally.expected or 0, found.total)
            intake.take_page(found)
        else:
            intake.take_histories(found)
            return
        done, total = len(intake.fresh), self.tally.expected
        of = f" of {total:,}" if total is not None else ""
        self.report(Progress("reading", done, total, f"Reading issues: {done:,}{of}"))

    def _fill(self, intake: Intake, missing: frozenset[str], known: Collection[int]) -> set[int]:
        """Reads newly mapped fields of issues that are held; nothing else of them is touched. The ids that came."""
        history = sorted(intake.wants.history & missing) or None
        seen: set[int] = set()
        done = 0
        for found in reading.read(self.jira, self.jql, sorted(missing), histories=history, cancelled=self.cancelled):
            if isinstance(found, Census):
                seen.update(found.ids)
            elif isinstance(found, Page):
                seen.update(number for issue in found.issues if (number := reading.number_of(issue)) is not None)
                done += intake.fill_page(found, missing, known)
                text = f"Filling in new fields: {done:,} of {len(known):,}"
                self.report(Progress("filling", done, len(known), text))
            else:
                intake.fill_histories(found, known)
        return seen

    def _recount(self, known: Collection[int]) -> set[int] | None:
        """All ids of the query where the count says that issues came or went without notice; None if not."""
        try:
            count = reading.patiently(lambda: self.jira.approximate_count(self.jql), self.cancelled)
        except NotFound:
            return None  # an old proxy; the next full sync finds it
        return None if count == len(known) else self._census()

    def _census(self) -> set[int]:
        return reading.patiently(lambda: reading.census(self.jira, self.jql), self.cancelled)

    def _reconcile(self, intake: Intake, seen: set[int] | None, known: Collection[int], accept_fewer: bool) -> None:
        """Removes issues that left the query, and reads those that came into it without being updated."""
        if seen is None:
            return
        known = set(known)
        self._guard(known, known & seen, accept_fewer)
        intake.remove(known - seen)
        history = sorted(intake.wants.history)
        for found in reading.read_these(
            self.jira, seen - known, intake.wants.search, histories=history, cancelled=self.cancelled
        ):
            self._take(intake, found, set())

    def _guard(self, held: Collection[int], now: Collection[int], accept_fewer: bool) -> None:
        """Keeps the old data where a large part of it would go (lost permissions look like that)."""
        drop = len(held) - len(now)
        if drop > SHRINK_SHARE * len(held) and drop > SHRINK_LEAST and not accept_fewer:
            raise Shrunk(f"Jira returned {len(now):,} issues where there were {len(held):,}, so the old data was kept.")

    # ---- lists

    def _site_lists(self) -> tuple[list[JiraField], list, list]:
        asked = {"fields": self.jira.fields, "statuses": self.jira.statuses, "types": self.jira.issue_types}
        with reading.Crew(self.cancelled) as crew:
            for name, ask in asked.items():
                crew.start(name, ask)
            came = {name: done.result() for name, done in crew.results()}
        return came["fields"], came["statuses"], came["types"]

    def _write_lists(
        self, writer: Writer, seen: parse.Seen, fields: list[JiraField], statuses: list, types: list
    ) -> None:
        """Fields, statuses, types, projects and versions, as the site has them now."""
        writer.clear(schema.field)
        writer.add(schema.field, [(each.id, each.name, each.custom, json.dumps(each.schema)) for each in fields])
        # Statuses and types of team-managed projects may be missing in the lists: issues show them.
        found = seen.statuses | {each.id: each for each in statuses}
        writer.add(schema.status, [(each.id, each.name, each.category) for each in found.values()])
        kinds = seen.types | {each.id: each for each in types}
        writer.add(schema.issue_type, [(each.id, each.name, each.subtask, each.hierarchy) for each in kinds.values()])
        writer.add(schema.project, [(each.key, each.id, each.name) for each in seen.projects.values()])
        self._write_versions(writer)

    def _write_versions(self, writer: Writer) -> None:
        projects = writer.projects()
        rows: list[tuple] = []
        kept: list[str] = []
        with reading.Crew(self.cancelled) as crew:
            for key in projects:
                crew.start(key, self._versions_of, key)
            for count, (key, done) in enumerate(crew.results(), 1):
                text = f"Reading versions: {count} of {len(projects)} projects"
                self.report(Progress("versions", count, len(projects), text))
                if (found := done.result()) is None:
                    kept.append(key)
                    self.tally.warn(f"The versions of project {key} could not be read.")
                    continue
                rows += [
                    (each.id, key, each.name, each.released, each.archived, each.release_date, each.start_date)
                    for each in found
                ]
        writer.clear_versions(but_of=kept)
        writer.add(schema.version, rows)

    def _versions_of(self, key: str) -> list[Version] | None:
        try:
            return self.jira.versions(key)
        except (NotFound, Forbidden):
            return None

    def _name_unknown(self, fields: list[JiraField]) -> None:
        known = {each.id for each in fields}
        for each in sorted(self.mapped - known):
            self.tally.warn(f"The mapped field {each} does not exist on this site.")


def jql_instant(instant: int, zone: str) -> str:
    """Microseconds UTC as JQL reads them: minutes in the caller's zone, never later than the instant.

    >>> jql_instant(1_700_000_059_000_000, "Europe/Berlin")
    '2023-11-14 23:14'
    """
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        where, instant = ZoneInfo("UTC"), instant - 14 * 3600 * _SECOND  # no zone is further from UTC
    moment = datetime.fromtimestamp(max(instant, 0) // _SECOND, UTC)
    while True:
        naive = moment.astimezone(where).replace(tzinfo=None, second=0, microsecond=0)
        # Where clocks go back a time is there twice, and Jira may take the later one.
        latest = max(naive.replace(tzinfo=where, fold=fold).timestamp() for fold in (0, 1))
        if latest <= moment.timestamp():
            return f"{naive:%Y-%m-%d %H:%M}"
        moment -= timedelta(minutes=30)


def _full_is_due(before: ScopeRow, at: datetime) -> bool:
    if before.cursor is None or before.full_at is None:
        return True
    return _micros(at) - before.full_at > int(FULL_EVERY.total_seconds()) * _SECOND


def _micros(moment: datetime) -> int:
    return round(moment.timestamp() * _SECOND)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
