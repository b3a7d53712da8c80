"""The plain values of the jobs pillar that pages and programs show: no tables, no I/O, nothing to compute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from data.values.filters import Filters

BANDS = (
    ("extreme", "Extreme opportunity"),
    ("strong", "Strong opportunity"),
    ("worth_considering", "Worth considering"),
    ("appropriate", "Appropriately served"),
    ("overserved", "Overserved"),
)
BAND_TITLES = dict(BANDS)


@dataclass(frozen=True)
class Interval:
    """A share from 0 to 1 with its 95 % interval (Wilson); None without answers. Fewer than 30: not `enough`."""

    count: int
    n: int
    value: float | None
    low: float | None
    high: float | None
    enough: bool


NO_SHARE = Interval(0, 0, None, None, None, False)


@dataclass(frozen=True)
class Opportunity:
    """How underserved an outcome is. Importance and satisfaction 0 to 10, both by the same `method`.

    score: by the formula in force; clamped and linear: by both. low, high: bounds of the score where answers were
    counted. band: extreme | strong | worth_considering | appropriate | overserved, None without a score or without
    enough answers; then `reason` says why.
    """

    importance: float | None = None
    satisfaction: float | None = None
    method: str = ""  # rating | top2
    satisfied_from: str = ""  # records | specs
    score: float | None = None
    clamped: float | None = None
    linear: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None  # answers behind the satisfaction; None: a rating of the specs
    enough: bool = True
    band: str | None = None
    band_title: str = ""
    reason: str = ""


@dataclass(frozen=True)
class JobRow:
    """One job in the period. Rates from 0 to 1, durations in seconds."""

    job_id: str
    title: str
    sentence: str
    personas: tuple[str, ...]
    in_specs: bool
    tracked: int
    completed: int
    failed: int
    open: int
    completion: Interval
    previous_rate: float | None
    mean_seconds: float | None
    median_seconds: float | None
    without_duration: int  # completed, but nobody knows how long it took
    met: Interval  # in how many of the measurements of its outcomes the target was met
    painpoints_resolved: int
    from_jira: int  # of `tracked`
    abandoned: int = 0


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome: target, actual value, in how many of its measurements the target was met, trend, opportunity.

    `achievement` is a ratio in percent, not capped, of the mean of what was measured: it is shown in the detail alone.
    """

    outcome_id: str
    title: str
    sentence: str
    job_id: str
    job_title: str
    in_specs: bool
    direction: str | None  # minimise | maximise
    target: float | None
    unit: str
    actual: float | None
    achievement: float | None
    reason: str  # why there is no such ratio
    n: int  # measurements, or issues behind the bound metric
    source: str  # records | jira | ""
    binding: str  # "lead_time_p50 of label checkout", "" where records tell
    metric: str  # name of the bound metric, for its detail
    previous_actual: float | None
    previous_achievement: float | None
    trend_direction: str | None  # up | down | flat, of the actual value
    trend_percentage: float | None
    trend_verdict: str | None  # better | worse | within_noise | cannot_tell
    opportunity: Opportunity = field(default_factory=Opportunity)
    trend_reason: str = ""  # why no change is said, or why better or worse cannot be told
    trend_points: float | None = None  # of an outcome that is a share in percent, or a score
    trend_interval: tuple[float | None, ...] = ()  # of 95 %: of the change, in the unit of the outcome
    met: Interval = NO_SHARE  # in how many of its measurements the target was met; one that Jira measures is one
    unjudged: int = 0  # measurements of which that cannot be told
    met_reason: str = ""  # why not


@dataclass(frozen=True)
class PainpointRow:
    """One painpoint before and after. Severity 0 to 10; effectiveness in percent, negative when it got worse."""

    painpoint_id: str
    title: str
    category: str
    job_id: str
    in_specs: bool
    severity: float | None  # as specified
    n: int
    before: float | None
    after: float | None
    effectiveness: float | None
    improved: int
    worse: int
    unchanged: int
    reason: str
    issues: int  # issues that name it, worked on in the period
    issues_done: int
    verdict: str | None = None  # better | worse | within_noise | cannot_tell: what the records say of its severity
    verdict_reason: str = ""
    effect_interval: tuple[float | None, ...] = ()  # of 95 %: of `effectiveness`


@dataclass(frozen=True)
class TimeRow:
    """How long people took to reach an outcome, in seconds."""

    outcome_id: str
    title: str
    n: int
    open: int
    p50: float | None
    p75: float | None
    p90: float | None
    mean: float | None
    shortest: float | None
    longest: float | None


@dataclass(frozen=True)
class SatisfactionRow:
    """What people said of an outcome; or, `about` "job", the scores in issues that serve a job."""

    about: str  # outcome | job
    id: str
    title: str
    satisfied: Interval
    mean_rating: float | None  # 1 to 10, of those who gave a number
    ratings: int
    met_expectations: Interval
    would_recommend: Interval
    mean_effort: float | None


@dataclass(frozen=True)
class LandscapePoint:
    """An outcome in the plane of importance and satisfaction; `effort_days` of delivery decides its size."""

    outcome_id: str
    title: str
    job_id: str
    job_title: str
    importance: float
    satisfaction: float
    score: float
    band: str | None
    band_title: str
    effort_days: float | None  # active time in the period; None without Jira data
    effort_shared: bool  # it is the effort of the whole job: no issue names this outcome
    n: int | None
    enough: bool


@dataclass(frozen=True)
class InvestmentRow:
    """Where delivery went, beside how underserved the job is. Shares from 0 to 1; job_id "" is work for no job."""

    job_id: str
    title: str
    items: int
    items_share: float | None
    active_days: float
    active_share: float | None
    opportunity: float | None  # the highest of its outcomes
    opportunity_outcome: str
    band: str | None
    band_title: str
    opportunity_share: float | None  # of the sum over the jobs
    gap: float | None  # share of items − share of opportunity, over the items that serve a job
    verdict: str  # in words


@dataclass(frozen=True)
class DeliverableRow:
    """A deliverable or step; done by its mark, or because all issues it names are done."""

    text: str
    ticked: bool
    issues: tuple[str, ...]
    done_by_issues: bool | None  # None: it names none that are known

    @property
    def done(self) -> bool:
        return self.ticked or bool(self.done_by_issues)


@dataclass(frozen=True)
class RegisterRow:
    """One job of the register with its progress."""

    job_id: str
    title: str
    sentence: str
    situation: str
    pattern: str
    metric: str
    superpower: str
    views: tuple[str, ...]
    steps: bool  # its list is a sequence
    deliverables: tuple[DeliverableRow, ...]
    deliverables_done: int
    issues: int  # linked issues that are known
    issues_done: int
    progress: float | None  # 0 to 1


@dataclass(frozen=True)
class CheckRow:
    """One of the five checks of the register."""

    name: str
    ok: bool
    failing: tuple[str, ...]
    todo: str


@dataclass(frozen=True)
class QualityRow:
    """How far the data can be trusted: n of m, and what to do."""

    name: str
    count: int
    of: int
    share: float | None
    message: str
    todo: str


@dataclass(frozen=True)
class RecordRow:
    """One record, or one issue that counts as one."""

    kind: str  # job | outcome | painpoint | time | satisfaction
    about: str
    title: str
    persona: str
    feature: str
    status: str
    at: str  # ISO
    ended: str | None
    value: float | None
    unit: str
    note: str
    source: str  # manual | import | example | jira
    key: str = ""  # of the issue
    url: str = ""


@dataclass(frozen=True)
class RecordPage:
    rows: tuple[RecordRow, ...]
    total: int


@dataclass(frozen=True)
class JobChoices:
    """What can be filtered by and chosen in forms: (id, title)."""

    jobs: tuple[tuple[str, str], ...] = ()
    outcomes: tuple[tuple[str, str], ...] = ()
    personas: tuple[tuple[str, str], ...] = ()
    painpoints: tuple[tuple[str, str], ...] = ()
    features: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()  # outcomes that Jira measures: what is noted down of them is not shown


@dataclass(frozen=True)
class Overview:
    """Everything the tab shows for one period, persona and job."""

    jobs: tuple[JobRow, ...]
    outcomes: tuple[OutcomeRow, ...]
    painpoints: tuple[PainpointRow, ...]
    times: tuple[TimeRow, ...]
    satisfaction: tuple[SatisfactionRow, ...]
    landscape: tuple[LandscapePoint, ...]
    investment: tuple[InvestmentRow, ...]
    register: tuple[RegisterRow, ...]
    checks: tuple[CheckRow, ...]
    quality: tuple[QualityRow, ...]
    forces: tuple[tuple[str, str, str], ...]  # job id, kind, text
    spec_problems: tuple[str, ...]
    notes: tuple[str, ...]
    is_example: bool
    formula: str  # clamped | linear
    period_label: str
    summary: dict[str, Any] = field(default_factory=dict)
    bound: dict[str, Filters] = field(default_factory=dict)  # outcome id → the issues that measure it
    not_understood: str = ""  # how much of the specs, by property
