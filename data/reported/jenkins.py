"""Jenkins: what its Notification plugin sends of a build, in JSON over HTTP.

https://plugins.jenkins.io/notification/ . The environment and the version are parameters of the build. A build that
has no parameter ENVIRONMENT is no deployment.
"""

from __future__ import annotations

from collections.abc import Mapping

from data.reported.payload import at_path, needed, needed_instant, text
from data.values.json_types import JsonObject
from data.values.reported import Report, ReportKind, ReportState

ENDED = {
    "SUCCESS": ReportState.DEPLOYED,
    "UNSTABLE": ReportState.DEPLOYED,
    "FAILURE": ReportState.NOT_DEPLOYED,
    "ABORTED": ReportState.NOT_DEPLOYED,
    "NOT_BUILT": ReportState.NOT_DEPLOYED,
}
PHASES = ("QUEUED", "STARTED", "COMPLETED", "FINALIZED")


def reports(payload: JsonObject, headers: Mapping[str, str]) -> list[Report]:
    """The report of a build that deploys; none for others. Raises Unreadable."""
    del headers
    build = at_path(payload, "build")
    environment, phase = parameter(build, "environment", "env", "deploy_env"), text(build, "phase")
    if not environment or phase not in PHASES:
        return []
    state = ReportState.RUNNING if phase in PHASES[:2] else ENDED.get(text(build, "status"))
    if state is None:
        return []
    name = needed(payload, "name")
    return [
        Report(
            ReportKind.DEPLOYMENT,
            "jenkins",
            f"{name}/{needed(build, 'number')}",
            state,
            needed_instant(build, "timestamp"),
            project=parameter(build, "project", "application", "service") or name,
            environment=environment,
            version=parameter(build, "version", "release", "tag"),
            commit=text(build, "scm.commit"),
            url=text(build, "full_url"),
        )
    ]


def parameter(build: object, *names: str) -> str:
    """The parameter of a build that has one of the names, in any case.

    >>> parameter({"parameters": {"ENVIRONMENT": "prod"}}, "env", "environment")
    'prod'
    """
    given = at_path(build, "parameters")
    if not isinstance(given, Mapping):
        return ""
    folded = {str(name).casefold(): value for name, value in given.items()}
    return text(folded, *names)
