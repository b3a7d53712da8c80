"""Brings the issue store up to date with a Jira site: everything, what changed, or a newly mapped field."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.issues import lists, parse
from data.issues.intake import Intake, Tally
from data.issues.staging import ROWS, staged
from data.issues.store import IssueStore, ScopeRow, StoreError, Writer
from data.jira import protocol, reading
from data.jira.answers import JiraField, Page
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.errors import Cancelled, JiraError, NotFound, Shrunk, SyncBusy
from data.jira.reading import Census, Comments, Found
from data.jira.sender import never

DEFAULT_JQL = "updated >= -365d"
OVERLAP = timedelta(minutes=15)  # changes may reach Jira's index late
FULL_EVERY = timedelta(days=7)
SHRINK_SHARE, SHRINK_LEAST = 0.2, 20
_SECOND = 1_000_000
_MOST_AGAIN = 500  # issues with incomplete histories that a sync reads again
_FEW_CENSUS = 5  # requests for all ids that are made each time
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
    restarts: int = 0  # queries begun anew because their pages led nowhere
    resumed: int = 0  # issues that an earlier try had read, and that were not read again
    incomplete_comments: int = 0  # issues whose comments did not all come
    cursor: str | None = None  # the next sync asks for what was updated since then, less an overlap

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
    result = _result(tally, error, held, client, started, now())
    if held and not isinstance(error, SyncBusy):
        try:
            store.note_result(held.scope, result.to_dict())
        except JiraError as problem:
            log.warning("the result of the sync was not kept: %s", problem)
    return result


def _result(
    tally: Tally, error: JiraError | None, held: ScopeRow | None, jira: Jira, started: datetime, ended: datetime
) -> SyncResult:
    return SyncResult(
        complete=error is None and not (tally.incomplete or tally.incomplete_comments or tally.odd),
        mode=tally.mode,
        expected=tally.expected,
        fetched=tally.fetched,
        changed=tally.changed,
        removed=0 if error else tally.removed,
        duplicates=tally.duplicates,
        requests=jira.requests,
        incomplete_histories=len(tally.incomplete),
        warnings=tally.warnings,
        started_at=_iso(started),
        finished_at=_iso(ended),
        revision=held.revision if held else 0,
        issues=held.issues if held else 0,
        error=error.to_dict() if error else None,
        restarts=jira.restarts,
        resumed=tally.resumed,
        incomplete_comments=len(tally.incomplete_comments),
        cursor=_iso(datetime.fromtimestamp(held.cursor / _SECOND, UTC)) if held and held.cursor else None,
    )


class _Sync:
    """One run: it reads into a file beside the store, and writes all in one transaction at its end."""

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
        self.everything, self.zone, self.held = False, "UTC", {}

    def go(self, full: bool, accept_fewer: bool, started: datetime, now: Callable[[], datetime]) -> None:
        """Reads, then writes all in one short transaction; or raises JiraError and leaves all as it was."""
        self.report(Progress("connecting", 0, None, "Connecting to Jira"))
        info, account = reading.patiently(lambda: (self.jira.server_info(), self.jira.myself()), self.cancelled)
        before = self.store.scope_row(self.scope)
        if before is None:
            raise StoreError
        site = lists.read_lists(self.jira, self.cancelled)
        wants = parse.wanted(site.fields, self.mapped)
        self.everything = full or _full_is_due(before, started)
        missing = frozenset() if self.everything else wants.held - before.fetched_fields
        self.tally.mode = "full" if self.everything else "fill" if missing else "incremental"
        self._name_unknown(site.fields)
        at = info.at or _micros(started)
        with staged(self.store, self.scope, self._question(before, wants), at, _micros(started)) as staging:
            with self.store.reading() as connection:
                reader = Writer(connection, self.scope)
                self.held, projects, unfinished = reader.updated(), reader.projects(), reader.unfinished(_MOST_AGAIN)
            intake = Intake(staging, wants, self.tally)
            self.zone = account.zone
            if self.everything:
                self._read_all(intake, accept_fewer)
                projects, gone = (), self.held.keys() - intake.fresh.keys()
            else:
                gone = self._read_changes(intake, before, unfinished, missing, accept_fewer)
            self.tally.removed = len(gone)
            self.tally.changed = sum(self.held.get(number) != each for number, each in intake.fresh.items())
            lists.read_of_projects(
                site, self.jira, {*projects, *intake.seen.projects}, self.tally, self._say, self.cancelled,
                sprints=bool(wants.sprints),
            )  # fmt: skip
            intake.finish()
            # What changed while we read may have been missed: the next sync starts where this one did.
            newest = min(intake.newest or before.cursor or 0, at)
            head = {
                "flavour": info.flavour,
                "site_title": info.title,
                "base_url": info.base_url or None,
                "zone": account.zone,
                "synced_at": _micros(now()),
                "cursor": newest if self.everything else max(before.cursor or 0, newest),
                "full_at": _micros(started) if self.everything else before.full_at,
                # Not what was mapped once: it is no longer kept up to date, and is read again when it is mapped again.
                "fetched_fields": json.dumps(sorted(wants.held)),
            }
            self._publish(intake, site, gone, missing, head)

    def _question(self, before: ScopeRow, wants: parse.Wanted) -> dict[str, Any]:
        """What the sync reads: an earlier try for the same may go on."""
        return {
            "site": self.jira.connection.url,
            "jql": self.jql,
            "mode": self.tally.mode,
            "fields": sorted(wants.search),
            "histories": sorted(wants.history),
            "after": None if self.everything else before.revision,
        }

    def _publish(
        self, intake: Intake, site: lists.Lists, gone: Collection[int], missing: Collection[str], head: dict[str, Any]
    ) -> None:
        self.report(Progress("saving", self.tally.fetched, self.tally.expected, "Saving"))
        if self.cancelled():
            raise Cancelled
        staging, wants = intake.staging, intake.wants
        with self.store.writing(self.scope, beside=staging.path) as writer:
            writer.bury(gone, head["synced_at"])
            if not self.everything:
                writer.drop_issues(gone, *ROWS)
            staging.publish(writer, everything=self.everything, held=wants.values, filled=missing)
            writer.unbury()
            lists.write(site, writer, intake.seen, sprints=bool(wants.sprints))
            writer.finish(**head)

    def _say(self, phase: str, done: int, total: int, message: str) -> None:
        self.report(Progress(phase, done, total, message))

    # ---- issues

    def _read_all(self, intake: Intake, accept_fewer: bool) -> None:
        earlier, asked = set(intake.fresh), set()
        self._read(intake, asked)
        lacking = (self.tally.expected or 0) - len(intake.fresh) - self.tally.odd
        if lacking > 0 and not asked:
            # Data Center: an issue that was deleted while we read moved others into pages that were read already.
            asked = self._census()
        intake.drop(earlier - asked)
        self._catch_up(intake)
        self._read_these(intake, asked - intake.fresh.keys())
        intake.drop(asked - intake.fresh.keys())
        self._guard(self.held.keys(), intake.fresh.keys(), accept_fewer)

    def _read(self, intake: Intake, asked: set[int], *, also: str = "", few: bool = False) -> None:
        """What the query finds, but for what an earlier try brought."""
        for found in reading.read(
            self.jira,
            self.jql,
            intake.wants.search,
            histories=sorted(intake.wants.history),
            also=also,
            few=few,
            having=set(intake.fresh),
            storied=set(intake.storied),
            cancelled=self.cancelled,
        ):
            self._take(intake, found, asked)

    def _read_since(self, intake: Intake, since: int) -> None:
        """What was updated since then, also what we have already."""
        for found in reading.read(
            self.jira,
            self.jql,
            intake.wants.search,
            histories=sorted(intake.wants.history),
            also=self._updated_since(since),
            few=True,
            cancelled=self.cancelled,
        ):
            self._take(intake, found, set())

    def _updated_since(self, since: int) -> str:
        return f'updated >= "{jql_instant(since - int(OVERLAP.total_seconds()) * _SECOND, self.zone)}"'

    def _catch_up(self, intake: Intake) -> None:
        """After an earlier try: reads again what changed since that one began."""
        if intake.reached:
            self._read_since(intake, min(intake.reached, intake.staging.started))

    def _read_these(self, intake: Intake, numbers: Collection[int]) -> None:
        if numbers:
            wants = intake.wants
            for found in reading.read_these(
                self.jira, numbers, wants.search, histories=sorted(wants.history), cancelled=self.cancelled
            ):
                self._take(intake, found, set())

    def _read_changes(
        self,
        intake: Intake,
        before: ScopeRow,
        unfinished: Collection[int],
        missing: frozenset[str],
        accept_fewer: bool,
    ) -> set[int]:
        """What changed, and newly mapped fields. The issues that the query finds no more."""
        if intake.reached:
            self._read(intake, set(), also=self._updated_since(before.cursor or 0))
            self._catch_up(intake)
        else:
            self._read_since(intake, before.cursor or 0)
        self.tally.expected = None
        self._read_these(intake, set(unfinished) - intake.fresh.keys())
        known = self.held.keys() | intake.fresh.keys()
        seen = self._fill(intake, missing, known) if missing else self._recount(known)
        if seen is None:
            return set()
        self._guard(known, known & seen, accept_fewer)
        intake.drop(intake.fresh.keys() - seen)
        self._read_these(intake, seen - known)
        return set(self.held.keys() - seen)

    def _take(self, intake: Intake, found: Found, asked: set[int]) -> None:
        if isinstance(found, Census):
            self.tally.expected = len(found.ids)
            asked.update(found.ids)
            return
        with intake.staging.step():
            if isinstance(found, Comments):
                intake.take_comments(found)
                return
            if not isinstance(found, Page):
                intake.take_histories(found)
                return
            if found.total is not None and self.everything:
                self.tally.expected = max(self.tally.expected or 0, found.total)
            intake.take_page(found)
        done, total = len(intake.fresh), self.tally.expected
        of = f" of {total:,}" if total is not None else ""
        self.report(Progress("reading", done, total, f"Reading issues: {done:,}{of}"))

    def _fill(self, intake: Intake, missing: frozenset[str], known: Collection[int]) -> set[int]:
        """Reads newly mapped fields of issues that are held; nothing else of them is touched. The ids that came."""
        history = sorted(intake.wants.history & missing) or None
        seen: set[int] = set()
        for found in reading.read(
            self.jira,
            self.jql,
            sorted(missing),
            histories=history,
            having=set(intake.filled),
            storied=set(intake.fill_storied),
            cancelled=self.cancelled,
        ):
            if isinstance(found, Census):
                seen.update(found.ids)
                continue
            with intake.staging.step():
                if not isinstance(found, Page):
                    intake.fill_histories(found, known)
                    continue
                seen.update(number for issue in found.issues if (number := reading.number_of(issue)) is not None)
                intake.fill_page(found, missing, known)
            done = len(intake.filled)
            self.report(Progress("filling", done, len(known), f"Filling in new fields: {done:,} of {len(known):,}"))
        return seen

    def _recount(self, known: Collection[int]) -> set[int] | None:
        """All ids of the query, or None where many issues are held and their count says that none came or went."""
        if len(known) <= _FEW_CENSUS * (protocol.ID_PAGE if self.jira.cloud else protocol.DC_ID_PAGE):
            return self._census()
        try:
            count = reading.patiently(lambda: self.jira.approximate_count(self.jql), self.cancelled)
        except NotFound:
            return None  # an old proxy; the next full sync finds it
        return None if count == len(known) else self._census()

    def _census(self) -> set[int]:
        return reading.patiently(lambda: reading.census(self.jira, self.jql), self.cancelled)

    def _guard(self, held: Collection[int], now: Collection[int], accept_fewer: bool) -> None:
        """Keeps the old data where a large part of it would go (lost permissions look like that)."""
        drop = len(held) - len(now)
        if drop > SHRINK_SHARE * len(held) and drop > SHRINK_LEAST and not accept_fewer:
            raise Shrunk(f"Jira returned {len(now):,} issues where there were {len(held):,}, so the old data was kept.")

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
