"""The words of every definition: its title, the part of the form that it is in, what its values mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Wording:
    """What people read about a definition, beside the model's own sentence."""

    title: str
    part: str
    words: Mapping[Any, str] = field(default_factory=dict)  # value → words
    empty: str = "none"  # what no value means
    unit: str = ""
    help: str = ""  # in place of the model's description, where that is made for files


_YES_NO = {True: "Yes", False: "No"}
WORDINGS = {
    "zone": Wording("Time zone", "time", empty="the zone of the Jira account"),
    "durations": Wording(
        "Durations",
        "time",
        {
            "exact": "Exact time",
            "inclusive_days": "Whole days, both ends count",
            "exclusive_days": "Whole days, first day not counted",
            "working_days": "Working time",
            "inclusive_working_days": "Whole working days, both ends count",
        },
    ),
    "working_time.weekdays": Wording(
        "Working days", "time", empty="no day", help="Days that count where durations are working time."
    ),
    "working_time.holidays": Wording(
        "Days off",
        "time",
        help=(
            "Holidays and planned absences, on which nobody works: days, or runs such as 2026-12-21..2027-01-01. "
            "Forecasts step over them and do not draw from them; they do not count where durations are working time."
        ),
    ),
    "working_time.start": Wording(
        "Working day starts", "time", help="When the working day begins, in the time zone of the numbers."
    ),
    "working_time.end": Wording(
        "Working day ends", "time", help="When the working day ends, in the time zone of the numbers."
    ),
    "percentile": Wording("Percentiles", "time", {"linear": "Interpolated (R-7)", "nearest_rank": "Nearest rank"}),
    "tier_year": Wording("Tiers of the DORA report of", "time", {2021: "2021", 2023: "2023", 2024: "2024"}),
    "workflow.started": Wording(
        "Statuses in progress",
        "workflow",
        empty="Jira’s category In progress",
        help="Statuses in which work is in progress; flow time starts at the first entry into one of them.",
    ),
    "workflow.done": Wording(
        "Statuses done",
        "workflow",
        empty="Jira’s category Done",
        help="Statuses in which work is finished; flow time ends at the entry into one of them.",
    ),
    "workflow.discarded": Wording(
        "Statuses discarded",
        "workflow",
        empty="statuses with a name such as Cancelled or Rejected",
        help=(
            "Statuses of discarded work: neither finished nor in progress, and counted on its own. An item that is "
            "moved from one to a finished status is completed at that moment, unless its resolution does not complete."
        ),
    ),
    "workflow.active": Wording(
        "Active statuses",
        "workflow",
        help="Statuses in which somebody works on the item; their share is flow efficiency.",
    ),
    "workflow.waiting": Wording("Waiting statuses", "workflow", help="Statuses in which the item waits for somebody."),
    "spans": Wording("Named spans", "workflow"),
    "timed_span": Wording("Time is taken", "workflow", empty="from first work to done"),
    "completion": Wording(
        "Completed at", "completion", {"last": "Last time it became done", "first": "First time it became done"}
    ),
    "completed_as_of": Wording(
        "Counts as completed",
        "completion",
        {"now": "If it is done now", "period_end": "If it was done at the end of the period"},
    ),
    "subtract_reopened": Wording(
        "Days in done before a reopening", "completion", {True: "Taken out of flow time", False: "Part of flow time"}
    ),
    "backward_moves": Wording(
        "Moved back before the start",
        "completion",
        {
            "count": "First start, time back counts",
            "pause": "First start, time back is left out",
            "restart": "Starts again",
        },
    ),
    "all_levels": Wording("Sub-tasks and epics", "completion", {True: "Count too", False: "Left out"}),
    "not_completed_resolutions": Wording(
        "Resolutions that do not complete", "completion", help="Resolutions that are not completions."
    ),
    "completed_resolutions": Wording(
        "Resolutions that complete",
        "completion",
        help=(
            "Resolutions that are known to be completions. One that is in neither list counts as a completion too, "
            "and Data quality names it."
        ),
    ),
    "load": Wording(
        "Flow load counts", "completion", {"in_progress": "Items in progress", "started": "Started and not finished"}
    ),
    "stuck_days": Wording("Stuck after", "completion", empty="longer than 85 % of earlier stays", unit="days"),
    "escaped_labels": Wording("Labels of defects found in production", "incidents"),
    "flow_types": Wording(
        "Kinds of work",
        "completion",
        empty="suggested by the type",
        help="What each issue type is: Feature, Defect, Risk or Technical debt.",
    ),
    "blocked_flag": Wording("Flag means blocked", "blocked", _YES_NO),
    "blocked_statuses": Wording("Blocked in", "blocked", help="Statuses in which an item is blocked."),
    "delivery_source": Wording(
        "Deployments and incidents come from",
        "deployments",
        {"jira": "Jira", "reported": "Other systems that report them", "both": "Jira and other systems"},
    ),
    "reported_projects": Wording("Projects of other systems", "deployments", empty="as they are named there"),
    "deployment_source": Wording(
        "Deployments are",
        "deployments",
        {"auto": "Automatic", "issues": "Issues with a deployment date", "versions": "Released versions"},
    ),
    "deployment_merge": Wording(
        "Issues deployed at one instant",
        "deployments",
        {"same_instant": "One deployment", "each_issue": "One deployment each"},
    ),
    "deployment_types": Wording("Types that are deployments", "deployments", empty="any type; all are items of work"),
    "production_environments": Wording("Production is", "deployments", empty="no environment"),
    "incident_types": Wording("Types that are incidents", "incidents"),
    "incident_labels": Wording("Labels that make an incident", "incidents"),
    "incident_components": Wording("Components that make an incident", "incidents"),
    "incident_end_statuses": Wording(
        "Statuses that end an incident",
        "incidents",
        empty="its completion",
        help=(
            "Statuses, such as Mitigated, whose entry ends an incident; one that entered none of them ends when it "
            "is completed."
        ),
    ),
    "incident_links": Wording(
        "Links that blame a deployment",
        "incidents",
        help="Link phrases that tie an incident to the deployment that caused it.",
    ),
    "satisfaction_scale": Wording(
        "Scale of the field Satisfaction",
        "jobs",
        {
            "unknown": "Not declared",
            "1-5": "1 to 5",
            "1-7": "1 to 7",
            "1-10": "1 to 10",
            "0-10": "0 to 10",
            "words": "Words",
        },
    ),
    "failure_window_hours": Wording("Incidents after a deployment", "incidents", empty="off", unit="hours"),
    "success_words": Wording("Deployment worked", "incidents"),
    "failure_words": Wording("Deployment failed", "incidents"),
    "impact_words": Wording("Production impact", "incidents"),
    "no_impact_words": Wording("No production impact", "incidents"),
    "empty_success_means": Wording(
        "Empty “deployment successful”", "incidents", {"unknown": "Unknown, left out", "no": "Failed"}
    ),
    "rework_types": Wording("Types that are rework", "rework"),
    "rework_labels": Wording("Labels that are rework", "rework"),
    "rework_version_types": Wording("Versions of only these types are rework", "rework"),
    "statuses_by": Wording("Statuses of the same name", "charts", {"name": "One status", "id": "Each on its own"}),
    "cfd": Wording(
        "Cumulative flow",
        "charts",
        {
            "history": "Where items were",
            "high_water": "Furthest they have reached",
            "backfill": "Furthest since they last went back",
        },
    ),
    "limits.baseline": Wording("Limits locked to", "charts", empty="no baseline"),
    "limits.divided": Wording("Limits divided at", "charts", empty="no day"),
    "sprint_completion": Wording(
        "Completed in a sprint is",
        "sprints",
        {"in_sprint": "What became done while in it", "done_at_close": "What is done at its close"},
    ),
    "sprint_weights.spillover": Wording("Weight of spillover", "sprints"),
    "sprint_weights.churn": Wording("Weight of scope churn", "sprints"),
    "sprint_weights.reopened": Wording("Weight of reopened items", "sprints"),
    "sprint_weights.blocked": Wording("Weight of blocked time", "sprints"),
    "sprint_weights.bugs": Wording("Weight of bugs", "sprints"),
    "sprint_weights.accuracy": Wording("Weight of inaccuracy", "sprints"),
}
