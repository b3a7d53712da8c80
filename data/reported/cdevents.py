"""CDEvents: services that were deployed or upgraded, incidents that were detected, reported or resolved.

https://github.com/cdevents/spec (0.3 to 0.5), as the JSON of the event alone or in the `data` of a CloudEvent. Versions
of event types are not looked at: the members that are read are the same in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.reported.payload import at_path, needed, needed_instant, text
from data.values.json_types import JsonObject
from data.values.reported import Report, ReportKind, ReportState

DEPLOYED = ("service.deployed", "service.upgraded")
INCIDENTS = {
    "incident.detected": ReportState.OPEN,
    "incident.reported": ReportState.OPEN,
    "incident.resolved": ReportState.RESOLVED,
}
_TYPE = re.compile(r"dev\.cdevents\.([a-z]+\.[a-z]+)\.\d+\.\d+\.\d+(?:-\w+)?")
_VERSION = re.compile(r"@([^?#]+)")  # of a package URL


def reports(payload: JsonObject, headers: Mapping[str, str]) -> list[Report]:
    """The report of an event; none for other types. Raises Unreadable."""
    del headers
    event = payload if isinstance(payload.get("context"), Mapping) else at_path(payload, "data")
    context, subject = at_path(event, "context"), at_path(event, "subject")
    match = _TYPE.fullmatch(text(context, "type"))
    kind = match[1] if match else ""
    at, origin = None, text(context, "source")
    if kind in DEPLOYED or kind in INCIDENTS:
        at = needed_instant(context, "timestamp")
    if at is None:
        return []
    environment = text(subject, "content.environment.id")
    artifact = text(subject, "content.artifactId")
    version = found[1].replace("%3A", ":") if (found := _VERSION.search(artifact)) else ""
    if kind in DEPLOYED:
        return [
            Report(
                ReportKind.DEPLOYMENT,
                "cdevents",
                f"{origin}#{needed(context, 'id')}",
                ReportState.DEPLOYED,
                at,
                project=needed(subject, "id"),
                environment=environment,
                version=version,
            )
        ]
    state = INCIDENTS[kind]
    return [
        Report(
            ReportKind.INCIDENT,
            "cdevents",
            f"{text(subject, 'source') or origin}#{needed(subject, 'id')}",
            state,
            at,
            project=text(subject, "content.service.id"),
            environment=environment,
            version=version,
            began_at=at if state is ReportState.OPEN else None,
        )
    ]
