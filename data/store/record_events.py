"""What telemetry contains of a record: ids, numbers and status, nothing that people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.platform import telemetry
from data.values.records import Record, kind_of

_EVENTS: dict[str, tuple[str, dict[str, str]]] = {
    "job": ("jtbd.job_completed", {
        "jtbd.job.id": "job_id", "jtbd.job.persona": "persona", "jtbd.job.status": "status",
        "jtbd.job.duration_seconds": "duration_seconds"}),
    "outcome": ("jtbd.outcome_achieved", {
        "jtbd.outcome.id": "outcome_id", "jtbd.outcome.persona": "persona", "jtbd.outcome.status": "status",
        "jtbd.outcome.expected": "expected_value",
        "jtbd.outcome.actual": "actual_value", "jtbd.outcome.achievement_rate": "achievement_rate"}),
    "painpoint": ("jtbd.painpoint_resolved", {
        "jtbd.painpoint.id": "painpoint_id", "jtbd.painpoint.persona": "persona",
        "jtbd.painpoint.severity_before": "severity_before", "jtbd.painpoint.severity_after": "severity_after",
        "jtbd.painpoint.effectiveness": "resolution_effectiveness"}),
    "time": ("jtbd.time_to_outcome", {
        "jtbd.time.outcome_id": "outcome_id", "jtbd.time.persona": "persona",
        "jtbd.time.duration_seconds": "duration_seconds"}),
    "satisfaction": ("jtbd.user_satisfaction", {
        "jtbd.satisfaction.outcome_id": "outcome_id", "jtbd.satisfaction.persona": "persona",
        "jtbd.satisfaction.level": "satisfaction_level", "jtbd.satisfaction.scale": "scale"}),
}  # a table: kept in its rows  # fmt: skip


def named(record: Record) -> tuple[str, dict[str, Any]]:
    """The event of a record and its attributes; a job that is not completed is called by its status.

    >>> from data.values.records import JobCompletion
    >>> named(JobCompletion("buy", "ann", "cart", "started", 0))[0]
    'jtbd.job_started'
    """
    name, columns = _EVENTS[kind_of(record)]
    told = {attribute: getattr(record, column) for attribute, column in columns.items()} | {
        "jtbd.source": record.source
    }
    status = told.get("jtbd.job.status")
    return (f"jtbd.job_{status}" if status else name), told


def tell(records: Sequence[Record]) -> dict[str, Any]:
    """Tell of records that were stored just now, each once; the attributes of a single one are the span's too."""
    if not telemetry.listening():
        return {}
    told = [named(each) for each in records]
    for name, attributes in told:
        telemetry.event(name, attributes)
    return told[0][1] if len(told) == 1 else {}
