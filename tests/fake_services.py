"""Services with hand-made answers: every state of the page without Jira, store or metrics."""

# ruff: noqa: ARG002 - a fake takes what the real one takes

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Unpack

from data.reported.sources import SOURCES
from data.services.first_steps import FirstStepsService
from data.services.issue_pages import PAGE, IssueChoice
from data.services.numbers import NumbersService
from data.services.readiness import ReadinessService
from data.services.reported import ReportedService
from data.services.services import Services
from data.services.status import StatusService
from data.services.sync import SyncService
from data.services.tokens import TokensService
from data.services.view import Snapshot, View
from data.settings.connection import Home, Site
from data.settings.store import SettingsStore
from data.store.issue_store import ScopeRow
from data.store.reported_store import ReportedStore
from data.values.filters import Choices
from data.values.first_steps import FirstStep
from data.values.metric_value import MetricValue, iso
from data.values.numbers import Answer, Detail, IssuePage, IssueRow
from data.values.problem import Problem
from data.values.quality import Quality
from data.values.status import Status, SyncState
from tests.builders import choices_of
from tests.fake_catalogue import FakeCatalogue
from tests.fake_charts import FakeCharts
from tests.fake_field_mapping import FakeConnection, FakeFieldMapping
from tests.fake_jobs import FakeJobs
from tests.fake_overview import FakeOverview
from tests.fake_query import FakeQuery
from tests.fake_values import CARDS, COVERED, FINDINGS, NOW, ZONE, metric_value, without_value


class FakeStatus(StatusService):
    """The header of each scenario."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def of(self, snapshot: Snapshot) -> Status:
        fake = self._fake
        fake.tick()
        problems: tuple[Problem, ...] = ()
        if fake.scenario == "broken":
            problems = (
                Problem(
                    "app_settings.json could not be read.",
                    "It is not valid JSON (line 3).",
                    "The last good copy is in force; nothing can be saved until the file is repaired.",
                    "danger",
                ),
                Problem(
                    "The last sync failed.",
                    "Jira did not answer within 30 seconds.",
                    "Numbers are from the sync before. Try again with the arrow at the top right.",
                ),
            )
        first = fake.scenario in ("first", "refused")
        return Status(
            site_title="Sample site" if fake.sample else "Acme Jira",
            site_url="http://127.0.0.1:4020",
            is_sample=fake.sample,
            configured=not fake.sample,
            jql="updated >= -365d",
            synced_at=None if first else iso(fake.now - timedelta(minutes=12)),
            issue_count=0 if first else 812,
            stale=fake.scenario == "broken",
            revision=fake.revision,
            settings_revision=1,
            sync=fake.sync_state,
            problems=problems,
            zone=ZONE,
            first_day=None if first else COVERED[0],
            last_day=None if first else COVERED[1],
            read_only=fake.scenario == "broken",
        )

    def quality(self, snapshot: Snapshot) -> Quality:
        fake = self._fake
        fake.calls.append(("quality",))
        if fake.scenario in ("first", "refused", "syncing"):
            return Quality(None, ())
        ended = fake.now - timedelta(minutes=12)
        sync: dict[str, Any] = {
            "complete": True,
            "mode": "incremental",
            "expected": None,
            "fetched": 38,
            "changed": 31,
            "removed": 1,
            "duplicates": 2,
            "requests": 6,
            "incomplete_histories": 0,
            "warnings": [],
            "revision": int(fake.revision[1:]),
            "started_at": iso(ended - timedelta(seconds=4.2)),
            "finished_at": iso(ended),
            "issues": 812,
            "error": None,
        }
        if fake.scenario == "broken":
            error = {
                "code": "unreachable",
                "message": "Jira did not answer within 30 seconds.",
                "hint": "Try again later.",
            }
            return Quality({**sync, "complete": False, "error": error, "fetched": 0, "changed": 0}, FINDINGS[:2])
        if fake.scenario == "doubtful":
            warnings = [
                "The versions of project PAY could not be read.",
                "SHOP-7: it has a shape that we cannot read; it is left out.",
            ]
            counts = {"mode": "full", "expected": 815, "fetched": 812, "incomplete_histories": 14, "warnings": warnings}
            return Quality({**sync, **counts, "complete": False}, FINDINGS)
        return Quality(sync, ())


class FakeSync(SyncService):
    """A sync of two steps of 400 issues; each look at the status is a step."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    @property
    def state(self) -> SyncState:
        return self._fake.sync_state

    def start(self, snapshot: Snapshot, full: bool = False, by: str = "page") -> SyncState:
        self._fake.calls.append(("start_sync", full))
        self._fake.sync_state = SyncState("running", "issues", 0, 800, "Reading issues")
        return self._fake.sync_state

    def cancel(self, snapshot: Snapshot | None = None) -> None:
        self._fake.calls.append(("cancel_sync",))
        self._fake.sync_state = SyncState("cancelled")

    def ensure_fresh(self, snapshot: Snapshot) -> bool:
        self._fake.calls.append(("ensure_fresh",))
        return self._fake.sync_state.state == "running"


class FakeReadiness(ReadinessService):
    """Ready, but in the scenario "broken"."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def ready(self, snapshot: Snapshot) -> dict[str, Any]:
        ready = self._fake.scenario != "broken"
        return {"ready": ready, "stores": {}, "last_sync": None, "disk": {}, "jira": "unknown"}


class FakeNumbers(NumbersService):
    """The ten cards."""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def choices(self, snapshot: Snapshot) -> Choices:
        labels = tuple((f"team-{n:02}", 90 - n) for n in range(24))
        return choices_of(
            project=(("SHOP", 420), ("PAY", 250), ("OPS", 142)),
            type=(("Story", 400), ("Bug", 240), ("Task", 120), ("Incident", 22)),
            assignee=(("Ann Lee", 210), ("Bob Ray", 190)),
            label=(("checkout", 61), ("<b>odd & label</b>", 12), *labels),
            component=(("Web", 120), ("API", 80)),
        )

    def answer(self, family: str, view: View, *, stale_ok: bool = False, known_only: bool = False) -> Answer:
        fake, period, filters = self._fake, view.period, view.filters
        fake.calls.append(("answer", family, period.first, period.last, filters, stale_ok))
        if fake.scenario == "failing":
            raise RuntimeError("secret inner words")
        names = [name for name, card in CARDS.items() if card[0] == family]
        values = [metric_value(name, period) for name in names]
        if fake.scenario == "mixed":
            values[1] = without_value(
                names[1],
                period,
                "missing_mapping",
                "Map these fields to see this number.",
                needs=["deployment_successful"],
                needs_titles=["Deployment successful"],
            )
            values[2] = without_value(names[2], period, "no_data", "No deployment in this period.")
            values[3] = without_value(
                names[3],
                period,
                "calculation_error",
                "This number could not be calculated: the data has a date before 1900.",
                request_id="4f2a9c1e",
            )
            values[4] = metric_value(names[4], period, used=3, low_confidence=True)
        state, suggestion = "calculated", None
        if fake.scenario == "stale" and stale_ok:
            state = "stale"
            values = [replace(value, details={**value.details, "display_value": "9.9"}) for value in values]
        if fake.scenario == "empty" or period.last < date.fromisoformat(COVERED[0]):
            values = [without_value(name, period, "no_data", "Nothing happened in this period.") for name in names]
            suggestion = ("2026-10-18", "2026-11-16")
        elif filters:
            values = [replace(value, details={**value.details, "display_value": "1.1"}) for value in values]
        return Answer(
            tuple(values), state, iso(fake.now - timedelta(hours=3 if state == "stale" else 0)), COVERED, suggestion
        )

    def detail(self, metric: str, view: View) -> Detail:
        value = metric_value(metric, view.period)
        shares = value.details.get("distribution")
        return Detail(
            value,
            value.details["title"],
            value.details["definition"],
            self._fake.definitions.of(
                ("durations", "percentile", "workflow.started", "incident_types", "failure_window_hours", "tier_year"),
                view,
            ),
            (
                "44 changes were first deployed between 18 Oct and 16 Nov 2026.",
                "3 of them are left out, so 41 are used.",
                "Each counts the time from commit to production.",
                "The middle of the 41 values, 2.41 days, is the number on the card.",
            ),
            (("no commit date", 2), ("deployed before the commit", 1)),
            {
                "edges": [0, 1, 2, 3, 4, 5, 6, 7, 8],
                "counts": [4, 12, 11, 6, 3, 2, 2, 1],
                "unit": "days",
                "marks": [("median", 2.41), ("85 %", 5.2)],
            }
            if not shares
            else None,
            tuple(shares.items()) if shares else None,
        )

    def _rows(self, metric: str) -> list[IssueRow]:
        rows = []
        for n in range(1, 121):
            used, reason = n % 15 != 0, "" if n % 15 else ("no commit date" if n % 30 else "deployed before the commit")
            summary = (
                "<img src=x onerror=alert(1)> breaks the basket" if n == 3 else f"Basket keeps its items, part {n}"
            )
            rows.append(
                IssueRow(
                    f"SHOP-{n}",
                    f"http://127.0.0.1:4020/browse/SHOP-{n}",
                    summary,
                    "Story" if n % 3 else "Bug",
                    "SHOP",
                    "Done",
                    round((n * 7 % 50) / 5, 2) if used else None,
                    "days",
                    iso(NOW - timedelta(days=n % 28 + 3)) if used else None,
                    iso(NOW - timedelta(days=n % 28)),
                    used,
                    reason,
                )
            )
        return rows

    def issue_page(
        self,
        metric: str,
        view: View,
        **choice: Unpack[IssueChoice],
    ) -> IssuePage:
        first, count, sort = choice.get("first", 0), choice.get("count", PAGE), choice.get("sort")
        text, reason, used = choice.get("text", ""), choice.get("reason"), choice.get("used")
        self._fake.calls.append(("issue_page", metric, first, count, sort, text, reason, used))
        rows = [
            row
            for row in self._rows(metric)
            if text.lower() in f"{row.key} {row.summary}".lower()
            and (reason is None or row.reason == reason)
            and (used is None or row.used == used)
        ]
        if sort:
            rows.sort(
                key=lambda row: (getattr(row, sort[0]) is None, getattr(row, sort[0]) or 0), reverse=sort[1] == "desc"
            )
        return IssuePage(tuple(rows[first : first + count]), len(rows))

    def one(
        self, metric: str, view: View, *, persona: str | None = None, job: str | None = None
    ) -> tuple[MetricValue, ...]:
        return (metric_value(metric, view.period),)

    def csv_metric(self, metric: str, view: View, *, persona: str | None = None, job: str | None = None) -> str:
        return f"metric,value\r\n{metric},{CARDS[metric][2]}\r\n"

    def csv_issues(self, metric: str, view: View, count: int = 10**9) -> str:
        return "key,summary\r\n" + "".join(f"{row.key},{row.summary}\r\n" for row in self._rows(metric))

    def csv_all(self, view: View, family: str | None = None) -> str:
        return "metric,value\r\n" + "".join(f"{name},{card[2]}\r\n" for name, card in CARDS.items())


class NoFirstSteps(FirstStepsService):
    """A site on which every step is done."""

    def __init__(self) -> None:
        pass

    def of(self, snapshot: Snapshot) -> tuple[FirstStep, ...]:
        return ()


class FakeServices(Services):
    """`scenario`: full | mixed | stale | empty | failing | first | refused | syncing | broken | doubtful."""

    def __init__(self, scenario: str = "full", now: datetime = NOW) -> None:
        self.scenario, self.now = scenario, now
        self.calls: list[tuple[Any, ...]] = []
        self.sync_state = SyncState()
        self.revision = "r1"
        self.sample = scenario not in ("mixed", "refused")
        if scenario == "refused":
            why = "Jira refused the e-mail address or token."
            problem = Problem("The last sync did not work.", why, "Make a new API token and enter it.", "danger")
            self.sync_state = SyncState("failed", problem=problem)
        if scenario in ("first", "syncing"):
            self.sync_state = SyncState("running", "issues", 420, 800, "Reading issues")
        self.status = FakeStatus(self)
        self.sync = FakeSync(self)
        self.readiness = FakeReadiness(self)
        self.field_mapping = FakeFieldMapping(self)
        self.connection = FakeConnection(self)
        self.numbers = FakeNumbers(self)
        self.jobs = FakeJobs(self)
        self.charts = FakeCharts(self)
        self.catalogue = FakeCatalogue(self.numbers)
        self.query = FakeQuery(self)
        self.overview = FakeOverview(self)
        self.first_steps = NoFirstSteps()

    @cached_property
    def tokens(self) -> TokensService:
        """The real ones, in a folder of their own."""
        folder = Path(tempfile.mkdtemp(prefix="throughline-fake-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        may = lambda made_by: self.people.may(made_by)  # noqa: E731 - people need the tokens' store
        return TokensService(Home(folder, folder / "settings.json"), lambda: self.now, lambda: "sample", may)

    @cached_property
    def reported(self) -> ReportedService:
        """The real one, in a folder of its own."""
        folder = Path(tempfile.mkdtemp(prefix="throughline-fake-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        secrets = {source.variable: "a secret for tests only" for source in SOURCES.values()}
        return ReportedService(ReportedStore(folder / "reported.db"), secrets, lambda: self.now, lambda: "sample")

    @cached_property
    def settings_store(self) -> SettingsStore:
        """A real settings file."""
        folder = tempfile.mkdtemp(prefix="throughline-fake-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return SettingsStore(Path(folder) / "app_settings.json")

    def snapshot(self) -> Snapshot:
        loaded = replace(self.settings_store.load(), read_only=self.scenario == "broken")
        url = "" if self.sample else "http://127.0.0.1:4020"
        jql = "updated >= -365d"
        site = Site(url, "", jql, not self.sample, not self.sample)
        first = self.scenario in ("first", "refused")
        synced_at = int((self.now - timedelta(minutes=12)).timestamp()) * 1_000_000
        head = ScopeRow(
            1,
            url,
            jql,
            "cloud",
            "Acme Jira",
            url,
            ZONE,
            0 if first else int(self.revision[1:]),
            None if first else synced_at,
            None,
            None,
            None,
            frozenset(),
            None,
            0 if first else 812,
        )
        return Snapshot(site, url or "sample", jql, self.sample, loaded, loaded, head, self.now)

    def tick(self) -> None:
        """One step of the sync of the scenario "full"."""
        if self.sync_state.state != "running" or self.scenario != "full":
            return
        done = self.sync_state.done + 400
        if done >= 800:
            self.sync_state, self.revision = SyncState("done"), f"r{int(self.revision[1:]) + 1}"
        else:
            self.sync_state = replace(self.sync_state, done=done)
