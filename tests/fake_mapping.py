"""The part of a workspace that the modals use, with a small made-up Jira and a real settings file."""

# ruff: noqa: ARG002 - a fake takes what the real one takes

from __future__ import annotations

import shutil
import tempfile
import weakref
from functools import cached_property
from pathlib import Path
from typing import Any

from data.jira.connection import site_url
from data.jira.errors import JiraError, Unreachable
from data.settings.connection import DEFAULT_JQL
from data.settings.fields import FIELDS
from data.settings.model import Settings
from data.settings.store import Saved, SettingsStore
from data.values.fields import Coverage, FieldInfo, StatusInfo, Suggestion, TypeInfo
from data.values.problem import Problem
from data.values.status import ConnectionForm, ConnectionReport

GOOD_TOKEN = "good-token"
SITE = "https://acme.example"

_JIRA_FIELDS = (
    ("customfield_10100", "Deployment date", "datetime", 412, ("2026-11-14 09:12", "2026-11-12 16:40", "2026-11-10 08:05")),
    ("customfield_10101", "Deploy date (old)", "date", 18, ("2024-02-01",)),
    ("customfield_10102", "Target environment", "select", 398, ("Production", "Staging", "Test")),
    ("customfield_10103", "First commit", "datetime", 377, ("2026-11-11 10:22", "2026-11-09 15:31")),
    ("customfield_10104", "Deployment result", "select", 405, ("Successful", "Rolled back")),
    ("customfield_10105", "Incident detected at", "datetime", 22, ("2026-11-08 02:14",)),
    ("customfield_10106", "Service restored", "datetime", 21, ("2026-11-08 03:40",)),
    ("customfield_10107", "Work type", "select", 655, ("Feature", "Bug fix", "Debt")),
    ("customfield_10108", "Story Points", "number", 520, ("3", "5", "8")),
    ("customfield_10109", "Team", "text", 780, ("Checkout", "Payments")),
    ("customfield_10110", "Customer <b>job</b>", "text", 0, ()),
    ("resolutiondate", "Resolved", "datetime", 640, ("2026-11-15 12:00",)),
    ("assignee", "Assignee", "user", 700, ("Ada", "Grace")),
)  # fmt: skip
_SUGGESTED = {
    "deployment_date": (("customfield_10100", 1.0), ("customfield_10101", 0.55)),
    "target_environment": (("customfield_10102", 0.98),),
    "code_commit_date": (("customfield_10103", 0.97),),
    "deployment_successful": (("customfield_10104", 0.94),),
    "incident_detected_at": (("customfield_10105", 0.96),),
    "incident_resolved_at": (("customfield_10106", 0.92),),
    "flow_item_type": (("customfield_10107", 0.75),),
    "story_points": (("customfield_10108", 0.99),),
}  # fmt: skip
_STATUSES = (
    ("1", "Backlog", "new", 118), ("2", "To Do", "new", 74), ("3", "In Progress", "indeterminate", 41),
    ("4", "In Review", "indeterminate", 17), ("5", "Waiting for release", "indeterminate", 12),
    ("6", "Done", "done", 540), ("7", "Rejected", "done", 10),
)  # fmt: skip
_TYPES = (
    ("Story", 400, "Feature", True), ("Bug", 240, "Defect", True), ("Task", 120, "Feature", True),
    ("Incident", 22, "Defect", True), ("Spike v2.0", 14, None, False),
)  # fmt: skip


class FakeMapping:
    """Set `jira_down` for a Jira that cannot be reached; `environment` to variables that win over the settings."""

    jira_down = False
    environment: tuple[str, ...] = ()
    stored_token = ""
    not_synced: tuple[str, ...] = ("production_impact",)

    @cached_property
    def settings_store(self) -> SettingsStore:
        folder = tempfile.mkdtemp(prefix="throughline-fake-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return SettingsStore(Path(folder) / "app_settings.json")

    def settings(self) -> tuple[Settings, int, Problem | None]:
        loaded = self.settings_store.load()
        return loaded.settings, loaded.revision, loaded.problem

    def jira_fields(self, refresh: bool = False) -> list[FieldInfo]:
        if self.jira_down and not refresh:
            raise Unreachable()
        if self.jira_down == "until retried" and refresh:
            self.jira_down = False
        if self.jira_down:
            raise Unreachable()
        return [
            FieldInfo(each, name, kind, each.startswith("customfield"), Coverage(n, 800, examples))
            for each, name, kind, n, examples in _JIRA_FIELDS
        ]

    def suggestions(self) -> dict[str, list[Suggestion]]:
        self.jira_fields()
        return {
            name: [Suggestion(each, score, "its name is close") for each, score in offers]
            for name, offers in _SUGGESTED.items()
        }

    def check(self, our_name: str, field_id: str) -> Problem | None:
        info = next((each for each in self.jira_fields() if each.id == field_id), None)
        if info is None or info.kind in FIELDS[our_name].kinds:
            return None
        return Problem(
            f"“{info.name}” does not fit {FIELDS[our_name].title.lower()}.",
            f"It is a {info.kind} field.",
            f"Choose a field of type {' or '.join(FIELDS[our_name].kinds)}.",
            "danger",
        )

    def statuses(self) -> list[StatusInfo]:
        return [StatusInfo(*each) for each in _STATUSES]

    def issue_types(self) -> list[TypeInfo]:
        chosen = self.settings()[0].definitions.flow_types
        if not chosen:
            return [TypeInfo(*each) for each in _TYPES]
        return [TypeInfo(name, n, chosen.get(name), False) for name, n, _, _ in _TYPES]

    def preview(self, patch: dict, period: Any, filters: Any = None, families: Any = ("dora", "flow")) -> list[tuple]:
        from tests.fake_workspace import metric_value, without_value

        chosen = patch.get("dora_flow_config", {}).get("field_mappings", {})
        found = []
        if chosen.get("dora", {}).get("deployment_date"):
            missing = without_value("deployment_frequency", period, "missing_mapping", "Map these fields.")
            found.append((missing, metric_value("deployment_frequency", period)))
        if patch.get("workflow"):
            found.append(
                (metric_value("flow_time", period), metric_value("flow_time", period, value=5.1, display_value="5.1"))
            )
        return found

    def save(self, patch: dict, revision: int) -> Saved:
        saved = self.settings_store.save(patch, revision=revision)
        self.revision = f"r{int(getattr(self, 'revision', 'r1')[1:]) + 1}"
        return saved

    def unread(self, mapped: dict[str, str]) -> frozenset[str]:
        return frozenset(name for name in mapped if name in self.not_synced)

    def connection(self) -> ConnectionForm:
        jira, revision = self.settings()[0].jira, self.settings()[1]
        given = {"url": SITE, "email": "ada@acme.example", "jql": "project = SHOP"}
        values = {name: given[name] if name in self.environment else getattr(jira, name) for name in given}
        sources = {name: "environment" if name in self.environment else "settings" for name in (*given, "token")}
        token = "token" in self.environment or bool(self.stored_token)
        return ConnectionForm(
            **values, default_jql=DEFAULT_JQL, token_present=token, sources=sources, revision=revision
        )

    def test_connection(self, url: str, email: str, token: str | None, jql: str = "") -> ConnectionReport:
        try:
            address = site_url(url)
        except JiraError as error:
            return ConnectionReport(False, problem=Problem(error.message, todo=error.hint, level="danger"))
        if address != SITE:
            return ConnectionReport(False, problem=Problem("Jira could not be reached.", "No such host.", "Check the address.", "danger"))  # fmt: skip
        if (token or self.stored_token) != GOOD_TOKEN:
            return ConnectionReport(False, problem=Problem("Jira refused the e-mail address or token.", "It answered 401.", "Make a new API token.", "danger"))  # fmt: skip
        if "bogus" in jql:
            return ConnectionReport(False, problem=Problem("Jira does not accept the query.", "Field 'bogus' does not exist.", "Correct the JQL.", "danger"))  # fmt: skip
        return ConnectionReport(True, "Acme Jira", "cloud" if email else "dc", "Ada Lovelace", "Europe/Berlin")

    def connect(self, url: str, email: str, token: str | None, jql: str, revision: int) -> Saved:
        saved = self.settings_store.save(
            {"jira": {"url": site_url(url), "email": email, "jql": "" if jql == DEFAULT_JQL else jql}},
            revision=revision,
        )
        self.stored_token = token or self.stored_token
        return saved
