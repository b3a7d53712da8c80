"""Brings the issue store up to date with a Jira site: everything, what changed, or a newly mapped field."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from data.jira.answers import JiraField
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.crew import patiently
from data.jira.errors import Cancelled, JiraError, OutOfTime, SyncBusy
from data.jira.sender import PAGE_DEADLINE, RetryPolicy, never
from data.store.issue_store import IssueStore, ScopeRow, StoreError
from data.store.writer import Writer
from data.sync import parse, site_lists
from data.sync.fetch import CENSUS_EVERY, Fetch
from data.sync.stage import Progress as Progress  # doors follow a sync with it
from data.sync.stage import Stage, Tally
from data.sync.staging_file import ROWS, staged
from data.values.json_types import JsonObject
from data.values.periods import known_zone
from data.values.problem import Problem
from data.values.unread import of_result

DEFAULT_JQL = "updated >= -365d"
FULL_EVERY = timedelta(days=7)
TOMBSTONES_KEPT = timedelta(days=180)
DEADLINE = timedelta(hours=6)
_SECOND = 1_000_000
_MOST_AGAIN = 500  # issues that did not come whole, which a sync reads again
log = logging.getLogger(__name__)


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
    error: JsonObject | None = None  # code, message, hint
    restarts: int = 0  # queries begun anew because their pages led nowhere
    resumed: int = 0  # issues that an earlier try had read, and that were not read again
    incomplete_comments: int = 0  # issues whose comments did not all come
    unread: list[dict[str, Any]] = field(default_factory=list)  # lists that Jira did not show, by the last good sync
    left_out: int = 0  # issues that cannot be read
    again: list[int] = field(default_factory=list)  # ids of issues that did not come whole: the next sync asks for them
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
    longest: timedelta = DEADLINE,
    page_seconds: float = PAGE_DEADLINE,
) -> SyncResult:
    """One sync of one query. Readers see its outcome whole at the end, or the old data if it fails.

    Raises nothing that Jira or the store can cause: `SyncResult.error` says it. `accept_fewer` takes a result that
    lacks more than a fifth of the issues held before. `known_as`: the address under which the store knows the site, if
    it answers at another one (the sample site's port differs each time). After `longest` it stops, and the next sync
    goes on there; `page_seconds` is for each answer, with all tries for it.
    """
    site_url = known_as or connection.url
    query = jql.strip() or DEFAULT_JQL
    end = time.monotonic() + longest.total_seconds()

    def stop() -> bool:
        return cancelled() or time.monotonic() > end

    client = jira or Jira(connection, cancelled=stop, patience=RetryPolicy(deadline=page_seconds))
    progress = _Reporter(report)
    client.tell(progress.waiting)
    tally, started = Tally(), now()
    error: JiraError | None = None
    try:
        scope = store.open_scope(site_url, query)
        with store.lock(scope):
            run = _Sync(client, store, scope, query, frozenset(mapped_fields), tally, progress, stop)
            run.go(full, accept_fewer, started, now)
    except JiraError as problem:
        log.info("sync of %s ended with %s", connection.url, problem.code)
        late = isinstance(problem, Cancelled) and not cancelled()
        error = OutOfTime(f"The sync was stopped after {_spoken(longest)}: it may take no longer.") if late else problem
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
        complete=error is None and tally.complete,
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
        left_out=len(tally.left_out),
        again=sorted(tally.again) if error is None else ids_to_read_again(held.last_result if held else None),
        incomplete_comments=len(tally.incomplete_comments),
        unread=[each.to_dict() for each in (tally.unread if error is None else of_result(held and held.last_result))],
        cursor=_iso(datetime.fromtimestamp(held.cursor / _SECOND, UTC)) if held and held.cursor else None,
    )


def ids_to_read_again(result: JsonObject | None) -> list[int]:
    """The issues that did not come whole, by the result of a sync; older results name none.

    >>> ids_to_read_again({"again": [7, "x"]}), ids_to_read_again(None)
    ([7], [])
    """
    found = (result or {}).get("again")
    return [each for each in found if type(each) is int] if isinstance(found, list) else []


class _Reporter:
    """Passes progress on; while requests wait, the last progress with what they wait for."""

    def __init__(self, report: Callable[[Progress], None]) -> None:
        self._report = report
        self._last = Progress("connecting", 0, None, "Connecting to Jira")

    def __call__(self, progress: Progress) -> None:
        self._last = progress
        self._report(progress)

    def waiting(self, text: str) -> None:
        """From any thread."""
        self._report(replace(self._last, message=text))


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
        self.everything = False

    def go(self, full: bool, accept_fewer: bool, started: datetime, now: Callable[[], datetime]) -> None:
        """Reads, then writes all in one short transaction; or raises JiraError and leaves all as it was."""
        self.report(Progress("connecting", 0, None, "Connecting to Jira"))
        info, account = patiently(lambda: (self.jira.server_info(), self.jira.myself()), self.cancelled)
        before = self.store.scope_row(self.scope)
        if before is None:
            raise StoreError
        site = site_lists.read_lists(self.jira, self.tally, self.cancelled)
        wants = parse.wanted_fields(site.fields, self.mapped)
        self.everything = full or before.cursor is None or _is_due(before.full_at, started, FULL_EVERY)
        missing = frozenset() if self.everything else wants.value_fields - before.fetched_fields
        self.tally.mode = "full" if self.everything else "fill" if missing else "incremental"
        self._name_unknown(site.fields)
        self._tell_unknown_zone(account.zone)
        at = info.at or _micros(started)
        with staged(self.store, self.scope, self._question(before, wants), at, _micros(started)) as staging:
            with self.store.reading() as connection:
                reader = Writer(connection, self.scope)
                held, projects, unfinished = reader.updated(), reader.projects(), reader.unfinished(_MOST_AGAIN)
            unfinished += ids_to_read_again(before.last_result)[:_MOST_AGAIN]
            stage = Stage(staging, wants, self.tally)
            question = (self.jira, self.store, self.scope, self.jql)
            fetch = Fetch(*question, self.tally, self.report, self.cancelled, zone=account.zone, held=held)
            if self.everything:
                fetch.all(stage, accept_fewer)
                projects, gone = [], held.keys() - stage.fresh.keys()
            else:
                due = _is_due(before.census_at, started, CENSUS_EVERY)
                gone = fetch.changes(stage, before, unfinished, missing, accept_fewer, count=due)
            self.tally.removed = len(gone)
            self.tally.changed = sum(held.get(number) != each for number, each in stage.fresh.items())
            keys, sprints = {*projects, *stage.seen.projects}, bool(wants.sprints)
            site_lists.read_of_projects(site, self.jira, keys, self.tally, self._say, self.cancelled, sprints=sprints)
            stage.finish()
            if not stage.fresh and not (held.keys() - set(gone)) and not self.tally.odd:
                self._tell_why_empty(fetch)
            # What changed while we read may have been missed: the next sync starts where this one did.
            newest = min(stage.newest or before.cursor or 0, at)
            head = {
                "flavour": info.flavour,
                "site_title": info.title,
                "base_url": info.base_url or None,
                "zone": account.zone,
                "synced_at": _micros(now()),
                "cursor": newest if self.everything else max(before.cursor or 0, newest),
                "full_at": _micros(started) if self.everything else before.full_at,
                # Not what was mapped once: it is no longer kept up to date, and is read again when it is mapped again.
                "fetched_fields": json.dumps(sorted(wants.value_fields - (frozenset() if fetch.filled else missing))),
                "census_at": _micros(started) if fetch.counted else before.census_at,
                # With the data, so that nobody reads it without knowing what is missing; the whole result follows.
                "last_result": json.dumps(
                    {
                        **(before.last_result or {}),
                        "unread": [each.to_dict() for each in self.tally.unread],
                        "again": sorted(self.tally.again),
                    }
                ),
            }
            self._publish(stage, site, gone, missing, head)

    def _tell_unknown_zone(self, zone: str) -> None:
        if known_zone(zone) == "UTC" != zone:
            self.tally.warn(
                f"The time zone of the Jira account, {zone}, is not known here: days begin and end in UTC, unless a "
                "zone is chosen in the definitions."
            )

    def _tell_why_empty(self, fetch: Fetch) -> None:
        """No issue is held: the query is to blame, or the permissions of the account. Jira's count may tell which."""
        try:
            count = fetch.count()
        except Cancelled:
            raise
        except JiraError:
            count = None
        problem = nothing_matches(self.jql, count)
        self.tally.warn(f"{problem.what} {problem.todo}")

    def _question(self, before: ScopeRow, wants: parse.WantedFields) -> dict[str, Any]:
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
        self,
        stage: Stage,
        site: site_lists.Lists,
        gone: Collection[int],
        missing: Collection[str],
        head: dict[str, Any],
    ) -> None:
        self.report(Progress("saving", self.tally.fetched, self.tally.expected, "Saving"))
        if self.cancelled():
            raise Cancelled
        staging, wants = stage.staging, stage.wants
        with self.store.writing(self.scope, beside=staging.path) as writer:
            writer.add_tombstones(gone, head["synced_at"])
            if not self.everything:
                writer.drop_issues(gone, *ROWS)
            staging.publish(writer, everything=self.everything, held=wants.values, filled=missing)
            writer.relink()
            writer.remove_tombstones(head["synced_at"] - _micros_of(TOMBSTONES_KEPT))
            site_lists.write(site, writer, stage.seen, sprints=bool(wants.sprints))
            writer.finish(**head)

    def _say(self, phase: str, done: int, total: int, message: str) -> None:
        self.report(Progress(phase, done, total, message))

    def _name_unknown(self, fields: list[JiraField]) -> None:
        known = {each.id for each in fields}
        for each in sorted(self.mapped - known):
            self.tally.warn(f"The mapped field {each} does not exist on this site.")


def nothing_matches(query: str, count: int | None) -> Problem:
    """What to say of a query that brings no issue. `count`: how many Jira counts for it, if it says so."""
    if count:
        return Problem(
            f"Jira counts {count:,} issue{'' if count == 1 else 's'} for the query "
            f"“{query}”, but shows none to this account.",
            todo="Ask for the permission to browse the projects of these issues.",
        )
    counted = "" if count is None else " (Jira counts 0 issues for it)"
    return Problem(
        f"The query “{query}” matches no issue that this account may see{counted}.",
        todo="Try the query in Jira’s own search, and check that the account may browse the projects.",
    )


def _spoken(duration: timedelta) -> str:
    """
    >>> _spoken(timedelta(hours=6)), _spoken(timedelta(seconds=90)), _spoken(timedelta(seconds=3))
    ('6 hours', '1.5 minutes', '3 seconds')
    """
    seconds = duration.total_seconds()
    for size, unit in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            return f"{seconds / size:g} {unit}{'' if seconds == size else 's'}"
    return f"{seconds:g} seconds"


def _is_due(last: int | None, at: datetime, every: timedelta) -> bool:
    return last is None or _micros(at) - last > _micros_of(every)


def _micros_of(duration: timedelta) -> int:
    return int(duration.total_seconds()) * _SECOND


def _micros(moment: datetime) -> int:
    return round(moment.timestamp() * _SECOND)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
