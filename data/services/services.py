"""What doors hold: one small service a subject. Each names what it needs in its constructor; none knows this module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from data.services.sites import SampleSource, Sites
from data.services.view import DEFAULT_PERIOD, NO_FILTERS, Snapshot, View
from data.settings.connection import Home
from data.values.filters import Filters

if TYPE_CHECKING:
    from pathlib import Path

    from data.services.audit import AuditService
    from data.services.background import BackgroundService
    from data.services.catalogue import CatalogueService
    from data.services.charts import ChartsService
    from data.services.connection import ConnectionService
    from data.services.definitions import DefinitionsService
    from data.services.doctor import DoctorService
    from data.services.downloads import DownloadsService
    from data.services.exports import ExportsService
    from data.services.field_mapping import FieldMappingService
    from data.services.first_steps import FirstStepsService
    from data.services.forecast import ForecastService
    from data.services.issue_history import IssueHistoryService
    from data.services.jtbd import JobsService
    from data.services.numbers import NumbersService
    from data.services.openid import OpenIdService
    from data.services.overview import OverviewService
    from data.services.people import PeopleService
    from data.services.query import QueryService
    from data.services.readiness import ReadinessService
    from data.services.reported import ReportedService
    from data.services.retention import RetentionService
    from data.services.sessions import SessionsService
    from data.services.sprints import SprintsService
    from data.services.stages import StagesService
    from data.services.status import StatusService
    from data.services.sync import SyncService
    from data.services.sync_tasks import SyncTasks
    from data.services.teams import TeamsService
    from data.services.tokens import TokensService


# Charts of the report on paper, which names no people.
ON_PAPER = frozenset({
    "process_behaviour", "throughput", "cycle_time_scatter", "cumulative_flow", "lead_time_stages", "net_flow",
    "flow_distribution_over_time", "cycle_time_histogram", "blocked_time", "sprint_commitment", "sprint_spillover",
})  # a table: kept in its rows  # fmt: skip


class Services:
    """The services on one state folder. Each is made when first asked for, so that a command imports what it needs."""

    def __init__(self, sites: Sites) -> None:
        self.sites = sites
        self._began = sites.clock()

    def snapshot(self) -> Snapshot:
        """One look at the site in force: settings and head of the store, each read once. Raises HomeError."""
        return self.sites.snapshot()

    def view(
        self,
        preset: str | None = DEFAULT_PERIOD,
        first: str | None = None,
        last: str | None = None,
        filters: Filters = NO_FILTERS,
    ) -> View:
        """A question on a new snapshot. Raises PeriodError, BadOverride, StoreError, HomeError."""
        return self.snapshot().view(preset, first, last, filters)

    @cached_property
    def sync(self) -> SyncService:
        """Fetching from Jira."""
        from data.services.sync import SyncService

        return SyncService(self.sites, self._syncs, self.background, lambda: self.retention)

    @cached_property
    def background(self) -> BackgroundService:
        """What waits, runs and has ended behind pages and commands."""
        from data.services.background import BackgroundService, Kind

        made = BackgroundService(self.sites)
        made.add(Kind("sync", lambda task, control: self.sync.work(task, control)))
        made.add(Kind("retention", lambda task, control: self.retention.work(task, control)))
        for kind in ("export", "query"):
            made.add(Kind(kind, lambda task, control: self.exports.work(task, control)))
        return made

    @cached_property
    def _syncs(self) -> SyncTasks:
        from data.services.sync_tasks import SyncTasks

        return SyncTasks(self.sites, self.background, self._began)

    @cached_property
    def retention(self) -> RetentionService:
        """What is removed because it is old."""
        from data.services.retention import RetentionService

        return RetentionService(self.sites, self.jobs, self.background, lambda: self.exports, lambda: self.audit)

    @cached_property
    def exports(self) -> ExportsService:
        """Files to download, made in the background."""
        from data.services.export_tables import ExportTables
        from data.services.exports import ExportsService

        parts = (self.sites, self.downloads, self.catalogue, self.charts, self.sprints, self.jobs, self.query)
        return ExportsService(self.sites, self.background, self.status, lambda: ExportTables(*parts), self._report)

    def _report(self, view: View, path: Path, check: Callable[[], None]) -> int:
        """The report with its charts as a PDF; how many numbers and items are in it. Raises NoTypst, JiraError."""
        from data.exports.pdf.document import write_report

        report = self.overview.report(view)
        check()
        charts = [self.charts.answer(name, view) for name in self.charts.names() if name in ON_PAPER]
        check()
        return write_report(path, report, charts)

    @cached_property
    def status(self) -> StatusService:
        """Which site, how fresh, what is wrong."""
        from data.services.status import StatusService

        return StatusService(self.sites, self._syncs, self.background)

    @cached_property
    def first_steps(self) -> FirstStepsService:
        """What is worth doing after the first sync."""
        from data.services.first_steps import FirstStepsService

        return FirstStepsService(self.teams)

    @cached_property
    def issue_history(self) -> IssueHistoryService:
        """What happened to one issue, and what the numbers do with it."""
        from data.services.issue_history import IssueHistoryService

        return IssueHistoryService(self.sites)

    @cached_property
    def readiness(self) -> ReadinessService:
        """Whether numbers can be shown right now."""
        from data.services.readiness import ReadinessService

        return ReadinessService(self.sites, self.status)

    @cached_property
    def connection(self) -> ConnectionService:
        """Which Jira, as whom."""
        from data.services.connection import ConnectionService

        return ConnectionService(self.sites, self.sync)

    @cached_property
    def field_mapping(self) -> FieldMappingService:
        """Jira's fields and which of ours they are."""
        from data.services.field_mapping import FieldMappingService

        return FieldMappingService(self.sites, self.sync)

    @cached_property
    def definitions(self) -> DefinitionsService:
        """How numbers are measured, in a view and for everybody."""
        from data.services.definitions import DefinitionsService

        return DefinitionsService(self.field_mapping)

    @cached_property
    def numbers(self) -> NumbersService:
        """Metrics of a view, and the issues behind them."""
        from data.services.numbers import NumbersService

        return NumbersService(self.sites, self.definitions, self.jobs)

    @cached_property
    def jobs(self) -> JobsService:
        """Jobs to be done: specs, records, register and outcomes."""
        from data.services.jtbd import JobsService

        return JobsService(self.sites)

    @cached_property
    def charts(self) -> ChartsService:
        """Charts of the tabs, their tables and the issues behind their points."""
        from data.services.charts import ChartsService

        return ChartsService(self.sites, self.jobs, self.forecast)

    @cached_property
    def forecast(self) -> ForecastService:
        """How many by a date, when for so many items."""
        from data.services.forecast import ForecastService

        return ForecastService(self.sites, lambda: self.teams)

    @cached_property
    def sprints(self) -> SprintsService:
        """What was planned, added, removed and completed in sprints."""
        from data.services.sprints import SprintsService

        return SprintsService(self.sites, self.status)

    @cached_property
    def catalogue(self) -> CatalogueService:
        """Every metric: its definition, its value, over time and by group."""
        from data.services.catalogue import CatalogueService

        return CatalogueService(self.sites, self.numbers)

    @cached_property
    def query(self) -> QueryService:
        """Answers to specs: several metrics, by time and by groups."""
        from data.services.query import QueryService

        return QueryService(self.sites, self.numbers)

    @cached_property
    def teams(self) -> TeamsService:
        """Saved views by name, side by side."""
        from data.services.teams import TeamsService

        return TeamsService(self.sites, self.numbers, self.definitions)

    @cached_property
    def tokens(self) -> TokensService:
        """Tokens of programs that use the API."""
        from data.services.tokens import TokensService

        clock, may = self.sites.clock, lambda made_by: self.people.may(made_by)
        return TokensService(self.sites.home, clock, lambda: self.snapshot().known_as, may)

    @cached_property
    def people(self) -> PeopleService:
        """Who may sign in, and what their roles are."""
        from data.services.people import PeopleService

        return PeopleService(self.tokens.store, self.tokens.clock)

    @cached_property
    def sessions(self) -> SessionsService:
        """Who is signed in."""
        from data.services.sessions import SessionsService

        return SessionsService(self.people)

    @cached_property
    def openid(self) -> OpenIdService:
        """Signing in with OpenID Connect."""
        from data.services.openid import OpenIdService

        return OpenIdService(self.people)

    @cached_property
    def audit(self) -> AuditService:
        """Who did what."""
        from data.services.audit import AuditService

        return AuditService(self.tokens.store, self.tokens.clock, self.tokens.is_read_only)

    @cached_property
    def reported(self) -> ReportedService:
        """Deployments and incidents that other systems report."""
        from data.services.reported import ReportedService

        sites = self.sites
        return ReportedService(sites.reported, sites.env, sites.clock, lambda: self.snapshot().known_as)

    @cached_property
    def overview(self) -> OverviewService:
        """What a leader sees first."""
        from data.services.overview import OverviewService

        return OverviewService(self.sites, self.numbers, self.status, self.forecast)

    @cached_property
    def downloads(self) -> DownloadsService:
        """Tables of numbers and issues as files."""
        from data.services.downloads import DownloadsService

        return DownloadsService(self.numbers, self.definitions, self.status)

    @cached_property
    def stages(self) -> StagesService:
        """When each item entered each stage, for flow tools."""
        from data.services.stages import StagesService

        return StagesService(self.sites)

    @cached_property
    def doctor(self) -> DoctorService:
        """Each thing that can be wrong."""
        from data.services.doctor import DoctorService

        return DoctorService(self.sites, self.status, self.connection, self.teams, self.jobs, self.people)

    def make_all(self) -> None:
        """Make every service now: a server does so before it answers, so that requests that arrive together find
        them.
        """
        for name, part in vars(Services).items():
            if isinstance(part, cached_property):
                getattr(self, name)

    def warm(self) -> None:
        """Read tables, specs and records ahead of the first question. Raises JiraError, HomeError."""
        snapshot = self.snapshot()
        if snapshot.synced is not None:
            self.sites.data(snapshot).dataset(snapshot.view())
        self.retention.run_if_due(snapshot)
        self.jobs.warm(snapshot)


def open_services(
    env: Mapping[str, str],
    *,
    sample: SampleSource | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Services:
    """The services on the state folder that the environment names. Raises HomeError."""
    return Services(Sites(Home.of(env), env, sample=sample, clock=clock))
