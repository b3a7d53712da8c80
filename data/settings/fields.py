"""Our own fields that people map to Jira fields: what each is for, and which Jira types it may have (D-02 to D-04)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from data.values.names import name_key

DATES = ("datetime", "date")
WORDS = ("text", "select", "multiselect", "checkbox")
FLAGS = ("checkbox", "select", "text", "multiselect")
NUMBERS = ("number",)
SLA = "sla"  # a service level agreement of Jira Service Management
# Our fields that a service level agreement tells: True its stop, False its start.
SLA_ENDS = MappingProxyType(
    {
        "incident_detected_at": False,
        "incident_resolved_at": True,
        "work_started_date": False,
        "work_completed_date": True,
    }
)


@dataclass(frozen=True)
class MappedField:
    """One line of the mapping: our name, what it means, and the kinds of Jira field that fit."""

    name: str
    family: str  # dora | flow | jtbd
    title: str
    help: str
    kinds: tuple[str, ...]
    words: tuple[str, ...] = ()  # lower-case phrases that suggest a Jira field of that name

    def fits(self, kind: str) -> bool:
        """Whether a Jira field of that kind can be read as ours."""
        return kind in self.kinds or (kind == SLA and self.name in SLA_ENDS)


_FIELDS = (
    MappedField(
        "deployment_date",
        "dora",
        "Deployment date",
        "When a deployment happened; an issue with it is a deployment.",
        DATES,
        ("deployment date", "deploy date", "deployed on", "deployed at", "release date"),
    ),
    MappedField(
        "target_environment",
        "dora",
        "Target environment",
        "Where a deployment went; only production counts.",
        WORDS,
        ("target environment", "deployment environment", "environment"),
    ),
    MappedField(
        "code_commit_date",
        "dora",
        "Code commit date",
        "When the change was committed; lead time starts here.",
        DATES,
        ("code commit date", "commit date", "first commit", "committed at"),
    ),
    MappedField(
        "deployed_to_production_date",
        "dora",
        "Deployed to production date",
        "When the change reached production; lead time ends here.",
        DATES,
        (
            "deployed to production date",
            "deployed to production",
            "production date",
            "live date",
            "in production since",
        ),
    ),
    MappedField(
        "incident_detected_at",
        "dora",
        "Incident detected at",
        "When an incident was noticed; recovery starts here.",
        DATES,
        ("incident detected at", "incident detected", "detected at", "incident start", "outage start"),
    ),
    MappedField(
        "incident_resolved_at",
        "dora",
        "Incident resolved at",
        "When service was restored; recovery ends here.",
        DATES,
        ("incident resolved at", "incident resolved", "service restored", "restored at", "incident end", "outage end"),
    ),
    MappedField(
        "deployment_successful",
        "dora",
        "Deployment successful",
        "Whether a deployment worked; a no is a failure.",
        FLAGS,
        ("deployment successful", "deployment success", "deployment result", "deploy status", "deployment outcome"),
    ),
    MappedField(
        "production_impact",
        "dora",
        "Production impact",
        "Whether a deployment hurt users; an impact is a failure.",
        WORDS,
        ("production impact", "customer impact", "impact"),
    ),
    MappedField(
        "flow_item_type",
        "flow",
        "Flow item type",
        "Feature, Defect, Risk or Technical Debt; without it the issue type decides.",
        WORDS,
        ("flow item type", "work type", "flow type", "work category", "investment category"),
    ),
    MappedField(
        "work_started_date",
        "flow",
        "Work started date",
        "When work began; wins over the status history where set.",
        DATES,
        ("work started date", "work started", "actual start", "started at"),
    ),
    MappedField(
        "work_completed_date",
        "flow",
        "Work completed date",
        "When work ended; wins over the status history where set.",
        DATES,
        ("work completed date", "work completed", "actual end", "completed at", "finished at"),
    ),
    MappedField(
        "status_entry_timestamp",
        "flow",
        "Status entry timestamp",
        "When the current status was entered; used only where history is missing.",
        DATES,
        ("status entry timestamp", "status changed at", "in status since"),
    ),
    MappedField(
        "active_work_hours",
        "flow",
        "Active work hours",
        "Hours of work logged; gives efficiency where no active statuses are chosen.",
        NUMBERS,
        ("active work hours", "active hours", "hours worked", "effort hours"),
    ),
    MappedField(
        "flow_time_days",
        "flow",
        "Flow time in days",
        "A flow time from elsewhere, shown as a cross-check.",
        NUMBERS,
        ("flow time days", "flow time", "cycle time days", "cycle time"),
    ),
    MappedField(
        "story_points",
        "flow",
        "Story points",
        "Estimate, shown beside the number of items.",
        NUMBERS,
        ("story points", "story point estimate"),
    ),
    MappedField(
        "flagged",
        "flow",
        "Flag",
        "The field with which people mark an item as blocked; its history gives blocked time.",
        ("multiselect", "checkbox", "select"),
        ("flagged", "impediment", "markiert", "marcado", "marqué", "gemarkeerd", "contrassegnato"),
    ),
    MappedField(
        "team",
        "flow",
        "Team",
        "Whose work it is: Jira's Team field or a choice of your own, to filter and to group by.",
        WORDS,
        ("team", "squad", "delivery team", "scrum team"),
    ),
    MappedField(
        "job_id",
        "jtbd",
        "Job",
        "Which customer job the issue serves.",
        WORDS,
        ("job id", "customer job", "job to be done", "jtbd"),
    ),
    MappedField("persona", "jtbd", "Persona", "Whose job it is.", WORDS, ("persona", "user type")),
    MappedField(
        "painpoint_id", "jtbd", "Painpoint", "Which painpoint the issue relieves.", WORDS, ("painpoint", "pain point")
    ),
    MappedField(
        "painpoint_severity",
        "jtbd",
        "Painpoint severity",
        "How bad the painpoint is.",
        (*NUMBERS, *WORDS),
        ("painpoint severity", "pain severity", "severity of pain"),
    ),
    MappedField(
        "satisfaction",
        "jtbd",
        "Satisfaction",
        "How satisfied customers are: a number on the scale that you declare, or words.",
        (*NUMBERS, "select", "text"),
        ("satisfaction", "csat", "satisfaction score"),
    ),
)


@dataclass(frozen=True)
class ValueLists:
    """What values of a field mean. `lists`: a definition that is a list of words → what its words mean, shortly."""

    lists: MappingProxyType[str, str]
    otherwise: str  # what a value in no list means
    closed: bool  # whether such a value says nothing, so that it has to be looked at
    help: str


VALUE_LISTS = MappingProxyType(
    {
        "deployment_successful": ValueLists(
            MappingProxyType({"success_words": "Worked", "failure_words": "Failed"}),
            "Unknown",
            True,
            "Deployments with a value that is unknown are left out of the failure rate, and counted.",
        ),
        "production_impact": ValueLists(
            MappingProxyType({"impact_words": "Users were hurt", "no_impact_words": "No impact"}),
            "Unknown",
            True,
            "Deployments with a value that is unknown are left out of the failure rate, and counted.",
        ),
        "target_environment": ValueLists(
            MappingProxyType({"production_environments": "Production"}),
            "Not production",
            False,
            "Only deployments to production count.",
        ),
    }
)


def field_ids(mapped: str | None) -> tuple[str, ...]:
    """The Jira fields of one mapping, in order: of each issue the first one that is filled counts.

    >>> field_ids("customfield_10016, customfield_10031"), field_ids("duedate"), field_ids(None)
    (('customfield_10016', 'customfield_10031'), ('duedate',), ())
    """
    return tuple(dict.fromkeys(each.strip() for each in (mapped or "").split(",") if each.strip()))


FIELDS = MappingProxyType({each.name: each for each in _FIELDS})
UNTRANSLATED = "untranslatedName"  # under this name Jira gives the name of a field before it was translated


def is_flag(*names: str) -> bool:
    """Whether a Jira field of one of these names is the one with which people flag what is blocked.

    >>> is_flag("Markiert", "Flagged"), is_flag("Sprint", "")
    (True, False)
    """
    return any(name_key(name) in FIELDS["flagged"].words for name in names)


# Jira's own fields that may be mapped besides customfield_…
STANDARD_FIELDS = frozenset(
    {
        "created",
        "updated",
        "resolutiondate",
        "duedate",
        "issuetype",
        "status",
        "priority",
        "labels",
        "components",
        "fixVersions",
        "environment",
        "timespent",
        "timeoriginalestimate",
        "statuscategorychangedate",
        "resolution",
    }
)
