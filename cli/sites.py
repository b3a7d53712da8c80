"""Opens the services for a command, and makes sure that there is data to answer from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.failures import NEVER_SYNCED, CommandFailed
from cli.printing import notice
from cli.progress import reported
from data.values.program import COMMAND

if TYPE_CHECKING:
    from data.services.services import Services
    from data.services.view import Snapshot
    from data.values.status import Status


def opened(*, tell_of_sample: bool = True) -> tuple[Services, Snapshot]:
    """The services, and one look at the configured site or the sample site; problems are said on stderr.

    `tell_of_sample`: also that the sample site is used, which is of no use where the answer does not depend on a site.
    """
    services = _services()
    snapshot = services.snapshot()
    _introduce(services.status.of(snapshot), tell_of_sample)
    return services, snapshot


def with_data() -> tuple[Services, Snapshot]:
    """The services, and one look at a site that has been synced at least once.

    A configured site is never called from here: without data CommandFailed (exit code 3) names `sync`. The sample
    site is on this machine and is synced when needed.
    """
    services = _services()
    snapshot = services.snapshot()
    status = services.status.of(snapshot)
    _introduce(status)
    if status.synced_at is None and not status.is_sample:
        raise CommandFailed(f"No data of {status.site_url} has been fetched yet. Run: {COMMAND} sync", NEVER_SYNCED)
    if status.synced_at is None:
        notice("Syncing the sample site for the first time; this takes a few seconds.")
        with reported() as report:
            result = services.sync.run(snapshot, report)
        if result.error:
            raise CommandFailed(reason(result.error))
        snapshot = services.snapshot()
    return services, snapshot


def _introduce(status: Status, tell_of_sample: bool = True) -> None:
    for problem in status.problems:
        if problem.level != "info":
            notice(str(problem))
    if status.is_sample and tell_of_sample:
        notice("No Jira configured: using the sample site. Set JIRA_URL, or connect Jira in the dashboard.")


def reason(error: dict[str, Any]) -> str:
    """What went wrong in a sync and what to do, in one sentence or two."""
    return f"{error.get('message', 'The sync failed.')} {error.get('hint', '')}".strip()


def _services() -> Services:
    """The real ones; tests put another function here."""
    from assembly import services

    return services()
