"""Which of our fields each metric can use: the groups of the list, and what a card's button opens."""

from __future__ import annotations

from dataclasses import dataclass

from data.settings.fields import FIELDS


@dataclass(frozen=True)
class Group:
    """A metric with the fields it needs (one of `needs` at least, where there are any) and those that refine it."""

    name: str
    title: str
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    note: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.needs, *self.optional)


GROUPS = (
    Group(
        "deployment_frequency",
        "Deployment frequency",
        ("deployment_date",),
        ("target_environment",),
        "Without a deployment date, released versions are the deployments.",
    ),
    Group(
        "lead_time_for_changes",
        "Lead time for changes",
        ("code_commit_date",),
        ("deployed_to_production_date",),
        "Without a commit date, lead time runs from the start of work and is marked as a proxy.",
    ),
    Group(
        "change_failure_rate",
        "Change failure rate",
        ("deployment_successful", "production_impact"),
        ("deployment_date",),
        "One of the two is enough; linked incidents count too.",
    ),
    Group(
        "mean_time_to_recovery",
        "Time to recovery",
        ("incident_detected_at", "incident_resolved_at"),
        (),
        "Without these, issues of an incident type count from creation to completion.",
    ),
    Group("flow_velocity", "Flow velocity", (), ("work_completed_date", "story_points")),
    Group(
        "flow_time",
        "Flow time",
        (),
        ("work_started_date", "work_completed_date", "status_entry_timestamp", "flow_time_days"),
    ),
    Group(
        "flow_efficiency", "Flow efficiency", (), ("active_work_hours",), "Or choose active statuses under Workflow."
    ),
    Group(
        "flow_distribution",
        "Flow distribution",
        (),
        ("flow_item_type",),
        "Or assign issue types under Work item types.",
    ),
    Group(
        "blocked_hours",
        "Blocked hours",
        (),
        ("flagged",),
        "Without it, the field that Jira calls Flagged is taken. Or choose blocked statuses under Definitions.",
    ),
    Group("team", "Team", (), ("team",), "Optional: issues can then be filtered and grouped by team."),
    Group(
        "jobs",
        "Jobs to be done",
        (),
        tuple(name for name, each in FIELDS.items() if each.family == "jtbd"),
        "All optional; they tie issues to customer jobs.",
    ),
)

BY_NAME = {group.name: group for group in GROUPS}

# Where a card's button leads when the metric is not about fields.
ELSEWHERE = {
    "deployment_rework_rate": ("definitions", "rework"),
    "flow_load": ("workflow", ""),
    "flow_efficiency": ("workflow", ""),
    "flow_distribution": ("types", ""),
}


def users_of(field: str) -> list[str]:
    """The titles of the metrics that use one of our fields."""
    return [group.title for group in GROUPS if field in group.fields]


def first_place(
    metric: str | None, mapped: set[str], needs: tuple[str, ...] = (), settings: tuple[str, ...] = ()
) -> tuple[str, str]:
    """Section and item to open for a metric: what it says it misses, else its first field that is not mapped yet.

    `needs` are fields, `settings` dotted paths of the settings that the metric asks for now.
    """
    if any(each.startswith("workflow.") for each in settings):
        return "workflow", ""
    if "incident_types" in settings:
        return "definitions", "incidents"
    own = BY_NAME.get(metric or "")
    for name in needs:
        for group in (own, *GROUPS):
            if name not in mapped and group and name in group.fields:
                return "fields", f"{group.name}/{name}"
    if metric in ELSEWHERE:
        return ELSEWHERE[metric]
    group = own or GROUPS[0]
    names = group.needs or group.fields
    name = next((each for each in names if each not in mapped), names[0])
    return "fields", f"{group.name}/{name}"


def steps() -> list[str]:
    """All lines of the field list, in order: "<group>/<field>"."""
    return [f"{group.name}/{name}" for group in GROUPS for name in group.fields]
