"""The header of the page: which site is shown, how fresh its data is, and what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from data.jira.connection import site_url
from data.jira.errors import InvalidUrl, JiraError
from data.settings.connection import Site
from data.store.issue_store import ScopeRow
from data.tables.frames import NEVER
from data.values.metric_value import iso
from data.values.periods import local_date, zone_named
from data.values.problem import Problem
from data.values.status import Status

if TYPE_CHECKING:
    from data.services.workspace import Workspace

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def status_of(workspace: Workspace) -> Status:
    """Never raises for what files or Jira may do."""
    place, site = workspace.place, workspace.site
    loaded = place.loaded()
    head: ScopeRow | None = None
    span = None
    unread: list[Problem] = []
    try:
        head = place.synced()
        span = place.span(head) if head else None
    except JiraError as error:
        unread.append(Problem(error.message, "", error.hint, "danger"))
    zone = zone_named(workspace.zone(loaded.settings, head) if head else loaded.settings.definitions.zone or "UTC")
    days = [local_date(instant(each), zone).isoformat() for each in span] if span else [None, None]
    sample = workspace.sample if place.is_sample else None
    return Status(
        site_title=sample.title if sample else (head.site_title if head else "") or site.url,
        site_url="" if place.is_sample else site.url,
        is_sample=place.is_sample,
        configured=site.configured,
        jql=place.jql,
        synced_at=iso(instant(head.synced_at)) if head and head.synced_at else None,
        issue_count=head.issues if head else 0,
        stale=workspace.stale(loaded.settings, head),
        revision=f"{place.known_as}|{workspace.revision(head)}|{loaded.revision}",
        settings_revision=loaded.revision,
        sync=workspace.job.state,
        problems=(*_problems(workspace), *unread),
        zone=zone.key,
        first_day=days[0],
        last_day=days[1],
        read_only=loaded.read_only,
    )


def _problems(workspace: Workspace) -> list[Problem]:
    place, site, job, main = workspace.place, workspace.site, workspace.job, workspace.main_settings
    found = [
        _closed(workspace),
        place.loaded().problem,
        workspace.home.tokens.problem,
        place.problem,
        place.cache.problem,
    ]
    if job.state.state == "failed" and job.about == place.known_as:
        found.append(job.state.problem)
    if place.settings is not main:
        found.append(main.load().problem)
    if site.configured:
        found.append(_unusable(site))
    told = {each.what for each in found if each is not None}
    found += [each for each in workspace.environment_problems() if each.what not in told]
    return [each for each in found if each is not None]


def _closed(workspace: Workspace) -> Problem | None:
    """The state folder can be read only."""
    if not workspace.home.is_read_only:
        return None
    return Problem(
        f"The state folder {workspace.home.path} can only be read.",
        "What is there is shown; nothing new can be fetched or saved.",
        "Give this user permission to write there, or set THROUGHLINE_HOME to a folder that can be written.",
    )


def _unusable(site: Site) -> Problem | None:
    """Why the configured site cannot be asked."""
    try:
        site_url(site.url)
    except InvalidUrl as error:
        where = "JIRA_URL" if site.sources.get("url") == "environment" else "The address in the settings"
        return Problem(f"{where} cannot be used: {error.message}", "", error.hint, "danger")
    if site.token_present:
        return None
    return Problem("No token for this Jira.", f"None is stored for {site.url}.", "Connect Jira, or set JIRA_TOKEN.")


def instant(us: int) -> datetime:
    """An instant of the store (µs) as a datetime; none is 1970."""
    return _EPOCH + timedelta(microseconds=us if us != NEVER else 0)
