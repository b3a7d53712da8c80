"""A workspace with fixed answers that notes what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from data.settings.model import Settings
from data.sync.run import Progress, SyncResult
from data.values.fields import Coverage, FieldInfo, Suggestion
from data.values.filters import Choices, Filters
from data.values.metric_value import MetricValue
from data.values.numbers import Answer, IssuePage, IssueRow
from data.values.periods import Period, parse_day
from data.values.status import Status, SyncState

TODAY = date(2026, 1, 31)


def metric_value(name: str, family: str, **changes: Any) -> MetricValue:
    """A good value of 2.4 days that `changes` may spoil."""
    details = {
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


@dataclass
class FakeWorkspace:
    """Stands in for data.services.workspace.Workspace."""

    is_sample: bool = False
    synced_at: str | None = "2026-01-31T11:00:00.000Z"
    problems: tuple = ()
    values: dict[str, tuple[MetricValue, ...]] = field(default_factory=dict)
    suggestion: tuple[str, str] | None = None
    total: int = 120
    checks: list[Any] = field(default_factory=list)
    sync_error: BaseException | None = None
    sync_failure: dict | None = None
    asked: list[tuple] = field(default_factory=list)

    def status(self) -> Status:
        url = "http://127.0.0.1:1" if self.is_sample else "https://jira.example"
        idle = SyncState()
        return Status(
            "Shop", url, self.is_sample, not self.is_sample, "updated >= -365d", self.synced_at, 120, False, "1", 1,
            idle, self.problems, "Europe/Berlin", "2025-02-01", "2026-01-31", False,
        )  # fmt: skip

    def period(
        self,
        preset: str | None,
        first: str | None = None,
        last: str | None = None,
        filters: Any = None,  # noqa: ARG002
    ) -> Period:
        if preset:
            return Period.last_days(int(preset[:-1]), TODAY, "Europe/Berlin")
        return Period(parse_day(first or ""), parse_day(last or ""), "Europe/Berlin")

    def choices(self) -> Choices:
        return Choices((("SHOP", 80), ("PAY", 40)), (("Story", 100),), (("web", 3),), (("Cart", 5),))

    def answer(self, family: str, period: Period, filters: Filters = Filters(), **_: Any) -> Answer:  # noqa: B008
        self.asked.append((family, period, filters))
        names = {"dora": ("lead_time_for_changes", "change_failure_rate"), "flow": ("flow_time",)}[family]
        values = self.values.get(family) or tuple(metric_value(name, family) for name in names)
        return Answer(values, "calculated", "2026-01-31T12:00:00.000Z", ("2025-02-01", "2025-12-31"), self.suggestion)

    def issue_page(
        self, metric: str, period: Period, filters: Filters, *, first: int = 0, count: int = 50
    ) -> IssuePage:
        self.asked.append((metric, period, filters, first, count))
        return IssuePage(tuple(issue_row(n) for n in range(first + 1, min(first + count, self.total) + 1)), self.total)

    def csv_issues(self, metric: str, _period: Period, _filters: Filters, count: int) -> str:
        self.asked.append(("csv", metric, count))
        return "key,value\r\nSHOP-1,1.5\r\n"

    def csv_all(self, _period: Period, _filters: Filters, family: str | None) -> str:
        self.asked.append(("csv", family))
        return "metric_name,value\r\nflow_time,2.4\r\n"

    def cancel_sync(self) -> None:
        self.asked.append(("cancel",))

    def sync_now(self, report: Any, full: bool = False) -> Any:
        self.asked.append(("sync", full))
        report(Progress("reading", 0, 120, "Fetching issues"))
        report(Progress("reading", 120, 120, "Fetching issues"))
        if self.sync_error:
            raise self.sync_error
        self.synced_at = "2026-01-31T12:00:00.000Z"
        return SyncResult(
            True, "full", 120, 120, 118, 0, 0, 5, 0, [], "2026-01-31T11:59:58.000Z", "2026-01-31T12:00:00.000Z", 1, 120,
            self.sync_failure,
        )  # fmt: skip

    def jira_fields(self) -> list[FieldInfo]:
        return [
            FieldInfo("created", "Created", "datetime", False),
            FieldInfo("customfield_10001", "Deployment date", "datetime", True, Coverage(412, 800, ("2026-01-02",))),
        ]

    def suggestions(self) -> dict[str, list[Suggestion]]:
        return {"deployment_date": [Suggestion("customfield_10001", 0.93, "its name")], "work_started_date": []}

    def settings(self) -> tuple[Settings, int, None]:
        return Settings(), 1, None

    def doctor(self) -> list[Any]:
        return self.checks
