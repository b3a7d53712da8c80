"""The services that the modals use, with a small made-up Jira and a real settings file."""

# ruff: noqa: ARG002 - a fake takes what the real one takes

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.jira.connection import site_url
from data.jira.errors import JiraError, Unreachable
from data.services.connection import ConnectionService
from data.services.field_mapping import FieldMappingService
from data.services.view import Snapshot, View
from data.settings.connection import DEFAULT_JQL
from data.settings.fields import FIELDS
from data.settings.store import Saved
from data.values.fields import Coverage, FieldInfo, StatusInfo, Suggestion, TypeInfo, ValueInfo
from data.values.metric_value import MetricValue
from data.values.problem import Problem
from data.values.status import ConnectionForm, ConnectionReport

if TYPE_CHECKING:
    from tests.fake_services import FakeServices

GOOD_TOKEN = "good-token"
SITE = "https://acme.example"

_JIRA_FIELDS = (
    (
        "customfield_10100",
        "Deployment date",
        "datetime",
        412,
        ("2026-11-14 09:12", "2026-11-12 16:40", "2026-11-10 08:05"),
    ),
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
)
_SUGGESTED = {
    "deployment_date": (("customfield_10100", 1.0), ("customfield_10101", 0.55)),
    "target_environment": (("customfield_10102", 0.98),),
    "code_commit_date": (("customfield_10103", 0.97),),
    "deployment_successful": (("customfield_10104", 0.94),),
    "incident_detected_at": (("customfield_10105", 0.96),),
    "incident_resolved_at": (("customfield_10106", 0.92),),
    "flow_item_type": (("customfield_10107", 0.75),),
    "story_points": (("customfield_10108", 0.99),),
}
_STATUSES = (
    ("1", "Backlog", "new", 118),
    ("2", "To Do", "new", 74),
    ("3", "In Progress", "indeterminate", 41),
    ("4", "In Review", "indeterminate", 17),
    ("5", "Waiting for release", "indeterminate", 12),
    ("6", "Done", "done", 540),
    ("7", "Rejected", "done", 10, "discarded", "by its name"),
)
_TYPES = (
    ("Story", 400, "Feature", True),
    ("Bug", 240, "Defect", True),
    ("Task", 120, "Feature", True),
    ("Incident", 22, "Defect", True),
    ("Spike v2.0", 14, None, False),
)


class FakeFieldMapping(FieldMappingService):
    """Set `jira_down` for a Jira that cannot be reached; "until retried" for one that comes back."""

    jira_down: bool | str = False
    not_synced: tuple[str, ...] = ("production_impact",)

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def jira_fields(self, snapshot: Snapshot, *, refresh: bool = False) -> list[FieldInfo]:
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

    def suggestions(self, snapshot: Snapshot) -> dict[str, list[Suggestion]]:
        self.jira_fields(snapshot)
        return {
            name: [Suggestion(each, score, "its name is close") for each, score in offers]
            for name, offers in _SUGGESTED.items()
        }

    def check(self, our_name: str, field_id: str, snapshot: Snapshot) -> Problem | None:
        info = next((each for each in self.jira_fields(snapshot) if each.id == field_id), None)
        if info is None or FIELDS[our_name].fits(info.kind):
            return None
        return Problem(
            f"“{info.name}” does not fit {FIELDS[our_name].title.lower()}.",
            f"It is a {info.kind} field.",
            f"Choose a field of type {' or '.join(FIELDS[our_name].kinds)}.",
            "danger",
        )

    def values(self, our_name: str, field_id: str, snapshot: Snapshot) -> list[ValueInfo]:
        known = {"deployment_successful": (("Yes", 31), ("Rolled forward", 6), ("No", 4))}
        return [ValueInfo(*each) for each in known.get(our_name, ())]

    def names_in_use(self, snapshot: Snapshot) -> dict[str, list[ValueInfo]]:
        return {"resolutions": [ValueInfo("Done", 40), ValueInfo("Parked", 3)], "links": [ValueInfo("blocks", 5)]}

    def titles(self, snapshot: Snapshot) -> dict[str, str]:
        return {each.id: each.name for each in self.statuses(snapshot)}

    def statuses(self, snapshot: Snapshot) -> list[StatusInfo]:
        return [StatusInfo(*each) for each in _STATUSES]

    def issue_types(self, snapshot: Snapshot) -> list[TypeInfo]:
        chosen = snapshot.settings.definitions.flow_types
        if not chosen:
            return [TypeInfo(*each) for each in _TYPES]
        return [TypeInfo(name, n, chosen.get(name), False) for name, n, _, _ in _TYPES]

    def preview(
        self, patch: dict[str, Any], view: View, families: tuple[str, ...] = ("dora", "flow")
    ) -> list[tuple[MetricValue, MetricValue]]:
        from tests.fake_values import metric_value, without_value

        period = view.period
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

    def save(
        self, patch: dict[str, Any], revision: int, snapshot: Snapshot, base: dict[str, Any] | None = None
    ) -> Saved:
        saved = self._fake.settings_store.save(patch, revision=revision, base=base)
        self._fake.revision = f"r{int(self._fake.revision[1:]) + 1}"
        return saved

    def unread(self, mapped: dict[str, str], snapshot: Snapshot) -> frozenset[str]:
        return frozenset(name for name in mapped if name in self.not_synced)


class FakeConnection(ConnectionService):
    """`environment`: the values that win over the settings; `stored_token`: the one that is kept."""

    environment: tuple[str, ...] = ()
    stored_token = ""

    def __init__(self, fake: FakeServices) -> None:
        self._fake = fake

    def form(self, snapshot: Snapshot) -> ConnectionForm:
        jira, revision = snapshot.settings.jira, snapshot.settings_revision
        given = {"url": SITE, "email": "ada@acme.example", "jql": "project = SHOP"}
        values: dict[str, str] = {
            name: given[name] if name in self.environment else getattr(jira, name) for name in given
        }
        sources = {name: "environment" if name in self.environment else "settings" for name in (*given, "token")}
        token = "token" in self.environment or bool(self.stored_token)
        return ConnectionForm(
            values["url"],
            values["email"],
            values["jql"],
            token_present=token,
            sources=sources,
            revision=revision,
        )

    def test(self, url: str, email: str, token: str | None, jql: str, snapshot: Snapshot) -> ConnectionReport:
        try:
            address = site_url(url)
        except JiraError as error:
            return ConnectionReport(False, problem=Problem(error.message, todo=error.hint, level="danger"))
        if address != SITE:
            return ConnectionReport(
                False, problem=Problem("Jira could not be reached.", "No such host.", "Check the address.", "danger")
            )
        if (token or self.stored_token) != GOOD_TOKEN:
            return ConnectionReport(
                False,
                problem=Problem(
                    "Jira refused the e-mail address or token.", "It answered 401.", "Make a new API token.", "danger"
                ),
            )
        if "bogus" in jql:
            return ConnectionReport(
                False,
                problem=Problem(
                    "Jira does not accept the query.", "Field 'bogus' does not exist.", "Correct the JQL.", "danger"
                ),
            )
        return ConnectionReport(True, "Acme Jira", "cloud" if email else "dc", "Ada Lovelace", "Europe/Berlin")

    def connect(self, url: str, email: str, token: str | None, jql: str, snapshot: Snapshot) -> Saved:
        saved = self._fake.settings_store.save(
            {"jira": {"url": site_url(url), "email": email, "jql": "" if jql == DEFAULT_JQL else jql}},
            revision=snapshot.settings_revision,
        )
        self.stored_token = token or self.stored_token
        return saved
