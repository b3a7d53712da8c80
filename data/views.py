"""The plain values that the workspace hands to its doors: no tables, no I/O, nothing to compute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from data.metrics.answers import MetricValue
from data.settings.definitions import Switch

# The cards of jobs: numbers like all others, but made of records, so they are not in the catalogue.
JOB_METRICS = ("job_completion_rate", "outcome_achievement", "opportunity_score", "painpoint_resolution")


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
    switches: tuple[Switch, ...]  # the definitions that it obeys, as they are in force
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


@dataclass(frozen=True)
class ChosenDefinition:
    """A definition that a view chooses instead of the saved one. With a `problem` it cannot be, and no number has it."""

    name: str
    value: str  # as text, like in the address
    title: str
    words: str
    saved_words: str
    problem: Problem | None = None


@dataclass(frozen=True)
class TeamView:
    """A saved view: which days, which issues, measured how. `revision`: of the change that made it."""

    name: str
    period: str | None = "30d"  # a preset, or None when `first` and `last` (YYYY-MM-DD) are given
    first: str | None = None
    last: str | None = None
    filters: Filters = field(default_factory=Filters)
    tab: str = ""
    changed_at: str = ""
    revision: int = 0
    problem: Problem | None = None  # why it cannot be measured any more


@dataclass(frozen=True)
class TeamList:
    """Every saved view of a site, and what is wrong with their file."""

    views: tuple[TeamView, ...]
    revision: int
    problem: Problem | None = None


@dataclass(frozen=True)
class Imported:
    """What became of the views of a file."""

    added: tuple[str, ...]  # under these names
    known: int  # were there already
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """A definition that views put side by side do not share."""

    title: str
    words: tuple[str, ...]  # of each view


@dataclass(frozen=True)
class Compared:
    """One number of one view, and how many issues it is made of."""

    value: MetricValue
    used: int


@dataclass(frozen=True)
class ComparedRow:
    """One metric of several views. With differences its numbers are not measured alike."""

    metric: str
    title: str
    cells: tuple[Compared, ...]
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Views side by side; `days`: first and last day of each."""

    views: tuple[TeamView, ...]
    days: tuple[tuple[str, str], ...]
    rows: tuple[ComparedRow, ...]


@dataclass(frozen=True)
class Series:
    """One thing drawn in a chart. `kind`: points | sized | line | steps | bars | stacked | lying | area | bands | spans.

    `text`: what a pointer on a point reads beside its numbers. `picks`: the token under which the issues of each point are
    asked for, "" where there are none. `spans` are drawn from one x to the next, None parts them.
    """

    name: str
    kind: str
    x: Sequence[Any]
    y: Sequence[Any]
    text: Sequence[str] | None = None
    picks: Sequence[str] | None = None
    role: str = "main"  # main | muted | failure | recovery | elite … low | share-0 … share-3 | band-0 … : the page chooses colours
    width: Sequence[float] | None = None  # of bars over a numeric axis
    size: Sequence[float] | None = None  # of points of kind "sized": diameter in px
    labels: Sequence[str] | None = None  # written beside such points, "" for none


@dataclass(frozen=True)
class Region:
    """A part of the plane of a chart that has a name: its corners, and where the name stands."""

    name: str
    corners: tuple[tuple[float, float], ...]
    at: tuple[float, float]
    side: str = "inside"  # inside | beside (right of the plane) | corner (top left)
    role: str = "muted"


@dataclass(frozen=True)
class Line:
    """A line across the whole chart: a percentile, a limit, a mean."""

    axis: str  # x | y
    at: float | str
    label: str
    role: str = "muted"


@dataclass(frozen=True)
class ChartAnswer:
    """A chart as plain values: what is drawn, the same as a table, and how to read it."""

    name: str
    title: str
    reading: str  # one sentence: what it shows now
    help: str = ""  # how to read it, and what it is made of
    x_title: str = ""
    y_title: str = ""
    x_kind: str = "number"  # time | number | log | category
    unit: str = ""  # of y, after a number
    series: tuple[Series, ...] = ()
    lines: tuple[Line, ...] = ()
    x_ticks: tuple[tuple[float, str], ...] = ()  # names of places on a numeric axis
    x_range: tuple[Any, Any] | None = None
    y_range: tuple[float, float] | None = None
    regions: tuple[Region, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    row_picks: tuple[str, ...] = ()  # as many as rows, or none at all
    row_count: int = 0  # of the whole table; `rows` may be its beginning
    issues: int = 0  # how many rows the chart is made of
    notes: tuple[str, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()  # title, value in force in words
    problem: Problem | None = None  # why there is nothing to draw, and what to do
    thinned: str = ""  # "" or how many points are drawn of how many
    obeys: tuple[str, ...] = ()  # names of the definitions that it obeys
    beside: tuple[str, ...] = ()  # those of them that are switched beside the chart


@dataclass(frozen=True)
class Picked:
    """The issues behind a point of a chart, or behind the whole chart: what its panel says above the table."""

    chart: str
    title: str  # of the chart
    label: str  # of the point; empty for the whole chart
    total: int
    used: int
    exclusions: tuple[tuple[str, int], ...]
    unit: str  # of the value of each row
    outcome_title: str
    help: str
    definitions: tuple[tuple[str, str], ...]
    issues: int = 0  # that the used rows are about; one issue may have several rows
    obeys: tuple[str, ...] = ()  # names of the definitions that the chart obeys


@dataclass(frozen=True)
class Part:
    """One step of time or one group of a metric. `shown`: the value in words."""

    name: str
    value: float | None
    shown: str
    used: int
    left_out: int
    share: float | None = None  # of all used, in percent; None where groups overlap
    why: str = ""  # why there is no value
    first: str = ""  # local days, of steps
    last: str = ""
    so_far: bool = False  # the step is not over yet
    rest: bool = False  # not a group: those without one, or the smallest together


@dataclass(frozen=True)
class Breakdown:
    """A metric taken apart by time or by group. `parts` in the order in which they are shown; `total` is the whole."""

    metric: str
    title: str
    unit: str
    by: str  # day | week | month | project | type | assignee | component | label | sprint
    by_title: str
    parts: tuple[Part, ...]
    total: Part | None
    notes: tuple[str, ...] = ()
    several: bool = False  # an issue may be in more than one part
    problem: Problem | None = None


@dataclass(frozen=True)
class Entry:
    """What the catalogue says of a metric, without calculating anything."""

    name: str
    title: str
    category: str
    family: str
    description: str  # one sentence
    formula: str
    text: str  # all of the help
    unit: str
    aggregation: str
    tags: tuple[str, ...]
    version: str
    better: str  # lower | higher | neither
    parameters: tuple[tuple[str, str], ...]  # fixed numbers of the formula: name, value
    definitions: tuple[tuple[str, str], ...]  # definitions that it obeys: name, title
    fields: tuple[tuple[str, str], ...]  # our fields that it can use: name, title
    depends: tuple[tuple[str, float | None], ...] = ()  # metrics that it is made of or equal to, with weights
