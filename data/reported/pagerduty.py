"""PagerDuty: V3 webhooks of incidents.

https://developer.pagerduty.com/docs/webhooks-overview
"""

from __future__ import annotations

from collections.abc import Mapping

from data.reported.payload import at_path, instant, needed, needed_instant, text
from data.values.json_types import JsonObject
from data.values.reported import Report, ReportKind, ReportState

EVENTS = {
    "incident.triggered": ReportState.OPEN,
    "incident.acknowledged": ReportState.OPEN,
    "incident.unacknowledged": ReportState.OPEN,
    "incident.escalated": ReportState.OPEN,
    "incident.reopened": ReportState.OPEN,
    "incident.resolved": ReportState.RESOLVED,
}


def reports(payload: JsonObject, headers: Mapping[str, str]) -> list[Report]:
    """The report of an event of an incident; none for other events. Raises Unreadable."""
    del headers
    event = at_path(payload, "event")
    state = EVENTS.get(text(event, "event_type"))
    if state is None:
        return []
    incident = at_path(event, "data")
    return [
        Report(
            ReportKind.INCIDENT,
            "pagerduty",
            needed(incident, "id"),
            state,
            needed_instant(event, "occurred_at"),
            project=text(incident, "service.summary"),
            began_at=instant(incident, "created_at"),
            url=text(incident, "html_url"),
        )
    ]
