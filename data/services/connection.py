"""Which Jira is asked, and as whom: shown, tested, kept."""

from __future__ import annotations

from data.jira.client import Jira
from data.jira.connection import Connection, site_key
from data.jira.errors import BadAnswer, Forbidden, JiraError, NotFound
from data.jira.sender import RetryPolicy
from data.services.sites import Sites
from data.services.sync import SyncService
from data.services.view import Snapshot
from data.settings.connection import DEFAULT_JQL, TokenError
from data.settings.store import ReadOnly, Saved
from data.sync.run import nothing_matches
from data.values.problem import Problem
from data.values.status import ConnectionForm, ConnectionReport

SOON = RetryPolicy(longest=10, slot_wait=10)  # a person waits: longer pauses that Jira asks for are told at once


class ConnectionService:
    """The connection to Jira. A token goes in and never comes out."""

    def __init__(self, sites: Sites, sync: SyncService) -> None:
        self._sites = sites
        self._sync = sync

    def form(self, snapshot: Snapshot) -> ConnectionForm:
        """What the connection form starts with."""
        site, loaded = snapshot.site, snapshot.main
        return ConnectionForm(
            url=site.url,
            email=site.email,
            jql="" if site.sources.get("jql") == "default" else site.jql,
            token_present=site.token_present,
            sources=dict(site.sources),
            revision=loaded.revision,
            problem=loaded.problem if loaded.read_only else None,
        )

    def same_site(self, url: str, other: str) -> bool:
        """Whether two addresses name one Jira, however they are written."""
        return site_key(url) == site_key(other)

    def test(self, url: str, email: str, token: str | None, jql: str, snapshot: Snapshot) -> ConnectionReport:
        """Ask a site who it is and who we are. Without a token the stored one for that address is used."""
        try:
            with Jira(self._sites.connection_to(url, email, token, snapshot), patience=SOON) as jira:
                info, account = jira.server_info(), jira.myself()
                query = jql.strip() or DEFAULT_JQL
                shown = next(iter(jira.newest(query, ["created"], 1)), None)
                matches = _matches(jira, query)
        except JiraError as error:
            return ConnectionReport(False, problem=Problem(error.message, "", error.hint, "danger"))
        nothing = nothing_matches(query, matches) if shown is None else None
        return ConnectionReport(True, info.title, info.flavour, account.name, account.zone, nothing, matches)

    def connect(self, url: str, email: str, token: str | None, jql: str, snapshot: Snapshot) -> Saved:
        """Keep the connection and start a sync. Values that the environment sets are left alone.

        Raises JiraError for an address that is none, Conflict, Invalid, ReadOnly (also when the token cannot be kept).
        """
        checked = Connection(url, email, token or "")
        sources = snapshot.site.sources
        part = {"url": checked.url, "email": checked.email, "jql": jql.strip()}
        part = {name: value for name, value in part.items() if sources.get(name) != "environment"}
        if token and sources.get("token") != "environment":
            try:
                self._sites.home.tokens.set(checked.url, token)
            except TokenError as error:
                raise ReadOnly(error.problem) from error
        saved = self._sites.main_settings.save({"jira": part}, revision=snapshot.main.revision)
        self._sync.start(self._sites.snapshot())
        return saved


def _matches(jira: Jira, query: str) -> int | None:
    """How many issues Jira counts for the query; None where it does not tell this account."""
    try:
        return jira.approximate_count(query)
    except (BadAnswer, Forbidden, NotFound):
        return None
