"""The plain values that the workspace hands to its doors: no tables, no I/O, nothing to compute."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.metrics.answers import MetricValue


@dataclass(frozen=True)
class Problem:
    """Something a person should know: what happened, why we think so, what to do."""

    what: str
    why: str = ""
    todo: str = ""
    level: str = "warning"  # info | warning | danger

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.todo) if part)


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
class Filters:
    """Which issues a view looks at, and how it measures them. Issues must match one of the names of each list that is
    not empty; `definitions` are (dotted name, value) of settings that this view chooses instead of the saved ones.
    """

    projects: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.projects or self.types or self.labels or self.components)


Named = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Choices:
    """What can be filtered by: (name, number of issues), most used first."""

    projects: Named = ()
    types: Named = ()
    labels: Named = ()
    components: Named = ()


@dataclass(frozen=True)
class Answer:
    """The metrics of one family for one period."""

    values: tuple[MetricValue, ...]
    state: str  # fresh | expired | stale | calculated
    calculated_at: str
    covered: tuple[str, str] | None = None  # first and last local day with data
    suggestion: tuple[str, str] | None = None  # a period that has data, when this one has none


@dataclass(frozen=True)
class Detail:
    """What one number is made of."""

    value: MetricValue
    title: str
    definition: str
    switches: tuple[tuple[str, str, str], ...]  # definition setting, value in force, help
    steps: tuple[str, ...]  # how it was calculated, with the real figures
    exclusions: tuple[tuple[str, int], ...]
    histogram: dict | None = None  # edges, counts, unit, marks [(label, x)]
    bars: tuple[tuple[str, float], ...] | None = None
    outcome_title: str = ""  # heading of IssueRow.outcome; empty where rows have none


@dataclass(frozen=True)
class IssueRow:
    """One issue (or version) behind a number."""

    key: str
    url: str
    summary: str
    type: str
    project: str
    status: str
    value: float | None
    value_unit: str
    start: str | None
    end: str | None
    used: bool
    reason: str
    outcome: str = ""  # what the row adds to the number, in words: failed, Feature, 5 points, …


@dataclass(frozen=True)
class IssuePage:
    rows: tuple[IssueRow, ...]
    total: int


@dataclass(frozen=True)
class Coverage:
    """On how many of the issues looked at a field is set, with example values."""

    set: int
    of: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldInfo:
    """A field of the Jira site that could be mapped."""

    id: str
    name: str
    kind: str  # datetime date number text select multiselect checkbox user other
    custom: bool
    coverage: Coverage | None = None
    schema: str = ""  # Jira's type of a custom field, such as …:jsw-story-points


@dataclass(frozen=True)
class Suggestion:
    """A Jira field that probably is ours, and why we think so."""

    field_id: str
    score: float
    why: str


@dataclass(frozen=True)
class StatusInfo:
    id: str
    name: str
    category: str
    issues: int


@dataclass(frozen=True)
class TypeInfo:
    name: str
    issues: int
    flow_item: str | None  # in force: chosen or suggested
    suggested: bool


@dataclass(frozen=True)
class ConnectionReport:
    """What 'Test connection' found."""

    ok: bool
    title: str = ""
    flavour: str = ""
    account: str = ""
    zone: str = ""
    problem: Problem | None = None


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
    default_jql: str
    token_present: bool
    sources: dict[str, str]  # url, email, jql, token → environment | settings | stored | default | none
    revision: int  # of the settings file that holds the connection
    problem: Problem | None = None  # why it cannot be saved


@dataclass(frozen=True)
class Finding:
    """Something in the data that numbers cannot be trusted for."""

    title: str
    issues: int | None  # how many it touches; None: not about single issues
    effect: str  # what it does to the numbers
    todo: str
    level: str = "warning"  # info | warning | danger


@dataclass(frozen=True)
class Quality:
    """How far the data can be trusted: the last sync and what was found."""

    sync: dict | None  # SyncResult as plain values; None before the first sync
    findings: tuple[Finding, ...]

    @property
    def level(self) -> str:
        """The worst level found: ok, info, warning or danger."""
        found = {each.level for each in self.findings}
        return next((level for level in ("danger", "warning", "info") if level in found), "ok")
