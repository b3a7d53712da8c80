"""How dates, ages and numbers are written for people."""

from __future__ import annotations

from datetime import UTC, date, datetime

from data.values.amounts import count, number, unit_words
from data.values.metric_value import MetricValue
from data.values.periods import zone_named

__all__ = [
    "COUNTED", "FLOW_ITEMS", "TIER_CLASS", "confidence", "count", "day", "headline", "moment", "notes", "number",
    "parse_instant", "span", "unit_words",
]  # a table: kept in its rows  # fmt: skip
TIER_CLASS = {"Elite": "elite", "High": "high", "Medium": "medium", "Low": "low"}
COUNTED = frozenset(
    ("items", "people", "comments", "points", "deployments/day")
)  # units of numbers that are no estimate
FLOW_ITEMS = {"Feature": "Feature", "Defect": "Defect", "Risk": "Risk", "Technical_Debt": "Technical debt"}


def day(value: date | str) -> str:
    """16 Nov 2026."""
    value = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{value.day} {value:%b %Y}"


def span(first: date | str, last: date | str) -> str:
    """18 Oct – 16 Nov 2026; the year is given twice only where it differs."""
    first, last = (date.fromisoformat(each[:10]) if isinstance(each, str) else each for each in (first, last))
    if first == last:
        return day(last)
    left = f"{first.day} {first:%b}" if first.year == last.year else day(first)
    return f"{left} – {day(last)}"


def moment(instant: str | None, zone: str = "UTC") -> str:
    """16 Nov 2026, 14:05, in the zone; an empty text for none."""
    if not instant:
        return ""
    local = parse_instant(instant).astimezone(zone_named(zone or "UTC"))
    return f"{day(local.date())}, {local:%H:%M}"


def parse_instant(instant: str) -> datetime:
    """An aware datetime from ISO 8601; without an offset it is UTC."""
    value = datetime.fromisoformat(instant)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def notes(value: MetricValue) -> list[str]:
    """What a reader must know about the number, as phrases without a full stop."""
    said = [str(each).rstrip(".") for each in value.details.get("notes") or ()]
    if value.details.get("low_confidence") and value.ok:
        said.insert(0, "Low confidence: fewer than 5 used")
    return [each[:1].upper() + each[1:] for each in said if each]


def confidence(value: MetricValue) -> str:
    """What "low confidence" means for this number, as a sentence; empty where it is not marked so."""
    if not (value.details.get("low_confidence") and value.ok):
        return ""
    if value.unit in COUNTED:
        return "What is counted is exact; with so few, a change from one period to the next may be chance."
    return "One more or less would change this number much: it is no basis for conclusions."


def headline(value: MetricValue) -> tuple[str, str]:
    """The number on the card and its unit: ("2.4", "days"); a dash without a number."""
    if not value.ok:
        return "–", ""
    shown = value.details.get("display_value") or number(value.value, 2)
    unit = str(value.details.get("display_unit") or unit_words(value.unit))
    return str(shown), f"{unit} Feature" if "distribution" in value.details else unit
