"""What the app can do, whoever asks: page, terminal and programs all come through here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from data.cache.metric_cache import Key
from data.facts.dataset import Dataset
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.errors import BadAnswer, Forbidden, JiraError, NotFound, NoToken
from data.jira.sender import RetryPolicy
from data.metrics.measure import measure_family
from data.services import field_mapping, numbers
from data.services.doctor import CLOCKS_DIFFER, examine
from data.services.parts import Parts
from data.services.readiness import readiness
from data.services.site_data import SiteData
from data.services.status import instant, status_of
from data.settings.connection import DEFAULT_JQL, Home, Site, TokenError, resolve, token_for
from data.settings.environment import check_jira, network_of, problems_of
from data.settings.model import Settings
from data.settings.overrides import with_overrides
from data.settings.store import ReadOnly, Saved, SettingsStore
from data.store.issue_store import BrokenStore, IssueStore, ScopeRow
from data.sync.job import SyncJob
from data.sync.run import Progress, SyncResult, nothing_matches, sync
from data.values.fields import FieldInfo, StatusInfo, Suggestion, TypeInfo
from data.values.filters import Choices, Filters
from data.values.metric_value import MetricValue, iso
from data.values.numbers import Answer, Detail, IssuePage
from data.values.periods import PRESETS, Period, PeriodError, local_date, parse_day, zone_named
from data.values.problem import Problem
from data.values.quality import Quality
from data.values.status import Check, ConnectionForm, ConnectionReport, Status, SyncState

NO_FILTERS = Filters()
SOON = RetryPolicy(longest=10)  # a person waits: longer pauses that Jira asks for are told at once


class SampleSource(Protocol):
    """A Jira to try the app on."""

    title: str

    def preset(self) -> dict[str, Any]:
        """Settings that make its cards full."""

    def serve(self) -> AbstractContextManager[str]:
        """Answers at the address given, on this machine, while the context is open."""


class Workspace(Parts):
    """One person's or team's Throughline. Safe in several threads."""

    def __init__(
        self,
        home: Home,
        *,
        env: Mapping[str, str],
        sample: SampleSource | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Raises HomeError when the state folder cannot be used."""
        self.home = home.ensure()
        self.clock = clock
        self._env = env
        self.sample = sample
        self.main_settings = SettingsStore(home.settings_path)
        self._lock = threading.RLock()
        self._places: dict[tuple[str, str], SiteData] = {}
        self.job = SyncJob(clock)
        self._fields: dict[str, list[FieldInfo]] = {}
        self._environment: tuple[datetime, tuple[Problem, ...]] | None = None

    # ---- where we are

    @property
    def site(self) -> Site:
        """The Jira in force, without its token."""
        return resolve(self._env, self.main_settings.load().settings, self.home.tokens)

    @property
    def place(self) -> SiteData:
        """Settings, store and cache of the site in force; the sample site's where none is configured."""
        site = self.site
        sample = not site.configured
        key = ("sample", DEFAULT_JQL) if sample else (site.url, site.jql)
        with self._lock:
            if key not in self._places:
                folder = self.home.sample if sample else self.home.site_folder(site.url)
                settings = self.main_settings
                if sample:
                    preset = self.sample.preset() if self.sample else {}
                    settings = SettingsStore(folder / "settings.json", defaults=preset)
                self._places[key] = SiteData(
                    folder, settings, known_as=key[0], jql=key[1], is_sample=sample, clock=self.clock
                )
            return self._places[key]

    def zone(self, settings: Settings | None = None, head: ScopeRow | None = None) -> str:
        """The zone of days: chosen, else that of the Jira account, else UTC."""
        chosen = (settings or self.place.loaded().settings).definitions.zone
        if chosen:
            return chosen
        head = head or self.place.head()
        return head.zone if head else "UTC"

    def today(self) -> date:
        return local_date(self.clock(), zone_named(self.zone()))

    def environment_problems(self) -> tuple[Problem, ...]:
        """What is wrong with the values of environment variables, looked at once a minute."""
        now = self.clock()
        if self._environment is None or now - self._environment[0] > timedelta(minutes=1):
            self._environment = (now, problems_of(self._env))
        return self._environment[1]

    def status(self) -> Status:
        """Which site, how fresh, what is wrong. Never raises for what files or Jira may do."""
        return status_of(self)

    def revision(self, head: ScopeRow | None) -> str:
        return f"{head.scope}.{head.revision}" if head else "0.0"

    def stale(self, settings: Settings, head: ScopeRow | None) -> bool:
        """Whether the data is missing, too old, or of a time that has not come yet."""
        if head is None or head.synced_at is None:
            return True
        age = self.clock() - instant(head.synced_at)
        return age > timedelta(hours=settings.sync.max_age_hours) or age < -CLOCKS_DIFFER

    def quality(self) -> Quality:
        """How the last sync ended, and what in the data makes numbers doubtful. Raises JiraError."""
        place = self.place
        return place.quality(place.loaded().settings)

    # ---- numbers

    def settings_for(self, filters: Filters = NO_FILTERS) -> Settings:
        """The settings in force with the definitions that this view chooses instead. Raises BadSwitch."""
        return with_overrides(self.place.loaded().settings, filters.definitions)

    def facts(self, filters: Filters = NO_FILTERS) -> Dataset:
        """What every number, chart and list of this view is worked out from. Raises JiraError, BadSwitch."""
        return self.place.facts(self.settings_for(filters), filters)

    def period(
        self, preset: str | None, first: str | None = None, last: str | None = None, filters: Filters = NO_FILTERS
    ) -> Period:
        """The last 7, 30 or 90 days, or local dates YYYY-MM-DD, both included. Raises PeriodError, BadSwitch."""
        zone = self.zone(self.settings_for(filters))
        if first or last:
            if not (first and last):
                raise PeriodError("A period needs both a first and a last day.")
            return Period(parse_day(first), parse_day(last), zone)
        if preset and preset not in PRESETS:
            raise PeriodError(f"Unknown period {preset!r}. Use one of {', '.join(PRESETS)}, or two dates.")
        return Period.last_days(PRESETS[preset or "30d"], local_date(self.clock(), zone_named(zone)), zone)

    def choices(self) -> Choices:
        """What can be filtered by, with numbers of issues."""
        place = self.place
        found, _ = place.tables(place.loaded().settings.mapping)
        return numbers.choices(found)

    def answer(
        self,
        family: str,
        period: Period,
        filters: Filters = NO_FILTERS,
        *,
        stale_ok: bool = False,
        known_only: bool = False,
    ) -> Answer:
        """The metrics of a family ("dora", "flow", "jtbd"). With `stale_ok` numbers of older data may come, and say so;
        with `known_only` nothing is calculated, and what is not known has no values."""
        if family == "jtbd":
            return self.jtbd.answer(period, filters, stale_ok=stale_ok)
        place = self.place
        settings = self.settings_for(filters)
        head = place.synced()
        key = Key(
            family,
            period.first.isoformat(),
            period.last.isoformat(),
            numbers.question(family, place.known_as, place.jql, settings, filters, period.zone),
            self.revision(head),
        )
        found = place.cache.get(key)
        if found is None and known_only:
            return Answer((), "unknown", "")
        if found is None or (found.state != "fresh" and not stale_ok):
            if head is None:
                values = measure_family(family, place.facts(settings, filters), period)
                return Answer(tuple(values), "calculated", iso(self.clock()))
            calculated = place.cache.calculate_once(
                key,
                lambda: numbers.with_hints(
                    measure_family(family, place.facts(settings, filters), period),
                    place.facts(settings, filters),
                    period,
                ),
            )
            return numbers.answer(calculated, "calculated")
        return numbers.answer(found, found.state)

    def values(self, period: Period, filters: Filters = NO_FILTERS, family: str | None = None) -> list[MetricValue]:
        """All metrics, in order."""
        families = (family,) if family else ("dora", "flow")
        return [value for each in families for value in self.answer(each, period, filters).values]

    def detail(self, metric: str, period: Period, filters: Filters = NO_FILTERS) -> Detail:
        """What one number is made of. Raises LookupError for an unknown metric."""
        found = numbers.detail(self.facts(filters), metric, period)
        return replace(found, switches=self.definitions.of_metric(metric, filters))

    def issue_page(
        self,
        metric: str,
        period: Period,
        filters: Filters = NO_FILTERS,
        *,
        first: int = 0,
        count: int = 50,
        sort: tuple[str, str] | None = None,
        text: str = "",
        reason: str | None = None,
        used: bool | None = None,
    ) -> IssuePage:
        """Some of the issues behind a number. `sort`: (column of IssueRow, "asc" | "desc")."""
        narrowed: dict[str, Any] = {"sort": sort, "text": text, "reason": reason, "used": used}
        return numbers.issue_page(
            self.facts(filters), metric, period, self.place, self.browse_url(), first, count, **narrowed
        )

    def one(
        self, metric: str, period: Period, filters: Filters = NO_FILTERS, **narrowed: str | None
    ) -> tuple[MetricValue, ...]:
        """One metric, those of jobs included. `narrowed`: persona and job, for those. Raises LookupError."""
        family = numbers.family_of(metric)
        jobs = family == "jtbd"
        found = self.jtbd.answer(period, filters, **narrowed) if jobs else self.answer(family, period, filters)
        return tuple(each for each in found.values if each.metric_name == metric)

    def csv_metric(self, metric: str, period: Period, filters: Filters = NO_FILTERS, **narrowed: str | None) -> str:
        """One metric as CSV: a header and a row."""
        return numbers.csv_values(self.one(metric, period, filters, **narrowed))

    def csv_all(self, period: Period, filters: Filters = NO_FILTERS, family: str | None = None) -> str:
        """All metrics as CSV, or those of one family, a row each."""
        return numbers.csv_values(self.values(period, filters, family))

    def csv_issues(self, metric: str, period: Period, filters: Filters = NO_FILTERS, count: int = 10**9) -> str:
        """The issues behind a number as CSV, those left out with their reason."""
        return numbers.csv_issues(self.issue_page(metric, period, filters, count=count).rows)

    def browse_url(self) -> str:
        """Where issues are read in the browser; not the address of the interface where that is another."""
        place = self.place
        if place.is_sample:
            return ""
        head = place.synced()
        said = (head.base_url if head else "") or ""
        return (said if said.startswith(("https://", "http://")) else self.site.url).rstrip("/")

    # ---- sync

    def ensure_fresh(self) -> bool:
        """Start a sync when the data is missing or too old, unless the last one has just failed; True if one runs."""
        place = self.place
        if not self.job.running and not (self.job.settled and self.job.about == place.known_as):
            try:
                if self.stale(place.loaded().settings, place.synced()) and self._can_sync():
                    self.start_sync()
            except JiraError:
                return False  # the status says what is wrong with the store
        return self.job.running

    def _can_sync(self) -> bool:
        site = self.site
        if self.home.is_read_only:
            return False
        return bool(self.sample) if not site.configured else site.token_present

    def start_sync(self, full: bool = False) -> SyncState:
        """In the background; a second start while one runs changes nothing."""
        place = self.place
        self.job.about = place.known_as
        return self.job.start(lambda report, cancelled: self._sync(place, full, report, cancelled))

    def cancel_sync(self) -> None:
        self.job.cancel()

    def sync_now(self, report: Callable[[Progress], None] = lambda _: None, full: bool = False) -> SyncResult:
        """In this thread. Raises JiraError (also for an address that is none); other failures are in the result."""
        place = self.place
        return self.job.run(lambda progress, cancelled: self._sync(place, full, progress, cancelled), report)

    def _sync(
        self, place: SiteData, full: bool, report: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> SyncResult:
        settings = place.loaded().settings
        mapped, limits = set(settings.mapping.values()), settings.sync
        # The sample site is made anew each day, so its parts never mix.
        everything = full or place.is_sample

        def once(connection: Connection, store: IssueStore) -> SyncResult:
            return sync(
                connection,
                store,
                jql=place.jql,
                mapped_fields=mapped,
                full=everything,
                accept_fewer=everything,
                report=report,
                cancelled=cancelled,
                now=self.clock,
                known_as=place.known_as,
                longest=timedelta(minutes=limits.longest_minutes),
                page_seconds=limits.longest_answer_seconds,
            )

        with self._connection(place) as connection:
            store = place.store
            result = once(connection, store)
            if result.error and result.error["code"] == BrokenStore.code:
                result = once(connection, place.replace(store, BrokenStore(result.error["message"])))
            if result.error is None:
                place.filled()
                place.keep_tables()
                self.jtbd.retain()
            return result

    @contextmanager
    def _connection(self, place: SiteData) -> Iterator[Connection]:
        """Raises JiraError when there is no address or no sample."""
        if place.is_sample:
            if self.sample is None:
                raise JiraError(
                    "No Jira is configured.", hint="Set JIRA_URL and JIRA_TOKEN, or connect your Jira in the page."
                )
            with self.sample.serve() as url:
                yield Connection(url, "sample@example.org", "sample")
            return
        site = self.site
        settings = self.main_settings.load().settings
        token = token_for(site.url, self._env, settings, self.home.tokens)
        check_jira(self._env)
        connection = Connection(site.url, site.email, token, network_of(self._env, settings))
        if not token:
            raise NoToken
        yield connection

    # ---- settings and mapping

    def settings(self) -> tuple[Settings, int, Problem | None]:
        """The settings in force, their revision, and what is wrong with the file."""
        loaded = self.place.loaded()
        return loaded.settings, loaded.revision, loaded.problem

    def jira_fields(self, refresh: bool = False) -> list[FieldInfo]:
        """Fields of the site with their use, asked once a session. Raises JiraError."""
        place = self.place
        if refresh or place.known_as not in self._fields:
            with self._connection(place) as connection, Jira(connection, patience=SOON) as jira:
                self._fields[place.known_as] = field_mapping.fields_of(jira, place.jql)
        return self._fields[place.known_as]

    def suggestions(self) -> dict[str, list[Suggestion]]:
        """Our field name → Jira fields that probably are it, best first. Raises JiraError."""
        return field_mapping.suggest(self.jira_fields())

    def check(self, our_name: str, field_id: str) -> Problem | None:
        """Whether a Jira field can be ours: it exists and its type fits (D-04). Raises JiraError."""
        return field_mapping.check(our_name, field_id, self.jira_fields())

    def statuses(self) -> list[StatusInfo]:
        place = self.place
        found, _ = place.tables(place.loaded().settings.mapping)
        return field_mapping.statuses(found)

    def issue_types(self) -> list[TypeInfo]:
        place = self.place
        settings = place.loaded().settings
        return field_mapping.issue_types(place.facts(settings, NO_FILTERS))

    def preview(
        self, patch: dict, period: Period, filters: Filters = NO_FILTERS, families: tuple[str, ...] = ("dora", "flow")
    ) -> list[tuple[MetricValue, MetricValue]]:
        """(before, after) of the metrics that a settings patch would change, on the data held. Raises Invalid."""
        place = self.place
        return field_mapping.preview(place, patch, period, filters, families)

    def unread(self, mapped: dict[str, str]) -> frozenset[str]:
        """Our fields of a mapping whose Jira field the next sync has to read first."""
        place = self.place
        head = place.synced()
        return place.held(mapped, head)[1] if head else frozenset(mapped)

    def save(self, patch: dict, revision: int, base: dict | None = None) -> Saved:
        """Merge a patch into the settings of the site in force, recalculate, fetch newly mapped fields.

        Raises Conflict, Invalid or ReadOnly; then nothing was written.
        """
        place = self.place
        saved = place.settings.save(
            field_mapping.with_metadata(patch, self._fields.get(place.known_as)), revision=revision, base=base
        )
        place.cache.drop()
        head = place.synced()
        if head is not None and place.held(saved.settings.mapping, head)[1]:
            self.start_sync()
        return saved

    # ---- connection

    def connection(self) -> ConnectionForm:
        """What the connection form starts with."""
        site, loaded = self.site, self.main_settings.load()
        return ConnectionForm(
            url=site.url,
            email=site.email,
            jql="" if site.sources.get("jql") == "default" else site.jql,
            default_jql=DEFAULT_JQL,
            token_present=site.token_present,
            sources=dict(site.sources),
            revision=loaded.revision,
            problem=loaded.problem if loaded.read_only else None,
        )

    def test_connection(self, url: str, email: str, token: str | None = None, jql: str = "") -> ConnectionReport:
        """Ask a site who it is and who we are. Without a token the stored one for that address is used."""
        try:
            settings = self.main_settings.load().settings
            found = token or token_for(url, self._env, settings, self.home.tokens)
            connection = Connection(url, email, found, network_of(self._env, settings))
            with Jira(connection, patience=SOON) as jira:
                info, account = jira.server_info(), jira.myself()
                query = jql.strip() or DEFAULT_JQL
                shown = next(iter(jira.newest(query, ["created"], 1)), None)
                matches = self._matches(jira, query)
        except JiraError as error:
            return ConnectionReport(False, problem=Problem(error.message, "", error.hint, "danger"))
        nothing = nothing_matches(query, matches) if shown is None else None
        return ConnectionReport(True, info.title, info.flavour, account.name, account.zone, nothing, matches)

    @staticmethod
    def _matches(jira: Jira, query: str) -> int | None:
        """How many issues Jira counts for the query; None where it does not tell this account."""
        try:
            return jira.approximate_count(query)
        except (BadAnswer, Forbidden, NotFound):
            return None

    def connect(self, url: str, email: str, token: str | None, jql: str, revision: int) -> Saved:
        """Keep the connection and start a sync. Values that the environment sets are left alone.

        Raises JiraError for an address that is none, Conflict, Invalid, ReadOnly (also when the token cannot be kept).
        """
        checked = Connection(url, email, token or "")
        sources = self.site.sources
        part = {"url": checked.url, "email": checked.email, "jql": jql.strip()}
        part = {name: value for name, value in part.items() if sources.get(name) != "environment"}
        if token and sources.get("token") != "environment":
            try:
                self.home.tokens.set(checked.url, token)
            except TokenError as error:
                raise ReadOnly(error.problem) from error
        saved = self.main_settings.save({"jira": part}, revision=revision)
        self.start_sync()
        return saved

    def doctor(self) -> list[Check]:
        """Each thing that can be wrong, asked Jira included."""
        return examine(self)

    def ready(self) -> dict[str, Any]:
        """Whether numbers can be shown right now; Jira is not asked."""
        return readiness(self)

    def warm(self) -> None:
        """Read the tables, specs and records ahead of the first question. Raises JiraError."""
        place = self.place
        if place.synced() is not None:
            place.facts(place.loaded().settings, NO_FILTERS)
        self.jtbd.warm()
        self.jtbd.retain()


def open_workspace(
    env: Mapping[str, str],
    *,
    sample: SampleSource | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Workspace:
    """The workspace that the environment names. Raises HomeError."""
    return Workspace(Home.of(env), env=env, sample=sample, clock=clock)
