"""Services with fixed answers that note what they were asked."""

# ruff: noqa: ARG002 - a fake takes what the real one takes

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Unpack

from data.services.doctor import DoctorService
from data.services.field_mapping import FieldMappingService
from data.services.issue_pages import PAGE, IssueChoice
from data.services.numbers import NumbersService
from data.services.services import Services
from data.services.status import StatusService
from data.services.sync import SyncService
from data.services.view import Snapshot, View
from data.settings.connection import Site
from data.settings.model import Settings
from data.settings.store import Loaded
from data.sync.run import SyncResult
from data.sync.stage import Progress
from data.values.details import Details
from data.values.fields import Coverage, FieldInfo, Suggestion
from data.values.filters import Choices
from data.values.metric_value import MetricValue
from data.values.numbers import Answer, IssuePage, IssueRow
from data.values.problem import Problem
from data.values.status import Check, Status, SyncState
from tests.builders import choices_of

TODAY = date(2026, 1, 31)
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def metric_value(name: str, family: str, **changes: Any) -> MetricValue:
    """A good value of 2.4 days that `changes` may spoil."""
    details: Details = {
        "title": name.replace("_", " ").capitalize(),
        "display_value": "2.4",
        "display_unit": "days",
        "used": 41,
        "trend_direction": "down",
        "trend_percentage": -18.0,
        "trend_verdict": "better",
        "previous_value": 2.9,
        "notes": [],
    }
    value = MetricValue(
        name,
        family,
        2.4321,
        "days",
        "High",
        "yellow",
        "2026-01-31T12:00:00.000Z",
        "2026-01-01T00:00:00.000Z",
        "2026-01-31T00:00:00.000Z",
        "success",
        None,
        3,
        44,
        details,
    )
    return replace(value, **changes)


def without_mapping(name: str, family: str) -> MetricValue:
    return metric_value(
        name,
        family,
        value=None,
        performance_tier=None,
        performance_tier_color=None,
        error_state="missing_mapping",
        error_message="Map “Deployment successful”.",
    )


def issue_row(number: int) -> IssueRow:
    return IssueRow(
        f"SHOP-{number}",
        f"https://jira.example/browse/SHOP-{number}",
        f"Summary {number}",
        "Story",
        "SHOP",
        "Done",
        1.5,
        "days",
        "2026-01-02T00:00:00.000Z",
        "2026-01-03T12:00:00.000Z",
        number % 10 != 0,
        "" if number % 10 else "no start",
    )


class FakeStatus(StatusService):
    """The site of the fake."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def of(self, snapshot: Snapshot) -> Status:
        fake = self._fake
        url = "http://127.0.0.1:1" if fake.is_sample else "https://jira.example"
        return Status(
            "Shop",
            url,
            fake.is_sample,
            not fake.is_sample,
            "updated >= -365d",
            fake.synced_at,
            120,
            False,
            "1",
            1,
            SyncState(),
            fake.problems,
            "Europe/Berlin",
            "2025-02-01",
            "2026-01-31",
            False,
        )


class FakeNumbers(NumbersService):
    """The same good values for every question; `values` of a family take their place."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def choices(self, snapshot: Snapshot) -> Choices:
        return choices_of(
            project=(("SHOP", 80), ("PAY", 40)),
            type=(("Story", 100),),
            label=(("web", 3),),
            component=(("Cart", 5),),
        )

    def answer(self, family: str, view: View, *, stale_ok: bool = False, known_only: bool = False) -> Answer:
        self._fake.asked.append((family, view.period, view.filters))
        names = {"dora": ("lead_time_for_changes", "change_failure_rate"), "flow": ("flow_time",)}[family]
        values = self._fake.values.get(family) or tuple(metric_value(name, family) for name in names)
        covered = ("2025-02-01", "2025-12-31")
        return Answer(values, "calculated", "2026-01-31T12:00:00.000Z", covered, self._fake.suggestion)

    def issue_page(
        self,
        metric: str,
        view: View,
        **choice: Unpack[IssueChoice],
    ) -> IssuePage:
        first, count = choice.get("first", 0), choice.get("count", PAGE)
        total = self._fake.total
        self._fake.asked.append((metric, view.period, view.filters, first, count))
        return IssuePage(tuple(issue_row(n) for n in range(first + 1, min(first + count, total) + 1)), total)

    def csv_issues(self, metric: str, view: View, count: int = 10**9) -> str:
        self._fake.asked.append(("csv", metric, count))
        return "key,value\r\nSHOP-1,1.5\r\n"

    def csv_all(self, view: View, family: str | None = None) -> str:
        self._fake.asked.append(("csv", family))
        return "metric_name,value\r\nflow_time,2.4\r\n"


class FakeSync(SyncService):
    """Two steps, then the result or the error of the fake."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def cancel(self, snapshot: Snapshot | None = None) -> None:
        self._fake.asked.append(("cancel",))

    def run(
        self, snapshot: Snapshot, report: Callable[[Progress], None] = lambda _: None, full: bool = False
    ) -> SyncResult:
        fake = self._fake
        fake.asked.append(("sync", full))
        report(Progress("reading", 0, 120, "Fetching issues"))
        report(Progress("reading", 120, 120, "Fetching issues"))
        if fake.sync_error:
            raise fake.sync_error
        fake.synced_at = "2026-01-31T12:00:00.000Z"
        return SyncResult(
            True,
            "full",
            120,
            120,
            118,
            0,
            0,
            5,
            0,
            [],
            "2026-01-31T11:59:58.000Z",
            "2026-01-31T12:00:00.000Z",
            1,
            120,
            fake.sync_failure,
        )


class FakeFieldMapping(FieldMappingService):
    """Two fields, one of them a suggestion."""

    def __init__(self) -> None:
        """It needs nothing."""

    def jira_fields(self, snapshot: Snapshot, *, refresh: bool = False) -> list[FieldInfo]:
        return [
            FieldInfo("created", "Created", "datetime", False),
            FieldInfo("customfield_10001", "Deployment date", "datetime", True, Coverage(412, 800, ("2026-01-02",))),
        ]

    def suggestions(self, snapshot: Snapshot) -> dict[str, list[Suggestion]]:
        return {"deployment_date": [Suggestion("customfield_10001", 0.93, "its name")], "work_started_date": []}


class FakeDoctor(DoctorService):
    """The checks of the fake."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def examine(self, snapshot: Snapshot) -> list[Check]:
        return self._fake.checks


class FakeServices(Services):
    """Everything that a command may ask; `asked` notes what it did ask."""

    def __init__(self) -> None:
        self.is_sample = False
        self.synced_at: str | None = "2026-01-31T11:00:00.000Z"
        self.problems: tuple[Problem, ...] = ()
        self.values: dict[str, tuple[MetricValue, ...]] = {}
        self.suggestion: tuple[str, str] | None = None
        self.total = 120
        self.checks: list[Check] = []
        self.sync_error: BaseException | None = None
        self.sync_failure: dict[str, Any] | None = None
        self.asked: list[tuple[Any, ...]] = []
        self.status = FakeStatus(self)
        self.numbers = FakeNumbers(self)
        self.sync = FakeSync(self)
        self.field_mapping = FakeFieldMapping()
        self.doctor = FakeDoctor(self)

    def snapshot(self) -> Snapshot:
        settings = Settings()
        settings.definitions.zone = "Europe/Berlin"
        loaded = Loaded(settings, 1)
        site = Site("https://jira.example", "", "updated >= -365d", not self.is_sample, True)
        return Snapshot(site, site.url, site.jql, self.is_sample, loaded, loaded, None, NOW)
