"""Brings the issue store up to date with a Jira site: everything, what changed, or a newly mapped field."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.issues import parse, schema
from data.issues.parse import Rows, Unreadable, Wanted
from data.issues.store import IssueStore, ScopeRow, Writer
from data.jira import reading
from data.jira.answers import Account, Issue, JiraField, Page, ServerInfo
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.errors import Forbidden, JiraError, NotFound, Shrunk
from data.jira.protocol import whole
from data.jira.sender import never

DEFAULT_JQL = "updated >= -365d"
OVERLAP = timedelta(minutes=15)  # changes may reach Jira's index late
FULL_EVERY = timedelta(days=7)
MOST_WARNINGS = 50
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
    mode: str  # full | incremental | fill
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
    error: dict | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


@dataclass
class _Tally:
    mode: str = "full"
    expected: int | None = None
    fetched: int = 0
    changed: int = 0
    removed: int = 0
    duplicates: int = 0
    odd: int = 0
    warnings: list[str] = field(default_factory=list)
    incomplete: set[int] = field(default_factory=set)

    def warn(self, text: str) -> None:
        """Keeps the first warnings; the rest is only counted."""
        self.odd += 1
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(text)


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
) -> SyncResult:
    """One sync of one query. Readers see its outcome whole at the end, or the old data if it fails.

    Raises nothing that Jira or the store can cause: `SyncResult.error` says it. `accept_fewer` takes a result that
    lacks more than a fifth of the issues held before.
    """
    query = jql.strip() or DEFAULT_JQL
    client = jira or Jira(connection, cancelled=cancelled)
    tally, started = _Tally(), now()
    run = None
    try:
        scope = store.open_scope(connection.url, query)
        with store.lock(scope):
            run = _Sync(client, store, scope, query, frozenset(mapped_fields), tally, report, cancelled)
            revision = run.go(full, accept_fewer, started, now)
            error = None
    except JiraError as problem:
        log.info("sync of %s ended with %s", connection.url, problem.code)
        revision, error = None, problem.to_dict()
    finally:
        if jira is None:
            client.close()
    held = (
        store.scope_for(connection.url, query)
        if error is None or error["code"] not in ("store", "newer_store")
        else None
    )
    result = SyncResult(
        complete=error is None and not tally.incomplete and not tally.odd,
        mode=tally.mode,
        expected=tally.expected,
        fetched=tally.fetched,
        changed=tally.changed,
        removed=tally.removed,
        duplicates=tally.duplicates,
        requests=client.requests,
        incomplete_histories=len(tally.incomplete),
        warnings=tally.warnings,
        started_at=_iso(started),
        finished_at=_iso(now()),
        revision=revision if revision is not None else held.revision if held else 0,
        issues=held.issues if held else 0,
        error=error,
    )
    if held and (error is None or error["code"] != "sync_busy"):
        store.note_result(held.scope, result.to_dict())
    return result


class _Sync:
    """One run; everything it writes is in one transaction."""

    def __init__(
        self,
        jira: Jira,
        store: IssueStore,
        scope: int,
        jql: str,
        mapped: frozenset[str],
        tally: _Tally,
        report: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self.jira, self.store, self.scope, self.jql, self.mapped = jira, store, scope, jql, mapped
        self.tally, self.report, self.cancelled = tally, report, cancelled
        self.seen = parse.Seen()
        self.newest = 0  # newest `updated` that came
        self.fresh: dict[int, int] = {}  # issue id → updated, of what came
        self.keys: dict[int, str] = {}

    def go(self, full: bool, accept_fewer: bool, started: datetime, now: Callable[[], datetime]) -> int:
        self.report(Progress("connecting", 0, None, "Connecting to Jira"))
        info, account = self.jira.server_info(), self.jira.myself()
        before = self.store.scope_row(self.scope)
        assert before is not None  # noqa: S101 - open_scope made it
        fields = self.jira.fields()
        wants = parse.wanted(fields, self.mapped)
        whole_anew = full or _full_is_due(before, started)
        missing = frozenset() if whole_anew else wants.values - before.fetched_fields
        self.tally.mode = "full" if whole_anew else "fill" if missing else "incremental"
        self._name_unknown(fields)
        with self.store.writing(self.scope) as writer:
            held = writer.updated()
            if whole_anew:
                self._read_all(writer, wants)
                self._guard(held, accept_fewer)
            else:
                self._read_changed(writer, wants, before, account, held)
                if missing:
                    self._fill(writer, wants, missing, held)
            self.tally.changed = sum(held.get(number) != updated for number, updated in self.fresh.items())
            writer.incomplete(self.tally.incomplete)
            self._lists(writer, fields)
            self.report(Progress("saving", self.tally.fetched, self.tally.expected, "Saving"))
            return writer.finish(**self._head(info, account, before, wants, whole_anew, started, now))

    # ---- what is read

    def _read_all(self, writer: Writer, wants: Wanted) -> None:
        self.tally.expected = self._count()
        writer.clear(schema.issue, schema.change, schema.field_value, schema.link)
        self._take(writer, wants, "")

    def _read_changed(
        self, writer: Writer, wants: Wanted, before: ScopeRow, account: Account, held: dict[int, int]
    ) -> None:
        since = jql_instant((before.cursor or 0) - int(OVERLAP.total_seconds()) * _SECOND, account.zone)
        self._take(writer, wants, f'updated >= "{since}"', held)

    def _take(self, writer: Writer, wants: Wanted, also: str, held: Collection[int] = ()) -> None:
        """Reads issues with their histories and writes them as they come."""
        ask = sorted(wants.history)
        for found in reading.read(
            self.jira, self.jql, wants.search, histories=ask, also=also, cancelled=self.cancelled
        ):
            if isinstance(found, Page):
                self._write_page(writer, found, wants, held)
                self._say("reading", len(self.fresh))
            else:
                self._write_histories(writer, found, wants)

    def _write_page(self, writer: Writer, page: Page, wants: Wanted, held: Collection[int]) -> None:
        rows = Rows()
        again: list[int] = []
        for key in page.odd:
            self.tally.warn(f"{key}: it has a shape that we cannot read; it is left out.")
        for issue in page.issues:
            try:
                one = parse.issue_rows(issue, wants, self.seen)
            except (Unreadable, TypeError, AttributeError, KeyError, ValueError) as error:
                self.tally.warn(_odd(issue.key, error))
                continue
            number, updated = one.issue[0][0], one.issue[0][12]
            self.tally.fetched += 1
            if number in self.fresh:
                self.tally.duplicates += 1
                if updated <= self.fresh[number]:
                    continue
                again.append(number)
            elif number in held:
                again.append(number)
            self.fresh[number], self.keys[number] = updated, issue.key
            self.newest = max(self.newest, updated)
            self._inline(issue, number, one, wants)
            rows.extend(one)
        writer.drop_issues(again, schema.link)
        writer.drop_issues(again, schema.field_value, field_ids=sorted(wants.values))
        if not self.jira.cloud:
            writer.drop_issues(again, schema.change)
        writer.add(schema.issue, rows.issue)
        writer.add(schema.change, rows.change)
        writer.add(schema.field_value, rows.field_value)
        writer.add(schema.link, rows.link)

    def _inline(self, issue: Issue, number: int, rows: Rows, wants: Wanted) -> None:
        """Histories that came with the issue (Data Center)."""
        if issue.changelog is None:
            return
        if issue.changelog.total is not None and issue.changelog.total > len(issue.changelog.histories):
            self.tally.incomplete.add(number)
        try:
            rows.change = parse.change_rows(number, issue.key, issue.changelog.histories, wants)
        except (Unreadable, TypeError, AttributeError, ValueError) as error:
            self.tally.incomplete.add(number)
            self.tally.warn(_odd(issue.key, error))

    def _write_histories(self, writer: Writer, found: reading.Histories, wants: Wanted) -> None:
        rows: list[tuple] = []
        for number, histories in found.items():
            try:
                rows += parse.change_rows(number, self.keys.get(number, str(number)), histories, wants)
            except (Unreadable, TypeError, AttributeError, ValueError) as error:
                self.tally.incomplete.add(number)
                self.tally.warn(_odd(self.keys.get(number, str(number)), error))
        if self.tally.mode != "full":
            writer.drop_issues(found, schema.change)
        writer.add(schema.change, rows)

    def _fill(self, writer: Writer, wants: Wanted, missing: frozenset[str], held: Collection[int]) -> None:
        """Newly mapped fields of issues that are held already; nothing else of them is touched."""
        known = {*held, *self.fresh}
        history = sorted(wants.history & missing)
        done = 0
        for found in reading.read(
            self.jira, self.jql, sorted(missing), histories=history or None, cancelled=self.cancelled
        ):
            if isinstance(found, Page):
                ours = [(n, issue) for issue in found.issues if (n := whole(issue.id)) in known]
                rows = [row for n, issue in ours for row in parse.value_rows(n, issue.fields, missing)]
                writer.drop_issues([n for n, _ in ours], schema.field_value, field_ids=sorted(missing))
                writer.add(schema.field_value, rows)
                done += len(ours)
                self.report(Progress("filling", done, len(known), f"Filling in new fields: {done} of {len(known)}"))
                found = {n: issue.changelog.histories for n, issue in ours if issue.changelog}
            self._add_changes(writer, {n: each for n, each in found.items() if n in known}, wants)

    def _add_changes(self, writer: Writer, found: reading.Histories, wants: Wanted) -> None:
        rows: list[tuple] = []
        for number, histories in found.items():
            try:
                rows += parse.change_rows(number, str(number), histories, wants)
            except (Unreadable, TypeError, AttributeError, ValueError) as error:
                self.tally.warn(_odd(self.keys.get(number, str(number)), error))
        writer.add(schema.change, rows)

    def _lists(self, writer: Writer, fields: list[JiraField]) -> None:
        """Fields, statuses, types, projects and versions, as the site has them now."""
        writer.clear(schema.field, schema.status, schema.issue_type)
        writer.add(schema.field, [(each.id, each.name, each.custom, json.dumps(each.schema)) for each in fields])
        statuses = self.seen.statuses | {each.id: each for each in self.jira.statuses()}
        writer.add(schema.status, [(each.id, each.name, each.category) for each in statuses.values()])
        types = self.seen.types | {each.id: each for each in self.jira.issue_types()}
        writer.add(schema.issue_type, [(each.id, each.name, each.subtask, each.hierarchy) for each in types.values()])
        writer.add(schema.project, [(each.key, each.id, each.name) for each in self.seen.projects.values()])
        self._versions(writer)

    def _versions(self, writer: Writer) -> None:
        projects = writer.projects()
        rows: list[tuple] = []
        with reading.Crew(self.cancelled) as crew:
            for key in projects:
                crew.start(key, self._versions_of, key)
            for done, (key, found) in enumerate(crew.results(), 1):
                self.report(Progress("versions", done, len(projects), f"Reading versions: {done} of {len(projects)}"))
                if found is None:
                    self.tally.warnings.append(f"The versions of project {key} could not be read.")
                    continue
                rows += [
                    (each.id, key, each.name, each.released, each.archived, each.release_date, each.start_date)
                    for each in found
                ]
        writer.clear(schema.version)
        writer.add(schema.version, rows)

    def _versions_of(self, key: str):
        try:
            return self.jira.versions(key)
        except (NotFound, Forbidden):
            return None

    # ---- how it ends

    def _guard(self, held: dict[int, int], accept_fewer: bool) -> None:
        """Keeps the old data where a large part of it would go (lost permissions look like that)."""
        gone = len(held.keys() - self.fresh.keys())
        self.tally.removed = gone
        drop = len(held) - len(self.fresh)
        if drop > SHRINK_SHARE * len(held) and drop > SHRINK_LEAST and not accept_fewer:
            self.tally.removed = 0
            raise Shrunk(
                f"Jira returned {len(self.fresh)} issues where there were {len(held)}, so the old data was kept."
            )

    def _head(
        self,
        info: ServerInfo,
        account: Account,
        before: ScopeRow,
        wants: Wanted,
        whole_anew: bool,
        started: datetime,
        now: Callable[[], datetime],
    ) -> dict[str, Any]:
        # What changed while we read may have been missed: the next sync starts where this one did.
        clock = info.at or _micros(started)
        cursor = min(self.newest or clock, clock)
        if before.cursor is not None and not whole_anew:
            cursor = max(before.cursor, min(self.newest, clock))
        fetched = wants.values if whole_anew else wants.values | before.fetched_fields
        values = {
            "flavour": info.flavour,
            "site_title": info.title,
            "zone": account.zone,
            "synced_at": _micros(now()),
            "cursor": cursor,
            "fetched_fields": json.dumps(sorted(fetched)),
        }
        if whole_anew:
            values["full_at"] = _micros(started)
        return values

    def _count(self) -> int | None:
        try:
            return self.jira.approximate_count(self.jql)
        except NotFound:
            return None

    def _say(self, phase: str, done: int) -> None:
        total = self.tally.expected
        of = f" of about {total:,}" if total else ""
        self.report(Progress(phase, done, total, f"Reading issues: {done:,}{of}"))

    def _name_unknown(self, fields: list[JiraField]) -> None:
        known = {each.id for each in fields}
        for each in sorted(self.mapped - known):
            if known:
                self.tally.warnings.append(f"The mapped field {each} does not exist on this site.")


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
    for _ in range(8):
        local = moment.astimezone(where)
        naive = local.replace(tzinfo=None, second=0, microsecond=0)
        # Where clocks go back a time is there twice, and Jira may take the later one.
        if max(naive.replace(tzinfo=where, fold=fold).timestamp() for fold in (0, 1)) <= moment.timestamp():
            break
        moment -= timedelta(minutes=30)
    return f"{naive:%Y-%m-%d %H:%M}"


def _full_is_due(before: ScopeRow, at: datetime) -> bool:
    if before.cursor is None or before.full_at is None:
        return True
    return _micros(at) - before.full_at > int(FULL_EVERY.total_seconds()) * _SECOND


def _odd(key: str, error: Exception) -> str:
    if isinstance(error, Unreadable):
        return f"{error}."
    return f"{key}: it has a shape that we cannot read ({type(error).__name__}); it is left out."


def _micros(moment: datetime) -> int:
    return round(moment.timestamp() * _SECOND)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
