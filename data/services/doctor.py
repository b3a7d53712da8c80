"""The doctor: each thing that can be wrong, checked, with what to do."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from data.jira.connection import site_url
from data.jira.errors import InvalidUrl, JiraError
from data.platform.access import AccessError, access_of, check
from data.services.readiness import LEAST_FREE, free_bytes
from data.services.view import CLOCKS_DIFFER, Snapshot
from data.settings.environment import problems_of
from data.values.errors import AppError
from data.values.program import COMMAND
from data.values.retention import RetentionRun
from data.values.status import Check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.services.connection import ConnectionService
    from data.services.jtbd import JobsService
    from data.services.people import PeopleService
    from data.services.site_data import SiteData
    from data.services.sites import Sites
    from data.services.status import StatusService
    from data.services.teams import TeamsService
    from data.settings.store import Loaded


class DoctorService:
    """Examines everything that numbers depend on."""

    def __init__(
        self,
        sites: Sites,
        status: StatusService,
        connection: ConnectionService,
        teams: TeamsService,
        jobs: JobsService,
        people: PeopleService,
    ) -> None:
        self._sites = sites
        self._status = status
        self._connection = connection
        self._teams = teams
        self._jobs = jobs
        self._people = people

    def examine(self, snapshot: Snapshot) -> list[Check]:
        """All checks, in the order in which things depend on each other. Jira is asked, too."""
        home, data = self._sites.home.path, self._sites.data(snapshot)
        return [
            _home(home),
            _disk(home),
            _private(home),
            _access(self._sites.env, self._people),
            _settings(snapshot.loaded, data.settings.path),
            _environment(self._sites.env),
            *_token(snapshot),
            _store(snapshot, data),
            _cache(data),
            self._records(snapshot),
            self._views(snapshot),
            self._jira(snapshot),
            self._data(snapshot),
            _last_sync(snapshot),
            _mapping(snapshot, data),
        ]

    def _records(self, snapshot: Snapshot) -> Check:
        from data.store.record_problems import RecordsError

        try:
            storage = self._jobs.storage(snapshot)
            problem, records = storage.problem, sum(storage.store.counts().values())
            retention = _retention(storage.settings.retention_days, storage.store.last_retention(storage.site))
        except RecordsError as error:
            problem = error.problem
        except OSError as error:
            return Check("Records of jobs", False, f"They cannot be opened: {error.strerror or error}.")
        if problem:
            return Check("Records of jobs", False, f"{problem.what} {problem.why}".strip(), problem.todo)
        return Check("Records of jobs", True, f"Their file is whole and holds {records:,}. {retention}")

    def _views(self, snapshot: Snapshot) -> Check:
        found = self._teams.list(snapshot)
        if found.problem:
            return Check("Saved views", False, f"{found.problem.what} {found.problem.why}".strip(), found.problem.todo)
        wrong = [each.name for each in found.views if each.problem]
        if wrong:
            return Check("Saved views", False, f"Cannot be shown any more: {', '.join(wrong)}.", "Save or delete them.")
        return Check("Saved views", True, f"{len(found.views)} saved." if found.views else "None is saved.")

    def _jira(self, snapshot: Snapshot) -> Check:
        site = snapshot.site
        if not site.configured:
            return Check(
                "Jira",
                None,
                "No Jira is configured: the sample site is used.",
                "Connect your Jira in the page, or set JIRA_URL.",
            )
        try:
            site_url(site.url)
        except InvalidUrl as error:
            return Check("Jira", False, error.message, error.hint)
        if not site.token_present:
            return Check("Jira", None, "It was not asked, as there is no token.")
        report = self._connection.test(site.url, site.email, None, site.jql, snapshot)
        if report.problem:
            return Check("Jira", False, report.problem.what, report.problem.todo)
        matches = "" if report.matches is None else f" The query matches {report.matches:,} issues."
        flavour = "Jira Cloud" if report.flavour == "cloud" else "Jira Data Center"
        return Check(
            "Jira", True, f"{report.title} ({flavour}) answers {report.account}, time zone {report.zone}.{matches}"
        )

    def _data(self, snapshot: Snapshot) -> Check:
        status = self._status.of(snapshot)
        if status.synced_at is None:
            return Check("Data", None if status.is_sample else False, "Nothing was synced yet.", f"Run: {COMMAND} sync")
        if datetime.fromisoformat(status.synced_at) - snapshot.now > CLOCKS_DIFFER:
            return Check(
                "Data",
                False,
                f"The last sync lies in the future: {status.synced_at}.",
                f"Set the clock of this machine right, or of the one that synced; then run: {COMMAND} sync --full",
            )
        if status.stale:
            return Check("Data", False, f"The data is old: last sync {status.synced_at}.", f"Run: {COMMAND} sync")
        if not status.issue_count:
            return Check("Data", False, "No issue is held.", "See what the last sync said, below.")
        return Check("Data", True, f"{status.issue_count:,} issues, last sync {status.synced_at}.")


def _retention(days: int, last: RetentionRun | None) -> str:
    """What the retention job did last, or why it did nothing."""
    if last is not None:
        return f"Retention ran last on {datetime.fromtimestamp(last.ran_at / 1e6, UTC):%Y-%m-%d %H:%M} UTC: {last}"
    return "Retention has not run yet; a sync runs it." if days else "All records are kept, however old."


def _home(home: Path) -> Check:
    if os.access(home, os.W_OK):
        return Check("State folder", True, f"{home} can be written.")
    return Check(
        "State folder",
        False,
        f"{home} cannot be written.",
        "Give this user permission to write there, or set THROUGHLINE_HOME.",
    )


def _disk(home: Path) -> Check:
    free = free_bytes(home)
    if free is None:
        return Check("Disk", None, "How much is free cannot be found out.")
    said = f"{free // 1_000_000:,} MB are free."
    if free < LEAST_FREE:
        return Check("Disk", False, said, f"A sync needs room: free {LEAST_FREE // 1_000_000} MB or more.")
    return Check("Disk", True, said)


def _private(home: Path) -> Check:
    """Whether others on this machine can read what is kept; the state folder may be closed to them as a whole."""
    found: list[str] = []
    for folder, folders, names in os.walk(home) if _others(home) else ():
        folders[:] = [each for each in folders if _others(Path(folder, each))]  # what is in a closed one is closed
        found += [str(Path(folder, each).relative_to(home)) for each in names if _others(Path(folder, each))]
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        return Check(
            "Privacy",
            False,
            f"Others on this machine can open {', '.join(sorted(found)[:3])}{more}.",
            f"Run: chmod -R go-rwx {home}",
        )
    return Check("Privacy", True, "Only this user can open what is kept.")


def _others(path: Path) -> bool:
    """Whether group or others may do anything with it; where nothing is, nobody may."""
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except OSError:
        return False


def _access(env: Mapping[str, str], people: PeopleService) -> Check:
    try:
        found, kept = access_of(env), people.exist()
        check(found, env, hosts=env.get("THROUGHLINE_HOSTS", "").split(","), people=lambda: kept)
    except AccessError as error:
        return Check("Who may look", False, str(error))
    except AppError as error:  # the file of people cannot be used: then nobody is let in
        return Check("Who may look", False, error.message, error.hint)
    ways = (
        (bool(found.users or kept), "People sign in."),
        (bool(found.header), "A trusted proxy says who is there."),
        (found.openid is not None, "An OpenID Connect provider says who is there."),
    )
    said = [words for is_so, words in ways if is_so]
    return Check("Who may look", True, " ".join(said) or "Nobody signs in: this machine only is served.")


def _settings(loaded: Loaded, path: Path) -> Check:
    if loaded.problem:
        return Check("Settings", False, f"{loaded.problem.what} {loaded.problem.why}".strip(), loaded.problem.todo)
    return Check("Settings", True, f"{path} is in order (revision {loaded.revision}).")


def _environment(env: Mapping[str, str]) -> Check:
    found = problems_of(env)
    if not found:
        return Check("Environment", True, "Every variable that is set can be used.")
    return Check("Environment", False, " ".join(each.what for each in found), found[0].todo)


def _token(snapshot: Snapshot) -> list[Check]:
    site = snapshot.site
    if not site.configured:
        return []
    if not site.token_present:
        return [Check("Token", False, f"No token for {site.url}.", "Enter it under Connect Jira, or set JIRA_TOKEN.")]
    return [Check("Token", True, f"A token is there (from {site.sources.get('token', '')}).")]


def _store(snapshot: Snapshot, data: SiteData) -> Check:
    try:
        head = snapshot.synced
    except JiraError as error:
        return Check("Issue store", False, error.message, error.hint)
    if lost := data.problem:
        return Check("Issue store", False, f"{lost.what} {lost.why}".strip(), lost.todo)
    return Check(
        "Issue store", True, f"{head.issues:,} issues held." if head else "It can be opened; nothing was synced yet."
    )


def _cache(data: SiteData) -> Check:
    found = data.cache.stats()
    if found["problem"]:
        return Check(
            "Metric cache", False, found["problem"], "Numbers are calculated anew meanwhile; check the state folder."
        )
    return Check("Metric cache", True, f"{found['entries']} entries, {found['bytes']:,} bytes.")


def _last_sync(snapshot: Snapshot) -> Check:
    if snapshot.trouble is not None:
        return Check("Last sync", None, "It is kept in the issue store.")
    head = snapshot.head
    result = (head.last_result if head else None) or {}
    if not result:
        return Check("Last sync", None, "There was none.")
    if error := result.get("error"):
        return Check("Last sync", False, f"It failed. {error.get('message', '')}".strip(), error.get("hint") or "")
    if not result.get("complete"):
        warnings = " ".join(result.get("warnings") or ()) or "Some of the data did not come."
        return Check("Last sync", False, f"It is not complete. {warnings}", f"Run: {COMMAND} sync --full")
    noted = " ".join(("", *map(str, result.get("warnings") or ())))
    return Check("Last sync", bool(result.get("issues")), f"Complete: {result.get('issues') or 0:,} issues.{noted}")


def _mapping(snapshot: Snapshot, data: SiteData) -> Check:
    settings = snapshot.settings
    if not settings.mapping:
        return Check(
            "Field mapping",
            None,
            "No Jira field is mapped: numbers come from versions and status history.",
            "Map fields in the page, under Settings.",
        )
    head = snapshot.synced
    waiting = data.fetched_mapping(settings.mapping, head)[1] if head else frozenset()
    if waiting:
        return Check(
            "Field mapping",
            False,
            f"Mapped but not fetched yet: {', '.join(sorted(waiting))}.",
            f"Run: {COMMAND} sync",
        )
    return Check("Field mapping", True, f"{len(settings.mapping)} fields are mapped.")
