"""The doctor: each thing that can be wrong, checked, with what to do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from data.jira.connection import site_url
from data.jira.errors import InvalidUrl, JiraError
from data.views import Check

if TYPE_CHECKING:
    from data.workspace import Workspace


def examine(workspace: Workspace) -> list[Check]:
    """All checks, in the order in which things depend on each other."""
    site = workspace.site
    return [
        _home(workspace),
        _settings(workspace),
        *_token(workspace),
        _store(workspace),
        _cache(workspace),
        *(
            [_jira(workspace)]
            if site.configured
            else [
                Check(
                    "Jira",
                    None,
                    "No Jira is configured: the sample site is used.",
                    "Connect your Jira in the page, or set JIRA_URL.",
                )
            ]
        ),
        _data(workspace),
        _mapping(workspace),
    ]


def _home(workspace: Workspace) -> Check:
    folder = workspace.home.path
    if os.access(folder, os.W_OK):
        return Check("State folder", True, f"{folder} can be written.")
    return Check(
        "State folder",
        False,
        f"{folder} cannot be written.",
        "Give this user permission to write there, or set THROUGHLINE_HOME.",
    )


def _settings(workspace: Workspace) -> Check:
    loaded = workspace.place.loaded()
    if loaded.problem:
        return Check("Settings", False, f"{loaded.problem.what} {loaded.problem.why}".strip(), loaded.problem.todo)
    return Check("Settings", True, f"{workspace.place.settings.path} is in order (revision {loaded.revision}).")


def _token(workspace: Workspace) -> list[Check]:
    site = workspace.site
    if not site.configured:
        return []
    if not site.token_present:
        return [Check("Token", False, f"No token for {site.url}.", "Enter it under Connect Jira, or set JIRA_TOKEN.")]
    return [Check("Token", True, f"A token is there (from {site.sources.get('token', '')}).")]


def _store(workspace: Workspace) -> Check:
    try:
        head = workspace.place.synced()
    except JiraError as error:
        return Check("Issue store", False, error.message, error.hint)
    return Check(
        "Issue store", True, f"{head.issues:,} issues held." if head else "It can be opened; nothing was synced yet."
    )


def _cache(workspace: Workspace) -> Check:
    found = workspace.place.cache.stats()
    if found["problem"]:
        return Check(
            "Metric cache", False, found["problem"], "Numbers are calculated anew meanwhile; check the state folder."
        )
    return Check("Metric cache", True, f"{found['entries']} entries, {found['bytes']:,} bytes.")


def _jira(workspace: Workspace) -> Check:
    site = workspace.site
    try:
        site_url(site.url)
    except InvalidUrl as error:
        return Check("Jira", False, error.message, error.hint)
    if not site.token_present:
        return Check("Jira", None, "It was not asked, as there is no token.")
    report = workspace.test_connection(site.url, site.email, None, site.jql)
    if report.problem:
        return Check("Jira", False, report.problem.what, report.problem.todo)
    flavour = "Jira Cloud" if report.flavour == "cloud" else "Jira Data Center"
    return Check("Jira", True, f"{report.title} ({flavour}) answers {report.account}, time zone {report.zone}.")


def _data(workspace: Workspace) -> Check:
    status = workspace.status()
    if status.synced_at is None:
        return Check("Data", None if status.is_sample else False, "Nothing was synced yet.", "Run: python app.py sync")
    if status.stale:
        return Check("Data", False, f"The data is old: last sync {status.synced_at}.", "Run: python app.py sync")
    return Check("Data", True, f"{status.issue_count:,} issues, last sync {status.synced_at}.")


def _mapping(workspace: Workspace) -> Check:
    settings = workspace.place.loaded().settings
    if not settings.mapping:
        return Check(
            "Field mapping",
            None,
            "No Jira field is mapped: numbers come from versions and status history.",
            "Map fields in the page, under Settings.",
        )
    head = workspace.place.synced()
    waiting = workspace.place.held(settings.mapping, head)[1] if head else frozenset()
    if waiting:
        return Check(
            "Field mapping",
            False,
            f"Mapped but not fetched yet: {', '.join(sorted(waiting))}.",
            "Run: python app.py sync",
        )
    return Check("Field mapping", True, f"{len(settings.mapping)} fields are mapped.")
