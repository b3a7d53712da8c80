"""GitHub: the events `deployment` and `deployment_status`.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_status
"""

from __future__ import annotations

from collections.abc import Mapping

from data.reported.payload import at_path, instant, needed, needed_instant, text
from data.values.json_types import JsonObject
from data.values.reported import Report, ReportKind, ReportState

# `inactive` says only that a later deployment took its place, so it says nothing of this one.
STATES = {
    "pending": ReportState.RUNNING,
    "queued": ReportState.RUNNING,
    "waiting": ReportState.RUNNING,
    "in_progress": ReportState.RUNNING,
    "success": ReportState.DEPLOYED,
    "failure": ReportState.NOT_DEPLOYED,
    "error": ReportState.NOT_DEPLOYED,
}


def reports(payload: JsonObject, headers: Mapping[str, str]) -> list[Report]:
    """The report of an event; none for other events. Raises Unreadable."""
    event = headers.get("x-github-event", "")
    if event not in ("deployment", "deployment_status"):
        return []
    status = at_path(payload, "deployment_status") if event == "deployment_status" else None
    state = STATES.get(text(status, "state")) if status else ReportState.RUNNING
    if state is None:
        return []
    deployment = at_path(payload, "deployment")
    at = needed_instant(status, "created_at") if status else needed_instant(deployment, "created_at")
    ref = text(deployment, "ref")
    repository = needed(payload, "repository.full_name")
    return [
        Report(
            ReportKind.DEPLOYMENT,
            "github",
            f"{repository}/{needed(deployment, 'id')}",
            state,
            at,
            project=repository,
            environment=_environment(status, deployment),
            version=ref.removeprefix("refs/tags/") if ref.startswith("refs/tags/") else "",
            commit=text(deployment, "sha"),
            began_at=instant(deployment, "created_at"),
            url=text(status, "log_url", "target_url") or text(payload, "repository.html_url"),
        )
    ]


def _environment(status: object, deployment: object) -> str:
    """Its name; "production" where the deployment is marked so, whatever the name."""
    if at_path(deployment, "production_environment") is True:
        return "production"
    return text(status, "environment") or text(deployment, "environment")
