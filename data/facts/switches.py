"""The definitions that several metrics and charts depend on together, by what they decide.

A metric names them in `switches`: `switches=("percentile", *COMPLETED, *ISSUES)`. The names are those of
`data/settings/definitions.py`; a part of a definition follows a dot.
"""

from __future__ import annotations

FINISHED = ("workflow.done", "workflow.discarded")
"""In which statuses an issue is done or discarded."""

STATUSES = ("workflow.started", *FINISHED)
"""In which statuses an issue is started, done or discarded."""

CLOSED = (*FINISHED, "completion", "completed_as_of")
"""When an issue was closed, whatever its resolution."""

COMPLETED = (*CLOSED, "not_completed_resolutions")
"""When an issue was completed: closed with a resolution that counts as completed."""

AGES = ("durations", "working_time")
"""How a time span is measured in days."""

BLOCKED = ("blocked_flag", "blocked_statuses")
"""When an issue is blocked."""

DELIVERIES = ("delivery_source", "reported_projects")
"""Whether deployments and incidents come from Jira or from other systems, and what those call our projects."""

INCIDENTS = ("incident_types", "incident_labels", "incident_components")
"""Which issues are incidents."""

DEPLOYMENTS = (
    *DELIVERIES,
    "deployment_source",
    "deployment_merge",
    "deployment_types",
    "production_environments",
)
"""What is a deployment to production, and where deployments come from."""

ISSUES = ("all_levels", "deployment_types", "zone")
"""Which issues are counted at all, and in which time zone a day begins."""
