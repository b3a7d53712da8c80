"""Argo CD: the application as the template of docs/reported.md sends it, `{"app": …, "environment": …}`.

https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/services/webhook/ . The payload of Argo CD is
whatever its template says; ours hands on the fields of the Application resource.
"""

from __future__ import annotations

from collections.abc import Mapping

from data.reported.payload import at_path, instant, needed, needed_instant, text
from data.values.json_types import JsonObject
from data.values.reported import Report, ReportKind, ReportState

PHASES = {
    "Running": ReportState.RUNNING,
    "Terminating": ReportState.RUNNING,
    "Succeeded": ReportState.DEPLOYED,
    "Failed": ReportState.NOT_DEPLOYED,
    "Error": ReportState.NOT_DEPLOYED,
}


def reports(payload: JsonObject, headers: Mapping[str, str]) -> list[Report]:
    """The report of a sync; none where the application has none. Raises Unreadable."""
    del headers
    app = at_path(payload, "app")
    operation = at_path(app, "status.operationState")
    state = PHASES.get(text(operation, "phase"))
    if state is None:
        return []
    name, begun = needed(app, "metadata.name"), needed_instant(operation, "startedAt")
    space = text(app, "metadata.namespace")
    return [
        Report(
            ReportKind.DEPLOYMENT,
            "argocd",
            f"{space}/{name}@{begun}",
            state,
            instant(operation, "finishedAt") or begun,
            project=name,
            environment=text(payload, "environment") or text(app, "spec.destination.namespace"),
            version=text(payload, "version"),
            commit=text(operation, "syncResult.revision"),
            began_at=begun,
            url=text(payload, "url"),
        )
    ]
