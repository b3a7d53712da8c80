"""Twenty field lists like those of real sites, made up, each with the mapping that somebody who knows the site would
choose.

They differ in size, language and use, and hold traps: fields whose name fits and whose values or issue types say that
they are something else. A list is what Jira gives (names, kinds) and what the newest 400 issues show (use, values,
types).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.values.fields import Coverage, FieldInfo

OF = 400
POINTS = "com.pyxis.greenhopper.jira:jsw-story-points"
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Named:
    """A field before it has an id. `seen`: issues that fill it; None: the site did not say."""

    name: str
    kind: str
    seen: int | None = 100
    values: tuple[tuple[str, int], ...] = ()
    types: tuple[tuple[str, int], ...] = ()
    schema: str = ""


@dataclass(frozen=True)
class FieldList:
    """A site: its fields, and our field → the name of the right one (names, where several are right)."""

    name: str
    fields: tuple[FieldInfo, ...]
    right: Mapping[str, tuple[str, ...]]

    def ids(self, ours: str) -> set[str]:
        return {each.id for each in self.fields if each.name in self.right.get(ours, ())}


def f(
    name: str,
    kind: str,
    seen: int | None = 100,
    values: Counts | None = None,
    types: Counts | None = None,
    schema: str = "",
) -> Named:
    return Named(name, kind, seen, tuple((values or {}).items()), tuple((types or {}).items()), schema)


# What most sites have besides, from Jira itself and from what is sold with it.
JIRA = (
    f("Sprint", "other", 300),
    f("Epic Link", "other", 200),
    f("Rank", "other", 400),
    f("Flagged", "checkbox", 9, {"Impediment": 9}),
    f("Epic Name", "text", 20),
    f("Epic Status", "select", 20, {"To Do": 12, "Done": 8}),
    f("Epic Color", "text", 20),
    f("Start date", "date", 60),
    f("Team", "select", 180),
    f("Development", "other", 210),
    f("Issue color", "text", 3),
    f("Vulnerability", "other", 0),
    f("Design", "other", 4),
    f("Goals", "other", 0),
)
DESK = (
    f("Request Type", "other", 250),
    f("Satisfaction", "other", 40),
    f("Satisfaction date", "datetime", 40),
    f("Organizations", "other", 90),
    f(
        "Impact",
        "select",
        240,
        {"Minor / Localized": 140, "Moderate / Limited": 70, "Significant / Large": 25, "Extensive / Widespread": 5},
        {"Incident": 190, "Change": 50},
    ),
    f("Urgency", "select", 240, {"High": 60, "Medium": 130, "Low": 50}),
    f("Change risk", "select", 50, {"Low": 40, "High": 10}),
    f("Change type", "select", 50, {"Normal": 40, "Standard": 10}),
    f("Change reason", "select", 50),
    f("Approvals", "other", 50),
    f("Actual start", "datetime", 45, None, {"Change": 45}),
    f("Actual end", "datetime", 45, None, {"Change": 45}),
    f("Change start date", "datetime", 48, None, {"Change": 48}),
    f("Change completion date", "datetime", 48, None, {"Change": 48}),
    f("Time to resolution", "other", 240),
    f("Time to first response", "other", 240),
    f("Root cause", "text", 60),
    f("Workaround", "text", 22),
    f("Affected services", "other", 150),
    f("Source", "select", 90, {"Email": 60, "Portal": 30}),
    f("Pending reason", "select", 44),
    f("Operational categorization", "select", 80),
    f("Severity", "select", 70, {"Sev 1": 8, "Sev 2": 62}),
)
TESTING = (
    f("Environment type", "select", 70, {"Windows": 40, "Linux": 30}, {"Bug": 70}),
    f("Test Type", "select", 80),
    f("Test Environments", "multiselect", 60),
    f("Steps to reproduce", "text", 90, None, {"Bug": 90}),
    f("Expected result", "text", 88),
    f("Actual result", "text", 85),
    f("Test Plan", "text", 30),
    f("Found in build", "text", 40),
    f("Browser", "select", 33, {"Chrome": 30, "Firefox": 3}),
    f("Begin Date", "datetime", 20, None, {"Test Execution": 20}),
    f("End Date", "datetime", 20, None, {"Test Execution": 20}),
)
PLANNING = (
    f("Target start", "date", 80),
    f("Target end", "date", 75),
    f("Original story points", "number", 130),
    f("Parent Link", "other", 90),
    f("Planned release date", "date", 30),
    f("Budget", "number", 12),
    f("Cost center", "text", 25),
    f("Business value", "number", 66),
    f("Confidence", "select", 50),
    f("Reach", "number", 44),
    f("Effort", "number", 44),
    f("RICE score", "number", 44),
    f("Expected deployment date", "date", 25),
    f("Acceptance criteria", "text", 190),
    f("Department", "select", 90),
)

YES_NO = {"Yes": 52, "No": 8}
TICKETS = {"Deployment": 60}


def made(name: str, *fields: Named, **right: str | tuple[str, ...]) -> FieldList:
    infos = tuple(
        FieldInfo(
            f"customfield_{10100 + n}",
            each.name,
            each.kind,
            True,
            None
            if each.seen is None
            else Coverage(each.seen, OF, tuple(v for v, _ in each.values[:3]), each.values, each.types),
            each.schema,
        )
        for n, each in enumerate(fields)
    )
    chosen = {ours: (names,) if isinstance(names, str) else names for ours, names in right.items()}
    assert all(any(each.name == wanted for each in fields) for names in chosen.values() for wanted in names), name
    return FieldList(name, infos, chosen)


POINT = f("Story Points", "number", 260)
DEPLOYED = f("Deployment date", "datetime", 60, None, TICKETS)

LISTS = (
    made("a new team-managed project", f("Story point estimate", "number", 150, schema=POINTS), f("Start date", "date", 20), f("Sprint", "other", 150),
         f("Team", "select", 0), f("Rank", "other", 400), story_points="Story point estimate"),
    made("a start-up with short names", *JIRA, f("SP", "number", 240), f("Env", "select", 50, {"prod": 30, "stage": 20}, TICKETS), f("Deployed at (UTC)", "datetime", 50, None, TICKETS),
         f("Merged at", "datetime", 150), f("Outcome", "select", 50, {"Success": 44, "Failed": 6}, TICKETS), f("Incident start date/time", "datetime", 30, None, {"Incident": 30}),
         f("Incident end date/time", "datetime", 28, None, {"Incident": 28}), f("Environment", "select", 90, {"Chrome on Windows": 60, "Safari": 30}, {"Bug": 90}),
         story_points="SP", target_environment="Env", deployment_date="Deployed at (UTC)", code_commit_date="Merged at", deployment_successful="Outcome",
         incident_detected_at="Incident start date/time", incident_resolved_at="Incident end date/time"),
    made("a service desk", *JIRA, *DESK),
    made("a service desk with outages", *JIRA, *DESK, f("Outage start", "datetime", 50, None, {"[System] Incident": 50}), f("Outage end", "datetime", 44, None, {"[System] Incident": 44}),
         incident_detected_at="Outage start", incident_resolved_at="Outage end"),
    made("releases as tickets", *JIRA, POINT, DEPLOYED, f("Target environment", "select", 60, {"Production": 40, "Staging": 20}, TICKETS),
         f("Deployment successful", "select", 60, YES_NO, TICKETS), f("Impact on Production", "select", 55, {"No": 50, "Yes": 5}, TICKETS), *DESK,
         story_points="Story Points", deployment_date="Deployment date", target_environment="Target environment",
         deployment_successful="Deployment successful", production_impact="Impact on Production"),
    made("a product company with product release dates", *JIRA, *PLANNING, POINT, f("Release date", "date", 40, None, {"Product": 30, "Epic": 10}),
         f("Release notes", "text", 60), story_points="Story Points"),
    made("release tickets with a release date", *JIRA, POINT, f("Release date", "datetime", 70, None, {"Release": 66, "Epic": 4}),
         f("Environment", "select", 64, {"prod": 40, "uat": 24}, {"Release": 64}), f("Release manager", "user", 66),
         story_points="Story Points", deployment_date="Release date", target_environment="Environment"),
    made("a tester's site", *JIRA, *TESTING, POINT, f("Environment", "text", 95, {"prod, seen by a user": 1, "my laptop": 2}, {"Bug": 95}), story_points="Story Points"),
    made("a German bank", f("Sprint", "other", 300), f("Epos-Verknüpfung", "other", 100), f("Rang", "other", 400), f("Story-Punkte", "number", 210), f("Bereitstellungsdatum", "datetime", 44, None, {"Bereitstellung": 44}),
         f("Zielumgebung", "select", 44, {"Produktion": 30, "Test": 14}, {"Bereitstellung": 44}), f("Auswirkung", "select", 90, {"Gering": 80, "Hoch": 10}, {"Störung": 90}),
         f("Störungsbeginn", "datetime", 60, None, {"Störung": 60}), f("Störungsende", "datetime", 58, None, {"Störung": 58}), f("Kostenstelle", "text", 120), f("Fällig bis", "date", 30),
         story_points="Story-Punkte", deployment_date="Bereitstellungsdatum", target_environment="Zielumgebung", incident_detected_at="Störungsbeginn",
         incident_resolved_at="Störungsende"),
    made("a Russian studio", f("Спринт", "other", 210), f("Ссылка на эпик", "other", 90), f("Стори поинты", "number", 190), f("Дата релиза", "date", 20, None, {"Продукт": 20}),
         f("Окружение", "text", 70, None, {"Ошибка": 70}), f("Команда", "select", 100), story_points="Стори поинты"),
    made("a Japanese maker", f("スプリント", "other", 200), f("エピックリンク", "other", 80), f("ストーリーポイント", "number", 160), f("影響", "select", 80, {"高": 10, "低": 70}, {"障害": 80}),
         f("デプロイ日", "datetime", 33, None, {"デプロイ": 33}), f("担当チーム", "select", 90), story_points="ストーリーポイント", deployment_date="デプロイ日"),
    made("a French insurer", f("Sprint", "other", 240), f("Équipe", "select", 140), f("Points de récit", "number", 170), f("Date de déploiement", "datetime", 41, None, {"Déploiement": 41}),
         f("Environnement", "select", 60, {"Recette": 60}, {"Anomalie": 60}), f("Impact", "select", 50, {"Majeur": 10, "Mineur": 40}), f("Date de livraison prévue", "date", 60),
         story_points="Points de récit", deployment_date="Date de déploiement"),
    made("everything for lead time", *JIRA, POINT, f("Code commit date", "datetime", 180), f("Deployed to production", "datetime", 170), f("Commit message", "text", 180),
         f("Production date", "date", 6, None, {"Widget": 6}), f("Actual start date", "datetime", 160, None, {"Story": 120, "Task": 40}), f("Actual end date", "datetime", 150, None, {"Story": 110, "Task": 40}), story_points="Story Points", code_commit_date="Code commit date", work_started_date="Actual start date", work_completed_date="Actual end date", deployed_to_production_date="Deployed to production"),
    made("jobs to be done", *JIRA, POINT, f("JTBD", "select", 120), f("Persona", "select", 110, {"Buyer": 60, "Clerk": 50}), f("Pain point", "select", 70), f("Pain point severity", "number", 70),
         f("Job ID", "number", 90, None, {"Build": 90}), f("CSAT score", "number", 66), f("User type", "select", 40, {"Admin": 40}),
         story_points="Story Points", job_id="JTBD", persona="Persona", painpoint_id="Pain point", painpoint_severity="Pain point severity", satisfaction="CSAT score"),
    made("a copied and migrated site", *JIRA, f("Story Points", "number", 3), f("Story Points (migrated)", "number", 200), f("Story points", "number", 240), f("Deployment Date (old)", "datetime", 90),
         f("Deployment date", "datetime", 0), f("Deployed on", "datetime", 48, None, TICKETS), f("Original deployment date", "datetime", 30), *PLANNING,
         story_points="Story points", deployment_date="Deployed on"),
    made("flow framework", *JIRA, POINT, f("Work type", "select", 300, {"Feature": 200, "Bug": 60, "Technical Debt": 30, "Risk": 10}), f("Work started", "datetime", 220, None, {"Story": 180, "Bug": 40}),
         f("Work completed", "datetime", 200, None, {"Story": 160, "Bug": 40}), f("Active hours", "number", 150), f("Cycle time (days)", "number", 190), f("Work location", "select", 90, {"Remote": 90}),
         story_points="Story Points", flow_item_type="Work type", work_started_date="Work started", work_completed_date="Work completed", active_work_hours="Active hours",
         flow_time_days="Cycle time (days)"),
    made("facility management", *JIRA, f("Work type", "select", 200, {"Onsite": 120, "Remote": 80}), f("Impact", "select", 150, {"Yes": 20, "No": 130}, {"Request": 150}), f("Persona visited", "text", 20),
         f("Deployment location", "text", 30), f("Environment", "select", 40, {"Indoor": 30, "Outdoor": 10}), f("Job", "text", 90), f("Result", "select", 80, {"OK": 80})),
    made("an operations team", *JIRA, *DESK, f("Detected at", "datetime", 120, None, {"Incident": 118, "Bug": 2}), f("Restored at", "datetime", 110, None, {"Incident": 110}),
         f("Customer impact", "select", 90, {"High": 30, "Low": 60}), f("Deployment result", "select", 30, {"Success": 26, "Failed": 4}, {"Deployment": 30}), f("Deploy date", "date", 30, None, {"Deployment": 30}),
         incident_detected_at="Detected at", incident_resolved_at="Restored at", deployment_successful="Deployment result", deployment_date="Deploy date"),
    made("an enterprise with everything", *JIRA, *DESK, *TESTING, *PLANNING, POINT, DEPLOYED, f("Deployment environment", "multiselect", 58, {"PROD": 40, "DEV": 18}, TICKETS),
         f("Deployment status", "select", 57, {"Successful": 50, "Rolled back": 7}, TICKETS), f("Production impact", "select", 57, {"Minor / Localized": 30, "Moderate / Limited": 27}, {"Incident": 57}),
         f("Deployment owner", "user", 50), f("Deployment notes", "text", 44), f("Service restored", "datetime", 70, None, {"Incident": 70}),
         f("Incident detected at", "datetime", 80, None, {"Incident": 80}), f("First commit", "datetime", 120), f("Commit count", "number", 120),
         story_points="Story Points", deployment_date="Deployment date", target_environment="Deployment environment", deployment_successful="Deployment status",
         incident_detected_at="Incident detected at", incident_resolved_at="Service restored", code_commit_date="First commit"),
    made("a site that did not say how fields are used", f("Story Points", "number", None), f("Deployment date", "datetime", None), f("Impact", "select", None), f("Environment", "text", None),
         f("Release date", "date", None), f("Team", "select", None), f("Sprint", "other", None), story_points="Story Points", deployment_date="Deployment date"),
)  # each list: kept in its rows  # fmt: skip
