"""What the made-up company looks like: its projects, workflows, people, words and custom fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sample.site import CATEGORIES, DONE, NEW, PROGRESS

ZONE = "Europe/Berlin"
TITLE = "Northwind Sample Works"
FIELD_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes:"
GREENHOPPER = "com.pyxis.greenhopper.jira:"

CANCELLED = "Cancelled"  # where work ends that was given up
_STATUS_TABLE = (
    ("10000", "Backlog", NEW),
    ("10001", "To Do", NEW),
    ("10002", "Selected for Development", NEW),
    ("3", "In Progress", PROGRESS),
    ("10004", "In Development", PROGRESS),
    ("10005", "In Review", PROGRESS),
    ("10006", "Testing", PROGRESS),
    ("10007", "Blocked", PROGRESS),
    ("10008", "Ready to Deploy", PROGRESS),
    ("10009", "Done", DONE),
    ("10010", "Waiting for support", NEW),
    ("10011", "Investigating", PROGRESS),
    ("10012", "Waiting for customer", PROGRESS),
    ("5", "Resolved", DONE),
    ("6", "Closed", DONE),
    ("10013", "Scheduled", NEW),
    ("10014", "Monitoring", PROGRESS),
    ("10015", CANCELLED, DONE),
)
STATUSES: dict[str, dict[str, Any]] = {
    name: {"id": number, "name": name, "description": "", "statusCategory": CATEGORIES[category]}
    for number, name, category in _STATUS_TABLE
}

_TYPE_TABLE = (
    ("10000", "Epic", 1),
    ("10001", "Story", 0),
    ("10002", "Task", 0),
    ("10003", "Sub-task", -1),
    ("10004", "Bug", 0),
    ("10005", "Incident", 0),
    ("10006", "Deployment", 0),
    ("10007", "Technical Debt", 0),
    ("10008", "Security", 0),
    ("10009", "Improvement", 0),
    ("10010", "Support request", 0),
)
TYPES = {
    name: {"id": number, "name": name, "description": "", "subtask": level < 0, "hierarchyLevel": level}
    for number, name, level in _TYPE_TABLE
}
PRIORITIES = {
    name: {"id": number, "name": name, "statusColor": colour, "description": ""}
    for number, name, colour in (
        ("1", "Highest", "#d04437"),
        ("2", "High", "#f15c75"),
        ("3", "Medium", "#f79232"),
        ("4", "Low", "#707070"),
        ("5", "Lowest", "#999999"),
    )
}
RESOLUTIONS: dict[str, dict[str, str]] = {
    name: {"id": number, "name": name, "description": ""}
    for number, name in (
        ("10000", "Done"),
        ("10001", "Won't Do"),
        ("10002", "Duplicate"),
        ("10003", "Cannot Reproduce"),
    )
}
LINKS = {
    name: {"id": number, "name": name, "inward": inward, "outward": outward}
    for number, name, inward, outward in (
        ("10000", "Blocks", "is blocked by", "blocks"),
        ("10001", "Problem/Incident", "is caused by", "causes"),
        ("10002", "Deployment", "is deployed by", "deploys"),
        ("10003", "Relates", "relates to", "relates to"),
    )
}

# id, name, schema type, schema items, custom type. The ids are this site's own; only names and schemas mean something.
_CUSTOM_TABLE = (
    ("customfield_10016", "Story Points", "number", None, GREENHOPPER + "jsw-story-points"),
    ("customfield_10020", "Sprint", "array", "json", GREENHOPPER + "gh-sprint"),
    ("customfield_10021", "Flagged", "array", "option", FIELD_TYPES + "multicheckboxes"),
    ("customfield_10101", "Deployment Date", "datetime", None, FIELD_TYPES + "datetime"),
    ("customfield_10102", "Target Environment", "option", None, FIELD_TYPES + "select"),
    ("customfield_10103", "Commit date", "datetime", None, FIELD_TYPES + "datetime"),
    ("customfield_10104", "Live in production since", "datetime", None, FIELD_TYPES + "datetime"),
    ("customfield_10105", "Outage start", "datetime", None, FIELD_TYPES + "datetime"),
    ("customfield_10106", "Service restored", "datetime", None, FIELD_TYPES + "datetime"),
    ("customfield_10107", "Deployment successful?", "option", None, FIELD_TYPES + "radiobuttons"),
    ("customfield_10108", "Production impact", "option", None, FIELD_TYPES + "select"),
    ("customfield_10109", "Flow item type", "option", None, FIELD_TYPES + "select"),
    ("customfield_10110", "Work started", "datetime", None, FIELD_TYPES + "datetime"),
    ("customfield_10111", "Work completed", "datetime", None, FIELD_TYPES + "datetime"),
    ("customfield_10112", "In status since", "datetime", None, FIELD_TYPES + "datetime"),
    ("customfield_10113", "Active hours", "number", None, FIELD_TYPES + "float"),
    ("customfield_10114", "Cycle time (days)", "number", None, FIELD_TYPES + "float"),
    ("customfield_10120", "JTBD job", "string", None, FIELD_TYPES + "textfield"),
    ("customfield_10121", "Persona", "option", None, FIELD_TYPES + "select"),
    ("customfield_10122", "Painpoint", "string", None, FIELD_TYPES + "textfield"),
    ("customfield_10123", "Painpoint severity", "number", None, FIELD_TYPES + "float"),
    ("customfield_10124", "Satisfaction score", "number", None, FIELD_TYPES + "float"),
    ("customfield_10130", "Original story points", "number", None, FIELD_TYPES + "float"),
    ("customfield_10131", "Deployment Date (old)", "date", None, FIELD_TYPES + "datepicker"),
    ("customfield_10132", "Commit hash", "string", None, FIELD_TYPES + "textfield"),
    ("customfield_10133", "Release planned for", "date", None, FIELD_TYPES + "datepicker"),
    ("customfield_10134", "Teams involved", "array", "option", FIELD_TYPES + "multiselect"),
    ("customfield_10135", "Root cause", "string", None, FIELD_TYPES + "textarea"),
)
ID = {name: number for number, name, *_ in _CUSTOM_TABLE}

# id, name, schema type, schema items
_SYSTEM_TABLE = (
    ("summary", "Summary", "string", None),
    ("issuetype", "Issue Type", "issuetype", None),
    ("status", "Status", "status", None),
    ("statuscategorychangedate", "Status Category Changed", "datetime", None),
    ("project", "Project", "project", None),
    ("priority", "Priority", "priority", None),
    ("resolution", "Resolution", "resolution", None),
    ("resolutiondate", "Resolved", "datetime", None),
    ("created", "Created", "datetime", None),
    ("updated", "Updated", "datetime", None),
    ("duedate", "Due date", "date", None),
    ("assignee", "Assignee", "user", None),
    ("reporter", "Reporter", "user", None),
    ("creator", "Creator", "user", None),
    ("labels", "Labels", "array", "string"),
    ("components", "Components", "array", "component"),
    ("fixVersions", "Fix versions", "array", "version"),
    ("versions", "Affects versions", "array", "version"),
    ("issuelinks", "Linked Issues", "array", "issuelinks"),
    ("subtasks", "Sub-tasks", "array", "issuelinks"),
    ("parent", "Parent", None, None),
    ("description", "Description", "string", None),
    ("comment", "Comment", "comments-page", None),
    ("environment", "Environment", "string", None),
    ("timespent", "Time Spent", "number", None),
)


def system_field(number: str, name: str, kind: str | None, items: str | None = None) -> dict[str, Any]:
    """One of Jira's own fields as `/field` lists it."""
    row: dict[str, Any] = {"id": number, "key": number, "name": name, "custom": False}
    row |= {"orderable": True, "navigable": True, "searchable": True, "clauseNames": [number]}
    if kind:
        row["schema"] = {"type": kind, **({"items": items} if items else {}), "system": number}
    return row


def custom_field(number: str, name: str, kind: str, items: str | None, custom: str) -> dict[str, Any]:
    """A custom field as `/field` lists it."""
    digits = number.removeprefix("customfield_")
    schema = {"type": kind, **({"items": items} if items else {}), "custom": custom, "customId": int(digits)}
    return {
        "id": number,
        "key": number,
        "name": name,
        "custom": True,
        "orderable": True,
        "navigable": True,
        "searchable": True,
        "clauseNames": [f"cf[{digits}]", name],
        "schema": schema,
    }


SYSTEM_FIELDS = {row[0]: system_field(*row) for row in _SYSTEM_TABLE}
CUSTOM_FIELDS = {row[0]: custom_field(*row) for row in _CUSTOM_TABLE}


@dataclass(frozen=True)
class Plan:
    """One project and how it works. Times are in days, medians; rates are shares of 1."""

    key: str
    name: str
    share: float  # of all issues
    board: str  # scrum | simple | kanban
    steps: tuple[str, ...]  # statuses: waiting, working, review[, testing]
    types: tuple[tuple[str, float], ...]  # issue type, weight
    components: tuple[str, ...]
    themes: tuple[str, ...]
    deploys: float = 0.0  # share of its issues that are deployments
    failing: float = 0.0  # share of production deployments that fail
    restore_hours: float = 0.0
    queue: float = 5.0
    work: float = 1.5
    review: float = 0.7
    rework: float = 0.2
    blocked: float = 0.12
    version: str = "1"
    done_live: bool = True  # finished means in production; else merged, and the next deployment takes it along


_DEV = (
    ("Story", 0.42),
    ("Bug", 0.24),
    ("Task", 0.14),
    ("Technical Debt", 0.10),
    ("Improvement", 0.06),
    ("Security", 0.04),
)
PLANS = (
    Plan(
        "SHOP", "Web shop", 0.36, "scrum", ("To Do", "In Progress", "In Review"), _DEV,
        ("Checkout", "Search", "Catalogue", "Account", "Mobile web"),
        ("faster checkout", "search that finds", "wish lists", "guest orders", "product reviews"),
        deploys=0.36, failing=0.13, restore_hours=2.6, queue=5.0, work=1.4, review=0.4, version="4",
    ),
    Plan(
        "PAY", "Payments", 0.24, "scrum", ("Backlog", "In Development", "In Review", "Testing"),
        (("Story", 0.34), ("Bug", 0.20), ("Task", 0.16), ("Technical Debt", 0.12), ("Security", 0.14),
         ("Improvement", 0.04)),
        ("Ledger", "Card gateway", "Refunds", "Fraud rules"),
        ("instant refunds", "fewer declined cards", "monthly statements", "3-D Secure", "partner payouts"),
        deploys=0.28, failing=0.10, restore_hours=1.4, queue=7.0, work=1.9, review=0.6, rework=0.25, version="2",
    ),
    Plan(
        "OPS", "Platform", 0.22, "simple", ("To Do", "In Progress", "In Review"),
        (("Task", 0.36), ("Technical Debt", 0.22), ("Bug", 0.18), ("Story", 0.12), ("Security", 0.12)),
        ("Kubernetes", "Pipelines", "Observability", "Databases"),
        ("self-service environments", "cheaper builds", "clear alerts", "database upgrades", "single sign-on"),
        deploys=0.38, failing=0.16, restore_hours=4.5, queue=7.0, work=2.2, review=0.5, blocked=0.16, version="11",
        done_live=False,
    ),
    Plan(
        "HELP", "Customer support", 0.18, "kanban", ("Waiting for support", "Investigating", "Waiting for customer"),
        (("Support request", 0.68), ("Bug", 0.2), ("Task", 0.12)),
        ("Orders", "Invoices", "Returns", "Logins"),
        ("missing parcels", "wrong invoices", "locked accounts", "late returns", "voucher questions"),
        queue=0.6, work=0.7, review=0.9, rework=0.1, blocked=0.03, version="1",
    ),
)  # a table: kept in its rows  # fmt: skip

PEOPLE: tuple[dict[str, Any], ...] = tuple(
    {
        "accountId": f"712020:5a3b0e1c-{n:04d}-4000-8000-{n * 7919:012d}",
        "accountType": "atlassian",
        "displayName": f"{first} {last}",
        "active": n != 23,
        "timeZone": ZONE,
    }
    for n, (first, last) in enumerate(
        (first, ("Sample", "Example", "Specimen", "Placeholder")[n % 4])
        for n, first in enumerate(
            [
                "Ada",
                "Ben",
                "Cleo",
                "Dario",
                "Esra",
                "Finn",
                "Greta",
                "Hugo",
                "Ines",
                "Jonas",
                "Kaya",
                "Lena",
                "Milo",
                "Nora",
                "Oskar",
                "Pia",
                "Quinn",
                "Rosa",
                "Sami",
                "Tilda",
                "Umut",
                "Vera",
                "Wim",
                "Yara",
            ]
        )
    )
)
VERBS = {
    "Story": ("Let people", "Show", "Offer", "Support"),
    "Task": ("Prepare", "Document", "Set up", "Review"),
    "Bug": ("Fix error in", "Wrong result in", "Crash during", "Slow response in"),
    "Technical Debt": ("Replace old code in", "Untangle", "Add tests for", "Remove unused parts of"),
    "Security": ("Close hole in", "Rotate keys of", "Update libraries of", "Review access to"),
    "Improvement": ("Polish", "Speed up", "Simplify", "Clarify"),
    "Support request": ("Customer asks about", "Complaint about", "Help with", "Report on"),
    "Sub-task": ("Write tests for", "Adapt page for", "Migrate data of", "Translate texts of"),
}
FLOW_ITEMS = {
    "Story": "Feature", "Task": "Feature", "Improvement": "Feature", "Bug": "Defect", "Incident": "Defect",
    "Technical Debt": "Technical Debt", "Security": "Risk", "Support request": "Defect",
}  # a table: kept in its rows  # fmt: skip
LABELS = ("frontend", "backend", "customer-request", "quick-win", "needs-design", "performance", "compliance", "mobile")
# job id, label, persona, painpoint
JOBS = (
    ("job-buy-fast", "jtbd-buy-fast", "Returning shopper", "pp-too-many-steps"),
    ("job-trust-payment", "jtbd-trust-payment", "First-time buyer", "pp-unclear-fees"),
    ("job-find-product", "jtbd-find-product", "Returning shopper", "pp-poor-search"),
    ("job-close-books", "jtbd-close-books", "Accountant", "pp-manual-matching"),
    ("job-release-calmly", "jtbd-release-calmly", "Developer", "pp-night-releases"),
)
# Which jobs a project's work goes to (places in JOBS, the more often the more of it): payments look after the books,
# and
# hardly anybody after the worries of first-time buyers.
FAVOURED = {"SHOP": (0, 0, 0, 2, 3), "PAY": (3, 3, 3, 0, 1), "OPS": (4, 4, 4, 4, 0)}
