"""GitLab: deployment events.

https://docs.gitlab.com/user/project/integrations/webhook_events/#deployment-events
"""

from __future__ import annotations

from collections.abc import Mapping

from data.reported.payload import needed, needed_instant, text
from data.values.json_types import JsonObject
from data.values.reported import Report, ReportKind, ReportState

STATES = {
    "created": ReportState.RUNNING,
    "running": ReportState.RUNNING,
    "blocked": ReportState.RUNNING,
    "success": ReportState.DEPLOYED,
    "failed": ReportState.NOT_DEPLOYED,
    "canceled": ReportState.NOT_DEPLOYED,
    "skipped": ReportState.NOT_DEPLOYED,
}


def reports(payload: JsonObject, headers: Mapping[str, str]) -> list[Report]:
    """The report of an event; none for other events. Raises Unreadable."""
    del headers
    if text(payload, "object_kind") != "deployment":
        return []
    state = STATES.get(text(payload, "status"))
    if state is None:
        return []
    project = needed(payload, "project.path_with_namespace")
    commit_url = text(payload, "commit_url")
    tier = text(payload, "environment_tier")
    return [
        Report(
            ReportKind.DEPLOYMENT,
            "gitlab",
            f"{project}/{needed(payload, 'deployment_id')}",
            state,
            needed_instant(payload, "status_changed_at"),
            project=project,
            environment=tier if tier == "production" else text(payload, "environment"),
            version=text(payload, "ref") if _is_version(text(payload, "ref")) else "",
            commit=commit_url.rpartition("/")[2] if "/commit/" in commit_url else text(payload, "short_sha"),
            url=text(payload, "deployable_url"),
        )
    ]


def _is_version(ref: str) -> bool:
    """Whether a ref is a tag with a number rather than a branch; the payload does not say which it is.

    >>> _is_version("v1.4.0"), _is_version("main"), _is_version("2.0")
    (True, False, True)
    """
    return ref.removeprefix("v")[:1].isdigit() and "." in ref
