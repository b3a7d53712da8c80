"""The state of the site as the header, the doctor and the connection form show it."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.values.problem import Problem


@dataclass(frozen=True)
class SyncState:
    """Where the background sync is."""

    state: str = "idle"  # idle | running | done | failed | cancelled
    phase: str = ""
    done: int = 0
    total: int | None = None
    message: str = ""
    problem: Problem | None = None
    started_at: str | None = None


@dataclass(frozen=True)
class Status:
    """The header of the page: which site, how fresh, what is wrong."""

    site_title: str
    site_url: str
    is_sample: bool
    configured: bool
    jql: str
    synced_at: str | None
    issue_count: int
    stale: bool
    revision: str  # changes when data or settings do
    settings_revision: int
    sync: SyncState
    problems: tuple[Problem, ...]
    zone: str
    first_day: str | None
    last_day: str | None
    read_only: bool


@dataclass(frozen=True)
class ConnectionReport:
    """What 'Test connection' found. `matches`: issues that Jira counts for the query; None where it does not say.

    With `ok` a `problem` is something to know: the query matches nothing.
    """

    ok: bool
    title: str = ""
    flavour: str = ""
    account: str = ""
    zone: str = ""
    problem: Problem | None = None
    matches: int | None = None


@dataclass(frozen=True)
class Check:
    """One line of the doctor. `ok` None: not applicable."""

    name: str
    ok: bool | None
    message: str
    todo: str = field(default="")


@dataclass(frozen=True)
class ConnectionForm:
    """What the connection form starts with. The token itself never leaves the server."""

    url: str
    email: str
    jql: str  # as set by the user; empty: the default query
    token_present: bool
    sources: dict[str, str]  # url, email, jql, token → environment | settings | stored | default | none
    revision: int  # of the settings file that holds the connection
    problem: Problem | None = None  # why it cannot be saved
