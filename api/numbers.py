"""One number as the API tells it: value, interval, tier, comparison, and where it is missing, why and what to do."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field

from data.values.change import change, why_no_verdict
from data.values.metric_value import ErrorState, MetricValue


class NumberInterval(BaseModel):
    """Where the true value lies with 95 % confidence."""

    low: float | None
    high: float | None
    method: str


class Tier(BaseModel):
    """Performance tier. `within`: the tiers that the 80 % interval meets, best first."""

    name: str | None
    within: list[str]
    why_none: str = Field(description="Why there is none, where the metric has tiers.")


class Comparison(BaseModel):
    """Against as many days just before."""

    previous_value: float | None
    previous_period: str
    words: str = Field(examples=["18 % better"])
    verdict: str | None = Field(description="better, worse, unchanged, within_noise, cannot_tell, or null.")
    percent: float | None = Field(description="Of the value before. Null where that is 0, below 0, or a score.")
    points: float | None = Field(description="The difference, of a share in percent or of a score; else null.")
    why_none: str


class Missing(BaseModel):
    """Why there is no value."""

    state: str = Field(description="missing_mapping, no_data or calculation_error.")
    reason: str
    todo: str
    needs: list[str] = Field(description="Fields to map.")


class Number(BaseModel):
    """A metric in a period."""

    metric: str = Field(examples=["flow_time"])
    title: str
    family: str
    value: float | None
    unit: str
    shown: str = Field(description="As the page writes it.", examples=["6.8 days"])
    definition: str
    used: int = Field(description="How many issues or records the number rests on.")
    left_out: int
    exclusions: dict[str, int] = Field(description="Reason → how many were left out.")
    interval: NumberInterval | None
    tier: Tier
    comparison: Comparison | None
    missing: Missing | None
    notes: list[str]
    calculated_at: str
    details: dict[str, Any] = Field(description="Everything else that the terminal prints as JSON.")


def number(value: MetricValue, suggestion: tuple[str, str] | None = None) -> dict[str, Any]:
    """A Number as plain values. `suggestion`: days of the same length in which something happened."""
    details = value.details
    shown = f"{details.get('display_value') or ''} {details.get('display_unit') or ''}".strip()
    return {
        "metric": value.metric_name,
        "title": details.get("title") or value.metric_name,
        "family": value.metric_type,
        "value": value.value,
        "unit": value.unit,
        "shown": shown if value.ok else "–",
        "definition": details.get("definition") or "",
        "used": details.get("used", value.total_issue_count - value.excluded_issue_count),
        "left_out": value.excluded_issue_count,
        "exclusions": details.get("exclusions") or {},
        "interval": _interval(value),
        "tier": {
            "name": value.performance_tier,
            "within": details.get("tier_range") or [],
            "why_none": details.get("tier_reason") or "",
        },
        "comparison": _comparison(value),
        "missing": _missing(value, suggestion),
        "notes": details.get("notes") or [],
        "calculated_at": value.calculation_timestamp,
        "details": asdict(value)["details"],
    }


def _interval(value: MetricValue) -> dict[str, Any] | None:
    bounds = value.details.get("interval")
    if not bounds:
        return None
    return {"low": bounds[0], "high": bounds[1], "method": value.details.get("interval_method") or ""}


def _comparison(value: MetricValue) -> dict[str, Any] | None:
    details = value.details
    if not value.ok:
        return None
    return {
        "previous_value": details.get("previous_value"),
        "previous_period": details.get("previous_label") or "",
        "words": change(value).words,
        "verdict": details.get("trend_verdict"),
        "percent": details.get("trend_percentage"),
        "points": details.get("trend_points"),
        "why_none": details.get("trend_reason") or why_no_verdict(value),
    }


def _missing(value: MetricValue, suggestion: tuple[str, str] | None) -> dict[str, Any] | None:
    if value.ok:
        return None
    details = value.details
    needs = details.get("needs_titles") or []
    suggestion = suggestion or _pair(details.get("suggestion"))
    return {
        "state": value.error_state,
        "reason": value.error_message or "",
        "todo": _todo(value.error_state, needs, suggestion),
        "needs": details.get("needs") or [],
    }


def _pair(days: list[str] | None) -> tuple[str, str] | None:
    return (days[0], days[1]) if days else None


def _todo(state: str, needs: list[str], suggestion: tuple[str, str] | None) -> str:
    """The next step where a number is missing.

    >>> _todo("missing_mapping", ["Deployment date"], None)
    'Map Deployment date in the dashboard (Field mapping), then sync.'
    >>> _todo("no_data", [], ("2026-01-01", "2026-01-30"))
    'There is data in other days: from=2026-01-01&to=2026-01-30.'
    """
    match state:
        case ErrorState.MISSING_MAPPING:
            return f"Map {' or '.join(needs) or 'the field'} in the dashboard (Field mapping), then sync."
        case ErrorState.NO_DATA if suggestion:
            return f"There is data in other days: from={suggestion[0]}&to={suggestion[1]}."
        case ErrorState.NO_DATA:
            return "Choose a longer period or fewer filters."
    return "Try again; if it stays, look into the log for this request."
