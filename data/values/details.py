"""What stands beside a value: the typed parts of `MetricValue.details`, in JSON under the same names."""

from __future__ import annotations

from typing import TypedDict


class Details(TypedDict, total=False):
    """Every key that a number may carry. Which of them are there depends on the metric and on whether it has a
    value.
    """

    # what it is
    title: str
    definition: str  # in one sentence
    higher_is_better: bool | None  # None: neither direction is better
    zone: str  # of days
    period_days: int
    so_far: bool  # the period has not ended
    # how it reads on a card
    display_value: str
    display_unit: str
    value_is: str  # in words what the value is, where a scalar stands for several numbers
    benchmarks: dict[str, str | int]  # tier → its bound in words, and the report's year
    benchmark_elite: float  # the tiers' bounds in the unit of the value; the lowest tier has none
    benchmark_high: float
    benchmark_medium: float
    score_2025: float | None  # 0 to 10
    # what it rests on
    used: int
    exclusions: dict[str, int]  # reason → how many were left out
    count: int  # of what the metric counts, where that is not its rows
    count_words: str
    low_confidence: bool
    enough: bool  # answers, for shares
    interval: list[float | None] | None  # of 95 %
    interval_method: str  # how it is made
    tier_range: list[str]  # the tiers that the 80 % interval meets, best first
    tier_reason: str  # why there is no tier where the value has one
    notes: list[str]
    steps: list[str]  # how it was calculated, with the figures
    # why there is none
    needs: list[str]  # our fields to map
    needs_titles: list[str]
    needs_settings: list[str]
    request_id: str
    # compared with the period before
    previous_value: float | None
    previous_display: str
    previous_complete: bool
    previous_start: str
    previous_end: str
    previous_label: str
    trend_direction: str | None  # up | down | flat
    trend_percentage: float | None
    trend_points: float | None  # of a share in percent, or of a score
    trend_verdict: str | None  # better | worse | within_noise | cannot_tell; None: neither direction is better
    trend_interval: list[float | None]  # of 95 %: of the change, in the unit of the value
    trend_reason: str  # why no change is given, or why better or worse cannot be told
    # over time
    sparkline: list[float | None] | None
    sparkline_days: int  # of one point
    sparkline_period_from: int  # first point of this period
    sparkline_first_day: str
    # spread, in the unit of the value
    mean: float | None
    median: float | None
    p50: float | None
    p75: float | None
    p85: float | None
    p90: float | None
    p95: float | None
    day_precision: bool
    # particulars of one metric or a few
    active_days: float
    age_p50: float | None
    age_p85: float | None
    age_p95: float | None
    band: str | None
    band_title: str
    bands: dict[str, int]  # opportunity band → how many outcomes
    bars: list[list[str | float | None]]  # title and value of each part
    blocked_hours: float
    clamped: float | None
    closed: int
    comments: int
    counted: list[int]  # of a share: how many of how many
    counts: dict[str, int]
    covered: list[str]  # first and last day that the data covers
    created: int
    daily_average: float | None
    deployment_days_per_week: float | None
    distribution: dict[str, float] | None  # kind of work → percent
    effectiveness: float | None
    failed: int
    flow_days: float
    from_jira: int
    in_progress: int
    incident_rule: str
    issues_with_comments: int
    linear: float | None
    longest_gap_days: int | None
    median_points: float | None
    open_incidents: int
    outcome: str
    outcome_id: str
    mapped_flow_time_median: float | None
    parts: dict[str, float]
    per_evidence: dict[str, int]
    per_person: dict[str, int]
    per_resolution: dict[str, int]
    per_status: dict[str, int]
    points: float | None
    points_on: int
    proxy: bool
    reopened: int
    reopenings: int
    rework: int
    source: str
    sources: list[str]
    still_blocked: int
    suggestion: list[str]  # first and last day of a period that has data
    suggested: bool
    usual_days: dict[str, float]
    weights: dict[str, float]
    without_comment: int
    worse: int
