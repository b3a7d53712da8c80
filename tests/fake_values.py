"""The numbers, findings and notes that the tests' services answer with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, cast

from data.values.details import Details
from data.values.metric_value import TIER_COLORS, MetricValue, iso
from data.values.periods import Period
from data.values.quality import Finding

TODAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 12, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"
COVERED = ("2026-02-03", "2026-11-16")
TREND = [3, 4, 3, 5, 4, 4, 6, 5, 4, 5, 7, 6, 5, 4, 4, 3, 4, 5, 3, 3, 2, 3, 2, 4, 3, 2]
CARDS: dict[str, tuple[str, str, float, str, str, str, str | None, str, float | None, str | None, int, int, str]] = {
    # family, title, value, unit, shown, shown unit, tier, direction, percent, verdict, used, left out, definition
    "deployment_frequency": (
        "dora",
        "Deployment frequency",
        0.5857,
        "deployments/day",
        "4.1",
        "/ week",
        "High",
        "up",
        6,
        "better",
        18,
        0,
        "Deployments to production, divided by the days of the period.",
    ),
    "lead_time_for_changes": (
        "dora",
        "Lead time for changes",
        2.41,
        "days",
        "2.4",
        "days",
        "High",
        "down",
        18,
        "better",
        41,
        3,
        "Median time from commit to production, of changes first deployed in the period.",
    ),
    "change_failure_rate": (
        "dora",
        "Change failure rate",
        16.7,
        "percent",
        "17",
        "%",
        "Low",
        "up",
        22,
        "worse",
        18,
        0,
        "Deployments that led to a failure, divided by all deployments.",
    ),
    "mean_time_to_recovery": (
        "dora",
        "Time to recovery (median)",
        7.2,
        "hours",
        "7.2",
        "hours",
        "High",
        "flat",
        0,
        "unchanged",
        4,
        1,
        "Median time from a failed deployment to service restored.",
    ),
    "deployment_rework_rate": (
        "dora",
        "Deployment rework rate",
        11.1,
        "percent",
        "11",
        "%",
        None,
        "down",
        4,
        "better",
        18,
        0,
        "Unplanned deployments made to fix a user-facing bug, divided by all deployments.",
    ),
    "flow_velocity": (
        "flow",
        "Flow velocity",
        64,
        "items",
        "64",
        "items",
        None,
        "up",
        12,
        "better",
        64,
        9,
        "Items completed in the period.",
    ),
    "flow_time": (
        "flow",
        "Flow time",
        6.84,
        "days",
        "6.8",
        "days",
        None,
        "down",
        9,
        "better",
        58,
        15,
        "Median time from started to completed, of items completed in the period.",
    ),
    "flow_efficiency": (
        "flow",
        "Flow efficiency",
        41.3,
        "percent",
        "41",
        "%",
        None,
        "down",
        3,
        "worse",
        58,
        15,
        "Active time divided by flow time, of items completed in the period.",
    ),
    "flow_load": (
        "flow",
        "Flow load",
        37,
        "items",
        "37",
        "items",
        None,
        "up",
        15,
        "worse",
        37,
        0,
        "Items in progress at the end of the period.",
    ),
    "flow_distribution": (
        "flow",
        "Flow distribution",
        57.8,
        "percent",
        "58",
        "%",
        None,
        "up",
        4,
        None,
        64,
        9,
        "Completed items by kind of work.",
    ),
}
NOTES = {
    "lead_time_for_changes": ["proxy: from work started, no commit date is mapped"],
    "flow_time": ["12 from resolution date"],
    "flow_distribution": ["types as suggested"],
}
TIERS: dict[str, str | int] = {
    "year": 2023,
    "Elite": "< 1 day",
    "High": "≤ 1 week",
    "Medium": "≤ 1 month",
    "Low": "more",
}


FINDINGS = (
    Finding(
        "The query does not hold everything before 16 Nov 2025",
        None,
        "Numbers of earlier days would be too low, so they are marked and not compared.",
        "Make the query wider to look further back.",
        "info",
    ),
    Finding(
        "Some issues have an incomplete history",
        14,
        "Their times in statuses are left out, so flow time and efficiency rest on fewer issues.",
        "Run a full sync; if it stays, ask an administrator whether the account may see all of them.",
    ),
    Finding(
        "Done without any date",
        23,
        "Nobody can say when they were completed, so they are not counted.",
        "Let the workflow set a resolution when work is finished.",
    ),
    Finding(
        "A <b>mapped</b> field is empty: Deployment date",
        812,
        "Deployment frequency and lead time have nothing to count.",
        "Check the field mapping: choose another Jira field, or fill this one.",
        "danger",
    ),
)


def metric_value(name: str, period: Period, **changes: Any) -> MetricValue:
    """A successful value; `changes` go into the value, or into its details where the name is not a field."""
    family, title, value, unit, shown, shown_unit, tier, direction, percent, verdict, used, out, words = CARDS[name]
    details: Details = {
        "title": title,
        "definition": words,
        "display_value": shown,
        "display_unit": shown_unit,
        "used": used,
        "exclusions": {"no commit date": out} if out else {},
        "benchmarks": TIERS if tier else {},
        "trend_direction": direction,
        "trend_percentage": percent,
        "trend_verdict": verdict,
        "previous_value": value * 1.1,
        "previous_start": "",
        "previous_end": "",
        "sparkline": [float((n * (3 + len(name) % 4)) % 7 + 1) for n in TREND],
        "sparkline_days": max(1, round(period.days * 3 / 26)),
        "low_confidence": used < 5,
        "notes": list(NOTES.get(name, [])),
        "needs": [],
        "higher_is_better": None,
    }
    if name == "flow_distribution":
        details["distribution"] = {"Feature": 57.8, "Defect": 23.4, "Risk": 4.7, "Technical_Debt": 14.1}
        details["sparkline"] = None
    made: dict[str, Any] = {
        "metric_name": name,
        "metric_type": family,
        "value": value,
        "unit": unit,
        "performance_tier": tier,
        "performance_tier_color": TIER_COLORS.get(tier or ""),
        "calculation_timestamp": iso(NOW),
        "time_period_start": iso(period.start),
        "time_period_end": iso(period.end),
        "error_state": "success",
        "error_message": None,
        "excluded_issue_count": out,
        "total_issue_count": used + out,
    }
    for key, each in changes.items():
        if key in made:
            made[key] = each
        else:
            details |= cast("Details", {key: each})
    return MetricValue(**made, details=details)


def without_value(name: str, period: Period, state: str, message: str, **details: Any) -> MetricValue:
    """A value that could not be given, and why."""
    return metric_value(
        name,
        period,
        value=None,
        performance_tier=None,
        performance_tier_color=None,
        error_state=state,
        error_message=message,
        excluded_issue_count=0,
        total_issue_count=0,
        used=0,
        exclusions={},
        **details,
    )
