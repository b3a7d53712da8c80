"""A workspace with hand-made answers: every state of the page without Jira, store or metrics."""

# ruff: noqa: ARG002 - a fake takes what the real one takes

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from data.services.definitions import DefinitionsService
from data.values.filters import Choices, Filters
from data.values.metric_value import TIER_COLORS, MetricValue, iso
from data.values.numbers import Answer, Detail, IssuePage, IssueRow
from data.values.periods import Period, PeriodError, parse_day
from data.values.problem import Problem
from data.values.quality import Finding, Quality
from data.values.status import Status, SyncState
from tests.fake_catalogue import FakeCatalogue
from tests.fake_charts import FakeCharts
from tests.fake_jtbd import FakeJtbd
from tests.fake_mapping import FakeMapping
from tests.fake_overview import FakeOverview

TODAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 12, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"
COVERED = ("2026-02-03", "2026-11-16")
_TREND = [3, 4, 3, 5, 4, 4, 6, 5, 4, 5, 7, 6, 5, 4, 4, 3, 4, 5, 3, 3, 2, 3, 2, 4, 3, 2]
_CARDS: dict[str, tuple[str, str, float, str, str, str, str | None, str, float | None, str | None, int, int, str]] = {
    # family, title, value, unit, shown, shown unit, tier, direction, percent, verdict, used, left out, definition
    "deployment_frequency": ("dora", "Deployment frequency", 0.5857, "deployments/day", "4.1", "/ week", "High", "up", 6, "better", 18, 0, "Deployments to production, divided by the days of the period."),
    "lead_time_for_changes": ("dora", "Lead time for changes", 2.41, "days", "2.4", "days", "High", "down", 18, "better", 41, 3, "Median time from commit to production, of changes first deployed in the period."),
    "change_failure_rate": ("dora", "Change failure rate", 16.7, "percent", "17", "%", "Low", "up", 22, "worse", 18, 0, "Deployments that led to a failure, divided by all deployments."),
    "mean_time_to_recovery": ("dora", "Time to recovery (median)", 7.2, "hours", "7.2", "hours", "High", "flat", 0, "unchanged", 4, 1, "Median time from a failed deployment to service restored."),
    "deployment_rework_rate": ("dora", "Deployment rework rate", 11.1, "percent", "11", "%", None, "down", 4, "better", 18, 0, "Unplanned deployments made to fix a user-facing bug, divided by all deployments."),
    "flow_velocity": ("flow", "Flow velocity", 64, "items", "64", "items", None, "up", 12, "better", 64, 9, "Items completed in the period."),
    "flow_time": ("flow", "Flow time", 6.84, "days", "6.8", "days", None, "down", 9, "better", 58, 15, "Median time from started to completed, of items completed in the period."),
    "flow_efficiency": ("flow", "Flow efficiency", 41.3, "percent", "41", "%", None, "down", 3, "worse", 58, 15, "Active time divided by flow time, of items completed in the period."),
    "flow_load": ("flow", "Flow load", 37, "items", "37", "items", None, "up", 15, "worse", 37, 0, "Items in progress at the end of the period."),
    "flow_distribution": ("flow", "Flow distribution", 57.8, "percent", "58", "%", None, "up", 4, None, 64, 9, "Completed items by kind of work."),
}  # fmt: skip
NOTES = {
    "lead_time_for_changes": ["proxy: from work started, no commit date is mapped"],
    "flow_time": ["12 from resolution date"],
    "flow_distribution": ["types as suggested"],
}
TIERS = {"year": 2023, "Elite": "< 1 day", "High": "≤ 1 week", "Medium": "≤ 1 month", "Low": "more"}


FINDINGS = (
    Finding("The query does not hold everything before 16 Nov 2025", None, "Numbers of earlier days would be too low, so they are marked and not compared.", "Make the query wider to look further back.", "info"),
    Finding("Some issues have an incomplete history", 14, "Their times in statuses are left out, so flow time and efficiency rest on fewer issues.", "Run a full sync; if it stays, ask an administrator whether the account may see all of them."),
    Finding("Done without any date", 23, "Nobody can say when they were completed, so they are in no number.", "Let the workflow set a resolution when work is finished."),
    Finding("A <b>mapped</b> field is empty: Deployment date", 812, "Deployment frequency and lead time have nothing to count.", "Check the field mapping: choose another Jira field, or fill this one.", "danger"),
)  # fmt: skip


def metric_value(name: str, period: Period, **changes: Any) -> MetricValue:
    """A successful value; `changes` go into the value, or into its details where the name is not a field."""
    family, title, value, unit, shown, shown_unit, tier, direction, percent, verdict, used, out, words = _CARDS[name]
    details: dict[str, Any] = {
        "title": title, "definition": words, "display_value": shown, "display_unit": shown_unit, "used": used,
        "exclusions": {"no commit date": out} if out else {}, "benchmarks": TIERS if tier else {},
        "trend_direction": direction, "trend_percentage": percent, "trend_verdict": verdict,
        "previous_value": value * 1.1, "previous_start": "", "previous_end": "",
        "sparkline": [float((n * (3 + len(name) % 4)) % 7 + 1) for n in _TREND], "sparkline_days": max(1, round(period.days * 3 / 26)),
        "low_confidence": used < 5, "notes": list(NOTES.get(name, [])), "needs": [], "higher_is_better": None,
    }  # fmt: skip
    if name == "flow_distribution":
        details["distribution"] = {"Feature": 57.8, "Defect": 23.4, "Risk": 4.7, "Technical_Debt": 14.1}
        details["sparkline"] = None
    made = {
        "metric_name": name, "metric_type": family, "value": value, "unit": unit, "performance_tier": tier,
        "performance_tier_color": TIER_COLORS.get(tier or ""), "calculation_timestamp": iso(NOW),
        "time_period_start": iso(period.start), "time_period_end": iso(period.end), "error_state": "success",
        "error_message": None, "excluded_issue_count": out, "total_issue_count": used + out,
    }  # fmt: skip
    for key, each in changes.items():
        (made if key in made else details)[key] = each
    return MetricValue(**made, details=details)


def without_value(name: str, period: Period, state: str, message: str, **details: Any) -> MetricValue:
    """A value that could not be given, and why."""
    return metric_value(
        name, period, value=None, performance_tier=None, performance_tier_color=None, error_state=state,
        error_message=message, excluded_issue_count=0, total_issue_count=0, used=0, exclusions={}, **details,
    )  # fmt: skip


class FakeWorkspace(FakeMapping):
    """`scenario`: full | mixed | stale | empty | failing | first | refused | syncing | broken | doubtful."""

    def __init__(self, scenario: str = "full", now: datetime = NOW) -> None:
        self.scenario, self.now = scenario, now
        self.calls: list[tuple[Any, ...]] = []
        self.sync = SyncState()
        self.revision = "r1"
        self.sample = scenario not in ("mixed", "refused")
        if scenario == "refused":
            why = "Jira refused the e-mail address or token."
            problem = Problem("The last sync did not work.", why, "Make a new API token and enter it.", "danger")
            self.sync = SyncState("failed", problem=problem)
        if scenario in ("first", "syncing"):
            self.sync = SyncState("running", "issues", 420, 800, "Reading issues")

    @cached_property
    def definitions(self) -> DefinitionsService:
        return DefinitionsService(self)

    @cached_property
    def charts(self) -> FakeCharts:
        return FakeCharts(self)

    @cached_property
    def catalogue(self) -> FakeCatalogue:
        return FakeCatalogue(self)

    @cached_property
    def jtbd(self) -> FakeJtbd:
        return FakeJtbd(self)

    @cached_property
    def overview(self) -> FakeOverview:
        return FakeOverview(self)

    def ready(self) -> dict[str, Any]:
        return {"ready": self.scenario != "broken", "stores": {}, "last_sync": None, "disk": {}, "jira": "unknown"}

    # ── header ──
    def status(self) -> Status:
        if self.sync.state == "running" and self.scenario == "full":
            self._tick()
        problems = ()
        if self.scenario == "broken":
            problems = (
                Problem("app_settings.json could not be read.", "It is not valid JSON (line 3).", "The last good copy is in force; nothing can be saved until the file is repaired.", "danger"),
                Problem("The last sync failed.", "Jira did not answer within 30 seconds.", "Numbers are from the sync before. Try again with the arrow at the top right."),
            )  # fmt: skip
        first = self.scenario in ("first", "refused")
        return Status(
            site_title="Sample site" if self.sample else "Acme Jira", site_url="http://127.0.0.1:4020", is_sample=self.sample,
            configured=not self.sample, jql="updated >= -365d", synced_at=None if first else iso(self.now - timedelta(minutes=12)),
            issue_count=0 if first else 812, stale=self.scenario == "broken", revision=self.revision, settings_revision=1,
            sync=self.sync, problems=problems, zone=ZONE, first_day=None if first else COVERED[0],
            last_day=None if first else COVERED[1], read_only=self.scenario == "broken",
        )  # fmt: skip

    def quality(self) -> Quality:
        self.calls.append(("quality",))
        if self.scenario in ("first", "refused", "syncing"):
            return Quality(None, ())
        ended = self.now - timedelta(minutes=12)
        sync: dict[str, Any] = {
            "complete": True, "mode": "incremental", "expected": None, "fetched": 38, "changed": 31, "removed": 1,
            "duplicates": 2, "requests": 6, "incomplete_histories": 0, "warnings": [], "revision": int(self.revision[1:]),
            "started_at": iso(ended - timedelta(seconds=4.2)), "finished_at": iso(ended), "issues": 812, "error": None,
        }  # fmt: skip
        if self.scenario == "broken":
            error = {
                "code": "unreachable",
                "message": "Jira did not answer within 30 seconds.",
                "hint": "Try again later.",
            }
            return Quality({**sync, "complete": False, "error": error, "fetched": 0, "changed": 0}, FINDINGS[:2])
        if self.scenario == "doubtful":
            warnings = [
                "The versions of project PAY could not be read.",
                "SHOP-7: it has a shape that we cannot read; it is left out.",
            ]
            counts = {"mode": "full", "expected": 815, "fetched": 812, "incomplete_histories": 14, "warnings": warnings}
            return Quality({**sync, **counts, "complete": False}, FINDINGS)
        return Quality(sync, ())

    def _tick(self) -> None:
        done = self.sync.done + 400
        if done >= 800:
            self.sync, self.revision = SyncState("done"), f"r{int(self.revision[1:]) + 1}"
        else:
            self.sync = replace(self.sync, done=done)

    def period(
        self, preset: str | None, first: str | None = None, last: str | None = None, filters: Filters | None = None
    ) -> Period:
        if preset:
            return Period.last_days({"7d": 7, "30d": 30, "90d": 90}[preset], TODAY, ZONE)
        if not first or not last:
            raise PeriodError("A period needs two dates. Fill in both From and To.")
        return Period(parse_day(first), parse_day(last), ZONE)

    def choices(self) -> Choices:
        labels = tuple((f"team-{n:02}", 90 - n) for n in range(24))
        return Choices(
            (("SHOP", 420), ("PAY", 250), ("OPS", 142)), (("Story", 400), ("Bug", 240), ("Task", 120), ("Incident", 22)),
            (("checkout", 61), ("<b>odd & label</b>", 12), *labels), (("Web", 120), ("API", 80)),
        )  # fmt: skip

    # ── numbers ──
    def answer(self, family: str, period: Period, filters: Filters = Filters(), *, stale_ok: bool = False) -> Answer:  # noqa: B008
        self.calls.append(("answer", family, period.first, period.last, filters, stale_ok))
        if self.scenario == "failing":
            raise RuntimeError("secret inner words")
        names = [name for name, card in _CARDS.items() if card[0] == family]
        values = [metric_value(name, period) for name in names]
        if self.scenario == "mixed":
            values[1] = without_value(names[1], period, "missing_mapping", "Map these fields to see this number.", needs=["deployment_successful"], needs_titles=["Deployment successful"])  # fmt: skip
            values[2] = without_value(names[2], period, "no_data", "No deployment in this period.")
            values[3] = without_value(names[3], period, "calculation_error", "This number could not be calculated: the data has a date before 1900.", request_id="4f2a9c1e")  # fmt: skip
            values[4] = metric_value(names[4], period, used=3, low_confidence=True)
        state, suggestion = "calculated", None
        if self.scenario == "stale" and stale_ok:
            state = "stale"
            values = [replace(value, details={**value.details, "display_value": "9.9"}) for value in values]
        if self.scenario == "empty" or period.last < date.fromisoformat(COVERED[0]):
            values = [without_value(name, period, "no_data", "Nothing happened in this period.") for name in names]
            suggestion = ("2026-10-18", "2026-11-16")
        elif filters:
            values = [replace(value, details={**value.details, "display_value": "1.1"}) for value in values]
        return Answer(
            tuple(values), state, iso(self.now - timedelta(hours=3 if state == "stale" else 0)), COVERED, suggestion
        )

    def detail(self, metric: str, period: Period, filters: Filters) -> Detail:
        value = metric_value(metric, period)
        return Detail(
            value, value.details["title"], value.details["definition"],
            self.definitions.of(("durations", "percentile", "workflow.started", "incident_types", "failure_window_hours", "tier_year"), filters),
            ("44 changes were first deployed between 18 Oct and 16 Nov 2026.", "3 of them are left out, so 41 are used.", "Each counts the time from commit to production.", "The middle of the 41 values, 2.41 days, is the number on the card."),
            (("no commit date", 2), ("deployed before the commit", 1)),
            {"edges": [0, 1, 2, 3, 4, 5, 6, 7, 8], "counts": [4, 12, 11, 6, 3, 2, 2, 1], "unit": "days", "marks": [("median", 2.41), ("85 %", 5.2)]} if "distribution" not in value.details else None,
            tuple(value.details["distribution"].items()) if "distribution" in value.details else None,
        )  # fmt: skip

    def _rows(self, metric: str) -> list[IssueRow]:
        rows = []
        for n in range(1, 121):
            used, reason = n % 15 != 0, "" if n % 15 else ("no commit date" if n % 30 else "deployed before the commit")
            summary = (
                "<img src=x onerror=alert(1)> breaks the basket" if n == 3 else f"Basket keeps its items, part {n}"
            )
            rows.append(
                IssueRow(f"SHOP-{n}", f"http://127.0.0.1:4020/browse/SHOP-{n}", summary, "Story" if n % 3 else "Bug", "SHOP", "Done",
                    round((n * 7 % 50) / 5, 2) if used else None, "days", iso(NOW - timedelta(days=n % 28 + 3)) if used else None, iso(NOW - timedelta(days=n % 28)), used, reason)
            )  # fmt: skip
        return rows

    def issue_page(
        self, metric: str, period: Period, filters: Filters, *, first: int = 0, count: int = 50,
        sort: tuple[str, str] | None = None, text: str = "", reason: str | None = None, used: bool | None = None,
    ) -> IssuePage:  # fmt: skip
        self.calls.append(("issue_page", metric, first, count, sort, text, reason, used))
        rows = [
            row for row in self._rows(metric)
            if text.lower() in f"{row.key} {row.summary}".lower() and (reason is None or row.reason == reason) and (used is None or row.used == used)
        ]  # fmt: skip
        if sort:
            rows.sort(
                key=lambda row: (getattr(row, sort[0]) is None, getattr(row, sort[0]) or 0), reverse=sort[1] == "desc"
            )
        return IssuePage(tuple(rows[first : first + count]), len(rows))

    def clock(self) -> datetime:
        return NOW

    def one(self, metric: str, period: Period, filters: Filters, **_narrowed: str | None) -> tuple[MetricValue, ...]:
        return (metric_value(metric, period),)

    def csv_metric(self, metric: str, period: Period, filters: Filters) -> str:
        return f"metric,value\r\n{metric},{_CARDS[metric][2]}\r\n"

    def csv_issues(self, metric: str, period: Period, filters: Filters) -> str:
        return "key,summary\r\n" + "".join(f"{row.key},{row.summary}\r\n" for row in self._rows(metric))

    def csv_all(self, period: Period, filters: Filters) -> str:
        return "metric,value\r\n" + "".join(f"{name},{card[2]}\r\n" for name, card in _CARDS.items())

    # ── sync ──
    def start_sync(self, full: bool = False) -> SyncState:
        self.calls.append(("start_sync", full))
        self.sync = SyncState("running", "issues", 0, 800, "Reading issues")
        return self.sync

    def cancel_sync(self) -> None:
        self.calls.append(("cancel_sync",))
        self.sync = SyncState("cancelled")

    def ensure_fresh(self) -> bool:
        self.calls.append(("ensure_fresh",))
        return self.sync.state == "running"
