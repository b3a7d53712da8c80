"""The header of the page: which site is shown, how fresh its data is, and what is wrong."""

from __future__ import annotations

from data.jira.connection import site_url
from data.jira.errors import InvalidUrl, JiraError
from data.services.background import BackgroundService
from data.services.sites import Sites
from data.services.sync_tasks import SyncTasks
from data.services.view import Snapshot
from data.settings.connection import Home, Site
from data.store.issue_store import ScopeRow
from data.values.instants import instant
from data.values.metric_value import iso
from data.values.periods import local_date, zone_named
from data.values.problem import Problem
from data.values.quality import Quality
from data.values.status import Status, SyncState


class StatusService:
    """What the header of the page and the probes of machines say."""

    def __init__(self, sites: Sites, syncs: SyncTasks, background: BackgroundService) -> None:
        self._sites = sites
        self._syncs = syncs
        self._background = background

    def of(self, snapshot: Snapshot) -> Status:
        """Which site, how fresh, what is wrong. Never raises for what files or Jira may do."""
        data, site, loaded = self._sites.data(snapshot), snapshot.site, snapshot.loaded
        sync = self._syncs.state(snapshot)
        unread: list[Problem] = []
        head: ScopeRow | None = None
        span = None
        try:
            head = snapshot.synced
            span = data.covered(head) if head else None
        except JiraError as error:
            unread.append(Problem(error.message, "", error.hint, "danger"))
        chosen = snapshot.settings.definitions.zone
        zone = zone_named(chosen or (head.zone if head else "UTC"))
        days = [local_date(instant(each), zone).isoformat() for each in span] if span else [None, None]
        sample = self._sites.sample if snapshot.is_sample else None
        return Status(
            site_title=sample.title if sample else (head.site_title if head else "") or site.url,
            site_url="" if snapshot.is_sample else site.url,
            is_sample=snapshot.is_sample,
            configured=site.configured,
            jql=snapshot.jql,
            synced_at=iso(instant(head.synced_at)) if head and head.synced_at else None,
            issue_count=head.issues if head else 0,
            stale=snapshot.stale,
            revision=f"{snapshot.known_as}|{f'{head.scope}.{head.revision}' if head else '0.0'}|{loaded.revision}",
            settings_revision=loaded.revision,
            sync=sync,
            problems=(*self._problems(snapshot, sync), *unread),
            zone=zone.key,
            first_day=days[0],
            last_day=days[1],
            read_only=loaded.read_only,
        )

    def _problems(self, snapshot: Snapshot, sync: SyncState) -> list[Problem]:
        data = self._sites.data(snapshot)
        home = self._sites.home
        found = [_closed(home), snapshot.loaded.problem, home.tokens.problem, data.problem, data.cache.problem]
        found += [self._background.problem, sync.problem if sync.state == "failed" else None]
        if snapshot.loaded is not snapshot.main:
            found.append(snapshot.main.problem)
        if snapshot.site.configured:
            found.append(_unusable(snapshot.site))
        told = {each.what for each in found if each is not None}
        found += [each for each in self._sites.environment_problems() if each.what not in told]
        return [each for each in found if each is not None]

    def quality(self, snapshot: Snapshot) -> Quality:
        """How the last sync ended, and what in the data makes numbers doubtful. Raises StoreError."""
        return self._sites.data(snapshot).quality(snapshot)


def _closed(home: Home) -> Problem | None:
    """The state folder can be read only."""
    if not home.is_read_only:
        return None
    return Problem(
        f"The state folder {home.path} can only be read.",
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
