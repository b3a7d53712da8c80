"""Opens the workspace for a command, and makes sure that there is data to answer from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.failures import NEVER_SYNCED, CommandFailed
from cli.printing import notice
from cli.progress import reported

if TYPE_CHECKING:
    from data.workspace import Workspace


def opened() -> Workspace:
    """The workspace of the configured site, or of the sample site; problems are said on stderr."""
    workspace = _workspace()
    status = workspace.status()
    for problem in status.problems:
        if problem.level != "info":
            notice(str(problem))
    if status.is_sample:
        notice("No Jira configured: using the sample site. Set JIRA_URL, or connect Jira in the dashboard.")
    return workspace


def with_data() -> Workspace:
    """A workspace that has been synced at least once.

    A configured site is never called from here: without data CommandFailed (exit code 3) names `sync`. The sample
    site is on this machine and is synced when needed.
    """
    workspace = opened()
    status = workspace.status()
    if status.synced_at is None:
        if not status.is_sample:
            raise CommandFailed(
                f"No data of {status.site_url} has been fetched yet. Run: python app.py sync", NEVER_SYNCED
            )
        notice("Syncing the sample site for the first time; this takes a few seconds.")
        with reported() as report:
            workspace.sync_now(report)
    return workspace


def _workspace() -> Workspace:
    """The real one; tests put another function here."""
    from app import workspace_for_terminal

    return workspace_for_terminal()
