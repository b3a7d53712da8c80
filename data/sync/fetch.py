"""Reads from Jira what a sync needs: all issues, what changed, newly mapped fields; and notices what is missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Set
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from data.jira import endpoints, reading
from data.jira.answers import Page
from data.jira.census import census
from data.jira.client import Jira
from data.jira.crew import patiently
from data.jira.errors import BadAnswer, Forbidden, NotFound, Shrunk
from data.jira.reading import Census, Comments, CountWarning, Reading
from data.store.issue_store import IssueStore, ScopeRow
from data.store.writer import Writer
from data.sync.stage import Progress, Stage, Tally
from data.values.periods import PeriodError, zone_named

OVERLAP = timedelta(minutes=15)  # changes may reach Jira's index late
SHRINK_SHARE, SHRINK_LEAST = 0.2, 20
CENSUS_EVERY = timedelta(days=1)  # of large sites; small ones are counted through by each sync
_COUNT_OFF = 20  # issues by which an approximate count may be wrong, or a twentieth
_FEW_CENSUS = 5  # requests for all ids that are made each time
_SECOND = 1_000_000
_LAST = 253_000_000_000  # seconds since 1970: in the year 9987, where no zone leads out of the calendar


class Fetch:
    """One sync's reading of one query. `held`: issue id → updated, of what the store holds."""

    def __init__(
        self,
        jira: Jira,
        store: IssueStore,
        scope: int,
        jql: str,
        tally: Tally,
        report: Callable[[Progress], None],
        cancelled: Callable[[], bool],
        *,
        zone: str,
        held: dict[int, int],
    ) -> None:
        self.jira, self.store, self.scope, self.jql, self.tally = jira, store, scope, jql, tally
        self.report, self.cancelled, self.zone, self.held = report, cancelled, zone, held
        self.counted = False  # all ids of the query were read
        self.filled = True  # all issues have the newly mapped fields

    # ---- everything

    def all(self, stage: Stage, accept_fewer: bool) -> None:
        """All issues of the query. Raises Shrunk."""
        earlier = set(stage.fresh)
        asked: set[int] = set()
        self._read(stage, asked)
        if self.jira.cloud:
            self._cross_check(asked)
        lacking = (self.tally.expected or 0) - len(stage.fresh) - self.tally.odd
        if lacking > 0 and not asked:
            # Data Center: an issue that was deleted while we read moved others into pages that were read already.
            asked = set(self._census())
        stage.drop(earlier - asked)
        self._catch_up(stage)
        listed = self._insist(stage, asked)
        if more := listed - asked - stage.fresh.keys():  # the first census lacked them
            self._insist(stage, more)
        self._hear(stage, shown=stage.shows_comments)
        self._guard(self.held.keys(), stage.fresh.keys(), accept_fewer)
        self.counted = True

    def _cross_check(self, asked: set[int]) -> None:
        """Where Jira's count (it is approximate) says more than its list, the list is read once more."""
        try:
            count = self.count()
        except BadAnswer:
            return  # the end token has proved the list already
        if count is None or count <= len(asked) + self.tally.odd:
            return
        asked.update(self._census())
        lacking = count - len(asked) - self.tally.odd
        if lacking > max(_COUNT_OFF, count // 20) or not asked:
            self.tally.doubt(f"Jira counts {count:,} issues for the query and lists {len(asked):,} of them.")

    def count(self) -> int | None:
        """How many issues the query finds; None from an old proxy, or for a token without that scope.

        Raises BadAnswer.
        """
        try:
            return patiently(lambda: self.jira.approximate_count(self.jql), self.cancelled)
        except (NotFound, Forbidden):
            return None

    def _read(self, stage: Stage, asked: set[int], *, also: str = "") -> None:
        """What the query finds, but for what an earlier try brought."""
        for found in reading.read(
            self.jira,
            self.jql,
            stage.wants.search,
            histories=sorted(stage.wants.history),
            also=also,
            having=set(stage.fresh),
            storied=set(stage.storied),
            cancelled=self.cancelled,
        ):
            self._take(stage, found, asked)

    def _take(self, stage: Stage, found: Reading, asked: set[int] | None = None) -> None:
        if isinstance(found, Census):
            self.tally.expected = len(found.ids) + len(found.odd)
            for name in found.odd:
                self.tally.leave_out(name)
            if asked is not None:
                asked.update(found.ids)
            return
        if isinstance(found, CountWarning):
            self.tally.doubt(found.text)
            return
        with stage.staging.step():
            if isinstance(found, Comments):
                stage.take_comments(found)
                return
            if not isinstance(found, Page):
                stage.take_histories(found)
                return
            if found.total is not None and self.tally.mode == "full":
                self.tally.expected = max(self.tally.expected or 0, found.total)
            stage.take_page(found)
        done, total = len(stage.fresh), self.tally.expected
        of = f" of {total:,}" if total is not None else ""
        self.report(Progress("reading", done, total, f"Reading issues: {done:,}{of}"))

    def _read_these(self, stage: Stage, numbers: Collection[int]) -> None:
        if numbers:
            wants = stage.wants
            for found in reading.read_these(
                self.jira, numbers, wants.search, histories=sorted(wants.history), cancelled=self.cancelled
            ):
                self._take(stage, found)

    def _insist(self, stage: Stage, wanted: set[int]) -> set[int]:
        """Reads once more what was asked for and did not come; what is listed then and does not come is told.

        The ids that were listed then; none where all came.
        """
        self._read_these(stage, wanted - stage.fresh.keys())
        lacking = wanted - stage.fresh.keys()
        if not lacking:
            return set()
        odd = self.tally.again & lacking
        stage.drop(lacking)
        listed = self._census()
        self._note_lost(lacking, listed)
        self.tally.again |= odd & listed.keys()
        return set(listed)

    def _note_lost(self, lacking: Collection[int], listed: Mapping[int, str]) -> set[int]:
        """Those that Jira still lists; the others are gone meanwhile."""
        lost = {each for each in lacking if each in listed and listed[each] not in self.tally.left_out}
        for each in sorted(lost):
            self.tally.lost[each] = listed[each]
        self.tally.again |= lost
        return lost

    def _hear(self, stage: Stage, *, shown: bool) -> None:
        """Reads once more the issues that say nothing of their comments, where Jira shows those of others."""
        if not shown or not stage.silent:
            return
        silent = set(stage.silent)
        stage.drop(silent)
        self._insist(stage, silent)
        stage.tell_silent()

    # ---- what changed

    def changes(
        self,
        stage: Stage,
        before: ScopeRow,
        unfinished: Collection[int],
        missing: frozenset[str],
        accept_fewer: bool,
        *,
        count: bool,
    ) -> set[int]:
        """What changed, and newly mapped fields (`missing`). The issues that the query finds no more.

        `unfinished`: issues that did not come whole before. `count`: all ids are read also where there are many.
        """
        if stage.reached:
            self._read(stage, set(), also=self._updated_since(before.cursor or 0))
            self._catch_up(stage)
        else:
            self._read_since(stage, before.cursor or 0)
        self.tally.expected = None
        fresh = stage.fresh
        self._read_these(stage, set(unfinished) - fresh.keys())
        known = self.held.keys() | fresh.keys()
        self.tally.again |= set(unfinished) - fresh.keys()
        listed = self._recount(known, count or bool(missing or self.tally.again))
        if listed is None:
            return set()
        self.counted = True
        self.tally.again &= listed.keys()
        self._guard(known, known & listed.keys(), accept_fewer)
        gone = self.held.keys() - listed.keys()
        stage.drop(stage.touched - listed.keys())
        # New ones, and what changes without a trace: keys of a renamed project, links to what is gone.
        again = ((listed.keys() - known) | self._renamed(listed) | self._linked_to(gone)) & listed.keys()
        again = (again - fresh.keys()) | (self.tally.again - fresh.keys())
        self._read_these(stage, again)
        self._insist(stage, again)
        self._hear(stage, shown=stage.shows_comments or self._shown_before())
        if missing:
            self._fill(stage, missing, (known & listed.keys()) - fresh.keys())
        return gone

    def _read_since(self, stage: Stage, since: int) -> None:
        """What was updated since then, also what we have already."""
        for found in reading.read(
            self.jira,
            self.jql,
            stage.wants.search,
            histories=sorted(stage.wants.history),
            also=self._updated_since(since),
            few=True,
            cancelled=self.cancelled,
        ):
            self._take(stage, found)

    def _updated_since(self, since: int) -> str:
        return f'updated >= "{jql_instant(since - int(OVERLAP.total_seconds()) * _SECOND, self.zone)}"'

    def _catch_up(self, stage: Stage) -> None:
        """After an earlier try: reads again what changed since that one began."""
        if stage.reached:
            self._read_since(stage, min(stage.reached, stage.staging.started))

    def _shown_before(self) -> bool:
        """Whether Jira showed comments (or that there are none) of some issue that is held."""
        with self.store.reading() as connection:
            return Writer(connection, self.scope).shows_comments()

    def _renamed(self, listed: dict[int, str]) -> set[int]:
        """Issues that are held under another key than the site lists them."""
        with self.store.reading() as connection:
            keys = Writer(connection, self.scope).keys()
        return {each for each, key in keys.items() if listed.get(each, key) not in (key, "")}

    def _linked_to(self, gone: Collection[int]) -> set[int]:
        if not gone:
            return set()
        with self.store.reading() as connection:
            return Writer(connection, self.scope).linked_to(gone)

    def _fill(self, stage: Stage, missing: frozenset[str], numbers: Set[int]) -> None:
        """Reads newly mapped fields of issues that are held; nothing else of them is touched."""
        history = sorted(stage.wants.history & missing) or None
        for _ in range(2):  # once more what did not come
            if numbers <= stage.filled:
                return
            for found in reading.read_these(
                self.jira,
                numbers,
                sorted(missing),
                histories=history,
                having=set(stage.filled),
                storied=set(stage.fill_storied),
                cancelled=self.cancelled,
            ):
                with stage.staging.step():
                    if isinstance(found, Page):
                        stage.fill_page(found, missing, numbers)
                    elif isinstance(found, dict):
                        stage.fill_histories(found, numbers)
                done, total = len(stage.filled), len(numbers)
                self.report(Progress("filling", done, total, f"Filling in new fields: {done:,} of {total:,}"))
        if lacking := numbers - stage.filled:
            self.filled = not self._note_lost(lacking, self._census())

    def _recount(self, known: Collection[int], sure: bool) -> dict[int, str] | None:
        """Id → key of all issues, or None where many are held and their count says that none came or went."""
        few = _FEW_CENSUS * (endpoints.ID_PAGE if self.jira.cloud else endpoints.DC_ID_PAGE)
        if sure or len(known) <= few:
            return self._census()
        try:
            count = self.count()
        except BadAnswer:
            return self._census()
        return None if count in (len(known), None) else self._census()

    def _census(self) -> dict[int, str]:
        found = patiently(lambda: census(self.jira, self.jql), self.cancelled)
        for name in found.odd:
            self.tally.leave_out(name)
        if found.doubt:
            self.tally.doubt(found.doubt)
        return found.keys

    def _guard(self, held: Collection[int], now: Collection[int], accept_fewer: bool) -> None:
        """Keeps the old data where a large part of it would go (lost permissions look like that)."""
        drop = len(held) - len(now)
        if drop > SHRINK_SHARE * len(held) and drop > SHRINK_LEAST and not accept_fewer:
            raise Shrunk(f"Jira returned {len(now):,} issues where there were {len(held):,}, so the old data was kept.")


def jql_instant(instant: int, zone: str) -> str:
    """Microseconds UTC as JQL reads them: minutes in the caller's zone, never later than the instant.

    >>> jql_instant(1_700_000_059_000_000, "Europe/Berlin")
    '2023-11-14 23:14'
    """
    try:
        where = zone_named(zone)
    except PeriodError:
        where, instant = ZoneInfo("UTC"), instant - 14 * 3600 * _SECOND  # no zone is further from UTC
    moment = datetime.fromtimestamp(min(max(instant, 0) // _SECOND, _LAST), UTC)
    while True:
        naive = moment.astimezone(where).replace(tzinfo=None, second=0, microsecond=0)
        # Where clocks go back a time is there twice, and Jira may take the later one.
        latest = max(naive.replace(tzinfo=where, fold=fold).timestamp() for fold in (0, 1))
        if latest <= moment.timestamp():
            return f"{naive:%Y-%m-%d %H:%M}"
        moment -= timedelta(minutes=30)
