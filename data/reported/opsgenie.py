"""Opsgenie: the webhook integration of alerts.

https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/ . The project is the detail
`service` of the alert, else its entity.
"""

from __future__ import annotations

from collections.abc import Mapping

from data.reported.payload import instant, needed, needed_instant, text
from data.values.json_types import JsonObject
from data.values.reported import Report, ReportKind, ReportState

ACTIONS = {
    "Create": ReportState.OPEN,
    "Acknowledge": ReportState.OPEN,
    "UnAcknowledge": ReportState.OPEN,
    "Escalate": ReportState.OPEN,
    "Close": ReportState.RESOLVED,
    "Delete": ReportState.WITHDRAWN,
}


def reports(payload: JsonObject, headers: Mapping[str, str]) -> list[Report]:
    """The report of an action on an alert; none for other actions. Raises Unreadable."""
    del headers
    action = text(payload, "action")
    state = ACTIONS.get(action)
    if state is None:
        return []
    paths = ("createdAt",) if action == "Create" else ("updatedAt",)
    return [
        Report(
            ReportKind.INCIDENT,
            "opsgenie",
            needed(payload, "alert.alertId"),
            state,
            needed_instant(payload, *(f"alert.{each}" for each in paths)),
            project=text(payload, "alert.details.service", "alert.entity"),
            began_at=instant(payload, "alert.createdAt"),
        )
    ]
